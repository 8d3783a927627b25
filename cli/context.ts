import type { Io } from './io.ts'

/** What a command may use of the world outside its arguments. Replaced in tests. */
export type Context = {
  readonly io: Io
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP: everything waits on it and cleans up. */
  readonly signal: AbortSignal
}
