import { expect, test } from 'vitest'
import { openStore } from '#node/store'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import type { ChainPort } from '../../../node/chain/port.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'
import { FIXING, FIXING_ID, keyOf, MATURITY, WAD } from '../reporters.ts'
import { fixingOf, run, scene, SOON, status, stop } from './scene.ts'

const TRUTH = 2_500_250n * 10n ** 15n
const LIE = 3_000n * WAD

/** Something that is waited for until it is let go, and whether anybody has come to it. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  const state = { isShut: false, isReached: false }
  const pass = async (): Promise<void> => {
    if (!state.isShut) return
    state.isReached = true
    await promise
  }
  return { state, pass, open: resolve }
}

/** A fixing that settled on the truth, and a node that is about to close it when the chain is undone, on which it was a lie. */
async function closingScene() {
  const { world, configOf } = await scene(1)
  const [closing, reading] = [gate(), gate()]
  world.facts = { round: 1, bond: WAD, leader: TRUTH, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: TRUTH, stake: WAD }]
  const config = await configOf(0)
  const settings = { ...config, confirmations: 2, policy: { ...config.policy, revoke: 'settled' as const } }
  const as = world.as.bind(world)
  world.as = (account) => {
    const chain = as(account)
    return {
      ...chain,
      holdings: (spender) => closing.pass().then(() => chain.holdings(spender)),
      events: (from, to) => reading.pass().then(() => chain.events(from, to)),
    }
  }
  const node = await run(settings, world)
  world.mine(MATURITY + 1n)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  const { number } = world.head
  closing.state.isShut = true
  for (let i = 0n; i < 8n; i += 1n) {
    world.mine(MATURITY + 86_400n + i)
    await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  }
  await expect.poll(() => closing.state.isReached, SOON).toBe(true)
  const undo = (): void => {
    world.undo(number)
    world.facts = { round: 1, bond: WAD, leader: LIE, deadline: MATURITY + 2n * 86_400n }
    world.candidates = [{ value: LIE, stake: WAD }]
    for (let i = 0n; i < 12n; i += 1n) world.mine(MATURITY + 86_400n + 5n * i)
  }
  const openIds = async (): Promise<readonly string[]> => {
    await stop(node)
    const store = await openStore(settings.dataDir)
    const open = await store.fixings.open()
    await store.close()
    return open.map(({ id }) => id)
  }
  return { world, node, closing, reading, undo, openIds }
}

test('a fixing that was about to be closed when the chain was found undone is looked at again', async () => {
  const { world, node, closing, undo, openIds } = await closingScene()
  undo()
  await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  closing.open()
  await expect.poll(() => world.sent, SOON).toContain(`stake ${TRUTH}`)
  expect(await openIds()).toEqual([FIXING_ID])
})

test('no fixing is closed while everything is read again, since the chain was undone', async () => {
  const { world, node, closing, reading, undo, openIds } = await closingScene()
  reading.state.isShut = true
  undo()
  await expect.poll(() => reading.state.isReached, SOON).toBe(true)
  closing.open()
  // The last that is sent before it would be closed; then so much is answered that it would be.
  await expect.poll(() => world.sent, SOON).toContain('approve registry 0')
  for (let i = 0; i < 20; i += 1) await status(node)
  reading.open()
  await expect.poll(() => world.sent, SOON).toContain(`stake ${TRUTH}`)
  expect(await openIds()).toEqual([FIXING_ID])
})

test('what was seen settled on a chain that was undone meanwhile counts for nothing on the other', async () => {
  const { world, configOf } = await scene(1)
  const seeing = gate()
  world.facts = { round: 1, bond: WAD, leader: TRUTH, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: TRUTH, stake: WAD }]
  const settings = { ...(await configOf(0)), confirmations: 2 }
  const as = world.as.bind(world)
  world.as = (account) => {
    const chain = as(account)
    const snapshot: ChainPort['snapshot'] = async (fixing, at) => {
      const seen = await chain.snapshot(fixing, at)
      await seeing.pass()
      return seen
    }
    return { ...chain, snapshot }
  }
  const node = await run(settings, world)
  const seen = async (): Promise<void> =>
    expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  for (let i = 1n; i <= 4n; i += 1n) {
    world.mine(MATURITY + i)
    await seen()
  }
  await expect.poll(async () => (await fixingOf(node))?.phase, SOON).toBe('active')
  seeing.state.isShut = true
  world.mine(MATURITY + 86_400n)
  await expect.poll(() => seeing.state.isReached, SOON).toBe(true)
  world.undo(2n)
  for (let i = 0n; i < 12n; i += 1n) world.mine(MATURITY + 86_400n + 5n * i)
  await seen()
  seeing.open()
  await expect.poll(async () => (await fixingOf(node))?.phase, SOON).toBe('settled')
  // So much is answered that it would be closed.
  for (let i = 0; i < 20; i += 1) await status(node)
  await stop(node)
  const store = await openStore(settings.dataDir)
  expect((await store.fixings.open()).map(({ id }) => id)).toEqual([FIXING_ID])
  await store.close()
})

