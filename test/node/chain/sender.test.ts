import { keccak256, numberToHex } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { broadcast } from '#client/transaction.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { proposeCall } from '#client/oracle-writer.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { FeeLimits } from '../../../node/config/fees.ts'
import type { ChainPort, EndpointPort } from '../../../node/chain/port.ts'
import type { Transactions } from '../../../node/chain/transactions.ts'
import type { Intent } from '../../../node/store/intent-table.ts'
import { accountOf, ETHER, MATURITY, raiseStage, type Stage } from '../../client/chain-fixture.ts'
import { request } from '../../model/rpc.ts'
import { fakeClock } from '../fake-clock.ts'
import { intentMemory, journalMemory, transactionsOf } from '../memories.ts'
import { CAPS, openNodeChain } from './node-chain.ts'

const GWEI = 10n ** 9n
const TRUTH = 2_500n * ETHER
/** After every block of these tests: what is decided has seen them all. */
const LATER = MATURITY + 1_000_000n
const BLOCK_SECONDS = 12n

let stage: Stage
let fixings = 0

beforeAll(async () => {
  stage = await raiseStage()
  for (const name of ['ann', 'mallory', 'poor', 'reader']) await stage.as(name)
  await stage.embedded.mineAt(MATURITY)
  await stage.embedded.setMining('manual')
})
afterAll(() => stage.embedded.stop())

/** Every test begins with an empty pool and a base fee of 1 gwei. */
beforeEach(async () => {
  await request(stage.embedded.rpcUrl, 'anvil_dropAllTransactions', [])
  await mine(GWEI)
})

/** Mines a block whose base fee is given; the next has it as well unless it is told otherwise. */
async function mine(baseFee: bigint): Promise<void> {
  await request(stage.embedded.rpcUrl, 'anvil_setNextBlockBaseFeePerGas', [numberToHex(baseFee)])
  const { timestamp } = await (await stage.as('reader')).publicClient.getBlock()
  await stage.embedded.mineAt(timestamp + BLOCK_SECONDS)
}

type Life = {
  readonly transactions: Transactions
  readonly intents: ReturnType<typeof intentMemory>
  readonly lines: () => readonly string[]
  readonly chain: ChainPort
  readonly halt: { reason: string | undefined }
}

/** What a node of `name` sends with; what is not mined at once is left to be looked after. */
async function live(name: string, options: Parameters<typeof openNodeChain>[2] = {}): Promise<Life> {
  const chain = await openNodeChain(stage, name, options)
  return start(chain, intentMemory())
}

function start(chain: ChainPort, intents: ReturnType<typeof intentMemory>): Life {
  const journal = journalMemory()
  const halt: { reason: string | undefined } = { reason: undefined }
  const transactions = transactionsOf(intents, {
    chain,
    journal,
    clock: fakeClock(),
    pollMs: 45_000,
    halt: { reason: () => halt.reason },
  })
  return { chain, intents, transactions, halt, lines: () => journal.lines.map(({ action }) => action) }
}

/** A fixing that nobody has touched. */
function fresh(): Fixing {
  fixings += 1
  return { ...stage.fixing, bandPpm: 10_000 + fixings }
}

/** Proposes TRUTH for a fixing; returns how its transaction stands. */
async function proposeOn(
  { chain, transactions, intents }: Life,
  fixing: Fixing,
  terms: { readonly at?: bigint; readonly deadline?: bigint; readonly maxGasCost?: bigint } = {},
): Promise<{ kind: string; key: string; id: `0x${string}` }> {
  const { id } = await readFixing(await stage.as('reader'), stage.deployments.oracle, fixing)
  const line = { kind: 'stake', round: 0, value: TRUTH, amount: ETHER / 10n } as const
  const plan = { ...line, fixingId: id, action: 'propose', at: terms.at ?? LATER, deadline: terms.deadline } as const
  const sent = await transactions.attempt(plan, (on) =>
    chain.propose(fixing, TRUTH, ETHER / 10n, { ...on, maxGasCost: terms.maxGasCost }),
  )
  return { kind: sent.kind, key: intents.of(id).at(-1)?.key ?? '', id }
}

