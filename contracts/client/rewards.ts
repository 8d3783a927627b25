import { type Address, encodeFunctionData, type Hex, parseEventLogs, type TransactionReceipt } from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import { bitmapOf } from '#protocol/cosigning.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { Chain, WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import type { Attestation } from './registry.ts'
import { send, type SendOptions } from './send.ts'

/** The attestation that is paid for. */
type Claimed = Pick<Attestation, 'value' | 'signers'>

/** Adds `amount` wei to what attesters of the fixing share. The bond token must be approved to the registry. */
export function fundReporters(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  amount: bigint,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'fundReporters', args: [fixing, amount] })
  return send(chain, { name: 'fundReporters', to: registry, data }, options)
}

/** Pays the owner of the reporter at `place` its share of the reward; anyone may. Returns the share, wei. */
export async function claimReward(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  { value, signers, place }: Claimed & { readonly place: number },
  options?: SendOptions,
): Promise<bigint> {
  const data = encodeFunctionData({ abi, functionName: 'claimReward', args: [fixing, value, signers, BigInt(place)] })
  const receipt = await send(chain, { name: 'claimReward', to: registry, data }, options)
  const [paid] = parseEventLogs({ abi, logs: receipt.logs, eventName: 'RewardPaid' })
  return paid?.args.amount ?? 0n
}

/**
 * Pays the owners of the reporters at `places` their shares in one transaction; anyone may. Whoever was paid before or has
 * withdrawn is left out. Returns the sum, wei.
 */
export async function claimRewards(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  { value, signers, places }: Claimed & { readonly places: readonly number[] },
  options?: SendOptions,
): Promise<bigint> {
  const args = [fixing, value, signers, bitmapOf(places)] as const
  const data = encodeFunctionData({ abi, functionName: 'claimRewards', args })
  const receipt = await send(chain, { name: 'claimRewards', to: registry, data }, options)
  const paid = parseEventLogs({ abi, logs: receipt.logs, eventName: 'RewardPaid' })
  return paid.reduce((sum, { args: { amount } }) => sum + amount, 0n)
}

/** Returns to the account what it put into a reward that nobody earned, wei. */
export async function refundReward(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  attestation: Claimed,
  options?: SendOptions,
): Promise<bigint> {
  const { value, signers } = attestation
  const data = encodeFunctionData({ abi, functionName: 'refundReward', args: [fixing, value, signers] })
  const receipt = await send(chain, { name: 'refundReward', to: registry, data }, options)
  const [refunded] = parseEventLogs({ abi, logs: receipt.logs, eventName: 'RewardRefunded' })
  return refunded?.args.amount ?? 0n
}

/** What attesters of the fixing share if they are right, paid shares included, wei. Throws DeadRpcError. */
export async function readReward(chain: Chain, registry: Address, id: Hex): Promise<bigint> {
  return explained(chain.rpcUrl, 'rewardOf', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'rewardOf', args: [id] }),
  )
}

/** The shares of the reward that were paid, by the reporter's place, as logged from `fromBlock` on. Throws DeadRpcError. */
export async function readRewardsPaid(
  chain: Chain,
  registry: Address,
  id: Hex,
  fromBlock: bigint,
): Promise<Map<number, bigint>> {
  const logs = await explained(chain.rpcUrl, 'eth_getLogs', () =>
    chain.publicClient.getContractEvents({
      address: registry,
      abi,
      eventName: 'RewardPaid',
      args: { id },
      fromBlock,
      strict: true,
    }),
  )
  return new Map(logs.map(({ args }) => [Number(args.place), args.amount]))
}
