import { expand, extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToBigInt, concat, hexToBytes, numberToBytes, stringToBytes, type Hex } from 'viem'

/** The order r of the groups. */
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n
/** Of the IETF's BLS draft, section 2.3. */
const SALT = stringToBytes('BLS-SIG-KEYGEN-SALT-')
/** ceil((3 ceil(log2 r)) / 16) bytes: the remainder modulo r is then as good as evenly spread. */
const LENGTH = 48
/** Keeps this key apart from others that may be derived from the same signer one day. */
const INFO = stringToBytes('assize-bls-1')

/**
 * The BLS secret of the reporter whose signer has `privateKey`, 32 bytes, 1 .. r - 1: KeyGen of the IETF's BLS draft
 * (section 2.3) with the signer's key as input and `assize-bls-1` as key_info. One backup holds both keys, and both are
 * rotated together. Nobody who learns the BLS secret learns the signer's key.
 */
export function blsSecretOf(privateKey: Hex): Uint8Array {
  const material = concat([hexToBytes(privateKey), new Uint8Array(1)])
  const info = concat([INFO, numberToBytes(LENGTH, { size: 2 })])
  for (let salt = sha256(SALT); ; salt = sha256(salt)) {
    const secret = bytesToBigInt(expand(sha256, extract(sha256, material, salt), info, LENGTH)) % ORDER
    if (secret !== 0n) return numberToBytes(secret, { size: 32 })
  }
}
