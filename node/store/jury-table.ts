import type { Address, Hex } from 'viem'
import { z } from 'zod'
import type { Fixing } from '#protocol/fixing.ts'
import type { Database } from './database.ts'
import { ADDRESS, DECIMAL, FIXING_STRUCT, HEX, parseRow } from './row.ts'

/** A case that was opened before a jury. */
export type KnownCase = { readonly jury: Address; readonly id: Hex; readonly fixing: Fixing; readonly block: bigint }

/** What a seat was, or is about to be, committed to: with it alone anyone can reveal. */
export type KnownVote = {
  readonly jury: Address
  readonly fixingId: Hex
  readonly round: number
  readonly seat: number
  /** Scaled by 1e18, or INVALID. */
  readonly value: bigint
  readonly salt: Hex
  /** Unix seconds. */
  readonly at: bigint
}

/** The cases of the juries that this node serves, and how it voted. */
export interface JuryTable {
  /** Those that are not over. */
  cases(): Promise<readonly KnownCase[]>
  /** The first block whose cases are still to be read; undefined before the first reading. */
  nextBlock(jury: Address): Promise<bigint | undefined>
  /** Stores the cases found up to, not including, `nextBlock`: both or neither. */
  extend(jury: Address, found: readonly KnownCase[], nextBlock: bigint): Promise<void>
  /** Nothing is left to be done about it. */
  close(known: Pick<KnownCase, 'jury' | 'id'>): Promise<void>
  /** The chain was undone: what was read of it and closed counts until {@link JuryTable.startOver}, also if this ends before. */
  doubt(): Promise<void>
  /**
   * If the chain was undone, no log is read and no case is over from now on: all or nothing, while nobody extends or closes. Votes stay:
   * with them alone it can be revealed what may be committed to there too. Whether it was.
   */
  startOver(): Promise<boolean>
  /** Resolves when the votes are on disk: before what commits to them leaves. */
  keep(votes: readonly KnownVote[]): Promise<void>
  /** Every vote of a round, also those that were replaced; those of a seat in no order. */
  votes(jury: Address, fixingId: Hex, round: number): Promise<readonly KnownVote[]>
}

const CASE = z.object({ jury: ADDRESS, id: HEX, fixing: FIXING_STRUCT, block: DECIMAL, isOver: z.boolean() })
const VOTE = z.object({
  jury: ADDRESS,
  fixingId: HEX,
  round: z.number(),
  seat: z.number(),
  value: DECIMAL,
  salt: HEX,
  at: DECIMAL,
})

/** A backup lacks it: the log is read again then. */
const CURSOR = 'next-block-of-jury'
/** There while the chain was undone, and the juries' logs are not read again yet. */
const UNDONE = 'juries-undone'

/** The cases and votes of `database`. */
export function juryTable(database: Database): JuryTable {
  const caseKey = ({ jury, id }: Pick<KnownCase, 'jury' | 'id'>): string => `${jury}:${id}`.toLowerCase()
  const roundKey = (jury: Address, id: Hex, round: number): string => `${jury}:${id}:${round}:`.toLowerCase()
  // With the salt: a signer that signs otherwise the second time must not replace what opens the first.
  const voteKey = ({ jury, fixingId, round, seat, value, salt }: KnownVote): string =>
    `${roundKey(jury, fixingId, round)}${seat}:${value}:${salt}`
  return {
    async cases() {
      const rows = await database.list('cases')
      return rows.map((row) => parseRow(CASE, 'cases', row)).flatMap(({ isOver, ...known }) => (isOver ? [] : [known]))
    },
    async nextBlock(jury) {
      const key = `${CURSOR}:${jury.toLowerCase()}`
      const value = await database.read('meta', key)
      return value === undefined ? undefined : parseRow(DECIMAL, 'meta', { key, value })
    },
    async extend(jury, found, nextBlock) {
      const rows = await Promise.all(
        found.map(async (known) => {
          const key = caseKey(known)
          const old = await database.read('cases', key)
          // What is read again, since it may have been undone, does not begin again.
          return old === undefined ? [{ table: 'cases', key, value: { ...known, isOver: false } } as const] : []
        }),
      )
      const key = `${CURSOR}:${jury.toLowerCase()}`
      const cursor = { table: 'meta', key, value: nextBlock.toString() } as const
      await database.write([...rows.flat(), cursor], 'soon')
    },
    async close(known) {
      const key = caseKey(known)
      const value = await database.read('cases', key)
      if (value === undefined) return
      await database.write(
        [{ table: 'cases', key, value: { ...parseRow(CASE, 'cases', { key, value }), isOver: true } }],
        'soon',
      )
    },
    doubt: () => database.write([{ table: 'meta', key: UNDONE, value: true }], 'soon'),
    async startOver() {
      if ((await database.read('meta', UNDONE)) !== true) return false
      const cursors = await database.list('meta', { prefix: `${CURSOR}:` })
      const cases = await database.list('cases')
      await database.write(
        [
          ...cursors.map(({ key }) => ({ type: 'del', table: 'meta', key }) as const),
          ...cases.map((row) => {
            const value = { ...parseRow(CASE, 'cases', row), isOver: false }
            return { table: 'cases', key: row.key, value } as const
          }),
          { type: 'del', table: 'meta', key: UNDONE },
        ],
        'soon',
      )
      return true
    },
    keep: (votes) =>
      database.write(
        votes.map((vote) => ({ table: 'votes', key: voteKey(vote), value: vote }) as const),
        'durable',
      ),
    async votes(jury, fixingId, round) {
      const rows = await database.list('votes', { prefix: roundKey(jury, fixingId, round) })
      return rows.map((row) => parseRow(VOTE, 'votes', row))
    },
  }
}
