import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { SampleOptions } from '#node/source'

/** The time of this machine, Unix seconds: what tells an old block from a new one. */
export function systemTime(): bigint {
  return BigInt(Math.floor(Date.now() / 1000))
}

/** How long this machine runs, milliseconds: no setting of its clock moves it. */
export function uptimeMs(): number {
  return performance.now()
}

/** Resolves after `ms` milliseconds of real time; rejects with an AbortError as soon as `signal` aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal })
}

/** This machine's clock for reading sources: pauses between tries are real time. */
export function machineClock(now: () => bigint): SampleOptions['clock'] {
  return { now, monotonicMs: uptimeMs, sleep }
}
