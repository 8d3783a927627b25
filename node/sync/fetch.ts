import type { Stream } from '@libp2p/interface'
import type { Hex } from 'viem'
import { type Channel, openChannel } from './channel.ts'
import {
  CHUNK,
  decodeMessage,
  encodeMessage,
  type FixingStatus,
  REPORTS_PAGE,
  STATUS_PAGE,
  type SyncMessage,
} from './messages.ts'
import { type SyncSource, WrongDomainError } from './serve.ts'

/** What a sync with one peer did. */
export type SyncOutcome = {
  readonly fixings: number
  /** Messages received, good or bad. */
  readonly received: number
  /** Unix seconds by the peer's clock. */
  readonly peerClock: bigint
}

/** Pages of statuses that are asked for at most. */
const MAX_PAGES = 64
/** Pages of requests and partial signatures of one fixing: some thousand messages. */
const MAX_REPORT_PAGES = 64
const ZERO: Hex = `0x${'00'.repeat(32)}`
/** The XOR of no messages. */
const NOTHING: Hex = `0x${'00'.repeat(20)}`

/**
 * Pulls what the peer has and this node lacks, of fixings open at both; every message goes to `admit`, which judges it
 * like gossip. Throws ChannelError, SyncMessageError, WrongDomainError, {@link UnexpectedAnswerError}.
 */
export async function fetchMissing(
  stream: Stream,
  own: SyncSource,
  admit: (bytes: Uint8Array) => Promise<unknown>,
  signal: AbortSignal,
): Promise<SyncOutcome> {
  const channel = openChannel(stream)
  try {
    const { fixings, peerClock } = await readStatuses(channel, own, signal)
    let received = 0
    for (const theirs of fixings) {
      const ours = own.status(theirs.fixingId)
      if (ours === undefined || ours.xor === theirs.xor) continue
      received += await fetchFixing(channel, theirs, ours, own, admit, signal)
    }
    // Co-signing last: reports are of observations.
    for (const { fixingId, reportsXor } of fixings) {
      const ours = own.status(fixingId)
      if (ours === undefined || ours.reportsXor === reportsXor || reportsXor === NOTHING) continue
      received += await fetchReports(channel, fixingId, admit, signal)
    }
    await channel.close()
    return { fixings: fixings.length, received, peerClock }
  } catch (error) {
    channel.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

async function readStatuses(
  channel: Channel,
  own: SyncSource,
  signal: AbortSignal,
): Promise<{ fixings: FixingStatus[]; peerClock: bigint }> {
  const fixings: FixingStatus[] = []
  let peerClock = 0n
  let after = ZERO
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await ask(channel, { kind: 'status?', domain: own.domain, after }, signal)
    if (answer.kind !== 'status') throw new UnexpectedAnswerError('status', answer.kind)
    if (answer.domain !== own.domain) throw new WrongDomainError(answer.domain, own.domain)
    peerClock = answer.clock
    fixings.push(...answer.fixings)
    const last = answer.fixings.at(-1)
    if (answer.fixings.length < STATUS_PAGE || last === undefined || last.fixingId <= after) break
    after = last.fixingId
  }
  return { fixings, peerClock }
}

async function fetchFixing(
  channel: Channel,
  theirs: FixingStatus,
  ours: FixingStatus,
  own: SyncSource,
  admit: (bytes: Uint8Array) => Promise<unknown>,
  signal: AbortSignal,
): Promise<number> {
  const { fixingId } = theirs
  const have = await ask(channel, { kind: 'have?', fixingId }, signal)
  if (have.kind !== 'have') throw new UnexpectedAnswerError('have', have.kind)
  const held = own.messages(fixingId)
  const missing = have.reporters.filter((index) => !held.has(index))
  // The same reporters and yet another set: somebody signed twice, and the proof is in comparing.
  const wanted = missing.length === 0 && theirs.count >= ours.count ? have.reporters : missing
  let received = 0
  for (let at = 0; at < wanted.length; at += CHUNK) {
    const reporters = wanted.slice(at, at + CHUNK)
    const answer = await ask(channel, { kind: 'get', fixingId, reporters }, signal)
    if (answer.kind !== 'observations') throw new UnexpectedAnswerError('observations', answer.kind)
    // INVARIANT: no more is judged than was asked for, an equivocator's two observations each.
    if (answer.messages.length > 2 * reporters.length) {
      throw new UnexpectedAnswerError(`observations of ${reporters.length} reporters`, `${answer.messages.length}`)
    }
    // Together: each is judged in its turn, and all wait for the disk at once.
    await Promise.all(answer.messages.map(admit))
    received += answer.messages.length
  }
  return received
}

async function fetchReports(
  channel: Channel,
  fixingId: Hex,
  admit: (bytes: Uint8Array) => Promise<unknown>,
  signal: AbortSignal,
): Promise<number> {
  let received = 0
  for (let page = 0; page < MAX_REPORT_PAGES; page += 1) {
    const answer = await ask(channel, { kind: 'reports?', fixingId, page }, signal)
    if (answer.kind !== 'reports') throw new UnexpectedAnswerError('reports', answer.kind)
    // Together: partial signatures are verified in batches.
    await Promise.all(answer.messages.map(admit))
    received += answer.messages.length
    if (answer.messages.length < REPORTS_PAGE) break
  }
  return received
}

async function ask(channel: Channel, request: SyncMessage, signal: AbortSignal): Promise<SyncMessage> {
  await channel.send(encodeMessage(request))
  const frame = await channel.receive(signal)
  if (frame === undefined) throw new UnexpectedAnswerError('an answer', 'the end of the stream')
  return decodeMessage(frame)
}

/** The peer answered something else than it was asked. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'Sync.UnexpectedAnswerError'
  constructor(want: string, got: string) {
    super(`Expected ${want}, got ${got}. Ask another peer.`)
  }
}
