import { expect, test } from 'vitest'
import { z } from 'zod'
import type { RunningNode } from '../../../node/node.ts'
import { FIXING_ID, MATURITY } from '../reporters.ts'
import { connected, fixingOf, run, scene, SOON, stop } from './scene.ts'

const PRESENCE = z.object({
  call: z.number(),
  present: z.array(z.number()),
  absent: z.array(z.number()),
  ready: z.array(z.number()),
  need: z.number(),
  isShort: z.boolean(),
})
const STATUS = z.object({ fixings: z.array(z.object({ id: z.string(), presence: PRESENCE.optional() })) })
const READINESS = z.object({ ready: z.boolean(), problems: z.array(z.string()) })

async function ask<S extends z.ZodType>(node: RunningNode, path: string, schema: S): Promise<z.output<S>> {
  return schema.parse(await (await fetch(`http://127.0.0.1:${node.httpPort}${path}`)).json())
}

async function presence(node: RunningNode): Promise<z.output<typeof PRESENCE> | undefined> {
  const { fixings } = await ask(node, '/status', STATUS)
  return fixings.find(({ id }) => id === FIXING_ID)?.presence
}

async function metric(node: RunningNode, name: string): Promise<string | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${node.httpPort}/metrics`)).text()
  return new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]
}

/** Four nodes that have met and see, eleven minutes before the maturity, that four will report. */
async function eve() {
  const stage = await scene(4)
  stage.world.head = { number: 1n, time: MATURITY - 660n }
  const nodes = await Promise.all([0, 1, 2, 3].map(async (i) => run(await stage.configOf(i), stage.world)))
  await connected(nodes)
  return { ...stage, nodes }
}

test('R-414 all are there at both calls, and every node knows it before the maturity', async () => {
  const { world, nodes } = await eve()
  world.mine(MATURITY - 600n)
  world.mine(MATURITY - 540n)
  const everybody = { present: [0, 1, 2, 3], absent: [], ready: [0, 1, 2, 3], need: 3, isShort: false }
  for (const node of nodes) await expect.poll(() => presence(node), SOON).toEqual({ call: 0, ...everybody })
  expect(await ask(nodes[0] as RunningNode, '/readyz', READINESS)).toEqual({ ready: true, problems: [] })
  world.mine(MATURITY - 60n)
  world.mine(MATURITY - 20n)
  for (const node of nodes) await expect.poll(() => presence(node), SOON).toEqual({ call: 1, ...everybody })
  expect(await metric(nodes[0] as RunningNode, 'assize_fixings_short_of_presence')).toBe('0')
  world.mine(MATURITY)
  await expect.poll(() => presence(nodes[0] as RunningNode), SOON).toBe(undefined)
})

test('R-414 two of four that are gone at the last call are missed before the maturity', async () => {
  const { world, nodes } = await eve()
  const [ann, , cleo, dan] = nodes as [RunningNode, RunningNode, RunningNode, RunningNode]
  world.mine(MATURITY - 600n)
  world.mine(MATURITY - 540n)
  await expect.poll(async () => (await presence(ann))?.present, SOON).toEqual([0, 1, 2, 3])
  await stop(cleo)
  await stop(dan)
  world.mine(MATURITY - 60n)
  world.mine(MATURITY - 20n)
  await expect
    .poll(() => presence(ann), SOON)
    .toEqual({ call: 1, present: [0, 1], absent: [2, 3], ready: [0, 1], need: 3, isShort: true })
  const { ready, problems } = await ask(ann, '/readyz', READINESS)
  expect(ready).toBe(false)
  expect(problems).toEqual([
    `Fixing ${FIXING_ID} matures in 20 s, and 2 reporters are ready, of 3 that make a quorum: ` +
      '/status names those who are absent.',
  ])
  expect(await metric(ann, 'assize_fixings_short_of_presence')).toBe('1')
})

test('R-414 a node whose sources do not answer says so of itself, to its operator and to others', async () => {
  const { world, nodes, venue } = await eve()
  venue.isBroken = true
  world.mine(MATURITY - 600n)
  world.mine(MATURITY - 540n)
  const [ann] = nodes as [RunningNode]
  await expect
    .poll(() => presence(ann), SOON)
    .toEqual({ call: 0, present: [0, 1, 2, 3], absent: [], ready: [], need: 3, isShort: true })
  const { problems } = await ask(ann, '/readyz', READINESS)
  expect(problems).toContain(`Fixing ${FIXING_ID} matures in 540 s, and 0 sources answer here, of 1 that it needs.`)
  expect(await metric(ann, 'assize_fixings_short_of_sources')).toBe('1')
})

test('a venue that asks the roll call to be let alone is let alone by the whole node', async () => {
  const { world, venue, configOf } = await scene(1)
  venue.retryAfter = '600'
  world.head = { number: 1n, time: MATURITY - 660n }
  const node = await run(await configOf(0), world)
  world.mine(MATURITY - 600n)
  await expect.poll(() => venue.paths, SOON).toHaveLength(1)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.abstained, SOON).toBeDefined()
  expect(venue.paths).toHaveLength(1)
})
