import { createRequire } from 'node:module'
import type { aggregateWithRandomness, PublicKey, Signature, verify } from '@chainsafe/blst'
import type { Hex } from 'viem'
import { bytesToHex, concat, hexToBytes, padHex, slice } from 'viem/utils'
import { areBlsSigned, type BlsPartial, type BlsSignature, expandSignature } from '#protocol/bls.ts'
import { KNOWN_MESSAGE, KNOWN_SIGNATURES } from './known-bls.ts'

/** Which code reads and verifies BLS signatures of reports: blst, or JavaScript alone. */
export type BlsCheck = {
  readonly name: 'native' | 'portable'
  /** As `expandSignature`; may throw something else for what is no signature. */
  readonly expand: typeof expandSignature
  readonly areSigned: typeof areBlsSigned
  /** Why it is not the native one; undefined if it is. */
  readonly reason: string | undefined
}

/** What is used of the package @chainsafe/blst. */
type Blst = {
  readonly aggregateWithRandomness: typeof aggregateWithRandomness
  readonly PublicKey: typeof PublicKey
  readonly Signature: typeof Signature
  readonly verify: typeof verify
}

/** Bytes of a coordinate, and those that EIP-2537 puts before it. */
const COORDINATE = 48
const PADDED = 64
const ANOTHER_MESSAGE: Hex = `0x${'5a'.repeat(32)}`

/** JavaScript alone: slower, needs nothing. `reason`: why no other is used. */
export function portableBlsCheck(reason: string): BlsCheck {
  return { name: 'portable', expand: expandSignature, areSigned: areBlsSigned, reason }
}

/**
 * blst if this machine has it and it says of known signatures what it must; else JavaScript. Never throws: a node works
 * without it. `load` is replaced by tests.
 */
export function findBlsCheck(load: () => unknown = loadBlst): BlsCheck {
  try {
    const blst = load()
    if (!isBlst(blst)) return portableBlsCheck('the package @chainsafe/blst is another than expected')
    const check = nativeCheck(blst)
    return isRight(check) ? check : portableBlsCheck('the native code is wrong about known signatures')
  } catch (error) {
    return portableBlsCheck(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  }
}

function loadBlst(): unknown {
  return createRequire(import.meta.url)('@chainsafe/blst')
}

function isBlst(loaded: unknown): loaded is Blst {
  const names = ['aggregateWithRandomness', 'PublicKey', 'Signature', 'verify']
  return typeof loaded === 'object' && loaded !== null && names.every((name) => name in loaded)
}

function nativeCheck(blst: Blst): BlsCheck {
  return {
    name: 'native',
    expand: (bytes) => {
      if (bytes.length !== 2 * COORDINATE) return expandSignature(bytes)
      try {
        return padded(blst.Signature.fromBytes(bytes, true, true).toBytes(false))
      } catch {
        // It says no without saying why, and of the identity too: the other says what is wrong with it.
        return expandSignature(bytes)
      }
    },
    areSigned(partials, message, use) {
      // What it verifies has this tag, and is neither empty nor has an identity in it.
      if (use !== 'signature' || partials.length === 0 || partials.some(hasIdentity)) {
        return areBlsSigned(partials, message, use)
      }
      const weighed = weigh(blst, partials)
      return weighed === undefined
        ? areBlsSigned(partials, message, use)
        : blst.verify(hexToBytes(message), weighed.pk, weighed.sig)
    },
    reason: undefined,
  }
}

/** Their sums, each weighted by a number drawn now; undefined if one is no point. */
function weigh(blst: Blst, partials: readonly BlsPartial[]) {
  try {
    return blst.aggregateWithRandomness(
      partials.map(({ key, signature }) => ({
        pk: blst.PublicKey.fromBytes(hexToBytes(concat(coordinates(key))), true),
        sig: unpadded(signature),
      })),
    )
  } catch {
    return undefined
  }
}

function hasIdentity({ key, signature }: BlsPartial): boolean {
  return BigInt(key) === 0n || BigInt(signature) === 0n
}

/** EIP-2537's encoding of a point of G2 from the uncompressed one, whose elements of Fp2 have c1 first. */
function padded(bytes: Uint8Array): BlsSignature {
  const [xc1 = '0x', xc0 = '0x', yc1 = '0x', yc0 = '0x'] = [0, 1, 2, 3].map((i) =>
    padHex(bytesToHex(bytes.subarray(i * COORDINATE, (i + 1) * COORDINATE)), { size: PADDED }),
  )
  return concat([xc0, xc1, yc0, yc1])
}

function unpadded(signature: BlsSignature): Uint8Array {
  const [xc0 = '0x', xc1 = '0x', yc0 = '0x', yc1 = '0x'] = coordinates(signature)
  return hexToBytes(concat([xc1, xc0, yc1, yc0]))
}

/** Without what EIP-2537 puts before them. Throws RangeError if that is not zero. */
function coordinates(point: Hex): Hex[] {
  return Array.from({ length: (point.length - 2) / 2 / PADDED }, (_, i) => {
    const padding = slice(point, i * PADDED, (i + 1) * PADDED - COORDINATE)
    if (BigInt(padding) !== 0n) throw new RangeError('coordinate above the prime')
    return slice(point, (i + 1) * PADDED - COORDINATE, (i + 1) * PADDED)
  })
}

/** Whether it takes good signatures, and neither those of something else nor two whose faults cancel. */
function isRight({ areSigned, expand }: BlsCheck): boolean {
  const [one, two] = KNOWN_SIGNATURES.map(({ key, signature }) => ({ key, signature: expand(hexToBytes(signature)) }))
  if (one === undefined || two === undefined) return false
  const swapped = [
    { key: one.key, signature: two.signature },
    { key: two.key, signature: one.signature },
  ]
  return (
    areSigned([one, two], KNOWN_MESSAGE, 'signature') &&
    !areSigned([one, two], ANOTHER_MESSAGE, 'signature') &&
    !areSigned(swapped, KNOWN_MESSAGE, 'signature')
  )
}
