import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { EXIT } from '../exit-code.ts'

/** How often a fact is looked at, milliseconds of real time. */
const LOOK_EVERY_MS = 100

export type WaitOptions<T> = {
  /** What is waited for, for the error: "Expected <what> within …". */
  readonly what: string
  /** Returns the fact, or `undefined` while it is not one. */
  readonly look: () => Promise<T | undefined>
  /** What is so far, for the error: "got …". */
  readonly soFar: () => string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Done each time the fact was not there yet; may move the simulated clock. */
  readonly meanwhile?: () => Promise<void>
}

/** Waits for a fact rather than for a time. Throws {@link StalledError} when it does not come, AbortError on abort. */
export async function waitFor<T>(options: WaitOptions<T>): Promise<T> {
  const { look, meanwhile, signal, timeoutMs } = options
  const end = performance.now() + timeoutMs
  for (;;) {
    signal.throwIfAborted()
    const fact = await look()
    if (fact !== undefined) return fact
    if (performance.now() > end) throw new StalledError(options.what, timeoutMs, options.soFar())
    await meanwhile?.()
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
}

/** Milliseconds of real time since some fixed moment. */
export function realTimeMs(): number {
  return performance.now()
}

/** The demo waited for something that did not happen. */
export class StalledError extends Error {
  override readonly name = 'Demo.StalledError'
  readonly exitCode = EXIT.failed
  readonly hint = 'Run again with --keep DIR and read the logs of the nodes there.'
  constructor(what: string, timeoutMs: number, soFar: string) {
    super(`Expected ${what} within ${timeoutMs / 1000} s, got ${soFar}.`)
  }
}
