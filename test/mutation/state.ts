import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * What became of a mutant. `alive`: no quick test noticed it in the shared build, the full trial is to come. `identical`:
 * the compiler makes the same code of it, so nothing can tell it from the original.
 */
export type Status = 'killed' | 'timeout' | 'uncompilable' | 'identical' | 'alive' | 'survived'

export type Outcome = {
  readonly id: string
  readonly status: Status
  /** The first test that failed, or how it was found. */
  readonly by: string
  readonly seconds: number
  /** What the tests were when it was tried, by hash. */
  readonly tests: string
}

/** The outcomes in a state file, the last of each mutant; none if there is no file. A line that was cut short is passed over. */
export function readState(path: string): ReadonlyMap<string, Outcome> {
  if (!existsSync(path)) return new Map()
  const outcomes = readFileSync(path, 'utf8').split('\n').flatMap(parseLine)
  return new Map(outcomes.map((outcome) => [outcome.id, outcome]))
}

/** Adds one outcome; a run that is stopped afterwards has it. */
export function recordOutcome(path: string, outcome: Outcome): void {
  mkdirSync(dirname(path), { recursive: true })
  appendFileSync(path, `${JSON.stringify(outcome)}\n`)
}

/** Whether a mutant is tried again: never tried, half tried, or survived tests that have changed since. */
export function isOpen(outcome: Outcome | undefined, tests: string): boolean {
  if (outcome === undefined || outcome.status === 'alive') return true
  return outcome.status === 'survived' && outcome.tests !== tests
}

function parseLine(line: string): Outcome[] {
  try {
    const outcome = JSON.parse(line) as Outcome // written by recordOutcome
    return [outcome]
  } catch {
    return []
  }
}
