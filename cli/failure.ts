import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'

// What an older Node is told is made here: nothing may be imported but types, and the syntax is that of Node 12.

/** A failure as the user sees it: one line, one next step, one exit code. */
export type Failure = {
  readonly name: string
  readonly message: string
  readonly hint: string
  readonly exitCode: ExitCode
  /** The hash of the transaction that it is about, if it is about one that was sent. */
  readonly transaction?: string
}

/** Commands that print a document for each thing that they see, one a line. */
const STREAMS = new Set<string | undefined>(['watch'])

/** A failure as one line for people. */
export function failureLine({ message, hint }: Failure, io: Pick<Io, 'paint'>): string {
  return `${io.paint('bad', 'error:')} ${message}${hint === '' ? '' : ` ${hint}`}`
}

/**
 * A failure as the one document that `--json` promises, on one line where the command prints a document on each; undefined where the words
 * of the command line, `args`, do not ask for it.
 */
export function failureDocument(failure: Failure, args: readonly string[]): string | undefined {
  if (!args.includes('--json')) return undefined
  return JSON.stringify({ version: 1, error: failure }, undefined, STREAMS.has(args[0]) ? undefined : 2)
}
