import { TopicValidatorResult } from '@libp2p/gossipsub'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Host } from './host.ts'
import type { Intake, Taken } from './intake.ts'
import type { Topics } from './topics.ts'

const RESULT: Readonly<Record<Taken, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  throttled: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

/** Sets the validators; call before the host starts. */
export function joinTopics(host: Host, topics: Topics, intake: Intake): void {
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