const versionsOf = (intent: Intent | undefined) =>
  (intent?.slot?.versions ?? []).map(({ maxFeePerGas, maxPriorityFeePerGas, cancels }) => [
    maxFeePerGas,
    maxPriorityFeePerGas,
    cancels,
  ])

async function proposalsOf(fixing: Fixing): Promise<bigint> {
  return (await readFixing(await stage.as('reader'), stage.deployments.oracle, fixing)).staked
}

const minedNonces = async (name: string): Promise<number> =>
  (await stage.as(name)).publicClient.getTransactionCount({ address: accountOf(name).address })

test('replaces what is not mined, under its nonce, by an eighth more and what gas costs by now', async () => {
  const ann = await live('ann')
  const fixing = fresh()
  const nonce = await minedNonces('ann')
  const { kind, key } = await proposeOn(ann, fixing)
  expect(kind).toBe('later')
  for (let i = 0; i < 3; i += 1) {
    await mine(30n * GWEI)
    await ann.transactions.tend()
  }
  // Twice 1 gwei and a tip of 1; 36 seconds later twice 30 gwei and a tip of 1.125.
  const want = [
    [3n * GWEI, GWEI, undefined],
    [61_125_000_000n, 1_125_000_000n, undefined],
  ]
  expect(versionsOf(ann.intents.get(key))).toEqual(want)
  expect(ann.lines()).toEqual(['replace'])
  await mine(30n * GWEI)
  await ann.transactions.tend()
  expect(ann.intents.get(key)).toMatchObject({ state: 'done', moved: ETHER / 10n, nonce })
  expect([await proposalsOf(fixing), await minedNonces('ann')]).toEqual([ETHER / 10n, nonce + 1])
})

test('is replaced with every block and twice the tip when the deadline is near, up to the caps and no further', async () => {
  const ann = await live('ann')
  const { timestamp } = await (await stage.as('reader')).publicClient.getBlock()
  const { key } = await proposeOn(ann, fresh(), { deadline: timestamp + 500n })
  for (let i = 0; i < 7; i += 1) {
    await mine(200n * GWEI)
    await ann.transactions.tend()
  }
  const offers = versionsOf(ann.intents.get(key))
  // The caps are 100 gwei and 20 gwei, of which a ninth is kept for a cancellation; a base fee of 200 cannot be met.
  expect(offers).toEqual([
    [3n * GWEI, GWEI, undefined],
    [88_888_888_888n, 2n * GWEI, undefined],
  ])
  // Anvil takes nothing that the newest block would not: it is broadcast again at the first that would.
  for (let i = 0; i < 2; i += 1) {
    await mine(80n * GWEI)
    await ann.transactions.tend()
  }
  expect(ann.intents.get(key)?.state).toBe('done')
})

test('a tip at its cap keeps neither the fee from following gas, nor a halt from taking it back', async () => {
  const ann = await live('ann', { caps: { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: GWEI } })
  const { key } = await proposeOn(ann, fresh())
  expect(versionsOf(ann.intents.get(key))).toEqual([[88_888_888_888n, 888_888_888n, undefined]])
  await mine(95n * GWEI)
  ann.halt.reason = 'drill'
  await ann.transactions.tend()
  expect(versionsOf(ann.intents.get(key)).at(-1)).toEqual([100n * GWEI, GWEI, 'halted by the operator'])
  await mine(95n * GWEI)
  await ann.transactions.tend()
  expect(ann.intents.get(key)).toMatchObject({ state: 'failed', reason: 'cancelled' })
})

test('what is worth no more than base fee and a part of its tip is taken back', async () => {
  const ann = await live('ann')
  const { key } = await proposeOn(ann, fresh(), { maxGasCost: 4n * GWEI * 200_000n })
  const limit = ann.intents.get(key)?.slot?.feeLimit ?? 0n
  expect(limit > 3n * GWEI && limit < 20n * GWEI).toBe(true)
  for (let i = 0; i < 7; i += 1) {
    // No miner takes it for a part of the usual tip.
    await request(stage.embedded.rpcUrl, 'anvil_dropAllTransactions', [])
    await mine(limit - GWEI / 2n)
    await ann.transactions.tend()
  }
  expect(versionsOf(ann.intents.get(key)).map(([, , why]) => why)).toEqual([
    undefined,
    'Gas costs more by now than it is worth.',
    'Gas costs more by now than it is worth.',
  ])
})

