import type { Connection, PrivateKey } from '@libp2p/interface'
import type { Hex } from 'viem'
import type { SampleLeaf } from '#protocol/samples.ts'
import { WIRE_KIND } from '#protocol/wire.ts'
import type { Clock } from '../clock.ts'
import { createPartialVerifier } from '../gossip/batch.ts'
import type { CosigningContext, VerifiedPartial, VerifiedRequest } from '../gossip/cosigning.ts'
import { encodeEvidence, type Evidence } from '../gossip/evidence.ts'
import { dropPeer, joinTopics, meshPeers, subscribe } from '../gossip/gossip.ts'
import { callerOf, type ConnectionLimits } from '../gossip/admission.ts'
import type { DiscoveryOptions, Host } from '../gossip/host.ts'
import { createIntake, type Intake, type IntakeStore } from '../gossip/intake.ts'
import { createOutbox } from '../gossip/outbox.ts'
import { createParking } from '../gossip/parking.ts'
import type { RelayOptions } from '../gossip/relay.ts'
import type { PresenceContext, VerifiedPresence } from '../gossip/presence.ts'
import { createQuarantine } from '../gossip/quarantine.ts'
import { createTokenBuckets } from '../gossip/token-bucket.ts'
import { topicsOf } from '../gossip/topics.ts'
import type { ValidatorContext, VerifiedObservation } from '../gossip/validate.ts'
import type { Verification } from '../ground/verify/verification.ts'
import type { Log } from '../log.ts'
import type { TakeToken } from '../sync/channel.ts'
import { askSamples, SAMPLES_PROTOCOL, type SamplesKey, type SamplesSource, serveSamples } from '../sync/samples.ts'
import { startSync, type Sync } from '../sync/sync.ts'
import { bytesOfPeer, gatherCompany, type KnownPeers } from './network-host.ts'
import { isStoreGone } from './look-failure.ts'
import { syncSource } from './network-sync.ts'
import { type ServingTokens, servingTokens } from './serving-tokens.ts'

/** What judging messages needs to know. */
type Context = ValidatorContext & CosigningContext & PresenceContext

/** What a node's part of the network is made of. */
export type NetworkComponents = {
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  readonly privateKey: PrivateKey
  readonly store: IntakeStore
  /** Without the tokens, which the network counts. */
  readonly context: Omit<Context, 'takeToken' | 'takePartialToken' | 'takePresenceToken' | 'recoverKey'>
  /** By which code signatures are verified. */
  readonly verification: Verification
  /** Matured fixings that are not settled. */
  readonly openFixings: () => readonly Hex[]
  /** Whether a reporter registered this binary peer id. */
  readonly isRegistered: (peerId: Hex) => boolean
  /** The binary peer ids that reporters registered, to be looked for; by default none is. */
  readonly registered?: () => Iterable<Hex>
  readonly onEvidence: (evidence: Evidence) => void
  /** The raw samples of the own observation, for peers who ask why theirs differs. */
  readonly samples: SamplesSource
}

/** How the network behaves. */
export type NetworkOptions = {
  readonly deployment: { readonly chainId: number; readonly oracle: Hex }
  readonly listen: readonly string[]
  /** Where others can call this node, beside where it listens: multiaddrs. */
  readonly announce?: readonly string[]
  readonly bootstrap: readonly string[]
  readonly test: boolean
  /** The file in which it is kept where peers were reached; by default nothing is kept. */
  readonly addressBook?: string | undefined
  readonly limits?: ConnectionLimits
  readonly discovery?: DiscoveryOptions
  readonly relay?: RelayOptions
  readonly schedule: { readonly afterMs: readonly number[]; readonly everyMs: number }
}

/** The node among its peers. */
export interface Network {
  readonly peerId: string
  /** Where it can be called; those through relays are added once a relay has a place for it. */
  readonly multiaddrs: readonly string[]
  readonly peers: KnownPeers
  readonly intake: Intake
  readonly sync: Pick<Sync, 'now' | 'open'>
  /** Sends to at least one peer, to `wantedPeers` if they come soon; kept until it could, the fixing is closed, or the node stops. */
  publish(observation: VerifiedObservation, wantedPeers: number): void
  /** The same for a call for co-signatures, in place of the one before it that still waits. */
  publishRequest(request: VerifiedRequest, wantedPeers: number): void
  /** The same for this reporter's part of a co-signature: each proposer asks for one of its own. */
  publishPartial(partial: VerifiedPartial, wantedPeers: number): void
  /** The same for what this reporter says of itself before a maturity; given up when `until` aborts. */
  publishPresence(presence: Pick<VerifiedPresence, 'signed' | 'bytes'>, wantedPeers: number, until: AbortSignal): void
  /** The fixing is settled: nothing of it is fetched or sent any more. */
  close(fixingId: Hex): void
  /** Peers in the mesh of the observation topic. */
  meshPeers(): number
  /** Requests of peers that had to wait for their turn, by protocol; with reporters count peers that the operator named. */
  waited(): readonly (readonly [protocol: 'sync' | 'samples', from: 'strangers' | 'reporters', count: number])[]
  /** The raw samples of an observation, from the first peer that has them, verified; undefined if none of them has. */
  samples(key: SamplesKey, maxLeaves: number): Promise<readonly SampleLeaf[] | undefined>
  stop(): Promise<void>
}

