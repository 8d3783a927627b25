import { createPublicClient, createWalletClient, http } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  blockAt,
  type Chain,
  connectThrough,
  latestBlock,
  PROVIDER_NAME,
  type Provider,
  type WritableChain,
} from '#client/chain.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { claim, contribute, propose } from '#client/oracle-writer.ts'
import { quoteContribution, refusalOf } from '#client/quote.ts'
import { readSettlement } from '#client/settlement.ts'
import { ensureCollateral } from '#client/weth.ts'
import { type Fixing, worstCase } from '#protocol/fixing.ts'
import { ETHER, MATURITY, raiseStage, type Stage } from './chain-fixture.ts'

const TRUE = 2_500n * ETHER
const FALSE = 3_000n * ETHER
const BOND = ETHER / 10n
const NOW = { confirmations: 0n }

let stage: Stage
let ann: WritableChain
let fixing: Fixing
let salt = 0

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  await stage.embedded.mineAt(MATURITY)
})
afterAll(() => stage.embedded.stop())

beforeEach(async () => {
  salt += 1
  const { time } = await latestBlock(ann)
  fixing = { ...stage.fixing, maturity: time, indexId: `0x${salt.toString(16).padStart(64, '0')}` }
})

/** A provider that asks the real chain, and changes what it says. */
function providerWith(change: (method: string, result: unknown, count: number) => unknown): Provider {
  const client = createPublicClient({ transport: http(stage.embedded.rpcUrl) })
  const counts = new Map<string, number>()
  return {
    async request(call) {
      const count = (counts.get(call.method) ?? 0) + 1
      counts.set(call.method, count)
      return change(call.method, await client.request(call as Parameters<typeof client.request>[0]), count)
    },
  }
}

/** Proposes `value` and lets its window pass. */
async function settleTo(value: bigint): Promise<void> {
  await propose(ann, stage.deployments.oracle, fixing, { value, maxBond: BOND })
  const { time } = await latestBlock(ann)
  await stage.embedded.mineAt(time + BigInt(fixing.firstWindow))
}

test('reads a settlement only where enough blocks are on top of it', async () => {
  const { oracle } = stage.deployments
  await settleTo(TRUE)
  const settled = await latestBlock(ann)
  const deep = { confirmations: 2n }
  expect(await readSettlement(ann, oracle, fixing, deep)).toMatchObject({ kind: 'unsettled', phase: 'open' })
  expect(await readSettlement(ann, oracle, fixing, { confirmations: 1n })).toMatchObject({
    kind: 'unsettled',
    phase: 'active',
    atBlock: settled.number - 1n,
  })
  await stage.embedded.mineAt(settled.time + 1n)
  await stage.embedded.mineAt(settled.time + 2n)
  expect(await readSettlement(ann, oracle, fixing, deep)).toEqual({
    kind: 'settled',
    value: TRUE,
    by: 'timeout',
    atBlock: settled.number,
    blockHash: settled.hash,
    atTime: settled.time,
  })
  const tooDeep = { confirmations: settled.number + 3n }
  await expect(readSettlement(ann, oracle, fixing, tooDeep)).rejects.toMatchObject({
    name: 'Settlement.ShallowChainError',
    message: `Expected a block with ${settled.number + 3n} on top of it, got none.`,
  })
})

test('says apart that a fixing settled without a value', async () => {
  await stage.embedded.mineAt(worstCase(fixing))
  expect(await readSettlement(ann, stage.deployments.oracle, fixing, NOW)).toMatchObject({
    kind: 'invalid',
    by: 'expiry',
  })
})

test('says nothing of what the oracle creates no fixing of, which it calls settled without a value for ever', async () => {
  const { oracle } = stage.deployments
  for (const [field, bad] of [
    ['minBond', { ...fixing, minBond: 0n }],
    ['indexId', { ...fixing, indexId: `0x${'00'.repeat(32)}` }],
  ] as const) {
    await stage.embedded.mineAt(worstCase(bad))
    expect(await readFixing(ann, oracle, bad)).toMatchObject({ outcome: 'expiry' })
    await expect(readSettlement(ann, oracle, bad, NOW)).rejects.toMatchObject({
      name: 'Fixing.ParameterOutOfBoundsError',
      field,
    })
    fixing = { ...fixing, maturity: (await latestBlock(ann)).time }
  }
  const odd = { ...fixing, arbitrator: '0x11' } as const
  await expect(readSettlement(ann, oracle, odd, NOW)).rejects.toMatchObject({ name: 'Fixing.MalformedFieldError' })
})

