import { DEFAULT_JURY_TERMS } from '#client/deployment-plan.ts'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import { blocksTime, caseTime, SEED_DELAY, SEED_LIFE } from '#protocol/jury.ts'

/** A jury to be drawn, in stakes: how many are in the pool, how many of them one party holds, how many seats there are. */
export type Drawing = { readonly pool: number; readonly held: number; readonly seats: number }

/** More than a number of JavaScript has: what is divided before it becomes one. */
const SCALE = 10n ** 18n

/**
 * The chance that a party gets more than half of the seats, 0 .. 1, exact to 1e-18 rounded down: stakes are drawn without
 * putting back. Wants `seats` and `held` at most `pool`.
 */
export function majorityChance(drawing: Drawing): number {
  return chanceOfSeats(drawing, (drawing.seats >> 1) + 1, drawing.seats)
}

/**
 * The chance that a party has its value ruled in one of the two draws of a jury, of whose seats `quorum` must reveal, 0 .. 1:
 * with a majority in the first, or with too few for one and enough to hang it by keeping silent, and a majority in the
 * second. Both draws are taken to be alike: the stakes that silence cost the party come out of the second, so this is
 * what it has at most. Wants what {@link majorityChance} wants.
 */
export function captureChance({ quorum, ...drawing }: Drawing & { readonly quorum: number }): number {
  const majority = majorityChance(drawing)
  const hung = chanceOfSeats(drawing, drawing.seats - quorum + 1, drawing.seats >> 1)
  return majority + hung * majority
}

/** A case that a party brings itself, and in which it draws and resolves: what `seats` are paid each, in stakes, comes beside the draw. */
export type OwnCase = Drawing & { readonly seatFee: number }

/**
 * What a case of its own brings a party on average, in stakes, if all others read the same and tell it, and it lies only where
 * it has a majority: then all others lose their stakes to its seats, which get the whole of the seats' fee too; else its
 * seats earn their part of the fee. Wants what {@link majorityChance} wants.
 */
export function gainByLying({ seatFee, ...drawing }: OwnCase): number {
  const { seats } = drawing
  const fee = seats * seatFee
  let gain = -fee
  for (let own = 0; own <= seats; own++) {
    gain += chanceOfSeats(drawing, own, own) * (own * 2 > seats ? seats - own + fee : own * seatFee)
  }
  return gain
}

/**
 * What a case of its own brings a party on average, in stakes, if it tells the truth of an index that `blind` of the others'
 * stakes cannot read, and so say INVALID: they lose their stakes to those who can, unless they have a majority. Wants what
 * {@link majorityChance} wants, and `held` and `blind` together at most `pool`.
 */
export function gainByReading({ blind, seatFee, ...drawing }: OwnCase & { readonly blind: number }): number {
  const { pool, held, seats } = drawing
  const fee = seats * seatFee
  let gain = -fee
  for (let own = 1; own <= seats; own++) {
    const others: Drawing = { pool: pool - held, held: blind, seats: seats - own }
    const drawn = chanceOfSeats(drawing, own, own)
    for (let lost = 0; lost <= seats - own; lost++) {
      const won = lost * 2 > seats ? -own : (own * (lost + fee)) / (seats - lost)
      gain += drawn * chanceOfSeats(others, lost, lost) * won
    }
  }
  return gain
}

/**
 * What a case of its own brings a party on average, in stakes, if nobody else draws: it draws only by a seed that gives it a
 * majority, and lies then. A seed takes gas worth `seedGas` stakes, and there are `tries`. The fee costs it nothing: its seats and
 * itself get it where it draws, and nobody does where it does not. Wants what {@link majorityChance} wants, and a majority that is possible.
 */
export function gainByChoosing(drawing: Drawing, seeds: { readonly tries: number; readonly seedGas: number }): number {
  const majority = majorityChance(drawing)
  const tried = chanceWithTries(majority, seeds.tries) / majority
  return tried * (gainByLying({ ...drawing, seatFee: 0 }) - seeds.seedGas)
}

/** The chance that the party gets `least` seats at least and `most` at most. */
function chanceOfSeats({ pool, held, seats }: Drawing, least: number, most: number): number {
  let ways = 0n
  for (let own = least; own <= Math.min(held, most); own++) {
    ways += choose(held, own) * choose(pool - held, seats - own)
  }
  return Number((ways * SCALE) / choose(pool, seats)) / 1e18
}

/** The chance of at least one success when something of chance `chance` may be tried `tries` times. */
export function chanceWithTries(chance: number, tries: number): number {
  return 1 - (1 - chance) ** tries
}

/** How many seeds a case of a default jury can have within its turn in a default fixing, if no slot is missed and nobody draws by them. */
export function seedsInATurn(): number {
  const { arbitrationLimit } = DEFAULT_PARAMETERS
  const life = blocksTime(SEED_DELAY + SEED_LIFE + 1n)
  let count = 0n
  while (count * life + caseTime(DEFAULT_JURY_TERMS, 'seed') < BigInt(arbitrationLimit)) count++
  return Number(count)
}

/**
 * The chance of a majority for who also proposes a share `proposed` of the blocks, 0 .. 1: proposing the last k blocks up to
 * the seed's, he can miss any of them, and so choose among 2^k seeds. Counts up to `most` in a row.
 */
export function chanceWithProposers(chance: number, proposed: number, most = 16): number {
  let sum = 0
  for (let inRow = 0; inRow <= most; inRow++) {
    const share = inRow === most ? proposed ** inRow : proposed ** inRow * (1 - proposed)
    sum += share * chanceWithTries(chance, 2 ** inRow)
  }
  return sum
}

function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n
  let result = 1n
  for (let i = 0; i < k; i++) result = (result * BigInt(n - i)) / BigInt(i + 1)
  return result
}
