import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { type Evidence, judgeEvidence } from './evidence.ts'
import type { Parking } from './parking.ts'
import type { Quarantine } from './quarantine.ts'
import { isParkable, judgeObservation, type ValidatorContext, type VerifiedObservation } from './validate.ts'

/** Where verified messages go. */
export interface IntakeStore {
  add(observation: VerifiedObservation): Promise<void>
  evidence(fixingId: VerifiedObservation['signed']['fixingId']): readonly Evidence[]
  addEvidence(evidence: Evidence): Promise<void>
}

/** What the intake works with. */
export type IntakeComponents = {
  readonly context: ValidatorContext
  readonly store: IntakeStore
  readonly parking: Parking
  readonly quarantine: Quarantine
  readonly clock: Clock
  readonly log: Log
  /** The peer sent too many provably bad messages: drop its connections. */
  readonly onQuarantined: (peer: string) => void
  /** A reporter was first seen to equivocate. `isRelayed`: the proof itself came by gossip. */
  readonly onEvidence: (evidence: Evidence, isRelayed: boolean) => void
}

/** How a message was taken; the words of gossipsub's validator. */
export type Taken = 'accept' | 'ignore' | 'reject'

/** The one door for messages of peers, whichever way they come. */
export interface Intake {
  observation(peer: string, topic: string, bytes: Uint8Array): Promise<Taken>
  evidence(peer: string, bytes: Uint8Array): Promise<Taken>
  /** Judges the parked messages again: time has passed, or a fixing became known. */
  recheck(): Promise<void>
  /** How often each verdict was given since the start. */
  readonly counts: ReadonlyMap<string, number>
}

/** Judges every message once and stores what is good; a peer of two provably bad ones is not listened to any more. */
export function createIntake(components: IntakeComponents): Intake {
  const { context, store, parking, quarantine, clock, log } = components
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
  const intake: Intake = {
    counts,
    async observation(peer, topic, bytes) {
      // INVARIANT: nothing of a quarantined peer costs a signature check.
      if (quarantine.has(peer, clock.monotonicMs())) return ignored(count, 'quarantined')
      const verdict = judgeObservation(peer, bytes, context)
      count(verdict.result === 'accept' || verdict.result === 'conflict' ? verdict.result : verdict.code)
      if (verdict.result === 'reject') return blame(peer, verdict.code)
      if (verdict.result === 'ignore') {
        if (isParkable(verdict.code)) parking.park({ peer, topic, bytes })
        return 'ignore'
      }
      if (verdict.result === 'accept') {
        await store.add(verdict.observation)
        return 'accept'
      }
      // Not the relaying peer's fault, and the proof travels on its own topic.
      await prove({ first: verdict.first, second: verdict.observation }, false)
      return 'ignore'
    },
    async evidence(peer, bytes) {
      if (quarantine.has(peer, clock.monotonicMs())) return ignored(count, 'quarantined')
      const verdict = judgeEvidence(peer, bytes, context, (id, index) => isProven(store, id, index))
      count(verdict.result === 'accept' ? 'evidence' : verdict.code)
      if (verdict.result === 'reject') return blame(peer, verdict.code)
      if (verdict.result === 'accept') await prove(verdict.evidence, true)
      return verdict.result
    },
    async recheck() {
      for (const { peer, topic, bytes } of parking.takeAll()) await intake.observation(peer, topic, bytes)
    },
  }
  return intake
}

function ignored(count: (code: string) => void, code: string): Taken {
  count(code)
  return 'ignore'
}

function isProven(store: IntakeStore, fixingId: VerifiedObservation['signed']['fixingId'], index: number): boolean {
  return store.evidence(fixingId).some((known) => known.first.reporterIndex === index)
}
