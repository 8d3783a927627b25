import { type Fixing, INVALID } from '../terms.ts'
import type { ArbitratorTerms, Signed } from './terms.ts'

/** The rules of in docs/spec.md, one by one, so that each can be wrong on its own. Amounts are wei. */
export type CourtRules = {
  readonly isBefore: (now: bigint, end: bigint) => boolean
  /** Whether a signature in this form counts. */
  readonly counts: (form: Signed['form']) => boolean
  /** Whether so many signatures make a ruling. */
  readonly isEnough: (got: bigint, threshold: bigint) => boolean
  /** What each of `count` who signed gets of the fee, in order. */
  readonly shares: (fee: bigint, count: bigint) => readonly bigint[]
  /** The value of a court's ruling. */
  readonly valueFor: (ruling: bigint) => bigint
  /** Whether a court that has ruled, or not, has no more to say. */
  readonly isOver: (isRuled: boolean) => boolean
  /** What stays of what was sent for a court's price. */
  readonly kept: (sent: bigint, price: bigint) => bigint
  /** The bond of an assertion: of the adapter's least and UMA's. */
  readonly bond: (least: bigint, umas: bigint) => bigint
  /** Whether what UMA found becomes the ruling of a case that has one, or none. */
  readonly isRuling: (isTrue: boolean, hasRuling: boolean) => boolean
  /** What corrupting the arbitrator costs for a fixing. */
  readonly cost: (terms: ArbitratorTerms, fixing: Fixing) => bigint
}

export const COURT_RULES: CourtRules = {
  isBefore: (now, end) => now < end,
  counts: (form) => form === 'plain',
  isEnough: (got, threshold) => got >= threshold,
  shares(fee, count) {
    const each = fee / count
    return Array.from({ length: Number(count) }, (_, at) => (at === 0 ? fee - each * (count - 1n) : each))
  },
  valueFor: (ruling) => (ruling === 0n ? INVALID : ruling),
  isOver: (isRuled) => isRuled,
  kept: (_, price) => price,
  bond: (least, umas) => (least > umas ? least : umas),
  isRuling: (isTrue, hasRuling) => isTrue && !hasRuling,
  cost(terms, { arbitrator, backup, arbitrationLimit, arbitrationFee }) {
    if (terms.kind === 'council') return terms.declaredCost
    const isNamed = arbitrator === terms.address || backup === terms.address
    const isTaken = arbitrationLimit >= terms.leastTurn && arbitrationFee >= terms.leastFee
    return isNamed && isTaken ? terms.declaredCost : 0n
  },
}
