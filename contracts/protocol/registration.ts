import { type Address, type Hex, hashTypedData, keccak256 } from 'viem'
import type { BlsKey } from './bls.ts'
import { type SigningDomain, typedDataDomain } from './signing.ts'

/** What an owner registers a reporter with; see `types/Reporter.sol`. */
export type Registration = {
  readonly owner: Address
  readonly signer: Address
  /** Binary libp2p peer id, 1 .. 64 bytes. */
  readonly peerId: Hex
  /** Bond-token wei. */
  readonly stake: bigint
  readonly key: BlsKey
  /** Last second, Unix, at which the consents hold. */
  readonly deadline: bigint
}

const TYPES = {
  Registration: [
    { name: 'owner', type: 'address' },
    { name: 'signer', type: 'address' },
    { name: 'peerIdHash', type: 'bytes32' },
    { name: 'stake', type: 'uint128' },
    { name: 'keyHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint64' },
  ],
  Rotation: [
    { name: 'index', type: 'uint8' },
    { name: 'owner', type: 'address' },
    { name: 'signer', type: 'address' },
    { name: 'keyHash', type: 'bytes32' },
  ],
  Possession: [
    { name: 'owner', type: 'address' },
    { name: 'keyHash', type: 'bytes32' },
  ],
} as const

/** What the signer signs to be registered, for `signTypedData`. Nobody who cannot sign it can take the signer. */
export function registrationTypedData(domain: SigningDomain, registration: Registration) {
  const { owner, signer, peerId, stake, key, deadline } = registration
  return {
    domain: typedDataDomain(domain),
    types: TYPES,
    primaryType: 'Registration',
    message: { owner, signer, peerIdHash: keccak256(peerId), stake, keyHash: keccak256(key), deadline },
  } as const
}

/** New keys of a reporter: the contract's `rotate`. */
export type Rotation = Pick<Registration, 'owner' | 'signer' | 'key'> & { readonly index: number }

/** What a new signer signs to be rotated in, for `signTypedData`. It does not expire, and only the owner can use it. */
export function rotationTypedData(domain: SigningDomain, { index, owner, signer, key }: Rotation) {
  return {
    domain: typedDataDomain(domain),
    types: TYPES,
    primaryType: 'Rotation',
    message: { index, owner, signer, keyHash: keccak256(key) },
  } as const
}

/** What the BLS key signs to prove that it is known, by EIP-712. Without it a key could be chosen to cancel others. */
export function possessionDigest(domain: SigningDomain, { owner, key }: Pick<Registration, 'owner' | 'key'>): Hex {
  return hashTypedData({
    domain: typedDataDomain(domain),
    types: TYPES,
    primaryType: 'Possession',
    message: { owner, keyHash: keccak256(key) },
  })
}
