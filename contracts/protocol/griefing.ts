import { appealStake, bondFor, stakesOf } from './bond.ts'
import { type Fixing, lockedSeconds, MAX_LEADERS } from './fixing.ts'
import { byRuling, byTimeout } from './payout.ts'

/** What delay and corruption depend on: a fixing's amounts and times, and the open interest when a value is proposed. */
export type GriefingTerms = Pick<
  Fixing,
  'minBond' | 'arbitrationFee' | 'bondPpm' | 'firstWindow' | 'window' | 'proposalGrace' | 'arbitrationLimit'
> & {
  /** Bond-token wei. */
  readonly openInterest: bigint
}

/** What it costs one party that plays both sides to put the settlement off. Amounts are bond-token wei. */
export type Delay = {
  /** How many leaders there are at the end: 0 = nobody proposed, 1 = undisputed. */
  readonly round: number
  readonly end: 'timeout' | 'ruling' | 'expiry'
  /** What is burned or paid to the arbitrator: gone, whoever wins. Rounded as the oracle rounds. */
  readonly cost: bigint
  /** What has to be staked at once; the rest of it comes back at settlement. */
  readonly capital: bigint
  /** From the proposal, or from maturity if there is none, to the settlement, at most. */
  readonly seconds: bigint
}

/** What honest stakers need so that nobody can outspend them in one fixing. Bond-token wei, seconds. */
export type HonestCapital = {
  /** d. */
  readonly bond: bigint
  /** 2 d: the first answer to a false proposal, within `firstWindow`. */
  readonly firstAnswer: bigint
  /** What always suffices: 5 d + F. */
  readonly total: bigint
  /** How long it can be locked: from the proposal to the last settlement that a dispute can have. */
  readonly lockedSeconds: bigint
}

/** Whose candidate leads in a round: `stakesOf` counts candidates by their order of appearance. */
export type History = readonly number[]

/**
 * The cheapest way to every end that one party can bring about by itself (property 5), ordered by time within the kind of
 * end. A ruling takes as long as the arbitrators do, at most two limits; if both let their turn pass, everything comes back
 * and the fixing is INVALID.
 */
export function delaysOf(terms: GriefingTerms): readonly Delay[] {
  const rounds = Array.from({ length: MAX_LEADERS }, (_, i) => i + 1)
  const disputed = rounds.slice(1)
  return [
    ...rounds.map((round) => cheapest(historiesOf(round).map((history) => timeoutOf(terms, history)))),
    ...disputed.map((round) => cheapest(historiesOf(round).flatMap((history) => rulingsOf(terms, history)))),
    ...disputed.map((round) => cheapest(historiesOf(round).map((history) => expiryOf(terms, history)))),
  ]
}

/**
 * What follows if nobody proposes, for want of will or of d: expiry after grace and limit, or a request, in the last second
 * that allows one, and its ruling or expiry. F is gone with a ruling unless the reward pot repays it.
 */
export function delaysWithoutProposal(terms: GriefingTerms): readonly Delay[] {
  const { arbitrationFee } = terms
  const unrequested = BigInt(terms.proposalGrace) + BigInt(terms.arbitrationLimit)
  const requested = unrequested + 2n * BigInt(terms.arbitrationLimit)
  return [
    { round: 0, end: 'expiry', cost: 0n, capital: 0n, seconds: unrequested },
    { round: 0, end: 'ruling', cost: arbitrationFee, capital: arbitrationFee, seconds: requested },
    { round: 0, end: 'expiry', cost: 0n, capital: arbitrationFee, seconds: requested },
  ]
}

/** What honest stakers need for one fixing (property 8). */
export function honestCapitalOf(terms: GriefingTerms): HonestCapital {
  const bond = bondFor(terms)
  return {
    bond,
    firstAnswer: 2n * bond,
    total: sufficientCapital(bond, terms.arbitrationFee),
    lockedSeconds: lockedSeconds(terms),
  }
}

/** What always suffices against any attacker in one fixing, wei: 5 d + F (property 8). */
export function sufficientCapital(bond: bigint, arbitrationFee: bigint): bigint {
  return 5n * bond + arbitrationFee
}

/** Every history of leaders with `round` rounds, 1..4: whoever leads next is another candidate or a new one. At most 5. */
export function historiesOf(round: number): readonly History[] {
  if (round <= 1) return [[0]]
  return historiesOf(round - 1).flatMap((history) => nextLeaders(history).map((next) => [...history, next]))
}

/** Who may lead after this: every candidate but the leader, and a new one. */
export function nextLeaders(history: History): readonly number[] {
  const count = Math.max(...history) + 1
  return Array.from({ length: count + 1 }, (_, i) => i).filter((i) => i !== history.at(-1))
}

function timeoutOf(terms: GriefingTerms, history: History): Delay {
  const { total, stakes } = stakesOf(bondFor(terms), history)
  const { sink } = byTimeout(total, stakes[history.at(-1) ?? 0] ?? 0n)
  return { round: history.length, end: 'timeout', cost: sink, capital: total, seconds: activeSeconds(terms, history) }
}

/** After an appeal for each value that may be appealed, each ruling: for any candidate, or for none. */
function rulingsOf(terms: GriefingTerms, history: History): readonly Delay[] {
  const { total, stakes } = stakesOf(bondFor(terms), history)
  const fee = terms.arbitrationFee
  const stake = appealStake(total)
  const seconds = activeSeconds(terms, history) + 2n * BigInt(terms.arbitrationLimit)
  return nextLeaders(history).flatMap((appealed) => {
    const afterwards = stakes.map((held, i) => (i === appealed ? held + stake : held))
    if (appealed === stakes.length) afterwards.push(stake)
    return [...afterwards.keys(), undefined].map((winner) => {
      const { sink } = byRuling({
        total: total + stake,
        winnerStake: winner === undefined ? undefined : afterwards[winner],
        appealStakeOfRound: stake,
        arbitrationFee: fee,
        appealedWins: winner === appealed,
      })
      return { round: history.length, end: 'ruling' as const, cost: sink + fee, capital: total + stake + fee, seconds }
    })
  })
}

function expiryOf(terms: GriefingTerms, history: History): Delay {
  const { total } = stakesOf(bondFor(terms), history)
  return {
    round: history.length,
    end: 'expiry',
    cost: 0n,
    capital: total + appealStake(total) + terms.arbitrationFee,
    seconds: activeSeconds(terms, history) + 2n * BigInt(terms.arbitrationLimit),
  }
}

/** The first with the least cost, and of those the least capital. */
function cheapest(delays: readonly Delay[]): Delay {
  const [first] = delays.toSorted((a, b) => order(a.cost, b.cost) || order(a.capital, b.capital))
  if (first === undefined) throw new RangeError('Expected a way to delay, got none.')
  return first
}

function order(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function activeSeconds({ firstWindow, window }: GriefingTerms, history: History): bigint {
  return BigInt(firstWindow) + BigInt(history.length - 1) * BigInt(window)
}
