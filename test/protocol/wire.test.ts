import { fc, test as fuzz } from '@fast-check/vitest'
import { bytesToHex, hexToBytes, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { decodeObservation, encodeObservation, OBSERVATION_BYTES } from '#protocol/observation.ts'
import { WireError, WordRangeError, type WireFault } from '#protocol/wire.ts'
import { hexWord, observations, signedOf } from './observations.ts'
import { readVectors } from './vectors.ts'

const valid = readVectors<Parameters<typeof signedOf>[0] & { name: string; bytes: Hex }>('wire', 'valid')
const invalid = readVectors<{ name: string; bytes: Hex; code: WireFault }>('wire', 'invalid')
const first = valid[0]!

test.each(valid)('R-406 encodes to and decodes from the canonical bytes: $name', (row) => {
  expect(bytesToHex(encodeObservation(signedOf(row)))).toBe(row.bytes)
  expect(decodeObservation(hexToBytes(row.bytes))).toEqual(signedOf(row))
})

test.each(invalid)('R-406 refuses bytes by their fault: $name', ({ bytes, code }) => {
  expect(() => decodeObservation(hexToBytes(bytes))).toThrow(WireError)
  expect(() => decodeObservation(hexToBytes(bytes))).toThrow(expect.objectContaining({ name: 'Wire.WireError', code }))
})

test('does not write what it would not read', () => {
  const signed = signedOf(first)
  expect(() => encodeObservation({ ...signed, value: 0n })).toThrow(expect.objectContaining({ code: 'zero-value' }))
  const tooLarge = [{ value: 2n ** 128n }, { value: -1n }, { value: 2n ** 256n + 1n }, { observedAt: 2n ** 64n }]
  for (const field of tooLarge) expect(() => encodeObservation({ ...signed, ...field })).toThrow(WordRangeError)
  expect(() => encodeObservation({ ...signed, observedAt: 2n ** 64n })).toThrow(
    expect.objectContaining({ name: 'Wire.WordRangeError', value: 2n ** 64n, bits: 64 }),
  )
  const signature = { ...signed.signature, s: hexWord(2n ** 256n - 1n) }
  expect(() => encodeObservation({ ...signed, signature })).toThrow(
    expect.objectContaining({ code: 'signature-range' }),
  )
})

test('R-406 every flip of a single bit is refused or is another message', () => {
  const message = decodeObservation(hexToBytes(first.bytes))
  const outcomes = { refused: 0, another: 0 }
  for (let bit = 0; bit < OBSERVATION_BYTES * 8; bit += 1) {
    const flipped = hexToBytes(first.bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const read = tryDecode(flipped)
    if (read === undefined) {
      outcomes.refused += 1
      continue
    }
    expect(read).not.toEqual(message)
    expect(encodeObservation(read)).toEqual(flipped)
    outcomes.another += 1
  }
  // Version, kind, 128 bits above the value, 192 above the time and all of v but the bits that turn 27 into 28; more by s.
  expect(outcomes.refused).toBeGreaterThanOrEqual(8 + 8 + 128 + 192 + 8)
  expect(outcomes.refused + outcomes.another).toBe(1_560)
})

test('messages of a pooled buffer decode as their own bytes', () => {
  const pool = new Uint8Array(OBSERVATION_BYTES + 7)
  pool.set(hexToBytes(first.bytes), 5)
  expect(decodeObservation(pool.subarray(5, 5 + OBSERVATION_BYTES))).toEqual(signedOf(first))
})

fuzz.prop([observations])('decode reverses encode for every observation', (signed) => {
  expect(decodeObservation(encodeObservation(signed))).toEqual(signed)
})

fuzz.prop([fc.uint8Array({ minLength: OBSERVATION_BYTES, maxLength: OBSERVATION_BYTES }), fc.boolean()])(
  'encode reverses decode for every accepted byte string',
  (bytes, isClean) => {
    bytes.set([1, 1])
    bytes[OBSERVATION_BYTES - 1] = 27
    if (isClean)
      for (const [start, end] of [
        [34, 50],
        [66, 90],
        [162, 163],
      ] as const)
        bytes.fill(0, start, end)
    const read = tryDecode(bytes)
    if (read !== undefined) expect(encodeObservation(read)).toEqual(bytes)
  },
)

function tryDecode(bytes: Uint8Array): ReturnType<typeof decodeObservation> | undefined {
  try {
    return decodeObservation(bytes)
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}
