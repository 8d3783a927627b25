import type { GossipSub } from '@libp2p/gossipsub'
import type { Hex } from 'viem'
import type { Clock } from '../clock.ts'
import { putNewest } from '../ground/newest.ts'
import type { Log } from '../log.ts'
import { createTokenBuckets, type Rate, type TokenBuckets } from './token-bucket.ts'
import type { Topics } from './topics.ts'

/** What leaves once there is company. */
export type Outgoing = {
  readonly topic: keyof Topics
  readonly fixingId: Hex
  /** What it says of the fixing: of one subject the newest alone is of use. */
  readonly subject: string
  readonly bytes: Uint8Array
  /** Peers that should be subscribed before it leaves; after a while fewer, but at least one, will do. */
  readonly wantedPeers: number
  /** Once it aborts the message is of no use any more. */
  readonly until?: AbortSignal
}

/** What this node has to say, until there is somebody to say it to. */
export interface Outbox {
  /**
   * Sends the message once enough peers are subscribed, and keeps it for the first one however long that takes. gossipsub refuses to
   * send the same message twice, so the peers that come later get it by IHAVE or by sync.
   */
  put(message: Outgoing): void
  /** What still waits of the fixing is of no use any more. */
  forget(fixingId: Hex): void
}

/** What an outbox works with. */
export type OutboxComponents = {
  readonly pubsub: Pick<GossipSub, 'getSubscribers' | 'publish'>
  readonly topics: Topics
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>
  readonly log: Log
  /** Ends all waiting. */
  readonly signal: AbortSignal
}

type Waiting = Outgoing & { readonly sinceMs: number }

const RETRY_MS = 100
const PATIENCE_MS = 5_000
/** Beyond that what has waited longest is left to sync. */
const MAX_FIXINGS = 16_384
/** What waited for the first peer leaves within what a peer takes of one: all together fewer than it judges, and fewer partials than it verifies. */
const PACES: Readonly<Record<keyof Topics, Rate>> = {
  observation: { capacity: 512, perSecond: 128 },
  report: { capacity: 256, perSecond: 32 },
  presence: { capacity: 128, perSecond: 32 },
  evidence: { capacity: 64, perSecond: 16 },
}

/** An outbox that looks ten times a second whether peers came, for as long as anything waits. */
export function createOutbox(components: OutboxComponents): Outbox {
  const { clock, log, signal } = components
  const waiting = new Map<Hex, Map<string, Waiting>>()
  const newTurn = createTurns(components)
  let isRunning = false

  const look = async (): Promise<void> => {
    const mayLeave = newTurn()
    for (const [fixingId, messages] of waiting) {
      for (const [subject, message] of messages) {
        signal.throwIfAborted()
        const isOver = message.until?.aborted === true
        if (!isOver && !mayLeave(message)) continue
        const isDone = isOver || (await trySending(components, message))
        // Meanwhile a newer one may have come in its place.
        if (isDone && messages.get(subject) === message) messages.delete(subject)
      }
      if (messages.size === 0 && waiting.get(fixingId) === messages) waiting.delete(fixingId)
    }
  }
  const run = async (): Promise<void> => {
    isRunning = true
    try {
      while (waiting.size > 0) {
        await look()
        if (waiting.size > 0) await clock.sleep(RETRY_MS, signal)
      }
    } catch (error) {
      if (!signal.aborted) log.error({ err: error }, 'stopped publishing')
    } finally {
      isRunning = false
    }
  }
  return {
    put(message) {
      if (signal.aborted) return
      const messages = waiting.get(message.fixingId) ?? new Map<string, Waiting>()
      messages.set(message.subject, { ...message, sinceMs: clock.monotonicMs() })
      putNewest(waiting, message.fixingId, messages, MAX_FIXINGS)
      if (!isRunning) void run()
    },
    forget: (fixingId) => void waiting.delete(fixingId),
  }
}

/** Makes for each look what says which messages may leave at it: peers are counted once, and no topic leaves faster than its pace. */
function createTurns({ pubsub, topics, clock }: OutboxComponents): () => (message: Waiting) => boolean {
  const paces: Readonly<Record<keyof Topics, TokenBuckets>> = {
    observation: createTokenBuckets(PACES.observation, 1),
    report: createTokenBuckets(PACES.report, 1),
    presence: createTokenBuckets(PACES.presence, 1),
    evidence: createTokenBuckets(PACES.evidence, 1),
  }
  return () => {
    const nowMs = clock.monotonicMs()
    const peers = new Map<keyof Topics, number>()
    return ({ topic, wantedPeers, sinceMs }) => {
      const count = peers.get(topic) ?? pubsub.getSubscribers(topics[topic]).length
      peers.set(topic, count)
      const isPatient = nowMs - sinceMs < PATIENCE_MS
      if (count < (isPatient ? Math.max(wantedPeers, 1) : 1)) return false
      const isPaced = paces[topic].take('all', nowMs)
      // All others of the topic wait for the next look.
      if (!isPaced) peers.set(topic, 0)
      return isPaced
    }
  }
}

/** False if there was nobody after all; what cannot be published for another reason is given up. */
async function trySending(
  { pubsub, topics, log, signal }: OutboxComponents,
  { topic, subject, fixingId, bytes }: Waiting,
): Promise<boolean> {
  try {
    await pubsub.publish(topics[topic], bytes)
  } catch (error) {
    // gossipsub has no classes for these two.
    const text = error instanceof Error ? error.message : ''
    if (text.includes('NoPeersSubscribedToTopic')) return false
    if (!text.includes('Duplicate') && !signal.aborted) log.warn({ err: error, fixingId, subject }, 'publishing failed')
  }
  return true
}
