import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { TopicValidatorResult } from '@libp2p/gossipsub'
import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../../node/clock.ts'
import { createHost, type Host } from '../../node/gossip/host.ts'
import type { VerifiedObservation } from '../../node/gossip/validate.ts'
import type { Random } from '../model/random.ts'
import { FIXING_ID, reportedBy, reporterKey } from '../node/reporters.ts'
import { AHEAD, type Attack, armsOf, attack } from './attack.ts'
import { LOOPBACK, openStation, type Station, TOPICS } from './station.ts'
import { dialling } from './topology.ts'

/** How a siege ended. */
export type Outcome = {
  /** Observations of honest reporters that every honest node holds, and how many there should be. */
  readonly delivered: number
  readonly expected: number
  /** Honest nodes that hold anything that nobody honest, and no equivocator, has signed. */
  readonly deceived: number
  /** Honest nodes that hold a proof against the equivocator. */
  readonly warned: number
  /** What each kind of hostile peer has sent, from before the honest ones speak on: messages, streams or connections. */
  readonly sent: ReadonlyMap<Attack, number>
  /** How often each verdict was given, at all honest nodes. */
  readonly verdicts: ReadonlyMap<string, number>
  /** Why honest nodes refused what a hostile peer of the kind itself brought. */
  readonly refused: ReadonlyMap<Attack, ReadonlySet<string>>
  /** Pages of samples that the honest node gave to strangers which gave most, and how long it was asked for them. */
  readonly samples: { readonly pages: number; readonly seconds: number }
  /** Of the whole program, megabytes: before the attack, and at most. */
  readonly memoryMb: { readonly before: number; readonly most: number }
}

/** Any of these is why honest nodes refuse what such a peer itself brings: others are refused for the same. */
const REFUSALS: { readonly [K in Attack]?: readonly string[] } = {
  malformed: ['length'],
  replayed: ['length'],
  'wrong domain': ['not-a-reporter'],
  junk: ['unrecoverable-signature', 'not-a-reporter'],
  renaming: ['unrecoverable-signature', 'not-a-reporter'],
}
/** A verdict of honest nodes that no other attack brings about. */
const MARKS: { readonly [K in Attack]?: string } = {
  equivocating: 'conflict',
  calling: 'heard',
  proposing: 'unknown-request',
}

/** Attacks that did not happen, or that no honest node has noticed: a siege with any of them shows nothing. */
export function unheard(
  attacks: readonly Attack[],
  { sent, verdicts, refused }: Pick<Outcome, 'sent' | 'verdicts' | 'refused'>,
): Attack[] {
  return attacks.filter((kind) => {
    // It is there, and says nothing.
    if (kind === 'censoring') return false
    const { [kind]: codes } = REFUSALS
    const isRefused = codes?.some((code) => refused.get(kind)?.has(code)) ?? true
    const mark = MARKS[kind]
    return (sent.get(kind) ?? 0) === 0 || !isRefused || (mark !== undefined && (verdicts.get(mark) ?? 0) === 0)
  })
}

/** Pages of samples that a node gives to all strangers in that time, at most. */
export function mostPages({ samples }: Pick<Outcome, 'samples'>): number {
  return 128 + 8 * samples.seconds
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
const PATIENCE_MS = 300_000
/** An attack that nobody has noticed by then is made again: on a busy machine nothing of it may get through. */
const AGAIN_MS = 10_000
const MEGABYTE = 2 ** 20

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
  const refused = new Map<Attack, Set<string>>(attacks.map((kind) => [kind, new Set()]))
  const kindOf = new Map<string, Attack>()
  const recruit = async (kind: Attack): Promise<Host> => {
    const villain = await openVillain()
    kindOf.set(villain.peerId.toString(), kind)
    return villain
  }
  const onRefused = (peer: string, code: string): void => {
    const kind = kindOf.get(peer)
    if (kind !== undefined) refused.get(kind)?.add(code)
  }
  try {
    const options = { indexOf, held: new Map([[FIXING_ID, []]]), ahead: AHEAD, schedule: SYNC, onRefused }
    for (let i = 0; i < honest; i += 1) stations.push(await openStation(options))
    for (const kind of attacks) villains.push(await recruit(kind))
    await join(stations, villains, dialling(count, DIALS, random))
    const before = residentMb()
    const meter = { most: before }
    const watching = new AbortController()
    void watchMemory(meter, watching.signal)
    const arms = await armsOf(honest)
    const sent = new Map<Attack, number>()
    const pages = new Map<string, number>()
    const startedMs = performance.now()
    const assault = async (kinds = attacks): Promise<void> => {
      const field = { arms, stations, random, recruit: () => recruit('renaming'), pages }
      await Promise.all(
        kinds.map(async (kind) => {
          const villain = villains[attacks.indexOf(kind)]
          if (villain === undefined) throw new Error(`Expected a hostile peer for ${kind}, got none.`)
          const more = await attack(villain, kind, messages, field)
          sent.set(kind, (sent.get(kind) ?? 0) + more)
        }),
      )
    }
    const first = assault()
    for (const [i, station] of stations.entries()) {
      const own = observations[i]
      if (own !== undefined) station.say(own)
    }
    await first
    await assault()
    const unnoticed = (): Attack[] => unheard(attacks, { sent, refused, verdicts: verdictsOf(stations) })
    const isOver = (): boolean =>
      deliveredTo(stations, observations) === honest * honest && isProven(stations, attacks) && unnoticed().length === 0
    for (const start = performance.now(); performance.now() - start < PATIENCE_MS && !isOver();) {
      await until(isOver, AGAIN_MS)
      await assault(unnoticed())
    }
    watching.abort()
    const memoryMb = { before, most: Math.max(meter.most, residentMb()) }
    const samples = { pages: Math.max(0, ...pages.values()), seconds: (performance.now() - startedMs) / 1_000 }
    return outcomeOf(stations, observations, { sent, refused, samples, memoryMb })
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
  rest: Pick<Outcome, 'sent' | 'refused' | 'samples' | 'memoryMb'>,
): Outcome {
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
    verdicts: verdictsOf(stations),
    ...rest,
  }
}

function verdictsOf(stations: readonly Station[]): Map<string, number> {
  const verdicts = new Map<string, number>()
  for (const { network } of stations) {
    for (const [code, times] of network.intake.counts) verdicts.set(code, (verdicts.get(code) ?? 0) + times)
  }
  return verdicts
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

async function until(isDone: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
  for (const start = performance.now(); performance.now() - start < patienceMs; await wait(POLL_MS)) {
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
  // Whom the graph leaves among its own kind alone attacks nobody.
  for (const [i, villain] of villains.entries()) {
    await villain.dial(multiaddr(addressOf(i % honest))).catch(() => undefined)
  }
  await until(() => stations.every(({ network }) => network.peers.connected >= DIALS))
  await wait(SETTLE_MS)
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
