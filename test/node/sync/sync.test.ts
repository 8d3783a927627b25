import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { domainSeparator } from '#protocol/signing.ts'
import type { Host } from '../../../node/gossip/host.ts'
import { answerFrames, type Channel, openChannel, patiently } from '../../../node/sync/channel.ts'
import { fetchMissing } from '../../../node/sync/fetch.ts'
import { decodeMessage, encodeMessage, type FixingStatus, type SyncMessage } from '../../../node/sync/messages.ts'
import { serveSync, type SyncSource } from '../../../node/sync/serve.ts'
import { SYNC_PROTOCOL } from '../../../node/sync/sync.ts'
import { fakeClock } from '../fake-clock.ts'
import { networkIdentity, openHostile, openPeer } from '../gossip/peer.ts'
import { patientClock } from '../patient-clock.ts'
import { cosignedBy, DOMAIN, FIXING_ID, reportedBy, requestedBy } from '../reporters.ts'

const SOON = { interval: 20 }
const NEVER = new AbortController().signal
const SEPARATOR = domainSeparator(DOMAIN)
const XOR: Hex = `0x${'01'.repeat(20)}`
/** Of no messages. */
const NONE: Hex = `0x${'00'.repeat(20)}`

test('R-416 a node that was away has everything as soon as it connects', async () => {
  const all = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((i) => reportedBy(i)))
  const there = await openPeer({ held: all })
  const late = await openPeer({ held: all.slice(2, 4) })
  late.connect(there)
  await expect.poll(() => late.held.length, SOON).toBe(7)
  expect(new Set(late.held.map(({ reporterIndex }) => reporterIndex))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]))
  // What came by sync was judged like gossip.
  expect(late.network.intake.counts.get('accept')).toBe(5)
})

test('a node that was away hears what was asked for and who has signed, and asks for nothing that it has', async () => {
  const [there, late] = [await openPeer(), await openPeer({ syncEveryMs: 50 })]
  const requests = [await requestedBy(0), await requestedBy(1), await requestedBy(0, { value: 7n }, undefined, 1)]
  const partials = await Promise.all(requests.flatMap((request) => [1, 2, 5].map((i) => cosignedBy(i, request))))
  for (const request of requests) there.book.addRequest(request)
  for (const partial of partials) there.book.addPartial(partial)
  late.connect(there)
  const held = () => requests.flatMap(({ digest }) => late.book.partials(FIXING_ID, digest))
  await expect.poll(() => held().length, SOON).toBe(9)
  expect(held()).toEqual(partials)
  expect(late.book.requests(FIXING_ID)).toEqual(requests)
  await late.network.sync.now()
  expect(late.network.intake.counts.get('duplicate')).toBe(undefined)
})

test('both sides of a connection complete each other', async () => {
  const all = await Promise.all([0, 1, 2, 3].map((i) => reportedBy(i)))
  const [left, right] = [await openPeer({ held: all.slice(0, 2) }), await openPeer({ held: all.slice(2) })]
  left.connect(right)
  await expect.poll(() => [left.held.length, right.held.length], SOON).toEqual([4, 4])
})

test('repeats while a fixing is open, and stops when it is settled', async () => {
  const observation = await reportedBy(0)
  const there = await openPeer()
  const here = await openPeer({ syncEveryMs: 50 })
  here.connect(there)
  await expect.poll(() => here.network.peers.connected, SOON).toBe(1)
  here.network.sync.open(FIXING_ID)
  // Held without ever having been published.
  there.held.push(observation)
  await expect.poll(() => here.held.length, SOON).toBe(1)
  here.network.close(FIXING_ID)
})

test('syncs at once when a fixing opens, whoever connected before', async () => {
  const [there, here] = [await openPeer(), await openPeer({ syncEveryMs: 600_000 })]
  here.connect(there)
  await expect.poll(() => here.network.peers.connected, SOON).toBe(1)
  await here.network.sync.now()
  there.held.push(await reportedBy(0))
  here.network.sync.open(FIXING_ID)
  await expect.poll(() => here.held.length, SOON).toBe(1)
})

