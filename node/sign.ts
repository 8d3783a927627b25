import type { Address, Hex } from 'viem'
import type { BlsSignature } from '#protocol/bls.ts'
import type { ReportRequest, SignedRequest } from '#protocol/cosigning.ts'
import { type Observation, observationDigest, type SignedObservation } from '#protocol/observation.ts'
import { type SigningDomain } from '#protocol/signing.ts'
import type { Presence, SignedPresence } from '#protocol/presence.ts'
import { type Report, reportDigest } from '#protocol/report.ts'
import type { Guard, Subject } from './guard.ts'
import type { Keys } from './sign/keys.ts'

/** Signs as one reporter. INVARIANT: nothing that can cost a stake is signed before the guard has written it down. */
export interface Signer {
  readonly address: Address
  /** Throws the guard's SecondDigestError for a second observation of one fixing. */
  sign(observation: Observation): Promise<SignedObservation>
  /** An observation of this reporter that came from elsewhere: another of its fixing is signed no more. */
  adopt(observation: Observation): Promise<void>
  /**
   * Co-signs by BLS what its proposer asked for as `attempt`. Throws the guard's SecondDigestError for a second report of
   * one proposer for one fixing under one number.
   */
  cosign(report: Report, attempt: number): Promise<BlsSignature>
  /** Signs the call for co-signatures of its own report. Throws as `cosign`. */
  request(request: ReportRequest): Promise<SignedRequest>
  /** Says that the reporter is there. Unguarded: two of these are no offence. */
  present(presence: Presence): Promise<SignedPresence>
}

/** A signer with `keys`, under `domain`. Throws what the keys throw, once the guard has written down what was to be signed. */
export function createSigner(keys: Keys, domain: SigningDomain, guard: Guard): Signer {
  const signer = keys.address
  const permitReport = (report: Report, number: number): Promise<void> => {
    const { fixingId, proposer } = report
    const digest: Hex = reportDigest(domain, report)
    // The first has no number on disk: it had none when there was only one.
    const attempt = number === 0 ? undefined : number
    return guard.permit({ signer, fixingId, proposer, attempt }, digest)
  }
  const guardedAs = (observation: Observation): [Subject, Hex] => [
    { signer, fixingId: observation.fixingId },
    observationDigest(domain, observation),
  ]
  return {
    address: signer,
    adopt: (observation) => guard.adopt(...guardedAs(observation)),
    async sign(observation) {
      await guard.permit(...guardedAs(observation))
      return { ...observation, signature: await keys.signObservation(domain, observation) }
    },
    async cosign(report, attempt) {
      await permitReport(report, attempt)
      return keys.signReport(domain, report, attempt)
    },
    async request(request) {
      await permitReport(request.report, request.attempt)
      return { ...request, signature: await keys.signRequest(domain, request) }
    },
    async present(presence) {
      return { ...presence, signature: await keys.signPresence(domain, presence) }
    },
  }
}
