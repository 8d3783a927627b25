import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { multiaddr } from '@multiformats/multiaddr'
import { hexToBytes } from 'viem'
import { expect, test } from 'vitest'
import { rootOf } from '#protocol/report.ts'
import { leavesOf, type SampleLeaf, sourcesRoot } from '#protocol/samples.ts'
import type { Log } from '../../../node/log.ts'
import { StoreCorruptError, StoreDiskError } from '../../../node/store/database.ts'
import { openChannel } from '../../../node/sync/channel.ts'
import { askSamples, SAMPLES_PROTOCOL, type SamplesSource } from '../../../node/sync/samples.ts'
import { openHostile, openPeer } from '../gossip/peer.ts'
import { FIXING_ID } from '../reporters.ts'

const SOON = { interval: 20 }
const NEVER = new AbortController().signal

/** Three sources of a hundred candles: three pages, the last of one leaf. */
const OPENS = Array.from({ length: 100 }, (_, i) => 60n * BigInt(i))
const SAMPLES = ['alpha', 'beta', 'gamma'].map((sourceId) => ({
  sourceId,
  quote: 'USD',
  closes: OPENS.map((_, i) => (sourceId === 'gamma' && i > 0 ? undefined : `${1_000 + i}.50`)),
}))
const LEAVES = leavesOf(SAMPLES, OPENS)
const ROOT = sourcesRoot(SAMPLES, OPENS)
const KEY = { fixingId: FIXING_ID, sourcesRoot: ROOT }

const holding =
  (leaves: readonly SampleLeaf[]): SamplesSource =>
  async ({ fixingId, sourcesRoot: root }) =>
    fixingId === FIXING_ID && root === ROOT ? leaves : undefined

/** One close is another than was signed. */
const FORGED = LEAVES.map(([id, open, close], i): SampleLeaf => [id, open, i === 7 ? '1' : close])

async function meet(...sources: SamplesSource[]): Promise<Awaited<ReturnType<typeof openPeer>>> {
  const here = await openPeer()
  for (const samples of sources) here.connect(await openPeer({ samples }))
  await expect.poll(() => here.network.peers.connected, SOON).toBe(sources.length)
  return here
}

test('R-412 a peer gives all samples behind an observation, page by page, to whoever asks by their root', async () => {
  const here = await meet(holding(LEAVES))
  expect(LEAVES).toHaveLength(201)
  expect(await here.network.samples(KEY, 300)).toEqual(LEAVES)
  expect(await here.network.samples({ ...KEY, sourcesRoot: FIXING_ID }, 300)).toBe(undefined)
})

test('R-412 samples of another root are refused, and another peer is asked', async () => {
  const here = await meet(
    holding(FORGED),
    holding(LEAVES.toReversed()),
    holding(LEAVES.slice(1)),
    async () => undefined,
  )
  expect(await here.network.samples(KEY, 300)).toBe(undefined)
  const honest = await openPeer({ samples: holding(LEAVES) })
  here.connect(honest)
  await expect.poll(() => here.network.peers.connected, SOON).toBe(5)
  expect(await here.network.samples(KEY, 300)).toEqual(LEAVES)
})

test('R-412 a root of two closes for one candle is believed by nobody', async () => {
  const [id, open] = LEAVES[0] ?? ['', 0n]
  const twice: SampleLeaf[] = [[id, open, '1'], ...LEAVES]
  const root = rootOf(StandardMerkleTree.of(twice, ['string', 'uint64', 'string'], { sortLeaves: false }))
  const here = await meet(async () => twice)
  expect(await here.network.samples({ ...KEY, sourcesRoot: root }, 300)).toBe(undefined)
})

test('R-412 no more is taken than the document has', async () => {
  const here = await meet(holding(LEAVES))
  expect(await here.network.samples(KEY, 200)).toBe(undefined)
  expect(await here.network.samples(KEY, 201)).toEqual(LEAVES)
})

/** A log, and what was said in it: at which level, and the name of the error. */
function noting(): { log: Log; logged: [string, unknown][] } {
  const logged: [string, unknown][] = []
  const note =
    (level: string) =>
    (fields: object): void =>
      void logged.push([level, 'err' in fields && fields.err instanceof Error ? fields.err.name : undefined])
  return { log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }, logged }
}

