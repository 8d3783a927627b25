import type { Address } from 'viem'
import { momentsOf } from '../moments.ts'
import { Random } from '../random.ts'
import { type Fixing, INVALID, word } from '../terms.ts'
import { CouncilModel } from './council-model.ts'
import { councilMove } from './council-moves.ts'
import { type CourtMove, type Draft, add, turnEnds } from './draft.ts'
import { erc792Move } from './erc792-moves.ts'
import { COURT_RULES } from './rules.ts'
import { CourtStage, termsOf } from './stage.ts'
import type { CourtStep, CourtWorld, History } from './terms.ts'
import { UmaModel } from './uma-model.ts'
import { umaMove } from './uma-moves.ts'

const HOUR = 3_600n
const DAY = 24n * HOUR
const BASE = 2_500n * 10n ** 18n
const ZERO: Address = `0x${'0'.repeat(40)}`
const PLENTY = 1n << 80n
const KINDS = ['council', 'erc792', 'uma'] as const

/** Who a history is about, which a seed says first: what an adapter to UMA would ask about it is read from the chain. */
export type Opening = Pick<History, 'seed' | 'arbitrator' | 'fixings'> & {
  readonly random: Random
  /** What is proposed and ruled. */
  readonly pool: readonly bigint[]
}

/** One arbitrator and one to three fixings, most of which come before it. */
export function openingOf(seed: number, world: CourtWorld): Opening {
  const random = new Random(seed)
  const kind = random.pick(KINDS)
  const arbitrator = random.pick([...world.arbitrators.keys()].filter((each) => termsOf(world, each).kind === kind))
  const { address } = termsOf(world, arbitrator)
  const fixings = Array.from({ length: 1 + random.below(3) }, () => randomFixing(random, world, address))
  const pool = [BASE, BASE, BASE + 1n, random.between(1n, 1n << 127n), 1n, INVALID, INVALID]
  return { seed, arbitrator, fixings, random, pool }
}

/** The random history that begins so: anything that may happen to the fixings. */
export function generate(opening: Opening, world: CourtWorld, claims: History['claims']): History {
  const { seed, arbitrator, fixings, random, pool } = opening
  const draft: Draft = {
    random,
    world,
    stage: new CourtStage(world, { arbitrator, fixings, claims }, COURT_RULES),
    steps: [],
    pool,
    faults: random.pick([0, 8, 20]),
  }
  draft.stage.oracle.now = world.startTime
  const count = 15 + random.below(25)
  while (draft.steps.length < count) {
    if (random.chance(6)) goByAppeal(draft)
    else add(draft, anyStep(draft))
  }
  return { seed, arbitrator, fixings, claims, steps: draft.steps }
}

function anyStep(draft: Draft): CourtStep {
  const { random, stage } = draft
  stage.oracle.now = nextTime(draft)
  const isDue = waiting(draft).length > 0
  const move = random.chance(isDue ? 15 : 70) ? oracleMove(draft) : courtMove(draft)
  return { time: stage.oracle.now, ...move }
}

function courtMove(draft: Draft): CourtMove {
  const { arbitrator } = draft.stage
  if (arbitrator instanceof CouncilModel) return councilMove(draft, arbitrator)
  return arbitrator instanceof UmaModel ? umaMove(draft, arbitrator) : erc792Move(draft, arbitrator)
}

/** What others do at the oracle: they bring fixings into arbitration or keep them from it, and rule in their own turns. */
function oracleMove(draft: Draft): Pick<CourtStep, 'sender' | 'action'> {
  const { random, stage, world, pool } = draft
  const { oracle } = stage
  const open = oracle.disputes.flatMap((dispute, index) => (dispute.isRequestable(oracle.now) ? [index] : []))
  const fixing = open.length > 0 && random.chance(85) ? random.pick(open) : random.below(oracle.fixings.length)
  const sender = random.pick(world.parties.slice(0, 3))
  const { arbitrator, backup } = oracle.fixing(fixing)
  const strangers = [arbitrator, backup].filter((party) => world.parties.includes(party))
  const value = random.pick(pool)
  return random.weighed<Pick<CourtStep, 'sender' | 'action'>>([
    [20, { sender, action: { name: 'request', fixing } }],
    [2, { sender, action: { name: 'propose', fixing, value, maxBond: PLENTY } }],
    [strangers.length > 0 ? 3 : 0, { sender: strangers[0] ?? sender, action: { name: 'rule', fixing, value } }],
    [1, { sender, action: { name: 'rule', fixing, value } }],
    [2, { sender, action: { name: 'claim', fixing, kind: 'Request', round: 0, value: 0n } }],
  ])
}

