import type { Hex } from 'viem'
import { hexToBytes } from 'viem/utils'
import { PARTIAL_BYTES, REQUEST_BYTES } from '#protocol/cosigning.ts'
import { OBSERVATION_BYTES } from '#protocol/observation.ts'
import { WIRE_KIND } from '#protocol/wire.ts'

/** What is held of one fixing. */
export type FixingStatus = {
  readonly fixingId: Hex
  readonly count: number
  /** XOR of the observations' message ids: equal sets have equal ones. */
  readonly xor: Hex
  /** The same of requests for co-signatures and partial signatures. */
  readonly reportsXor: Hex
}

/** A message of `/assize/sync/2`. Requests are `status?`, `have?`, `get`, `reports?`. */
export type SyncMessage =
  | { readonly kind: 'status?'; readonly domain: Hex; readonly after: Hex }
  | { readonly kind: 'status'; readonly domain: Hex; readonly clock: bigint; readonly fixings: readonly FixingStatus[] }
  | { readonly kind: 'have?'; readonly fixingId: Hex }
  | { readonly kind: 'have'; readonly fixingId: Hex; readonly reporters: readonly number[] }
  | { readonly kind: 'get'; readonly fixingId: Hex; readonly reporters: readonly number[] }
  | { readonly kind: 'observations'; readonly fixingId: Hex; readonly messages: readonly Uint8Array[] }
  /** `page`: 0, 1 … */
  | { readonly kind: 'reports?'; readonly fixingId: Hex; readonly page: number }
  /** Requests for co-signatures and partial signatures. */
  | { readonly kind: 'reports'; readonly fixingId: Hex; readonly messages: readonly Uint8Array[] }

/** Reporters the registry can hold, so bits of a bitmap. */
export const MAX_REPORTERS = 256
/** Reporters asked for at once. */
export const CHUNK = 64
/** Requests and partial signatures in one answer, which is within the longest frame. */
export const REPORTS_PAGE = 96
/** Fixings in one status; the next request continues after the last one. */
export const STATUS_PAGE = 256

const CODE = {
  'status?': 1,
  status: 2,
  'have?': 3,
  have: 4,
  get: 5,
  observations: 6,
  'reports?': 7,
  reports: 8,
} as const
const ID = 32
const XOR = 20
const ENTRY = ID + 2 + 2 * XOR
const BITMAP = MAX_REPORTERS / 8

/** One canonical encoding: a code byte, then fixed fields, then as many entries as the length says. */
export function encodeMessage(message: SyncMessage): Uint8Array {
  const code = Uint8Array.of(CODE[message.kind])
  return Buffer.concat([code, ...partsOf(message)])
}

function partsOf(message: SyncMessage): readonly Uint8Array[] {
  if (message.kind === 'status?') return [hexToBytes(message.domain), hexToBytes(message.after)]
  if (message.kind === 'status') {
    const clock = Buffer.alloc(8)
    clock.writeBigUInt64BE(message.clock)
    return [hexToBytes(message.domain), clock, ...message.fixings.map(encodeStatus)]
  }
  const fixingId = hexToBytes(message.fixingId)
  if (message.kind === 'have?') return [fixingId]
  if (message.kind === 'observations' || message.kind === 'reports') return [fixingId, ...message.messages]
  if (message.kind === 'reports?') {
    const page = Buffer.alloc(2)
    page.writeUInt16BE(message.page)
    return [fixingId, page]
  }
  return [fixingId, encodeBitmap(message.reporters)]
}

/** Throws {@link SyncMessageError} for anything that {@link encodeMessage} does not write. */
export function decodeMessage(bytes: Uint8Array): SyncMessage {
  const body = Buffer.from(bytes.subarray(1))
  const kind = Object.entries(CODE).find(([, code]) => code === bytes[0])?.[0]
  if (kind === 'status?') {
    requireLength(body, 2 * ID)
    return { kind, domain: hex(body, 0, ID), after: hex(body, ID, ID) }
  }
  if (kind === 'status') return decodeStatus(body)
  if (kind === 'have?') {
    requireLength(body, ID)
    return { kind, fixingId: hex(body, 0, ID) }
  }
  if (kind === 'have' || kind === 'get') return { kind, ...decodeReporters(body) }
  if (kind === 'observations') return decodeObservations(body)
  if (kind === 'reports') return decodeReports(body)
  if (kind === 'reports?') {
    requireLength(body, ID + 2)
    return { kind, fixingId: hex(body, 0, ID), page: body.readUInt16BE(ID) }
  }
  throw new SyncMessageError(`code ${bytes[0] ?? 'none'}`)
}

