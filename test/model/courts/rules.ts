import type { Fixing } from '../terms.ts'
import type { ArbitratorTerms, Signed } from './terms.ts'

/** The rules of R-510 in docs/spec.md, one by one, so that each can be wrong on its own. Amounts are wei. */
export type CourtRules = {
  /** Whether a signature in this form counts. */
  readonly counts: (form: Signed['form']) => boolean
  /** Whether so many signatures make a ruling. */
  readonly isEnough: (got: bigint, threshold: bigint) => boolean
  /** What each of `count` who signed gets of the fee, in order. */
  readonly shares: (fee: bigint, count: bigint) => readonly bigint[]
  /** What corrupting the arbitrator costs for a fixing. */
  readonly cost: (terms: ArbitratorTerms, fixing: Fixing) => bigint
}

export const COURT_RULES: CourtRules = {
  counts: (form) => form === 'plain',
  isEnough: (got, threshold) => got >= threshold,
  shares(fee, count) {
    const each = fee / count
    return Array.from({ length: Number(count) }, (_, at) => (at === 0 ? fee - each * (count - 1n) : each))
  },
  cost: ({ declaredCost }) => declaredCost,
}