/** Brings a fixing into arbitration the other way: it is proposed, disputed and appealed. */
function goByAppeal(draft: Draft): void {
  const { random, stage, world } = draft
  const { oracle } = stage
  const open = oracle.disputes.flatMap((each, index) => (each.phase(oracle.now) === 'Open' ? [index] : []))
  if (open.length === 0) return
  const fixing = random.pick(open)
  const [sender = ZERO, other = ZERO] = world.parties
  const [value, against] = random.pick([
    [BASE, 2n * BASE],
    [BASE, INVALID],
    [INVALID, BASE],
  ] as const)
  const time = oracle.now
  add(draft, { time, sender, action: { name: 'propose', fixing, value, maxBond: PLENTY } })
  const contribution = { name: 'contribute', fixing, round: 1, value: against, amount: PLENTY } as const
  add(draft, { time, sender: other, action: contribution })
  add(draft, { time, sender, action: { name: 'appeal', fixing, round: 2, value, amount: PLENTY } })
}

/** The fixings that wait for a ruling. */
function waiting({ stage }: Draft): number[] {
  const { oracle } = stage
  return oracle.disputes.flatMap((dispute, index) => (dispute.phase(oracle.now) === 'Arbitration' ? [index] : []))
}

/** The same block or soon after, mostly; else at an instant at which something changes, or a second beside it. */
function nextTime({ random, stage }: Draft): bigint {
  const { now, disputes } = stage.oracle
  const own = stage.arbitrator.moments()
  const ends = disputes.flatMap(turnEnds).filter((end) => end > now + 1n)
  const [end] = ends.toSorted((a, b) => (a < b ? -1 : 1))
  if (end !== undefined && random.chance(10)) return end - random.pick([0n, 1n])
  if (random.chance(50)) return now
  if (random.chance(50)) return now + random.between(1n, HOUR)
  const moments = [...own, ...disputes.flatMap(momentsOf).map(({ time }) => time)]
  const near = moments.filter((time) => time > now).toSorted((a, b) => (a < b ? -1 : 1))
  const [next] = near
  if (next === undefined) return now + 1n
  const time = (random.chance(80) ? next : random.pick(near)) + random.pick([-1n, 0n, 0n, 1n])
  return time > now ? time : now
}

function randomFixing(random: Random, world: CourtWorld, address: Address): Fixing {
  const [stranger = ZERO, another = ZERO] = world.parties.slice(3)
  const [arbitrator, backup] = random.weighed<readonly [Address, Address]>([
    [6, [address, stranger]],
    [5, [stranger, address]],
    [1, [stranger, another]],
  ])
  const minBond = random.pick([10n ** 9n, 10n ** 18n])
  return {
    indexId: `0x${word(random.between(1n, (1n << 256n) - 1n))}`,
    maturity: world.startTime + random.pick([-DAY, -DAY, -HOUR, HOUR]),
    arbitrator,
    backup,
    openInterest: ZERO,
    minBond,
    arbitrationFee: random.pick([1n, 2n, (2n * minBond) / 5n, random.between(1n, (2n * minBond) / 5n)]),
    bondPpm: 0n,
    firstWindow: HOUR,
    window: HOUR,
    separationPpm: random.pick([1n, 1_000n]),
    bandPpm: 10_000n,
    proposalGrace: HOUR,
    arbitrationLimit: random.pick([DAY, 2n * DAY, 12n * DAY, 60n * DAY]),
  }
}
