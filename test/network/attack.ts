import { setTimeout as wait } from 'node:timers/promises'
import type { PeerId, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Hex } from 'viem'
import { bytesToHex, hexToBytes } from 'viem/utils'
import type { Fixing } from '#protocol/fixing.ts'
import { encodeEvidence } from '../../node/gossip/evidence.ts'
import type { Host } from '../../node/gossip/host.ts'
import type { VerifiedObservation } from '../../node/gossip/validate.ts'
import { openChannel } from '../../node/sync/channel.ts'
import { encodeMessage } from '../../node/sync/messages.ts'
import { SAMPLES_PROTOCOL } from '../../node/sync/samples.ts'
import { SYNC_PROTOCOL } from '../../node/sync/sync.ts'
import type { Random } from '../model/random.ts'
import {
  cosignedBy,
  DOMAIN,
  FIXING,
  FIXING_ID,
  MATURITY,
  presentBy,
  reportedBy,
  reporterKey,
  requestedBy,
  signedBy,
} from '../node/reporters.ts'
import { SAMPLES_ROOT, type Station, TOPICS } from './station.ts'

/** What a hostile peer does, besides that it relays nothing for others. */
export const ATTACKS = [
  'malformed',
  'oversized',
  'replayed',
  'wrong domain',
  'junk',
  'censoring',
  'eclipse',
  'equivocating',
  'slow-loris',
  'not reading',
  'asking',
  'calling',
  'proposing',
  'renaming',
  'sampling',
] as const

export type Attack = (typeof ATTACKS)[number]

/** Not matured by the stations' clock, and close enough for its first call. */
const UPCOMING: Fixing = { ...FIXING, maturity: MATURITY + 4_000n }
const UPCOMING_ID: Hex = `0x${'ac'.repeat(32)}`
/** What is open besides what was observed. */
export const AHEAD: ReadonlyMap<Hex, Fixing> = new Map([[UPCOMING_ID, UPCOMING]])

/** gossipsub's own limit on a message is half of it. */
const OVERSIZED = 1_048_576
/** The sender, in the same program, keeps what it sent for two minutes; after the second nobody listens to it. */
const MOST_OVERSIZED = 64
const LORIS_STREAMS = 16
/** A node serves so many at once for one peer. */
const SYNC_STREAMS = 4
/** And so many for samples. */
const SAMPLES_STREAMS = 2
/** A new key asks so often for samples on each stream, of so many keys: twice what all of them together are answered at once. */
const PAGES_OF_A_NAME = 32
const NAMES_FOR_SAMPLES = 4
/** Of samples that a peer does not have: an empty list. */
const EMPTY_PAGE = 2
/** A new key says so many messages, of which none is listened to after the second. */
const WORDS_OF_A_NAME = 8
/** Each takes a host of its own in the same program. */
const MOST_NAMES = 24
/** Where a co-signature names what was signed. */
const DIGEST_AT = 34
/** How long an attack waits for one answer. */
const ANSWER_MS = 5_000

/** What is signed once for all hostile peers. */
export type Arms = {
  readonly good: VerifiedObservation
  readonly foreign: VerifiedObservation
  /** A co-signature of a report that nobody has asked for. */
  readonly partial: Uint8Array
  /** Two by one registered reporter. */
  readonly pair: readonly [VerifiedObservation, VerifiedObservation]
  /** The place of that reporter. */
  readonly traitor: number
}

/** Signs them; the traitor is the reporter after the honest ones. */
export async function armsOf(honest: number): Promise<Arms> {
  const traitor = reporterKey(honest)
  const [first, second] = [await signedBy(traitor), await signedBy(traitor, { value: 7n })]
  const index = { reporterIndex: honest }
  return {
    good: await reportedBy(0),
    partial: (await cosignedBy(3, await requestedBy(0))).bytes,
    foreign: await signedBy(reporterKey(0), {}, { ...DOMAIN, chainId: DOMAIN.chainId + 1 }),
    pair: [
      { ...first, ...index },
      { ...second, ...index },
    ],
    traitor: honest,
  }
}

/** Whom they attack, and with what. */
export type Field = {
  readonly arms: Arms
  readonly stations: readonly Station[]
  readonly random: Random
  /** Another hostile peer, with a new key. */
  readonly recruit: () => Promise<Host>
  /** Pages of samples that each station gave to strangers, by its peer id. */
  readonly pages: Map<string, number>
}

/** Sends so many messages, or does what comes nearest; returns how many left. */
export async function attack(villain: Host, kind: Attack, messages: number, field: Field): Promise<number> {
  if (kind === 'slow-loris') return starve(villain)
  if (kind === 'not reading') return askForNothing(villain, messages)
  if (kind === 'asking') return askAndRead(villain, messages)
  if (kind === 'renaming') return rename(messages, field)
  if (kind === 'sampling') return sample(messages, field)
  if (kind === 'eclipse') return besiege(villain, field.stations)
  if (kind === 'censoring') return 0
  if (kind === 'equivocating') {
    const sent = await Promise.all(field.arms.pair.map(({ bytes }) => publish(villain, TOPICS.observation, bytes)))
    const [first] = field.arms.pair
    // Proof of nothing: the same twice.
    await publish(villain, TOPICS.evidence, encodeEvidence({ first, second: first }))
    return sent.length + 1
  }
  let sent = 0
  const count = kind === 'oversized' ? Math.min(messages / 16, MOST_OVERSIZED) : messages
  for (let i = 0; i < count; i += 1) {
    sent += await publish(villain, topicOf(kind), await messageOf(kind, i, field))
    if (kind === 'oversized') await untilSent(villain)
    // Others have their turn, as on machines of their own.
    if (i % 16 === 0) await wait(1)
  }
  return sent
}

