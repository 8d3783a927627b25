import { getAddress } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type WritableChain } from '#client/chain.ts'
import { EMBEDDED_CHAIN_ID, type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import { reread } from '#node/reread'
import { fetchSamples, type Sampling, type SampleOptions } from '#node/source'
import { aggregate } from '#protocol/aggregate.ts'
import { formatValue } from '#protocol/decimal.ts'
import { accountOf, ETHER, START } from '../../client/chain-fixture.ts'
import { type Feed, openFeed } from '../../client/feed-contracts.ts'
import { openPool, type Pool } from '../../client/pool-contracts.ts'
import { startProxy } from '../../cli/rpc-proxy.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { fakeClock } from '../fake-clock.ts'
import { openVenueOf } from './venue.ts'

/** A whole number of minutes. */
const MATURITY = START + 3_600n
const OPENS = [MATURITY - 180n, MATURITY - 120n, MATURITY - 60n]

let embedded: EmbeddedChain
let people: [WritableChain, WritableChain]
let feed: Feed
let tether: Feed
let pool: Pool
/** Has another aggregator after the maturity, whose rounds are of before it. */
let moved: Feed
let next: Awaited<ReturnType<Feed['prepare']>>

beforeAll(async () => {
  embedded = await startEmbeddedChain({ startTime: START })
  const join = async (name: string): Promise<WritableChain> => {
    const account = accountOf(name)
    await embedded.setBalance(account.address, 150n * ETHER)
    return connect({ rpcUrl: embedded.rpcUrl, account, pollingMs: 20 })
  }
  people = [await join('Ada'), await join('Bede')]
  feed = await openFeed(embedded, people, 8)
  tether = await openFeed(embedded, people, 8)
  moved = await openFeed(embedded, people, 8)
  next = await moved.prepare()
  // ETH at about 2000 USDC of 6 digits: 10^-12 * 2000.
  pool = await openPool(embedded, people[0], [18, 6], { time: MATURITY - 1_000n, tick: -200_300, cardinality: 20 })
  await feed.answer(MATURITY - 170n, 2_000_00000000n)
  await tether.answer(MATURITY - 169n, 99000000n)
  await moved.answer(MATURITY - 168n, 2_000_00000000n)
  await next.answer(MATURITY - 167n, 2_700_00000000n)
  await feed.answer(MATURITY - 120n, 2_002_00000000n)
  await pool.moveTo(MATURITY - 90n, -200_310)
  await feed.answer(MATURITY - 60n + 1n, 2_001_50000000n)
  await pool.moveTo(MATURITY - 30n, -200_300)
  await feed.answer(MATURITY + 1n, 9_999_00000000n)
  await embedded.mineAt(MATURITY + 13n)
})
afterAll(() => embedded.stop())

const every = { quote: 'USD', timeoutMs: 5_000, chainId: EMBEDDED_CHAIN_ID, finalitySeconds: 12 }

function chainlink(id: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { id, venue: id, kind: 'chainlink', ...every, feed: feed.proxy, maxAgeSeconds: 3_600, ...changes }
}

function uniswap(id: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const place = { pool: pool.address, baseToken: getAddress(pool.token0), windowSeconds: 60 }
  return { id, venue: id, kind: 'uniswap-v3', ...every, ...place, ...changes }
}

async function read(sources: unknown[], changes: Partial<SampleOptions> = {}): Promise<Sampling> {
  const rpcUrls = new Map([[EMBEDDED_CHAIN_ID, { urls: [embedded.rpcUrl], agreement: 1 }]])
  const options = { clock: fakeClock(), signal: new AbortController().signal, rpcUrls, ...changes }
  return fetchSamples(threeSamples(sources), MATURITY, options)
}

test('R-452 a close is the answer of the last round at or before the end of the candle, with every decimal', async () => {
  const { samples, failures, records } = await read([chainlink('link')])
  expect(failures).toEqual([])
  // The round one second after the candle's end belongs to the next, that after maturity to none.
  expect(samples).toEqual([
    { sourceId: 'link', quote: 'USD', closes: ['2002.00000000', '2002.00000000', '2001.50000000'] },
  ])
  expect(records[0]?.origin).toBe(
    `chain 31337, feed ${feed.proxy}, block ${await people[0].publicClient.getBlockNumber()}`,
  )
})

test('R-452 a round that is too old at the end of a candle is no close of it', async () => {
  // 60 s after the round at M - 120: one second too many.
  const { samples } = await read([chainlink('link', { maxAgeSeconds: 59 })])
  expect(samples[0]?.closes).toEqual(['2002.00000000', undefined, '2001.50000000'])
  const { failures } = await read([chainlink('link', { feed: tether.proxy, maxAgeSeconds: 10 })])
  expect(failures[0]?.reason).toContain("within 10 s of a candle's end, got one of 99000000 updated 169 s before")
})

test('R-453 a close is the time-weighted mean of the window up to the end of the candle', async () => {
  const { samples, failures } = await read([uniswap('pool')])
  expect(failures).toEqual([])
  // Python's decimal, 60 digits: 1.0001^t * 10^12 at t = -200300, and twice at the mean of 30 s each at that and -200310.
  expect(samples[0]?.closes).toEqual(['2002.24143431893312', '2001.24061386792436', '2001.24061386792436'])
})

test('R-453 the other token of a pool has the inverse', async () => {
  const [there, back] = await Promise.all([
    read([uniswap('pool')]),
    read([uniswap('pool', { baseToken: getAddress(pool.token1) })]),
  ])
  for (const [i, close] of (there.samples[0]?.closes ?? []).entries()) {
    expect(Number(close) * Number(back.samples[0]?.closes[i])).toBeCloseTo(1, 12)
  }
})

test('what was kept of a feed and of a pool gives the same closes again, without either', async () => {
  const sources = [chainlink('link', { maxAgeSeconds: 59 }), uniswap('pool')]
  const { samples, records } = await read(sources)
  const again = records.map(({ sourceId, body = '' }) => reread(threeSamples(sources), MATURITY, { sourceId, body }))
  expect(again).toEqual(samples.map(({ closes }) => ({ kind: 'closes', closes })))
  expect(samples.map(({ closes }) => closes.filter((close) => close !== undefined).length)).toEqual([2, 3])
  const broken = { sourceId: 'pool', body: '{"decimals":[18,6],"base":2,"means":[]}' }
  expect(reread(threeSamples(sources), MATURITY, broken)).toMatchObject({ kind: 'unreadable' })
})

test('R-451 what a feed or a pool of needless decimals says is no close where it is longer than a number', () => {
  const document = threeSamples([chainlink('link'), uniswap('pool', { baseToken: `0x${'11'.repeat(20)}` })])
  const says = (sourceId: string, kept: unknown) => reread(document, MATURITY, { sourceId, body: JSON.stringify(kept) })
  const rounds = (answer: string) => OPENS.map((open) => ({ id: '1', answer, updatedAt: `${open}` }))
  const most = `0.${'0'.repeat(77)}1`
  const closes = (close: string | undefined) => ({ kind: 'closes', closes: OPENS.map(() => close) })
  expect(says('link', { decimals: 78, rounds: rounds('1') })).toEqual(closes(most))
  expect(says('link', { decimals: 79, rounds: rounds('1') })).toEqual(closes(undefined))
  expect(says('link', { decimals: 0, rounds: rounds('1'.repeat(80)) })).toEqual(closes('1'.repeat(80)))
  const means = OPENS.map(() => ['0', '60'])
  expect(says('pool', { decimals: [79, 0], base: 0, means })).toEqual(closes(`1${'0'.repeat(79)}`))
  expect(says('pool', { decimals: [80, 0], base: 0, means })).toEqual(closes(undefined))
})

test('a source of any kind is converted by one of any other', async () => {
  const rows = (...closes: string[]): string => `[${OPENS.map((open, i) => `[${open},0,0,0,${closes[i]}]`).join(',')}]`
  const web = await openVenueOf(rows('2020', '2021.5', '2023'))
  const usdc = await openVenueOf(rows('0.999', '0.9995', '1.001'))
  const sources = [
    chainlink('link'),
    uniswap('pool', { quote: 'USDC', convert: { source: 'usdc' } }),
    sourceJson('web', { url: web.url, quote: 'USDT', convert: { source: 'tether' } }),
    sourceJson('usdc', { url: usdc.url, base: 'USDC' }),
    chainlink('tether', { base: 'USDT', feed: tether.proxy }),
  ]
  const { samples, failures } = await read(sources)
  expect(failures).toEqual([])
  const result = aggregate(threeSamples(sources, 3), samples)
  // The fractions of test/vectors/generate/index.py over the closes of the tests above.
  expect(result.kind === 'value' && formatValue(result.value)).toBe('2001.431128286997404331')
})

test('a chain without an endpoint, another chain and a dead endpoint are reasons; no address is repeated', async () => {
  const elsewhere = chainlink('elsewhere', { chainId: 1 })
  const reasons = async (rpcUrls: [number, string][]): Promise<string[]> =>
    (
      await read([elsewhere], { rpcUrls: new Map(rpcUrls.map(([id, url]) => [id, { urls: [url], agreement: 1 }])) })
    ).failures.map(({ reason }) => reason)
  expect(await reasons([])).toEqual([
    'Expected an endpoint of chain 1, got none. Name one in source_rpc, as "1" = "https://…".',
  ])
  expect(await reasons([[1, embedded.rpcUrl]])).toEqual([
    'Expected an endpoint of chain 1, got one of chain 31337. Correct it in source_rpc.',
  ])
  const [dead = ''] = await reasons([[1, 'http://127.0.0.1:9/secret']])
  expect(dead).toMatch(/^Expected a JSON-RPC endpoint at the address, got .* It is that of chain 1 in source_rpc\.$/)
})

test('of several endpoints as many as must agree have to give the same, whoever lies, is dead or of another chain', async () => {
  const word = (answer: bigint): string => answer.toString(16).padStart(64, '0')
  // A liar says 2501.5 where the feed says 2001.5.
  const liar = await startProxy(
    embedded.rpcUrl,
    () => undefined,
    (text) => text.replaceAll(word(2_001_50000000n), word(2_501_50000000n)),
  )
  const other = embedded.rpcUrl.replace('127.0.0.1', 'localhost')
  const of = (urls: readonly string[], agreement: number): Promise<Sampling> =>
    read([chainlink('link')], { rpcUrls: new Map([[EMBEDDED_CHAIN_ID, { urls, agreement }]]) })
  const truth = ['2002.00000000', '2002.00000000', '2001.50000000']
  try {
    expect((await of([liar.url], 1)).samples[0]?.closes).toEqual([...truth.slice(0, 2), '2501.50000000'])
    for (const urls of [
      [liar.url, embedded.rpcUrl, other],
      ['http://127.0.0.1:9', other, embedded.rpcUrl],
    ]) {
      const { samples, failures } = await of(urls, 2)
      expect([failures, samples[0]?.closes]).toEqual([[], truth])
    }
    const [apart] = (await of([liar.url, embedded.rpcUrl], 2)).failures
    expect(apart?.reason).toBe(
      'Expected the endpoints of chain 31337 to agree, got 2 readings. Ask each with index sample.',
    )
    const [dead] = (await of(['http://127.0.0.1:9', embedded.rpcUrl], 2)).failures
    expect(dead?.reason).toContain('Expected a JSON-RPC endpoint at the address')
  } finally {
    await liar.close()
  }
})

test('waits until the head is later than the end by more than the finality, and gives up after a minute more', async () => {
  const clock = fakeClock()
  const patient = await read([chainlink('link', { finalitySeconds: 13 })], { clock })
  expect(patient.failures[0]?.reason).toContain(`after ${MATURITY + 13n}, got ${MATURITY + 13n}. Wait`)
  // 13 s of finality and a minute, a look each second.
  expect(clock.sleeps).toHaveLength(73)
})

test('ends at once when the node stops', async () => {
  const controller = new AbortController()
  const started = read([chainlink('link')], { signal: controller.signal })
  controller.abort()
  await expect(started).rejects.toMatchObject({ name: 'AbortError' })
})

test('R-452 a late node reads what an early one did, though the feed has another aggregator by then', async () => {
  const source = chainlink('moved', { feed: moved.proxy })
  const settled = await people[0].publicClient.getBlockNumber()
  const closes = ['2000.00000000', '2000.00000000', '2000.00000000']
  const early = await read([source])
  await next.adopt()
  const late = await read([source])
  expect([early, late].map(({ samples }) => samples[0]?.closes)).toEqual([closes, closes])
  expect(late.records).toEqual(early.records)
  expect(late.records[0]?.origin).toContain(`block ${settled}`)
})

test('an endpoint that has no state of the settled block is asked of the newest', async () => {
  const head = await people[0].publicClient.getBlockNumber()
  const pruned = await startProxy(embedded.rpcUrl, (method, params) =>
    method === 'eth_call' && params[1] !== `0x${head.toString(16)}` ? 'missing trie node' : undefined,
  )
  const rpcUrls = new Map([[EMBEDDED_CHAIN_ID, { urls: [pruned.url], agreement: 1 }]])
  try {
    const { samples, failures, records } = await read([chainlink('link'), uniswap('pool')], { rpcUrls })
    expect(failures).toEqual([])
    expect(samples.map(({ closes }) => closes[2])).toEqual(['2001.50000000', '2001.24061386792436'])
    expect(records.map(({ origin }) => origin.split(', ')[2])).toEqual([`block ${head}`, `block ${head}`])
  } finally {
    await pruned.close()
  }
})
