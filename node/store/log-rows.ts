import type { Hex } from 'viem'
import { z } from 'zod'
import type { Database } from './database.ts'
import { ADDRESS, DECIMAL, FIXING_STRUCT, HEX, parseRow } from './row.ts'
import type { Removal, Row } from './tables.ts'

const AT = { block: DECIMAL, id: HEX }
const EVENT = z.discriminatedUnion('name', [
  z.object({ ...AT, name: z.literal('created'), fixing: FIXING_STRUCT }),
  z.object({ ...AT, name: z.literal('proposed'), from: ADDRESS, value: DECIMAL, bond: DECIMAL }),
  z.object({
    ...AT,
    name: z.literal('contributed'),
    from: ADDRESS,
    kind: z.enum(['stake', 'appeal']),
    round: z.number(),
    value: DECIMAL,
    taken: DECIMAL,
    filled: DECIMAL,
  }),
  z.object({ ...AT, name: z.literal('led'), round: z.number(), value: DECIMAL }),
  z.object({ ...AT, name: z.literal('arbitrated'), cause: z.enum(['appeal', 'request']) }),
  z.object({ ...AT, name: z.literal('ruled'), value: DECIMAL }),
  z.object({
    ...AT,
    name: z.literal('claimed'),
    holder: ADDRESS,
    kind: z.enum(['stake', 'appeal', 'request', 'fund']),
    round: z.number(),
    value: DECIMAL,
  }),
])

/** What the oracle logged of a fixing. */
export type KnownEvent = z.output<typeof EVENT>

/** A fixing's log from the place `from` on, the first being 0: what was there is replaced, and what was behind it is gone. */
export type KnownTail = { readonly id: Hex; readonly from: number; readonly events: readonly KnownEvent[] }

/** Where events are kept, by fixing and place. */
type EventTable = 'log' | 'older'

/** Beside the events, by the fixing: how many of them count. Without: nobody reads on, so that some may be missing. */
const COUNT = z.object({ count: z.int().optional() })

/** The rows that make the fixing's log that of `tail`. */
export function rowsOfTail(tail: KnownTail): Row[] {
  const count = tail.from + tail.events.length
  return [...eventRows('log', tail), { table: 'log', key: tail.id, value: { count } }]
}

/** The rows of the events alone. */
export function eventRows(table: EventTable, { id, from, events }: KnownTail): Row[] {
  return events.map((value, i) => ({ table, key: keyOf(id, from + i), value }))
}

/** The row after which nothing is known of the fixing's log. */
export function rowOfNothing(id: Hex): Row {
  return { table: 'log', key: id, value: {} }
}

/** What deletes all that is kept of the fixing's log. */
export async function logRemovals(database: Database, id: string): Promise<readonly Removal[]> {
  const rows = await database.list('log', { prefix: id })
  return rows.map(({ key }) => ({ type: 'del', table: 'log', key }))
}

/** The fixings of whose logs anything is kept, be it an event without the row that counts it; one row is read of each. */
export async function* loggedIds(database: Database): AsyncIterable<string> {
  let before: string | undefined
  for (;;) {
    const [last] = await database.list('log', { before, limit: 1, order: 'newest' })
    if (last === undefined) return
    before = last.key.replace(/:.*/, '')
    yield before
  }
}

/** The fixing's log, in chain order; undefined if it was not kept. Throws StoreRowError. */
export async function logIn(database: Database, id: Hex): Promise<readonly KnownEvent[] | undefined> {
  const value = await database.read('log', id)
  const count = value === undefined ? undefined : parseRow(COUNT, 'log', { key: id, value }).count
  if (count === undefined || count === 0) return count === undefined ? undefined : []
  return eventsIn(database, 'log', id, count)
}

/** The first `limit` events of the fixing that are in rows, in chain order; without it all. Throws StoreRowError. */
export async function eventsIn(
  database: Database,
  table: EventTable,
  id: Hex,
  limit?: number,
): Promise<readonly KnownEvent[]> {
  const rows = await database.list(table, { prefix: `${id}:`, ...(limit === undefined ? {} : { limit }) })
  return rows.map((row) => parseRow(EVENT, table, row))
}

function keyOf(id: Hex, place: number): string {
  return `${id}:${place.toString().padStart(9, '0')}`
}