test('is not sent at all while gas costs more than the caps', async () => {
  const ann = await live('ann', { caps: { ...CAPS, maxFeePerGas: 5n * GWEI } satisfies FeeLimits })
  await mine(40n * GWEI)
  const { kind, id } = await proposeOn(ann, fresh())
  expect([kind, ann.intents.of(id)]).toEqual(['refused', []])
})

/** The account of `name` has so much, whatever it had. */
async function give(name: string, balance: bigint): Promise<void> {
  await stage.embedded.setBalance(accountOf(name).address, balance)
}

test('offers no more than the balance pays for, and stays with what it has where that is no eighth more', async () => {
  const ann = await live('poor')
  const { key } = await proposeOn(ann, fresh())
  const gas = ann.intents.get(key)?.slot?.call?.gas ?? 0n
  await give('poor', 10n * GWEI * gas)
  for (let i = 0; i < 3; i += 1) {
    await mine(30n * GWEI)
    await ann.transactions.tend()
  }
  const want = [
    [3n * GWEI, GWEI, undefined],
    [10n * GWEI, 1_125_000_000n, undefined],
  ]
  expect(versionsOf(ann.intents.get(key))).toEqual(want)
  for (let i = 0; i < 4; i += 1) {
    await mine(9n * GWEI)
    await ann.transactions.tend()
  }
  expect(versionsOf(ann.intents.get(key))).toEqual(want)
  expect(ann.intents.get(key)?.state).toBe('done')
})

test('sends an older version while the balance does not pay for the newest', async () => {
  const ann = await live('poor')
  await give('poor', ETHER)
  const { key } = await proposeOn(ann, fresh())
  const gas = ann.intents.get(key)?.slot?.call?.gas ?? 0n
  for (let i = 0; i < 3; i += 1) {
    await mine(30n * GWEI)
    await ann.transactions.tend()
  }
  expect(versionsOf(ann.intents.get(key))).toHaveLength(2)
  await request(stage.embedded.rpcUrl, 'anvil_dropAllTransactions', [])
  await give('poor', 4n * GWEI * gas)
  await mine(GWEI)
  await ann.transactions.tend()
  await mine(GWEI)
  await ann.transactions.tend()
  expect(ann.intents.get(key)).toMatchObject({ state: 'done', hash: ann.intents.get(key)?.slot?.versions[0]?.hash })
})

test('takes back what every endpoint refuses for three blocks, as far as the balance pays for that', async () => {
  const ann = await live('poor')
  await give('poor', ETHER)
  const { key } = await proposeOn(ann, fresh())
  await request(stage.embedded.rpcUrl, 'anvil_dropAllTransactions', [])
  await give('poor', 2n * GWEI * 21_000n)
  for (let i = 0; i < 4; i += 1) {
    await mine(GWEI)
    await ann.transactions.tend()
  }
  expect(versionsOf(ann.intents.get(key)).at(-1)).toEqual([2n * GWEI, GWEI, 'Every endpoint refuses it.'])
  await mine(GWEI)
  await ann.transactions.tend()
  expect(ann.intents.get(key)).toMatchObject({ state: 'failed', reason: 'cancelled' })
})

test('takes a transaction back that would fail by now, by a transfer to itself under its nonce', async () => {
  const ann = await live('ann')
  const fixing = fresh()
  const nonce = await minedNonces('ann')
  const { key } = await proposeOn(ann, fixing)
  // Mallory pays more and is mined first.
  const mallory = await stage.as('mallory')
  const raw = await mallory.walletClient.signTransaction(
    await mallory.walletClient.prepareTransactionRequest({
      ...(await proposeRequest(fixing)),
      maxFeePerGas: 60n * GWEI,
      maxPriorityFeePerGas: GWEI,
      gas: 500_000n,
    }),
  )
  await broadcast(mallory, raw)
  await mine(20n * GWEI)
  expect(await proposalsOf(fixing)).toBe(ETHER / 10n)
  await ann.transactions.tend()
  expect(versionsOf(ann.intents.get(key)).at(-1)).toEqual([41_125_000_000n, 1_125_000_000n, 'WrongPhase'])
  expect(ann.lines()).toEqual(['cancel'])
  await mine(20n * GWEI)
  await ann.transactions.tend()
  expect(ann.intents.get(key)).toMatchObject({ state: 'failed', reason: 'cancelled', nonce })
  expect(await minedNonces('ann')).toBe(nonce + 1)
  expect(await proposalsOf(fixing)).toBe(ETHER / 10n)
})

