import type { Dispute } from './dispute.ts'
import type { Random } from './random.ts'
import { type Fixing, INVALID } from './terms.ts'

const MILLION = 1_000_000n
const WAD = 10n ** 18n

/**
 * A handful of values that a game plays with: multiples about a separation apart, squares (whose geometric means are
 * whole, so that rulings can tie), small integers, or the largest there are.
 */
export function valuePool(random: Random, { separationPpm, bandPpm }: Fixing): bigint[] {
  const kind = random.weighed<'spread' | 'squares' | 'small' | 'large'>([
    [5, 'spread'],
    [14, 'squares'],
    [2, 'small'],
    [2, 'large'],
  ])
  const numbers = Array.from({ length: 4 + random.below(6) }, (_, index) => BigInt(index))
  if (kind === 'small') return numbers.map((index) => 1n + index * random.between(1n, 9n))
  if (kind === 'large') return numbers.map((index) => INVALID - 1n - index * random.between(1n, INVALID / 64n))
  const base = random.between(1n, 4_000n) * WAD
  if (kind === 'spread') return numbers.map((index) => base + (base * separationPpm * index * 3n) / (2n * MILLION))
  // Neighbouring squares are separated up to the root 2 / separation, and win at their middle from 1 / band on.
  const least = MILLION / bandPpm + 2n
  const most = (2n * MILLION) / separationPpm - 10n
  const root = most > least ? random.between(least, most) : least
  return numbers.map((index) => (root + index) ** 2n * WAD)
}

/** A value at, or one beside, the least distance from `value` that makes two candidates. */
export function besideSeparation(random: Random, value: bigint, separationPpm: bigint): bigint {
  const above = value + (value * separationPpm + MILLION - 1n) / MILLION
  const below = (value * MILLION) / (MILLION + separationPpm)
  return clamp(random.pick([above, above, below]) + random.pick([-1n, 0n, 0n, 1n]))
}

/** A ruling at, or one beside, the edge of a candidate's band. */
export function besideBand(random: Random, value: bigint, bandPpm: bigint): bigint {
  const above = value + (value * bandPpm) / MILLION
  const below = (value * MILLION + MILLION + bandPpm - 1n) / (MILLION + bandPpm)
  return clamp(random.pick([above, above, below]) + random.pick([-1n, 0n, 0n, 1n]))
}

/** A ruling equally far from two candidates, often with one of the two winning, or one beside it. */
export function besideMiddle(random: Random, dispute: Dispute): bigint {
  const middles = middlesOf(dispute)
  const { rules, leader, fixing } = dispute
  const values = dispute.candidates.map((candidate) => candidate.value)
  const decided = middles.filter((middle) => {
    const winner = rules.winner(values, leader, middle, fixing.bandPpm)
    return winner !== undefined && winner !== leader
  })
  const chosen = random.pick(decided.length > 0 && random.chance(50) ? decided : middles)
  return clamp(chosen + (random.chance(75) ? 0n : random.pick([-1n, 1n])))
}

/** The geometric mean of every two numeric candidates, rounded down: as far from the one as from the other. */
function middlesOf({ candidates }: Dispute): bigint[] {
  const numbers = candidates.map(({ value }) => value).filter((value) => value !== INVALID)
  return numbers.flatMap((a, index) => numbers.slice(index + 1).map((b) => squareRoot(a * b)))
}

/** A value that someone could bring up now. */
export function anyValue(random: Random, pool: readonly bigint[], dispute: Dispute): bigint {
  const values = dispute.candidates.map((candidate) => candidate.value)
  const numbers = values.filter((value) => value !== INVALID)
  const others = values.filter((value) => value !== dispute.leaderValue())
  const open = [...dispute.pots.values()].filter((pot) => !pot.isComplete).map((pot) => pot.key.value)
  const fresh = pool.filter((value) => value !== dispute.leaderValue())
  const { separationPpm } = dispute.fixing
  return random.weighed<() => bigint>([
    [40, () => random.pick(fresh.length > 0 ? fresh : pool)],
    [others.length > 0 ? 25 : 0, () => random.pick(others)],
    [values.length > 0 ? 3 : 0, () => random.pick(values)],
    [open.length > 0 ? 20 : 0, () => random.pick(open)],
    [numbers.length > 0 ? 12 : 0, () => besideSeparation(random, random.pick(numbers), separationPpm)],
    [6, () => INVALID],
    [2, () => random.pick([0n, 1n, INVALID - 1n])],
    [numbers.length > 2 ? 25 : 0, () => clamp(2n * numbers.reduce((a, b) => (a > b ? a : b), 0n))],
  ])()
}

/** A ruling that an arbitrator could make now. */
export function anyRuling(random: Random, pool: readonly bigint[], dispute: Dispute): bigint {
  const values = dispute.candidates.map((candidate) => candidate.value)
  const numbers = values.filter((value) => value !== INVALID)
  const { bandPpm } = dispute.fixing
  return random.weighed<() => bigint>([
    [values.length > 0 ? 25 : 0, () => random.pick(values)],
    [values.length > 4 ? 40 : 0, () => values.at(-1) ?? INVALID],
    [numbers.length > 0 ? 20 : 0, () => besideBand(random, random.pick(numbers), bandPpm)],
    [numbers.length > 1 ? 50 : 0, () => besideMiddle(random, dispute)],
    [10, () => random.pick(pool)],
    [6, () => INVALID],
    [3, () => random.pick([0n, 1n, INVALID - 1n])],
  ])()
}

function clamp(value: bigint): bigint {
  if (value < 1n) return 1n
  return value < INVALID ? value : INVALID - 1n
}

function squareRoot(square: bigint): bigint {
  let low = 0n
  let high = INVALID + 1n
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (middle * middle <= square) low = middle
    else high = middle
  }
  return low
}
