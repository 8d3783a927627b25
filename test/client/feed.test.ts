import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type WritableChain } from '#client/chain.ts'
import { type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import { readFeed } from '#client/feed.ts'
import { accountOf, ETHER, START } from './chain-fixture.ts'
import { openFeed, ROUND_TIMEOUT } from './feed-contracts.ts'

let embedded: EmbeddedChain
let people: [WritableChain, WritableChain]

beforeAll(async () => {
  embedded = await startEmbeddedChain({ startTime: START })
  const join = async (name: string): Promise<WritableChain> => {
    const account = accountOf(name)
    await embedded.setBalance(account.address, 150n * ETHER)
    return connect({ rpcUrl: embedded.rpcUrl, account, pollingMs: 20 })
  }
  people = [await join('Ada'), await join('Bede')]
})
afterAll(() => embedded.stop())

async function head(): Promise<bigint> {
  return people[0].publicClient.getBlockNumber()
}

async function now(): Promise<bigint> {
  return (await people[0].publicClient.getBlock()).timestamp
}

test('finds the last round at or before each instant, to the second', async () => {
  const feed = await openFeed(embedded, people, 8)
  const start = (await now()) + 100n
  await feed.answer(start, 2_000_00000000n)
  await feed.answer(start + 60n, 2_001_50000000n)
  await feed.answer(start + 90n, 2_002_00000001n)
  const instants = [start - 1n, start, start + 59n, start + 60n, start + 89n, start + 90n, start + 500n]
  const { decimals, rounds } = await readFeed(people[0], feed.proxy, instants, await head())
  expect(decimals).toBe(8)
  expect(rounds.map((round) => round && [round.answer, round.updatedAt - start])).toEqual([
    undefined,
    [2_000_00000000n, 0n],
    [2_000_00000000n, 0n],
    [2_001_50000000n, 60n],
    [2_001_50000000n, 60n],
    [2_002_00000001n, 90n],
    [2_002_00000001n, 90n],
  ])
})

test('reads the feed as it stood at the block, whatever came later', async () => {
  const feed = await openFeed(embedded, people, 8)
  const start = (await now()) + 100n
  await feed.answer(start, 7n)
  const block = await head()
  await feed.answer(start + 10n, 8n)
  const { rounds } = await readFeed(people[0], feed.proxy, [start + 10n], block)
  expect(rounds[0]?.answer).toBe(7n)
})

test('walks back over more rounds than one request holds', async () => {
  const feed = await openFeed(embedded, people, 8)
  const start = (await now()) + 100n
  for (let i = 0n; i < 205n; i += 1n) await feed.answer(start + i * 10n, 1_000n + i)
  const instants = [start, start + 999n, start + 1_040n, start + 2_040n]
  const { rounds } = await readFeed(people[0], feed.proxy, instants, await head())
  expect(rounds.map((round) => round?.answer)).toEqual([1_000n, 1_099n, 1_104n, 1_204n])
})

test('goes on into the phase before the proxy got another aggregator', async () => {
  const feed = await openFeed(embedded, people, 8)
  const start = (await now()) + 100n
  await feed.answer(start, 1n)
  await feed.answer(start + 10n, 2n)
  await feed.startPhase()
  await feed.answer(start + 120n, 3n)
  const instants = [start + 5n, start + 119n, start + 120n]
  const { rounds } = await readFeed(people[0], feed.proxy, instants, await head())
  expect(rounds.map((round) => round && [round.id >> 64n, round.answer])).toEqual([
    [1n, 1n],
    [1n, 2n],
    [2n, 3n],
  ])
})

test('a round that timed out carries an older answer over, and does not count', async () => {
  const feed = await openFeed(embedded, people, 8)
  const start = (await now()) + 100n
  await feed.answer(start, 5n)
  await feed.need(2)
  // One of two answers; the next round may begin after the timeout and closes this one with the answer before it.
  await feed.answer(start + 10n, 6n, [people[1]])
  const late = start + 11n + BigInt(ROUND_TIMEOUT)
  await feed.answer(late, 7n, people)
  const { rounds } = await readFeed(people[0], feed.proxy, [late, late + 1n], await head())
  expect(rounds.map((round) => round && [round.answer, round.updatedAt - start])).toEqual([
    [5n, 0n],
    [7n, late + 1n - start],
  ])
})
