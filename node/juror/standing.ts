import type { Address, Hex } from 'viem'
import type { Carried } from './act.ts'
import { type Service, type Unserved, unservedOf } from './unserved.ts'
import { lateSeats, nextDeadline, unreadSeats, votesToSend, type Watched } from './decide.ts'

/** What a node's seats come to now. */
export type JurorView = {
  /** Seats in rounds that run. */
  readonly seats: number
  /** Seats that somebody has to look at: late, or committed to what this node cannot open. */
  readonly late: number
  /** Seats that stand at INVALID for want of reading, and may still be committed to another value. */
  readonly unread: number
  /** The next end by which a seat has to commit or reveal, Unix seconds; undefined for none. */
  readonly deadline: bigint | undefined
  /** Juries and cases whose last look failed: what is due there is as it was seen before. */
  readonly failing: number
  /** Commitments and reveals that are still to be sent; of a case that was never looked at with success, as many as it may ask for. */
  readonly toSend: number
  /** Cases of which something that is due was refused the last time since its gas costs more than it may. */
  readonly dear: number
  /** Accounts of this node's operator whose seats it does not vote for. */
  readonly unserved: readonly Unserved[]
  /** Juries that were not looked at with success since the start: what is to be sent there is not known. */
  readonly unseen: number
}

/** What was last seen of the votes of a case. */
export type Seen = Omit<Watched, 'now'>

/** What the seats of a node come to, by what was last seen of them: looks that fail must not hide that time runs out. */
export interface Standing {
  /** This was seen of the case; undefined: nothing is due. */
  note(jury: Address, id: Hex, seen: Seen | undefined): void
  /** This came of what is due of the case: 'later' leaves what came of it before. */
  carry(jury: Address, id: Hex, carried: Carried): void
  /** A look at the case succeeded to its end. */
  pass(jury: Address, id: Hex): void
  /** A look at the case, or without `id` at the jury, failed. */
  fail(jury: Address, id?: Hex): void
  /** A look at the jury succeeded, and these are its cases, of at most `mostSeats` seats: others are forgotten. */
  keep(jury: Address, ids: readonly Hex[], mostSeats: number): void
  /** So the operator's other accounts stand in the jury. */
  serve(jury: Address, services: readonly Service[]): void
  /** As of `now`, Unix seconds. */
  view(now: bigint): JurorView
}

/** Each seat commits and reveals. */
const VOTES_OF_SEAT = 2

/** Nothing is seen yet of `juries`. */
export function createStanding(juries: readonly Address[]): Standing {
  const seen = new Map<string, Seen>()
  const unseen = new Set(juries.map((jury) => keyOf(jury)))
  /** The most votes that cases may ask for which were never looked at. */
  const untold = new Map<string, number>()
  const failing = new Set<string>()
  const dear = new Set<string>()
  const served = new Map<Address, readonly Service[]>()
  return {
    note(jury, id, one) {
      untold.set(keyOf(jury, id), 0)
      if (one !== undefined) return void seen.set(keyOf(jury, id), one)
      for (const keys of [seen, dear]) keys.delete(keyOf(jury, id))
    },
    carry(jury, id, carried) {
      if (carried === 'dear') dear.add(keyOf(jury, id))
      else if (carried === 'clear') dear.delete(keyOf(jury, id))
    },
    pass: (jury, id) => void failing.delete(keyOf(jury, id)),
    fail: (jury, id) => void failing.add(keyOf(jury, id)),
    keep(jury, ids, mostSeats) {
      unseen.delete(keyOf(jury))
      for (const id of ids) {
        const key = keyOf(jury, id)
        untold.set(key, untold.get(key) ?? VOTES_OF_SEAT * mostSeats)
      }
      const kept = new Set(ids.map((id) => keyOf(jury, id)))
      const isGone = (key: string): boolean => key.startsWith(keyOf(jury)) && !kept.has(key)
      for (const keys of [failing, dear, seen, untold]) for (const key of keys.keys()) if (isGone(key)) keys.delete(key)
    },
    serve: (jury, services) => void served.set(jury, services),
    view(now) {
      const cases = [...seen.values()].map((one) => ({ ...one, now })).filter(isRunning)
      const deadlines = cases.flatMap((one) => nextDeadline(one) ?? [])
      return {
        seats: sumOf(cases.map(({ own }) => own.length)),
        late: sumOf(cases.map(lateSeats)),
        unread: sumOf(cases.map(unreadSeats)),
        deadline: deadlines.toSorted((a, b) => (a < b ? -1 : 1))[0],
        failing: failing.size,
        toSend: sumOf([...cases.map(votesToSend), ...untold.values()]),
        dear: dear.size,
        unserved: unservedOf(served, served.size === juries.length),
        unseen: unseen.size,
      }
    },
  }
}

function isRunning({ state }: Watched): boolean {
  return state.stage === 'voting'
}

function keyOf(jury: Address, id?: Hex): string {
  return `${jury}:${id ?? ''}`.toLowerCase()
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0)
}