test('a request that is none ends the stream, the peer serves on, and its operator is told nothing', async () => {
  const { log, logged } = noting()
  const there = await openPeer({ samples: holding(LEAVES), log })
  const hostile = await openHostile()
  const stream = await hostile.dialProtocol(multiaddr(there.address), SAMPLES_PROTOCOL)
  const channel = openChannel(stream)
  await channel.send(new Uint8Array(67))
  await expect(channel.receive(NEVER)).rejects.toMatchObject({ name: expect.any(String) })
  expect(logged).toContainEqual(['debug', 'Sync.SamplesError'])
  expect(logged.filter(([level]) => level !== 'debug')).toEqual([])
  const again = await hostile.dialProtocol(multiaddr(there.address), SAMPLES_PROTOCOL)
  expect(await askSamples(again, KEY, 300, NEVER)).toEqual(LEAVES)
})

test.each([
  ['damaged', StoreCorruptError],
  ['not read by its disk', StoreDiskError],
])('a store that is %s is told of to the operator, when a peer asks for what is in it', async (_, Fault) => {
  const { log, logged } = noting()
  const samples = async (): Promise<never> => {
    throw new Fault('/node/store', 'a bad block', {})
  }
  const here = await openPeer()
  here.connect(await openPeer({ samples, log }))
  await expect.poll(() => here.network.peers.connected, SOON).toBe(1)
  expect(await here.network.samples(KEY, 300)).toBe(undefined)
  const told = () => logged.filter(([, name]) => name === `Store.${Fault.name}`)
  await expect.poll(() => told().length, SOON).toBe(1)
  expect(told()).toEqual([['warn', `Store.${Fault.name}`]])
})

test('a peer that asks on and on runs out of tokens, and is answered further as fast as it gets new ones', async () => {
  let nowMs = 0
  let looks = 0
  const monotonicMs = (): number => {
    looks += 1
    return nowMs
  }
  const there = await openPeer({ samples: holding(LEAVES), monotonicMs })
  const hostile = await openHostile()
  const channel = openChannel(await hostile.dialProtocol(multiaddr(there.address), SAMPLES_PROTOCOL))
  const request = Buffer.concat([hexToBytes(FIXING_ID), hexToBytes(ROOT), Buffer.alloc(4)])
  for (let answers = 0; answers < 128; answers += 1) {
    await channel.send(request)
    expect(await channel.receive(NEVER)).toBeDefined()
  }
  let isAnswered = false
  const before = looks
  await channel.send(request)
  const next = channel.receive(NEVER).finally(() => {
    isAnswered = true
  })
  await expect.poll(() => looks, SOON).toBeGreaterThan(before + 3)
  expect(isAnswered).toBe(false)
  nowMs += 125
  expect(await next).toBeDefined()
})

test('R-412 closes of the longest texts are had in pages that fit a frame', async () => {
  const long = LEAVES.map(([id, open], i): SampleLeaf => [id, open, `${i}`.padEnd(200, i % 2 === 0 ? '€' : '\u0001')])
  const root = rootOf(StandardMerkleTree.of(long, ['string', 'uint64', 'string'], { sortLeaves: false }))
  const here = await meet(async () => long)
  expect(await here.network.samples({ ...KEY, sourcesRoot: root }, 300)).toEqual(long)
})

test('R-412 a peer gives all samples of the largest document at once', async () => {
  const opens = Array.from({ length: 1_440 }, (_, i) => 60n * BigInt(i))
  const samples = Array.from({ length: 8 }, (_, i) => ({ sourceId: `s${i}`, quote: 'USD', closes: opens.map(String) }))
  const leaves = leavesOf(samples, opens)
  const here = await openPeer()
  here.connect(await openPeer({ samples: async () => leaves, monotonicMs: () => 0 }))
  await expect.poll(() => here.network.peers.connected, SOON).toBe(1)
  expect(await here.network.samples({ ...KEY, sourcesRoot: sourcesRoot(samples, opens) }, 12_000)).toEqual(leaves)
})
