import type { Hex } from 'viem'
import {
  callAt,
  decodePresence,
  PRESENCE_BYTES,
  type PresenceCall,
  recoverPresent,
  type SignedPresence,
} from '#protocol/presence.ts'
import type { WireFault } from '#protocol/wire.ts'
import { decoded, recovered } from './faults.ts'
import { SKEW_SECONDS, type ValidatorContext } from './validate.ts'

/** A verified presence: who is there for a fixing that has not matured. */
export type VerifiedPresence = {
  readonly signed: SignedPresence
  /** The call that it was said at. */
  readonly call: PresenceCall
  readonly reporterIndex: number
  readonly bytes: Uint8Array
}

/** Who said to be there. */
export interface PresenceBook {
  /** At most one of each reporter at each call, the first that was heard. */
  heard(fixingId: Hex): readonly VerifiedPresence[]
}

/** What judging needs to know beside what observations need. */
export type PresenceContext = Pick<ValidatorContext, 'domain' | 'now' | 'fixing' | 'recoverKey'> & {
  readonly roll: PresenceBook
  /** Registry index by lower-case signer of those who will report as it looks now; undefined until the chain said so. */
  expected(id: Hex): ReadonlyMap<string, number> | undefined
  /** Takes one of the peer's tokens for a presence of an unknown fixing: junk here costs it no observation. */
  takePresenceToken(peer: string): boolean
}

/** Provably bad: no honest peer relays it. */
export type PresenceReject = WireFault | 'no-call' | 'unrecoverable-signature' | 'not-the-reporter'

/** Useless or too early, and nobody's fault. */
export type PresenceIgnore =
  'unknown-fixing' | 'early' | 'reporters-unknown' | 'settled' | 'late' | 'not-expected' | 'heard'

/** What to do with a message on the presence topic. */
export type PresenceVerdict =
  | { readonly result: 'accept'; readonly presence: VerifiedPresence }
  | { readonly result: 'ignore'; readonly code: PresenceIgnore }
  | { readonly result: 'reject'; readonly code: PresenceReject }

/**
 * Judges a message on the presence topic, cheapest check first: bytes, fixing, time, reporter, first of its reporter at the
 * call, signature. Never throws.
 */
export function judgePresence(bytes: Uint8Array, context: PresenceContext): PresenceVerdict {
  if (bytes.length !== PRESENCE_BYTES) return reject('length')
  const signed = decoded(() => decodePresence(bytes))
  if (typeof signed === 'string') return reject(signed)
  const fixing = context.fixing(signed.fixingId)
  if (fixing === undefined) return ignore('unknown-fixing')
  if (fixing === 'settled') return ignore('settled')
  // [REJECT] The id binds the maturity: what was said at no call contradicts itself.
  const call = callAt(fixing.maturity, signed.sentAt)
  if (call === undefined) return reject('no-call')
  const now = context.now()
  if (now >= fixing.maturity) return ignore('late')
  // [IGNORE] Ours may be the clock that is wrong.
  if (signed.sentAt > now + SKEW_SECONDS) return ignore('early')
  return judgeReporter(signed, call, bytes, context)
}

function judgeReporter(
  signed: SignedPresence,
  call: PresenceCall,
  bytes: Uint8Array,
  context: PresenceContext,
): PresenceVerdict {
  const expected = context.expected(signed.fixingId)
  if (expected === undefined) return ignore('reporters-unknown')
  const reporterIndex = expected.get(signed.reporter.toLowerCase())
  // [IGNORE] Until the maturity others may join, and a peer may know of it first.
  if (reporterIndex === undefined) return ignore('not-expected')
  const isHeard = context.roll
    .heard(signed.fixingId)
    .some((held) => held.reporterIndex === reporterIndex && held.call === call)
  // [IGNORE] A second one changes nothing, so nobody needs to hear of it.
  if (isHeard) return ignore('heard')
  // No token: one that is verified is not verified again, and two that are not end the connection. Of many fixings that mature
  // together one peer may bring thousands at once.
  const signer = recovered(() => recoverPresent(context.domain, signed, context.recoverKey))
  if (signer === undefined) return reject('unrecoverable-signature')
  // [REJECT] The message names its signer: whoever relays another's signature has not looked.
  if (signer !== signed.reporter) return reject('not-the-reporter')
  return { result: 'accept', presence: { signed, call, reporterIndex, bytes } }
}

const reject = (code: PresenceReject): PresenceVerdict => ({ result: 'reject', code })
const ignore = (code: PresenceIgnore): PresenceVerdict => ({ result: 'ignore', code })
