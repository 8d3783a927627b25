import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { Address, Hex } from 'viem'
import { bytesToHex, hexToBytes } from 'viem/utils'
import { type BlsSignature, blsSign } from '#protocol/bls.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { type ReportRequest, requestDigest, type SignedRequest } from '#protocol/cosigning.ts'
import {
  type Observation,
  observationDigest,
  type ObservationSignature,
  type SignedObservation,
  type SigningDomain,
} from '#protocol/observation.ts'
import { type Presence, presenceDigest, type SignedPresence } from '#protocol/presence.ts'
import { type Report, reportDigest } from '#protocol/report.ts'
import type { Guard } from './guard.ts'

/** Signs as one reporter. INVARIANT: nothing that can cost a stake is signed before the guard has written it down. */
export interface Signer {
  readonly address: Address
  /** Throws the guard's SecondDigestError for a second observation of one fixing. */
  sign(observation: Observation): Promise<SignedObservation>
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

/**
 * A signer with the account's key in memory, and the BLS key that is derived from it: EIP-712 under `domain`,
 * deterministic (RFC 6979), low s.
 */
export function createSigner(
  key: { readonly address: Address; readonly privateKey: Hex },
  domain: SigningDomain,
  guard: Guard,
): Signer {
  const secret = hexToBytes(key.privateKey)
  const blsSecret = blsSecretOf(key.privateKey)
  const signer = key.address
  const permitReport = async (report: Report, number: number): Promise<Hex> => {
    const { fixingId, proposer } = report
    const digest = reportDigest(domain, report)
    // The first has no number on disk: it had none when there was only one.
    const attempt = number === 0 ? undefined : number
    await guard.permit({ signer, fixingId, proposer, attempt }, digest)
    return digest
  }
  return {
    address: signer,
    async sign(observation) {
      const digest = observationDigest(domain, observation)
      await guard.permit({ signer, fixingId: observation.fixingId }, digest)
      return { ...observation, signature: signDigest(secret, digest) }
    },
    async cosign(report, attempt) {
      return blsSign(blsSecret, await permitReport(report, attempt), 'signature')
    },
    async request(request) {
      await permitReport(request.report, request.attempt)
      return { ...request, signature: signDigest(secret, requestDigest(domain, request)) }
    },
    async present(presence) {
      return { ...presence, signature: signDigest(secret, presenceDigest(domain, presence)) }
    },
  }
}

function signDigest(secret: Uint8Array, digest: Hex): ObservationSignature {
  // Recovered format: recovery bit ‖ r ‖ s.
  const bytes = secp256k1.sign(hexToBytes(digest), secret, { prehash: false, lowS: true, format: 'recovered' })
  const v = bytes[0] === 0 ? 27 : 28
  return { r: bytesToHex(bytes.subarray(1, 33)), s: bytesToHex(bytes.subarray(33, 65)), v }
}
