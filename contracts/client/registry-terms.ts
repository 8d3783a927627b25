import type { Address } from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import { type Chain, latestBlock } from './chain.ts'
import { requireCode } from './code-at.ts'
import { explained, isOfAnotherContract } from './errors.ts'
import { readReporters } from './roster.ts'

/** What a reporter joins. */
export type RegistryTerms = {
  /** The least stake, bond-token wei. */
  readonly minStake: bigint
  /** How many report at the latest block. */
  readonly reporters: number
}

/** Reads what a reporter of `registry` would join. Throws NoCodeError, {@link NotRegistryError}, DeadRpcError. */
export async function readRegistryTerms(chain: Chain, registry: Address): Promise<RegistryTerms> {
  await requireCode(chain, 'a ReporterRegistry', registry)
  const { time } = await latestBlock(chain)
  try {
    const minStake = await readMinStake(chain, registry)
    const reporters = await readReporters(chain, registry, time)
    return { minStake, reporters: reporters.length }
  } catch (error) {
    throw isOfAnotherContract(error) ? new NotRegistryError(registry, { cause: error }) : error
  }
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

/** How long a stake stays after its reporter has left, seconds. Throws DeadRpcError. */
export async function readUnbondingDelay(chain: Chain, registry: Address): Promise<bigint> {
  return explained(chain.rpcUrl, 'UNBONDING_DELAY', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'UNBONDING_DELAY' }),
  )
}

/** What a unit of gas costs now, wei, as the endpoint advises. Throws DeadRpcError. */
export async function readGasPrice(chain: Chain): Promise<bigint> {
  return explained(chain.rpcUrl, 'eth_gasPrice', () => chain.publicClient.getGasPrice())
}

/** The contract at the address is no registry of ours. */
export class NotRegistryError extends Error {
  override readonly name = 'Registry.NotRegistryError'
  readonly address: Address
  constructor(address: Address, options: ErrorOptions) {
    super(`Expected a ReporterRegistry at ${address}, got another contract.`, options)
    this.address = address
  }
}
