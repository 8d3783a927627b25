import { concat, type Hex, slice } from 'viem'
import type { BlsKey, BlsSignature } from '#protocol/bls.ts'

type G1Point = Readonly<Record<'x_a' | 'x_b' | 'y_a' | 'y_b', Hex>>
type G2Point = Readonly<
  Record<'x_c0_a' | 'x_c0_b' | 'x_c1_a' | 'x_c1_b' | 'y_c0_a' | 'y_c0_b' | 'y_c1_a' | 'y_c1_b', Hex>
>

/** The words of a key as the contract's struct. */
export function g1Of(key: BlsKey): G1Point {
  return { x_a: wordOf(key, 0), x_b: wordOf(key, 1), y_a: wordOf(key, 2), y_b: wordOf(key, 3) }
}

/** The key of the contract's struct. */
export function keyOf({ x_a, x_b, y_a, y_b }: G1Point): BlsKey {
  return concat([x_a, x_b, y_a, y_b])
}

/** The words of a signature as the contract's struct. */
export function g2Of(signature: BlsSignature): G2Point {
  return {
    x_c0_a: wordOf(signature, 0),
    x_c0_b: wordOf(signature, 1),
    x_c1_a: wordOf(signature, 2),
    x_c1_b: wordOf(signature, 3),
    y_c0_a: wordOf(signature, 4),
    y_c0_b: wordOf(signature, 5),
    y_c1_a: wordOf(signature, 6),
    y_c1_b: wordOf(signature, 7),
  }
}

/** What {@link g2Of} made words of. */
export function signatureOf(words: G2Point): BlsSignature {
  const { x_c0_a, x_c0_b, x_c1_a, x_c1_b, y_c0_a, y_c0_b, y_c1_a, y_c1_b } = words
  return concat([x_c0_a, x_c0_b, x_c1_a, x_c1_b, y_c0_a, y_c0_b, y_c1_a, y_c1_b])
}

function wordOf(encoded: Hex, i: number): Hex {
  return slice(encoded, 32 * i, 32 * (i + 1), { strict: true })
}
