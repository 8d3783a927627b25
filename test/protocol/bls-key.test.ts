import { SecretKey } from '@chainsafe/blst'
import { fc, test as fuzz } from '@fast-check/vitest'
import { bytesToHex, hexToBytes, stringToBytes, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { blsSecretOf } from '#protocol/bls-key.ts'

test('the BLS key of a signer is fixed for ever', () => {
  // By Python's hmac and hashlib, from the text of draft-irtf-cfrg-bls-signature-05, section 2.3.
  const vectors: readonly (readonly [Hex, Hex])[] = [
    [
      '0x0000000000000000000000000000000000000000000000000000000000000001',
      '0x23763788ecb670d2910e2e31e6987beac74dee52aef5c0960e231647b8574fda',
    ],
    [
      '0x0000000000000000000000000000000000000000000000000000000000000002',
      '0x440537be2bc9eb782421f5dd4aec0cb6ba40c4fa0f2f98c42784d35fc999c5fb',
    ],
    [
      '0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140',
      '0x10e5a0731e4bbbfd17dd8b111875f34e72a41d2d3b275be2830c6435aaccae1d',
    ],
    [
      '0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20',
      '0x3aea8d1d2399694feb48af0ce9cc8edc4c0a6804c5b5cd07fd24ad14242aa291',
    ],
  ]
  for (const [privateKey, secret] of vectors) expect(bytesToHex(blsSecretOf(privateKey))).toBe(secret)
})

fuzz.prop([fc.uint8Array({ minLength: 32, maxLength: 32 })])(
  "the BLS key of a signer is that of blst's KeyGen",
  (material) => {
    const theirs = SecretKey.fromKeygen(material, stringToBytes('assize-bls-1')).toBytes()
    expect(bytesToHex(blsSecretOf(bytesToHex(material)))).toBe(bytesToHex(theirs))
    expect(hexToBytes(bytesToHex(theirs))).toHaveLength(32)
  },
)
