import type { Address } from 'viem'
import { momentAt, momentsOf } from '../moments.ts'
import { Random } from '../random.ts'
import { type Fixing, INVALID, word } from '../terms.ts'
import { type Draft, add } from './draft.ts'
import { type Ending, accusationOf, anyProver, endingsOf } from './equivocation-moves.ts'
import { finish } from './finish.ts'
import { fixingMove } from './fixing-moves.ts'
import { type History, RegistryStage, type RegistryWorld } from './history.ts'
import { isUnbonded, memberMove, registerMove } from './member-moves.ts'
import type { Deployed } from './membership.ts'
import { REGISTRY_RULES } from './rules.ts'
import { tryCase } from './trial.ts'

const MINUTE = 60n
const DAY = 86_400n
const MILLION = 1_000_000n
const ZERO: Address = '0x0000000000000000000000000000000000000000'

/**
 * The random history of a seed: some reporters register, then anything may happen to them and to one to three fixings, at
 * any time; at the end everybody claims, leaves and withdraws.
 */
export function generate(seed: number, world: RegistryWorld): History {
  const random = new Random(seed)
  const registry = random.below(world.registries.length)
  const deployed = world.registries[registry]
  if (deployed === undefined) throw new RangeError(`Expected registry ${registry} in the world.`)
  const base = MILLION * random.pick([1n, 10n ** 6n, 2_500n * 10n ** 12n])
  const fixings = Array.from({ length: 1 + random.below(3) }, () => randomFixing(random, world, deployed))
  const bands = fixings.map(({ bandPpm }) => bandPpm)
  const edges = bands.flatMap((bandPpm) => [(base * bandPpm) / MILLION, (base * bandPpm) / MILLION + 1n])
  const draft: Draft = {
    random,
    world,
    stage: new RegistryStage(world, { registry, fixings }, REGISTRY_RULES),
    steps: [],
    pool: [base, base, base, ...edges.map((edge) => base + edge), 3n * base, INVALID],
    faults: random.pick([0, 8, 15, 30]),
    haste: random.pick([10, 25, 50]),
  }
  draft.stage.oracle.now = world.startTime
  const founders = random.weighed([[1, 0], [2, 1], [2, 2], [5, 3], [4, 4], [3, 6], [2, 8]]) // prettier-ignore
  for (let i = 0; i < founders; i += 1) add(draft, { time: draft.stage.oracle.now, ...registerMove(draft) })
  const count = 40 + random.below(50)
  while (draft.steps.length < count) {
    if (random.chance(5)) tryCase(draft, random.below(fixings.length))
    else add(draft, anyStep(draft))
  }
  finish(draft)
  return { seed, registry, fixings, steps: draft.steps }
}

function anyStep(draft: Draft): History['steps'][number] {
  const { random, stage, world } = draft
  const { oracle, registry } = stage
  oracle.now = nextTime(draft)
  const fixing = random.pick(focus(draft))
  const due = registry.membership.members.filter((member) => member !== undefined && isUnbonded(draft, member))
  const ends = endingsOf(draft).filter((ending) => isOver(draft, ending))
  const few = registry.membership.members.length < 3
  const move = random.weighed([
    [few ? 8 : 2, () => registerMove(draft)],
    [due.length > 0 ? 10 : 3, () => memberMove(draft)],
    [ends.length > 0 ? 20 : 0, () => ({ sender: anyProver(draft), action: accusationOf(draft, random.pick(ends)) })],
    [isMoment(draft, fixing) ? 60 : 14, () => fixingMove(draft, fixing)],
  ])()
  const isPoor = random.chance(2) && move.action?.name !== 'rule'
  return {
    time: oracle.now,
    ...move,
    ...(isPoor ? { sender: world.parties.at(-1) ?? ZERO } : {}),
    ...(random.chance(move.action?.name === 'proposeAttested' ? 12 : 4)
      ? { skew: random.pick([-1n, 1n, -1_000n]) }
      : {}),
  }
}

/** The fixings to go on with: those at a moment of theirs, mostly, else any. */
function focus(draft: Draft): number[] {
  const all = [...draft.stage.oracle.fixings.keys()]
  const due = all.filter((fixing) => isMoment(draft, fixing))
  return due.length > 0 && draft.random.chance(80) ? due : all
}

