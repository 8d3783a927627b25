import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import type { Hex } from 'viem'
import { decodeMessage, encodeMessage, type SyncMessage } from '../../../node/sync/messages.ts'

const hex = (bytes: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value): Hex => `0x${Buffer.from(value).toString('hex')}`)
const reporters = fc.uniqueArray(fc.integer({ min: 0, max: 255 })).map((list) => list.toSorted((a, b) => a - b))
const fixings = fc.array(fc.record({ fixingId: hex(32), count: fc.integer({ min: 0, max: 65_535 }), xor: hex(20) }), {
  maxLength: 256,
})
const observations = fc.array(fc.uint8Array({ minLength: 195, maxLength: 195 }), { maxLength: 128 })

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

test('refuses more than it asks for', () => {
  const many = Array.from({ length: 129 }, () => new Uint8Array(195))
  const tooMany = encodeMessage({ kind: 'observations', fixingId: `0x${'00'.repeat(32)}`, messages: many })
  expect(() => decodeMessage(tooMany)).toThrow(expect.objectContaining({ name: 'Sync.SyncMessageError' }))
})
