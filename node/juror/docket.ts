import type { Address, Hex } from 'viem'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { JuryTerms } from '#client/jury.ts'
import { hasRoom } from '#protocol/jury.ts'
import { type ClerkMove, type JuryCase, waitEnd } from '#protocol/jury-case.ts'
import { turnEndOf } from '#protocol/phase.ts'
import type { CourtCase } from '../chain/court-port.ts'
import type { ChainPort, Head } from '../chain/port.ts'
import type { KnownCase } from '../store/jury-table.ts'
import type { CaseView } from './decide.ts'

/** What the cases of a jury are read with. */
export type DocketComponents = {
  readonly chain: Pick<ChainPort, 'court' | 'snapshot'>
  /** What this node has in the fixing, bond-token wei. */
  readonly staked: (id: Hex) => bigint
}

/** A case as it stands at the docket's block. */
export type Look = {
  readonly trial: CourtCase
  readonly snapshot: FixingSnapshot
  /** First second at which the jury cannot rule any more, Unix seconds; undefined while it cannot. */
  readonly turnEnd: bigint | undefined
}

/** What this node may lose if a case is not moved on by `deadline`, Unix seconds. */
export type AtStake = {
  readonly deadline: bigint
  /** Of it what a move is worth, bond-token wei. */
  readonly amount: bigint
}

/** What the cases of a jury have in common: the block, the queue, and the pool. What is read is read once. Every method throws DeadRpcError. */
export interface Docket {
  readonly head: Head
  look(known: KnownCase): Promise<Look>
  /** What of the jury's other cases holds this one up. */
  queueOf(known: KnownCase, state: JuryCase): Promise<Pick<CaseView, 'isNext' | 'returned' | 'hasRoom'>>
  /**
   * What this node has in the cases that cannot go on before `known` makes its `move`: those behind it in the queue, and those that wait for
   * stakes that it holds or keeps from coming back. Draws come in order, so who opens a case first could hold up one in which
   * others have more. Of each case every move that it waits for is worth the same part, so that at one price of gas all of them together
   * cost no more than what is in it. A case that cannot be read counts for nothing, which its own look says.
   */
  behind(known: KnownCase, move: ClerkMove): Promise<readonly AtStake[]>
}

/** The docket at `head` of a jury whose cases are `opened`, and `all` with those that are to be opened. */
export function createDocket(
  { chain, staked }: DocketComponents,
  { jury, terms, opened, all }: JuryCases,
  head: Head,
): Docket {
  const court = chain.court(jury)
  const ids = opened.map(({ id }) => id)
  const waiting = asksOnce(() => court.waiting(head.number))
  const returned = asksOnce(async () => (await court.returned(head.number)).length)
  const stakes = asksOnce(() => court.staked(terms.seats, ids, head.number))
  const room = asksOnce(async () => hasRoom(terms, await stakes()))
  const looks = new Map<Hex, Promise<Look>>()
  const lookAt = async ({ id, fixing }: KnownCase): Promise<Look> => {
    const trial = await court.trial(id, head.number)
    const snapshot = await chain.snapshot(fixing, head)
    return { trial, snapshot, turnEnd: turnEndOf(jury, snapshot) }
  }
  const look = (known: KnownCase): Promise<Look> => {
    const found = looks.get(known.id) ?? lookAt(known)
    looks.set(known.id, found)
    return found
  }
  /**
   * For how many moves of other cases this one waits, of which `move` is one: that of the next in the queue if it is in it. Undefined if it
   * does not wait for such a move.
   */
  const movesBefore = async ({ id }: KnownCase, { stage }: JuryCase, move: ClerkMove): Promise<number | undefined> => {
    const isOfQueue = move === 'draw' || move === 'reseed' || move === 'close'
    if (stage === 'waiting') return isOfQueue ? (await waiting()).indexOf(id) : undefined
    if (!isToOpen(stage) || move === 'open') return undefined
    if (move === 'readmit') return 1
    // Each of the waiting cases is drawn, and each round resolved, before all seats are back.
    if (!(await room())) return 2 * (await stakes()).waiting + Math.ceil((await stakes()).seated / terms.seats)
    // Nothing comes back into the pool while a draw is due.
    return isOfQueue && (await returned()) > 0 ? (await waiting()).length : undefined
  }
  const atStake = async (known: KnownCase, move: ClerkMove): Promise<AtStake[]> => {
    const { trial, turnEnd } = await look(known)
    const { state } = trial
    const deadline = waitEnd({ now: head.time, block: head.number, state, terms, turnEnd })
    const moves = deadline === undefined ? undefined : await movesBefore(known, state, move)
    if (deadline === undefined || moves === undefined) return []
    return [{ deadline, amount: staked(known.id) / BigInt(Math.max(moves, 1)) }]
  }
  return {
    head,
    look,
    async queueOf({ id }, { stage }) {
      const isOpening = isToOpen(stage)
      const [first] = isOpening || stage === 'waiting' ? await waiting() : []
      return {
        isNext: first === undefined || first === id,
        returned: isOpening ? await returned() : 0,
        hasRoom: isOpening && (await room()),
      }
    },
    async behind({ id }, move) {
      const others = all.filter((one) => one.id !== id && staked(one.id) > 0n)
      const found = await Promise.allSettled(others.map((one) => atStake(one, move)))
      return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    },
  }
}

/** A jury, and its cases: those that were opened, and all. */
export type JuryCases = {
  readonly jury: Address
  readonly terms: JuryTerms
  readonly opened: readonly KnownCase[]
  readonly all: readonly KnownCase[]
}

function isToOpen(stage: JuryCase['stage']): boolean {
  return stage === 'none' || stage === 'hung'
}

/** What `ask` says, which is asked once at most, when somebody wants to know. */
function asksOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => (answer ??= ask())
}
