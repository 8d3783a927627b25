import { type FixingSnapshot, readFixing } from '#client/oracle-reader.ts'
import { latestBlock } from '#client/chain.ts'
import { formatIndexValue, formatTime } from '../format.ts'
import { escalate } from './attacker.ts'
import type { Chronicle } from './chronicle.ts'
import { type Ruling, ruleByCouncil } from './council-session.ts'
import type { World } from './world.ts'

/** Real time. The clock steps on at most twice a second meanwhile: who waits for nodes to see a block comes before {@link LAST_MINUTES} are over. */
const TIMEOUT_MS = 240_000
/** Steps of the clock while nodes act in turn, seconds. */
const STEP_SECONDS = 30
/** How long before a deadline the attacker strikes, seconds. */
const LAST_MINUTES = 600n
/** How long the council takes to meet, seconds. */
const COUNCIL_MEETS = 86_400n

/** The attacked path: the lie is disputed, led again, appealed and ruled upon. */
export async function fightLie(world: World, chronicle: Chronicle, lie: bigint): Promise<Ruling> {
  const { conductor, tell } = world
  const led = await untilFixing(
    world,
    chronicle,
    'the reporters to fill the first pot',
    (fixing) => fixing.facts.round >= 2,
  )
  tell.part('Escalation')
  await jumpNear(world, led.facts.deadline)
  tell.at(await conductor.now(), 'mallory escalates in the last minutes', 'bad')
  await escalate(world, lie, led.facts.round)
  await untilFixing(world, chronicle, 'the reporters to fill the appeal', ({ phase }) => phase === 'arbitration')

  tell.part('Arbitration')
  await conductor.jumpTo((await conductor.now()) + COUNCIL_MEETS)
  const ruling = await ruleByCouncil(world)
  await untilSettled(world, chronicle)
  return ruling
}

/** The undisputed path: a reporter proposes and nobody objects until the deadline. */
export async function awaitUndisputed(world: World, chronicle: Chronicle): Promise<void> {
  const { conductor, tell } = world
  tell.part('Proposal')
  const active = await untilFixing(world, chronicle, 'a reporter to propose', ({ facts }) => facts.round >= 1)
  await jumpNear(world, active.facts.deadline)
  tell.at(await conductor.now(), 'Nobody has disputed it')
  await conductor.jumpTo(active.facts.deadline)
  await untilSettled(world, chronicle)
}

async function untilSettled(world: World, chronicle: Chronicle): Promise<void> {
  const { tell } = world
  const settled = await untilFixing(world, chronicle, 'the settlement', ({ phase }) => phase === 'settled')
  const value = formatIndexValue(settled.settlement ?? 0n)
  tell.at(settled.atTime, `Settled on ${value} by ${settled.outcome}, for good`, 'strong')
}

/** Jumps to shortly before `deadline`, and waits until every node has seen it. */
async function jumpNear(world: World, deadline: bigint): Promise<void> {
  const { conductor, tell, chain, reporters, signal } = world
  await conductor.jumpTo(deadline - LAST_MINUTES)
  tell.at(await conductor.now(), `Time passes; the deadline is ${formatTime(deadline)}`)
  const { number } = await latestBlock(chain)
  await conductor.until({
    what: 'every living node to see the newest block',
    look: async () => [...(await reporters.statuses()).values()].every(({ block }) => block >= number) || undefined,
    soFar: () => 'some behind',
    timeoutMs: TIMEOUT_MS,
    stepSeconds: 1,
    signal,
  })
}

async function untilFixing(
  world: World,
  chronicle: Chronicle,
  what: string,
  isSo: (fixing: FixingSnapshot) => boolean,
): Promise<FixingSnapshot> {
  const { conductor, chain, deployments, fixing, signal } = world
  let last = 'nothing'
  return conductor.until({
    what,
    look: async () => {
      await chronicle.catchUp()
      const snapshot = await readFixing(chain, deployments.oracle, fixing)
      last = `phase ${snapshot.phase}, round ${snapshot.facts.round}`
      return isSo(snapshot) ? snapshot : undefined
    },
    soFar: () => last,
    timeoutMs: TIMEOUT_MS,
    stepSeconds: STEP_SECONDS,
    signal,
  })
}