test('a fixing that is settled and done with is looked at again when the log is not the same, until it cannot be', async () => {
  const { world, configOf: config } = await scene(1)
  const truth = 2_500_250n * 10n ** 15n
  const deadline = MATURITY + 86_400n
  world.facts = { round: 1, bond: WAD, leader: truth, deadline }
  world.candidates = [{ value: truth, stake: WAD }]
  const node = await run(await config(0), world)
  world.mine(MATURITY + 1n)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  world.mine(deadline)
  await expect.poll(async () => (await fixingOf(node))?.phase, SOON).toBe('settled')
  for (let i = 1n; i < 60n; i += 1n) world.mine(deadline + i)
  await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  // Those blocks are undone: in others the proposal was a lie, and came later.
  const lie = 3_000n * WAD
  const from = keyOf('mallory').address
  world.events.push({ name: 'proposed', block: 3n, id: FIXING_ID, from, value: lie, bond: WAD })
  world.facts = { round: 1, bond: WAD, leader: lie, deadline: deadline + 86_400n }
  world.candidates = [{ value: lie, stake: WAD }]
  world.mine(deadline + 60n)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${truth}`])
})

test('a fixing that was closed is looked at again when the blocks are undone that it was closed on', async () => {
  const { world, configOf: config } = await scene(1)
  const truth = 2_500_250n * 10n ** 15n
  const deadline = MATURITY + 86_400n
  world.facts = { round: 1, bond: WAD, leader: truth, deadline }
  world.candidates = [{ value: truth, stake: WAD }]
  const settings = { ...(await config(0)), confirmations: 2 }
  const node = await run(settings, world)
  const seen = async (): Promise<void> =>
    expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  world.mine(MATURITY + 1n)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  const { number } = world.head
  for (let i = 0n; i < 8n; i += 1n) {
    world.mine(deadline + i)
    await seen()
  }
  await expect.poll(async () => (await fixingOf(node))?.phase, SOON).toBe('settled')
  await stop(node)
  const store = await openStore(settings.dataDir)
  expect(await store.fixings.open()).toEqual([])
  await store.close()
  // It is off; in other blocks the proposal was a lie, and came later.
  const lie = 3_000n * WAD
  world.undo(number)
  world.facts = { round: 1, bond: WAD, leader: lie, deadline: deadline + 86_400n }
  world.candidates = [{ value: lie, stake: WAD }]
  for (let i = 0n; i < 12n; i += 1n) world.mine(deadline + 5n * i)
  const again = await run(settings, world)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${truth}`])
  const journal = await (await fetch(`http://127.0.0.1:${again.httpPort}/journal`)).text()
  expect(journal).toContain('"stage":"watch","action":"undone"')
  await stop(again)
  const reopened = await openStore(settings.dataDir)
  expect((await reopened.fixings.open()).map(({ id }) => id)).toEqual([FIXING_ID])
  await reopened.close()
})

test('the log of a jury is read again when the chain was undone: a case is served that was opened where it had been read', async () => {
  const { world, configOf } = await scene(1)
  const config = await configOf(0)
  const settings = { ...config, confirmations: 2, juror: { ...config.juror, juries: [FIXING.arbitrator] } }
  const [id, looks] = [keyOf('judged').privateKey, new Set<bigint>()]
  const [commitEnd, revealEnd] = [MATURITY + 90_000n, MATURITY + 130_000n]
  let opened: Awaited<ReturnType<CourtPort['opened']>> = []
  world.court = {
    terms: async () => SMALL_JURY,
    opened: async (from, to) => opened.filter(({ block }) => block >= from && block <= to),
    trial: async (_, block) => {
      looks.add(block)
      return { state: { stage: 'voting', round: 0, seedBlock: 1n, commitEnd, revealEnd }, seats: [] }
    },
  } as Partial<CourtPort> as CourtPort // nothing else is asked of it
  const { number } = world.head
  const node = await run(settings, world)
  const mine = async (): Promise<void> => {
    world.mine(world.head.time + 1n)
    await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  }
  for (let i = 0; i < 12; i += 1) await mine()
  expect(looks.size).toBe(0)
  world.undo(number)
  for (let i = 0n; i < 14n; i += 1n) world.mine(MATURITY - 90n + 3n * i)
  opened = [{ id, fixing: world.fixing, round: 0, block: number + 1n }]
  await expect.poll(() => looks.has(world.head.number), SOON).toBe(true)
})
