import type { Stream } from '@libp2p/interface'
import type { Hex } from 'viem'
import { answerFrames, type Channel, type TakeToken } from './channel.ts'
import {
  CHUNK,
  decodeMessage,
  encodeMessage,
  type FixingStatus,
  REPORTS_PAGE,
  STATUS_PAGE,
  type SyncMessage,
} from './messages.ts'

/** What is shared: this node's verified observations of open fixings, and their co-signing. */
export interface SyncSource {
  /** Of the EIP-712 domain. */
  readonly domain: Hex
  now(): bigint
  /** Of what has matured and is not settled, ascending by id: the first `limit` after the id `after`. */
  statuses(after: Hex, limit: number): readonly FixingStatus[]
  /** Of one fixing; undefined if it has not matured, or is settled. */
  status(fixingId: Hex): FixingStatus | undefined
  /** The observations per reporter index; two of one who equivocated. */
  messages(fixingId: Hex): ReadonlyMap<number, readonly Uint8Array[]>
  /** Requests for co-signatures, then partial signatures. */
  reports(fixingId: Hex): readonly Uint8Array[]
}

/** Requests one stream may carry. */
const MAX_REQUESTS = 2_000

/**
 * Answers a peer's requests, as fast as it has tokens, until it closes the stream. Throws ChannelError, SyncMessageError,
 * {@link WrongDomainError}.
 */
export async function serveSync(
  stream: Stream,
  source: SyncSource,
  takeToken: TakeToken,
  signal: AbortSignal,
): Promise<void> {
  const limits = { maxRequests: MAX_REQUESTS, takeToken, signal }
  await answerFrames(stream, (channel, frame) => answer(channel, decodeMessage(frame), source), limits)
}

async function answer(channel: Channel, request: SyncMessage, source: SyncSource): Promise<void> {
  if (request.kind === 'status?') {
    if (request.domain !== source.domain) throw new WrongDomainError(request.domain, source.domain)
    const fixings = source.statuses(request.after, STATUS_PAGE)
    await channel.send(encodeMessage({ kind: 'status', domain: source.domain, clock: source.now(), fixings }))
  } else if (request.kind === 'have?') {
    const reporters = [...source.messages(request.fixingId).keys()]
    await channel.send(encodeMessage({ kind: 'have', fixingId: request.fixingId, reporters }))
  } else if (request.kind === 'get') {
    const held = source.messages(request.fixingId)
    const messages = request.reporters.slice(0, CHUNK).flatMap((index) => held.get(index) ?? [])
    await channel.send(encodeMessage({ kind: 'observations', fixingId: request.fixingId, messages }))
  } else if (request.kind === 'reports?') {
    const first = request.page * REPORTS_PAGE
    const messages = source.reports(request.fixingId).slice(first, first + REPORTS_PAGE)
    await channel.send(encodeMessage({ kind: 'reports', fixingId: request.fixingId, messages }))
  } else {
    throw new UnaskedAnswerError(request.kind)
  }
}

/** The peer belongs to another deployment. */
export class WrongDomainError extends Error {
  override readonly name = 'Sync.WrongDomainError'
  constructor(got: Hex, want: Hex) {
    super(`Expected a peer of domain ${want}, got one of ${got}. Check oracle and registry on both sides.`)
  }
}

/** The peer sent an answer where a request belongs. */
export class UnaskedAnswerError extends Error {
  override readonly name = 'Sync.UnaskedAnswerError'
  constructor(kind: string) {
    super(`Expected a request, got an answer: ${kind}. Ask another peer.`)
  }
}
