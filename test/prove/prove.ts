import { ask } from './compiler.ts'
import { type Property, sourcesFor } from './harness.ts'
import type { Sources } from './sources.ts'
import { judge, type Verdict } from './verdict.ts'

/** A verdict and how long it took, seconds. */
export type Result = Verdict & { readonly seconds: number }

/** What is checked in every run, as the compiler names it. */
export const TARGETS = ['assert', 'overflow', 'underflow', 'divByZero', 'outOfBounds'] as const

/**
 * The bounded model checker: it translates functions without loops whole, so that nothing is bounded, and no property has a loop.
 * No timeout: the compiler then limits the solver's steps, not its seconds, and results do not depend on the machine.
 *
 * Warning: solc 0.8.37 assumes that the arguments of an internal call fit their types also where the call is in a branch that is
 * not taken. `if (c > e) f(c - e); else f(e - c);` thus passes for c == e only. Functions that compute arguments inside branches
 * cannot be proven with it, and a plant that is refuted shows of every property that this did not happen.
 */
export const CHECKER = { engine: 'bmc', solvers: ['z3'] } as const

/** Runs the solver on one property. `given` replaces files, `extra` is put at the end of the property's body. */
export async function prove(
  property: Property,
  given: Sources = {},
  extra = '',
  checker: { readonly engine: string; readonly solvers: readonly string[] } = CHECKER,
): Promise<Result> {
  const started = performance.now()
  const settings = {
    evmVersion: 'prague',
    outputSelection: {},
    modelChecker: {
      ...checker,
      targets: TARGETS,
      contracts: { [property.file]: [property.contract] },
      showProvedSafe: true,
      showUnproved: true,
      showUnsupported: true,
    },
  }
  const { remarks } = await ask({ sources: sourcesFor(property, given, extra), settings })
  const verdict = judge(remarks, property)
  return { ...verdict, seconds: (performance.now() - started) / 1000 }
}