async function proposeRequest(fixing: Fixing) {
  const { to, data } = proposeCall(stage.deployments.oracle, fixing, { value: TRUTH, maxBond: ETHER })
  return { account: (await stage.as('mallory')).account, to, data, type: 'eip1559' as const }
}

test('broadcasts again what the pools have dropped', async () => {
  const ann = await live('ann')
  const fixing = fresh()
  const { key } = await proposeOn(ann, fixing)
  await request(stage.embedded.rpcUrl, 'anvil_dropAllTransactions', [])
  await mine(GWEI)
  expect(await proposalsOf(fixing)).toBe(0n)
  await ann.transactions.tend()
  await mine(GWEI)
  await ann.transactions.tend()
  expect(ann.intents.get(key)).toMatchObject({ state: 'done' })
  expect(versionsOf(ann.intents.get(key))).toHaveLength(1)
})

test('goes on after a crash with what is on disk, whether it had left or not', async () => {
  const ann = await live('ann')
  const fixing = fresh()
  const { key } = await proposeOn(ann, fixing)
  await request(stage.embedded.rpcUrl, 'anvil_dropAllTransactions', [])
  const next = start(await openNodeChain(stage, 'ann'), intentMemory([...ann.intents.unfinished()]))
  await next.transactions.tend()
  await mine(GWEI)
  await next.transactions.tend()
  expect(next.intents.get(key)).toMatchObject({ state: 'done' })
  expect(await proposalsOf(fixing)).toBe(ETHER / 10n)
})

test('an emptied store stakes nothing while what it sent before is in flight, nor on what was decided before it was mined', async () => {
  const ann = await live('ann')
  const [fixing, other] = [fresh(), fresh()]
  const nonce = await minedNonces('ann')
  await proposeOn(ann, fixing)
  const empty = start(ann.chain, intentMemory())
  expect(await proposeOn(empty, other)).toMatchObject({ kind: 'refused', key: '' })
  expect([empty.transactions.unknownNonce(), empty.lines()]).toEqual([nonce, ['unknown']])
  await mine(GWEI)
  await empty.transactions.tend()
  expect([empty.transactions.unknownNonce(), empty.lines()]).toEqual([undefined, ['unknown', 'known']])
  const { timestamp } = await (await stage.as('reader')).publicClient.getBlock()
  expect(await proposeOn(empty, other, { at: timestamp - 1n })).toMatchObject({ kind: 'refused', key: '' })
  const { kind, key } = await proposeOn(empty, other, { at: timestamp })
  expect([kind, empty.intents.get(key)?.nonce]).toEqual(['later', nonce + 1])
  await mine(GWEI)
  expect([await proposalsOf(fixing), await proposalsOf(other)]).toEqual([ETHER / 10n, ETHER / 10n])
})

test('a nonce that nobody uses is filled by a transfer to itself when something waits behind it', async () => {
  const ann = await live('ann')
  const [lost, kept] = [fresh(), fresh()]
  const nonce = await minedNonces('ann')
  await proposeOn(ann, lost)
  const { key } = await proposeOn(ann, kept)
  await request(stage.embedded.rpcUrl, 'anvil_dropAllTransactions', [])
  const known = ann.intents.get(key)
  const restored = start(ann.chain, intentMemory(known === undefined ? [] : [known]))
  for (let i = 0; i < 4; i += 1) {
    await mine(GWEI)
    await restored.transactions.tend()
  }
  const fills = restored.intents.unfinished().filter(({ action }) => action === 'fill')
  expect(fills.map((fill) => [fill.nonce, fill.slot?.call?.value ?? 0n, fill.slot?.call?.data])).toEqual([
    [nonce, 0n, '0x'],
  ])
  expect(restored.lines()).toEqual(['replace', 'fill'])
  await mine(GWEI)
  await restored.transactions.tend()
  expect(restored.intents.get(key)).toMatchObject({ state: 'done' })
  expect([await proposalsOf(lost), await proposalsOf(kept)]).toEqual([0n, ETHER / 10n])
})

