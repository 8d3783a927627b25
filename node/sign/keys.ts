import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { Address, Hex, LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { bytesToHex, hexToBytes } from 'viem/utils'
import { type Ballot, type BallotDomain, ballotToSign } from '#protocol/ballot.ts'
import { type BlsSignature, blsSign } from '#protocol/bls.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { type ReportRequest, requestDigest } from '#protocol/cosigning.ts'
import { type Observation, observationDigest } from '#protocol/observation.ts'
import { type Signature, type SigningDomain } from '#protocol/signing.ts'
import { type Presence, presenceDigest } from '#protocol/presence.ts'
import { type Report, reportDigest } from '#protocol/report.ts'

/** The keys of one reporter, wherever they are. They remember nothing: the guard stands before them. */
export interface Keys {
  readonly address: Address
  /** Signs the account's transactions. */
  readonly account: LocalAccount
  signObservation(domain: SigningDomain, observation: Observation): Promise<Signature>
  signRequest(domain: SigningDomain, request: ReportRequest): Promise<Signature>
  signPresence(domain: SigningDomain, presence: Presence): Promise<Signature>
  /** Signs by BLS the report that was asked for as `attempt`. */
  signReport(domain: SigningDomain, report: Report, attempt: number): Promise<BlsSignature>
  /** Signs a juror's ballot, 65 bytes, the same every time: what its salts are made of. Never to be shown. */
  signBallot(domain: BallotDomain, ballot: Ballot): Promise<Hex>
  /** What keeps the keys from signing, in words for the operator; undefined if nothing does. */
  problem(): Promise<string | undefined>
}

/**
 * The account's key in memory, and the BLS key that is derived from it: EIP-712, deterministic (RFC 6979), low s.
 */
export function localKeys({ address, privateKey }: { readonly address: Address; readonly privateKey: Hex }): Keys {
  const secret = hexToBytes(privateKey)
  const blsSecret = blsSecretOf(privateKey)
  const account = privateKeyToAccount(privateKey)
  return {
    address,
    account,
    signObservation: async (domain, observation) => signDigest(secret, observationDigest(domain, observation)),
    signRequest: async (domain, request) => signDigest(secret, requestDigest(domain, request)),
    signPresence: async (domain, presence) => signDigest(secret, presenceDigest(domain, presence)),
    signReport: async (domain, report) => blsSign(blsSecret, reportDigest(domain, report), 'signature'),
    signBallot: async (domain, ballot) => account.signTypedData(ballotToSign(domain, ballot)),
    problem: async () => undefined,
  }
}

function signDigest(secret: Uint8Array, digest: Hex): Signature {
  // Recovered format: recovery bit ‖ r ‖ s.
  const bytes = secp256k1.sign(hexToBytes(digest), secret, { prehash: false, lowS: true, format: 'recovered' })
  const v = bytes[0] === 0 ? 27 : 28
  return { r: bytesToHex(bytes.subarray(1, 33)), s: bytesToHex(bytes.subarray(33, 65)), v }
}
