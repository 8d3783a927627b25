import type { Hex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { domainSeparator } from '#protocol/observation.ts'
import { messageId } from '../gossip/message-id.ts'
import type { Topics } from '../gossip/topics.ts'
import type { FixingStatus } from '../sync/messages.ts'
import type { SyncSource } from '../sync/serve.ts'
import type { NetworkComponents } from './network.ts'

/** What this node shares with peers that ask. */
export function syncSource({ context, store, openFixings, clock }: NetworkComponents, topics: Topics): SyncSource {
  const messages = (fixingId: Hex): Map<number, readonly Uint8Array[]> => {
    const held = new Map(
      context
        .observations(fixingId)
        .map(({ reporterIndex, bytes }): [number, Uint8Array[]] => [reporterIndex, [bytes]]),
    )
    for (const { first, second } of store.evidence(fixingId)) held.set(first.reporterIndex, [first.bytes, second.bytes])
    return held
  }
  const status = (fixingId: Hex): FixingStatus => {
    const all = [...messages(fixingId).values()].flat()
    return { fixingId, count: all.length, xor: xorOfIds(topics.observation, all) }
  }
  return {
    domain: domainSeparator(context.domain),
    now: () => clock.now(),
    statuses: () => openFixings().toSorted().map(status),
    messages: (fixingId) => messages(fixingId),
    reports(fixingId) {
      const requests = context.book.requests(fixingId)
      const partials = requests.flatMap(({ digest }) => context.book.partials(fixingId, digest))
      const all = [...requests, ...partials].map(({ bytes }) => bytes)
      return { messages: all, xor: xorOfIds(topics.report, all) }
    },
  }
}

function xorOfIds(topic: string, all: readonly Uint8Array[]): Hex {
  const xor = new Uint8Array(20)
  for (const bytes of all) messageId(topic, bytes).forEach((byte, i) => (xor[i] = (xor[i] ?? 0) ^ byte))
  return bytesToHex(xor)
}
