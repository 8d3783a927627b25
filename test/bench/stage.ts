import { type Abi, type Address, encodeFunctionData, type Hex, parseEther, stringToHex } from 'viem'
import { councilArbitratorBytecode } from '#client/bytecode/council-arbitrator.ts'
import { maturityOracleBytecode } from '#client/bytecode/maturity-oracle.ts'
import { reporterRegistryBytecode } from '#client/bytecode/reporter-registry.ts'
import { splitVaultBytecode } from '#client/bytecode/split-vault.ts'
import { weth9Bytecode } from '#client/bytecode/weth-9.ts'
import { SINK } from '#client/deployment-plan.ts'
import type { Series } from '#client/vault.ts'
import { wethAbi } from '#client/weth.ts'
import { councilArbitratorAbi } from '#protocol/abi/council-arbitrator.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'
import { DEFAULT_PARAMETERS, type Fixing } from '#protocol/fixing.ts'
import { accountOf } from '../client/chain-fixture.ts'
import { buildMinimums } from './artifacts.ts'
import { type BenchChain, openBenchChain, type Target } from './chain.ts'

/** 1 January 2025, 00:00 UTC. */
export const START = 1_735_689_600n
export const DAY = 86_400n
/** Registered in the registry's scenes; each has an owner of its own. */
export const REPORTERS = 100
/** Longer than any fixing lives: 72 hours of grace, 90 days of arbitration, a week of windows. */
const SCENE = 120n * DAY

/** d: the least bond of the default parameters, since nothing reports an open interest. */
export const BOND = DEFAULT_PARAMETERS.minBond
/** What a reporter stakes. */
export const STAKE = 10n ** 17n
export const FEE = DEFAULT_PARAMETERS.arbitrationFee

/** Values with all their digits, as a median of observations has them: calldata is paid by the byte. */
export const TRUTH = 2_500_123_456_789_012_345_678n
export const LIE = 3_000_123_456_789_012_345_678n
export const THIRD = 4_000_123_456_789_012_345_678n
export const FOURTH = 5_000_123_456_789_012_345_678n
export const FIFTH = 6_000_123_456_789_012_345_678n

const PEOPLE = ['proposer', 'liar', 'alice', 'bob', 'carol', 'dave', 'arbitrator'] as const
/** Who acts; each holds WETH and has approved all contracts without limit. */
export type Person = (typeof PEOPLE)[number]

/** Three who would rule. */
const COUNCIL = ['Ada', 'Bede', 'Clio'].map((name) => ({
  account: accountOf(name).address,
  name: stringToHex(name, { size: 32 }),
}))

const INFINITE = 2n ** 256n - 1n

/** The product and the minimal contracts on one chain, with one WETH and the same people. */
export type Stage = {
  readonly chain: BenchChain
  readonly weth: Address
  readonly oracle: Target
  readonly vault: Target
  readonly registry: Target
  /** Councils, who say what they cost: a vault asks them. */
  readonly councils: readonly [Address, Address]
  readonly minimumOracle: Target
  readonly minimumVault: Target
  readonly minimumRegistry: Target
}

export async function raiseStage(): Promise<Stage> {
  const chain = await openBenchChain(START)
  try {
    const minimums = await buildMinimums()
    const weth = await chain.deploy(weth9Bytecode, [], [])
    const deploy = async (abi: Abi, bytecode: Hex, args: readonly unknown[]): Promise<Target> => ({
      address: await chain.deploy(bytecode, abi, args),
      abi,
    })
    const oracle = await deploy(maturityOracleAbi, maturityOracleBytecode, [weth, SINK])
    const vault = await deploy(splitVaultAbi, splitVaultBytecode, [oracle.address, weth, parseEther('1')])
    const minimumOracle = await deploy(minimums.MinimumOracle.abi, minimums.MinimumOracle.bytecode, [weth])
    const minimumVault = await deploy(minimums.MinimumVault.abi, minimums.MinimumVault.bytecode, [weth])
    const registry = await deploy(reporterRegistryAbi, reporterRegistryBytecode, [
      oracle.address,
      weth,
      accountOf('arbitrator').address,
      accountOf('dave').address,
      SINK,
      STAKE,
      DAY,
      337n * DAY,
      10_000,
    ])
    const minimumRegistry = await deploy(minimums.MinimumRegistry.abi, minimums.MinimumRegistry.bytecode, [weth])
    const council = async (): Promise<Address> =>
      chain.deploy(councilArbitratorBytecode, councilArbitratorAbi, [oracle.address, COUNCIL, 2n, parseEther('1000')])
    const councils = [await council(), await council()] as const
    const stage = { chain, weth, oracle, vault, registry, councils, minimumOracle, minimumVault, minimumRegistry }
    await endow(stage)
    return stage
  } catch (error) {
    await chain.stop()
    throw error
  }
}

/** Gives everyone WETH and infinite allowances, and sink and owners one wei, so that no balance is ever the first. */
async function endow({ chain, weth, councils: _councils, ...targets }: Stage): Promise<void> {
  for (const person of PEOPLE) {
    await chain.send(person, weth, encodeFunctionData({ abi: wethAbi, functionName: 'deposit' }), parseEther('1000'))
    for (const { address } of Object.values(targets)) {
      const data = encodeFunctionData({ abi: wethAbi, functionName: 'approve', args: [address, INFINITE] })
      await chain.send(person, weth, data)
    }
  }
  const owners = Array.from({ length: REPORTERS }, (_, place) => accountOf(ownerOf(place)).address)
  for (const holder of [SINK, ...owners]) {
    await chain.send('dave', weth, encodeFunctionData({ abi: wethAbi, functionName: 'transfer', args: [holder, 1n] }))
  }
}

/** The account that owns the reporter at `place`. */
export function ownerOf(place: number): string {
  return `owner ${place}`
}

/** When scene `n` = 1, 2, … begins: each has a time, and with it a fixing, of its own. */
export function sceneTime(n: number): bigint {
  return START + BigInt(n) * SCENE
}

/** A fixing with the default parameters that matures at `maturity`. People rule it: an arbitrator's cost is its own. */
export function fixingAt(maturity: bigint): Fixing {
  return {
    ...DEFAULT_PARAMETERS,
    indexId: `0x${'11'.repeat(32)}`,
    maturity,
    arbitrator: accountOf('arbitrator').address,
    backup: accountOf('dave').address,
    openInterest: '0x0000000000000000000000000000000000000000',
  }
}

/** A series of `vault` on such a fixing, to which the vault reports the open interest, and on which `councils` rule. */
export function seriesAt(maturity: bigint, vault: Address, [arbitrator, backup]: Stage['councils']): Series {
  const fixing = { ...fixingAt(maturity), arbitrator, backup, openInterest: vault }
  return { fixing, strike: TRUTH, invalidSharePpm: 500_000 }
}
