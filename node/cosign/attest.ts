import { reward } from '#protocol/payout.ts'
import { quorumSize } from '#protocol/report.ts'
import { attestingGas, REPORTER_GAS, rosterGas } from '#protocol/reporter-gas.ts'
import type { Incentives } from '../chain/port.ts'

/** When a proposer asks for co-signatures: `paid`: when its share of the attesters' reward pays for the gas. */
export type AttestPolicy = 'always' | 'paid' | 'never'

/** What a proposer looks at. Amounts are wei, times Unix seconds. */
export type AttestView = {
  readonly policy: AttestPolicy
  readonly incentives: Incentives
  /** How many reporters the roster has. */
  readonly places: number
  /**
   * What it asked for before: how many have signed, how long ago in real milliseconds, and whether it may ask again since
   * what it asked for cannot be signed by all any more. Undefined: nothing.
   */
  readonly asked: { readonly signed: number; readonly elapsedMs: number; readonly isObsolete: boolean } | undefined
  /** How long co-signatures are waited for, real milliseconds. */
  readonly cosignMs: number
  /** The latest block's time. */
  readonly now: bigint
  readonly maturity: bigint
}

/** Propose plainly, ask for co-signatures, wait for them, or propose with them. */
export type AttestDecision = { readonly action: 'plain' | 'ask' | 'wait' | 'attest'; readonly reason: string }

/**
 * How to propose. Everyone is waited for until the time is up, then a quorum will do; without one the proposal is
 * plain, as it is when nobody pays for more.
 */
export function decideAttest(view: AttestView): AttestDecision {
  const { policy, places, asked, cosignMs } = view
  if (policy === 'never') return plain('policy.attest is never.')
  if (asked !== undefined) return decideAsked(asked, places, cosignMs)
  const { cost, brings, isPaid } = attestingPays(view)
  if (policy === 'paid' && !isPaid) return plain(`Attesting costs about ${cost} wei of gas and brings ${brings} wei.`)
  // The registry takes attestations from the second after the maturity.
  if (view.now <= view.maturity) return wait('Attesting begins in the second after the maturity.')
  return { action: 'ask', reason: `Asking ${places} reporters to co-sign.` }
}

/** The most that the gas of a proposal may cost: what it brings, and what the operator adds. */
export function maxGasCost(view: AttestView, way: 'plain' | 'attest', allowance: bigint): bigint {
  const brings = reward(view.incentives.rewardPot, view.now - view.maturity)
  return allowance + brings + (way === 'attest' ? shareOf(view) : 0n)
}

/** What is attested, and for how many it is. */
type Costed = Pick<AttestView, 'incentives' | 'places'>

/** Whether one share of the reward, if all attest, pays for the gas of attesting: the roster included. Wei. */
export function attestingPays({ incentives, places }: Costed) {
  const { isRosterPublished, gasFee } = incentives
  const cost = attestingGas({ reporters: places, isRosterPublished }) * gasFee
  const brings = shareOf({ incentives, places })
  return { cost, brings, isPaid: brings >= cost }
}

/**
 * What of `budget` the roster may cost, and what is left for what comes after it, `way`, if the roster costs as much as is
 * typical; undefined if that is not enough. Wei.
 */
export function rosterBudget(
  { incentives, places }: Costed,
  way: 'attest' | 'proposeAttested',
  budget: bigint,
): { readonly roster: bigint; readonly rest: bigint } | undefined {
  const needed = REPORTER_GAS[way] * incentives.gasFee
  const rest = budget - (incentives.isRosterPublished ? 0n : rosterGas(places) * incentives.gasFee)
  return rest < needed ? undefined : { roster: budget - needed, rest }
}

function decideAsked(
  { signed, elapsedMs, isObsolete }: NonNullable<AttestView['asked']>,
  places: number,
  cosignMs: number,
): AttestDecision {
  const reason = `${signed} of ${places} co-signed.`
  if (signed === places) return { action: 'attest', reason }
  if (isObsolete && signed < quorumSize(places)) {
    return { action: 'ask', reason: 'Asking again: one of them signed twice.' }
  }
  if (elapsedMs < cosignMs) return wait(reason)
  return signed >= quorumSize(places) ? { action: 'attest', reason } : plain(`Only ${reason}`)
}

/** What one attester gets if all attest, wei. */
function shareOf({ incentives, places }: Costed): bigint {
  return places === 0 ? 0n : incentives.attestersReward / BigInt(places)
}

function plain(reason: string): AttestDecision {
  return { action: 'plain', reason }
}

function wait(reason: string): AttestDecision {
  return { action: 'wait', reason }
}
