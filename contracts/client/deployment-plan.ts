import { type Address, encodeDeployData, stringToHex } from 'viem'
import { councilArbitratorAbi } from '#protocol/abi/council-arbitrator.ts'
import { juryArbitratorAbi } from '#protocol/abi/jury-arbitrator.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { umaArbitratorAbi } from '#protocol/abi/uma-arbitrator.ts'
import { councilArbitratorBytecode } from './bytecode/council-arbitrator.ts'
import { juryArbitratorBytecode } from './bytecode/jury-arbitrator.ts'
import { maturityOracleBytecode } from './bytecode/maturity-oracle.ts'
import { reporterRegistryBytecode } from './bytecode/reporter-registry.ts'
import { securityLensBytecode } from './bytecode/security-lens.ts'
import { umaArbitratorBytecode } from './bytecode/uma-arbitrator.ts'
import { weth9Bytecode } from './bytecode/weth-9.ts'
import { planVault } from './consumer-plan.ts'
import type { CouncilSigner } from './council.ts'
import { type Creation, type DeploymentStep, stepOf } from './deployment-step.ts'
import type { JuryTerms } from './jury.ts'

/** Where forfeited stake goes: an address nobody controls, so that self-dispute always costs (protocol section 3). */
export const SINK: Address = '0x000000000000000000000000000000000000dEaD'

const ONE = 10n ** 18n

/** A council to deploy. `costOfCorruption`, bond-token wei, is an assertion that the deployer publishes. */
export type CouncilTerms = {
  readonly signers: readonly CouncilSigner[]
  readonly threshold: number
  readonly costOfCorruption: bigint
}

export type DeployOptions = {
  /** The chain's WETH. Left out, canonical WETH9 is deployed too: for an embedded chain only. */
  readonly weth?: Address
  readonly council: CouncilTerms
  readonly backupCouncil: CouncilTerms
  readonly registry: {
    /** Bond-token wei. */
    readonly minStake: bigint
    /** Seconds, >= 1 day. */
    readonly epochDuration: number
    /** Seconds, 337 d at least: a week more than any fixing's `worstCase - maturity`. */
    readonly unbondingDelay: number
    /** The narrowest band of fixings whose wrong attestations are slashed, parts per million. */
    readonly minBandPpm: number
  }
}

/** Where everything is. */
export type Deployments = {
  readonly weth: Address
  readonly oracle: Address
  readonly council: Address
  readonly backupCouncil: Address
  readonly registry: Address
  /** Of wrapped ether. */
  readonly vault: Address
  readonly lens: Address
}

/** An adapter to UMA to deploy. Amounts in bond-token wei; `declaredCost` is an assertion that the deployer publishes. */
export type UmaTerms = {
  /** UMA's optimistic oracle, version 3. */
  readonly court: Address
  /** How long an assertion can be disputed, seconds, 2 hours .. 10 days. */
  readonly liveness: number
  /** The least bond of an assertion; UMA may ask for more. */
  readonly leastBond: bigint
  readonly declaredCost: bigint
}

/**
 * What `deploy` will do, in order, without asking any chain. The same options, WETH among them, give the same addresses everywhere
 * (docs/adr/0016-an-address-follows-from-the-terms-and-weth-is-one.md).
 */
export function planDeployment(options: DeployOptions): { steps: DeploymentStep[]; deployments: Deployments } {
  const steps: DeploymentStep[] = []
  const add = (step: DeploymentStep): Address => {
    steps.push(step)
    return step.address
  }
  const weth = options.weth ?? add(stepOf({ contract: 'WETH9', creationCode: weth9Bytecode, initCode: weth9Bytecode }))
  const oracle = add(oracleStep(weth))
  const council = add(councilStep(oracle, options.council))
  const backupCouncil = add(councilStep(oracle, options.backupCouncil, 'CouncilArbitrator (backup)'))
  const registry = add(registryStep({ oracle, weth, council, backupCouncil }, options.registry))
  const vault = add(planVault(oracle, { collateral: weth, bondRate: ONE }))
  const lens = add(
    stepOf({ contract: 'SecurityLens', creationCode: securityLensBytecode, initCode: securityLensBytecode }),
  )
  return { steps, deployments: { weth, oracle, council, backupCouncil, registry, vault, lens } }
}

/**
 * A jury as protocol section 8 wants one for what secures anything: 31 seats, of which two thirds must reveal, with a stake of 1 ETH each; a pool of
 * twice the seats at least; a price of 0.039 ETH, which the default fee of a fixing pays. For WETH and other bond tokens of 18 decimals.
 */
export const DEFAULT_JURY_TERMS: JuryTerms = {
  seats: 31,
  quorum: 21,
  leastPool: 62,
  leastSeparationPpm: 1_000,
  warmUp: 7 * 86_400,
  seatStake: ONE,
  seatFee: ONE / 1_000n,
  commitTime: 2 * 86_400,
  revealTime: 86_400,
}

/** A jury that rules for `oracle` under `terms`, as a step of its own: an oracle may have several. */
export function planJury(oracle: Address, terms: JuryTerms = DEFAULT_JURY_TERMS): DeploymentStep {
  const initCode = encodeDeployData({ abi: juryArbitratorAbi, bytecode: juryArbitratorBytecode, args: [oracle, terms] })
  return stepOf({ contract: 'JuryArbitrator', creationCode: juryArbitratorBytecode, initCode })
}

/** An adapter that asks `court`, UMA's optimistic oracle, for `oracle`, as a step of its own. */
export function planUma(oracle: Address, { court, liveness, leastBond, declaredCost }: UmaTerms): DeploymentStep {
  const args = [oracle, court, BigInt(liveness), leastBond, declaredCost] as const
  const initCode = encodeDeployData({ abi: umaArbitratorAbi, bytecode: umaArbitratorBytecode, args })
  return stepOf({ contract: 'UmaArbitrator', creationCode: umaArbitratorBytecode, initCode })
}

function oracleStep(weth: Address): DeploymentStep {
  const initCode = encodeDeployData({ abi: maturityOracleAbi, bytecode: maturityOracleBytecode, args: [weth, SINK] })
  return stepOf({ contract: 'MaturityOracle', creationCode: maturityOracleBytecode, initCode })
}

function registryStep(
  { oracle, weth, council, backupCouncil }: Pick<Deployments, 'oracle' | 'weth' | 'council' | 'backupCouncil'>,
  { minStake, epochDuration, unbondingDelay, minBandPpm }: DeployOptions['registry'],
): DeploymentStep {
  const times = [BigInt(epochDuration), BigInt(unbondingDelay)] as const
  const initCode = encodeDeployData({
    abi: reporterRegistryAbi,
    bytecode: reporterRegistryBytecode,
    args: [oracle, weth, council, backupCouncil, SINK, minStake, ...times, minBandPpm],
  })
  return stepOf({ contract: 'ReporterRegistry', creationCode: reporterRegistryBytecode, initCode })
}

function councilStep(oracle: Address, terms: CouncilTerms, name?: string): DeploymentStep {
  const signers = terms.signers.map(({ account, name: called }) => ({
    account,
    name: stringToHex(called, { size: 32 }),
  }))
  const initCode = encodeDeployData({
    abi: councilArbitratorAbi,
    bytecode: councilArbitratorBytecode,
    args: [oracle, signers, BigInt(terms.threshold), terms.costOfCorruption],
  })
  const creation: Creation = { contract: 'CouncilArbitrator', creationCode: councilArbitratorBytecode, initCode }
  return stepOf(name === undefined ? creation : { ...creation, name })
}
