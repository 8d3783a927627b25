import { expect, test } from 'vitest'
import type { Config } from '#node/config'
import { type RunningNode, startNode } from '../../../node/node.ts'
import { networkIdentity } from '../gossip/peer.ts'
import { MATURITY } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { connected, fixingOf, introduce, run, scene, SOON, status, stop } from './scene.ts'

test('four nodes observe at maturity and reach one report, to the last digit; the first of them proposes it', async () => {
  const { world, configOf: config } = await scene(4)
  const nodes = await Promise.all([0, 1, 2, 3].map(async (i) => run(await config(i), world)))
  await connected(nodes)
  world.mine(MATURITY - 1n)
  expect((await fixingOf(nodes[0] as RunningNode))?.observations ?? 0).toBe(0)
  world.mine(MATURITY)
  await expect
    .poll(async () => (await Promise.all(nodes.map(fixingOf))).map((fixing) => fixing?.report?.signers), SOON)
    .toEqual(nodes.map(() => [0, 1, 2, 3]))
  const fixings = await Promise.all(nodes.map(fixingOf))
  expect(new Set(fixings.map((fixing) => fixing?.report?.observationsRoot)).size).toBe(1)
  // The cube root of 2500.25³, rounded down to 1e-18.
  expect(new Set(fixings.map((fixing) => fixing?.report?.value))).toEqual(new Set(['2500250000000000000000']))
  expect(fixings[0]?.observation).toMatchObject({ value: '2500250000000000000000', observedAt: `${MATURITY}` })
  await expect.poll(() => world.sent, SOON).toEqual([`propose ${2_500_250n * 10n ** 15n}`])
  world.mine(MATURITY + 60n)
  await expect
    .poll(async () => (await Promise.all(nodes.map(fixingOf))).map((fixing) => fixing?.lastDecision?.reason), SOON)
    .toEqual(nodes.map(() => 'The leader is surely the nearest to the own observation.'))
  // Nobody else proposed.
  expect(world.sent).toHaveLength(1)
})

test('a node that was stopped before maturity completes itself, and its observation joins the report', async () => {
  const { world, configOf: config } = await scene(3)
  const configs = await Promise.all([0, 1, 2].map(config))
  const [first, second] = [await run(configs[0] as Config, world), await run(configs[1] as Config, world)]
  await connected([first, second])
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(first))?.observations, SOON).toBe(2)
  expect((await fixingOf(first))?.report).toBe(undefined)
  const third = await run(configs[2] as Config, world)
  await introduce(third, first)
  await expect
    .poll(async () => [(await fixingOf(third))?.report?.signers, (await fixingOf(first))?.report?.signers], SOON)
    .toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ])
})

test('a restarted node signs nothing anew and knows what it knew', async () => {
  const { world, configOf: config, venue } = await scene(1)
  const settings = await config(0)
  const node = await run(settings, world)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  const before = await fixingOf(node)
  await stop(node)
  venue.isBroken = true
  world.mine(MATURITY + 500n)
  const again = await run(settings, world)
  await expect.poll(async () => (await fixingOf(again))?.report, SOON).toEqual(before?.report)
  await expect.poll(async () => (await fixingOf(again))?.observation, SOON).toEqual(before?.observation)
})

test('abstains with the reason while the sources are bad, and observes when they are back', async () => {
  const { world, configOf: config, venue } = await scene(1)
  venue.isBroken = true
  const node = await run(await config(0), world)
  world.mine(MATURITY)
  await expect
    .poll(async () => (await fixingOf(node))?.abstained, SOON)
    .toEqual({
      reason: expect.stringContaining('missing: a'),
      dropped: [{ sourceId: 'a', reason: expect.stringContaining('Expected JSON') }],
    })
  expect(world.sent).toEqual([])
  venue.isBroken = false
  world.mine(MATURITY + 5n)
  await expect.poll(async () => (await fixingOf(node))?.observation?.observedAt, SOON).toBe(`${MATURITY + 5n}`)
  expect((await fixingOf(node))?.abstained).toBe(undefined)
})

test('survives a dead chain: not ready, not gone, and back by itself', async () => {
  const { world, configOf: config } = await scene(1)
  const node = await run(await config(0), world)
  const readiness = async (): Promise<number> => (await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)).status
  await expect.poll(readiness, SOON).toBe(200)
  world.isDead = true
  await expect.poll(readiness, SOON).toBe(503)
  expect((await fetch(`http://127.0.0.1:${node.httpPort}/healthz`)).status).toBe(200)
  world.isDead = false
  world.mine(MATURITY)
  await expect.poll(readiness, SOON).toBe(200)
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
})

test('refuses a second node on the same store, and leaves nothing of it behind', async () => {
  const { world, configOf: config } = await scene(1)
  const settings = await config(0)
  const node = await run(settings, world)
  await expect(run(settings, world)).rejects.toMatchObject({ name: 'Store.StoreLockedError' })
  expect((await fetch(`http://127.0.0.1:${node.httpPort}/healthz`)).status).toBe(200)
  await stop(node)
  await run(settings, world)
})

test('stops when its signal aborts, also twice', async () => {
  const { world, configOf: config } = await scene(1)
  const controller = new AbortController()
  const node = await startNode(await config(0), {
    log: SILENT,
    signal: controller.signal,
    openChain: async (key) => world.as(key?.address),
  })
  controller.abort()
  await node.stopped
  await node.stop()
  await expect(fetch(`http://127.0.0.1:${node.httpPort}/healthz`)).rejects.toThrow('fetch failed')
})

test('is not ready alone, or among strangers alone, while the registry names other reporters', async () => {
  const { world, configOf: config } = await scene(2)
  const { peerId } = await networkIdentity()
  world.panel = { ...world.panel, reporters: world.panel.reporters.map((one) => ({ ...one, peerId })) }
  const [node, stranger] = [await run(await config(0), world), await run(await config(1), world)]
  const problems = async (): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)
    return ((await response.json()) as { readonly problems: unknown }).problems
  }
  await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  const alone = 'name one in bootstrap, and open the port of listen.'
  expect(await problems()).toEqual([`No peer is connected, and 1 other reporters are registered: ${alone}`])
  await introduce(node, stranger)
  await expect
    .poll(problems, SOON)
    .toEqual(['None of 1 peers is a reporter, of 1 that are registered: name one in bootstrap.'])
})
