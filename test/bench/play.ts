import { call, type BenchChain, type Target, type Transaction } from './chain.ts'
import type { Person } from './stage.ts'

/** What was measured, by the name of the step. */
export type Ledger = Map<string, Transaction>

/** Calls of one contract; those that are a step are written into a ledger. */
export type Play = {
  readonly target: Target
  /** Time of the next transaction, seconds. */
  at(time: bigint): Promise<void>
  /** What must have happened before. */
  act(person: Person, functionName: string, args: readonly unknown[]): Promise<void>
  /** A step. Throws {@link RepeatedStepError} when it was measured already. */
  measure(step: string, person: Person, functionName: string, args: readonly unknown[]): Promise<void>
}

export function playOn(chain: BenchChain, target: Target, ledger: Ledger): Play {
  return {
    target,
    at: (time) => chain.at(time),
    async act(person, functionName, args) {
      await call(chain, person, target, functionName, args)
    },
    async measure(step, person, functionName, args) {
      if (ledger.has(step)) throw new RepeatedStepError(step)
      ledger.set(step, await call(chain, person, target, functionName, args))
    },
  }
}

/** Two scenes measure what is called the same. */
export class RepeatedStepError extends Error {
  override readonly name = 'Bench.RepeatedStepError'
  readonly step: string
  constructor(step: string) {
    super(`Expected every step to be measured once, got "${step}" again.`)
    this.step = step
  }
}
