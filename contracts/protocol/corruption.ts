import { appealStake, bondFor, stakesOf } from './bond.ts'
import { MAX_LEADERS } from './fixing.ts'
import { nextLeaders, type GriefingTerms, type History } from './griefing.ts'
import { byRuling, byTimeout } from './payout.ts'

/** One way to settle a lie by the clock: the honest side cannot pay for its next answer. Amounts are bond-token wei. */
export type LieRoute = {
  /** It works against honest capital of at least this … */
  readonly from: bigint
  /** … and of less than this: what the honest side had staked and what its next answer would have cost. */
  readonly below: bigint
  /** What the attacker stakes at once; all of it comes back. */
  readonly capital: bigint
  /** What the attacker gains of the honest stake, on top of whatever the lie itself is worth. */
  readonly gain: bigint
  /** Who led, in order. */
  readonly leaders: readonly Leader[]
}

/** A leader as the table names it: true or one of the lies, and whose stake installed it. */
export type Leader = { readonly value: 'truth' | `lie ${number}`; readonly by: 'honest' | 'attacker' }

/**
 * Where a lie wins: for every amount of honest capital that does not always suffice, the route that needs the least of the
 * attacker, in ascending order of honest capital and without gaps. The honest side follows P1: it answers a false proposal
 * with 2 d and any later false leader with an appeal, as soon as it can pay for all of it. The attacker may move before or
 * after it and may play the truth as well. Above the last `below` no lie settles by the clock: then only an arbitrator can
 * settle one.
 */
export function lieRoutes(terms: GriefingTerms, opening: 'lie' | 'truth'): readonly LieRoute[] {
  const all = allRoutes(terms, opening)
  const bounds = [...new Set(all.flatMap(({ from, below }) => [from, below]))].toSorted((a, b) => (a < b ? -1 : 1))
  const best: LieRoute[] = []
  for (const [i, from] of bounds.entries()) {
    const below = bounds[i + 1]
    if (below === undefined) break
    const [least] = all
      .filter((route) => route.from <= from && route.below >= below)
      .toSorted((a, b) => (a.capital < b.capital ? -1 : Number(a.capital > b.capital)))
    const last = best.at(-1)
    if (least === undefined) continue
    if (last?.leaders === least.leaders) best[best.length - 1] = { ...last, below }
    else best.push({ ...least, from, below })
  }
  return best
}

/** A lie that a corrupted arbitrator (or backup) settles by a ruling. Amounts are bond-token wei. */
export type BoughtRuling = {
  /** Who led, in order, before the appeal. */
  readonly leaders: readonly Leader[]
  /** Whose appeal sends the fixing to the arbitrator: the honest side's for the truth, or the attacker's for a lie. */
  readonly appealBy: 'honest' | 'attacker'
  /** What the attacker stakes at once, the fee included if it appeals; it comes back, the fee out of what others lose. */
  readonly capital: bigint
  /** What the honest side loses: all that it staked, and the fee if it appealed. */
  readonly honestLoss: bigint
  /**
   * What the attacker gains in the game, on top of whatever the lie is worth: the honest stakes less what burns and less
   * the fee if it appealed, which the arbitrator has. To be set against what corrupting the arbitrator costs.
   */
  readonly gain: bigint
}

/**
 * What the game itself pays for a bought ruling: for every number of leaders from 2 to 4 the play that gains most against
 * an honest side that follows P1 and has all the capital it needs. No pot within anyone's reach stops a bought ruling.
 */
export function boughtRulings(terms: GriefingTerms, opening: 'lie' | 'truth'): readonly BoughtRuling[] {
  const all = positionsFrom(startOf(opening, bondFor(terms)), bondFor(terms)).flatMap((position) =>
    rulingsAt(terms, position),
  )
  return [2, 3, 4].flatMap((round) => {
    const [best] = all
      .filter(({ leaders }) => leaders.length === round)
      .toSorted((a, b) => (a.gain > b.gain ? -1 : Number(a.gain < b.gain)))
    return best === undefined ? [] : [best]
  })
}

