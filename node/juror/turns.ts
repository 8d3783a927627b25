import type { Address, Hex } from 'viem'
import type { ClerkMove } from '#protocol/jury-case.ts'
import type { ChainPort } from '../chain/port.ts'
import type { CourtCase } from '../chain/court-port.ts'
import type { KnownCase } from '../store/jury-table.ts'

/** What the turns of jurors are told by. */
export type TurnsComponents = {
  readonly chain: Pick<ChainPort, 'court'>
  readonly isClerk: boolean
  readonly stageDelaySeconds: number
  /** This node's place among `jurors` for the fixing: who comes first moves its case on first. */
  readonly rank: (id: Hex, jurors: readonly Address[]) => number
}

/** A move that a case waits for, as of a block. */
export type AwaitedMove = {
  readonly known: Pick<KnownCase, 'jury' | 'id'>
  readonly trial: CourtCase
  readonly head: { readonly number: bigint; readonly time: bigint }
  readonly move: ClerkMove | undefined
}

/** When this node is to move cases on. */
export interface ClerkTurns {
  /**
   * When this node's turn comes to make the move: jurors come one after the other from when it was first seen to be possible.
   * The pool is read once for each move. Undefined: never. Throws DeadRpcError.
   */
  timeOf(awaited: AwaitedMove): Promise<bigint | undefined>
  /** The case is over. */
  forget(known: Pick<KnownCase, 'jury' | 'id'>): void
}

/** Turns that are told apart, one for each juror by rank. */
const TURNS = 12

/** No move was seen yet. */
export function createClerkTurns({ chain, isClerk, stageDelaySeconds, rank }: TurnsComponents): ClerkTurns {
  /** Since when, Unix seconds, a move is possible. */
  const since = new Map<string, bigint>()
  const turns = new Map<string, number>()
  const keyOf = ({ jury, id }: Pick<KnownCase, 'jury' | 'id'>): string => `${jury}:${id}:`.toLowerCase()
  return {
    async timeOf({ known, trial, head, move }) {
      if (!isClerk) return undefined
      if (move === undefined) {
        // What becomes possible again has turns of its own, else all would come at once.
        remove(since, keyOf(known))
        return undefined
      }
      const key = `${keyOf(known)}${trial.state.round}:${turnFor(move)}:${trial.state.seedBlock}`
      const first = since.get(key) ?? head.time
      since.set(key, first)
      const turn = turns.get(key) ?? turnOf(rank(known.id, await jurorsOf(chain, known.jury, trial, head.number)))
      turns.set(key, turn)
      return first + BigInt(turn * stageDelaySeconds)
    },
    forget(known) {
      for (const map of [since, turns]) remove(map, keyOf(known))
    },
  }
}

/** Stakes are readmitted in order to open, by whoever's turn that is. */
function turnFor(move: ClerkMove): ClerkMove {
  return move === 'readmit' ? 'open' : move
}

function remove(map: Map<string, unknown>, prefix: string): void {
  for (const key of map.keys()) if (key.startsWith(prefix)) map.delete(key)
}

/** Those who sit in the case; before anybody does, all who may. */
async function jurorsOf(
  chain: Pick<ChainPort, 'court'>,
  jury: Address,
  { state, seats }: CourtCase,
  atBlock: bigint,
): Promise<readonly Address[]> {
  const seated = state.stage === 'voting' ? seats.map(({ juror }) => juror) : []
  if (seated.length > 0) return [...new Set(seated)]
  const court = chain.court(jury)
  const [pool, returned] = await Promise.all([court.pool(atBlock), court.returned(atBlock)])
  return [...new Set([...pool, ...returned])]
}

/**
 * How many turns to wait at `rank`. A pool has more jurors than turns before a seed is forgotten, and not all of them run nodes:
 * beyond the first the others share as many turns again, so that nobody waits for longer than two dozen.
 */
export function turnOf(rank: number): number {
  return rank < TURNS ? rank : TURNS + (rank % TURNS)
}
