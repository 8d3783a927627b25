import { isSeparated } from './distance.ts'
import { INVALID } from './fixing.ts'
import { compare, multiply, PPM, type Rational } from './rational.ts'

/** A candidate and the stake on it, bond-token wei. */
export type PolicyCandidate = { readonly value: bigint; readonly stake: bigint }

/** What one may stake on, as far as the policy looks: an active fixing at one block. */
export type PolicyView = {
  /** n. 0 = nothing proposed. */
  readonly round: number
  /** In install order. */
  readonly candidates: readonly PolicyCandidate[]
  readonly leaderIndex: number
  /** The live pots of this round. */
  readonly pots: readonly { readonly kind: 'stake' | 'appeal'; readonly value: bigint; readonly filled: bigint }[]
  readonly separationPpm: number
}

/** What a node knows: the view, its own observation if it has one, the index's noise, the quorum's median if there is one. */
export type PolicyInput = {
  readonly view: PolicyView
  readonly own: bigint | undefined
  readonly noisePpm: number
  readonly reportValue: bigint | undefined
}

/** What to do, and why in words for the journal. How much is a matter of budget, not of this policy. */
export type Decision =
  | { readonly action: 'none'; readonly reason: string }
  | { readonly action: 'contribute' | 'appeal'; readonly value: bigint; readonly reason: string }

/**
 * Policy P1 (section 6): what an honest node stakes on, by ratio and exactly. It acts only for its own observation o; the
 * report only chooses between values that are as good. One that is separated from every candidate is staked on itself
 * (or on a value within a quarter of the separation that others pool on); otherwise on the candidate that is surely
 * nearest to o, if it does not lead; otherwise, only against a leader that is far off, on the smaller-staked of the
 * nearest. The first dispute is a contribution, every later one an appeal: at n >= 2 a false leader costs its backers
 * the ruling's forfeit, and nobody can be outbid.
 */
export function decide(input: PolicyInput): Decision {
  const { view, own, noisePpm } = input
  const leader = view.candidates[view.leaderIndex]
  if (own === undefined) return none('No own observation: nothing to defend.')
  if (own === INVALID) return none('The own observation is INVALID, which is no number to defend.')
  if (leader === undefined) return none('Nothing is proposed.')
  if (!isNoiseSmall(view.separationPpm, noisePpm)) return none('The separation is not above four times the noise.')

  const isNew = view.candidates.every(({ value }) => isSeparated(own, value, view.separationPpm))
  if (isNew) return act(view, poolingValue(input, own), 'The own observation is separated from every candidate.')

  const ranked = rank(view, own, noisePpm)
  const sure = ranked.find(({ isSure }) => isSure)
  if (sure?.isLeader === true) return none('The leader is surely the nearest to the own observation.')
  if (sure !== undefined) return act(view, sure.value, 'A candidate that does not lead is surely the nearest.')
  return actOnNearest(input, ranked)
}

/** A numeric candidate, nearest first. */
type Ranked = PolicyCandidate & {
  /** To o; 1 = equal. */
  readonly ratio: Rational
  readonly isLeader: boolean
  /** Nearer than every other by more than twice the noise; at n = 1 also within separation/2 - noise. */
  readonly isSure: boolean
}

function rank({ round, candidates, leaderIndex, separationPpm }: PolicyView, own: bigint, noisePpm: number): Ranked[] {
  const leader = candidates[leaderIndex]
  const measured = candidates
    .filter(({ value }) => value !== INVALID)
    .map((candidate) => ({ ...candidate, ratio: ratio(candidate.value, own), isLeader: candidate === leader }))
    .toSorted((a, b) => compare(a.ratio, b.ratio))
  const closeness = { n: 2n * PPM + BigInt(separationPpm) - 2n * BigInt(noisePpm), d: 2n * PPM }
  return measured.map((candidate, i) => {
    const isClear = measured.every((other, j) => i === j || isBeyond(other.ratio, candidate.ratio, noisePpm))
    return { ...candidate, isSure: isClear && (round > 1 || compare(candidate.ratio, closeness) <= 0) }
  })
}