test('asks a reporter among many strangers, whoever else it asks', async () => {
  const ann = await networkIdentity()
  const here = await openPeer({ registered: new Set([ann.peerId]) })
  const strangers = await Promise.all(Array.from({ length: 12 }, () => openPeer()))
  const herself = await openPeer(ann)
  for (const peer of [...strangers, herself]) peer.connect(here)
  await expect.poll(() => here.network.peers.connected, SOON).toBe(13)
  await here.network.sync.now()
  herself.held.push(await reportedBy(0))
  await here.network.sync.now()
  expect(here.held).toHaveLength(1)
})

test('finds an equivocation that two peers were told separately', async () => {
  const [first, second] = [await reportedBy(5), await reportedBy(5, { value: 9n })]
  const [left, right] = [await openPeer({ held: [first] }), await openPeer({ held: [second] })]
  left.connect(right)
  await expect.poll(() => [left.proofs.length, right.proofs.length], SOON).toEqual([1, 1])
  expect([left.held, right.held]).toEqual([[first], [second]])
})

test('does not sync with a peer of another registry', async () => {
  const there = await openPeer({ held: [await reportedBy(0)] })
  const stranger = await openPeer({
    context: { domain: { ...DOMAIN, registry: '0x00000000000000000000000000000000000000ab' } },
  })
  stranger.connect(there)
  await expect.poll(() => stranger.network.peers.connected, SOON).toBe(1)
  await stranger.network.sync.now()
  expect(stranger.held).toEqual([])
  expect([...stranger.network.intake.counts]).toEqual([])
})

/** A stream to a peer's sync, for a client that does as it likes. */
async function rawStream(host: Host, address: string): Promise<Stream> {
  return host.dialProtocol(multiaddr(address), SYNC_PROTOCOL)
}

const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

test.each<[string, Uint8Array]>([
  ['a frame of 4 GB', u32(0xffff_ffff)],
  ['a frame of one byte too many', u32(32_769)],
  ['a message that is none', Buffer.concat([u32(1), Uint8Array.of(99)])],
  [
    'an answer instead of a request',
    Buffer.concat([u32(65), encodeMessage({ kind: 'have', fixingId: FIXING_ID, reporters: [] })]),
  ],
  ['more than two frames at once', new Uint8Array(70_000)],
])('a server cuts off a client that sends %s, and serves others', async (_what, bytes) => {
  const server = await openPeer({ held: [await reportedBy(0)] })
  const hostile = await openHostile()
  const stream = await rawStream(hostile, server.address)
  stream.send(bytes)
  await expect.poll(() => stream.status, SOON).not.toBe('open')
  const friend = await openPeer()
  friend.connect(server)
  await expect.poll(() => friend.held.length, SOON).toBe(1)
})

test('a reader gives up on a peer that says nothing, too much, half a frame, or ends in one', async () => {
  const [server, client] = [await openHostile(), await openHostile()]
  const served: Stream[] = []
  await server.handle('/test', (stream) => void served.push(stream))
  const channels = async (timeoutMs?: number): Promise<{ theirs: Stream; ours: ReturnType<typeof openChannel> }> => {
    const address = server.getMultiaddrs()[0]
    if (address === undefined) throw new Error('listening')
    const before = served.length
    const ours = openChannel(await client.dialProtocol(address, '/test'), timeoutMs)
    await expect.poll(() => served.length, SOON).toBe(before + 1)
    const theirs = served[before]
    if (theirs === undefined) throw new Error('served')
    return { theirs, ours }
  }
  const silent = await channels(100)
  await expect(silent.ours.receive(NEVER)).rejects.toMatchObject({ code: 'timeout' })
  const greedy = await channels()
  greedy.theirs.send(u32(32_769))
  await expect(greedy.ours.receive(NEVER)).rejects.toMatchObject({ code: 'too-long' })
  const slow = await channels(100)
  slow.theirs.send(Buffer.concat([u32(10), new Uint8Array(3)]))
  await expect(slow.ours.receive(NEVER)).rejects.toMatchObject({ code: 'timeout' })
  const torn = await channels()
  torn.theirs.send(Buffer.concat([u32(10), new Uint8Array(3)]))
  await torn.theirs.close()
  await expect(torn.ours.receive(NEVER)).rejects.toMatchObject({ code: 'torn' })
  const whole = await channels()
  for (const byte of Buffer.concat([u32(2), Uint8Array.of(1, 2), u32(0)])) whole.theirs.send(Uint8Array.of(byte))
  await whole.theirs.close()
  expect(await whole.ours.receive(NEVER)).toEqual(Buffer.of(1, 2))
  expect(await whole.ours.receive(NEVER)).toHaveLength(0)
  expect(await whole.ours.receive(NEVER)).toBe(undefined)
})

