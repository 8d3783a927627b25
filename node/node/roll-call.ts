import type { Hex } from 'viem'
import { fetchSamples } from '#node/source'
import { callAt, CALL_SECONDS, encodePresence, type PresenceCall } from '#protocol/presence.ts'
import type { Head } from '../chain/port.ts'
import { type Attendance, attendanceOf } from '../presence/attendance.ts'
import { type ClockOffset, createClockOffset } from '../presence/clock-offset.ts'
import { createProbe, type Probe } from '../presence/probe.ts'
import type { SourceAccess } from '../source/reading.ts'
import type { LoopState } from './loop.ts'
import { isAllowed } from './observing.ts'
import { wantedPeers } from './network-wait.ts'
import type { Parts } from './parts.ts'
import type { Tracked } from './tracked.ts'

/** Says that this node is there before a maturity, and counts who else is. */
export interface RollCall {
  /** One look at all fixings, after a look at the chain; what takes long goes on in the background. */
  look(head: Head, isNew: boolean): void
  /** Undefined while nothing is to be counted. */
  attendance(tracked: Tracked): Attendance | undefined
  /** How many sources of the fixing's index answered last, if too few did; only before its maturity. */
  unready(tracked: Tracked): number | undefined
  /** Seconds that this node's clock is behind the chain's. */
  clockOffset(): number
}

/** What a roll call works with. */
export type RollCallParts = Omit<Parts, 'rollCall'> & { readonly sources: SourceAccess }

/** What is remembered of one fixing. */
type Page = {
  readonly spoken: Set<PresenceCall>
  readonly warned: Set<PresenceCall>
  /** Sources that answered when this node last spoke. */
  sourcesReady: number | undefined
}

/** Who will report is read this long before the first call, and again this often. Chain time. */
const AHEAD_SECONDS = 60n
const REFRESH_MS = 30_000

/** A roll call of the fixings of `state`. */
export function createRollCall(parts: RollCallParts, state: LoopState): RollCall {
  const { clock, roll, signal, sources } = parts
  const probe = createProbe({
    clock,
    signal,
    sample: (document, maturity, until) => fetchSamples(document, maturity, { ...sources, clock, signal: until }),
  })
  const offset = createClockOffset()
  const pages = new Map<Hex, Page>()
  const pageOf = (id: Hex): Page => {
    const page = pages.get(id) ?? { spoken: new Set(), warned: new Set(), sourcesReady: undefined }
    pages.set(id, page)
    return page
  }
  const readAt = new Map<bigint, number>()
  let since: bigint | undefined
  const rollCall: RollCall = {
    clockOffset: () => offset.read(),
    attendance: (tracked) => countOf(parts, state, tracked, since),
    unready({ id, fixing, document }) {
      const ready = pages.get(id)?.sourcesReady
      const isAhead = clock.now() < fixing.maturity
      return isAhead && ready !== undefined && ready < document.aggregation.minSources ? ready : undefined
    },
    look(head, isNew) {
      const now = clock.now()
      // What was ahead and is set right has listened since then.
      if (since === undefined || now < since) since = now
      if (isNew) offset.note(head.time, now)
      for (const tracked of state.tracked.values()) {
        const { id, fixing } = tracked
        if (now >= fixing.maturity) {
          // Of those who observe, nobody asks who was there.
          if (pages.delete(id)) roll.forget(id)
          continue
        }
        if (now < fixing.maturity - CALL_SECONDS[0] - AHEAD_SECONDS) continue
        const page = pageOf(id)
        refreshExpected(parts, state, readAt, fixing.maturity)
        speak(parts, state, tracked, page, probe, offset)
        warn(parts, tracked, page, rollCall)
      }
      for (const maturity of readAt.keys()) {
        if (now < maturity) continue
        state.expected.delete(maturity)
        readAt.delete(maturity)
      }
    },
  }
  return rollCall
}

function countOf(
  { clock, config, roll }: RollCallParts,
  state: LoopState,
  { id, fixing, document }: Tracked,
  since: bigint | undefined,
): Attendance | undefined {
  const expected = state.expected.get(fixing.maturity)
  if (expected === undefined || since === undefined || !isAllowed(config, fixing)) return undefined
  return attendanceOf({
    maturity: fixing.maturity,
    now: clock.now(),
    since,
    minSources: document.aggregation.minSources,
    expected: expected.reporters.map(({ index }) => index),
    heard: roll.heard(id),
  })
}