const MESSAGE_RATE = { capacity: 1_024, perSecond: 256 }
/** Two full rosters of 180 at once; what a peer relays more slowly than others needs none. */
const PARTIAL_RATE = { capacity: 360, perSecond: 36 }
/** Of fixings that are not known yet: two of each of 180 reporters at once. */
const PRESENCE_RATE = { capacity: 512, perSecond: 64 }
/** Signatures of unknown fixings that all peers which no reporter registered may have verified: in JavaScript a twentieth of a core. */
const STRANGERS_RATE = { capacity: 256, perSecond: 32 }
/** Of one peer, and of all strangers together: at most 2 MB a second. */
const SYNC_RATE = { capacity: 512, perSecond: 64 }
/** Of both, too. A page of 100 leaves each: all that the largest document has at once, and all again after 15 seconds. */
const SAMPLES_RATE = { capacity: 128, perSecond: 8 }
const SAMPLES_STREAMS = { maxInboundStreams: 2, maxOutboundStreams: 2, runOnLimitedConnection: true }
const SAMPLES_PEERS = 16
/**
 * The 117 pages of the largest document, without a token left at the start: at half a second each from afar, also if others at one more
 * address ask for all they can; one page has five seconds.
 */
const SAMPLES_TIMEOUT_MS = 60_000
/** All peers together, so that who asked still waits for the answer. */
const SAMPLES_SEARCH_MS = 240_000
/** Room for what cannot be judged yet: of full rosters, and a part of it for each peer. Requests come singly. */
const ROOMS = {
  observation: { maxTotal: 4_096, maxPerPeer: 512 },
  request: { maxTotal: 512, maxPerPeer: 64 },
  partial: { maxTotal: 2_048, maxPerPeer: 256 },
  presence: { maxTotal: 1_024, maxPerPeer: 128 },
}
const MAX_PEERS = 4_096
/** How long a partial signature waits for others to be verified with. */
const BATCH_MS = 25

