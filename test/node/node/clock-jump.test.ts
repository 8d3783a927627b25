import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Config } from '#node/config'
import { type Clock, systemClock } from '../../../node/clock.ts'
import type { RunningNode } from '../../../node/node.ts'
import { MATURITY, WAD } from '../reporters.ts'
import type { FakeWorld } from './fake-world.ts'
import { connected, fixingOf, run, scene, SOON, status, stop } from './scene.ts'

const YEAR = 31_536_000n
const HOUR = 3_600n
const READINESS = z.object({ problems: z.array(z.string()) })
const STATUS = z.object({ fixings: z.array(z.object({ presence: z.object({ call: z.number() }).optional() })) })
const MUST_AGREE =
  'Nothing is signed: the key is new here or the store restored, and clock and newest block have to agree first.'

/** A machine's clock that is `ahead` of the world's newest block, seconds. */
function machineClock(world: FakeWorld, ahead: bigint): Clock & { ahead: bigint } {
  const clock = { ...systemClock(), ahead, now: (): bigint => world.head.time + clock.ahead }
  return clock
}

async function ask<S extends z.ZodType>(node: RunningNode, path: string, schema: S): Promise<z.output<S>> {
  return schema.parse(await (await fetch(`http://127.0.0.1:${node.httpPort}${path}`)).json())
}

const problems = async (node: RunningNode): Promise<readonly string[]> =>
  (await ask(node, '/readyz', READINESS)).problems

const markOf = ({ dataDir }: Config): string => readFileSync(join(dataDir, 'restored'), 'utf8')

async function seen(node: RunningNode, world: FakeWorld): Promise<void> {
  await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
}

test('what is observed while the clock is a year ahead is dated by the chain, and counts at peers at once', async () => {
  const { world, configOf } = await scene(2)
  const fast = await run(await configOf(0), world, machineClock(world, YEAR))
  const right = await run(await configOf(1), world, machineClock(world, 0n))
  await connected([fast, right])
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(right))?.observations, SOON).toBe(2)
  expect((await fixingOf(fast))?.observation?.observedAt).toBe(`${MATURITY + 30n}`)
})

test('a first start while the clock is a year ahead signs nothing, and signs once it is set right, after a restart too', async () => {
  const { world, newConfigOf } = await scene(1)
  const config: Config = { ...(await newConfigOf(0)), clock: 'system' }
  const clock = machineClock(world, YEAR)
  const node = await run(config, world, clock)
  await seen(node, world)
  expect(markOf(config)).toBe('0 restored\n')
  expect(await problems(node)).toEqual([
    `The newest block is ${YEAR} s old: check this machine's clock, and whether rpc_url is in sync.`,
    MUST_AGREE,
  ])
  clock.ahead = 0n
  await expect.poll(() => markOf(config), SOON).toBe(`${MATURITY - 100n} seen\n`)
  // The mark holds once the folder is on disk, too: later than it can be read.
  await expect.poll(() => problems(node), SOON).toEqual([])
  await stop(node)
  const again = await run(config, world, machineClock(world, 0n))
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(again))?.observations, SOON).toBe(1)
})

test('a first start on an endpoint that is an hour behind signs nothing that had matured by the right time', async () => {
  const { world, newConfigOf } = await scene(1)
  const config = await newConfigOf(0)
  const clock = machineClock(world, HOUR)
  const node = await run(config, world, clock)
  await seen(node, world)
  world.mine(MATURITY + 1n)
  await expect.poll(async () => (await fixingOf(node))?.observation?.value, SOON).toBeDefined()
  expect(markOf(config)).toBe('0 restored\n')
  world.mine(MATURITY + HOUR)
  clock.ahead = 0n
  await expect.poll(() => markOf(config), SOON).toBe(`${MATURITY + HOUR} seen\n`)
  world.mine(MATURITY + HOUR + 1n)
  await seen(node, world)
  expect((await fixingOf(node))?.observations).toBe(0)
})

test('a mark that was written while the clock was ahead goes on barring, and is said', async () => {
  const { world, configOf } = await scene(1)
  const config = await configOf(0)
  writeFileSync(join(config.dataDir, 'restored'), `${MATURITY + YEAR} seen\n`)
  const node = await run(config, world, machineClock(world, 0n))
  await seen(node, world)
  expect(await problems(node)).toEqual([
    'Nothing is signed until the time that data_dir/restored says has passed: ' +
      'see "Backup and restore" in docs/operations/running.md.',
  ])
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.observation?.value, SOON).toBeDefined()
  expect((await fixingOf(node))?.observations).toBe(0)
  expect(markOf(config)).toBe(`${MATURITY + YEAR} seen\n`)
})

test('is not ready while the clock is more than 30 s behind', async () => {
  const { world, configOf } = await scene(1)
  const slow = await run(await configOf(0), world, machineClock(world, -31n))
  await seen(slow, world)
  expect(await problems(slow)).toEqual([
    "This machine's clock is 31 s behind the newest block: it observes that much later. Set it.",
  ])
  const late = await run(await configOf(0), world, machineClock(world, -30n))
  await seen(late, world)
  expect(await problems(late)).toEqual([])
})

test('a roll is called again once a clock that was ahead is set right', async () => {
  const { world, configOf } = await scene(2)
  world.head = { number: 1n, time: MATURITY - 700n }
  const clock = machineClock(world, YEAR)
  const node = await run(await configOf(0), world, clock)
  await seen(node, world)
  clock.ahead = 0n
  world.mine(MATURITY - 650n)
  await seen(node, world)
  world.mine(MATURITY - 540n)
  await expect.poll(async () => (await ask(node, '/status', STATUS)).fixings[0]?.presence?.call, SOON).toBe(0)
})

test('a clock that is set back by a day keeps nobody from disputing what was observed before', async () => {
  const { world, configOf } = await scene(1)
  const config: Config = { ...(await configOf(0)), clock: 'system', roles: ['reporter', 'watchtower'] }
  const clock = machineClock(world, 0n)
  const node = await run(config, world, clock)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
  clock.ahead = -24n * HOUR
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 24n * HOUR }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  world.mine(MATURITY + 60n)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${2_500_250n * 10n ** 15n}`])
})

test('a clock that is behind the maturity delays the observation, and nothing that goes by the chain', async () => {
  const { world, configOf } = await scene(1)
  const config: Config = { ...(await configOf(0)), clock: 'system' }
  const clock = machineClock(world, -24n * HOUR)
  const node = await run(config, world, clock)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.phase, SOON).toBe('open')
  expect((await fixingOf(node))?.observations).toBe(0)
  clock.ahead = 0n
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
  expect((await fixingOf(node))?.observation?.observedAt).toBe(`${MATURITY}`)
})
