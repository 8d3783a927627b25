import { CALL_SECONDS, type PresenceCall } from '#protocol/presence.ts'
import { quorumSize } from '#protocol/report.ts'
import type { VerifiedPresence } from '../gossip/presence.ts'

/** What is known of those who will report for a fixing, before it matures. Reporters are registry indices, ascending. */
export type Attendance = {
  /** The call that is being counted. */
  readonly call: PresenceCall
  readonly present: readonly number[]
  readonly absent: readonly number[]
  /** Present, and enough sources of the index answer them: these can be expected to observe. */
  readonly ready: readonly number[]
  /** How many make a quorum. */
  readonly need: number
  /** Too few are ready for a quorum. */
  readonly isShort: boolean
}

/** What is counted. Times in Unix seconds. */
export type AttendanceInput = {
  readonly maturity: bigint
  readonly now: bigint
  /** Since when this node has listened: of a call that opened before it does not know who is missing. */
  readonly since: bigint
  /** Sources that the index needs to be observed. */
  readonly minSources: number
  /** Registry indices of those who will report. */
  readonly expected: readonly number[]
  readonly heard: readonly VerifiedPresence[]
}

/** How long after each call opens it is counted: reporters first ask their sources, and the message travels. Seconds. */
const PATIENCE_SECONDS: readonly [first: bigint, last: bigint] = [60n, 30n]

/**
 * Counts who is there, from a minute after the first call opens until the maturity; the last call is counted for itself,
 * since who answered the first may be gone. Undefined at other times, for a call that was not heard from its beginning,
 * and without reporters.
 */
export function attendanceOf(input: AttendanceInput): Attendance | undefined {
  const { maturity, now, since, expected } = input
  const [first, last] = CALL_SECONDS
  const [firstCount, lastCount] = [maturity - first + PATIENCE_SECONDS[0], maturity - last + PATIENCE_SECONDS[1]]
  if (now < firstCount || now >= maturity || expected.length === 0) return undefined
  const call: PresenceCall = now < lastCount ? 0 : 1
  if (since > maturity - CALL_SECONDS[call]) return undefined
  const heard = input.heard.filter((presence) => presence.call >= call)
  const ready = new Set(
    heard.filter(({ signed }) => signed.sourcesReady >= input.minSources).map(({ reporterIndex }) => reporterIndex),
  )
  const present = new Set(heard.map(({ reporterIndex }) => reporterIndex))
  const all = expected.toSorted((a, b) => a - b)
  const need = quorumSize(all.length)
  const able = all.filter((index) => ready.has(index))
  return {
    call,
    present: all.filter((index) => present.has(index)),
    absent: all.filter((index) => !present.has(index)),
    ready: able,
    need,
    isShort: able.length < need,
  }
}
