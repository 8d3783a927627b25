import { type Address, type Hex, isAddressEqual, parseEventLogs, type TransactionReceipt } from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import { requireWhole } from '#protocol/argument.ts'
import { bitmapOf, MAX_PLACE } from '#protocol/cosigning.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { callOf } from './call-of.ts'
import type { Attestation } from './attestation.ts'
import type { Chain, WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { logsOf } from './fixing-log.ts'
import { AmbiguousEventError, type Call, send, sendFor, type SendOptions } from './send.ts'

/** The attestation that is paid for. */
type Claimed = Pick<Attestation, 'value' | 'signers'>

/** Adds `amount` wei to what attesters of the fixing share. The bond token must be approved to the registry. */
export async function fundReporters(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  amount: bigint,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  const call = fundReportersCall(registry, fixing, amount)
  const args = { from: chain.account.address, amount }
  const { receipt } = await sendFor(chain, call, { abi, eventName: 'ReportersFunded', args }, options)
  return receipt
}

/** The transaction of {@link fundReporters}. */
export function fundReportersCall(registry: Address, fixing: Fixing, amount: bigint): Call {
  return callOf(registry, abi, 'fundReporters', [fixing, amount])
}

/** Pays the owner of the reporter at `place` its share of the reward; anyone may. Returns the share, wei. */
export async function claimReward(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  claimed: Claimed & { readonly place: number },
  options?: SendOptions,
): Promise<bigint> {
  const call = claimRewardCall(registry, fixing, claimed)
  const args = { place: BigInt(claimed.place) }
  const { event } = await sendFor(chain, call, { abi, eventName: 'RewardPaid', args }, options)
  return event.args.amount
}

/** The transaction of {@link claimReward}. Throws ArgumentError for a place that no roster has. */
export function claimRewardCall(
  registry: Address,
  fixing: Fixing,
  { value, signers, place }: Claimed & { readonly place: number },
): Call {
  requireWhole('place', place, 0, MAX_PLACE)
  return callOf(registry, abi, 'claimReward', [fixing, value, signers, BigInt(place)])
}

/**
 * Pays the owners of the reporters at `places` their shares in one transaction; anyone may. Whoever was paid before or has
 * withdrawn is left out. Returns the sum, wei. Throws AmbiguousEventError where the transaction paid them of several fixings, as a bundle may.
 */
export async function claimRewards(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  claimed: Claimed & { readonly places: readonly number[] },
  options?: SendOptions,
): Promise<bigint> {
  const call = claimRewardsCall(registry, fixing, claimed)
  const { logs, transactionHash } = await send(chain, call, options)
  const own = logs.filter(({ address }) => isAddressEqual(address, registry))
  // Others may be paid in the same transaction. Of which fixing this is only the registry's oracle says.
  const args = { place: claimed.places.map(BigInt) }
  const paid = parseEventLogs({ abi, logs: own, eventName: 'RewardPaid', args })
  if (paid.some(({ args: { id } }) => id !== paid[0]?.args.id)) {
    throw new AmbiguousEventError(call.name, 'RewardPaid', transactionHash)
  }
  return paid.reduce((sum, { args: { amount } }) => sum + amount, 0n)
}

/** The transaction of {@link claimRewards}. Throws ArgumentError for a place that no roster has. */
export function claimRewardsCall(
  registry: Address,
  fixing: Fixing,
  { value, signers, places }: Claimed & { readonly places: readonly number[] },
): Call {
  return callOf(registry, abi, 'claimRewards', [fixing, value, signers, bitmapOf(places)])
}

/** Returns to the account what it put into a reward that nobody earned, wei. */
export async function refundReward(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  attestation: Claimed,
  options?: SendOptions,
): Promise<bigint> {
  const call = refundRewardCall(registry, fixing, attestation)
  const args = { to: chain.account.address }
  const { event } = await sendFor(chain, call, { abi, eventName: 'RewardRefunded', args }, options)
  return event.args.amount
}

/** The transaction of {@link refundReward}; undefined for an attestation that there is none of. */
export function refundRewardCall(registry: Address, fixing: Fixing, attestation: Claimed | undefined): Call {
  // Both are ignored then.
  const { value, signers } = attestation ?? { value: 0n, signers: 0n }
  return callOf(registry, abi, 'refundReward', [fixing, value, signers])
}

/** What attesters of the fixing share if they are right, paid shares included, wei. Throws DeadRpcError. */
export async function readReward(chain: Chain, registry: Address, id: Hex): Promise<bigint> {
  return explained(chain.rpcUrl, 'rewardOf', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'rewardOf', args: [id] }),
  )
}

/**
 * What {@link claimRewards} would pay by now, wei: 0 where every share was paid, or its reporter has withdrawn. Nothing is sent.
 * Throws OracleRevertError, DeadRpcError.
 */
export async function readUnpaid(
  chain: Chain,
  registry: Address,
  fixing: Fixing,
  { value, signers, places }: Claimed & { readonly places: readonly number[] },
): Promise<bigint> {
  const { result } = await explained(chain.rpcUrl, 'claimRewards', () =>
    chain.publicClient.simulateContract({
      address: registry,
      abi,
      functionName: 'claimRewards',
      args: [fixing, value, signers, bitmapOf(places)],
    }),
  )
  return result
}

/** The shares of the reward that were paid, by the reporter's place, as logged from `fromBlock` on. Throws DeadRpcError. */
export async function readRewardsPaid(
  chain: Chain,
  registry: Address,
  id: Hex,
  fromBlock: bigint,
): Promise<Map<number, bigint>> {
  const logs = parseEventLogs({ abi, logs: await logsOf(chain, registry, { fromBlock }, id), eventName: 'RewardPaid' })
  return new Map(logs.map(({ args }) => [Number(args.place), args.amount]))
}
