import { concatBytes } from '@noble/hashes/utils.js'
import { decodeObservation, OBSERVATION_BYTES, recoverWireSigner, sameObservation } from '#protocol/observation.ts'
import type { RejectCode, ValidatorContext, VerifiedObservation } from './validate.ts'
import { WireError } from '#protocol/wire.ts'

/** Proof of an equivocation: two different observations by one reporter for one fixing. */
export type Evidence = { readonly first: VerifiedObservation; readonly second: VerifiedObservation }

/** Length of a proof on the wire: two observations. */
export const EVIDENCE_BYTES = 2 * OBSERVATION_BYTES

/** Why a proof proves nothing. */
export type EvidenceFault = RejectCode | 'order' | 'two-fixings' | 'one-observation' | 'two-signers'

/** What to do with a message on the evidence topic. */
export type EvidenceVerdict =
  | { readonly result: 'accept'; readonly evidence: Evidence }
  | {
      readonly result: 'ignore'
      readonly code: 'unknown-fixing' | 'settled' | 'reporters-unknown' | 'duplicate' | 'throttled'
    }
  | { readonly result: 'reject'; readonly code: EvidenceFault }

/** The two observations' bytes, the smaller first: one encoding per proof. */
export function encodeEvidence({ first, second }: Evidence): Uint8Array {
  const [low, high] = isBelow(first.bytes, second.bytes) ? [first, second] : [second, first]
  return concatBytes(low.bytes, high.bytes)
}

/** Judges a message on the evidence topic, cheapest check first. */
export function judgeEvidence(
  peer: string,
  bytes: Uint8Array,
  context: ValidatorContext,
  isProven: (fixingId: Evidence['first']['signed']['fixingId'], reporterIndex: number) => boolean,
): EvidenceVerdict {
  if (bytes.length !== EVIDENCE_BYTES) return { result: 'reject', code: 'length' }
  const halves = [bytes.slice(0, OBSERVATION_BYTES), bytes.slice(OBSERVATION_BYTES)] as const
  if (!isBelow(halves[0], halves[1])) return { result: 'reject', code: 'order' }
  try {
    const [a, b] = [decodeObservation(halves[0]), decodeObservation(halves[1])]
    if (a.fixingId !== b.fixingId) return { result: 'reject', code: 'two-fixings' }
    if (sameObservation(a, b)) return { result: 'reject', code: 'one-observation' }
    const fixing = context.fixing(a.fixingId)
    if (fixing === undefined) return { result: 'ignore', code: 'unknown-fixing' }
    if (fixing === 'settled') return { result: 'ignore', code: 'settled' }
    const reporters = context.reporters(a.fixingId)
    if (reporters === undefined) return { result: 'ignore', code: 'reporters-unknown' }
    if (!context.takeToken(peer)) return { result: 'ignore', code: 'throttled' }
    const { domain, recoverKey } = context
    const signer = recoverWireSigner(domain, halves[0], recoverKey)
    if (signer !== recoverWireSigner(domain, halves[1], recoverKey)) return { result: 'reject', code: 'two-signers' }
    const reporterIndex = reporters.get(signer.toLowerCase())
    if (reporterIndex === undefined) return { result: 'reject', code: 'not-a-reporter' }
    if (isProven(a.fixingId, reporterIndex)) return { result: 'ignore', code: 'duplicate' }
    const first = { signed: a, signer, reporterIndex, bytes: halves[0] }
    return { result: 'accept', evidence: { first, second: { signed: b, signer, reporterIndex, bytes: halves[1] } } }
  } catch (error) {
    return { result: 'reject', code: error instanceof WireError ? error.code : 'unrecoverable-signature' }
  }
}

function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) < 0
}
