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

/**
 * Asks for everything until something fails, then for half of what failed, and for twice as much after a while in which all went well: an
 * endpoint that was in trouble recovers. Each time that more is refused, more is asked for half as often, whoever asks: an endpoint's cap is met a
 * few times, not once for each part that is read of its log.
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
      if (isTrial && blocks !== undefined && asked >= blocks) patience *= 2
      isTrial = false
      successes = 0
      blocks = (asked + 1n) / 2n
    },
  }
}
