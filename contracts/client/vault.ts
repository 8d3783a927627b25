import {
  type Address,
  encodeAbiParameters,
  encodeFunctionData,
  encodePacked,
  type Hex,
  keccak256,
  parseEventLogs,
} from 'viem'
import { splitVaultAbi as abi } from '#protocol/abi/split-vault.ts'
import { encodeFixing, type Fixing } from '#protocol/fixing.ts'
import type { Chain, WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { type At, blockOf } from './one-block.ts'
import { send, type SendOptions } from './send.ts'

/** One option pair on one fixing: P pays `min(1, strike / x)` of a unit of collateral, N the rest. */
export type Series = {
  readonly fixing: Fixing
  /** Index units per unit of collateral, scaled by 1e18. */
  readonly strike: bigint
  /** What P gets if the fixing settles INVALID, ppm. */
  readonly invalidSharePpm: number
}

/** P and N of one series that one account holds, collateral wei of face value. */
export type Legs = { readonly p: bigint; readonly n: bigint }

/** `keccak256(abi.encode(chainId, vault, series))`, as the vault computes it. */
export function seriesId(series: Series, deployment: { readonly chainId: number; readonly vault: Address }): Hex {
  const tail = encodeAbiParameters([{ type: 'uint128' }, { type: 'uint32' }], [series.strike, series.invalidSharePpm])
  const head = encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'address' }],
    [BigInt(deployment.chainId), deployment.vault],
  )
  // A struct of static members encodes to its members' words, so the pieces can be laid end to end.
  return keccak256(`${head}${encodeFixing(series.fixing).slice(2)}${tail.slice(2)}`)
}

/** The ERC-6909 id of one leg: `uint256(keccak256(abi.encodePacked(seriesId, leg)))`. */
export function legId(id: Hex, leg: 'P' | 'N'): bigint {
  return BigInt(keccak256(encodePacked(['bytes32', 'string'], [id, leg])))
}

/** Announces `series`; stores nothing. */
export async function createSeries(
  chain: WritableChain,
  vault: Address,
  series: Series,
  options?: SendOptions,
): Promise<void> {
  const data = encodeFunctionData({ abi, functionName: 'createSeries', args: [series] })
  await send(chain, { name: 'createSeries', to: vault, data }, options)
}

/** Puts `amount` wei in for as much P and N. Before maturity only. The collateral must be approved. */
export async function split(
  chain: WritableChain,
  vault: Address,
  series: Series,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const data = encodeFunctionData({ abi, functionName: 'split', args: [series, amount] })
  await send(chain, { name: 'split', to: vault, data }, options)
}

/** Gives `amount` of both legs back for `amount` wei. */
export async function merge(
  chain: WritableChain,
  vault: Address,
  series: Series,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const data = encodeFunctionData({ abi, functionName: 'merge', args: [series, amount] })
  await send(chain, { name: 'merge', to: vault, data }, options)
}

/** Puts `amount` wei of ether in for as much P and N, in a vault of wrapped ether. Before maturity only. */
export async function splitEther(
  chain: WritableChain,
  vault: Address,
  series: Series,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const data = encodeFunctionData({ abi, functionName: 'splitEther', args: [series] })
  await send(chain, { name: 'splitEther', to: vault, data, value: amount }, options)
}

/** Gives `amount` of both legs back for `amount` wei of ether, in a vault of wrapped ether. */
export async function mergeToEther(
  chain: WritableChain,
  vault: Address,
  series: Series,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const data = encodeFunctionData({ abi, functionName: 'mergeToEther', args: [series, amount] })
  await send(chain, { name: 'mergeToEther', to: vault, data }, options)
}

/**
 * The most collateral that the vault takes for `fixing` at the block `at`, by default the latest, wei: what its arbitrators
 * secure, by one request. Throws OracleRevertError, DeadRpcError.
 */
export async function readMostCollateral(chain: Chain, vault: Address, fixing: Fixing, at?: At): Promise<bigint> {
  return explained(chain.rpcUrl, 'mostCollateral', () =>
    chain.publicClient.readContract({
      address: vault,
      abi,
      functionName: 'mostCollateral',
      args: [fixing],
      ...blockOf(at),
    }),
  )
}

/** Burns legs after the settlement and returns what they paid, wei; a leg alone rounds down. */
export async function redeem(
  chain: WritableChain,
  vault: Address,
  series: Series,
  legs: Legs,
  options?: SendOptions,
): Promise<bigint> {
  return redeemBy('redeem', chain, vault, series, legs, options)
}

/** As {@link redeem}, paid in ether, in a vault of wrapped ether. */
export async function redeemToEther(
  chain: WritableChain,
  vault: Address,
  series: Series,
  legs: Legs,
  options?: SendOptions,
): Promise<bigint> {
  return redeemBy('redeemToEther', chain, vault, series, legs, options)
}

async function redeemBy(
  name: 'redeem' | 'redeemToEther',
  chain: WritableChain,
  vault: Address,
  series: Series,
  legs: Legs,
  options?: SendOptions,
): Promise<bigint> {
  const data = encodeFunctionData({ abi, functionName: name, args: [series, legs.p, legs.n] })
  const receipt = await send(chain, { name, to: vault, data }, options)
  const [redeemed] = parseEventLogs({ abi, logs: receipt.logs, eventName: 'Redeemed' })
  return redeemed?.args.paid ?? 0n
}

/** Hands one leg to another account. */
export async function transferLeg(
  chain: WritableChain,
  vault: Address,
  leg: bigint,
  to: Address,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const data = encodeFunctionData({ abi, functionName: 'transfer', args: [to, leg, amount] })
  await send(chain, { name: 'transfer', to: vault, data }, options)
}

/** The legs of series `id` that `holder` has at the block `at`, by default the latest, both by one request. Throws DeadRpcError. */
export async function readLegs(chain: Chain, vault: Address, id: Hex, holder: Address, at?: At): Promise<Legs> {
  const balance = { address: vault, abi, functionName: 'balanceOf' } as const
  const [p, n] = await explained(chain.rpcUrl, 'balanceOf', () =>
    chain.publicClient.multicall({
      ...blockOf(at),
      deployless: true,
      allowFailure: false,
      batchSize: 0,
      contracts: [
        { ...balance, args: [holder, legId(id, 'P')] },
        { ...balance, args: [holder, legId(id, 'N')] },
      ],
    }),
  )
  return { p, n }
}
