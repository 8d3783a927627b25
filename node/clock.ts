import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

/** Where every stage takes its time from; tests give their own. */
export interface Clock {
  /** Unix seconds. Goes back only when the system's time turns out to have been far ahead. */
  now(): bigint
  /** Milliseconds since some fixed moment, for measuring waits; unrelated to `now`. */
  monotonicMs(): number
  /** Resolves after `ms` milliseconds of real time; rejects with an AbortError as soon as `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** A clock that follows the newest block that was seen. */
export type ChainClock = Clock & {
  /** Moves `now` to `time`, Unix seconds, unless that lies in the past. */
  advance(time: bigint): void
}

const monotonicMs = (): number => performance.now()

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal })
}

/** What time services set a clock back by for its drift, seconds; by more, if it was wrong. */
const DRIFT_SECONDS = 30n

/** The operating system's clock, kept from going back by a little. A correction is followed: what was ahead must not stay so. */
export function systemClock(): Clock {
  let latest = 0n
  const now = (): bigint => {
    const read = BigInt(Math.floor(Date.now() / 1000))
    if (read > latest || latest - read > DRIFT_SECONDS) latest = read
    return latest
  }
  return { now, monotonicMs, sleep }
}

/** A clock whose time is the latest block's; before the first block it stands at 0, when nothing has matured. */
export function chainClock(): ChainClock {
  let latest = 0n
  return {
    now: () => latest,
    advance: (time) => {
      if (time > latest) latest = time
    },
    monotonicMs,
    sleep,
  }
}
