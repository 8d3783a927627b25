import { isTrusted } from '../decide.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { Target } from '../observe/reporter.ts'
import type { Parts } from './parts.ts'
import { isSettled, type Tracked } from './tracked.ts'

/** How long an observation may wait for its signature, seconds: between two tries is a minute at most. */
const SIGNING_SECONDS = 60n

/** Whether the operator's policy has this node sign for the fixing, and observe it in order to propose or dispute. */
export function isAllowed({ policy }: Pick<Parts['config'], 'policy'>, fixing: Fixing): boolean {
  return policy.observe === 'all' || isTrusted(fixing, policy.arbitrators)
}

/** Whether this node is to observe the fixing: to sign, or because it may propose, dispute or vote. */
export function isObserving(parts: Parts, tracked: Tracked): boolean {
  return isReporting(parts, tracked) || isActing(parts.config, tracked.fixing)
}

/** Whether this node is to sign for the fixing. */
function isReporting({ chain, config, store }: Parts, { ripe, fixing }: Tracked): boolean {
  const signer = chain.account?.toLowerCase()
  const isMember = signer !== undefined && ripe?.indexOf.has(signer) === true
  const isReporter = config.roles.includes('reporter') && isAllowed(config, fixing)
  return isReporter && isMember && store.restoration.maySign(fixing.maturity)
}

/**
 * What this node is to observe now of a fixing that has matured by the chain; undefined: nothing. What is observed is dated, so that a clock that
 * is behind delays it, and nothing else.
 */
export function targetOf(parts: Parts, tracked: Tracked): Target | undefined {
  const { clock, config } = parts
  const { id, fixing, document, ripe, snapshot } = tracked
  if (ripe === undefined || isSettled(tracked) || clock.now() < fixing.maturity) return undefined
  const isReporter = isReporting(parts, tracked)
  if (!isReporter && !isActing(config, fixing)) return undefined
  const trusts = isTrusted(fixing, config.policy.arbitrators) || isVoting(config, fixing)
  return { id, fixing, document, isReporter, isTrusted: trusts, isPressing: snapshot?.phase === 'active' }
}

/**
 * Whether this node has observed a fixing that it is to sign for, and a minute later holds no observation of its reporter: neither
 * one that it signed nor one of another machine with the same key.
 */
export function isUnsigned(parts: Parts, tracked: Tracked): boolean {
  const { chain, clock, reporter, store } = parts
  const own = reporter.view(tracked.id).observation
  if (own === undefined || isSettled(tracked) || !isReporting(parts, tracked)) return false
  if (clock.now() < own.observedAt + SIGNING_SECONDS) return false
  return !store.observations.all(tracked.id).some(({ signer }) => signer === chain.account)
}

/** Whoever may propose, dispute or vote needs an own observation, signed or not; seats in juries do not ask whom the operator trusts. */
function isActing(config: Parts['config'], fixing: Fixing): boolean {
  const { roles } = config
  if (isAllowed(config, fixing) && (roles.includes('proposer') || roles.includes('watchtower'))) return true
  return isVoting(config, fixing)
}

/** Whether the fixing may come to a jury that this node votes in. */
function isVoting({ roles, juror }: Parts['config'], { arbitrator, backup }: Fixing): boolean {
  return roles.includes('juror') && juror.juries.some((jury) => jury === arbitrator || jury === backup)
}
