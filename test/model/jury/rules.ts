import { encodeAbiParameters, type Hex, keccak256 } from 'viem'
import { INVALID } from '../terms.ts'
import type { JuryTerms } from './terms.ts'

const DAY = 86_400n

/** The formulas of section 10 of docs/spec.md, one by one, so that each can be wrong on its own. */
export type JuryRules = {
  /** Where votes that began at `now` would end. */
  readonly votesEnd: (terms: JuryTerms, now: bigint) => bigint
  /** Where a case that was opened at `now` would be over. */
  readonly caseEnd: (terms: JuryTerms, now: bigint) => bigint
  readonly isBefore: (now: bigint, end: bigint) => boolean
  readonly price: (terms: JuryTerms) => bigint
  /** The pool that the next case needs beside `waiting` others, of `all` stakes in the pool or with seats. */
  readonly neededPool: (terms: JuryTerms, waiting: number, all: number) => bigint
  /** Whether no case is opened while so many stakes wait to come back. */
  readonly holdsUp: (returned: number) => boolean
  /** Of what rounds have returned, `count` stakes in the order in which they come back, and what is left. */
  readonly readmit: <T>(returned: readonly T[], count: number) => { readonly back: T[]; readonly left: T[] }
  readonly seed: (prevRandao: Hex, id: Hex, round: number) => Hex
  /** The place in a pool of `size` of the stake that gets seat `seat`. */
  readonly placeOf: (seed: Hex, seat: number, size: number) => number
  /** Takes the stake at `place` out. */
  readonly take: <T>(pool: readonly T[], place: number) => T[]
  /** What rounds have returned, once a stake has gone out of the pool: the last is the first. */
  readonly closeUp: <T>(returned: readonly T[]) => T[]
  /** The same once a stake has come into the pool: the first is the last. */
  readonly makeRoom: <T>(returned: readonly T[]) => T[]
  readonly isForgotten: (block: bigint, seedBlock: bigint) => boolean
  /** Of votes that were revealed, in no order. */
  readonly verdict: (votes: readonly bigint[]) => bigint
  readonly isCoherent: (value: bigint, verdict: bigint, separationPpm: bigint) => boolean
  /** Of the fee, what the drawer gets, and who resolves as much. */
  readonly clerkPay: (fee: bigint, terms: JuryTerms) => bigint
  /** What each of `count` seats gets of `amount`, in order. */
  readonly shares: (amount: bigint, count: number) => readonly bigint[]
  /** Whether a turn of `limit` leaves time to open a case. */
  readonly isLong: (terms: JuryTerms, limit: bigint) => boolean
  readonly cost: (terms: JuryTerms) => bigint
}

export const JURY_RULES: JuryRules = {
  votesEnd: ({ commitTime, revealTime }, now) => now + commitTime + revealTime,
  caseEnd: (terms, now) => JURY_RULES.votesEnd(terms, now) + 3n * DAY,
  isBefore: (now, end) => now < end,
  price: ({ seats, seatFee }) => BigInt(seats + 8) * seatFee,
  neededPool: ({ leastPool, seats }, waiting, all) => BigInt(Math.max(leastPool, Math.ceil(all / 2)) + waiting * seats),
  holdsUp: (returned) => returned > 0,
  readmit(returned, count) {
    return { back: returned.slice(0, count), left: returned.slice(count) }
  },
  seed: (prevRandao, id, round) =>
    keccak256(
      encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint8' }], [prevRandao, id, round]),
    ),
  placeOf(seed, seat, size) {
    const random = keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }], [seed, BigInt(seat)]))
    return Number(BigInt(random) % BigInt(size))
  },
  take(pool, place) {
    const last = pool.length - 1
    return pool.slice(0, last).map((stake, at) => (at === place ? (pool[last] ?? stake) : stake))
  },
  closeUp: (returned) => [...returned.slice(-1), ...returned.slice(0, -1)],
  makeRoom: (returned) => [...returned.slice(1), ...returned.slice(0, 1)],
  isForgotten: (block, seedBlock) => block - seedBlock > 8_191n,
  verdict(votes) {
    const numbers = votes.filter((vote) => vote !== INVALID).toSorted((a, b) => (a < b ? -1 : Number(a > b)))
    if (2 * (votes.length - numbers.length) > votes.length) return INVALID
    return numbers[Math.ceil(numbers.length / 2) - 1] ?? INVALID
  },
  // |a / b - 1| <= half of the separation, in whole ppm: as fractions, without a division.
  isCoherent(value, verdict, separationPpm) {
    if (value === INVALID || verdict === INVALID) return value === verdict
    const [low, high] = value < verdict ? [value, verdict] : [verdict, value]
    return high * 1_000_000n <= low * (1_000_000n + separationPpm / 2n)
  },
  clerkPay: (fee, { seats }) => (fee * 4n) / BigInt(seats + 8),
  shares(amount, count) {
    const each = amount / BigInt(count)
    const rest = amount - each * BigInt(count)
    return Array.from({ length: count }, (_, i) => (i === 0 ? each + rest : each))
  },
  isLong: (terms, limit) => limit > JURY_RULES.caseEnd(terms, 0n) + DAY,
  cost: ({ quorum, seatStake }) => BigInt(Math.ceil(quorum / 2)) * seatStake,
}
