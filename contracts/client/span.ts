/** How many blocks an endpoint is asked for at once. */
export type Span = {
  /** So many of the next `left` blocks are asked for. */
  within(left: bigint): bigint
  /** It gave `asked` blocks. */
  worked(asked: bigint): void
  /** It did not give `asked` blocks. */
  failed(asked: bigint): void
}

/** So many ranges in a row are taken for leave to ask for more. */
const PATIENCE = 4
/** And never more than so many: where the log is denser a smaller range is refused, and the next, or another contract's, may be sparse. */
const MAX_PATIENCE = 32

/**
 * Asks for everything until something fails, then for half of what failed, and for twice as much after a while in which all went well: an
 * endpoint that was in trouble recovers. Each time that more is refused, more is asked for half as often, down to once in {@link MAX_PATIENCE}
 * ranges, whoever asks: an endpoint's cap is not met once for each part that is read of its log.
 */
export function createSpan(): Span {
  /** Undefined: nothing has failed. */
  let blocks: bigint | undefined
  let patience = PATIENCE
  let successes = 0
  let isTrial = false
  return {
    within: (left) => (blocks === undefined || left < blocks ? left : blocks),
    worked(asked) {
      // Less than was allowed says nothing of more.
      if (blocks === undefined || asked < blocks) return
      if (isTrial) patience = PATIENCE
      successes = isTrial ? 1 : successes + 1
      isTrial = successes >= patience
      if (!isTrial) return
      successes = 0
      blocks *= 2n
    },
    failed(asked) {
      // Asked for by somebody else before less was allowed: known by now.
      if (blocks !== undefined && asked > blocks) return
      if (isTrial && asked === blocks) patience = Math.min(2 * patience, MAX_PATIENCE)
      isTrial = false
      successes = 0
      blocks = (asked + 1n) / 2n
    },
  }
}