test('a server buffers one answer for a client that asks and does not read, and gives it up', async () => {
  const [server, client] = [await openHostile(), await openHostile()]
  const served: Stream[] = []
  const ended: unknown[] = []
  const answer = new Uint8Array(32_000)
  const limits = { maxRequests: 1_000, takeToken: () => true, signal: NEVER, timeoutMs: 1_500 }
  let answers = 0
  await server.handle('/test', (stream) => {
    served.push(stream)
    const count = async (channel: Channel): Promise<void> => {
      answers += 1
      await channel.send(answer)
    }
    answerFrames(stream, count, limits).catch((error: unknown) => ended.push(error))
  })
  const address = server.getMultiaddrs()[0]
  if (address === undefined) throw new Error('listening')
  const stream = await client.dialProtocol(address, '/test')
  stream.pause()
  stream.send(Buffer.concat(Array.from({ length: 200 }, () => Buffer.concat([u32(1), Uint8Array.of(1)]))))
  let most = 0
  const look = setInterval(() => (most = Math.max(most, served[0]?.writeBufferLength ?? 0)), 1)
  await expect.poll(() => ended, SOON).toMatchObject([{ code: 'unread' }])
  clearInterval(look)
  expect(served[0]?.status).toBe('aborted')
  // What yamux takes until it knows that nobody reads: two windows of 256 KiB, and one answer.
  expect(answers).toBeLessThanOrEqual(18)
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThanOrEqual(answer.length + 4)
})

test('a server does not wait for ever to be rid of its last answer', async () => {
  const [server, client] = [await openHostile(), await openHostile()]
  const ended: unknown[] = []
  const served: Stream[] = []
  const limits = { maxRequests: 1, takeToken: () => true, signal: NEVER, timeoutMs: 200 }
  await server.handle('/test', (stream) => {
    served.push(stream)
    // More than two windows: not all of it can leave.
    const send = async (): Promise<void> => void stream.send(new Uint8Array(2_000_000))
    answerFrames(stream, send, limits).catch((error: unknown) => ended.push(error))
  })
  const address = server.getMultiaddrs()[0]
  if (address === undefined) throw new Error('listening')
  const stream = await client.dialProtocol(address, '/test')
  stream.pause()
  stream.send(Buffer.concat([u32(1), Uint8Array.of(1)]))
  await expect.poll(() => ended.length, SOON).toBe(1)
  expect(served[0]?.status).toBe('aborted')
})

/** Holds nothing of the one fixing that is open. */
const NOTHING: FixingStatus = { fixingId: FIXING_ID, count: 0, xor: NONE, reportsXor: NONE }
const SOURCE: SyncSource = {
  domain: SEPARATOR,
  now: () => 1n,
  statuses: () => [NOTHING],
  status: (fixingId) => (fixingId === FIXING_ID ? NOTHING : undefined),
  messages: () => new Map(),
  reports: () => [],
}

/** Runs our client against a server that answers each request by `answer`. */
async function fetchFrom(
  answer: (request: SyncMessage) => SyncMessage,
): Promise<{ received: Uint8Array[]; requests: string[] }> {
  const [server, client] = [await openHostile(), await openHostile()]
  const requests: string[] = []
  await server.handle(SYNC_PROTOCOL, async (stream) => {
    const channel = openChannel(stream)
    for (;;) {
      const frame = await channel.receive(NEVER).catch(() => undefined)
      if (frame === undefined) break
      const request = decodeMessage(frame)
      requests.push(request.kind)
      await channel.send(encodeMessage(answer(request)))
    }
    await channel.close()
  })
  const address = server.getMultiaddrs()[0]
  if (address === undefined) throw new Error('listening')
  const received: Uint8Array[] = []
  const stream = await client.dialProtocol(address, SYNC_PROTOCOL)
  await fetchMissing(stream, SOURCE, async (bytes) => void received.push(bytes), NEVER)
  return { received, requests }
}

