import { type Abi, decodeFunctionData, type Hex } from 'viem'
import { councilArbitratorAbi } from '#protocol/abi/council-arbitrator.ts'
import { juryArbitratorAbi } from '#protocol/abi/jury-arbitrator.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'
import { umaArbitratorAbi } from '#protocol/abi/uma-arbitrator.ts'
import { wethAbi } from './weth.ts'

const FUNCTIONS: Abi = [
  councilArbitratorAbi,
  juryArbitratorAbi,
  maturityOracleAbi,
  reporterRegistryAbi,
  splitVaultAbi,
  umaArbitratorAbi,
  wethAbi,
].flatMap((abi) => abi.filter((item) => item.type === 'function'))

/** The function of one of our contracts, or of the bond token, that this data calls; undefined for any other. */
export function calledFunction(data: Hex): string | undefined {
  try {
    return decodeFunctionData({ abi: FUNCTIONS, data }).functionName
  } catch {
    return undefined
  }
}