test('reads the block that the chain calls final, and fails where none is', async () => {
  const { oracle } = stage.deployments
  await settleTo(TRUE)
  const { number } = await latestBlock(ann)
  const client = createPublicClient({ transport: http(stage.embedded.rpcUrl) })
  const finalAt = (block: bigint): Promise<Chain> =>
    connectThrough({
      provider: {
        request({ method, params }) {
          const [tag, ...rest] = Array.isArray(params) ? (params as unknown[]) : []
          const asked = tag === 'finalized' ? [`0x${block.toString(16)}`, ...rest] : params
          return client.request({ method, params: asked } as Parameters<typeof client.request>[0])
        },
      },
    })
  expect(await readSettlement(await finalAt(number), oracle, fixing, 'finalized')).toMatchObject({
    kind: 'settled',
    atBlock: number,
  })
  expect(await readSettlement(await finalAt(number - 1n), oracle, fixing, 'finalized')).toMatchObject({
    kind: 'unsettled',
    atBlock: number - 1n,
  })
  const none = await connectThrough({
    provider: providerWith((method, result) => (method === 'eth_getBlockByNumber' ? null : result)),
  })
  await expect(readSettlement(none, oracle, fixing, 'finalized')).rejects.toMatchObject({
    name: 'Settlement.ShallowChainError',
  })
  const gone = await connectThrough({
    provider: providerWith((method, result) => {
      if (method === 'eth_getBlockByNumber') throw new TypeError('fetch failed')
      return result
    }),
  })
  await expect(readSettlement(gone, oracle, fixing, 'finalized')).rejects.toMatchObject({ name: 'Chain.DeadRpcError' })
})

test('believes nothing of a block whose place another takes while it is read', async () => {
  const { oracle } = stage.deployments
  await settleTo(TRUE)
  const unsteady = (times: number): Promise<Chain> =>
    connectThrough({
      provider: providerWith((method, result, count) =>
        method === 'eth_getBlockByNumber' && count <= times
          ? { ...(result as object), hash: `0x${count.toString(16).padStart(64, '0')}` }
          : result,
      ),
    })
  expect(await readSettlement(await unsteady(4), oracle, fixing, NOW)).toMatchObject({
    kind: 'settled',
    blockHash: (await latestBlock(ann)).hash,
  })
  await expect(readSettlement(await unsteady(100), oracle, fixing, NOW)).rejects.toMatchObject({
    name: 'OneBlock.ReorganisedError',
    message: 'Expected a block to stay while it was read, got another in its place; attempts: 3.',
  })
})

test('believes no endpoint of another chain behind the same address', async () => {
  const { oracle } = stage.deployments
  await settleTo(TRUE)
  const { number } = await latestBlock(ann)
  const client = createPublicClient({ transport: http(stage.embedded.rpcUrl) })
  // What is asked for by number is answered by one that knows of no proposal.
  const behind = await connectThrough({
    provider: {
      request({ method, params }) {
        const [call, at, ...rest] = Array.isArray(params) ? (params as unknown[]) : []
        const isByNumber = method === 'eth_call' && typeof at === 'string'
        const asked = isByNumber ? [call, `0x${(number - 2n).toString(16)}`, ...rest] : params
        return client.request({ method, params: asked } as Parameters<typeof client.request>[0])
      },
    },
  })
  expect(await readSettlement(behind, oracle, fixing, NOW)).toMatchObject({ kind: 'settled', value: TRUE })
})

