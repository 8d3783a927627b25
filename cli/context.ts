import type { Io } from './io.ts'
import type { Terminal } from './terminal.ts'

/** What a command may use of the world outside its arguments. Replaced in tests. */
export type Context = {
  readonly io: Io
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP: everything waits on it and cleans up. */
  readonly signal: AbortSignal
  /** The time of this machine, Unix seconds. */
  readonly now: () => bigint
  /** Milliseconds since some moment that no setting of the clock moves. */
  readonly monotonicMs: () => number
  /** Resolves after so many milliseconds of it; rejects as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Who can be asked; undefined in a script. */
  readonly terminal: Terminal | undefined
}
