import { createRequire } from 'node:module'
import { bytesToHex, hexToBytes } from 'viem/utils'
import { type KeyRecovery, recoverKey } from '#protocol/signing.ts'

/** Which code finds the signers of observations and requests: libsecp256k1, or JavaScript alone. */
export type Recovery = {
  readonly name: 'native' | 'portable'
  readonly recoverKey: KeyRecovery
  /** Why it is not the native one; undefined if it is. */
  readonly reason: string | undefined
}

/** What is used of the package secp256k1. */
type Native = {
  ecdsaRecover(compact: Uint8Array, parity: number, digest: Uint8Array, isCompressed: boolean): Uint8Array
}

/** JavaScript alone: slower, needs nothing. `reason`: why no other is used. */
export function portableRecovery(reason: string): Recovery {
  return { name: 'portable', recoverKey, reason }
}

/**
 * The native code if this machine has it and it says of known signatures what it must; else JavaScript. Never throws: a
 * node works without it. `load` is replaced by tests.
 */
export function findRecovery(load: () => unknown = loadNative): Recovery {
  try {
    const native = load()
    if (!isNative(native)) return portableRecovery('the package secp256k1 is another than expected')
    const recover: KeyRecovery = (digest, compact, parity) => native.ecdsaRecover(compact, parity, digest, false)
    return isRight(recover)
      ? { name: 'native', recoverKey: recover, reason: undefined }
      : portableRecovery('the native code is wrong about known signatures')
  } catch (error) {
    return portableRecovery(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  }
}

/** The compiled part alone: the package itself falls back to JavaScript that is slower than ours, and does not say so. */
function loadNative(): unknown {
  return createRequire(import.meta.url)('secp256k1/bindings.js')
}

function isNative(loaded: unknown): loaded is Native {
  return typeof loaded === 'object' && loaded !== null && 'ecdsaRecover' in loaded
}

/**
 * A signature of SHA-256("assize") by the secret key 1, whose public key is the generator (SEC 2, section 2.4.1), made with
 * the nonce 2, so that r is the x of twice the generator.
 */
const KNOWN = {
  digest: '0xf0e9043f2f431b2593bc49e2c903929fc224df96e076fd856a7695f8cb7837c5',
  compact:
    '0xc6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee524893e164767b3b69dff3ad7509df842ab60a5f57895832534c10eb3bc41d5ec',
  parity: 1,
  key: '0x0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8',
} as const

/** Whether it finds the known key, finds another for another digest, and refuses what no key signed. */
function isRight(recover: KeyRecovery): boolean {
  const [digest, compact] = [hexToBytes(KNOWN.digest), hexToBytes(KNOWN.compact)]
  if (bytesToHex(recover(digest, compact, KNOWN.parity)) !== KNOWN.key) return false
  if (bytesToHex(recover(compact.subarray(32), compact, KNOWN.parity)) === KNOWN.key) return false
  const zero = new Uint8Array(64)
  return [zero, compact.with(0, 255).fill(255, 0, 32)].every((bad) => isRefused(() => recover(digest, bad, 0)))
}

function isRefused(run: () => unknown): boolean {
  try {
    run()
    return false
  } catch {
    return true
  }
}
