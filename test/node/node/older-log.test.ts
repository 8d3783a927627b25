import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { DeadRpcError } from '#client/chain.ts'
import { openStore } from '#node/store'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import type { OracleEvent } from '../../../node/chain/port.ts'
import { type RunningNode, startNode } from '../../../node/node.ts'
import { chainClock } from '../../../node/clock.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { FIXING, FIXING_ID, keyOf, MATURITY, WAD } from '../reporters.ts'
import { fixingOf, run, scene, SOON, status, stop } from './scene.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'

const READINESS = z.object({ ready: z.boolean(), problems: z.array(z.string()) })

async function readiness(node: RunningNode): Promise<z.output<typeof READINESS>> {
  return READINESS.parse(await (await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)).json())
}

/** How many fixings its metrics say are not followed. */
async function unread(node: RunningNode): Promise<string | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${node.httpPort}/metrics`)).text()
  return /^assize_fixings_unread (\d+)$/m.exec(text)?.[1]
}

test('a node with a new document goes on with what it follows while older blocks cannot be read', async () => {
  const { world, configOf, indexDir } = await scene(1)
  for (let i = 0; i < 150; i += 1) world.mine(MATURITY - 100n)
  world.events = [{ name: 'created', block: 140n, id: FIXING_ID, fixing: world.fixing }]
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const config = { ...(await configOf(0)), confirmations: 1 }
  const before = await run(config, world)
  await expect.poll(async () => (await status(before)).fixings.map(({ id }) => id), SOON).toEqual([FIXING_ID])
  await stop(before)

  writeFileSync(join(indexDir, 'late.json'), JSON.stringify(threeSamples([sourceJson('late')])))
  // What was logged of the fixing, too, is gone there, but not here.
  world.prunedBefore = world.head.number
  const warned: string[] = []
  const ignore = (): void => undefined
  const log = { debug: ignore, info: ignore, warn: (_: object, said: string) => void warned.push(said), error: ignore }
  const openChain = async (keys: { readonly address: `0x${string}` } | undefined) => world.as(keys?.address)
  const after = await startNode(config, { log, clock: chainClock(), openChain })
  try {
    world.mine(MATURITY)
    await expect.poll(() => world.sent, SOON).toEqual([`stake ${2_500_250n * 10n ** 15n}`])
    expect(warned).toContain('older blocks cannot be read')
    expect((await status(after)).block).toBe(world.head.number.toString())
    const what = 'what was created for 1 indices whose documents are new here'
    const problem = `Not followed yet: ${what}. Blocks from 0 on cannot be read: history is pruned`
    expect(await readiness(after)).toEqual({ ready: true, problems: [problem] })
  } finally {
    await after.stop()
  }
})

test('a fixing whose log was not kept is followed once older blocks can be read, and others meanwhile', async () => {
  const { world, configOf } = await scene(1)
  for (let i = 0; i < 150; i += 1) world.mine(MATURITY - 100n)
  const other = keyOf('other').privateKey
  const announced = (id: Hex, block: bigint): OracleEvent => ({ name: 'created', block, id, fixing: world.fixing })
  world.events = [announced(FIXING_ID, 10n), announced(other, 140n)]
  const config = { ...(await configOf(0)), confirmations: 1 }
  const following = async (node: RunningNode): Promise<readonly string[]> =>
    (await status(node)).fixings.map(({ id }) => id)
  const before = await run(config, world)
  await expect.poll(() => following(before), SOON).toEqual([FIXING_ID, other])
  await stop(before)
  const store = await openStore(config.dataDir)
  await store.fixings.hold([])
  await store.fixings.hold([world.fixing.indexId])
  await store.fixings.recall([{ id: other, fixing: world.fixing, block: 140n, log: [announced(other, 140n)] }])
  await store.close()

  world.prunedBefore = 100n
  const after = await run(config, world)
  const problem =
    'Not followed yet: 1 fixings whose logs were not kept. Blocks from 10 on cannot be read: history is pruned'
  await expect.poll(() => readiness(after), SOON).toEqual({ ready: true, problems: [problem] })
  expect([await following(after), await unread(after)]).toEqual([[other], '1'])
  await stop(after)
  world.prunedBefore = 0n
  const again = await run(config, world)
  await expect.poll(() => following(again), SOON).toEqual([other, FIXING_ID])
  expect([await readiness(again), await unread(again)]).toEqual([{ ready: true, problems: [] }, '0'])
})

test('what is at stake in a fixing whose log cannot be read limits what is staked in others until it is settled', async () => {
  const { world, configOf } = await scene(1)
  for (let i = 0; i < 150; i += 1) world.mine(MATURITY - 100n)
  const other = keyOf('other').privateKey
  const announced = (id: Hex, block: bigint, fixing = world.fixing): OracleEvent => ({
    name: 'created',
    block,
    id,
    fixing,
  })
  const otherFixing = { ...world.fixing, bandPpm: 20_000 }
  world.events = [announced(other, 10n, otherFixing), announced(FIXING_ID, 140n)]
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const config = { ...(await configOf(0)), confirmations: 1 }
  const before = await run(config, world)
  await expect.poll(async () => (await status(before)).fixings.length, SOON).toBe(2)
  await stop(before)
  const { totalWei } = config.policy
  const store = await openStore(config.dataDir)
  await store.fixings.hold([])
  await store.fixings.hold([world.fixing.indexId])
  await store.fixings.recall([{ id: FIXING_ID, fixing: world.fixing, block: 140n, log: [announced(FIXING_ID, 140n)] }])
  const stake = { action: 'contribute', kind: 'stake', round: 1, value: 2_500n * WAD, amount: totalWei } as const
  const ended = { state: 'done', moved: totalWei, at: MATURITY } as const
  await store.intents.put({ key: `${other}:000000`, fixingId: other, ...stake, ...ended })
  await store.close()

  world.prunedBefore = 100n
  const after = await run(config, world)
  await expect.poll(async () => (await readiness(after)).problems.length, SOON).toBe(1)
  world.mine(MATURITY)
  const decision = async (): Promise<string> => (await fixingOf(after))?.lastDecision?.reason ?? ''
  await expect.poll(decision, SOON).toContain(`All fixings together have ${totalWei} wei at stake`)
  expect(world.sent).toEqual([])
  world.settled = [otherFixing]
  const sentLater = (): readonly string[] => {
    world.mine(world.head.time + 10n)
    return world.sent
  }
  await expect.poll(sentLater, SOON).toContain(`stake ${2_500_250n * 10n ** 15n}`)
})

test('what is at stake in a fixing whose document was taken away limits what is staked in others, until it is settled, and is told', async () => {
  const { world, configOf } = await scene(1)
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const config = await configOf(0)
  const { totalWei } = config.policy
  const [id, fixing] = [keyOf('other').privateKey, { ...world.fixing, indexId: keyOf('document').privateKey }]
  const store = await openStore(config.dataDir)
  await store.fixings.extend([{ id, fixing, block: 0n }], 1n)
  const stake = { action: 'contribute', kind: 'stake', round: 1, value: 2_500n * WAD, amount: totalWei } as const
  await store.intents.put({ key: `${id}:000000`, fixingId: id, ...stake, state: 'done', moved: totalWei, at: 0n })
  await store.close()
  const node = await run(config, world)
  world.mine(MATURITY)
  const decision = async (): Promise<string> => (await fixingOf(node))?.lastDecision?.reason ?? ''
  await expect.poll(decision, SOON).toContain(`All fixings together have ${totalWei} wei at stake`)
  const problem =
    'This node has stake in 1 fixings of indices whose documents are not in index_dir: nothing is disputed or claimed there. ' +
    'Put the documents back, and start it again.'
  expect(await readiness(node)).toEqual({ ready: true, problems: [problem] })
  world.settled = [fixing]
  const sentLater = (): readonly string[] => {
    world.mine(world.head.time + 10n)
    return world.sent
  }
  await expect.poll(sentLater, SOON).toContain(`stake ${2_500_250n * 10n ** 15n}`)
  const left =
    'This node had stake in 1 settled fixings of indices whose documents are not in index_dir: a claim may be left. ' +
    'Put the documents back, and start it again.'
  expect(await readiness(node)).toEqual({ ready: true, problems: [left] })
})

test('what was sent is seen through, and juries are looked at, while nothing that the oracle logged can be read', async () => {
  const { world, configOf } = await scene(1)
  const settings = await configOf(0)
  let looks = 0
  const terms = (): Promise<never> => {
    looks += 1
    return Promise.reject(new DeadRpcError('http://127.0.0.1:1', 'no answer'))
  }
  world.court = { terms } as unknown as CourtPort // nothing else is asked of it
  world.prunedBefore = 1_000n
  world.waiting = 1
  const node = await run({ ...settings, juror: { ...settings.juror, juries: [FIXING.arbitrator] } }, world)
  await expect.poll(() => looks, SOON).toBeGreaterThan(0)
  const problems = async (): Promise<string> => (await readiness(node)).problems.join(' ')
  await expect.poll(problems, SOON).toContain('a transaction in flight (nonce 0)')
  expect(await problems()).toContain('The chain cannot be read: history is pruned')
})

test.each([
  ['ever', true],
  ['any more', false],
])(
  'a juror observes what it judges while nothing that the oracle logged can be read (%s)',
  async (_, isFromTheStart) => {
    const { world, configOf } = await scene(1)
    const settings = await configOf(0)
    const [id, state] = [keyOf('judged').privateKey, { stage: 'voting', round: 0, seedBlock: 1n } as const]
    const [commitEnd, revealEnd] = [MATURITY + 90_000n, MATURITY + 130_000n]
    world.court = {
      terms: async () => SMALL_JURY,
      opened: async () => [{ id, fixing: world.fixing, block: 1n }],
      trial: async () => ({ state: { ...state, commitEnd, revealEnd }, seats: [] }),
    } as unknown as CourtPort // nothing else is asked of it
    if (isFromTheStart) world.prunedBefore = 1_000n
    const node = await run({ ...settings, juror: { ...settings.juror, juries: [FIXING.arbitrator] } }, world)
    if (!isFromTheStart) await expect.poll(async () => (await status(node)).block, SOON).toBe(`${world.head.number}`)
    world.prunedBefore = 1_000n
    const observed = async (): Promise<readonly unknown[]> => {
      const response = await fetch(`http://127.0.0.1:${node.httpPort}/journal`)
      const lines = (await response.json()) as { stage: string; action: string; fixingId?: Hex }[] // our own shape
      return lines.filter(({ stage }) => stage === 'observe').map(({ action, fixingId }) => [action, fixingId])
    }
    expect(await observed()).toEqual([])
    world.mine(MATURITY)
    await expect.poll(observed, SOON).toEqual([['observe', id]])
  },
)