/** A position: who led, which candidate is true, and what the honest side has staked. */
type Position = {
  readonly history: History
  readonly leaders: readonly Leader[]
  readonly truth: number | undefined
  readonly honest: bigint
}

function allRoutes(terms: GriefingTerms, opening: 'lie' | 'truth'): readonly LieRoute[] {
  const bond = bondFor(terms)
  return positionsFrom(startOf(opening, bond), bond).flatMap((position) => routeAt(terms, position))
}

function startOf(opening: 'lie' | 'truth', bond: bigint): Position {
  return opening === 'truth'
    ? { history: [0], leaders: [{ value: 'truth', by: 'honest' }], truth: 0, honest: bond }
    : { history: [0], leaders: [{ value: 'lie 1', by: 'attacker' }], truth: undefined, honest: 0n }
}

/** The position and all that can follow it. */
function positionsFrom(position: Position, bond: bigint): readonly Position[] {
  if (position.history.length >= MAX_LEADERS) return [position]
  return [position, ...nextPositions(position, bond).flatMap((next) => positionsFrom(next, bond))]
}

function nextPositions({ history, leaders, truth, honest }: Position, bond: bigint): readonly Position[] {
  const count = Math.max(...history) + 1
  const byAttacker = nextLeaders(history).map((index): Position => {
    const known = leaders[history.indexOf(index)]?.value
    const lies = truth === undefined ? count : count - 1
    const leader: Leader = { value: known ?? `lie ${lies + 1}`, by: 'attacker' }
    return { history: [...history, index], leaders: [...leaders, leader], truth, honest }
  })
  if (truth !== undefined) return byAttacker
  const withTruth = (by: 'honest' | 'attacker'): Position => ({
    history: [...history, count],
    leaders: [...leaders, { value: 'truth', by }],
    truth: count,
    honest: by === 'honest' ? 2n * bond : 0n,
  })
  // The honest side answers the first leader by a contribution; every later answer is an appeal, which ends the play.
  return [...byAttacker, withTruth('attacker'), ...(history.length === 1 ? [withTruth('honest')] : [])]
}

/** If a lie leads: what the honest side lacks to answer, and how the deadline then divides the stake. */
function routeAt(terms: GriefingTerms, { history, leaders, truth, honest }: Position): readonly LieRoute[] {
  const leader = history.at(-1) ?? 0
  if (leader === truth) return []
  const { total, stakes } = stakesOf(bondFor(terms), history)
  const answer = history.length === 1 ? 2n * total : appealStake(total) + terms.arbitrationFee
  const { shared } = byTimeout(total, stakes[leader] ?? 0n)
  const capital = total - honest
  return [{ from: honest, below: honest + answer, capital, gain: shared - capital, leaders }]
}

/** The appeals that can follow, and a ruling for the lie that leads, or for the one that the attacker appeals for. */
function rulingsAt(terms: GriefingTerms, { history, leaders, truth, honest }: Position): readonly BoughtRuling[] {
  if (history.length < 2) return []
  const { total, stakes } = stakesOf(bondFor(terms), history)
  const fee = terms.arbitrationFee
  const stake = appealStake(total)
  const leader = history.at(-1) ?? 0
  const sinkOf = (winnerStake: bigint, appealedWins: boolean): bigint =>
    byRuling({
      total: total + stake,
      winnerStake,
      appealStakeOfRound: stake,
      arbitrationFee: fee,
      appealedWins,
    }).sink
  if (leader !== truth) {
    const gain = honest + stake - sinkOf(stakes[leader] ?? 0n, false)
    return [{ leaders, appealBy: 'honest', capital: total - honest, honestLoss: honest + stake + fee, gain }]
  }
  return nextLeaders(history).map((lie) => {
    const gain = honest - sinkOf((stakes[lie] ?? 0n) + stake, true) - fee
    return { leaders, appealBy: 'attacker', capital: total - honest + stake + fee, honestLoss: honest, gain }
  })
}
