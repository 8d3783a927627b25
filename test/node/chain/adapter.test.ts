import { keccak256, numberToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { create } from '#client/oracle-writer.ts'
import { wethBalance } from '#client/weth.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { openChain } from '../../../node/chain/adapter.ts'
import { ledgerOf } from '../../../node/chain/ledger.ts'
import type { ChainPort, Fate, Head, Sent, Terms } from '../../../node/chain/port.ts'
import { systemClock } from '../../../node/clock.ts'
import type { Slot } from '../../../node/store/slot.ts'
import { startProxy } from '../../cli/rpc-proxy.ts'
import { accountOf, ETHER, MATURITY, raiseStage, START, type Stage } from '../../client/chain-fixture.ts'
import { mined } from '../../client/mined.ts'
import { request } from '../../model/rpc.ts'
import { intentMemory, transactionsOf } from '../memories.ts'
import { openNodeChain } from './node-chain.ts'

const LIE = 3_000n * ETHER
const TRUTH = 2_500n * ETHER
/** After every block of these tests: what is decided has seen them all. */
const LATER = MATURITY + 1_000_000n
/** After every block of these tests. */
const LAST = 1_000_000n
const GWEI = 10n ** 9n
const SOON = { interval: 20 }

let stage: Stage
let ann: ChainPort
let fixings = 0

beforeAll(async () => {
  stage = await raiseStage()
  await stage.as('ann')
  ann = await openNodeChain(stage, 'ann')
  await stage.embedded.mineAt(MATURITY)
})
afterAll(() => stage.embedded.stop())

/** A fixing that nobody has touched. */
function fresh(): Fixing {
  fixings += 1
  return { ...stage.fixing, bandPpm: 10_000 + fixings }
}

/** What a node would send with; keeps what was written down. */
function terms(slots: Slot[] = []): Terms {
  return {
    record: async (slot) => void slots.push(slot),
    nonces: () => new Set(),
    veto: () => undefined,
    standing: async () => undefined,
  }
}

const next = async () => ({ ...terms(), outlook: await ann.outlook(), urgentTime: undefined, isNext: true })

/** Sends, and looks after it once it is mined. */
async function through(send: (on: Terms) => Promise<Sent>): Promise<{ ended: Sent | Fate; slot: Slot | undefined }> {
  const slots: Slot[] = []
  const sent = await send(terms(slots))
  const [slot] = slots
  if (sent.kind !== 'sent' || slot === undefined) return { ended: sent, slot }
  await untilMined(slot)
  return { ended: await ann.pursue(slot, await next()), slot }
}

async function untilMined({ versions: [version] }: Slot): Promise<void> {
  if (version === undefined) throw new Error('nothing was signed')
  await mined(await stage.as('maker'), version.hash)
}

/** Proposes LIE; returns what was signed. */
async function propose(fixing: Fixing): Promise<Slot> {
  const { ended, slot } = await through((on) => ann.propose(fixing, LIE, ETHER, on))
  expect(ended).toMatchObject({ kind: 'done', moved: ETHER / 10n })
  if (slot === undefined) throw new Error('nothing was signed')
  return slot
}

test('reads head, bond, money and reporters', async () => {
  expect(ann.account).toBe(accountOf('ann').address)
  expect((await ann.head()).time).toBeGreaterThanOrEqual(MATURITY)
  expect(await ann.bond(stage.fixing)).toBe(ETHER / 10n)
  const unreadable: Fixing = { ...stage.fixing, openInterest: stage.deployments.weth }
  expect(await ann.bond(unreadable)).toBe(undefined)
  expect(await ann.spendable()).toBeGreaterThan(140n * ETHER)
  expect(await ann.panel(MATURITY)).toEqual({ epoch: 0n, reporters: [] })
  expect(await ann.panel(START - 1_000n)).toEqual({ epoch: 0n, reporters: [] })
})

test('goes on where an endpoint that answers all else does not for a final block', async () => {
  const { oracle, registry } = stage.deployments
  let isFinal = false
  const between = (_: string, [tag]: readonly unknown[]): undefined => void (isFinal = tag === 'finalized')
  const proxy = await startProxy(stage.embedded.rpcUrl, between, (text) => (isFinal ? 'gone' : text))
  const port = await openChain({ rpcUrl: proxy.url, oracle, registry, chainId: undefined, account: undefined })
  expect(await port.finalized()).toBe(undefined)
  expect((await port.head()).number).toBeGreaterThan(0n)
  await proxy.close()
})

test('keeps the gas of a stake and of its claim back, at twice the base fee of now and the usual tip', async () => {
  const { rpcUrl } = stage.embedded
  const before = await request(rpcUrl, 'evm_snapshot', [])
  const has = 5n * ETHER
  await stage.embedded.setBalance(accountOf('ann').address, has)
  const held = await wethBalance(await stage.as('ann'), stage.deployments.weth, accountOf('ann').address)
  for (const gwei of [1n, 90n]) {
    await request(rpcUrl, 'anvil_setNextBlockBaseFeePerGas', [numberToHex(gwei * GWEI)])
    await request(rpcUrl, 'evm_mine', [])
    // 1.5 times 50 000, 50 000, 299 758 and 55 012, and 20 000 for each of the four; anvil's usual tip is 1 gwei.
    expect(await ann.spendable()).toBe(held + has - 762_155n * (2n * gwei + 1n) * GWEI)
  }
  // And of what has to be sent besides; what is in bond token helps that nothing.
  const fee = 181n * GWEI
  expect(await ann.spendable(400_000n)).toBe(held + has - 1_162_155n * fee)
  await stage.embedded.setBalance(accountOf('ann').address, 1_162_155n * fee)
  expect(await ann.spendable(400_000n)).toBe(held)
  await stage.embedded.setBalance(accountOf('ann').address, 1_162_155n * fee - 1n)
  expect([await ann.spendable(400_000n), await ann.spendable(399_999n)]).toEqual([0n, held + fee - 1n])
  await stage.embedded.setBalance(accountOf('ann').address, ETHER / 100n)
  expect(await ann.spendable()).toBe(held)
  await request(rpcUrl, 'evm_revert', [before])
})

test("adds up a real fixing's log: proposal, pot, leader", async () => {
  const fixing = fresh()
  await create(await stage.as('maker'), stage.deployments.oracle, fixing)
  const from = (await ann.head()).number
  await propose(fixing)
  const stake = { kind: 'stake', round: 1, value: TRUTH, amount: ETHER } as const
  const { ended } = await through((on) => ann.stake(fixing, stake, on))
  // The pot took what it needed, twice the bond.
  expect(ended).toMatchObject({ kind: 'done', moved: ETHER / 5n })
  const head = await ann.head()
  const events = await ann.events(from, head.number)
  expect(events.map(({ name }) => name)).toEqual(['created', 'proposed', 'contributed', 'led'])
  expect(ledgerOf(events, ann.account).own).toEqual([
    { kind: 'stake', round: 0, value: LIE, amount: ETHER / 10n, isFilled: true },
    { kind: 'stake', round: 1, value: TRUTH, amount: ETHER / 5n, isFilled: true },
  ])
  expect((await ann.snapshot(fixing, head)).facts).toMatchObject({ round: 2, leader: TRUTH })
})

test('looks for no block that the node has read, but for one that the endpoint does not have', async () => {
  const fixing = fresh()
  await create(await stage.as('maker'), stage.deployments.oracle, fixing)
  await propose(fixing)
  const { oracle, registry } = stage.deployments
  const asked: string[] = []
  const proxy = await startProxy(stage.embedded.rpcUrl, (method) => void asked.push(method))
  const port = await openChain({ rpcUrl: proxy.url, oracle, registry, chainId: undefined, account: undefined })
  const head = await port.head()
  const read = async (block: Head) => {
    asked.length = 0
    return { snapshot: await port.snapshot(fixing, block), asked: [...new Set(asked)] }
  }
  const here = await read(head)
  expect(here).toMatchObject({
    snapshot: { phase: 'active', atBlock: head.number, atTime: head.time },
    asked: ['eth_call'],
  })
  // Another took its place since.
  const undone = await read({ ...head, time: head.time + 1n, hash: `0x${'12'.repeat(32)}` })
  expect(undone.snapshot).toEqual(here.snapshot)
  expect(undone.asked).toContain('eth_getBlockByNumber')
  expect((await read({ number: head.number, time: head.time })).snapshot).toEqual(here.snapshot)
  await proxy.close()
})

test('takes what the oracle refuses as an outcome, and sends nothing', async () => {
  const fixing = fresh()
  await propose(fixing)
  const before = (await ann.head()).number
  const stale = { kind: 'stake', round: 2, value: TRUTH, amount: 1n } as const
  expect(await ann.stake(fixing, stale, terms())).toEqual({ kind: 'refused', reason: 'StaleRound' })
  const near = { ...stale, round: 1, value: LIE + 1n }
  expect(await ann.stake(fixing, near, terms())).toEqual({ kind: 'refused', reason: 'NotSeparated' })
  const nothing = { kind: 'stake', round: 1, value: TRUTH } as const
  expect(await ann.claim(fixing, nothing, terms())).toEqual({ kind: 'refused', reason: 'NothingToClaim' })
  expect((await ann.head()).number).toBe(before)
})

test('knows what became of a transaction: mined, replaced, not yet', async () => {
  const slot = await propose(fresh())
  const [version] = slot.versions
  if (version === undefined) throw new Error('nothing was signed')
  expect(await ann.pursue(slot, await next())).toEqual({
    kind: 'done',
    moved: ETHER / 10n,
    block: (await ann.head()).number,
    hash: version.hash,
  })
  const other = { ...slot, versions: [{ ...version, hash: keccak256('0x12') }] }
  // An endpoint may be several nodes: it is believed when it has been so for three blocks.
  const { outlook } = await next()
  for (const [after, want] of [
    [0n, { kind: 'pending' }],
    [2n, { kind: 'pending' }],
    [3n, { kind: 'refused', reason: 'another transaction took its nonce' }],
  ] as const) {
    const later = { ...outlook, number: outlook.number + after }
    expect(await ann.pursue(other, { ...(await next()), outlook: later })).toEqual(want)
  }
  const unsent = { ...other, nonce: slot.nonce + 1 }
  expect(await ann.pursue(unsent, { ...(await next()), isNext: false })).toEqual({ kind: 'pending' })
})

test('lets no spender have more than it was given, and knows what it may still take', async () => {
  const { ended } = await through((on) => ann.approve('registry', 7n, on))
  expect(ended).toMatchObject({ kind: 'done' })
  const before = await ann.holdings('registry')
  expect(before?.allowance).toBe(7n)
  await through((on) => ann.wrap(5n, on))
  expect(await ann.holdings('registry')).toEqual({ held: (before?.held ?? 0n) + 5n, allowance: 7n })
  const { number } = await ann.head()
  expect(await ann.holdings('registry', number)).toMatchObject({ allowance: 7n })
  expect(await ann.holdings('registry', number + 1n)).toBe(undefined)
  expect(await ann.spendable(0n, number)).toBe(await ann.spendable())
  expect(await ann.spendable(0n, number + 1n)).toBe(undefined)
})

test('never stakes twice when it dies between signing and sending, or after sending', async () => {
  const { oracle } = stage.deployments
  const fixing = fresh()
  await propose(fixing)
  const { id } = await readFixing(await stage.as('maker'), oracle, fixing)
  const line = { kind: 'stake', round: 1, value: TRUTH, amount: 7n } as const
  const plan = { ...line, fixingId: id, action: 'contribute', at: LATER } as const
  for (const [amount, moment] of [
    [7n, 'before it left'],
    [8n, 'before it heard'],
  ] as const) {
    const intents = intentMemory()
    const dying = transactionsOf(intents, { chain: ann }).attempt({ ...plan, amount }, async (on) => {
      const dies = async (slot: Slot): Promise<void> => {
        await on.record(slot)
        if (moment === 'before it left') throw new Error(`killed ${moment}`)
      }
      await ann.stake(fixing, { ...line, amount }, { ...on, record: dies })
      throw new Error(`killed ${moment}`)
    })
    await expect(dying).rejects.toThrow(`killed ${moment}`)
    // The next life has what is on disk, and goes on with it; nothing else is begun.
    const again = transactionsOf(intents, { chain: ann, clock: systemClock() })
    await expect.poll(() => again.settle(id, LAST), SOON).toBe('clear')
    expect(intents.of(id).map(({ state, moved, slot }) => [state, moved, slot?.versions.length])).toEqual([
      ['done', amount, 1],
    ])
  }
  const { number } = await ann.head()
  const own = ledgerOf(
    (await ann.events(0n, number)).filter((event) => event.id === id),
    ann.account,
  ).own
  expect(own.filter(({ round }) => round === 1)).toEqual([{ ...line, amount: 15n, isFilled: false }])
})

test('what it sends has gas for slots that an earlier transaction of its own empties', async () => {
  const carl = await openNodeChain(stage, 'carl')
  await stage.embedded.setBalance(accountOf('carl').address, 10n * ETHER)
  const wrap = async (): Promise<Slot> => {
    const slots: Slot[] = []
    await carl.wrap(5n, terms(slots))
    const [slot] = slots
    if (slot === undefined) throw new Error('nothing was signed')
    await untilMined(slot)
    return slot
  }
  // Estimated while the account holds the token, mined when it holds none: 17 100 gas more.
  await wrap()
  const { publicClient } = await stage.as('maker')
  const { call } = await wrap()
  const dry = await publicClient.estimateGas({
    account: accountOf('dry').address,
    to: stage.deployments.weth,
    data: call?.data ?? '0x',
  })
  expect(call?.gas).toBeGreaterThanOrEqual(dry)
})