/** Starts libp2p, gossip and sync, in that order of dependence. Throws {@link ListenError}. */
export async function joinNetwork(components: NetworkComponents, options: NetworkOptions): Promise<Network> {
  const { clock, log, signal, store } = components
  const topics = topicsOf(options.deployment)
  const quarantine = createQuarantine(MAX_PEERS)
  const isQuarantined = (peer: string): boolean => quarantine.has(peer, clock.monotonicMs())
  const company = await gatherCompany(components, options, topics, isQuarantined)
  const { host } = company
  const tokens = createTokenBuckets(MESSAGE_RATE, MAX_PEERS)
  const partialTokens = createTokenBuckets(PARTIAL_RATE, MAX_PEERS)
  const strangerTokens = createTokenBuckets(STRANGERS_RATE, 1)
  const presenceTokens = createTokenBuckets(PRESENCE_RATE, MAX_PEERS)
  const context: Context = {
    ...components.context,
    recoverKey: components.verification.ecdsa.recoverKey,
    takeToken: (peer) => tokens.take(peer, clock.monotonicMs()),
    takePartialToken: (peer) => partialTokens.take(peer, clock.monotonicMs()),
    takePresenceToken: (peer) => presenceTokens.take(peer, clock.monotonicMs()),
  }
  const background = inBackground(log, signal)
  const outbox = createOutbox({ pubsub: host.services.pubsub, topics, clock, log, signal })
  const intake = createIntake({
    context,
    store: {
      ...store,
      addRequest(request) {
        store.addRequest(request)
        // Signatures of a report may come before the call for them.
        background('judging what was parked', intake.recheck())
      },
    },
    verifyPartial: createPartialVerifier({
      pause: () => clock.sleep(BATCH_MS, signal),
      isQuarantined,
      condemn: (peer) => quarantine.condemn(peer, clock.monotonicMs()),
      expand: components.verification.bls.expand,
      areSigned: components.verification.bls.areSigned,
    }),
    rooms: {
      observation: createParking(ROOMS.observation),
      request: createParking(ROOMS.request),
      partial: createParking(ROOMS.partial),
      presence: createParking(ROOMS.presence),
    },
    quarantine,
    strangers: {
      // Before the registry was read everybody would be one, and what they bring by nobody known.
      has: (peer) => hasAny(components.registered?.() ?? []) && !components.isRegistered(bytesOfPeer(peer)),
      takeToken: () => strangerTokens.take('all', clock.monotonicMs()),
    },
    giveBack: (peer, of) => (of === 'partial' ? partialTokens : tokens).giveBack(peer),
    clock,
    log,
    onQuarantined: (peer) => background('disconnecting a peer', dropPeer(host, peer)),
    onEvidence: (evidence, isRelayed) => {
      components.onEvidence(evidence)
      if (isRelayed) return
      const { signed, reporterIndex } = evidence.first
      const subject = `evidence ${reporterIndex}`
      const bytes = encodeEvidence(evidence)
      outbox.put({ topic: 'evidence', fixingId: signed.fixingId, subject, bytes, wantedPeers: 1 })
    },
  })
  joinTopics(host, topics, intake)
  const serving = { maxPeers: MAX_PEERS, isPreferred: company.isPreferred, clock, signal }
  const syncTokens = servingTokens({ ...serving, rate: SYNC_RATE })
  const sampleTokens = servingTokens({ ...serving, rate: SAMPLES_RATE })
  const sync = await startSync({
    host,
    source: syncSource(components, topics),
    clock,
    log,
    signal,
    schedule: options.schedule,
    admit: (peer, bytes) =>
      bytes[1] === WIRE_KIND.observation
        ? intake.observation(peer, topics.observation, bytes)
        : intake.report(peer, topics.report, bytes),
    tokensOf: (connection) => tokensOf(syncTokens, connection),
    isReporter: (peer) => components.isRegistered(bytesOfPeer(peer)),
    random: Math.random,
  })
  await host.handle(
    SAMPLES_PROTOCOL,
    (stream, connection) => {
      const peer = connection.remotePeer.toString()
      serveSamples(stream, components.samples, tokensOf(sampleTokens, connection), signal).catch((error: unknown) => {
        const isOurs = isStoreGone(error) && !signal.aborted
        if (isOurs) log.warn({ err: error }, 'the samples that a peer asked for cannot be read')
        // Strangers ask, and do it wrongly as often as they like: nothing for the operator.
        else log.debug({ err: error, peer }, 'ended the samples that a peer asked for')
      })
    },
    SAMPLES_STREAMS,
  )
  const peers = await company.start()
  subscribe(host, topics)
  return {
    peerId: host.peerId.toString(),
    get multiaddrs() {
      return host.getMultiaddrs().map((address) => address.toString())
    },
    peers,
    intake,
    sync,
    publish: ({ signed: { fixingId }, bytes }, wantedPeers) =>
      outbox.put({ topic: 'observation', fixingId, subject: 'observation', bytes, wantedPeers }),
    publishRequest: ({ report: { fixingId }, bytes }, wantedPeers) =>
      outbox.put({ topic: 'report', fixingId, subject: 'request', bytes, wantedPeers }),
    publishPartial: ({ fixingId, digest, bytes }, wantedPeers) =>
      outbox.put({ topic: 'report', fixingId, subject: `partial ${digest}`, bytes, wantedPeers }),
    publishPresence: ({ signed: { fixingId }, bytes }, wantedPeers, until) =>
      outbox.put({ topic: 'presence', fixingId, subject: 'presence', bytes, wantedPeers, until }),
    close(fixingId) {
      sync.close(fixingId)
      outbox.forget(fixingId)
    },
    meshPeers: () => meshPeers(host, topics.observation),
    waited: () => [
      ['sync', 'strangers', syncTokens.waited.strangers],
      ['sync', 'reporters', syncTokens.waited.reporters],
      ['samples', 'strangers', sampleTokens.waited.strangers],
      ['samples', 'reporters', sampleTokens.waited.reporters],
    ],
    samples: (key, maxLeaves) => findSamples(host, key, maxLeaves, components),
    stop: () => company.stop(),
  }
}

function hasAny(items: Iterable<unknown>): boolean {
  return items[Symbol.iterator]().next().done !== true
}

/** Whoever calls through a relay shares a turn with all who do: behind one address there is nobody else to be told apart by. */
function tokensOf(tokens: ServingTokens, connection: Pick<Connection, 'remotePeer' | 'remoteAddr'>): TakeToken {
  return tokens.of(connection.remotePeer.toString(), callerOf(connection) ?? 'relayed')
}

/** One peer after the other: whoever signed it has them, others may not. */
async function findSamples(
  host: Host,
  key: SamplesKey,
  maxLeaves: number,
  { log, signal }: NetworkComponents,
): Promise<readonly SampleLeaf[] | undefined> {
  const search = AbortSignal.any([signal, AbortSignal.timeout(SAMPLES_SEARCH_MS)])
  for (const peer of host.getPeers().slice(0, SAMPLES_PEERS)) {
    if (search.aborted) break
    try {
      const until = AbortSignal.any([search, AbortSignal.timeout(SAMPLES_TIMEOUT_MS)])
      const stream = await host.dialProtocol(peer, SAMPLES_PROTOCOL, { signal: until, runOnLimitedConnection: true })
      const leaves = await askSamples(stream, key, maxLeaves, until)
      if (leaves !== undefined) return leaves
    } catch (error) {
      signal.throwIfAborted()
      log.debug({ err: error, peer: peer.toString() }, 'a peer gave no samples')
    }
  }
  return undefined
}

function inBackground(log: Log, signal: AbortSignal): (what: string, work: Promise<unknown>) => void {
  return (what, work) => {
    work.catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, `${what} failed`)
    })
  }
}
