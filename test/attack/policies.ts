import { INVALID as INVALID_VALUE } from '#protocol/fixing.ts'
import { decide, type PolicyView } from '#protocol/policy.ts'
import { locate, type Market } from './market.ts'
import { INVALID, isNearer, PPM } from './ratio.ts'

/** A pot that the attacker has begun to fill before the honest side moves. */
export type OpenPot = { readonly value: number; readonly filled: number }

/** What an honest node knows. */
export type Sight = {
  readonly market: Market
  /** Its own observation. */
  readonly own: number
  /** Live pots of the kind that it would join: of stake in round 1, of an appeal later. */
  readonly pots: readonly OpenPot[]
  readonly separationPpm: number
  /** What it was told of the index's noise, ppm. */
  readonly noisePpm: number
}

/** The value that an honest node stakes on, by contribution in round 1 and by appeal later; undefined = it does nothing. */
export type Policy = (sight: Sight) => number | undefined

/** P1 as nodes run it. */
export function followP1({ market, own, pots, separationPpm, noisePpm }: Sight): number | undefined {
  const kind = market.round === 1 ? 'stake' : 'appeal'
  const view: PolicyView = {
    round: market.round,
    candidates: market.candidates.map(({ value, honest, attacker }) => ({
      value: toValue(value),
      stake: BigInt(honest + attacker),
    })),
    leaderIndex: market.leader,
    pots: pots.map(({ value, filled }) => ({ kind, value: toValue(value), filled: BigInt(filled) })),
    separationPpm,
  }
  const decision = decide({ view, own: BigInt(own), noisePpm, reportValue: undefined })
  return decision.action === 'none' ? undefined : Number(decision.value)
}

/**
 * What everyone thinks of first: challenge a leader only when it is more than the separation away, for one's own value
 * if that can be a candidate, else for the nearest that does not lead.
 */
export function challengeOnlyBeyondSeparation({ market, own, separationPpm }: Sight): number | undefined {
  const leader = market.candidates[market.leader]?.value ?? INVALID
  if (Math.abs(leader - own) * PPM <= separationPpm * Math.min(leader, own)) return undefined
  if (locate(market, own, separationPpm) === market.candidates.length) return own
  let nearest: number | undefined
  for (const [i, { value }] of market.candidates.entries()) {
    if (i === market.leader || value === INVALID) continue
    if (nearest === undefined || isNearer(value, nearest, own)) nearest = value
  }
  return nearest
}

function toValue(value: number): bigint {
  return value === INVALID ? INVALID_VALUE : BigInt(value)
}
