import { type Address, type Hex, keccak256 } from 'viem'
import { hashText, typedDigest } from '../typed-data.ts'
import type { Observation, Report, Secret } from './action.ts'
import { keyOf } from './keys.ts'

/** Where a signature counts: one registry on one chain. */
export type Domain = { readonly chainId: bigint; readonly registry: Address }

const REGISTRATION = hashText(
  'Registration(address owner,address signer,bytes32 peerIdHash,uint128 stake,bytes32 keyHash,uint64 deadline)',
)
const ROTATION = hashText('Rotation(uint8 index,address owner,address signer,bytes32 keyHash)')
const POSSESSION = hashText('Possession(address owner,bytes32 keyHash)')
const REPORT = hashText('Report(uint64 epoch,bytes32 fixingId,uint128 value,bytes32 observationsRoot,address proposer)')
const OBSERVATION = hashText('Observation(bytes32 fixingId,uint128 value,uint64 observedAt,bytes32 sourcesRoot)')

export type Registration = {
  readonly owner: Address
  readonly signer: Address
  readonly peerId: Hex
  readonly stake: bigint
  readonly secret: Secret
  readonly deadline: bigint
}

export function registrationDigest(domain: Domain, registration: Registration): Hex {
  const { owner, signer, peerId, stake, secret, deadline } = registration
  return digest(domain, REGISTRATION, [owner, signer, keccak256(peerId), stake, keccak256(keyOf(secret)), deadline])
}

export type Rotation = {
  readonly index: number
  readonly owner: Address
  readonly signer: Address
  readonly secret: Secret
}

export function rotationDigest(domain: Domain, { index, owner, signer, secret }: Rotation): Hex {
  return digest(domain, ROTATION, [BigInt(index), owner, signer, keccak256(keyOf(secret))])
}

export function possessionDigest(domain: Domain, owner: Address, secret: Secret): Hex {
  return digest(domain, POSSESSION, [owner, keccak256(keyOf(secret))])
}

export function reportDigest(domain: Domain, epoch: bigint, fixingId: Hex, report: Report): Hex {
  return digest(domain, REPORT, [epoch, fixingId, report.value, report.observationsRoot, report.proposer])
}

export function observationDigest(domain: Domain, observation: Observation): Hex {
  const { fixingId, value, observedAt, sourcesRoot } = observation
  return digest(domain, OBSERVATION, [fixingId, value, observedAt, sourcesRoot])
}

function digest({ chainId, registry }: Domain, type: Hex, fields: readonly (Hex | bigint)[]): Hex {
  return typedDigest({ name: 'Assize', chainId, contract: registry }, type, fields)
}