test('what follows from an undone chain is done at the next start if it was not before', async () => {
  const { world, configOf } = await scene(1)
  for (let i = 0; i < 5; i += 1) world.mine(MATURITY - 100n)
  const config = { ...(await configOf(0)), confirmations: 1 }
  const before = await run(config, world)
  await expect.poll(async () => (await status(before)).fixings.length, SOON).toBe(1)
  await stop(before)
  const store = await openStore(config.dataDir)
  await store.fixings.close(FIXING_ID)
  await store.fixings.extend([], (await store.fixings.nextBlock()) ?? 0n, { isUndone: true })
  await store.close()
  const after = await run(config, world)
  await expect.poll(async () => (await status(after)).fixings.length, SOON).toBe(1)
  await stop(after)
  const done = await openStore(config.dataDir)
  expect([await done.fixings.isUndone(), await done.fixings.isClosed(FIXING_ID)]).toEqual([false, false])
  await done.close()
})

test('a fixing that was not read yet, and that an undone chain has not, is waited for no more', async () => {
  const { world, configOf } = await scene(1)
  for (let i = 0; i < 5; i += 1) world.mine(MATURITY - 100n)
  const config = { ...(await configOf(0)), confirmations: 1 }
  const before = await run(config, world)
  await expect.poll(async () => (await status(before)).fixings.length, SOON).toBe(1)
  await stop(before)
  const store = await openStore(config.dataDir)
  await store.fixings.hold([])
  await store.fixings.hold([world.fixing.indexId])
  await store.fixings.extend([], (await store.fixings.nextBlock()) ?? 0n, { isUndone: true })
  await store.close()
  world.events = []
  const after = await run(config, world)
  await expect.poll(async () => (await status(after)).block, SOON).toBe(world.head.number.toString())
  await expect.poll(() => unread(after), SOON).toBe('0')
  expect((await status(after)).fixings).toEqual([])
})
