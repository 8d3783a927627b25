import { WIRE_KIND } from '#protocol/wire.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { PartialVerifier } from './batch.ts'
import {
  type CosigningContext,
  judgePartial,
  judgeRequest,
  type PartialVerdict,
  type RequestVerdict,
  type VerifiedPartial,
  type VerifiedRequest,
} from './cosigning.ts'
import { type Evidence, judgeEvidence } from './evidence.ts'
import { isParkable, type Rooms } from './parking.ts'
import { judgePresence, type PresenceContext, type VerifiedPresence } from './presence.ts'
import type { Quarantine } from './quarantine.ts'
import { judgeObservation, type ValidatorContext, type VerifiedObservation } from './validate.ts'
import { voucherOf } from './vouch.ts'

/** Where verified messages go. */
export interface IntakeStore {
  add(observation: VerifiedObservation): Promise<void>
  evidence(fixingId: VerifiedObservation['signed']['fixingId']): readonly Evidence[]
  addEvidence(evidence: Evidence): Promise<void>
  /** The reporter signed the observation that is held in another way, too. */
  addTwiceSigned(observation: VerifiedObservation): void
  addRequest(request: VerifiedRequest): void
  addPartial(partial: VerifiedPartial): void
  addPresence(presence: VerifiedPresence): void
}

/**
 * Peers that no reporter registered. What they send and nobody can judge is looked at as far as all of them together have tokens:
 * new keys cost nothing.
 */
export type Strangers = { has(peer: string): boolean; takeToken(): boolean }

/** What the intake works with. */
export type IntakeComponents = {
  readonly context: ValidatorContext & CosigningContext & PresenceContext
  readonly store: IntakeStore
  /** Where messages wait that cannot be judged yet. */
  readonly rooms: Rooms
  readonly quarantine: Quarantine
  readonly strangers: Strangers
  /**
   * Gives the peer back the token that judging its message took. What is accepted costs none: there is one observation of a
   * reporter for a fixing, and it must be verified whoever brings it. So a peer that brings all that was missed is heard to the
   * end, and one that brings anything else is not.
   */
  readonly giveBack: (peer: string, of: 'message' | 'partial') => void
  readonly clock: Clock
  readonly log: Log
  /** The peer sent too many provably bad messages: drop its connections. */
  readonly onQuarantined: (peer: string) => void
  readonly verifyPartial: PartialVerifier
  /** A reporter was first seen to equivocate. `isRelayed`: the proof itself came by gossip. */
  readonly onEvidence: (evidence: Evidence, isRelayed: boolean) => void
}

/** How a message was taken: the words of gossipsub's validator; `throttled` is ignored and may be sent again. */
export type Taken = 'accept' | 'ignore' | 'throttled' | 'reject'

/** The one door for messages of peers, whichever way they come. */
export interface Intake {
  observation(peer: string, topic: string, bytes: Uint8Array): Promise<Taken>
  evidence(peer: string, bytes: Uint8Array): Promise<Taken>
  /** A request for co-signatures, or a partial signature. */
  report(peer: string, topic: string, bytes: Uint8Array): Promise<Taken>
  /** What a reporter says of itself before a maturity. */
  presence(peer: string, topic: string, bytes: Uint8Array): Promise<Taken>
  /** Judges the parked messages again: time has passed, or a fixing became known. */
  recheck(): Promise<void>
  /** How often each verdict was given since the start. */
  readonly counts: ReadonlyMap<string, number>
}