function isMoment({ stage }: Draft, fixing: number): boolean {
  return momentAt(stage.oracle.dispute(fixing), stage.oracle.now) !== undefined
}

/** The same block mostly; else on by a minute, or to (or one second beside) a moment at which something changes. */
function nextTime(draft: Draft): bigint {
  const { random, stage } = draft
  const { now } = stage.oracle
  if (random.chance(45)) return now
  const active = stage.oracle.disputes.find((dispute) => dispute.phase(now) === 'Active')
  if (active !== undefined && random.chance(25)) {
    const time = active.deadline + random.pick([-1n, 0n, 1n])
    return time > now ? time : now
  }
  if (!random.chance(draft.haste)) return now + random.between(1n, MINUTE)
  const moments = momentsAfter(draft, now)
  const next = moments[0]
  if (next === undefined) return now + 1n
  const target = random.chance(75) ? next : random.pick(moments)
  const time = target + random.pick([-1n, 0n, 0n, 1n])
  return time > now ? time : now
}

/** Everything that time changes after `now`: epochs, maturities, deadlines, the ends of unbonding. In order. */
function momentsAfter(draft: Draft, now: bigint): bigint[] {
  const { stage, random } = draft
  const { oracle, registry } = stage
  const { membership, deployed } = registry
  const epoch = membership.epoch(now)
  const epochs = [1n, 2n, 3n].map((ahead) => membership.epochStart(epoch + ahead))
  const disputes = oracle.disputes.flatMap((dispute) => momentsOf(dispute).map(({ time }) => time))
  const isPatient = random.chance(12)
  const unbonding = endingsOf(draft).map(({ term }) => term.endTime + deployed.unbondingDelay)
  const times = [...epochs, ...disputes, ...(isPatient ? unbonding : [])]
  return times.filter((time) => time > now).toSorted((a, b) => (a < b ? -1 : 1))
}

function randomFixing(random: Random, world: RegistryWorld, deployed: Deployed): Fixing {
  const { minBandPpm, epochDuration, arbitrator, backup, startTime } = deployed
  const [other = ZERO, another = ZERO] = world.parties.slice(4)
  const courts: readonly (readonly [Address, Address])[] = [
    [backup, arbitrator],
    [arbitrator, other],
    [other, backup],
    [other, another],
  ]
  const [first, second] = random.chance(65) ? ([arbitrator, backup] as const) : random.pick(courts)
  const now = world.startTime
  const bandPpm = random.pick([minBandPpm, minBandPpm, minBandPpm, minBandPpm - 1n, minBandPpm + 1n, 200_000n])
  return {
    indexId: `0x${word(random.between(1n, (1n << 256n) - 1n))}`,
    maturity: random.weighed([
      [6, now + random.between(0n, 2n * 3_600n)],
      [3, startTime + epochDuration + random.pick([-1n, 0n, 1n, random.between(0n, 3_600n)])],
      [2, startTime + random.pick([2n, 3n]) * epochDuration + random.pick([-1n, 0n, random.between(0n, 3_600n)])],
      [1, random.pick([startTime - 1n, startTime - 1n, startTime, now])],
    ]),
    arbitrator: first,
    backup: second,
    openInterest: ZERO,
    minBond: 10n ** 9n,
    arbitrationFee: random.pick([1n, 4n * 10n ** 8n]),
    bondPpm: 0n,
    firstWindow: random.pick([600n, 3_600n, 30n * DAY]),
    window: random.pick([600n, 3_600n]),
    separationPpm: 1n,
    bandPpm,
    proposalGrace: random.pick([600n, 3_600n, 30n * DAY]),
    arbitrationLimit: random.pick([DAY, 2n * DAY, 60n * DAY]),
  }
}

/** Whether what a signer did counts until now, or a second before or after. */
function isOver({ stage }: Draft, { member, term }: Ending): boolean {
  const { deployed, now } = stage.registry
  const gap = now - term.endTime - deployed.unbondingDelay
  return member.stake > 0n && gap >= -1n && gap <= 1n
}
