import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { openStore } from '#node/store'
import type { RunningNode } from '../../../node/node.ts'
import { FIXING_ID, MATURITY, reporterKey, ROOT, WAD } from '../reporters.ts'
import { fixingOf, JOURNAL, run, scene, SOON, status, stop } from './scene.ts'

test('keeps a share that gas is too dear for, through a restart, until it is cheap', async () => {
  const { world, configOf: config } = await scene(1)
  const leader = 2_500_250n * 10n ** 15n
  const settled = MATURITY + 86_400n
  world.facts = { round: 1, bond: WAD, leader, deadline: settled }
  world.candidates = [{ value: leader, stake: WAD }]
  world.incentives = { ...world.incentives, attestersReward: WAD }
  const signers = 1n
  const observationsRoot: Hex = `0x${'5a'.repeat(32)}`
  world.attestation = { value: leader, observationsRoot, proposer: reporterKey(0).address, signers, count: 1 }
  world.isGasDear = true
  const settings = await config(0)
  const first = await run(settings, world)
  world.mine(settled)
  const refusal = 'A share of 1000000000000000000 wei for our co-signature: Client.DearGasError.'
  const journal = async (node: RunningNode): Promise<readonly unknown[]> => {
    const response = await fetch(`http://127.0.0.1:${node.httpPort}/journal`)
    return JOURNAL.parse(await response.json()).map(({ reason }) => reason)
  }
  await expect.poll(() => journal(first), SOON).toContain(refusal)
  await stop(first)

  const node = await run(settings, world)
  const refusals = async (): Promise<number> => (await journal(node)).filter((reason) => reason === refusal).length
  await expect.poll(refusals, SOON).toBe(2)
  world.isGasDear = false
  world.mine(settled + 601n)
  await expect.poll(() => world.sent, SOON).toEqual(['reward 0'])
  expect(await refusals()).toBe(2)
})

/** A fixing that settled, of whose reward the one reporter has all, and a node that closes after two blocks. */
async function settledScene() {
  const { world, configOf: config } = await scene(1)
  const leader = 2_500_250n * 10n ** 15n
  const settled = MATURITY + 86_400n
  world.facts = { round: 1, bond: WAD, leader, deadline: settled }
  world.candidates = [{ value: leader, stake: WAD }]
  world.incentives = { ...world.incentives, attestersReward: WAD }
  const proposer = reporterKey(0).address
  world.attestation = { value: leader, observationsRoot: ROOT, proposer, signers: 1n, count: 1 }
  const settings = { ...(await config(0)), confirmations: 2 }
  /** Mines so many blocks from `time` on, `apart` seconds from one to the next, each of which the node sees. */
  const mine = async (node: RunningNode, time: bigint, blocks: number, apart = 12n): Promise<void> => {
    for (let i = 0n; i < blocks; i += 1n) {
      world.mine(time + apart * i)
      await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
    }
  }
  const kept = async (): Promise<readonly [number, number]> => {
    const store = await openStore(settings.dataDir)
    const [open, dues] = [await store.fixings.open(), await store.dues.all()]
    await store.close()
    return [open.length, dues.length]
  }
  return { world, settings, settled, mine, kept }
}

test('closes a fixing whose share gas is too dear for, and claims that after a restart when gas is cheap', async () => {
  const { world, settings, settled, mine } = await settledScene()
  world.isGasDear = true
  const first = await run(settings, world)
  await mine(first, settled, 12)
  await stop(first)
  const store = await openStore(settings.dataDir)
  expect(await store.fixings.open()).toEqual([])
  expect(await store.dues.all()).toMatchObject([{ fixingId: FIXING_ID, reward: WAD, place: 0 }])
  await store.close()
  expect(world.sent).toEqual([])

  world.isGasDear = false
  const node = await run(settings, world)
  world.mine(settled + 10_000n)
  await expect.poll(() => world.sent, SOON).toEqual(['reward 0'])
  expect((await status(node)).fixings).toEqual([])
  // It is forgotten when its blocks cannot be undone any more.
  await mine(node, settled + 20_000n, 6, 60n)
  await stop(node)
  const after = await openStore(settings.dataDir)
  expect(await after.dues.all()).toEqual([])
  await after.close()
  expect(world.sent).toEqual(['reward 0'])
})

test('what the sources gave is kept for as many days after a fixing was closed as the operator says', async () => {
  const { world, settings, settled, mine } = await settledScene()
  const hasSamples = async (): Promise<boolean> => {
    const store = await openStore(settings.dataDir)
    const found = await store.samples.get(FIXING_ID)
    await store.close()
    return found !== undefined
  }
  world.mine(MATURITY + 1n)
  const first = await run(settings, world)
  await expect.poll(async () => (await fixingOf(first))?.observation, SOON).toBeDefined()
  await mine(first, settled, 12)
  await stop(first)
  expect(await hasSamples()).toBe(true)
  const second = await run(settings, world)
  await mine(second, settled + 3_600n, 1)
  await mine(second, settled + 172_800n, 1)
  await stop(second)
  expect(await hasSamples()).toBe(true)
  const last = await run({ ...settings, keepSamplesDays: 1 }, world)
  await mine(last, settled + 180_000n, 1)
  await stop(last)
  expect(await hasSamples()).toBe(false)
})

test('a share that one endpoint refused before the fixing was closed is tried for again after it', async () => {
  const { world, settings, settled, mine, kept } = await settledScene()
  world.rewardRefusal = 'RewardAlreadyPaid'
  const first = await run(settings, world)
  await mine(first, settled, 12, 1n)
  await stop(first)
  expect([await kept(), world.sent]).toEqual([[0, 1], []])
  world.rewardRefusal = undefined
  const node = await run(settings, world)
  await mine(node, settled + 10_000n, 1)
  await expect.poll(() => world.sent, SOON).toEqual(['reward 0'])
})

