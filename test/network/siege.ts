import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { TopicValidatorResult } from '@libp2p/gossipsub'
import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../../node/clock.ts'
import { createHost, type Host } from '../../node/gossip/host.ts'
import { encodeEvidence } from '../../node/gossip/evidence.ts'
import type { VerifiedObservation } from '../../node/gossip/validate.ts'
import { SYNC_PROTOCOL } from '../../node/sync/sync.ts'
import type { Random } from '../model/random.ts'
import { DOMAIN, FIXING_ID, reportedBy, reporterKey, signedBy } from '../node/reporters.ts'
import { LOOPBACK, openStation, type Station, TOPICS } from './station.ts'
import { dialling } from './topology.ts'

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
] as const

export type Attack = (typeof ATTACKS)[number]

/** How a siege ended. */
export type Outcome = {
  /** Observations of honest reporters that every honest node holds, and how many there should be. */
  readonly delivered: number
  readonly expected: number
  /** Honest nodes that hold anything that nobody honest, and no equivocator, has signed. */
  readonly deceived: number
  /** Honest nodes that hold a proof against the equivocator. */
  readonly warned: number
  /** Messages that hostile peers have sent. */
  readonly sent: number
  /** How often each verdict was given, at all honest nodes. */
  readonly verdicts: ReadonlyMap<string, number>
  /** Of the whole program, megabytes: before the attack, and at most. */
  readonly memoryMb: { readonly before: number; readonly most: number }
}

export type SiegeOptions = {
  readonly honest: number
  /** One hostile peer for each. */
  readonly attacks: readonly Attack[]
  /** Messages of each hostile peer, before and after the honest ones speak. */
  readonly messages: number
  readonly random: Random
}

const DIALS = 5
const SETTLE_MS = 3_000
const POLL_MS = 50
/** Honest deliveries that take longer are lost. */
const PATIENCE_MS = 90_000
const MEGABYTE = 2 ** 20
/** gossipsub's own limit on a message is half of it. */
const OVERSIZED = 1_048_576
const LORIS_STREAMS = 16

/**
 * Honest nodes and hostile peers on one graph: the hostile ones attack, every honest reporter observes, and they attack on. All are
 * in one program over real TCP on loopback.
 */
export async function siege({ honest, attacks, messages, random }: SiegeOptions): Promise<Outcome> {
  const count = honest + attacks.length
  const observations = await Promise.all(Array.from({ length: honest }, (_, i) => reportedBy(i)))
  // The equivocator is a registered reporter, too.
  const indexOf = new Map(Array.from({ length: honest + 1 }, (_, i) => [reporterKey(i).address.toLowerCase(), i]))
  const stations: Station[] = []
  const villains: Host[] = []
  try {
    for (let i = 0; i < honest; i += 1)
      stations.push(await openStation({ indexOf, held: new Map([[FIXING_ID, []]]), schedule: SYNC }))
    for (const _ of attacks) villains.push(await openVillain())
    await join(stations, villains, dialling(count, DIALS, random))
    const before = residentMb()
    const meter = { most: before }
    const watching = new AbortController()
    void watchMemory(meter, watching.signal)
    const arms = await armsOf(honest)
    const assault = async (): Promise<number> => {
      const sent = await Promise.all(
        villains.map((villain, i) => attack(villain, attacks[i] ?? 'malformed', messages, { arms, stations, random })),
      )
      return sent.reduce((sum, one) => sum + one, 0)
    }
    const first = assault()
    for (const [i, station] of stations.entries()) {
      const own = observations[i]
      if (own !== undefined) station.say(own)
    }
    const sent = (await first) + (await assault())
    await until(() => deliveredTo(stations, observations) === honest * honest && isProven(stations, attacks))
    watching.abort()
    return outcomeOf(stations, observations, { sent, memoryMb: { before, most: Math.max(meter.most, residentMb()) } })
  } finally {
    await Promise.all([
      ...stations.map((station) => station.stop()),
      ...villains.map(async (villain) => villain.stop()),
    ])
  }
}

/** Soon and often, as after a maturity. */
const SYNC = { afterMs: [2_000, 5_000], everyMs: 5_000 }

