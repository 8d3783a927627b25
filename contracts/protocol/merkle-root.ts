import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Hex } from 'viem'
import { readHexWord, WORD } from './wire.ts'

/**
 * The root of OpenZeppelin's standard tree over leaves in this order, each by the bytes that are hashed twice for it: at least one. Written out,
 * since the tree's own code takes some twenty times as long.
 */
export function merkleRoot(leaves: readonly Uint8Array[]): Hex {
  const count = leaves.length
  const nodes: Uint8Array[] = []
  // Leaves from the end, then each node over its two children: the array's first is the root.
  for (const [i, leaf] of leaves.entries()) nodes[2 * count - 2 - i] = keccak_256(keccak_256(leaf))
  for (let i = count - 2; i >= 0; i -= 1) nodes[i] = pairHash(nodes[2 * i + 1], nodes[2 * i + 2])
  return readHexWord(nodes[0] ?? new Uint8Array(), 0)
}

/** Of two nodes, the smaller first. */
function pairHash(a: Uint8Array = new Uint8Array(), b: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(2 * WORD)
  const isOrdered = isBelow(a, b)
  bytes.set(isOrdered ? a : b)
  bytes.set(isOrdered ? b : a, WORD)
  return keccak_256(bytes)
}

function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < WORD; i += 1) if (a[i] !== b[i]) return (a[i] ?? 0) < (b[i] ?? 0)
  return true
}
