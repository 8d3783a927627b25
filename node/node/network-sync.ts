import type { Hex } from 'viem'
import { domainSeparator } from '#protocol/signing.ts'
import { messageId } from '../gossip/message-id.ts'
import type { Topics } from '../gossip/topics.ts'
import type { FixingStatus } from '../sync/messages.ts'
import type { SyncSource } from '../sync/serve.ts'
import type { NetworkComponents } from './network.ts'

/** What this node shares with peers that ask. Thousands of fixings may be open, and strangers ask: what has not changed is not computed again. */
export function syncSource(components: NetworkComponents, topics: Topics): SyncSource {
  const { context, store, clock } = components
  const messages = (fixingId: Hex): Map<number, readonly Uint8Array[]> => {
    const held = new Map(
      context
        .observations(fixingId)
        .map(({ reporterIndex, bytes }): [number, Uint8Array[]] => [reporterIndex, [bytes]]),
    )
    for (const { first, second } of store.evidence(fixingId)) held.set(first.reporterIndex, [first.bytes, second.bytes])
    return held
  }
  const reports = (fixingId: Hex): readonly Uint8Array[] =>
    reportsOf(context, fixingId)
      .flat()
      .map(({ bytes }) => bytes)
  const open = inOrder(components.openFixings)
  const isOpen = (fixingId: Hex): boolean => {
    const fixing = context.fixing(fixingId)
    return fixing !== undefined && fixing !== 'settled' && context.reporters(fixingId) !== undefined
  }
  const observed = summariesOf({ context, store }, (fixingId) => {
    const all = [...messages(fixingId).values()].flat()
    return { count: all.length, xor: xorOf(all.map((bytes) => messageId(topics.observation, bytes))) }
  })
  const reported = sumsOf(context, topics.report)
  const status = (fixingId: Hex): FixingStatus => ({
    fixingId,
    ...observed(fixingId),
    reportsXor: reported(fixingId),
  })
  return {
    domain: domainSeparator(context.domain),
    now: () => clock.now(),
    statuses(after, limit) {
      const ids = open()
      const first = ids.findIndex((id) => id > after)
      return first === -1 ? [] : ids.slice(first, first + limit).map(status)
    },
    status: (fixingId) => (isOpen(fixingId) ? status(fixingId) : undefined),
    messages,
    reports,
  }
}

/** The ids ascending, sorted again only when they are not what they were. */
function inOrder(list: () => readonly Hex[]): () => readonly Hex[] {
  let listed: readonly Hex[] = []
  let sorted: readonly Hex[] = []
  return () => {
    const now = list()
    if (now.length !== listed.length || now.some((id, i) => id !== listed[i])) {
      listed = [...now]
      sorted = now.toSorted()
    }
    return sorted
  }
}

type Summary = Pick<FixingStatus, 'count' | 'xor'>

/** What a summary is of. */
type Known = {
  readonly fixingId: Hex
  readonly evidence: readonly unknown[]
  readonly sizes: readonly [number, number]
  readonly summary: Summary
}

/** Summaries of the observations of each fixing, kept for as long as the lists of what is held are the same. */
function summariesOf(
  { context, store }: Pick<NetworkComponents, 'context' | 'store'>,
  summarize: (fixingId: Hex) => Summary,
): (fixingId: Hex) => Summary {
  const known = new WeakMap<readonly unknown[], Known>()
  return (fixingId) => {
    const [observations, evidence] = [context.observations(fixingId), store.evidence(fixingId)]
    const last = known.get(observations)
    const isSame = last?.fixingId === fixingId && last.evidence === evidence
    // A list in memory may also grow.
    if (isSame && last.sizes[0] === observations.length && last.sizes[1] === evidence.length) return last.summary
    const summary = summarize(fixingId)
    known.set(observations, { fixingId, evidence, sizes: [observations.length, evidence.length], summary })
    return summary
  }
}

/** Requests of the fixing, then the partial signatures of each report that was asked for. */
function reportsOf(
  { book }: NetworkComponents['context'],
  fixingId: Hex,
): readonly (readonly { readonly bytes: Uint8Array }[])[] {
  const requests = book.requests(fixingId)
  return [requests, ...requests.map(({ digest }) => book.partials(fixingId, digest))]
}

/** XORs of the ids on `topic` of a fixing's co-signing, kept for as long as the lists of what is held are the same. */
function sumsOf(context: NetworkComponents['context'], topic: string): (fixingId: Hex) => Hex {
  type Sum = { readonly lists: readonly unknown[]; readonly xor: Hex }
  const known = new WeakMap<readonly unknown[], Sum>()
  const idOf = rememberedIds(topic)
  return (fixingId) => {
    const lists = reportsOf(context, fixingId)
    const [requests = []] = lists
    const last = known.get(requests)
    if (last?.lists.length === lists.length && lists.every((list, i) => list === last.lists[i])) return last.xor
    const xor = xorOf(lists.flat().map(({ bytes }) => idOf(bytes)))
    known.set(requests, { lists, xor })
    return xor
  }
}

/** Message ids on `topic`, each computed once for as long as its message is held. */
function rememberedIds(topic: string): (bytes: Uint8Array) => Uint8Array {
  const ids = new WeakMap<Uint8Array, Uint8Array>()
  return (bytes) => {
    const id = ids.get(bytes) ?? messageId(topic, bytes)
    ids.set(bytes, id)
    return id
  }
}

function xorOf(ids: readonly Uint8Array[]): Hex {
  const xor = Buffer.alloc(20)
  for (const id of ids) for (const [i, byte] of id.entries()) xor[i] = (xor[i] ?? 0) ^ byte
  return `0x${xor.toString('hex')}`
}