/** As most nodes do, and anvil does not, it counts what is in its pool and offers less than the base fee. */
function countingTo(pending: number): (port: EndpointPort) => EndpointPort {
  return (port) => ({
    ...port,
    async outlook() {
      const now = await port.outlook()
      return { ...now, pending: Math.max(now.pending, pending) }
    },
  })
}

test('a vote whose time runs out takes the nonce of what the store does not know, and no stake goes beside that', async () => {
  const nonce = await minedNonces('ann')
  const ann = await live('ann', { doors: [countingTo(nonce + 1)] })
  const [lost, other] = [fresh(), fresh()]
  await proposeOn(ann, lost)
  // What was sent before the store was emptied offers too little by now.
  await mine(50n * GWEI)
  const empty = start(ann.chain, intentMemory())
  const { timestamp } = await (await stage.as('reader')).publicClient.getBlock()
  const { id } = await readFixing(await stage.as('reader'), stage.deployments.oracle, other)
  const seat = { fixingId: id, action: 'reveal', kind: 'stake', round: 0, value: 1n, amount: 0n } as const
  const vote = { ...seat, at: timestamp, deadline: timestamp + 630n }
  await empty.transactions.attempt(vote, (on) => ann.chain.wrap(1n, on))
  const [reveal] = empty.intents.unfinished()
  expect(reveal?.nonce).toBe(nonce + 1)
  const outbids = () => empty.intents.unfinished().filter(({ action }) => action === 'outbid')
  const look = async (): Promise<void> => {
    await mine(50n * GWEI)
    await empty.transactions.tend()
  }
  // 618 and 606 seconds before its end it waits.
  await look()
  await look()
  expect([outbids(), empty.transactions.unknownNonce()]).toEqual([[], nonce])
  await look()
  expect(outbids().map((intent) => [intent.nonce, intent.slot?.call?.data])).toEqual([[nonce, '0x']])
  await empty.transactions.tend()
  expect(await proposeOn(empty, fresh())).toMatchObject({ kind: 'refused', key: '' })
  expect(empty.transactions.unknownNonce()).toBe(nonce)
  await look()
  expect(empty.intents.get(reveal?.key ?? '')).toMatchObject({ state: 'done' })
  expect([empty.transactions.unknownNonce(), outbids().length, await proposalsOf(lost)]).toEqual([undefined, 1, 0n])
  expect(empty.lines()).toEqual(['unknown', 'outbid', 'mined', 'mined', 'known'])
})

test('what takes the nonce before a vote gets two blocks to be mined, however little time is left', async () => {
  const nonce = await minedNonces('ann')
  const ann = await live('ann', { doors: [countingTo(nonce + 1)] })
  const lost = fresh()
  await proposeOn(ann, lost)
  await mine(50n * GWEI)
  const empty = start(ann.chain, intentMemory())
  const { timestamp } = await (await stage.as('reader')).publicClient.getBlock()
  const { id } = await readFixing(await stage.as('reader'), stage.deployments.oracle, lost)
  const seat = { fixingId: id, action: 'reveal', kind: 'stake', round: 0, value: 1n, amount: 0n } as const
  await empty.transactions.attempt({ ...seat, at: timestamp, deadline: timestamp + 300n }, (on) =>
    ann.chain.wrap(1n, on),
  )
  const outbids = (): number => empty.intents.unfinished().filter(({ action }) => action === 'outbid').length
  const counts: number[] = []
  for (let looks = 0; looks < 4; looks += 1) {
    await empty.transactions.tend()
    counts.push(outbids())
    await mine(50n * GWEI)
  }
  // Seen first in one block, taken two blocks later.
  expect(counts).toEqual([0, 0, 1, 1])
})

