import { createRequire } from 'node:module'
import type { Hex } from 'viem'
import { bytesToHex, hexToBytes } from 'viem/utils'
import { encodeObservation, observationDigest } from '#protocol/observation.ts'
import type { VerifiedObservation } from '../../../node/gossip/validate.ts'
import { DOMAIN, observationOf, reporterKey } from '../../node/reporters.ts'

/** What is used of the package secp256k1, compiled or not. */
type Signing = {
  ecdsaSign(digest: Uint8Array, secret: Uint8Array): { readonly signature: Uint8Array; readonly recid: number }
}

const signing = createRequire(import.meta.url)('secp256k1') as Signing
const keys = new Map<number, ReturnType<typeof reporterKey>>()

/** What reporter `index` observes of a fixing: hundreds of thousands are signed for a benchmark. */
export function observedFast(index: number, fixingId: Hex, observedAt: bigint): VerifiedObservation {
  const key = keys.get(index) ?? reporterKey(index)
  keys.set(index, key)
  const observation = observationOf({ fixingId, observedAt })
  const digest = hexToBytes(observationDigest(DOMAIN, observation))
  const { signature, recid } = signing.ecdsaSign(digest, hexToBytes(key.privateKey))
  const [r, s] = [bytesToHex(signature.subarray(0, 32)), bytesToHex(signature.subarray(32))]
  const signed = { ...observation, signature: { r, s, v: recid === 0 ? 27 : 28 } } as const
  return { signed, signer: key.address, reporterIndex: index, bytes: encodeObservation(signed) }
}
