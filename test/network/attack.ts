import { setTimeout as wait } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { encodeEvidence } from '../../node/gossip/evidence.ts'
import type { Host } from '../../node/gossip/host.ts'
import type { VerifiedObservation } from '../../node/gossip/validate.ts'
import { encodeMessage } from '../../node/sync/messages.ts'
import { SYNC_PROTOCOL } from '../../node/sync/sync.ts'
import type { Random } from '../model/random.ts'
import { DOMAIN, FIXING_ID, reportedBy, reporterKey, signedBy } from '../node/reporters.ts'
import { type Station, TOPICS } from './station.ts'

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
] as const

export type Attack = (typeof ATTACKS)[number]

/** gossipsub's own limit on a message is half of it. */
const OVERSIZED = 1_048_576
/** The sender, in the same program, keeps what it sent for two minutes; after the second nobody listens to it. */
const MOST_OVERSIZED = 64
const LORIS_STREAMS = 16
/** A node serves so many at once for one peer. */
const SYNC_STREAMS = 4

/** What is signed once for all hostile peers. */
export type Arms = {
  readonly good: VerifiedObservation
  readonly foreign: VerifiedObservation
  /** Two by one registered reporter. */
  readonly pair: readonly [VerifiedObservation, VerifiedObservation]
}

/** Signs them; the traitor is the reporter after the honest ones. */
export async function armsOf(honest: number): Promise<Arms> {
  const traitor = reporterKey(honest)
  const [first, second] = [await signedBy(traitor), await signedBy(traitor, { value: 7n })]
  const index = { reporterIndex: honest }
  return {
    good: await reportedBy(0),
    foreign: await signedBy(reporterKey(0), {}, { ...DOMAIN, chainId: DOMAIN.chainId + 1 }),
    pair: [
      { ...first, ...index },
      { ...second, ...index },
    ],
  }
}

/** Whom they attack, and with what. */
export type Field = { readonly arms: Arms; readonly stations: readonly Station[]; readonly random: Random }

/** Sends so many messages, or does what comes nearest; returns how many left. */
export async function attack(villain: Host, kind: Attack, messages: number, field: Field): Promise<number> {
  if (kind === 'slow-loris') return starve(villain)
  if (kind === 'not reading') return askForNothing(villain, messages)
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
    const bytes = messageOf(kind, i, field)
    sent += await publish(villain, TOPICS.observation, bytes)
    if (kind === 'oversized') await untilSent(villain)
    // Others have their turn, as on machines of their own.
    if (i % 16 === 0) await wait(1)
  }
  return sent
}

function messageOf(kind: Attack, i: number, { arms, random }: Field): Uint8Array {
  const { bytes } = arms.good
  if (kind === 'oversized') return new Uint8Array(OVERSIZED).fill(i & 255, 0, 64)
  if (kind === 'wrong domain') return arms.foreign.bytes.with(97, i & 255)
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

/** Connects to everybody, as often as they let it. */
async function besiege(villain: Host, stations: readonly Station[]): Promise<number> {
  const tries = stations.flatMap(({ address }) => [address, address, address])
  const results = await Promise.allSettled(
    tries.map((address) => villain.dial(multiaddr(address), { force: true, signal: AbortSignal.timeout(5_000) })),
  )
  return results.filter(({ status }) => status === 'fulfilled').length
}
