import type { Address, Hex } from 'viem'
import type { World } from './game.ts'
import type { Random } from './random.ts'
import { type Fixing, MAX_BOND, word } from './terms.ts'

const MINUTE = 60n
const HOUR = 3_600n
const DAY = 86_400n
const ZERO: Address = '0x0000000000000000000000000000000000000000'
const MAX_WORD = (1n << 256n) - 1n

/** One to three fixings that share parties, arbitrators and often all parameters but the index. */
export function randomFixings(random: Random, world: World, start: bigint): Fixing[] {
  const first = randomFixing(random, world, start)
  const others = Array.from({ length: random.below(3) }, () =>
    random.chance(50) ? { ...first, indexId: randomId(random) } : randomFixing(random, world, start),
  )
  return [first, ...others]
}

function randomFixing(random: Random, world: World, start: bigint): Fixing {
  const [arbitrator, backup] = random.shuffle([...world.parties.slice(-4), ...world.actors])
  const readable = world.interests.slice(0, -1)
  const minBond = random.weighed([
    [12, random.between(10n ** 9n, 10n ** 18n)],
    [2, 10n ** 9n],
    [1, MAX_BOND],
  ])
  const bandPpm = random.weighed([
    [6, 10_000n],
    [3, random.between(1n, 200_000n)],
    [1, random.pick([1n, 200_000n])],
  ])
  return {
    indexId: randomId(random),
    maturity: randomMaturity(random, start),
    arbitrator: arbitrator ?? ZERO,
    backup: backup ?? ZERO,
    openInterest: random.chance(55) ? ZERO : random.pick(random.chance(85) ? readable : world.interests),
    minBond,
    arbitrationFee: random.weighed([
      [6, random.between(1n, (2n * minBond) / 5n)],
      [2, 1n],
      [2, (2n * minBond) / 5n],
    ]),
    bondPpm: random.pick([0n, 2_500n, 2_500n, 100_000n]),
    firstWindow: randomDuration(random, 10n * MINUTE, 30n * DAY),
    window: randomDuration(random, 10n * MINUTE, 30n * DAY),
    separationPpm: random.chance(60) ? (bandPpm + 9n) / 10n : random.between(1n, bandPpm),
    bandPpm,
    proposalGrace: randomDuration(random, 10n * MINUTE, 30n * DAY),
    arbitrationLimit: randomDuration(random, DAY, 60n * DAY),
  }
}

/** Mostly soon; now and then long ago, when grace or everything is over before it began, or as early as can be. */
function randomMaturity(random: Random, start: bigint): bigint {
  return random.weighed([
    [7, start + random.between(1n, 2n * HOUR)],
    [5, start - random.between(0n, 8n * HOUR)],
    [2, start - random.between(0n, 90n * DAY)],
    [1, 0n],
  ])
}

function randomDuration(random: Random, min: bigint, max: bigint): bigint {
  return random.weighed([
    [6, random.between(min, min + 2n * HOUR)],
    [3, random.between(min, max)],
    [1, min],
    [1, max],
  ])
}

function randomId(random: Random): Hex {
  return `0x${word(random.between(1n, MAX_WORD))}`
}

/** `fixing` with one parameter at or just beyond a bound: nothing but `create` and refusals can come of it. */
export function brokenFixing(random: Random, fixing: Fixing): Fixing {
  const { arbitrator, minBond, bandPpm } = fixing
  const changes: Partial<Fixing>[] = [
    { indexId: `0x${word(0n)}` },
    { maturity: random.pick([(1n << 39n) - 1n, 1n << 39n]) },
    { arbitrator: ZERO },
    { backup: random.pick([ZERO, arbitrator]) },
    { minBond: random.pick([10n ** 9n - 1n, MAX_BOND, MAX_BOND + 1n]), arbitrationFee: 1n },
    { arbitrationFee: random.pick([0n, (2n * minBond) / 5n, (2n * minBond) / 5n + 1n]) },
    { bondPpm: random.pick([100_000n, 100_001n]) },
    { firstWindow: beyond(random, 10n * MINUTE, 30n * DAY) },
    { window: beyond(random, 10n * MINUTE, 30n * DAY) },
    { separationPpm: beyond(random, 1n, bandPpm) },
    { bandPpm: random.pick([200_000n, 200_001n]) },
    { proposalGrace: beyond(random, 10n * MINUTE, 30n * DAY) },
    { arbitrationLimit: beyond(random, DAY, 60n * DAY) },
  ]
  return { ...fixing, indexId: randomId(random), ...random.pick(changes) }
}

function beyond(random: Random, min: bigint, max: bigint): bigint {
  return random.pick([min - 1n, min, max, max + 1n])
}