test('a nonce that is stuck keeps no later one with a deadline waiting', async () => {
  const ann = await live('ann')
  const [cheap, urgent] = [fresh(), fresh()]
  const nonce = await minedNonces('ann')
  const gas = 200_000n
  // Worth 4 gwei per gas at most, and no more than that is ever offered for it.
  const first = await proposeOn(ann, cheap, { maxGasCost: 4n * GWEI * gas })
  await mine(50n * GWEI)
  const { timestamp } = await (await stage.as('reader')).publicClient.getBlock()
  const second = await proposeOn(ann, urgent, { deadline: timestamp + 300n })
  expect(ann.intents.get(second.key)?.nonce).toBe(nonce + 1)
  await mine(50n * GWEI)
  await ann.transactions.tend()
  await mine(50n * GWEI)
  await ann.transactions.tend()
  expect(ann.intents.get(first.key)).toMatchObject({ state: 'failed', reason: 'cancelled' })
  expect(ann.intents.get(second.key)).toMatchObject({ state: 'done' })
  expect(await proposalsOf(urgent)).toBe(ETHER / 10n)
  expect(await proposalsOf(cheap)).toBe(0n)
})

test('what is on its way is taken back when the operator stops all stake, and nothing new leaves', async () => {
  const ann = await live('ann')
  const [fixing, other] = [fresh(), fresh()]
  const { key } = await proposeOn(ann, fixing)
  ann.halt.reason = 'drill'
  expect(await proposeOn(ann, other)).toMatchObject({ kind: 'refused' })
  await ann.transactions.tend()
  expect(versionsOf(ann.intents.get(key)).at(-1)?.[2]).toBe('halted by the operator')
  await mine(GWEI)
  await ann.transactions.tend()
  expect(ann.intents.get(key)).toMatchObject({ state: 'failed', reason: 'cancelled' })
  expect([await proposalsOf(fixing), await proposalsOf(other)]).toEqual([0n, 0n])
})

test('one endpoint that swallows, lies about nonces or fees, or refuses, keeps nothing from being mined', async () => {
  const honest = (port: EndpointPort): EndpointPort => port
  const lies: readonly ((port: EndpointPort) => EndpointPort)[] = [
    (port) => ({ ...port, broadcast: async () => 'taken' }),
    (port) => ({ ...port, outlook: async () => ({ ...(await port.outlook()), mined: 999, pending: 999 }) }),
    (port) => ({ ...port, outlook: async () => ({ ...(await port.outlook()), baseFee: 1n, tip: 90n * GWEI }) }),
    (port) => ({ ...port, outlook: async () => ({ ...(await port.outlook()), baseFee: 99n * GWEI, balance: 0n }) }),
    (port) => ({ ...port, tryOut: async () => ({ kind: 'refused', reason: 'WrongPhase' }) }),
    (port) => ({ ...port, nonceFate: async () => ({ kind: 'superseded' }) }),
  ]
  for (const lie of lies) {
    const ann = await live('ann', { agreement: 2, doors: [lie, honest, honest] })
    const fixing = fresh()
    const { key } = await proposeOn(ann, fixing)
    expect(versionsOf(ann.intents.get(key))).toEqual([[3n * GWEI, GWEI, undefined]])
    await mine(GWEI)
    await ann.transactions.tend()
    expect(ann.intents.get(key)).toMatchObject({ state: 'done' })
    expect(await proposalsOf(fixing)).toBe(ETHER / 10n)
  }
})

test('understands what an endpoint says to a transaction that it has, had, or has another for', async () => {
  const chain = await stage.as('mallory')
  const nonce = await minedNonces('mallory')
  const sign = (tip: bigint, at = nonce): Promise<`0x${string}`> =>
    accountOf('mallory').signTransaction({
      chainId: chain.chainId,
      type: 'eip1559',
      nonce: at,
      to: chain.account.address,
      gas: 21_000n,
      maxFeePerGas: 9n * GWEI,
      maxPriorityFeePerGas: tip,
    })
  const raw = await sign(2n * GWEI)
  expect(await broadcast(chain, raw)).toBe('taken')
  expect(await broadcast(chain, raw)).toBe('known')
  expect(await broadcast(chain, await sign(GWEI))).toBe('underpriced')
  expect(await broadcast(chain, await sign(GWEI, nonce - 1))).toBe('stale')
  await mine(GWEI)
  expect(await broadcast(chain, raw)).toBe('stale')
  expect(await chain.publicClient.getTransactionReceipt({ hash: keccak256(raw) })).toMatchObject({ status: 'success' })
})