const status = (fixings: readonly FixingStatus[], domain = SEPARATOR): SyncMessage => ({
  kind: 'status',
  domain,
  clock: 5n,
  fixings,
})

test('R-416 a client asks in chunks of 64 and judges every message it is given', async () => {
  const everyone = Array.from({ length: 150 }, (_, i) => i)
  const asked: number[] = []
  const { received } = await fetchFrom((request) => {
    if (request.kind === 'status?') return status([{ ...NOTHING, count: 150, xor: XOR }])
    if (request.kind === 'have?') return { kind: 'have', fixingId: FIXING_ID, reporters: everyone }
    if (request.kind !== 'get') throw new Error(request.kind)
    asked.push(request.reporters.length)
    return { kind: 'observations', fixingId: FIXING_ID, messages: request.reporters.map(() => new Uint8Array(195)) }
  })
  expect(asked).toEqual([64, 64, 22])
  expect(received).toHaveLength(150)
})

test('a client asks nothing about fixings it does not follow, or has all of', async () => {
  const stranger: Hex = `0x${'ff'.repeat(32)}`
  const theirs = { fixingId: stranger, count: 9, xor: XOR, reportsXor: XOR }
  const { requests } = await fetchFrom(() => status([NOTHING, theirs]))
  expect(requests).toEqual(['status?'])
})

test('a client asks for co-signing where the peer has other than it', async () => {
  const page = [new Uint8Array(163).with(1, 3)]
  const { requests, received } = await fetchFrom((request) =>
    request.kind === 'reports?'
      ? { kind: 'reports', fixingId: FIXING_ID, messages: page }
      : status([{ ...NOTHING, reportsXor: XOR }]),
  )
  expect(requests).toEqual(['status?', 'reports?'])
  expect(received).toEqual(page)
})

test.each<[string, (request: SyncMessage) => SyncMessage, string]>([
  ['another domain', () => status([], `0x${'00'.repeat(32)}`), 'Sync.WrongDomainError'],
  ['the wrong answer', () => ({ kind: 'have', fixingId: FIXING_ID, reporters: [] }), 'Sync.UnexpectedAnswerError'],
])('a client gives up on a server with %s', async (_what, answer, name) => {
  await expect(fetchFrom(answer)).rejects.toMatchObject({ name })
})

test('R-416 a client looks at no more observations than two of each reporter that it asked for', async () => {
  const answer = (request: SyncMessage, count: number): SyncMessage => {
    if (request.kind === 'status?') return status([{ ...NOTHING, count: 2, xor: XOR }])
    if (request.kind === 'have?') return { kind: 'have', fixingId: FIXING_ID, reporters: [3, 5] }
    return {
      kind: 'observations',
      fixingId: FIXING_ID,
      messages: Array.from({ length: count }, () => new Uint8Array(195)),
    }
  }
  expect((await fetchFrom((request) => answer(request, 4))).received).toHaveLength(4)
  await expect(fetchFrom((request) => answer(request, 5))).rejects.toThrow(
    'Expected observations of 2 reporters, got 5',
  )
})

test('R-416 goes on with a peer that cuts it off for as long as that brings something, and no longer', async () => {
  const all = await Promise.all([0, 1, 2].map((index) => reportedBy(index)))
  const [server, here] = [await openHostile(), await openPeer({ syncEveryMs: 600_000 })]
  let streams = 0
  await server.handle(SYNC_PROTOCOL, async (stream) => {
    streams += 1
    const channel = openChannel(stream)
    const answers: Record<string, (request: SyncMessage) => SyncMessage> = {
      'status?': () => status([{ ...NOTHING, count: 3, xor: XOR, reportsXor: XOR }]),
      'have?': () => ({ kind: 'have', fixingId: FIXING_ID, reporters: [0, 1, 2] }),
      get: (request) => ({
        kind: 'observations',
        fixingId: FIXING_ID,
        messages: all.flatMap(({ bytes }, i) => ('reporters' in request && request.reporters[0] === i ? [bytes] : [])),
      }),
    }
    for (;;) {
      const frame = await channel.receive(NEVER).catch(() => undefined)
      const request = frame === undefined ? undefined : decodeMessage(frame)
      const answer = request === undefined ? undefined : answers[request.kind]
      if (request === undefined || answer === undefined) break
      await channel.send(encodeMessage(answer(request)))
    }
    await channel.close()
  })
  here.connect({ address: server.getMultiaddrs()[0]?.toString() ?? '' })
  await expect.poll(() => here.held.length, SOON).toBe(3)
  await here.network.sync.now()
  const after = streams
  // One for each observation, one that brought nothing, and the one that was just asked for.
  expect(after).toBe(5)
})

