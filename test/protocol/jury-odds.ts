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

/**
 * How many stakes of others a party takes by a case on average: it lies only where it has a majority, and all the others,
 * who vote the truth, lose theirs. Wants what {@link majorityChance} wants.
 */
export function expectedSpoils(drawing: Drawing): number {
  const { seats } = drawing
  let spoils = 0
  for (let own = (seats >> 1) + 1; own <= seats; own++) {
    spoils += (seats - own) * chanceOfSeats(drawing, own, own)
  }
  return spoils
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
