import { isNearer, isSeparated, isWithin } from './ratio.ts'

/** The proposal's bond d, in the game's wei: a multiple of nine, so that an appeal of a whole number of d is exact. */
export const BOND = 900_000

/** A value that has led, with what each side has staked on it. */
export type Candidate = { readonly value: number; readonly honest: number; readonly attacker: number }

/** A fixing between proposal and settlement: everything that its payoffs depend on. */
export type Market = {
  /** n, 1..4. */
  readonly round: number
  readonly leader: number
  /** In install order. */
  readonly candidates: readonly Candidate[]
  /** A. */
  readonly total: number
}

/** What a market needs to know of its fixing. */
export type Terms = { readonly separationPpm: number; readonly bandPpm: number; readonly fee: number }

/** How a play ended, in wei: what either side has gained, and what went to the sink or the arbitrator. */
export type Ending = {
  readonly honest: number
  readonly attacker: number
  readonly burned: number
  /** Index of the value that won; undefined when a ruling matched none. */
  readonly winner: number | undefined
}

/** A filled appeal: whose it is and which value it is for. */
export type Appeal = { readonly value: number; readonly honest: number; readonly attacker: number }

const MAX_LEADERS = 4

/** A first candidate with the whole bond of one side. */
export function propose(value: number, side: 'honest' | 'attacker'): Market {
  const isHonest = side === 'honest'
  const candidate = { value, honest: isHonest ? BOND : 0, attacker: isHonest ? 0 : BOND }
  return { round: 1, leader: 0, candidates: [candidate], total: BOND }
}

/**
 * Where a value stands: the index of the candidate it is, the number of candidates if it would be a new one, or -1 where
 * neither a contribution nor an appeal may name it, because it leads or is too near to a candidate.
 */
export function locate(market: Market, value: number, separationPpm: number): number {
  for (const [i, candidate] of market.candidates.entries()) {
    if (candidate.value === value) return i === market.leader ? -1 : i
    if (!isSeparated(candidate.value, value, separationPpm)) return -1
  }
  return market.candidates.length
}

/** Whether contributions are over: the fixing has had all its leaders. */
export function isFinalRound(market: Market): boolean {
  return market.round >= MAX_LEADERS
}

/** What fills a contribution to the candidate at `index`, or a new one: `2A - 3S`. */
export function contributionNeed(market: Market, index: number): number {
  return 2 * market.total - 3 * stakeAt(market, index)
}

/** What fills an appeal without its fee: `a = ceil(A / 9)`. */
export function appealStake(market: Market): number {
  return Math.ceil(market.total / 9)
}

/** The market after a contribution filled, `honest` of it by the honest side. `index` from {@link locate}. */
export function install(market: Market, index: number, value: number, honest: number): Market {
  const need = contributionNeed(market, index)
  const before = market.candidates[index] ?? { value, honest: 0, attacker: 0 }
  const after = { value, honest: before.honest + honest, attacker: before.attacker + need - honest }
  const candidates = [...market.candidates]
  candidates[index] = after
  return { round: market.round + 1, leader: index, candidates, total: market.total + need }
}

/** The end when the leader's deadline passes: 20 % of what the others staked burns. */
export function endByTimeout(market: Market): Ending {
  const winner = stakeAt(market, market.leader)
  const losing = market.total - winner
  const sink = Math.floor((20 * losing) / 100)
  const worth = (side: 'honest' | 'attacker'): number => {
    const staked = market.candidates[market.leader]?.[side] ?? 0
    return Math.floor((staked * (market.total - sink)) / winner)
  }
  return {
    honest: worth('honest') - stakedBy(market, 'honest'),
    attacker: worth('attacker') - stakedBy(market, 'attacker'),
    burned: sink,
    winner: market.leader,
  }
}

/** The end by a ruling f after an appeal. */
export function endByRuling(market: Market, appeal: Appeal, f: number, terms: Terms): Ending {
  const stake = appealStake(market)
  const values = valuesWith(market, appeal.value)
  const appealed = values.indexOf(appeal.value)
  const winner = winnerOf(values, market.leader, f, terms.bandPpm)
  const total = market.total + stake
  const winning = winner === undefined ? 0 : stakeAt(market, winner) + (winner === appealed ? stake : 0)
  const sink = Math.floor((40 * (total - winning)) / 100)
  const left = total - winning - sink
  const bonus = Math.min(bonusCap(winner, appealed, terms.fee), left)
  const shared = total - sink - bonus
  const base = winner === undefined ? total : winning
  const worth = (side: 'honest' | 'attacker'): number => {
    const staked = winner === undefined ? stakedBy(market, side) : (market.candidates[winner]?.[side] ?? 0)
    const stakes = Math.floor((staked * shared) / base)
    if (winner !== undefined && winner !== appealed) return stakes
    const whole = Math.floor((stake * shared) / base) + bonus
    return stakes + Math.floor((appeal[side] * whole) / (stake + terms.fee))
  }
  return {
    honest: worth('honest') - stakedBy(market, 'honest') - appeal.honest,
    attacker: worth('attacker') - stakedBy(market, 'attacker') - appeal.attacker,
    burned: sink + terms.fee,
    winner,
  }
}

/** The candidates' values, with an appealed new one last. */
export function valuesWith(market: Market, appealed: number): readonly number[] {
  const values = market.candidates.map(({ value }) => value)
  return values.includes(appealed) ? values : [...values, appealed]
}

/** What one side has staked on all candidates. */
export function stakedBy(market: Market, side: 'honest' | 'attacker'): number {
  let sum = 0
  for (const candidate of market.candidates) sum += candidate[side]
  return sum
}

/** The nearest value to the ruling, ties to the leader, then to the earlier, if it is within the band. */
function winnerOf(values: readonly number[], leader: number, f: number, bandPpm: number): number | undefined {
  let best = leader
  for (const [i, value] of values.entries()) if (isNearer(value, values[best] ?? 0, f)) best = i
  return isWithin(values[best] ?? 0, f, bandPpm) ? best : undefined
}

function bonusCap(winner: number | undefined, appealed: number, fee: number): number {
  if (winner === undefined) return fee
  return winner === appealed ? Math.floor((3 * fee) / 2) : 0
}

function stakeAt(market: Market, index: number): number {
  const candidate = market.candidates[index]
  return candidate === undefined ? 0 : candidate.honest + candidate.attacker
}
