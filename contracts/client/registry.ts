import {
  type Address,
  concat,
  encodeFunctionData,
  type Hash,
  type Hex,
  type LocalAccount,
  parseEventLogs,
  slice,
  type TransactionReceipt,
  zeroAddress,
} from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import { type BlsKey, blsKey, type BlsSignature, blsSign } from '#protocol/bls.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { SigningDomain } from '#protocol/observation.ts'
import {
  possessionDigest,
  type Registration,
  registrationTypedData,
  type Rotation,
  rotationTypedData,
} from '#protocol/registration.ts'
import type { Report } from '#protocol/report.ts'
import type { Chain, WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { type Call, send, type SendOptions } from './send.ts'

/** A reporter of the registry at some time. */
export type RegisteredReporter = {
  readonly index: number
  /** Whom its rewards are paid to. */
  readonly owner: Address
  readonly signer: Address
  /** Binary libp2p peer id. */
  readonly peerId: Hex
  /** Bond-token wei; 0 once slashed. */
  readonly stake: bigint
  readonly key: BlsKey
}

/** Whom the account registers: a signer and a BLS key that both agree. */
export type Recruit = {
  readonly signer: LocalAccount
  readonly blsSecret: Uint8Array
  /** Binary libp2p peer id. */
  readonly peerId: Hex
  /** Bond-token wei, approved to the registry. */
  readonly stake: bigint
}

/** A report that more than two thirds co-signed: what the registry verifies. */
export type CosignedReport = {
  readonly report: Pick<Report, 'value' | 'observationsRoot' | 'proposer'>
  readonly signature: BlsSignature
  /** Bit i stands for place i of the roster. */
  readonly signers: bigint
}

/** A reporter that is not leaving is inactive from then on. */
const NEVER = 2n ** 64n - 1n
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
  const args = [{ ...registration, key: g1Of(registration.key) }, g2Of(possession), consent, '0x'] as const
  return { name: 'register', to: registry, data: encodeFunctionData({ abi, functionName: 'register', args }) }
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
  const receipt = await send(chain, registerCall(registry, consent), options)
  const index = registeredIn(receipt)
  if (index === undefined) throw new RegistrationUnseenError(receipt.transactionHash)
  return index
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
  const args = [index, signer, g1Of(key), g2Of(possession), consent] as const
  return { name: 'rotate', to: registry, data: encodeFunctionData({ abi, functionName: 'rotate', args }) }
}

/** From when on the new keys of a rotation sign, Unix seconds; undefined for a transaction that rotated none. */
export function rotatedIn({ logs }: Pick<TransactionReceipt, 'logs'>): bigint | undefined {
  const [rotated] = parseEventLogs({ abi, logs, eventName: 'Rotated' })
  return rotated?.args.fromTime
}

/** The transaction that adds to the stake of a reporter; its sender must be the owner. */
export function topUpCall(registry: Address, index: number, amount: bigint): Call {
  const data = encodeFunctionData({ abi, functionName: 'topUp', args: [index, amount] })
  return { name: 'topUp', to: registry, data }
}

/** The transaction that ends a membership at the next epoch's start; its sender must be the owner. */
export function startLeavingCall(registry: Address, index: number): Call {
  const data = encodeFunctionData({ abi, functionName: 'startLeaving', args: [index] })
  return { name: 'startLeaving', to: registry, data }
}

/** The transaction that pays the stake of a reporter that has left back to its owner; anyone may send it. */
export function withdrawCall(registry: Address, index: number): Call {
  const data = encodeFunctionData({ abi, functionName: 'withdraw', args: [index] })
  return { name: 'withdraw', to: registry, data }
}

/** A place of the registry, whether its reporter is still to begin, reports, or has left. */
export type Membership = RegisteredReporter & {
  /** First instant as a reporter, Unix seconds. */
  readonly activeTime: bigint
  /** First instant no longer as one; undefined until it leaves. */
  readonly inactiveTime: bigint | undefined
}

/** Every place that is taken, in index order, with the keys of `time` (Unix seconds). Throws DeadRpcError. */
export async function readMemberships(chain: Chain, registry: Address, time: bigint): Promise<Membership[]> {
  return explained(chain.rpcUrl, 'reporterAt', async () => {
    const contract = { address: registry, abi } as const
    const places = await chain.publicClient.readContract({ ...contract, functionName: 'reporterCount' })
    const reporters = await chain.publicClient.multicall({
      deployless: true,
      allowFailure: false,
      contracts: Array.from({ length: Number(places) }, (_, index) => ({
        ...contract,
        functionName: 'reporterAt' as const,
        args: [index, time] as const,
      })),
    })
    return reporters
      .filter(({ owner }) => owner !== zeroAddress)
      .map(({ key, inactiveTime, ...rest }) => ({
        ...rest,
        key: concat([key.x_a, key.x_b, key.y_a, key.y_b]),
        inactiveTime: inactiveTime === NEVER ? undefined : inactiveTime,
      }))
  })
}

/** How long a stake stays after its reporter has left, seconds. Throws DeadRpcError. */
export async function readUnbondingDelay(chain: Chain, registry: Address): Promise<bigint> {
  return explained(chain.rpcUrl, 'UNBONDING_DELAY', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'UNBONDING_DELAY' }),
  )
}

/** Publishes the roster of the reporters at `time` (Unix seconds), which attestations read. Anyone may, once. */
export function publishRoster(
  chain: WritableChain,
  registry: Address,
  time: bigint,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  return send(chain, publishRosterCall(registry, time), options)
}

