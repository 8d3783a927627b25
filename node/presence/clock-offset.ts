/** How far this node's clock is from the chain's. */
export interface ClockOffset {
  /** A block of `time` was first seen when the own clock said `now`; both Unix seconds. */
  note(time: bigint, now: bigint): void
  /** Seconds that the own clock is behind, negative if it is ahead; 0 before the first block. Within int32. */
  read(): number
}

/** Of these the one that came quickest counts. */
const BLOCKS = 16
const INT32 = 2n ** 31n - 1n

/**
 * The newest blocks' time minus the own clock when each was first seen, of which the largest counts: a block is never seen
 * before it is made, so that delays only lower the difference.
 */
export function createClockOffset(): ClockOffset {
  const differences: bigint[] = []
  return {
    note(time, now) {
      differences.push(time - now)
      if (differences.length > BLOCKS) differences.shift()
    },
    read() {
      const [largest = 0n] = differences.toSorted((a, b) => (a > b ? -1 : 1))
      return Number(largest > INT32 ? INT32 : largest < -INT32 ? -INT32 : largest)
    },
  }
}
