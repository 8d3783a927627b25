import type { GossipSub } from '@libp2p/gossipsub'
import type { Clock } from '../clock.ts'

/** How long a publisher waits for company. */
export type PublishOptions = {
  /** Peers that should be subscribed before the message leaves. */
  readonly wantedPeers: number
  /** Milliseconds after which fewer, but at least one, will do. */
  readonly patienceMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

const RETRY_MS = 100

/**
 * Publishes `data` once enough peers are subscribed, and waits for ever for the first one. gossipsub refuses to send
 * the same message twice, so the peers that come later get it by IHAVE or by sync. Returns how many it was sent to; 0
 * if it was published before. Throws an AbortError when `signal` aborts.
 */
export async function publishToEnough(
  pubsub: GossipSub,
  topic: string,
  data: Uint8Array,
  { wantedPeers, patienceMs, clock, signal }: PublishOptions,
): Promise<number> {
  const startMs = clock.monotonicMs()
  for (;;) {
    signal.throwIfAborted()
    const isPatient = clock.monotonicMs() - startMs < patienceMs
    const peers = pubsub.getSubscribers(topic).length
    if (peers >= (isPatient ? Math.max(wantedPeers, 1) : 1)) {
      const sent = await tryPublish(pubsub, topic, data)
      if (sent !== 'nobody') return sent
    }
    await clock.sleep(RETRY_MS, signal)
  }
}

async function tryPublish(pubsub: GossipSub, topic: string, data: Uint8Array): Promise<number | 'nobody'> {
  try {
    const { recipients } = await pubsub.publish(topic, data)
    return recipients.length
  } catch (error) {
    // gossipsub has no classes for these two.
    const message = error instanceof Error ? error.message : ''
    if (message.includes('NoPeersSubscribedToTopic')) return 'nobody'
    if (message.includes('Duplicate')) return 0
    throw error
  }
}
