import type { Hex } from 'viem'
import type { BlsKey } from '#protocol/bls.ts'
import {
  decodePartial,
  decodeRequest,
  type PartialSignature,
  placesIn,
  recoverRequester,
  type SignedRequest,
} from '#protocol/cosigning.ts'
import { quorumSize, reportDigest } from '#protocol/report.ts'
import type { WireFault } from '#protocol/wire.ts'
import { decoded, recovered } from './faults.ts'
import type { ValidatorContext } from './validate.ts'

/** A verified request for co-signatures. */
export type VerifiedRequest = SignedRequest & { readonly digest: Hex; readonly bytes: Uint8Array }

/** A verified partial signature. */
export type VerifiedPartial = PartialSignature & { readonly bytes: Uint8Array }

/** What is known of one fixing's co-signing. */
export interface CosigningBook {
  /** At most one per proposer and number, the first seen. */
  requests(fixingId: Hex): readonly VerifiedRequest[]
  /** Of the report with that digest, in roster order. */
  partials(fixingId: Hex, digest: Hex): readonly VerifiedPartial[]
}

/** What judging needs to know beside what observations need. */
export type CosigningContext = Omit<ValidatorContext, 'observations' | 'now'> & {
  readonly book: CosigningBook
  /** Takes one of the peer's tokens for a partial signature. */
  takePartialToken(peer: string): boolean
  /** The keys of the fixing's roster, by place; undefined until the chain gave it. */
  roster(id: Hex): readonly { readonly key: BlsKey }[] | undefined
}

/** Provably bad: no honest peer relays it. */
export type CosigningReject =
  | WireFault
  | 'unrecoverable-signature'
  | 'not-a-reporter'
  | 'not-the-proposer'
  | 'no-quorum'
  | 'no-place'
  | 'bls-signature'

/** Useless or too early, and nobody's fault. */
export type CosigningIgnore =
  | 'unknown-fixing'
  | 'settled'
  | 'reporters-unknown'
  | 'unknown-request'
  | 'duplicate'
  | 'second-request'
  | 'throttled'
  | 'quarantined'

/** What to do with a request. */
export type RequestVerdict =
  | { readonly result: 'accept'; readonly request: VerifiedRequest }
  | { readonly result: 'ignore'; readonly code: CosigningIgnore }
  | { readonly result: 'reject'; readonly code: CosigningReject }

/** What to do with a partial signature; `verify`: all is well if its bytes are `key`'s signature of the digest. */
export type PartialVerdict =
  | { readonly result: 'verify'; readonly partial: Omit<VerifiedPartial, 'signature'>; readonly key: BlsKey }
  | { readonly result: 'ignore'; readonly code: CosigningIgnore }
  | { readonly result: 'reject'; readonly code: CosigningReject }

type Refusal = Exclude<RequestVerdict, { readonly result: 'accept' }>

/**
 * Judges a request on the report topic, cheapest check first: bytes, fixing, places, known bytes, tokens, signature,
 * reporter, proposer, first of its proposer. What it says of the observations is for the co-signing to judge: peers may
 * hold others. Never throws.
 */
export function judgeRequest(peer: string, bytes: Uint8Array, context: CosigningContext): RequestVerdict {
  const request = decoded(() => decodeRequest(bytes))
  if (typeof request === 'string') return reject(request)
  const { report, places, signature } = request
  const known = rosterOf(report.fixingId, context)
  if ('result' in known) return known
  // [REJECT] The roster is final: a report of other places, or of too few, is nobody's.
  if (places >> BigInt(known.roster.length) !== 0n) return reject('no-place')
  if (placesIn(places).length < quorumSize(known.roster.length)) return reject('no-quorum')
  const held = context.book.requests(report.fixingId)
  if (held.some((one) => one.signature.r === signature.r && one.signature.s === signature.s)) return ignore('duplicate')
  if (!context.takeToken(peer)) return ignore('throttled')
  return judgeRequester(request, bytes, known.reporters, context)
}

function judgeRequester(
  request: SignedRequest,
  bytes: Uint8Array,
  reporters: ReadonlyMap<string, number>,
  context: CosigningContext,
): RequestVerdict {
  const { report } = request
  const requester = recovered(() => recoverRequester(context.domain, request, context.recoverKey).toLowerCase())
  if (requester === undefined) return reject('unrecoverable-signature')
  if (!reporters.has(requester)) return reject('not-a-reporter')
  // [REJECT] Nobody asks for receipts of others: proposers pay for what they ask.
  if (requester !== report.proposer.toLowerCase()) return reject('not-the-proposer')
  const digest = reportDigest(context.domain, report)
  const earlier = context.book
    .requests(report.fixingId)
    .filter((one) => one.report.proposer.toLowerCase() === requester)
  // [IGNORE] Nobody co-signs the same again, nor a second report under one number, so nobody needs to hear of it.
  if (earlier.some((one) => one.digest === digest)) return ignore('duplicate')
  if (earlier.some(({ attempt }) => attempt === request.attempt)) return ignore('second-request')
  return { result: 'accept', request: { ...request, digest, bytes } }
}

/** Judges a partial signature on the report topic up to its verification. Never throws. */
export function judgePartial(peer: string, bytes: Uint8Array, context: CosigningContext): PartialVerdict {
  const partial = decoded(() => decodePartial(bytes))
  if (typeof partial === 'string') return reject(partial)
  const { fixingId, digest, place } = partial
  const known = rosterOf(fixingId, context)
  if ('result' in known) return known
  const member = known.roster[place]
  if (member === undefined) return reject('no-place')
  if (!context.book.requests(fixingId).some((request) => request.digest === digest)) return ignore('unknown-request')
  const held = context.book.partials(fixingId, digest).find((one) => one.place === place)
  if (held !== undefined) {
    // [REJECT] There is one signature of a digest by a key, and it is held.
    return Buffer.compare(held.bytes, bytes) === 0 ? ignore('duplicate') : reject('bls-signature')
  }
  if (!context.takePartialToken(peer)) return ignore('throttled')
  return { result: 'verify', partial: { ...partial, bytes }, key: member.key }
}

function rosterOf(fixingId: Hex, context: CosigningContext) {
  const fixing = context.fixing(fixingId)
  if (fixing === undefined) return ignore('unknown-fixing')
  if (fixing === 'settled') return ignore('settled')
  const [roster, reporters] = [context.roster(fixingId), context.reporters(fixingId)]
  return roster === undefined || reporters === undefined ? ignore('reporters-unknown') : { roster, reporters }
}

const reject = (code: CosigningReject): Extract<Refusal, { result: 'reject' }> => ({ result: 'reject', code })
const ignore = (code: CosigningIgnore): Extract<Refusal, { result: 'ignore' }> => ({ result: 'ignore', code })
