import { type Address, encodeDeployData, getContractAddress, type Hex, stringToHex, zeroHash } from 'viem'
import { conditionalTokensReporterAbi } from '#protocol/abi/conditional-tokens-reporter.ts'
import { councilArbitratorAbi } from '#protocol/abi/council-arbitrator.ts'
import { juryArbitratorAbi } from '#protocol/abi/jury-arbitrator.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'
import { umaArbitratorAbi } from '#protocol/abi/uma-arbitrator.ts'
import { conditionalTokensReporterBytecode } from './bytecode/conditional-tokens-reporter.ts'
import { councilArbitratorBytecode } from './bytecode/council-arbitrator.ts'
import { juryArbitratorBytecode } from './bytecode/jury-arbitrator.ts'
import { maturityOracleBytecode } from './bytecode/maturity-oracle.ts'
import { reporterRegistryBytecode } from './bytecode/reporter-registry.ts'
import { securityLensBytecode } from './bytecode/security-lens.ts'
import { splitVaultBytecode } from './bytecode/split-vault.ts'
import { umaArbitratorBytecode } from './bytecode/uma-arbitrator.ts'
import { weth9Bytecode } from './bytecode/weth-9.ts'
import type { CouncilSigner } from './council.ts'
import type { JuryTerms } from './jury.ts'

/** The CREATE2 deployer that every chain has at the same address: Arachnid's deterministic-deployment-proxy. */
export const CREATE2_DEPLOYER: Address = '0x4e59b44847b379578588920cA78FbF26c0B4956C'

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

/** A vault to deploy. */
export type VaultTerms = {
  readonly collateral: Address
  /** Bond-token wei per 1e18 wei of collateral, at most 2^128 - 1; 1e18 for the bond token itself. */
  readonly bondRate: bigint
}

/** An adapter to deploy. Amounts in bond-token wei; `declaredCost` is an assertion that the deployer publishes. */
export type UmaTerms = {
  /** UMA's optimistic oracle, version 3. */
  readonly court: Address
  /** How long an assertion can be disputed, seconds, 2 hours .. 10 days. */
  readonly liveness: number
  /** The least bond of an assertion; UMA may ask for more. */
  readonly leastBond: bigint
  readonly declaredCost: bigint
}

/** One contract to be created by CREATE2 with salt 0: its address is a function of its init code alone. */
export type DeploymentStep = { readonly name: string; readonly initCode: Hex; readonly address: Address }

/** What `deploy` will do, in order, without asking any chain. The same options give the same addresses everywhere. */
export function planDeployment(options: DeployOptions): { steps: DeploymentStep[]; deployments: Deployments } {
  const steps: DeploymentStep[] = []
  const add = (name: string, initCode: Hex): Address => {
    const address = create2Address(initCode)
    steps.push({ name, initCode, address })
    return address
  }
  const weth = options.weth ?? add('WETH9', weth9Bytecode)
  const oracle = add(
    'MaturityOracle',
    encodeDeployData({ abi: maturityOracleAbi, bytecode: maturityOracleBytecode, args: [weth, SINK] }),
  )
  const council = add('CouncilArbitrator', councilInitCode(oracle, options.council))
  const backupCouncil = add('CouncilArbitrator (backup)', councilInitCode(oracle, options.backupCouncil))
  const { minStake, epochDuration, unbondingDelay, minBandPpm } = options.registry
  const times = [BigInt(epochDuration), BigInt(unbondingDelay)] as const
  const registry = add(
    'ReporterRegistry',
    encodeDeployData({
      abi: reporterRegistryAbi,
      bytecode: reporterRegistryBytecode,
      args: [oracle, weth, council, backupCouncil, SINK, minStake, ...times, minBandPpm],
    }),
  )
  const vault = add('SplitVault', vaultInitCode(oracle, { collateral: weth, bondRate: ONE }))
  const lens = add('SecurityLens', securityLensBytecode)
  return { steps, deployments: { weth, oracle, council, backupCouncil, registry, vault, lens } }
}

/** A vault of `oracle` for another collateral than the bond token. */
export function planVault(oracle: Address, terms: VaultTerms): DeploymentStep {
  const initCode = vaultInitCode(oracle, terms)
  return { name: 'SplitVault', initCode, address: create2Address(initCode) }
}

/** A jury that rules for `oracle` under `terms`, as a step of its own: an oracle may have several. */
export function planJury(oracle: Address, terms: JuryTerms): DeploymentStep {
  const initCode = encodeDeployData({ abi: juryArbitratorAbi, bytecode: juryArbitratorBytecode, args: [oracle, terms] })
  return { name: 'JuryArbitrator', initCode, address: create2Address(initCode) }
}

/** An adapter that asks `court`, UMA's optimistic oracle, for `oracle`, as a step of its own. */
export function planUma(oracle: Address, { court, liveness, leastBond, declaredCost }: UmaTerms): DeploymentStep {
  const args = [oracle, court, BigInt(liveness), leastBond, declaredCost] as const
  const initCode = encodeDeployData({ abi: umaArbitratorAbi, bytecode: umaArbitratorBytecode, args })
  return { name: 'UmaArbitrator', initCode, address: create2Address(initCode) }
}

/** A reporter of `oracle`'s settlements to Gnosis's conditional tokens at an address. */
export function planConditionalTokensReporter(oracle: Address, conditionalTokens: Address): DeploymentStep {
  const initCode = encodeDeployData({
    abi: conditionalTokensReporterAbi,
    bytecode: conditionalTokensReporterBytecode,
    args: [oracle, conditionalTokens],
  })
  return { name: 'ConditionalTokensReporter', initCode, address: create2Address(initCode) }
}

function create2Address(initCode: Hex): Address {
  return getContractAddress({ opcode: 'CREATE2', from: CREATE2_DEPLOYER, salt: zeroHash, bytecode: initCode })
}

function vaultInitCode(oracle: Address, { collateral, bondRate }: VaultTerms): Hex {
  const args = [oracle, collateral, bondRate] as const
  return encodeDeployData({ abi: splitVaultAbi, bytecode: splitVaultBytecode, args })
}

function councilInitCode(oracle: Address, terms: CouncilTerms): Hex {
  const signers = terms.signers.map(({ account, name }) => ({ account, name: stringToHex(name, { size: 32 }) }))
  return encodeDeployData({
    abi: councilArbitratorAbi,
    bytecode: councilArbitratorBytecode,
    args: [oracle, signers, BigInt(terms.threshold), terms.costOfCorruption],
  })
}
