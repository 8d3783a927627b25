import { type Address, type Hex, type LocalAccount, parseEventLogs, type TransactionReceipt } from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import { blsKey, type BlsSignature, blsSign } from '#protocol/bls.ts'
import type { SigningDomain } from '#protocol/signing.ts'
import {
  possessionDigest,
  type Registration,
  registrationTypedData,
  type Rotation,
  rotationTypedData,
} from '#protocol/registration.ts'
import { callOf } from './call-of.ts'
import { g1Of, g2Of } from './bls-points.ts'
import type { WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { type Call, sendFor, type SendOptions } from './send.ts'

/** Whom the account registers: a signer and a BLS key that both agree. */
export type Recruit = {
  readonly signer: LocalAccount
  readonly blsSecret: Uint8Array
  /** Binary libp2p peer id. */
  readonly peerId: Hex
  /** Bond-token wei, approved to the registry. */
  readonly stake: bigint
}

/** How long the signer's consent holds: the transaction may have to wait, and nobody may repeat it in years. */
const CONSENT_SECONDS = 86_400n

/** What a reporter's keys have agreed to: whoever owns the registration may send it, and nobody else. */
export type Consent = {
  readonly registration: Registration
  /** Of the BLS key, over `possessionDigest`. */
  readonly possession: BlsSignature
  /** Of the signer, over `registrationTypedData`. */
  readonly consent: Hex
}

/** Has both keys of a reporter agree to be registered by `owner`, until `deadline`, Unix seconds. */
export async function consentTo(
  domain: SigningDomain,
  { signer, blsSecret, ...terms }: Recruit & Pick<Registration, 'owner' | 'deadline'>,
): Promise<Consent> {
  const registration: Registration = { ...terms, signer: signer.address, key: blsKey(blsSecret) }
  return {
    registration,
    possession: blsSign(blsSecret, possessionDigest(domain, registration), 'possession'),
    consent: await signer.signTypedData(registrationTypedData(domain, registration)),
  }
}

/** The transaction that registers; its sender must be the owner. */
export function registerCall(registry: Address, { registration, possession, consent }: Consent): Call {
  // An owner that calls itself need not sign.
  return callOf(registry, abi, 'register', [
    { ...registration, key: g1Of(registration.key) },
    g2Of(possession),
    consent,
    '0x',
  ])
}

/**
 * Registers a reporter that the account owns and pays the stake of. Returns the reporter's index. Throws
 * OracleRevertError('SignerTaken' | 'SignerIsOwner' | 'StakeBelowMin' | …), DeadRpcError.
 */
export async function register(
  chain: WritableChain,
  registry: Address,
  recruit: Recruit,
  options?: SendOptions,
): Promise<number> {
  const { timestamp } = await explained(chain.rpcUrl, 'eth_getBlockByNumber', () => chain.publicClient.getBlock())
  const terms = { ...recruit, owner: chain.account.address, deadline: timestamp + CONSENT_SECONDS }
  const consent = await consentTo({ chainId: chain.chainId, registry }, terms)
  const { owner, signer } = consent.registration
  const args = { owner, signer }
  const call = registerCall(registry, consent)
  const { event } = await sendFor(chain, call, { abi, eventName: 'Registered', args }, options)
  return event.args.index
}

/** The index that a registration was given; undefined for a transaction that registered nobody. */
export function registeredIn({ logs }: Pick<TransactionReceipt, 'logs'>): number | undefined {
  const [registered] = parseEventLogs({ abi, logs, eventName: 'Registered' })
  return registered?.args.index
}

/** What new keys of a reporter have agreed to: only its owner can send it. */
export type RotationConsent = Rotation & {
  /** Of the BLS key, over `possessionDigest`. */
  readonly possession: BlsSignature
  /** Of the signer, over `rotationTypedData`. */
  readonly consent: Hex
}

/** Has both new keys agree to take the place of those of reporter `index`, which is `owner`'s. */
export async function consentToRotation(
  domain: SigningDomain,
  { signer, blsSecret, ...terms }: Pick<Recruit, 'signer' | 'blsSecret'> & Pick<Rotation, 'index' | 'owner'>,
): Promise<RotationConsent> {
  const rotation: Rotation = { ...terms, signer: signer.address, key: blsKey(blsSecret) }
  return {
    ...rotation,
    possession: blsSign(blsSecret, possessionDigest(domain, rotation), 'possession'),
    consent: await signer.signTypedData(rotationTypedData(domain, rotation)),
  }
}

/** The transaction that replaces a reporter's keys at the next epoch's start; its sender must be the owner. */
export function rotateCall(registry: Address, { index, signer, key, possession, consent }: RotationConsent): Call {
  return callOf(registry, abi, 'rotate', [index, signer, g1Of(key), g2Of(possession), consent])
}

/** From when on the new keys of a rotation sign, Unix seconds; undefined for a transaction that rotated none. */
export function rotatedIn({ logs }: Pick<TransactionReceipt, 'logs'>): bigint | undefined {
  const [rotated] = parseEventLogs({ abi, logs, eventName: 'Rotated' })
  return rotated?.args.fromTime
}
