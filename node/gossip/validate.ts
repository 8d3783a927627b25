import type { Address, Hex } from 'viem'
import type { Fixing } from '#protocol/fixing.ts'
import {
  decodeObservation,
  OBSERVATION_BYTES,
  recoverWireSigner,
  sameObservation,
  SIGNATURE_AT,
  type SignedObservation,
} from '#protocol/observation.ts'
import { type KeyRecovery, type SigningDomain } from '#protocol/signing.ts'
import type { WireFault } from '#protocol/wire.ts'
import { decoded, recovered } from './faults.ts'

/** A verified observation: what was signed, by which reporter, and the bytes that travelled. */
export type VerifiedObservation = {
  readonly signed: SignedObservation
  readonly signer: Address
  /** The signer's index in the registry. */
  readonly reporterIndex: number
  readonly bytes: Uint8Array
}

/** Provably bad: no honest peer relays it. */
export type RejectCode = WireFault | 'before-maturity' | 'unrecoverable-signature' | 'not-a-reporter'

/** Useless here or too early; nobody's fault. */
export type IgnoreCode =
  'unknown-fixing' | 'early' | 'reporters-unknown' | 'settled' | 'duplicate' | 'throttled' | 'quarantined'

/** What to do with a message. `conflict` is the signer's first, different observation: an equivocation. */
export type Verdict =
  | { readonly result: 'accept'; readonly observation: VerifiedObservation }
  | { readonly result: 'conflict'; readonly observation: VerifiedObservation; readonly first: VerifiedObservation }
  | { readonly result: 'ignore'; readonly code: IgnoreCode }
  | { readonly result: 'ignore'; readonly code: 'signed-twice'; readonly observation: VerifiedObservation }
  | { readonly result: 'reject'; readonly code: RejectCode }

/** What judging needs to know. */
export interface ValidatorContext {
  readonly domain: SigningDomain
  /** How signers are found; by default in JavaScript alone. */
  readonly recoverKey?: KeyRecovery | undefined
  /** Unix seconds. */
  now(): bigint
  /** The fixing, if its struct is held here; 'settled' once nothing about it matters any more. */
  fixing(id: Hex): Fixing | 'settled' | undefined
  /** Registry index by lower-case signer, for the fixing's maturity; undefined until the chain gave it. */
  reporters(id: Hex): ReadonlyMap<string, number> | undefined
  /** Verified observations held for the fixing, first seen per signer; the same list for as long as nothing changes. */
  observations(id: Hex): readonly VerifiedObservation[]
  /** Whether a reporter that is registered now, or for a fixing followed here, signs as this lower-case address. */
  isSigner(address: string): boolean
  /** Takes one of the peer's tokens for verifying a signature; false if it has none left. */
  takeToken(peer: string): boolean
}

/** How far a reporter's clock may be ahead of ours, seconds: a block and some drift. */
export const SKEW_SECONDS = 30n

/**
 * Judges a message on the observation topic, cheapest check first: length, canonical bytes, fixing, time, tokens, known
 * bytes, signature (whose domain is this deployment's), reporter, first seen. Never throws.
 */
export function judgeObservation(peer: string, bytes: Uint8Array, context: ValidatorContext): Verdict {
  // [REJECT] R-401: exact length and canonical bytes.
  if (bytes.length !== OBSERVATION_BYTES) return reject('length')
  const signed = decoded(() => decodeObservation(bytes))
  if (typeof signed === 'string') return reject(signed)
  const fixing = context.fixing(signed.fixingId)
  // [IGNORE] The fixing's struct is only recoverable from `Created`, which may not have been read yet.
  if (fixing === undefined) return ignore('unknown-fixing')
  if (fixing === 'settled') return ignore('settled')
  // [REJECT] The id binds the maturity: an observation from before it contradicts itself.
  if (signed.observedAt < fixing.maturity) return reject('before-maturity')
  // [IGNORE] Ours may be the clock that is wrong.
  if (signed.observedAt > context.now() + SKEW_SECONDS) return ignore('early')
  const reporters = context.reporters(signed.fixingId)
  if (reporters === undefined) return ignore('reporters-unknown')
  if (isKnown(bytes, context.observations(signed.fixingId))) return ignore('duplicate')
  if (!context.takeToken(peer)) return ignore('throttled')
  return judgeSignature(signed, bytes, reporters, context)
}

function judgeSignature(
  signed: SignedObservation,
  bytes: Uint8Array,
  reporters: ReadonlyMap<string, number>,
  context: ValidatorContext,
): Verdict {
  const signer = recovered(() => recoverWireSigner(context.domain, bytes, context.recoverKey))
  if (signer === undefined) return reject('unrecoverable-signature')
  const reporterIndex = reporters.get(signer.toLowerCase())
  // [REJECT] A wrong domain, a changed byte and a stranger's key all recover to somebody who is no reporter.
  if (reporterIndex === undefined) return reject('not-a-reporter')
  const observation = { signed, signer, reporterIndex, bytes }
  const first = context.observations(signed.fixingId).find((held) => held.reporterIndex === reporterIndex)
  if (first === undefined) return { result: 'accept', observation }
  // [IGNORE] Another signature over the same statement is no second statement, but reports of the two differ.
  if (sameObservation(first.signed, signed)) return { result: 'ignore', code: 'signed-twice', observation }
  return { result: 'conflict', observation, first }
}

/** Whether its signature is held, byte by byte: what is held may be decoded only for whoever looks. */
function isKnown(bytes: Uint8Array, held: readonly VerifiedObservation[]): boolean {
  return held.some((known) => {
    for (let i = SIGNATURE_AT; i < OBSERVATION_BYTES - 1; i += 1) if (known.bytes[i] !== bytes[i]) return false
    return true
  })
}

const reject = (code: RejectCode): Verdict => ({ result: 'reject', code })
const ignore = (code: IgnoreCode): Verdict => ({ result: 'ignore', code })
