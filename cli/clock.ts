import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { SampleOptions } from '#node/source'

/** The time of this machine, Unix seconds: what tells an old block from a new one. */
export function systemTime(): bigint {
  return BigInt(Math.floor(Date.now() / 1000))
}

/** This machine's clock for reading sources: pauses between tries are real time. */
export function machineClock(now: () => bigint): SampleOptions['clock'] {
  return {
    now,
    monotonicMs: () => performance.now(),
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
  }
}