function encodeStatus({ fixingId, count, xor, reportsXor }: FixingStatus): Uint8Array {
  const size = Buffer.alloc(2)
  size.writeUInt16BE(count)
  return Buffer.concat([hexToBytes(fixingId), size, hexToBytes(xor), hexToBytes(reportsXor)])
}

function decodeStatus(body: Buffer): SyncMessage {
  const entries = (body.length - ID - 8) / ENTRY
  if (!Number.isInteger(entries) || entries < 0 || entries > STATUS_PAGE) throw new SyncMessageError('a torn status')
  const fixings = Array.from({ length: entries }, (_, i) => {
    const at = ID + 8 + i * ENTRY
    return {
      fixingId: hex(body, at, ID),
      count: body.readUInt16BE(at + ID),
      xor: hex(body, at + ID + 2, XOR),
      reportsXor: hex(body, at + ID + 2 + XOR, XOR),
    }
  })
  return { kind: 'status', domain: hex(body, 0, ID), clock: body.readBigUInt64BE(ID), fixings }
}

function encodeBitmap(reporters: readonly number[]): Uint8Array {
  const bitmap = new Uint8Array(BITMAP)
  for (const index of reporters) bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7))
  return bitmap
}

function decodeReporters(body: Buffer): { fixingId: Hex; reporters: number[] } {
  requireLength(body, ID + BITMAP)
  const reporters = Array.from({ length: MAX_REPORTERS }, (_, index) => index).filter(
    (index) => ((body[ID + (index >> 3)] ?? 0) & (1 << (index & 7))) !== 0,
  )
  return { fixingId: hex(body, 0, ID), reporters }
}

function decodeObservations(body: Buffer): SyncMessage {
  const count = (body.length - ID) / OBSERVATION_BYTES
  // An equivocator's two observations count as two.
  if (!Number.isInteger(count) || count < 0 || count > 2 * CHUNK) throw new SyncMessageError('torn observations')
  const messages = Array.from({ length: count }, (_, i) => {
    const at = ID + i * OBSERVATION_BYTES
    return new Uint8Array(body.subarray(at, at + OBSERVATION_BYTES))
  })
  return { kind: 'observations', fixingId: hex(body, 0, ID), messages }
}

/** Both kinds have one length each. */
function decodeReports(body: Buffer): SyncMessage {
  const messages: Uint8Array[] = []
  let at = ID
  while (at < body.length) {
    const kind = body[at + 1]
    const length = kind === WIRE_KIND.request ? REQUEST_BYTES : kind === WIRE_KIND.partial ? PARTIAL_BYTES : Infinity
    if (at + length > body.length || messages.length === REPORTS_PAGE) throw new SyncMessageError('torn reports')
    messages.push(new Uint8Array(body.subarray(at, at + length)))
    at += length
  }
  if (body.length < ID) throw new SyncMessageError('torn reports')
  return { kind: 'reports', fixingId: hex(body, 0, ID), messages }
}

function requireLength(body: Buffer, length: number): void {
  if (body.length !== length) throw new SyncMessageError(`${body.length} bytes instead of ${length}`)
}

function hex(body: Buffer, offset: number, length: number): Hex {
  // In one piece: text that is put together digit by digit takes many times its length while it is not looked at.
  return `0x${body.toString('hex', offset, offset + length)}`
}

/** Bytes that are no message of this protocol. */
export class SyncMessageError extends Error {
  override readonly name = 'Sync.SyncMessageError'
  constructor(got: string) {
    super(`Expected a message of /assize/sync/2, got ${got}. Ask another peer.`)
  }
}