/** Reads who will report at the maturity: until then reporters may join and leave. Fixings that mature together share it. */
function refreshExpected(
  { chain, clock, known, log, network, rosters }: RollCallParts,
  { expected }: LoopState,
  readAt: Map<bigint, number>,
  maturity: bigint,
): void {
  const lastMs = readAt.get(maturity)
  if (lastMs !== undefined && clock.monotonicMs() - lastMs < REFRESH_MS) return
  readAt.set(maturity, clock.monotonicMs())
  const read = async (): Promise<void> => {
    const roster = rosters(await chain.panel(maturity))
    known.note(roster.reporters)
    // It may have matured meanwhile.
    if (!readAt.has(maturity)) return
    expected.set(maturity, roster)
    await network.intake.recheck()
  }
  read().catch((error: unknown) => {
    log.debug({ err: error }, 'who will report cannot be read')
    readAt.delete(maturity)
  })
}

/** Asks the sources and says so, once at each call, if this node reports for the fixing. */
function speak(
  parts: RollCallParts,
  state: LoopState,
  tracked: Tracked,
  page: Page,
  probe: Probe,
  offset: ClockOffset,
): void {
  const { clock, log, signal } = parts
  const call = callAt(tracked.fixing.maturity, clock.now())
  const reporterIndex = ownIndex(parts, state, tracked)
  if (call === undefined || reporterIndex === undefined || page.spoken.has(call)) return
  page.spoken.add(call)
  const reporters = state.expected.get(tracked.fixing.maturity)?.reporters.length ?? 0
  say(parts, tracked, page, { call, reporterIndex, reporters, probe, offset }).catch((error: unknown) => {
    if (!signal.aborted) log.warn({ err: error, fixingId: tracked.id }, 'could not say that we are there')
  })
}

type Turn = {
  readonly call: PresenceCall
  readonly reporterIndex: number
  /** How many there will be. */
  readonly reporters: number
  readonly probe: Probe
  readonly offset: ClockOffset
}

async function say(
  { clock, log, network, roll, signer }: RollCallParts,
  { id, fixing, document }: Tracked,
  page: Page,
  { call, reporterIndex, reporters, probe, offset }: Turn,
): Promise<void> {
  const sourcesReady = await probe(fixing.indexId, document)
  page.sourcesReady = sourcesReady
  const sentAt = clock.now()
  // Asking took longer than the call was open: the next one is close.
  if (signer === undefined || callAt(fixing.maturity, sentAt) !== call) return
  const meshPeers = Math.min(network.meshPeers(), 0xffff)
  const presence = {
    fixingId: id,
    reporter: signer.address,
    sentAt,
    clockOffset: offset.read(),
    meshPeers,
    sourcesReady,
  }
  const signed = await signer.present(presence)
  const bytes = encodePresence(signed)
  roll.add({ signed, call, reporterIndex, bytes })
  const untilMaturity = AbortSignal.timeout(Number(fixing.maturity - sentAt) * 1_000)
  network.publishPresence({ signed, bytes }, wantedPeers(reporters), untilMaturity)
  log.info({ fixingId: id, call, meshPeers, sourcesReady }, 'said that we are there')
}

/** This node's place among those who will report; undefined if it is not one of them, or may not sign for the fixing. */
function ownIndex({ chain, config, store }: RollCallParts, state: LoopState, { fixing }: Tracked): number | undefined {
  if (chain.account === undefined || !config.roles.includes('reporter')) return undefined
  if (!isAllowed(config, fixing) || !store.restoration.maySign(fixing.maturity)) return undefined
  return state.expected.get(fixing.maturity)?.indexOf.get(chain.account.toLowerCase())
}

/** Says once at each call that a quorum is missing, while there is time to do something about it. */
function warn({ log }: RollCallParts, tracked: Tracked, page: Page, rollCall: RollCall): void {
  const attendance = rollCall.attendance(tracked)
  if (attendance === undefined || !attendance.isShort || page.warned.has(attendance.call)) return
  page.warned.add(attendance.call)
  const { present, ready, need, absent } = attendance
  const { id, fixing } = tracked
  const fields = { fixingId: id, maturity: fixing.maturity.toString(), present, ready, need, absent }
  log.warn(fields, 'too few reporters are there for a quorum')
}