function topicOf(kind: Attack): string {
  if (kind === 'calling') return TOPICS.presence
  return kind === 'proposing' ? TOPICS.report : TOPICS.observation
}

async function messageOf(kind: Attack, i: number, field: Field): Promise<Uint8Array> {
  if (kind === 'calling') return calling(i, field)
  return kind === 'proposing' ? proposing(i, field) : observing(kind, i, field)
}

/** That the traitor is there, each time in another way, and for fixings that may be announced any moment. */
async function calling(i: number, { arms, random }: Field): Promise<Uint8Array> {
  const fixingId = i % 2 === 0 ? UPCOMING_ID : randomId(random)
  const { bytes } = await presentBy(arms.traitor, { fixingId, sentAt: UPCOMING.maturity - 600n, clockOffset: i })
  return bytes
}

/** Reports that the traitor would have co-signed, each of another value, and co-signatures of reports that nobody has. */
async function proposing(i: number, { arms, random }: Field): Promise<Uint8Array> {
  if (i % 2 === 0) return (await requestedBy(arms.traitor, { value: BigInt(1 + i) }, 0b11111n, i & 3)).bytes
  const partial = arms.partial.slice()
  partial.set(hexToBytes(randomId(random)), DIGEST_AT)
  return partial
}

function randomId(random: Random): Hex {
  return bytesToHex(Uint8Array.from({ length: 32 }, () => random.below(256)))
}

function observing(kind: Attack, i: number, { arms, random }: Field): Uint8Array {
  const { bytes } = arms.good
  if (kind === 'oversized') return new Uint8Array(OVERSIZED).fill(i & 255, 0, 64)
  // The last byte of the data root: each message is another one, and none is refused for what it says.
  if (kind === 'wrong domain') return i === 0 ? arms.foreign.bytes : arms.foreign.bytes.with(129, i & 255)
  // What somebody else has said, and it again with a byte that changes its id.
  if (kind === 'replayed') return i % 2 === 0 ? bytes : Uint8Array.of(...bytes, i & 255, i >> 8)
  if (kind === 'malformed') return Uint8Array.from({ length: random.below(300) }, () => random.below(256))
  // Canonical, of a fixing that may be announced any moment or of one that is open: only the signature is nobody's.
  const junk = bytes.slice()
  for (let at = 130; at < 162; at += 1) junk[at] = random.below(256)
  junk[130] = random.below(128)
  if (i % 2 === 0)
    junk.set(
      Uint8Array.from({ length: 32 }, () => random.below(256)),
      2,
    )
  return junk
}

/** Waits a second at most until little is left to send: what the sender keeps is measured with what the others keep. */
async function untilSent(villain: Host): Promise<void> {
  const streams = (): Stream[] => villain.getConnections().flatMap((connection) => connection.streams)
  for (let i = 0; i < 100; i += 1) {
    if (streams().reduce((sum, { writeBufferLength }) => sum + writeBufferLength, 0) < OVERSIZED) return
    await wait(10)
  }
}

async function publish(villain: Host, topic: string, bytes: Uint8Array): Promise<number> {
  try {
    await villain.services.pubsub.publish(topic, bytes)
    return 1
  } catch {
    // Nobody listens to it any more.
    return 0
  }
}

/** Opens streams for sync and says half a word on each. */
async function starve(villain: Host): Promise<number> {
  let opened = 0
  for (const peer of villain.getPeers()) {
    for (let i = 0; i < LORIS_STREAMS; i += 1) {
      try {
        const stream = await villain.dialProtocol(peer, SYNC_PROTOCOL, { signal: AbortSignal.timeout(1_000) })
        stream.send(Uint8Array.of(0, 0))
        opened += 1
      } catch {
        break
      }
    }
  }
  return opened
}

/** Asks every peer for everything on as many streams as it serves, and reads none of it. */
async function askForNothing(villain: Host, messages: number): Promise<number> {
  const request = encodeMessage({
    kind: 'get',
    fixingId: FIXING_ID,
    reporters: Array.from({ length: 64 }, (_, i) => i),
  })
  const frame = Buffer.concat([Uint8Array.of(0, 0, 0, request.length), request])
  let sent = 0
  for (const peer of villain.getPeers()) {
    for (let i = 0; i < SYNC_STREAMS; i += 1) {
      try {
        const stream = await villain.dialProtocol(peer, SYNC_PROTOCOL, { signal: AbortSignal.timeout(1_000) })
        stream.pause()
        for (let n = 0; n < messages; n += 1) stream.send(frame)
        sent += messages
      } catch {
        break
      }
    }
  }
  return sent
}