/** Judges every message once and stores what is good; a peer of two provably bad ones is not listened to any more. */
export function createIntake(components: IntakeComponents): Intake {
  const { context, store, rooms, quarantine, strangers, clock, log } = components
  const counts = new Map<string, number>()
  const count = (code: string): void => void counts.set(code, (counts.get(code) ?? 0) + 1)
  const blame = (peer: string, code: string): Taken => {
    log.debug({ peer, code }, 'rejected a message')
    if (quarantine.blame(peer, clock.monotonicMs())) components.onQuarantined(peer)
    return 'reject'
  }
  const prove = async (evidence: Evidence, isRelayed: boolean): Promise<void> => {
    const { fixingId } = evidence.first.signed
    const { reporterIndex } = evidence.first
    if (isProven(store, fixingId, reporterIndex)) return
    await store.addEvidence(evidence)
    components.onEvidence(evidence, isRelayed)
  }
  const park = (peer: string, topic: string, bytes: Uint8Array, origin: Origin): void => {
    // What waited before was vouched for then.
    const voucher = origin === 'room' ? 'reporter' : voucherOf(peer, bytes, tokensFor(bytes, components))
    if (voucher === 'reporter') return rooms[kindOf(bytes)].park({ peer, topic, bytes })
    count('not-vouched')
    // A reporter's node may be ahead of ours, and know of reporters that we have not read yet.
    if (voucher === 'throttled' || !strangers.has(peer)) return
    if (quarantine.doubt(peer, clock.monotonicMs())) components.onQuarantined(peer)
  }
  const take = {
    async observation(peer: string, topic: string, bytes: Uint8Array, origin: Origin): Promise<Taken> {
      // INVARIANT: nothing of a quarantined peer costs a signature check.
      if (quarantine.has(peer, clock.monotonicMs())) return ignored(count, 'quarantined')
      const verdict = judgeObservation(peer, bytes, context)
      count(verdict.result === 'accept' || verdict.result === 'conflict' ? verdict.result : verdict.code)
      if (verdict.result === 'reject') return blame(peer, verdict.code)
      if (verdict.result === 'ignore') {
        if (verdict.code === 'signed-twice') store.addTwiceSigned(verdict.observation)
        if (isParkable(verdict.code)) park(peer, topic, bytes, origin)
        return verdict.code === 'throttled' ? 'throttled' : 'ignore'
      }
      if (verdict.result === 'accept') {
        // INVARIANT: before anything is waited for, or what comes together would run out of tokens together.
        components.giveBack(peer, 'message')
        await store.add(verdict.observation)
        return 'accept'
      }
      // Not the relaying peer's fault, and the proof travels on its own topic.
      await prove({ first: verdict.first, second: verdict.observation }, false)
      return 'ignore'
    },
    async report(peer: string, topic: string, bytes: Uint8Array, origin: Origin): Promise<Taken> {
      if (quarantine.has(peer, clock.monotonicMs())) return ignored(count, 'quarantined')
      const verdict = await judgeReport(peer, bytes, components)
      count(verdict.result === 'accept' ? verdict.kind : verdict.code)
      if (verdict.result === 'reject') return blame(peer, verdict.code)
      if (verdict.result === 'ignore' && isParkable(verdict.code)) park(peer, topic, bytes, origin)
      if (verdict.result === 'accept') components.giveBack(peer, verdict.kind === 'partial' ? 'partial' : 'message')
      return verdict.result === 'ignore' && verdict.code === 'throttled' ? 'throttled' : verdict.result
    },
    async presence(peer: string, topic: string, bytes: Uint8Array, origin: Origin): Promise<Taken> {
      if (quarantine.has(peer, clock.monotonicMs())) return ignored(count, 'quarantined')
      const verdict = judgePresence(bytes, context)
      count(verdict.result === 'accept' ? 'presence' : verdict.code)
      if (verdict.result === 'reject') return blame(peer, verdict.code)
      if (verdict.result === 'accept') store.addPresence(verdict.presence)
      else if (isParkable(verdict.code)) park(peer, topic, bytes, origin)
      return verdict.result
    },
  }
  return {
    counts,
    observation: (peer, topic, bytes) => take.observation(peer, topic, bytes, 'peer'),
    report: (peer, topic, bytes) => take.report(peer, topic, bytes, 'peer'),
    presence: (peer, topic, bytes) => take.presence(peer, topic, bytes, 'peer'),
    async evidence(peer, bytes) {
      if (quarantine.has(peer, clock.monotonicMs())) return ignored(count, 'quarantined')
      const verdict = judgeEvidence(peer, bytes, context, (id, index) => isProven(store, id, index))
      count(verdict.result === 'accept' ? 'evidence' : verdict.code)
      if (verdict.result === 'reject') return blame(peer, verdict.code)
      if (verdict.result === 'accept') await prove(verdict.evidence, true)
      return verdict.result
    },
    async recheck() {
      // Together: partial signatures are verified in batches. Requests first, since these wait for them.
      const reports = [...rooms.request.takeAll(), ...rooms.partial.takeAll()]
      await Promise.all([
        ...rooms.observation.takeAll().map(({ peer, topic, bytes }) => take.observation(peer, topic, bytes, 'room')),
        ...reports.map(({ peer, topic, bytes }) => take.report(peer, topic, bytes, 'room')),
        ...rooms.presence.takeAll().map(({ peer, topic, bytes }) => take.presence(peer, topic, bytes, 'room')),
      ])
    },
  }
}

/** Whether a peer just sent it, or it waited in a room. */
type Origin = 'peer' | 'room'

function kindOf(bytes: Uint8Array): keyof Rooms {
  if (bytes[1] === WIRE_KIND.request) return 'request'
  if (bytes[1] === WIRE_KIND.presence) return 'presence'
  return bytes[1] === WIRE_KIND.partial ? 'partial' : 'observation'
}

/** Junk on the presence topic costs its peer no token of observations; a stranger's costs one of all strangers. */
function tokensFor(bytes: Uint8Array, { context, strangers }: IntakeComponents): ValidatorContext {
  const isPresence = bytes[1] === WIRE_KIND.presence
  const takeOwn = (peer: string): boolean => (isPresence ? context.takePresenceToken(peer) : context.takeToken(peer))
  return { ...context, takeToken: (peer) => takeOwn(peer) && (!strangers.has(peer) || strangers.takeToken()) }
}

type ReportVerdict =
  | { readonly result: 'accept'; readonly kind: 'request' | 'partial' }
  | Extract<RequestVerdict | PartialVerdict, { readonly result: 'ignore' | 'reject' }>

/** Judges, verifies and keeps a message of the report topic; which of the two it is, its second byte says. */
async function judgeReport(
  peer: string,
  bytes: Uint8Array,
  { context, store, verifyPartial }: IntakeComponents,
): Promise<ReportVerdict> {
  if (bytes[1] === WIRE_KIND.request) {
    const verdict = judgeRequest(peer, bytes, context)
    if (verdict.result !== 'accept') return verdict
    store.addRequest(verdict.request)
    return { result: 'accept', kind: 'request' }
  }
  const verdict = judgePartial(peer, bytes, context)
  if (verdict.result !== 'verify') return verdict
  const { partial, key } = verdict
  const outcome = await verifyPartial({ ...partial, peer, key })
  if (outcome.kind === 'unchecked') return { result: 'ignore', code: 'quarantined' }
  if (outcome.kind === 'bad') return { result: 'reject', code: outcome.code }
  store.addPartial({ ...partial, signature: outcome.signature })
  return { result: 'accept', kind: 'partial' }
}

function ignored(count: (code: string) => void, code: string): Taken {
  count(code)
  return 'ignore'
}

function isProven(store: IntakeStore, fixingId: VerifiedObservation['signed']['fixingId'], index: number): boolean {
  return store.evidence(fixingId).some((known) => known.first.reporterIndex === index)
}