test('what attests a settled fixing is asked for a day by an endpoint that has dropped it, not at every block', async () => {
  const { world, settings, settled, mine, kept } = await settledScene()
  world.isUnread = true
  const first = await run(settings, world)
  await mine(first, settled, 12)
  await expect.poll(async () => (await status(first)).fixings, SOON).toHaveLength(1)
  expect(world.attestationsAsked).toBeGreaterThan(1)
  expect(world.attestationsAsked).toBeLessThan(8)
  await stop(first)
  expect(await kept()).toEqual([1, 0])
  const second = await run(settings, world)
  await mine(second, settled + 86_400n, 12)
  await mine(second, settled + 3n * 86_400n, 12)
  const journal = await (await fetch(`http://127.0.0.1:${second.httpPort}/journal`)).text()
  expect(journal).toContain('What attests it cannot be read')
  expect(journal).toContain('A share may be left')
  await stop(second)
  expect([await kept(), world.sent]).toEqual([[0, 0], []])
})

test('a settled fixing that could not be read at first closes with what is due of it', async () => {
  const { world, settings, settled, mine, kept } = await settledScene()
  world.isUnread = true
  const node = await run(settings, world)
  await mine(node, settled, 12)
  world.isUnread = false
  world.isGasDear = true
  await mine(node, settled + 1_000n, 12)
  await stop(node)
  expect(await kept()).toEqual([0, 1])
})

test('what was once seen to be due is kept, however long after it cannot be read again', async () => {
  const { world, settings, settled, mine, kept } = await settledScene()
  world.isGasDear = true
  const node = await run(settings, world)
  await mine(node, settled, 1)
  await expect.poll(() => world.attestationsAsked, SOON).toBeGreaterThan(0)
  world.isUnread = true
  await mine(node, settled + 2n * 86_400n, 12)
  await mine(node, settled + 4n * 86_400n, 12)
  await stop(node)
  expect(await kept()).toEqual([0, 1])
})

test('what cannot be read of an attestation keeps no stake from being claimed', async () => {
  const { world, configOf: config } = await scene(1)
  const leader = 2_500_250n * 10n ** 15n
  world.facts = { round: 2, bond: WAD, leader, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: leader, stake: WAD }]
  const pot = { name: 'contributed', kind: 'stake', round: 1, value: 3n, taken: WAD, filled: WAD } as const
  world.events.push({ ...pot, block: 1n, id: FIXING_ID, from: reporterKey(0).address })
  world.isUnread = true
  await run(await config(0), world)
  world.mine(MATURITY + 1n)
  await expect.poll(() => world.sent, SOON).toEqual(['claim 3'])
  expect(world.attestationsAsked).toBe(1)
})

test.each<[string, boolean, readonly string[]]>([
  ['was handed on keeps no fixing open', true, []],
  ['an endpoint did not know of for long is claimed before the fixing is closed', false, ['claim 3']],
])('a receipt that %s', async (_what, isGone, sent) => {
  const { world, configOf: config } = await scene(1)
  const truth = 2_500_250n * 10n ** 15n
  const deadline = MATURITY + 86_400n
  world.facts = { round: 2, bond: WAD, leader: truth, deadline }
  world.candidates = [{ value: truth, stake: WAD }]
  const pot = { name: 'contributed', kind: 'stake', round: 1, value: 3n, taken: WAD, filled: WAD } as const
  world.events.push({ ...pot, block: 1n, id: FIXING_ID, from: reporterKey(0).address })
  world.isHandedOn = true
  const settings = { ...(await config(0)), confirmations: 6 }
  const node = await run(settings, world)
  // The oftener it was refused, the longer it is left alone.
  for (let i = 1; i <= 12; i += 1) {
    world.mine(i === 12 ? deadline : MATURITY + 1_000n * BigInt(i))
    await expect.poll(() => world.claims, SOON).toBe(i)
  }
  await expect.poll(async () => (await fixingOf(node))?.phase, SOON).toBe('settled')
  world.isHandedOn = isGone
  for (let i = 1n; i <= 30n; i += 1n) {
    world.mine(deadline + i)
    await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  }
  await stop(node)
  expect(world.sent).toEqual(sent)
  const store = await openStore(settings.dataDir)
  expect(await store.fixings.open()).toEqual([])
  await store.close()
})

test('what an endpoint kept back of its own stake a node claims all the same, before the fixing is closed', async () => {
  const { world, configOf: config } = await scene(1)
  const truth = 2_500_250n * 10n ** 15n
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const settings = { ...(await config(0)), confirmations: 2 }
  const first = await run(settings, world)
  world.mine(MATURITY + 1n)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${truth}`])
  await stop(first)
  // No event tells of it, nor that its pot filled.
  expect(world.events.map(({ name }) => name)).toEqual(['created'])
  const deadline = MATURITY + 2n * 86_400n
  world.facts = { round: 2, bond: WAD, leader: truth, deadline }
  world.candidates = [{ value: truth, stake: WAD }]
  const node = await run(settings, world)
  for (let i = 0n; i < 12n; i += 1n) {
    world.mine(deadline + i)
    await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  }
  await stop(node)
  expect([world.sent, world.claims]).toEqual([[`stake ${truth}`, `claim ${truth}`], 1])
  const store = await openStore(settings.dataDir)
  expect(await store.fixings.open()).toEqual([])
  await store.close()
})
