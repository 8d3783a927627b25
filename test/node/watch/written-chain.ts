import type { Hex } from 'viem'
import type { Head, OracleEvent } from '../../../node/chain/port.ts'
import { startWatch, type Watch } from '../../../node/watch.ts'
import type { FoundFixing } from '../../../node/watch/memory.ts'
import { FIXING, FIXING_ID, keyOf } from '../reporters.ts'

/** The fixing of that id is created in that block. */
export const created = (block: bigint, id: Hex = FIXING_ID): OracleEvent => ({
  name: 'created',
  block,
  id,
  fixing: FIXING,
})

/** Ann proposes `value` for the first fixing in that block. */
export const proposed = (block: bigint, value: bigint): OracleEvent => ({
  name: 'proposed',
  block,
  id: FIXING_ID,
  from: keyOf('ann').address,
  value,
  bond: 1n,
})

/** What a watch keeps on disk. */
type Disk = {
  next: bigint | undefined
  anchor: Head | undefined
  logs: Map<Hex, readonly OracleEvent[]>
  isUndone: boolean
}

/** A chain whose log tests write; reading it is recorded. */
export function world(events: OracleEvent[], head: Head = { number: 10n, time: 100n }) {
  const state = { head, events, ranges: [] as [bigint, bigint][], isDead: false, fork: 'a', forkBlock: 0n }
  const found: FoundFixing[] = []
  const memory: Disk & { isFull: boolean } = {
    next: undefined,
    anchor: undefined,
    logs: new Map(),
    isUndone: false,
    isFull: false,
  }
  /** What was on disk after each write: a restart may begin with any of it. */
  const disks: Disk[] = []
  /** Of each write the fixings of whose logs something was written. */
  const tails: (readonly Hex[])[] = []
  const closed = new Set<Hex>()
  return {
    state,
    memory,
    disks,
    tails,
    closed,
    found,
    start: (open: readonly FoundFixing[] = []): Promise<Watch> =>
      startWatch(
        {
          head: async () => {
            if (state.isDead) throw new Error('dead')
            return state.head
          },
          block: async (number) => {
            const fork = number < state.forkBlock ? 'a' : state.fork
            return { number, time: 10n * number, hash: `0x${fork}${number}` }
          },
          events: async (from, to) => {
            state.ranges.push([from, to])
            return state.events.filter(({ block }) => block >= from && block <= to)
          },
        },
        {
          nextBlock: async () => memory.next,
          anchor: async () => memory.anchor,
          isUndone: async () => memory.isUndone,
          log: async (id) => memory.logs.get(id),
          extend: async (more, next, { anchor, logs, dropped, isUndone }) => {
            if (memory.isFull) throw new Error('disk full')
            found.push(...more)
            memory.next = next
            memory.anchor = anchor ?? memory.anchor
            memory.isUndone ||= isUndone
            tails.push(logs.map(({ id }) => id).toSorted())
            for (const { id, from, events: tail } of logs) {
              memory.logs.set(id, [...(memory.logs.get(id) ?? []).slice(0, from), ...tail])
            }
            for (const id of dropped) memory.logs.delete(id)
            disks.push({ ...memory, logs: new Map(memory.logs) })
          },
          isClosed: async (id) => closed.has(id),
        },
        (indexId) => indexId === FIXING.indexId,
        { open, firstBlock: 3n, confirmations: 32 },
      ),
  }
}

/** The first fixing, as a store knows it. */
export const KNOWN = { id: FIXING_ID, fixing: FIXING, block: 4n }

/** Makes the reading of its log fail when `isDue`. */
export function failing(events: OracleEvent[], isDue: () => boolean): OracleEvent[] {
  return new Proxy(events, {
    get(target, name, receiver) {
      if (name === 'filter' && isDue()) throw new Error('dead')
      return Reflect.get(target, name, receiver) as unknown
    },
  })
}