function outcomeOf(
  stations: readonly Station[],
  observations: readonly VerifiedObservation[],
  rest: Pick<Outcome, 'sent' | 'memoryMb'>,
): Outcome {
  const verdicts = new Map<string, number>()
  for (const { network } of stations) {
    for (const [code, times] of network.intake.counts) verdicts.set(code, (verdicts.get(code) ?? 0) + times)
  }
  const honest = observations.length
  const isStrange = ({ held }: Station): boolean =>
    (held.get(FIXING_ID) ?? []).some(({ reporterIndex }) => reporterIndex > honest)
  const signatures = new Set(observations.map(({ signed }) => signed.signature.r))
  const isFalse = ({ held }: Station): boolean =>
    (held.get(FIXING_ID) ?? []).some(
      ({ reporterIndex, signed }) => reporterIndex < honest && !signatures.has(signed.signature.r),
    )
  return {
    delivered: deliveredTo(stations, observations),
    expected: honest * honest,
    deceived: stations.filter((station) => isStrange(station) || isFalse(station)).length,
    warned: stations.filter(({ proofs }) => proofs.some(({ first }) => first.reporterIndex === honest)).length,
    verdicts,
    ...rest,
  }
}

/** How many of the observations the stations hold, all together. */
function deliveredTo(stations: readonly Station[], observations: readonly VerifiedObservation[]): number {
  const wanted = new Set(observations.map(({ signed }) => signed.signature.r))
  return stations.reduce((sum, { held }) => {
    const found = new Set((held.get(FIXING_ID) ?? []).map(({ signed }) => signed.signature.r))
    return sum + [...wanted].filter((r) => found.has(r)).length
  }, 0)
}

function isProven(stations: readonly Station[], attacks: readonly Attack[]): boolean {
  return !attacks.includes('equivocating') || stations.every(({ proofs }) => proofs.length > 0)
}

async function until(isDone: () => boolean): Promise<void> {
  for (const start = performance.now(); performance.now() - start < PATIENCE_MS; await wait(POLL_MS)) {
    if (isDone()) return
  }
}

/** A libp2p host that relays nothing: what others say ends with it. */
async function openVillain(): Promise<Host> {
  const host = await createHost({
    clock: systemClock(),
    privateKey: await generateKeyPair('Ed25519'),
    listen: LOOPBACK,
    topics: TOPICS,
    isRegistered: () => false,
    isQuarantined: () => false,
    test: true,
  })
  const topics = Object.values(TOPICS)
  for (const topic of topics) host.services.pubsub.topicValidators.set(topic, () => TopicValidatorResult.Ignore)
  await host.start()
  for (const topic of topics) host.services.pubsub.subscribe(topic)
  return host
}

async function join(
  stations: readonly Station[],
  villains: readonly Host[],
  graph: readonly (readonly number[])[],
): Promise<void> {
  const honest = stations.length
  const addressOf = (i: number): string =>
    stations[i]?.address ?? villains[i - honest]?.getMultiaddrs()[0]?.toString() ?? ''
  for (const [i, others] of graph.entries()) {
    for (const other of others) {
      if (i < honest) stations[i]?.network.peers.add(addressOf(other))
      else await villains[i - honest]?.dial(multiaddr(addressOf(other))).catch(() => undefined)
    }
  }
  await until(() => stations.every(({ network }) => network.peers.connected >= DIALS))
  await wait(SETTLE_MS)
}

/** What is signed once for all hostile peers. */
type Arms = {
  readonly good: VerifiedObservation
  readonly foreign: VerifiedObservation
  /** Two by one registered reporter. */
  readonly pair: readonly [VerifiedObservation, VerifiedObservation]
}

async function armsOf(honest: number): Promise<Arms> {
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

type Field = { readonly arms: Arms; readonly stations: readonly Station[]; readonly random: Random }

/** Sends so many messages, or does what comes nearest; returns how many left. */
async function attack(villain: Host, kind: Attack, messages: number, field: Field): Promise<number> {
  if (kind === 'slow-loris') return starve(villain)
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
  // The sender, in the same program, keeps what it sent for a while.
  const count = kind === 'oversized' ? messages / 16 : messages
  for (let i = 0; i < count; i += 1) {
    const bytes = messageOf(kind, i, field)
    sent += await publish(villain, TOPICS.observation, bytes)
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

/** Connects to everybody, as often as they let it. */
async function besiege(villain: Host, stations: readonly Station[]): Promise<number> {
  const tries = stations.flatMap(({ address }) => [address, address, address])
  const results = await Promise.allSettled(
    tries.map((address) => villain.dial(multiaddr(address), { force: true, signal: AbortSignal.timeout(5_000) })),
  )
  return results.filter(({ status }) => status === 'fulfilled').length
}

async function watchMemory(meter: { most: number }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    meter.most = Math.max(meter.most, residentMb())
    await wait(POLL_MS)
  }
}

function residentMb(): number {
  return process.memoryUsage().rss / MEGABYTE
}
