import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { Address, Hex } from 'viem'
import { bytesToHex, hexToBytes } from 'viem/utils'
import {
  type Observation,
  observationDigest,
  type SignedObservation,
  type SigningDomain,
} from '#protocol/observation.ts'
import type { Guard } from './guard.ts'

/** Signs observations as one reporter. */
export interface Signer {
  readonly address: Address
  /** INVARIANT: nothing is signed that the guard has not written down. Throws the guard's SecondDigestError. */
  sign(observation: Observation): Promise<SignedObservation>
}

/** A signer with the account's key in memory: EIP-712 under `domain`, deterministic (RFC 6979), low s. */
export function createSigner(
  key: { readonly address: Address; readonly privateKey: Hex },
  domain: SigningDomain,
  guard: Guard,
): Signer {
  const secret = hexToBytes(key.privateKey)
  return {
    address: key.address,
    async sign(observation) {
      const digest = observationDigest(domain, observation)
      await guard.permit(key.address, observation.fixingId, digest)
      // Recovered format: recovery bit ‖ r ‖ s.
      const bytes = secp256k1.sign(hexToBytes(digest), secret, { prehash: false, lowS: true, format: 'recovered' })
      const v = bytes[0] === 0 ? 27 : 28
      return {
        ...observation,
        signature: { r: bytesToHex(bytes.subarray(1, 33)), s: bytesToHex(bytes.subarray(33, 65)), v },
      }
    },
  }
}
