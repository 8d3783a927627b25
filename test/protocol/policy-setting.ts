import { INVALID } from '#protocol/fixing.ts'
import { decide, type Decision, type PolicyInput, type PolicyView } from '#protocol/policy.ts'

/**
 * A unit in which distances near o = 1 000 000 are ppm: separation is 1000, the noise 100, so that "sure" is nearer by
 * more than 200, the pooling radius is 250, closeness at n = 1 is 400, and "far" is beyond 1200. Values below o are
 * measured by themselves, so most rows stay above it.
 */
export const OWN = 1_000_000n
export const SEPARATION = 1_000
const NOISE = 100

type Pot = PolicyView['pots'][number]
/** What differs between rows of the decision table. */
export type Setting = Partial<Omit<PolicyInput, 'view'>> & {
  readonly round?: number
  /** [distance above o in ppm, or INVALID, and stake]. */
  readonly candidates: readonly (readonly [bigint, bigint])[]
  readonly leader?: number
  readonly pots?: readonly Pot[]
  readonly separationPpm?: number
}

/** P1's decision in a setting. */
export function decideIn({
  round,
  candidates,
  leader = 0,
  pots = [],
  separationPpm = SEPARATION,
  ...rest
}: Setting): Decision {
  const view: PolicyView = {
    round: round ?? candidates.length,
    candidates: candidates.map(([above, stake]) => ({ value: above === INVALID ? INVALID : OWN + above, stake })),
    leaderIndex: leader,
    pots,
    separationPpm,
  }
  return decide({ view, own: OWN, noisePpm: NOISE, reportValue: undefined, ...rest })
}

export const IS_NEW = 'The own observation is separated from every candidate.'
export const SURE = 'A candidate that does not lead is surely the nearest.'
export const LEADER = 'The leader is surely the nearest to the own observation.'
export const NEITHER = 'No candidate is surely the nearest, and the leader is not beyond separation and noise.'
export const SMALLER = 'The leader is far off: the smaller-staked of the equally near candidates.'

export const contribute = (above: bigint): Decision => ({ action: 'contribute', value: OWN + above, reason: IS_NEW })
export const appeal = (above: bigint, reason: string): Decision => ({ action: 'appeal', value: OWN + above, reason })
export const none = (reason: string): Decision => ({ action: 'none', reason })
export const stakePot = (above: bigint, filled: bigint): Pot => ({ kind: 'stake', value: OWN + above, filled })
export const appealPot = (above: bigint, filled: bigint): Pot => ({ kind: 'appeal', value: OWN + above, filled })
