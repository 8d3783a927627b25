import { InvalidArgumentError } from 'commander'
import type { Context } from '../context.ts'
import { failureOf, InputError } from '../errors.ts'
import { failureLine } from '../failure.ts'

/** Something that only the operator knows. */
export type Question<T> = {
  /** The option that answers it. */
  readonly flag: string
  readonly text: string
  /** As it was given on the command line. */
  readonly given: string | undefined
  /** What an empty line, or --yes, stands for; undefined: nothing does. */
  readonly otherwise: string | undefined
  /** What is shown in its place, which may be a secret. */
  readonly shown?: string
  /** What it means, looked at at once. Throws what is wrong with it. */
  readonly check: (text: string) => T | Promise<T>
}

/** Who is asked: with --yes, and where nobody sits, nobody. */
export type Desk = Pick<Context, 'io' | 'signal' | 'terminal'>

/** Errors of this program are named `Layer.Error`; anything else is a fault of ours, and not asked about again. */
const OF_THE_ANSWER = /^\w+\.\w+$/

/**
 * What was given, else what is typed, as often as it is wrong, else what an empty line stands for. Throws what is wrong with
 * what was given, InputError where nobody can be asked, AbortError.
 */
export async function answer<T>({ io, signal, terminal }: Desk, question: Question<T>): Promise<T> {
  const { flag, text, given, otherwise, check, shown = otherwise ?? '' } = question
  if (given !== undefined) return check(given)
  if (terminal === undefined) {
    if (otherwise !== undefined) return check(otherwise)
    throw new InputError(`Expected ${flag} where nobody can be asked, got none.`, 'Give it.')
  }
  for (;;) {
    const typed = (await terminal.ask(`${text}${shown === '' ? '' : ` [${shown}]`}: `, signal)).trim()
    try {
      if (typed === '' && otherwise === undefined) throw new InputError('Expected an answer, got none.', '')
      return await check(typed === '' ? (otherwise ?? '') : typed)
    } catch (error) {
      if (!(error instanceof Error) || !OF_THE_ANSWER.test(error.name)) throw error
      io.err(failureLine(failureOf(error), io))
    }
  }
}

/** Whether the person says yes; nobody, and an empty line, says no. */
export async function agrees(text: string, { signal, terminal }: Desk): Promise<boolean> {
  return terminal !== undefined && /^y(es)?$/i.test((await terminal.ask(`${text} [y/N] `, signal)).trim())
}

/** `text` as an option's parser reads it. Throws InputError. */
export function read<T>(parse: (text: string) => T, text: string): T {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new InputError(error.message, 'Give another.')
    throw error
  }
}

/** The parts of a list with commas between them. */
export function parts(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
