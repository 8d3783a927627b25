import { fc } from '@fast-check/vitest'
import type { Hex } from 'viem'
import { INVALID } from '#protocol/fixing.ts'
import type { SignedObservation } from '#protocol/observation.ts'
import { CURVE_ORDER } from '#protocol/wire.ts'

/** An observation of the vectors. */
export function signedOf(
  row: Record<'fixingId' | 'value' | 'observedAt' | 'sourcesRoot' | 'r' | 's' | 'v', Hex>,
): SignedObservation {
  return {
    fixingId: row.fixingId,
    value: BigInt(row.value),
    observedAt: BigInt(row.observedAt),
    sourcesRoot: row.sourcesRoot,
    signature: { r: row.r, s: row.s, v: BigInt(row.v) === 27n ? 27 : 28 },
  }
}

/** A number as a 32-byte word of hex. */
export function hexWord(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, '0')}`
}

const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(hexWord)

/** Canonical observations with signatures in range, which nobody need have made. */
export const observations: fc.Arbitrary<SignedObservation> = fc.record({
  fixingId: word,
  value: fc.bigInt({ min: 1n, max: INVALID }),
  observedAt: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  sourcesRoot: word,
  signature: fc.record({
    r: fc.bigInt({ min: 1n, max: CURVE_ORDER - 1n }).map(hexWord),
    s: fc.bigInt({ min: 1n, max: CURVE_ORDER / 2n }).map(hexWord),
    v: fc.constantFrom(27 as const, 28 as const),
  }),
})
