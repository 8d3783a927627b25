import type { Address, Hex } from 'viem'
import type { JurySeat } from '#client/jury.ts'
import type { Opening, SeatVote } from '#client/jury-calls.ts'
import { saltOf } from '#protocol/ballot.ts'
import { INVALID } from '#protocol/fixing.ts'
import { committedValue } from '#protocol/jury.ts'
import type { Keys } from '../sign/keys.ts'
import type { JuryTable } from '../store/jury-table.ts'

/** One round of one case. */
export type Round = {
  readonly chainId: number
  readonly jury: Address
  readonly fixingId: Hex
  readonly round: number
}

/** What a node's votes are made and kept with. */
export type VotesComponents = {
  readonly table: Pick<JuryTable, 'keep' | 'votes'>
  readonly keys: Pick<Keys, 'signBallot'>
}

/** What opens a commitment; `isKept`: this node has made the vote, as its store says. */
type Found = Opening & { readonly isKept: boolean }

/** What opens the commitments of seats, by seat. */
export type Openings = ReadonlyMap<number, Found>

/** The votes of this node, also after a crash, and after its store was lost. */
export interface Votes {
  /**
   * What commits `seats` to `value`. INVARIANT: salt and value are on disk when it resolves; a seat keeps its first salt, which
   * can be made again with the key alone if that signs alike every time. Throws the keys' errors.
   */
  prepare(round: Round, seats: readonly JurySeat[], value: bigint, at: bigint): Promise<readonly SeatVote[]>
  /**
   * What opens each of the commitments on chain, as far as that is known: votes that were kept, else `guesses` and INVALID with
   * the salts of the key, and where that is not enough what `more` gives. Throws the keys' errors, if something was not kept.
   */
  openings(
    round: Round,
    seats: readonly JurySeat[],
    guesses: readonly bigint[],
    more?: () => Promise<readonly bigint[]>,
  ): Promise<Openings>
  /** What opens each of the commitments on chain by votes that were kept, whoever else votes for the seat now. */
  kept(round: Round, seats: readonly JurySeat[]): Promise<Openings>
  /** Forgets what is in memory of a case that is over. */
  forget(jury: Address, fixingId: Hex): void
}

/** Votes whose salts are those of `keys`. */
export function createVotes({ table, keys }: VotesComponents): Votes {
  const signatures = new Map<string, Promise<Hex>>()
  const saltsOf = async ({ chainId, jury, fixingId, round }: Round): Promise<(seat: number) => Hex> => {
    const name = `${jury}:${fixingId}:${round}`
    const signing = signatures.get(name) ?? keys.signBallot({ chainId, jury }, { fixingId, round })
    signatures.set(name, signing)
    try {
      const signature = await signing
      return (seat) => saltOf(signature, seat)
    } catch (error) {
      signatures.delete(name)
      throw error
    }
  }
  return {
    forget(jury, fixingId) {
      for (const name of signatures.keys()) if (name.startsWith(`${jury}:${fixingId}:`)) signatures.delete(name)
    },
    async prepare(round, seats, value, at) {
      const kept = await table.votes(round.jury, round.fixingId, round.round)
      const newestFirst = kept.toSorted((a, b) => Number(b.at - a.at))
      const first = new Map(newestFirst.map(({ seat, salt }) => [seat, salt]))
      const isNew = seats.some(({ seat }) => !first.has(seat))
      const saltFor = isNew ? await saltsOf(round) : undefined
      const votes = seats.flatMap(({ seat, juror }) => {
        const salt = first.get(seat) ?? saltFor?.(seat)
        return salt === undefined ? [] : [{ ...round, seat, juror, value, salt }]
      })
      await table.keep(
        votes.map(({ jury, fixingId, round: number, seat, salt }) => {
          return { jury, fixingId, round: number, seat, value, salt, at }
        }),
      )
      return votes
    },
    kept: (round, seats) => keptIn(table, round, seats),
    async openings(round, seats, guesses, more = async () => []) {
      const { fixingId } = round
      const found = new Map(await keptIn(table, round, seats))
      const unknown = seats.filter(({ seat, committed }) => committed !== undefined && !found.has(seat))
      if (unknown.length === 0) return found
      const saltFor = await saltsOf(round)
      for (const one of unknown) {
        const { seat } = one
        const salt = saltFor(seat)
        const value =
          committedValue(round, one, salt, [...guesses, INVALID]) ?? committedValue(round, one, salt, await more())
        if (value !== undefined) found.set(seat, { fixingId, seat, value, salt, isKept: false })
      }
      return found
    },
  }
}

async function keptIn(table: VotesComponents['table'], round: Round, seats: readonly JurySeat[]): Promise<Openings> {
  const { jury, fixingId } = round
  const votes = await table.votes(jury, fixingId, round.round)
  return new Map(
    seats.flatMap((one) => {
      const opens = ({ value, salt }: (typeof votes)[number]): boolean =>
        committedValue(round, one, salt, [value]) !== undefined
      const vote = votes.find((each) => each.seat === one.seat && opens(each))
      if (vote === undefined) return []
      const { seat, value, salt } = vote
      return [[seat, { fixingId, seat, value, salt, isKept: true }] as const]
    }),
  )
}