/** No candidate is sure: the straddle trap, unless the leader is far off. */
function actOnNearest({ view, noisePpm }: PolicyInput, ranked: readonly Ranked[]): Decision {
  const leader = ranked.find(({ isLeader }) => isLeader)
  if (leader !== undefined && !isBeyond(leader.ratio, onePlus(view.separationPpm), noisePpm)) {
    return none('No candidate is surely the nearest, and the leader is not beyond separation and noise.')
  }
  // The leader is not among the equally near: they are within separation and twice the noise, it is beyond.
  const [nearest] = ranked
  const equallyNear = ranked.filter(({ ratio: away }) => nearest && !isBeyond(away, nearest.ratio, noisePpm))
  const [smallest] = equallyNear.toSorted((x, y) => (x.stake < y.stake ? -1 : Number(x.stake > y.stake)))
  if (smallest === undefined) return none('No candidate that does not lead is near.')
  return act(view, smallest.value, 'The leader is far off: the smaller-staked of the equally near candidates.')
}

/**
 * The value near o that others fill already, so that small stakes meet in one pot: the report's, then the fullest pot's
 * (the nearer, then the smaller value, of two as full), if within a quarter of the separation of o and able to become a
 * candidate; else o itself.
 */
function poolingValue({ view, reportValue }: PolicyInput, own: bigint): bigint {
  const kind = view.round === 1 ? 'stake' : 'appeal'
  const quarter = onePlusQuarter(view.separationPpm)
  const isJoinable = (value: bigint): boolean =>
    value !== INVALID &&
    compare(ratio(value, own), quarter) <= 0 &&
    view.candidates.every((candidate) => isSeparated(value, candidate.value, view.separationPpm))
  if (reportValue !== undefined && isJoinable(reportValue)) return reportValue
  const joinable = view.pots.filter((pot) => pot.kind === kind && pot.filled > 0n && isJoinable(pot.value))
  const [fullest] = joinable.toSorted((a, b) => {
    if (a.filled !== b.filled) return a.filled > b.filled ? -1 : 1
    return compare(ratio(a.value, own), ratio(b.value, own)) || (a.value < b.value ? -1 : 1)
  })
  return fullest?.value ?? own
}

function act({ round }: PolicyView, value: bigint, reason: string): Decision {
  return { action: round === 1 ? 'contribute' : 'appeal', value, reason }
}

function none(reason: string): Decision {
  return { action: 'none', reason }
}

/** `max(a, b) / min(a, b)`: one more than the protocol's distance of two numbers > 0. */
function ratio(a: bigint, b: bigint): Rational {
  return a > b ? { n: a, d: b } : { n: b, d: a }
}

/**
 * Whether `far` is more than twice the noise above `near`: `far > near (1 + noise)^2`. Ratios multiply, so this is what
 * makes every value within the noise of o nearer to the one than to the other.
 */
function isBeyond(far: Rational, near: Rational, noisePpm: number): boolean {
  const noise = onePlus(noisePpm)
  return compare(multiply(near, multiply(noise, noise)), far) < 0
}

/**
 * Whether separation > 4 noise, by ratio: `1 + separation > (1 + separation/4)^2 (1 + noise)^2`. Then a value that was
 * joined within a quarter of the separation of o stays surely the nearest, whatever is separated from it.
 */
export function isNoiseSmall(separationPpm: number, noisePpm: number): boolean {
  const quarter = onePlusQuarter(separationPpm)
  return isBeyond(onePlus(separationPpm), multiply(quarter, quarter), noisePpm)
}

function onePlus(ppm: number): Rational {
  return { n: PPM + BigInt(ppm), d: PPM }
}

function onePlusQuarter(ppm: number): Rational {
  return { n: 4n * PPM + BigInt(ppm), d: 4n * PPM }
}
