import type { Address } from 'viem'
import { type Chain, latestBlock } from './chain.ts'
import { requireCode } from './deploy.ts'
import { explained, isOfAnotherContract } from './errors.ts'
import { readMinStake, readReporters } from './registry.ts'

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
