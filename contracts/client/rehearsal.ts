import { type Address, BaseError } from 'viem'
import type { Chain } from './chain.ts'
import { explained, revertOf } from './errors.ts'
import type { Call } from './send.ts'

/** What calls cost that were tried out together. */
export type Rehearsal = {
  /** Of each call, in order. */
  readonly gas: readonly bigint[]
  /** False: the endpoint cannot try calls out one after the other; later ones were not tried, their gas is typical. */
  readonly isComplete: boolean
}

/** What gas costs now, wei per gas. */
export type GasFee = {
  /** What is paid if nothing changes. */
  readonly likely: bigint
  /** What a transaction offers at most. */
  readonly most: bigint
}

/** Gas of the first call of each kind with cold storage, rounded up; test/bench/gas.json has what the oracle's take. */
export const TYPICAL_GAS = {
  deposit: 50_000n,
  approve: 50_000n,
  contribute: 115_000n,
  appeal: 115_000n,
  claim: 100_000n,
} as const
const KNOWN_GAS: Readonly<Record<string, bigint>> = TYPICAL_GAS
/** Of any other call: more than `register`, 463 360, which comes after an allowance. */
const ANY_GAS = 500_000n

/** The gas of a call that was not tried, rounded up. */
export function typicalGas({ name }: Pick<Call, 'name'>): bigint {
  return KNOWN_GAS[name] ?? ANY_GAS
}

/**
 * Tries `calls` out as `account`, one after the other on the latest block, without sending anything.
 * Throws what the first that fails would throw: OracleRevertError, SilentRevertError, PoorAccountError; DeadRpcError.
 */
export async function rehearse(chain: Chain, account: Address, calls: readonly Call[]): Promise<Rehearsal> {
  const [first] = calls
  if (first === undefined) return { gas: [], isComplete: true }
  return explained(chain.rpcUrl, first.name, async () => {
    const together = await tryTogether(chain, account, calls)
    if (together !== undefined) return { gas: together, isComplete: true }
    return { gas: await alone(chain, account, calls, first), isComplete: calls.length === 1 }
  })
}

/** What gas costs at the latest block. Throws DeadRpcError. */
export async function readGasFee(chain: Chain): Promise<GasFee> {
  return explained(chain.rpcUrl, 'eth_gasPrice', async () => {
    const [likely, { maxFeePerGas }] = await Promise.all([
      chain.publicClient.getGasPrice(),
      chain.publicClient.estimateFeesPerGas(),
    ])
    return { likely, most: maxFeePerGas > likely ? maxFeePerGas : likely }
  })
}

/** What `account` has of the chain's own coin, wei. Throws DeadRpcError. */
export async function readBalance(chain: Chain, account: Address): Promise<bigint> {
  return explained(chain.rpcUrl, 'eth_getBalance', () => chain.publicClient.getBalance({ address: account }))
}

/** The gas of each; undefined where the endpoint does not simulate, each of which says so in its own way. */
async function tryTogether(
  chain: Chain,
  account: Address,
  calls: readonly Call[],
): Promise<readonly bigint[] | undefined> {
  const block = await chain.publicClient
    .simulateBlocks({ blocks: [{ calls: calls.map(({ to, data, value = 0n }) => ({ account, to, data, value })) }] })
    .catch((error: unknown) => {
      if (error instanceof BaseError) return undefined
      throw error
    })
  const results = block?.[0]?.calls
  if (results === undefined) return undefined
  for (const [i, result] of results.entries()) {
    const name = calls[i]?.name ?? ''
    if (result.status === 'failure') throw revertOf(name, result.data)
  }
  return results.map(({ gasUsed }) => gasUsed)
}

/** Only the first can be tried: the others need what it leaves behind. */
async function alone(chain: Chain, account: Address, calls: readonly Call[], first: Call): Promise<readonly bigint[]> {
  const { to, data, value = 0n } = first
  const gas = await chain.publicClient.estimateGas({ account, to, data, value })
  return [gas, ...calls.slice(1).map(typicalGas)]
}
