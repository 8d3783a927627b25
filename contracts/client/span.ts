/** How many blocks an endpoint is asked for at once. */
export type Span = {
  readonly blocks: bigint
  /** It gave `asked` blocks. */
  worked(asked: bigint): void
  /** It did not give `asked` blocks. */
  failed(asked: bigint): void
}

/** So many ranges in a row are taken for leave to ask for more. */
const PATIENCE = 4

/**
 * Starts with `first` blocks, has half of what failed, and twice as much after a while in which all went well, up to `most`: an
 * endpoint that was in trouble recovers. Each time that more is refused, more is asked for half as often.
 */
export function spanFrom(first: bigint, most: bigint): Span {
  let blocks = first
  let patience = PATIENCE
  let successes = 0
  let isTrial = false
  return {
    get blocks() {
      return blocks
    },
    worked(asked) {
      if (isTrial && asked >= blocks) {
        isTrial = false
        patience = PATIENCE
      }
      successes += 1
      if (successes < patience || isTrial || blocks >= most) return
      successes = 0
      isTrial = true
      blocks = 2n * blocks < most ? 2n * blocks : most
    },
    failed(asked) {
      if (isTrial && asked >= blocks) patience *= 2
      isTrial = false
      successes = 0
      blocks = (asked + 1n) / 2n
    },
  }
}
