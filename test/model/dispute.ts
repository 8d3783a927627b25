import type { Address } from 'viem'
import type { Rules } from './rules.ts'
import { type Fixing, INVALID, type Key, type Kind, MAX_LEADERS, type Outcome, type Phase, keyText } from './terms.ts'

export type Candidate = { readonly value: bigint; stake: bigint }
type Pot = { readonly key: Key; filled: bigint; isComplete: boolean }
type Appeal = { readonly key: Key; readonly stake: bigint; readonly candidate: number }
type Ruling = { readonly value: bigint; readonly winner: number | undefined }

/** What one fixing has been through, and what follows from it at a time `now` (protocol section 4). */
export class Dispute {
  readonly fixing: Fixing
  readonly rules: Rules
  readonly candidates: Candidate[] = []
  readonly pots = new Map<string, Pot>()
  bond = 0n
  proposedAt = 0n
  round = 0
  leader = 0
  staked = 0n
  deadline = 0n
  arbitratedAt = 0n
  rewardPot = 0n
  requested = 0n
  appeal: Appeal | undefined
  ruling: Ruling | undefined
  isCollected = false
  /** Everything this fixing took in and gave out, wei; never read by a rule. */
  deposits = 0n
  payments = 0n
  claims = 0n

  constructor(fixing: Fixing, rules: Rules) {
    this.fixing = fixing
    this.rules = rules
  }

  /** */
  phase(now: bigint): Phase {
    const { fixing, rules } = this
    if (this.ruling !== undefined) return 'Settled'
    if (this.arbitratedAt !== 0n) return rules.isBefore(now, this.arbitrationEnd()) ? 'Arbitration' : 'Settled'
    if (this.round >= 1) return rules.isBefore(now, this.deadline) ? 'Active' : 'Settled'
    if (rules.isBefore(now, fixing.maturity)) return 'Pending'
    return rules.isBefore(now, this.graceEnd() + fixing.arbitrationLimit) ? 'Open' : 'Settled'
  }

  arbitrationEnd(): bigint {
    return this.arbitratedAt + 2n * this.fixing.arbitrationLimit
  }

  /** How it is settled at `now`. */
  outcome(now: bigint): Outcome {
    if (this.phase(now) !== 'Settled') return 'None'
    if (this.ruling !== undefined) return 'Ruling'
    return this.arbitratedAt === 0n && this.round >= 1 ? 'Timeout' : 'Expiry'
  }

  /** The settlement at `now`; undefined before it exists. */
  settlement(now: bigint): bigint | undefined {
    const how = this.outcome(now)
    if (how === 'None') return undefined
    if (how === 'Expiry') return INVALID
    return how === 'Ruling' ? this.ruling?.value : this.leaderValue()
  }

  /** Index of the candidate that won at `now`; undefined if none or not settled. */
  winner(now: bigint): number | undefined {
    const how = this.outcome(now)
    if (how === 'Ruling') return this.ruling?.winner
    return how === 'Timeout' ? this.leader : undefined
  }

  leaderValue(): bigint {
    return this.candidates[this.leader]?.value ?? 0n
  }

  stakeOn(value: bigint): bigint {
    return this.candidates.find((candidate) => candidate.value === value)?.stake ?? 0n
  }

  /** The first candidate that `value` is neither equal to nor separated from. */
  tooNear(value: bigint): bigint | undefined {
    if (this.candidates.some((candidate) => candidate.value === value)) return undefined
    const { separationPpm } = this.fixing
    return this.candidates.find((other) => !this.rules.isSeparated(value, other.value, separationPpm))?.value
  }

  /** What completes a pot, in total. */
  need(kind: Kind, value: bigint): bigint {
    if (kind === 'Appeal') return this.rules.appealNeed(this.staked, this.fixing.arbitrationFee)
    return this.rules.contributionNeed(this.staked, this.stakeOn(value))
  }

  /** whether arbitration can be requested at `now`. */
  isRequestable(now: bigint): boolean {
    return this.phase(now) === 'Open' && !this.rules.isBefore(now, this.graceEnd())
  }

  graceEnd(): bigint {
    return this.fixing.maturity + this.fixing.proposalGrace
  }

  /** Whether stake can go into a pot at `now`. */
  isJoinable({ kind, round, value }: Key, now: bigint): boolean {
    const isRightKind = kind === 'Stake' ? this.round < MAX_LEADERS : kind === 'Appeal' && this.round >= 2
    const isRightRound = this.phase(now) === 'Active' && round === this.round
    const isRightValue = value !== 0n && value !== this.leaderValue() && this.tooNear(value) === undefined
    return isRightKind && isRightRound && isRightValue
  }

  /** whether an unfilled pot's contributions are locked at `now`. */
  isLive(key: Key, now: bigint): boolean {
    return this.phase(now) === 'Active' && this.rules.isLiveRound(key.round, this.round)
  }

  potAt(key: Key): Pot {
    const known = this.pots.get(keyText(key))
    if (known !== undefined) return known
    const pot = { key, filled: 0n, isComplete: false }
    this.pots.set(keyText(key), pot)
    return pot
  }

  /** What the view `pot` reads. */
  potView(key: Key, now: bigint): { readonly filled: bigint; readonly need: bigint } {
    const isPlain = key.round === 0 && key.value === 0n
    if (key.kind === 'Fund') return { filled: isPlain ? this.rewardPot : 0n, need: 0n }
    if (key.kind === 'Request') {
      const need = isPlain && this.isRequestable(now) ? this.fixing.arbitrationFee : 0n
      return { filled: isPlain ? this.requested : 0n, need }
    }
    const filled = this.pots.get(keyText(key))?.filled ?? 0n
    return { filled, need: this.isJoinable(key, now) ? this.need(key.kind, key.value) : 0n }
  }

  /** Adds stake to a value, making it a candidate if it is none; returns its index. */
  install(value: bigint, stake: bigint): number {
    const known = this.candidates.findIndex((candidate) => candidate.value === value)
    const index = known === -1 ? this.candidates.push({ value, stake: 0n }) - 1 : known
    const candidate = this.candidates[index]
    if (candidate !== undefined) candidate.stake += stake
    this.staked += stake
    return index
  }

  /** whose turn it is to rule at `now`. */
  currentArbitrator(now: bigint): Address {
    const { arbitrator, backup, arbitrationLimit } = this.fixing
    return this.rules.isBefore(now, this.arbitratedAt + arbitrationLimit) ? arbitrator : backup
  }

  /** Everything a fixing is settled by, without any transaction (property 4). */
  worstCase(): bigint {
    const { maturity, proposalGrace, arbitrationLimit, firstWindow, window } = this.fixing
    return maturity + proposalGrace + 3n * arbitrationLimit + firstWindow + BigInt(MAX_LEADERS - 1) * window
  }
}