/** The transaction of {@link publishRoster}. */
export function publishRosterCall(registry: Address, time: bigint): Call {
  const data = encodeFunctionData({ abi, functionName: 'publishRoster', args: [time] })
  return { name: 'publishRoster', to: registry, data }
}

/** Records that a quorum stands behind a report. Throws OracleRevertError('QuorumMissed' | …). */
export function attest(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  cosigned: CosignedReport,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  return send(chain, attestCall(registry, fixing, cosigned), options)
}

/** The transaction of {@link attest}. */
export function attestCall(registry: Address, fixing: Fixing, { report, signature, signers }: CosignedReport): Call {
  const args = [fixing, report, g2Of(signature), signers] as const
  return { name: 'attest', to: registry, data: encodeFunctionData({ abi, functionName: 'attest', args }) }
}

/**
 * Records the report and proposes its value for at most `maxBond` wei of bond token approved to the registry; the report's
 * proposer gets the receipts.
 */
export function proposeAttested(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  cosigned: CosignedReport,
  maxBond: bigint,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  return send(chain, proposeAttestedCall(registry, fixing, cosigned, maxBond), options)
}

/** The transaction of {@link proposeAttested}. */
export function proposeAttestedCall(
  registry: Address,
  fixing: Fixing,
  { report, signature, signers }: CosignedReport,
  maxBond: bigint,
): Call {
  const args = [fixing, report, g2Of(signature), signers, maxBond] as const
  const data = encodeFunctionData({ abi, functionName: 'proposeAttested', args })
  return { name: 'proposeAttested', to: registry, data }
}

/**
 * The reporters at `time` (Unix seconds) in index order, read at the latest block or at the one of that hash. The registry
 * remembers of each the present signer and the one before: read at a block near `time` for the signers of then, if somebody may have
 * rotated twice since. Throws DeadRpcError.
 */
export async function readReporters(
  chain: Chain,
  registry: Address,
  time: bigint,
  blockHash?: Hash,
): Promise<RegisteredReporter[]> {
  return explained(chain.rpcUrl, 'reportersAt', async () => {
    const reporters = await chain.publicClient.readContract({
      address: registry,
      abi,
      functionName: 'reportersAt',
      args: [time],
      ...(blockHash === undefined ? {} : { blockHash, requireCanonical: true }),
    })
    return reporters.map(({ index, owner, signer, peerId, stake, key }) => {
      return { index, owner, signer, peerId, stake, key: concat([key.x_a, key.x_b, key.y_a, key.y_b]) }
    })
  })
}

/** Whether the roster of the reporters at `time` is published. Throws OracleRevertError('BeforeFirstEpoch'), DeadRpcError. */
export async function isRosterPublished(chain: Chain, registry: Address, time: bigint): Promise<boolean> {
  const [, roster] = await explained(chain.rpcUrl, 'rosterAt', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'rosterAt', args: [time] }),
  )
  return BigInt(roster) !== 0n
}

/** The registry's epoch that contains `time` (Unix seconds). Throws OracleRevertError('BeforeFirstEpoch'), DeadRpcError. */
export async function readEpoch(chain: Chain, registry: Address, time: bigint): Promise<bigint> {
  return explained(chain.rpcUrl, 'epoch', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'epoch', args: [time] }),
  )
}

/** The least stake to register with, bond-token wei. */
export async function readMinStake(chain: Chain, registry: Address): Promise<bigint> {
  return explained(chain.rpcUrl, 'MIN_STAKE', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'MIN_STAKE' }),
  )
}

/** When the registry was deployed, Unix seconds: its epochs are counted from there. */
export async function readStartTime(chain: Chain, registry: Address): Promise<bigint> {
  return explained(chain.rpcUrl, 'START_TIME', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'START_TIME' }),
  )
}

/** The oracle whose fixings the registry's reporters attest. */
export async function readRegistryOracle(chain: Chain, registry: Address): Promise<Address> {
  return explained(chain.rpcUrl, 'ORACLE', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'ORACLE' }),
  )
}

/** The registry took the registration and logged nothing: it is another contract. */
export class RegistrationUnseenError extends Error {
  override readonly name = 'Registry.RegistrationUnseenError'
  readonly hash: Hex
  readonly hint = 'Check the address of the registry.'
  constructor(hash: Hex) {
    super(`Expected a Registered event in transaction ${hash}, got none.`)
    this.hash = hash
  }
}

type G1Point = Readonly<Record<'x_a' | 'x_b' | 'y_a' | 'y_b', Hex>>
type G2Point = Readonly<
  Record<'x_c0_a' | 'x_c0_b' | 'x_c1_a' | 'x_c1_b' | 'y_c0_a' | 'y_c0_b' | 'y_c1_a' | 'y_c1_b', Hex>
>

/** The words of a key as the contract's struct. */
export function g1Of(key: BlsKey): G1Point {
  return { x_a: wordOf(key, 0), x_b: wordOf(key, 1), y_a: wordOf(key, 2), y_b: wordOf(key, 3) }
}

/** The words of a signature as the contract's struct. */
export function g2Of(signature: BlsSignature): G2Point {
  return {
    x_c0_a: wordOf(signature, 0),
    x_c0_b: wordOf(signature, 1),
    x_c1_a: wordOf(signature, 2),
    x_c1_b: wordOf(signature, 3),
    y_c0_a: wordOf(signature, 4),
    y_c0_b: wordOf(signature, 5),
    y_c1_a: wordOf(signature, 6),
    y_c1_b: wordOf(signature, 7),
  }
}

function wordOf(encoded: Hex, i: number): Hex {
  return slice(encoded, 32 * i, 32 * (i + 1), { strict: true })
}
