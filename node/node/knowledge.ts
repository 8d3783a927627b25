import type { Hex } from 'viem'
import type { CosigningContext } from '../gossip/cosigning.ts'
import type { IntakeStore } from '../gossip/intake.ts'
import type { PresenceContext } from '../gossip/presence.ts'
import type { ValidatorContext } from '../gossip/validate.ts'
import type { Store } from '../store/store.ts'
import type { KnownReporters } from './known-reporters.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'
import { isSettled } from './tracked.ts'

type Context = ValidatorContext & CosigningContext & PresenceContext

/** What the validator knows: the fixings followed here, their reporters, and what is held of them. */
export function knowledge(
  store: Store,
  state: LoopState,
  known: KnownReporters,
): Pick<Context, 'fixing' | 'reporters' | 'roster' | 'observations' | 'isSigner' | 'expected'> {
  const { tracked } = state
  return {
    isSigner: (address) => known.isSigner(address),
    fixing(id) {
      const one = tracked.get(id)
      return one === undefined ? undefined : isSettled(one) ? 'settled' : one.fixing
    },
    reporters: (id) => tracked.get(id)?.ripe?.indexOf,
    roster: (id) => tracked.get(id)?.ripe?.reporters,
    expected(id) {
      const maturity = tracked.get(id)?.fixing.maturity
      return maturity === undefined ? undefined : state.expected.get(maturity)?.indexOf
    },
    observations: (id) => store.observations.all(id),
  }
}

/** Where what was verified goes. */
export function intakeStore(
  { store: { observations }, book, roll, signer }: Pick<Parts, 'store' | 'book' | 'roll' | 'signer'>,
  state: LoopState,
): IntakeStore {
  return {
    async add(observation) {
      await observations.add(observation)
      // What this node does not remember, after a copy of data_dir was put back, or what another machine signed with its key.
      if (observation.signer === signer?.address) await signer.adopt(observation.signed)
      touch(state, observation.signed.fixingId)
    },
    evidence: (fixingId) => observations.evidence(fixingId),
    addEvidence: (evidence) => observations.addEvidence(evidence),
    addTwiceSigned({ signed: { fixingId }, reporterIndex }) {
      book.addTwiceSigned(fixingId, reporterIndex)
      touch(state, fixingId)
    },
    addRequest(request) {
      book.addRequest(request)
      touch(state, request.report.fixingId)
    },
    addPartial(partial) {
      book.addPartial(partial)
      touch(state, partial.fixingId)
    },
    addPresence: (presence) => roll.add(presence),
  }
}

/** Something about the fixing changed beside the chain. */
export function touch({ tracked }: LoopState, fixingId: Hex): void {
  const known = tracked.get(fixingId)
  if (known !== undefined) known.isDirty = true
}