test('reads the very block that it is given, and nothing once that is undone', async () => {
  const { oracle } = stage.deployments
  const request = (method: string, ...params: readonly unknown[]): Promise<unknown> =>
    ann.publicClient.request({ method, params } as unknown as { method: 'eth_chainId' })
  const before = await latestBlock(ann)
  const snapshot = await request('evm_snapshot')
  await settleTo(TRUE)
  const settled = await latestBlock(ann)
  const at = { blockHash: settled.hash }
  await stage.embedded.mineAt(settled.time + 10n)
  expect(await readSettlement(ann, oracle, fixing, at)).toMatchObject({ kind: 'settled', atBlock: settled.number })
  expect(await readSettlement(ann, oracle, fixing, { blockHash: before.hash })).toMatchObject({
    kind: 'unsettled',
    atBlock: before.number,
  })
  // An endpoint may still know a block that is no longer in its chain.
  const remembered = await connectThrough({
    provider: providerWith((method, result) =>
      method === 'eth_getBlockByNumber' ? { ...(result as object), hash: before.hash } : result,
    ),
  })
  await expect(readSettlement(remembered, oracle, fixing, at)).rejects.toMatchObject({
    name: 'OneBlock.ReorganisedError',
  })
  await request('evm_revert', snapshot)
  await expect(readSettlement(ann, oracle, fixing, at)).rejects.toMatchObject({
    name: 'Settlement.ShallowChainError',
    message: `Expected a block of hash ${settled.hash}, got none.`,
  })
})

test('quotes what a contribution takes, needs, wins and loses, and what is claimed is that', async () => {
  const { oracle } = stage.deployments
  await propose(ann, oracle, fixing, { value: FALSE, maxBond: BOND })
  const { time, number } = await latestBlock(ann)
  const bid = { kind: 'contribute', value: TRUE, amount: (3n * BOND) / 2n } as const
  const part = await quoteContribution(ann, oracle, fixing, bid)
  // The pot needs twice what the proposal has. Of the loser's 0.1 a fifth burns, and 0.15 of 0.2 win 0.15/0.2 of the rest.
  expect(part).toMatchObject({
    kind: 'open',
    atBlock: number,
    round: 1,
    taken: (3n * BOND) / 2n,
    missing: BOND / 2n,
    deadline: time + 86_400n,
    longestLockSeconds: 3n * 172_800n + 60n * 86_400n,
  })
  const paid = (quote: typeof part, end: string): bigint | undefined =>
    quote.kind === 'open' ? quote.prospects.find((one) => one.end === end)?.paid : undefined
  expect(['unfilled', 'undisputed', 'wrong'].map((end) => paid(part, end))).toEqual([
    (15n * ETHER) / 100n,
    (21n * ETHER) / 100n,
    0n,
  ])

  const rest = await quoteContribution(ann, oracle, fixing, { ...bid, amount: 'rest' })
  expect(rest).toMatchObject({ taken: 2n * BOND, missing: 0n })
  expect(paid(rest, 'unfilled')).toBeUndefined()
  await contribute(ann, oracle, fixing, { round: 1, value: TRUE, amount: 2n * BOND })
  const led = await latestBlock(ann)
  await stage.embedded.mineAt(led.time + BigInt(fixing.window))
  const claimed = await claim(ann, oracle, fixing, { kind: 'stake', round: 1, value: TRUE })
  expect(claimed.paid).toBe((28n * ETHER) / 100n)
  expect(paid(rest, 'undisputed')).toBe(claimed.paid)
})