/** Asks every peer for everything on as many streams as it serves, as fast as it answers. */
async function askAndRead(villain: Host, messages: number): Promise<number> {
  const request = encodeMessage({ kind: 'have?', fixingId: FIXING_ID })
  const asking = { protocol: SYNC_PROTOCOL, streams: SYNC_STREAMS, times: messages, next: () => request }
  return askAll(villain, asking, () => true)
}

/** Asks every peer for the samples of fixings that nobody has asked for before, without waiting at last, and that again under new keys. */
async function sample(messages: number, { random, recruit, stations, pages }: Field): Promise<number> {
  const isPage = (answer: Uint8Array, peer: PeerId): boolean => {
    if (answer.length <= EMPTY_PAGE) return false
    pages.set(peer.toString(), (pages.get(peer.toString()) ?? 0) + 1)
    return true
  }
  const next = (): Uint8Array =>
    Buffer.concat([hexToBytes(randomId(random)), hexToBytes(SAMPLES_ROOT), Buffer.alloc(4)])
  const times = Math.min(messages, PAGES_OF_A_NAME)
  const asking = { protocol: SAMPLES_PROTOCOL, streams: SAMPLES_STREAMS, times, next }
  let sent = 0
  for (let name = 0; name < NAMES_FOR_SAMPLES; name += 1) {
    const villain = await recruit()
    try {
      await acquaint(villain, stations)
      sent += await askAll(villain, asking, isPage)
      await askAndLeave(villain, asking)
    } finally {
      await villain.stop()
    }
  }
  return sent
}

type Asking = {
  readonly protocol: string
  readonly streams: number
  /** On each stream. */
  readonly times: number
  readonly next: () => Uint8Array
}

/** Asks every peer on so many streams, as fast as it answers; returns how many answers were `isOne`. */
async function askAll(
  villain: Host,
  asking: Asking,
  isOne: (answer: Uint8Array, peer: PeerId) => boolean,
): Promise<number> {
  const ask = async (peer: PeerId): Promise<number> => {
    let answers = 0
    try {
      const signal = AbortSignal.timeout(ANSWER_MS)
      const channel = openChannel(await villain.dialProtocol(peer, asking.protocol, { signal }))
      for (let asked = 0; asked < asking.times; asked += 1) {
        await channel.send(asking.next())
        const answer = await channel.receive(AbortSignal.timeout(ANSWER_MS))
        if (answer === undefined) break
        if (isOne(answer, peer)) answers += 1
      }
      await channel.close()
    } catch {
      // It has heard enough.
    }
    return answers
  }
  const streams = villain.getPeers().flatMap((peer) => Array.from({ length: asking.streams }, () => ask(peer)))
  return (await Promise.all(streams)).reduce((sum, one) => sum + one, 0)
}

/** Asks every peer so often, each time on a new stream that is reset before it is answered. */
async function askAndLeave(villain: Host, { protocol, times, next }: Asking): Promise<void> {
  const leave = async (peer: PeerId): Promise<void> => {
    for (let asked = 0; asked < times; asked += 1) {
      const signal = AbortSignal.timeout(ANSWER_MS)
      const channel = openChannel(await villain.dialProtocol(peer, protocol, { signal }))
      await channel.send(next())
      // What is reset at once is not even sent.
      await wait(1)
      channel.abort(new Error('not waiting'))
    }
  }
  await Promise.allSettled(villain.getPeers().map(leave))
}

/** A new key as soon as the old one is not listened to any more. */
async function rename(messages: number, field: Field): Promise<number> {
  let sent = 0
  for (let said = 0; said < Math.min(messages, MOST_NAMES * WORDS_OF_A_NAME); said += WORDS_OF_A_NAME) {
    const villain = await field.recruit()
    try {
      await acquaint(villain, field.stations)
      for (let i = 0; i < WORDS_OF_A_NAME; i += 1) {
        sent += await publish(villain, TOPICS.observation, observing('junk', said + i, field))
        await wait(1)
      }
    } finally {
      await villain.stop()
    }
  }
  return sent
}

/** Connects to everybody, and waits a little for somebody who would hear it. */
async function acquaint(villain: Host, stations: readonly Station[]): Promise<void> {
  const { pubsub } = villain.services
  const signal = AbortSignal.timeout(ANSWER_MS)
  await Promise.allSettled(stations.map(({ address }) => villain.dial(multiaddr(address), { signal })))
  while (!signal.aborted && pubsub.getSubscribers(TOPICS.observation).length === 0) await wait(10)
}

/** Connects to everybody, as often as they let it. */
async function besiege(villain: Host, stations: readonly Station[]): Promise<number> {
  const tries = stations.flatMap(({ address }) => [address, address, address])
  const results = await Promise.allSettled(
    tries.map((address) => villain.dial(multiaddr(address), { force: true, signal: AbortSignal.timeout(5_000) })),
  )
  return results.filter(({ status }) => status === 'fulfilled').length
}
