import { INVALID } from './terms.ts'

/** Reward ramp: six hours, in seconds. */
const REWARD_RAMP = 6n * 3_600n
const MILLION = 1_000_000n

/** How the total stake is divided: the sink's share, the sponsors' bonus, and what the winning side shares. */
export type Division = { readonly sink: bigint; readonly bonus: bigint; readonly shared: bigint }

/**
 * The arithmetic of the protocol: the distance of section 3, the bonds of section 4, the payoffs of section 5.
 * A value, so that a planted bug is the same value with one rule replaced. Amounts are wei; all divisions round down
 * except {@link appealStake}.
 */
export type Rules = typeof RULES

export const RULES = {
  /** "before X" means now < X. */
  isBefore(now: bigint, end: bigint): boolean {
    return now < end
  },
  /** Section 3: `|a - b| * 1e6 >= separationPpm * min(a, b)`; INVALID is infinitely far from every number. */
  isSeparated(a: bigint, b: bigint, separationPpm: bigint): boolean {
    if (a === INVALID || b === INVALID) return a !== b
    return gap(a, b) * MILLION >= separationPpm * least(a, b)
  },
  /** whether a is strictly nearer to f than b: `|a-f| * min(b,f) < |b-f| * min(a,f)`. */
  isNearer(a: bigint, b: bigint, f: bigint): boolean {
    if (f === INVALID) return a === INVALID && b !== INVALID
    if (a === INVALID) return false
    if (b === INVALID) return true
    return gap(a, f) * least(b, f) < gap(b, f) * least(a, f)
  },
  /** `|w-f| * 1e6 <= bandPpm * min(w,f)`; INVALID matches only INVALID. */
  isWithinBand(w: bigint, f: bigint, bandPpm: bigint): boolean {
    if (w === INVALID || f === INVALID) return w === f
    return gap(w, f) * MILLION <= bandPpm * least(w, f)
  },
  /** the candidate that wins under ruling f; ties to the leader, then to the earlier. */
  winner(values: readonly bigint[], leader: number, f: bigint, bandPpm: bigint): number | undefined {
    let nearest = leader // kept on a tie; so is the earlier of two others, for only a strictly nearer one replaces it
    values.forEach((value, index) => {
      if (this.isNearer(value, values[nearest] ?? 0n, f)) nearest = index
    })
    return this.isWithinBand(values[nearest] ?? 0n, f, bandPpm) ? nearest : undefined
  },
  /** d before its limits. */
  bond(minBond: bigint, bondPpm: bigint, openInterest: bigint): bigint {
    const share = (bondPpm * openInterest) / MILLION
    return share > minBond ? share : minBond
  },
  /** what completes a contribution pot. */
  contributionNeed(total: bigint, onValue: bigint): bigint {
    return 2n * total - 3n * onValue
  },
  /** a = ceil(A / 9). */
  appealStake(total: bigint): bigint {
    return (total + 8n) / 9n
  },
  /** what completes an appeal pot. */
  appealNeed(total: bigint, fee: bigint): bigint {
    return fee + this.appealStake(total)
  },
  /** a winner by timeout; `appealed` says that the winner is the appealed value. */
  divideTimeout(total: bigint, winning: bigint): Division {
    const sink = ((total - winning) * 20n) / 100n
    return { sink, bonus: 0n, shared: total - sink }
  },
  /** a winner by ruling. */
  divideRuling(total: bigint, winning: bigint, fee: bigint, isAppealedWinner: boolean): Division {
    const lost = total - winning
    const sink = (lost * 40n) / 100n
    const bonus = isAppealedWinner ? lesser((3n * fee) / 2n, lost - sink) : 0n
    return { sink, bonus, shared: total - sink - bonus }
  },
  /** nobody wins; `fee` is what an appeal paid, 0 without one. */
  divideNone(total: bigint, fee: bigint): Division {
    const sink = (total * 40n) / 100n
    const bonus = lesser(fee, total - sink)
    return { sink, bonus, shared: total - sink - bonus }
  },
  /** a stake receipt's part of `shared`; base is W, or A when nobody won. */
  stakePay(m: bigint, shared: bigint, base: bigint): bigint {
    return (m * shared) / base
  },
  /** an appeal receipt's part. */
  appealPay(m: bigint, stake: bigint, fee: bigint, division: Division, base: bigint): bigint {
    return (m * ((stake * division.shared) / base + division.bonus)) / (stake + fee)
  },
  /** what the reward pot pays for a proposal `elapsed` seconds after maturity. */
  reward(pot: bigint, elapsed: bigint): bigint {
    return (pot * lesser(elapsed, REWARD_RAMP)) / REWARD_RAMP
  },
  /** what a ruling repays to a request. */
  requestRepayment(fee: bigint, pot: bigint): bigint {
    return lesser((3n * fee) / 2n, pot)
  },
  /** which round's pots are still live in round n. */
  isLiveRound(round: number, n: number): boolean {
    return round === n
  },
  /** a fund receipt's part of what the reward did not use. */
  fundRefund(m: bigint, pot: bigint, used: bigint): bigint {
    return (m * (pot - used)) / pot
  },
}

function gap(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

const lesser = least
