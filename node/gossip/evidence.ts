import { concatBytes } from '@noble/hashes/utils.js'
import { decodeObservation, OBSERVATION_BYTES, recoverWireSigner, sameObservation } from '#protocol/observation.ts'
import type { RejectCode, ValidatorContext, VerifiedObservation } from './validate.ts'
import { decoded, recovered } from './faults.ts'

/** Two different observations by one reporter for one fixing: an equivocation, provable by anyone. */
export type Evidence = { readonly first: VerifiedObservation; readonly second: VerifiedObservation }

/** Length of a proof on the wire: two observations. */
export const EVIDENCE_BYTES = 2 * OBSERVATION_BYTES

/** Why a proof proves nothing. */
export type EvidenceFault = RejectCode | 'order' | 'two-fixings' | 'one-observation' | 'two-signers'

/** Why a proof is of no use here; nobody's fault. */
type EvidenceIgnore = 'unknown-fixing' | 'settled' | 'reporters-unknown' | 'duplicate' | 'throttled'

/** What to do with a message on the evidence topic. */
export type EvidenceVerdict =
  | { readonly result: 'accept'; readonly evidence: Evidence }
  | { readonly result: 'ignore'; readonly code: EvidenceIgnore }
  | { readonly result: 'reject'; readonly code: EvidenceFault }

/** The two observations' bytes, the smaller first: one encoding per proof. */
export function encodeEvidence({ first, second }: Evidence): Uint8Array {
  const [low, high] = isBelow(first.bytes, second.bytes) ? [first, second] : [second, first]
  return concatBytes(low.bytes, high.bytes)
}

/** Judges a message on the evidence topic, cheapest check first. Throws only what `context` throws. */
export function judgeEvidence(
  peer: string,
  bytes: Uint8Array,
  context: ValidatorContext,
  isProven: (fixingId: Evidence['first']['signed']['fixingId'], reporterIndex: number) => boolean,
): EvidenceVerdict {
  if (bytes.length !== EVIDENCE_BYTES) return reject('length')
  const halves = [bytes.slice(0, OBSERVATION_BYTES), bytes.slice(OBSERVATION_BYTES)] as const
  if (!isBelow(halves[0], halves[1])) return reject('order')
  const pair = decoded(() => [decodeObservation(halves[0]), decodeObservation(halves[1])] as const)
  if (typeof pair === 'string') return reject(pair)
  const [a, b] = pair
  if (a.fixingId !== b.fixingId) return reject('two-fixings')
  if (sameObservation(a, b)) return reject('one-observation')
  const fixing = context.fixing(a.fixingId)
  if (fixing === undefined) return ignore('unknown-fixing')
  if (fixing === 'settled') return ignore('settled')
  const reporters = context.reporters(a.fixingId)
  if (reporters === undefined) return ignore('reporters-unknown')
  if (!context.takeToken(peer)) return ignore('throttled')
  const signers = recovered(() => halves.map((half) => recoverWireSigner(context.domain, half, context.recoverKey)))
  const [signer, other] = signers ?? []
  if (signer === undefined) return reject('unrecoverable-signature')
  if (signer !== other) return reject('two-signers')
  const reporterIndex = reporters.get(signer.toLowerCase())
  if (reporterIndex === undefined) return reject('not-a-reporter')
  if (isProven(a.fixingId, reporterIndex)) return ignore('duplicate')
  const first = { signed: a, signer, reporterIndex, bytes: halves[0] }
  return { result: 'accept', evidence: { first, second: { signed: b, signer, reporterIndex, bytes: halves[1] } } }
}

const reject = (code: EvidenceFault): EvidenceVerdict => ({ result: 'reject', code })
const ignore = (code: EvidenceIgnore): EvidenceVerdict => ({ result: 'ignore', code })

function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) < 0
}
