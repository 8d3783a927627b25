import { secp256k1 } from '@noble/curves/secp256k1.js'
import { type Address, type Hex, keccak256, toBytes, toHex } from 'viem'

/** An account that can sign. */
export type Account = { readonly address: Address; readonly secret: Uint8Array }

/** What an account that is a contract says when it is asked whether it signed (ERC-1271), as ModelOwner.sol numbers it. */
export const OWNER_MOODS = ['approves', 'refuses', 'reverts', 'says nothing'] as const
export type OwnerMood = (typeof OWNER_MOODS)[number]

export function accountOf(number: number): Account {
  const secret = toBytes(keccak256(toHex(`account ${number}`)))
  const publicKey = secp256k1.getPublicKey(secret, false).slice(1)
  return { address: `0x${keccak256(publicKey).slice(-40)}`, secret }
}

/** r, s and v of the account's signature over `digest`. */
export function signDigest({ secret }: Account, digest: Hex): Hex {
  const recovered = secp256k1.sign(toBytes(digest), secret, { prehash: false, format: 'recovered' })
  return toHex(new Uint8Array([...recovered.slice(1), 27 + (recovered[0] ?? 0)]))
}