test('says of a bid that the oracle would refuse why', async () => {
  const { oracle } = stage.deployments
  const quote = (kind: 'contribute' | 'appeal', value: bigint) =>
    quoteContribution(ann, oracle, fixing, { kind, value, amount: 1n })
  expect(await quote('contribute', TRUE)).toMatchObject({ kind: 'refused', reason: 'inactive' })
  await propose(ann, oracle, fixing, { value: FALSE, maxBond: BOND })
  expect(await quote('contribute', FALSE)).toMatchObject({ kind: 'refused', reason: 'leads' })
  expect(await quote('appeal', TRUE)).toMatchObject({ kind: 'refused', reason: 'undisputed' })
  // 0.1 % apart is enough, one unit less is not.
  expect(await quote('contribute', 3_003n * ETHER)).toMatchObject({ kind: 'open' })
  expect(await quote('contribute', 3_003n * ETHER - 1n)).toMatchObject({ reason: 'near', nearest: FALSE })
  for (const [round, value] of [FALSE, TRUE, FALSE].entries()) {
    if (round === 0) continue
    const missing = await quoteContribution(ann, oracle, fixing, { kind: 'contribute', value, amount: 'rest' })
    if (missing.kind !== 'open') throw new Error(`Expected an open pot, got ${missing.reason}.`)
    await contribute(ann, oracle, fixing, { round, value, amount: missing.taken })
  }
  const last = await quoteContribution(ann, oracle, fixing, { kind: 'contribute', value: TRUE, amount: 'rest' })
  if (last.kind !== 'open') throw new Error(`Expected an open pot, got ${last.reason}.`)
  await contribute(ann, oracle, fixing, { round: 3, value: TRUE, amount: last.taken })
  expect(await quote('contribute', FALSE)).toMatchObject({ kind: 'refused', reason: 'lastRound' })
  expect(await quote('appeal', FALSE)).toMatchObject({ kind: 'open', round: 4 })
  const { deadline } = (await quote('appeal', FALSE)) as { deadline: bigint }
  await stage.embedded.mineAt(deadline)
  expect(await quote('appeal', FALSE)).toMatchObject({ kind: 'refused', reason: 'inactive' })
  await expect(
    quoteContribution(ann, oracle, fixing, { kind: 'appeal', value: FALSE, amount: 0n }),
  ).rejects.toMatchObject({ name: 'Quote.EmptyBidError' })
})

test('quotes stake on values from 1 to 2^128 - 1, and on no others', async () => {
  const { oracle } = stage.deployments
  await propose(ann, oracle, fixing, { value: TRUE, maxBond: BOND })
  for (const kind of ['contribute', 'appeal'] as const) {
    const quote = (value: bigint) => quoteContribution(ann, oracle, fixing, { kind, value, amount: 'rest' })
    for (const value of [-1n, 0n, 2n ** 128n]) {
      await expect(quote(value)).rejects.toMatchObject({
        name: 'Quote.BidValueError',
        message: `Expected a value from 1 to 2^128 - 1, got ${value}. Scale index units by 1e18; INVALID is 2^128 - 1.`,
      })
    }
    const known = kind === 'contribute' ? { kind: 'open' } : { reason: 'undisputed' }
    for (const value of [1n, 2n ** 128n - 1n]) expect(await quote(value)).toMatchObject(known)
  }
  const snapshot = await readFixing(ann, oracle, fixing)
  expect(() => refusalOf({ kind: 'contribute', value: 0n }, snapshot)).toThrow('got 0')
})

test('reads and writes through a client of one’s own, whose wallet signs', async () => {
  const { oracle, weth } = stage.deployments
  const client = createPublicClient({ transport: http(stage.embedded.rpcUrl) })
  const read = await connectThrough({ provider: client })
  expect(read.chainId).toBe(31_337)
  expect(await blockAt(read, 0n)).toEqual(await blockAt(ann, 0n))
  // The first account of anvil is one that the endpoint signs for.
  const [wallet = '0x'] = await createWalletClient({ transport: http(stage.embedded.rpcUrl) }).getAddresses()
  const own = await connectThrough({ provider: client, account: wallet, pollingMs: 20 })
  await ensureCollateral(own, weth, oracle, BOND)
  const receipt = await propose(own, oracle, fixing, { value: TRUE, maxBond: BOND })
  expect(receipt).toMatchObject({ status: 'success', from: wallet.toLowerCase() })
  await expect(propose(own, oracle, fixing, { value: TRUE, maxBond: BOND })).rejects.toMatchObject({
    name: 'Client.OracleRevertError',
  })
})

test('calls an endpoint that does not answer by what was given', async () => {
  const dead = createPublicClient({ transport: http('http://127.0.0.1:9', { retryCount: 0 }) })
  await expect(connectThrough({ provider: dead })).rejects.toMatchObject({
    name: 'Chain.DeadRpcError',
    message: `Expected a JSON-RPC endpoint at ${PROVIDER_NAME}, got no answer.`,
  })
})
