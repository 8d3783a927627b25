import type { Fixing } from '#protocol/fixing.ts'
import { agreesWith, type Report } from '#protocol/report.ts'
import type { Quorum } from '../quorum.ts'

/** What a reporter looks at before it co-signs. */
export type CosignView = {
  readonly fixing: Fixing
  /** What it is asked to sign. */
  readonly report: Report
  /** Its own signed observation's value. */
  readonly own: bigint | undefined
  /** Why that is not sure enough to put money on; undefined: it is. */
  readonly unsure: string | undefined
  /** Whether its operator trusts the fixing's arbitrators. */
  readonly isTrusted: boolean
  /** How many of the observations that the report is of are not held here. */
  readonly missing: number
  /** The report that follows from them; undefined while any is missing. */
  readonly rebuilt: Quorum | undefined
}

/** Whether to co-sign, and why not; `wait`: perhaps later; `refuse`: never, since nothing that it says can change. */
export type CosignDecision = { readonly action: 'sign' | 'wait' | 'refuse'; readonly reason: string }

/**
 * Whether to co-sign a report: only one that follows, to the last digit, from observations that are held and
 * verified here, that is within a quarter of the separation of the own signed observation, and for a fixing whose
 * arbitrators the operator trusts: their ruling may cost the stake. So may an own observation that is less sure than the
 * operator asks for.
 */
export function decideCosign({ fixing, report, own, unsure, isTrusted, missing, rebuilt }: CosignView): CosignDecision {
  if (!isTrusted) return refuse('Its arbitrator or backup is not in policy.arbitrators: nothing of ours is signed.')
  if (own === undefined) return wait('No own observation to compare the report with.')
  if (unsure !== undefined) return refuse(unsure)
  if (!agreesWith(own, report.value, fixing.separationPpm)) {
    return refuse(`The report of ${report.value} is not within a quarter of the separation of our ${own}.`)
  }
  if (rebuilt === undefined) return wait(`${missing} of its observations are not here yet.`)
  if (rebuilt.kind === 'short') return refuse('Without those who signed two observations it is of too few.')
  const { epoch, value, observationsRoot } = rebuilt.report
  if (epoch !== report.epoch || value !== report.value || observationsRoot !== report.observationsRoot) {
    return refuse('Its observations make another report.')
  }
  return { action: 'sign', reason: `Its observations are held here and make ${value}.` }
}

function wait(reason: string): CosignDecision {
  return { action: 'wait', reason }
}

function refuse(reason: string): CosignDecision {
  return { action: 'refuse', reason }
}
