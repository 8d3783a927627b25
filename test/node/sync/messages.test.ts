import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import type { Hex } from 'viem'
import { decodeMessage, encodeMessage, type SyncMessage } from '../../../node/sync/messages.ts'

const hex = (bytes: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value): Hex => `0x${Buffer.from(value).toString('hex')}`)
const reporters = fc.uniqueArray(fc.integer({ min: 0, max: 255 })).map((list) => list.toSorted((a, b) => a - b))
const count = fc.integer({ min: 0, max: 65_535 })
const fixings = fc.array(fc.record({ fixingId: hex(32), count, xor: hex(20), reportsXor: hex(20) }), {
  maxLength: 256,
})
const observations = fc.array(fc.uint8Array({ minLength: 195, maxLength: 195 }), { maxLength: 128 })

const ofKind = (kind: number, bytes: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((message) => message.with(1, kind))
const reports = fc.array(fc.oneof(ofKind(2, 291), ofKind(3, 163)), { maxLength: 96 })

const messages: fc.Arbitrary<SyncMessage> = fc.oneof(
  fc.record({ kind: fc.constant('status?' as const), domain: hex(32), after: hex(32) }),
  fc.record({
    kind: fc.constant('status' as const),
    domain: hex(32),
    clock: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fixings,
  }),
  fc.record({ kind: fc.constant('have?' as const), fixingId: hex(32) }),
  fc.record({ kind: fc.constantFrom('have' as const, 'get' as const), fixingId: hex(32), reporters }),
  fc.record({ kind: fc.constant('observations' as const), fixingId: hex(32), messages: observations }),
  fc.record({
    kind: fc.constant('reports?' as const),
    fixingId: hex(32),
    page: fc.integer({ min: 0, max: 65_535 }),
  }),
  fc.record({ kind: fc.constant('reports' as const), fixingId: hex(32), messages: reports }),
)

fuzz.prop([messages])('decodes every message it encodes, within the longest frame', (message) => {
  const bytes = encodeMessage(message)
  expect(bytes.length).toBeLessThanOrEqual(32_768)
  expect(decodeMessage(bytes)).toEqual(message)
})

fuzz.prop([fc.uint8Array({ maxLength: 400 })])(
  'refuses other bytes, or they are the one encoding of something',
  (bytes) => {
    let message: SyncMessage
    try {
      message = decodeMessage(bytes)
    } catch (error) {
      expect(error).toMatchObject({ name: 'Sync.SyncMessageError' })
      return
    }
    expect(Buffer.from(encodeMessage(message))).toEqual(Buffer.from(bytes))
  },
)

test('refuses reports that are torn, of another kind, or more than a page', () => {
  const fixingId: Hex = `0x${'00'.repeat(32)}`
  const partial = new Uint8Array(163).with(1, 3)
  const whole = encodeMessage({ kind: 'reports', fixingId, messages: [partial] })
  const many = encodeMessage({ kind: 'reports', fixingId, messages: Array.from({ length: 97 }, () => partial) })
  for (const bytes of [whole.slice(0, -1), new Uint8Array([...whole, 1]), whole.with(34, 1), many, whole.slice(0, 9)]) {
    expect(() => decodeMessage(bytes)).toThrow(expect.objectContaining({ name: 'Sync.SyncMessageError' }))
  }
})

test('refuses more than it asks for', () => {
  const many = Array.from({ length: 129 }, () => new Uint8Array(195))
  const tooMany = encodeMessage({ kind: 'observations', fixingId: `0x${'00'.repeat(32)}`, messages: many })
  expect(() => decodeMessage(tooMany)).toThrow(expect.objectContaining({ name: 'Sync.SyncMessageError' }))
})
