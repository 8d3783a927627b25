import type { Clock } from '../../node/clock.ts'

/** A clock that tests move: sleeps end at once, and are counted. */
export type FakeClock = Clock & {
  /** Sets `now`, Unix seconds. */
  set(time: bigint): void
  /** Moves the monotonic time on, milliseconds. */
  pass(ms: number): void
  /** Every sleep so far, milliseconds. */
  readonly sleeps: readonly number[]
}

export function fakeClock(time = 0n): FakeClock {
  let now = time
  let monotonic = 0
  const sleeps: number[] = []
  return {
    now: () => now,
    monotonicMs: () => monotonic,
    async sleep(ms, signal) {
      signal.throwIfAborted()
      sleeps.push(ms)
      monotonic += ms
      await Promise.resolve()
    },
    set: (next) => {
      now = next
    },
    pass: (ms) => {
      monotonic += ms
    },
    sleeps,
  }
}
