import type { Address, Hex } from 'viem'
import { type Quorum, quorumOf } from '../quorum.ts'
import type { VerifiedObservation } from '../gossip/validate.ts'
import type { Parts } from './parts.ts'
import type { Ripe } from './tracked.ts'

/** The quorum that `observations`, held for a ripe fixing, make for `proposer`, without proven equivocators. */
export function quorumOfHeld(
  { store }: Pick<Parts, 'store'>,
  fixingId: Hex,
  { reporters, epoch }: Ripe,
  observations: readonly VerifiedObservation[],
  proposer: Address,
): Quorum {
  return quorumOf({
    fixingId,
    reporters: reporters.map(({ index }) => index),
    observations,
    equivocators: new Set(store.observations.evidence(fixingId).map(({ first }) => first.reporterIndex)),
    epoch,
    proposer,
  })
}

/** The median that a quorum reports; undefined while it is short. */
export function reportValue(quorum: Quorum | undefined): bigint | undefined {
  return quorum?.kind === 'report' ? quorum.report.value : undefined
}