test('R-416 a server lets a peer over its quota wait for a token, and does not cut it off', async () => {
  const [server, client] = [await openHostile(), await openHostile()]
  const clock = fakeClock()
  let looks = 0
  const everyThird = (): boolean => (looks += 1) % 3 === 0
  await server.handle('/test', (stream) => void serveSync(stream, SOURCE, patiently(everyThird, clock, NEVER), NEVER))
  const address = server.getMultiaddrs()[0]
  if (address === undefined) throw new Error('listening')
  const channel = openChannel(await client.dialProtocol(address, '/test'))
  for (let asked = 0; asked < 4; asked += 1) {
    await channel.send(encodeMessage({ kind: 'have?', fixingId: FIXING_ID }))
    expect(await channel.receive(NEVER)).toEqual(
      Buffer.from(encodeMessage({ kind: 'have', fixingId: FIXING_ID, reporters: [] })),
    )
  }
  expect(clock.sleeps).toEqual(Array.from({ length: 8 }, () => 100))
})

test('R-416 who waits for a token and goes away takes none, and who has only said all that it will is answered', async () => {
  const [server, client] = [await openHostile(), await openHostile()]
  const clock = patientClock()
  const served: Stream[] = []
  let [looks, tokens, ended] = [0, 0, 0]
  const takeToken = (): boolean => {
    looks += 1
    if (tokens === 0) return false
    tokens -= 1
    return true
  }
  const end = (): void => void (ended += 1)
  await server.handle('/test', (stream) => {
    served.push(stream)
    serveSync(stream, SOURCE, patiently(takeToken, clock, NEVER), NEVER).then(end, end)
  })
  const address = server.getMultiaddrs()[0]
  if (address === undefined) throw new Error('listening')
  const ask = async (): Promise<{ stream: Stream; channel: Channel }> => {
    const stream = await client.dialProtocol(address, '/test')
    const channel = openChannel(stream)
    const before = looks
    await channel.send(encodeMessage({ kind: 'have?', fixingId: FIXING_ID }))
    await expect.poll(() => looks, SOON).toBe(before + 1)
    return { stream, channel }
  }
  const gone = await ask()
  gone.channel.abort(new Error('gone'))
  await expect.poll(() => served[0]?.status, SOON).not.toBe('open')
  tokens = 1
  clock.wake()
  await expect.poll(() => ended, SOON).toBe(1)
  expect([looks, tokens]).toEqual([1, 1])
  tokens = 0
  const patient = await ask()
  await patient.stream.close()
  await expect.poll(() => served[1]?.remoteWriteStatus, SOON).toBe('closed')
  tokens = 1
  clock.wake()
  expect(await patient.channel.receive(NEVER)).toBeDefined()
})

test('a client does not follow a server that always has one more page of reports', async () => {
  const page = Array.from({ length: 96 }, () => new Uint8Array(163).with(1, 3))
  const theirs = { ...NOTHING, reportsXor: XOR }
  const { requests, received } = await fetchFrom((request) =>
    request.kind === 'reports?' ? { kind: 'reports', fixingId: FIXING_ID, messages: page } : status([theirs]),
  )
  expect(requests).toHaveLength(1 + 64)
  expect(received).toHaveLength(64 * 96)
})

test('a client does not follow a server that always has one more page', async () => {
  let pages = 0
  const { requests } = await fetchFrom((request) => {
    if (request.kind !== 'status?') throw new Error(request.kind)
    pages += 1
    const first = pages * 1_000
    const fixings = Array.from({ length: 256 }, (_, i) => ({
      fixingId: `0x${(first + i).toString(16).padStart(64, '0')}` as const,
      count: 1,
      xor: XOR,
      reportsXor: XOR,
    }))
    return status(fixings)
  })
  expect(requests).toHaveLength(64)
})
