import { expect, test } from 'vitest'
import { type Hex, numberToHex, parseTransaction } from 'viem'
import { impatiently } from '../client/impatience.ts'
import type { Disputer } from './disputer.ts'
import type { Between } from './rpc-proxy.ts'
import { cancelAt, GWEI, keepWaiting, mine, mineNothing, openProxy, plain, somebody } from './waiting.ts'

test('offers an eighth more again and again where the endpoint does not tell what waits', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  let bids = 0
  const { exitCode, out, offers } = await cancelAt(ann, ['--yes'], (method) => {
    if (method === 'eth_getTransactionBySenderAndNonce') return 'the method does not exist'
    bids += method === 'eth_sendRawTransaction' ? 1 : 0
    return method === 'eth_sendRawTransaction' && bids < 4 ? 'replacement transaction underpriced' : undefined
  })
  expect(exitCode).toBe(0)
  expect(out).toContain('waits     nonce 0: the endpoint does not tell what')
  expect(offers.length).toBeGreaterThanOrEqual(4)
  for (const [i, { maxFeePerGas = 0n, maxPriorityFeePerGas = 0n }] of offers.slice(1).entries()) {
    const before = offers[i]
    expect(8n * maxFeePerGas).toBeGreaterThanOrEqual(9n * (before?.maxFeePerGas ?? 0n))
    expect(8n * maxPriorityFeePerGas).toBeGreaterThanOrEqual(9n * (before?.maxPriorityFeePerGas ?? 0n))
  }
})

test('offers no more than --max, or four times what is usual, and says that what waits may be mined yet', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const dear: Between = (method) =>
    method === 'eth_sendRawTransaction' ? 'replacement transaction underpriced' : undefined
  const usual = await cancelAt(ann, ['--yes'], dear)
  expect(usual.exitCode).toBe(1)
  expect(usual.err).toMatch(
    /^error: Expected the endpoint to take an empty transaction in the place of nonce 0, got one that wants more than \d+ wei per gas\. What waits may be mined yet\. Allow a higher fee, or try another endpoint\.$/,
  )
  const firstOffer = usual.offers[0]?.maxFeePerGas ?? 0n
  expect(usual.offers.at(-1)?.maxFeePerGas).toBeGreaterThan(3n * firstOffer)
  expect(usual.offers.every(({ maxFeePerGas = 0n }) => maxFeePerGas <= 4n * firstOffer)).toBe(true)
  const bounded = await cancelAt(ann, ['--yes', '--max', '0.00021eth'], dear)
  expect(bounded.out).toContain('at most 0.00021 ETH')
  expect(bounded.offers.length).toBeGreaterThan(1)
  expect(bounded.offers.every(({ maxFeePerGas = 0n }) => maxFeePerGas <= 10n * GWEI)).toBe(true)
  const refusing: Between = (method) => (method === 'eth_sendRawTransaction' ? 'insufficient funds' : undefined)
  const refused = await cancelAt(ann, ['--yes', '--json'], refusing)
  expect(JSON.parse(refused.out)).toMatchObject({
    error: {
      name: 'Client.NotReplacedError',
      message: 'Expected the endpoint to take an empty transaction in the place of nonce 0, got a refusal.',
    },
  })
})

test('believes no endpoint that tells of others, or of an offer far beyond what anybody makes', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const answers = (replaced: RegExp, by: string) => ({ rewrite: (text: string) => text.replace(replaced, by) })
  const ofAnother = await cancelAt(
    ann,
    ['--dry-run'],
    undefined,
    answers(/("from":"0x)[\da-f]{40}/, `$1${'ab'.repeat(20)}`),
  )
  expect(ofAnother.out).toContain('waits     nonce 0: the endpoint does not tell what')
  const dear = answers(/("maxFeePerGas":")0x[\da-f]+/, `$1${numberToHex(10n ** 12n)}`)
  const { exitCode, err, sent } = await cancelAt(ann, ['--yes'], undefined, dear)
  expect({ exitCode, sent }).toEqual({ exitCode: 2, sent: [] })
  expect(err).toMatch(
    /^error: Expected to spend at most [\d.]+ ETH, got 0\.023625 ETH for gas\. Raise --max, or wait until gas is cheaper\.$/,
  )
  const withBlobs = await cancelAt(ann, ['--yes'], undefined, answers(/("type":")0x2/, '$10x3'))
  expect(withBlobs).toMatchObject({ exitCode: 2, sent: [] })
  expect(withBlobs.err).toContain('Expected transactions without blobs, got nonce 0 with some.')
})

test('offers more than before where the endpoint has the same already', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const hide: Between = (method) =>
    method === 'eth_getTransactionBySenderAndNonce' ? 'the method does not exist' : undefined
  await impatiently(async () => {
    const proxy = await openProxy(hide)
    await ann.run(['cancel', '--yes'], { env: { ...ann.env, ASSIZE_RPC_URL: proxy.url } })
    await proxy.close()
  })
  const last = await offerOf(ann)
  const { exitCode } = await cancelAt(ann, ['--yes'], hide)
  expect(exitCode).toBe(0)
  expect(8n * (await offerMined(ann))).toBeGreaterThanOrEqual(9n * last)
})

/** What waits of somebody offers at most, wei per gas. */
async function offerOf({ chain, account }: Disputer): Promise<bigint> {
  const { maxFeePerGas = 0n } = await chain.publicClient.getTransaction({ sender: account.address, nonce: 0 })
  return maxFeePerGas
}

/** What the only transaction of the newest block offered at most, wei per gas. */
async function offerMined({ chain }: Disputer): Promise<bigint> {
  const { transactions } = await chain.publicClient.getBlock({ includeTransactions: true })
  return transactions[0]?.maxFeePerGas ?? 0n
}

test('offers an eighth more every few blocks that do not have it, up to --max', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const offers: bigint[] = []
  const proxy = await openProxy(async (method, params) => {
    if (method === 'eth_sendRawTransaction') offers.push(parseTransaction(params[0] as Hex).maxFeePerGas ?? 0n) // as JSON-RPC has it
    if (method !== 'eth_getTransactionReceipt') return undefined
    if (offers.length < 4) await mineNothing(1)
    else await mine()
    return undefined
  })
  const { exitCode, out } = await ann.run(['cancel', '--yes', '--max', '0.00042eth'], {
    env: { ...ann.env, ASSIZE_RPC_URL: proxy.url },
  })
  expect(plain(out)).toContain('nonce 0: cancelled in block N, 0x…')
  expect(exitCode).toBe(0)
  expect(offers).toHaveLength(4)
  for (const [i, offer] of offers.slice(1).entries()) expect(8n * offer).toBeGreaterThanOrEqual(9n * (offers[i] ?? 0n))
  expect(offers.every((offer) => offer <= 20n * GWEI)).toBe(true)
})
