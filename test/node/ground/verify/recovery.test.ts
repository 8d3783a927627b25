import { readFileSync } from 'node:fs'
import type { Hex } from 'viem'
import { hexToBytes } from 'viem/utils'
import { describe, expect, test } from 'vitest'
import { decodeObservation, recoverObservationSigner, recoverWireSigner } from '#protocol/observation.ts'
import { UnrecoverableSignatureError } from '#protocol/signing.ts'
import { WireError } from '#protocol/wire.ts'
import { findRecovery, portableRecovery, type Recovery } from '../../../../node/ground/verify/recovery.ts'

type Row = { readonly bytes: Hex; readonly code: string; readonly name: string; readonly signer: Hex }

const { messages } = JSON.parse(readFileSync('test/vectors/recovery.json', 'utf8')) as { messages: Row[] }
const DOMAIN = { chainId: 31_337, registry: '0x00000000000000000000000000000000000a5512' } as const
const NOBODY = `0x${'00'.repeat(20)}`

/** What a node says of the bytes: whose they are, or why they are nobody's. */
function judged(bytes: Hex, { recoverKey }: Recovery): Pick<Row, 'code' | 'signer'> {
  try {
    const signer = recoverObservationSigner(DOMAIN, decodeObservation(hexToBytes(bytes)), recoverKey)
    // Of the bytes as they are, it is the same.
    if (recoverWireSigner(DOMAIN, hexToBytes(bytes), recoverKey) !== signer) throw new Error('Expected one signer.')
    return { code: 'signed', signer: `0x${signer.slice(2).toLowerCase()}` }
  } catch (error) {
    if (error instanceof WireError) return { code: error.code, signer: NOBODY as Hex }
    if (error instanceof UnrecoverableSignatureError) {
      return { code: 'unrecoverable-signature', signer: NOBODY as Hex }
    }
    throw error
  }
}

const native = findRecovery()
const HAS_PREBUILD = process.platform === 'linux' && process.arch === 'x64'

describe('whose a signature is, good or hostile', () => {
  test.each([portableRecovery('asked for'), native])('says $name code as the specification does', (recovery) => {
    expect(messages.map(({ bytes }) => judged(bytes, recovery))).toEqual(
      messages.map(({ code, signer }) => ({ code, signer })),
    )
  })

  test.runIf(HAS_PREBUILD)('is found by native code where the package has it compiled', () => {
    expect(native).toMatchObject({ name: 'native', reason: undefined })
  })
})

describe('native code is not used', () => {
  const refusing = (): never => {
    throw new Error('Public key could not be recover')
  }

  test.each([
    ['that cannot be loaded', refusing, 'Public key could not be recover'],
    ['that is something else', () => ({}), 'the package secp256k1 is another than expected'],
    [
      'that finds the same key for anything',
      () => ({ ecdsaRecover: () => hexToBytes(GENERATOR) }),
      'the native code is wrong about known signatures',
    ],
    [
      'that finds no key',
      () => ({ ecdsaRecover: () => new Uint8Array(65) }),
      'the native code is wrong about known signatures',
    ],
  ])('%s', (_, load, reason) => {
    expect(findRecovery(load)).toMatchObject({ name: 'portable', reason })
  })

  test('that takes a signature of nobody for somebody’s', () => {
    const portable = portableRecovery('')
    const credulous = {
      ecdsaRecover(compact: Uint8Array, parity: 0 | 1, digest: Uint8Array) {
        if (compact.every((byte) => byte === 0)) return hexToBytes(GENERATOR)
        return portable.recoverKey(digest, compact, parity)
      },
    }
    expect(findRecovery(() => credulous)).toMatchObject({ name: 'portable' })
  })
})

const GENERATOR: Hex =
  '0x0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8'
