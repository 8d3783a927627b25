import { TopicValidatorResult } from '@libp2p/gossipsub'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Clock } from '../clock.ts'
import type { Host } from './host.ts'
import type { Intake, Taken } from './intake.ts'
import { publishToEnough } from './publish.ts'
import type { Topics } from './topics.ts'

/** Carries messages between this node and its mesh. */
export interface Gossip {
  /** Sends an observation to at least one peer, to `wantedPeers` if they come soon. Waits for company. */
  publishObservation(bytes: Uint8Array, wantedPeers: number, signal: AbortSignal): Promise<number>
  /** The same for a request for co-signatures, or a partial signature. */
  publishReport(bytes: Uint8Array, wantedPeers: number, signal: AbortSignal): Promise<number>
  /** The same for what this reporter says of itself before a maturity. */
  publishPresence(bytes: Uint8Array, wantedPeers: number, signal: AbortSignal): Promise<number>
  /** The same for a proof of equivocation. */
  publishEvidence(bytes: Uint8Array, signal: AbortSignal): Promise<number>
}

const PATIENCE_MS = 5_000

const RESULT: Readonly<Record<Taken, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  throttled: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

/** Sets the validators, then subscribes; call before the host starts. */
export function joinTopics(host: Host, topics: Topics, intake: Intake, clock: Clock): Gossip {
  const { pubsub } = host.services
  pubsub.topicValidators.set(
    topics.observation,
    async (peer, { topic, data }) => RESULT[await intake.observation(peer.toString(), topic, data)],
  )
  pubsub.topicValidators.set(
    topics.evidence,
    async (peer, { data }) => RESULT[await intake.evidence(peer.toString(), data)],
  )
  pubsub.topicValidators.set(
    topics.report,
    async (peer, { topic, data }) => RESULT[await intake.report(peer.toString(), topic, data)],
  )
  pubsub.topicValidators.set(
    topics.presence,
    async (peer, { topic, data }) => RESULT[await intake.presence(peer.toString(), topic, data)],
  )
  return {
    publishReport: (bytes, wantedPeers, signal) =>
      publishToEnough(pubsub, topics.report, bytes, { wantedPeers, patienceMs: PATIENCE_MS, clock, signal }),
    publishObservation: (bytes, wantedPeers, signal) =>
      publishToEnough(pubsub, topics.observation, bytes, { wantedPeers, patienceMs: PATIENCE_MS, clock, signal }),
    publishPresence: (bytes, wantedPeers, signal) =>
      publishToEnough(pubsub, topics.presence, bytes, { wantedPeers, patienceMs: PATIENCE_MS, clock, signal }),
    publishEvidence: (bytes, signal) =>
      publishToEnough(pubsub, topics.evidence, bytes, { wantedPeers: 1, patienceMs: 0, clock, signal }),
  }
}

/** Subscribes to what this node understands; gossipsub must have started. */
export function subscribe(host: Host, topics: Topics): void {
  host.services.pubsub.subscribe(topics.observation)
  host.services.pubsub.subscribe(topics.evidence)
  host.services.pubsub.subscribe(topics.report)
  host.services.pubsub.subscribe(topics.presence)
}

/** Closes every connection to the peer; the host's gater keeps it away. */
export async function dropPeer(host: Host, peer: string): Promise<void> {
  await host.hangUp(peerIdFromString(peer))
}

/** Peers in the mesh of a topic: those that messages are pushed to, and that push theirs. */
export function meshPeers(host: Host, topic: string): number {
  const { pubsub } = host.services
  return hasMesh(pubsub) ? pubsub.getMeshPeers(topic).length : 0
}

/** gossipsub's class has more than the interface that its package publishes. */
function hasMesh(pubsub: object): pubsub is { getMeshPeers(topic: string): readonly string[] } {
  return 'getMeshPeers' in pubsub && typeof pubsub.getMeshPeers === 'function'
}
