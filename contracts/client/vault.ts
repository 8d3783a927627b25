import {
  type Address,
  encodeAbiParameters,
  encodePacked,
  type Hex,
  isAddressEqual,
  keccak256,
  type Log,
  parseEventLogs,
} from 'viem'
import { splitVaultAbi as abi } from '#protocol/abi/split-vault.ts'
import { requireOneOf } from '#protocol/argument.ts'
import { encodeFixing, type Fixing, fixingId } from '#protocol/fixing.ts'
import { callOf } from './call-of.ts'
import type { Chain, WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { type BlockRange, logsOf } from './fixing-log.ts'
import { type At, atOneBlock, blockOf } from './one-block.ts'
import { type Call, sendFor, type SendOptions } from './send.ts'

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

/** The ERC-6909 id of one leg: `uint256(keccak256(abi.encodePacked(seriesId, leg)))`. Throws ArgumentError for another leg. */
export function legId(id: Hex, leg: 'P' | 'N'): bigint {
  requireOneOf('leg', leg, ['P', 'N'])
  return BigInt(keccak256(encodePacked(['bytes32', 'string'], [id, leg])))
}

/** Announces `series`; stores nothing. */
export async function createSeries(
  chain: WritableChain,
  vault: Address,
  series: Series,
  options?: SendOptions,
): Promise<void> {
  const args = { id: idAt(chain, vault, series) }
  await sendFor(chain, createSeriesCall(vault, series), { abi, eventName: 'SeriesCreated', args }, options)
}

/** The transaction of {@link createSeries}. */
export function createSeriesCall(vault: Address, series: Series): Call {
  return callOf(vault, abi, 'createSeries', [series])
}

/** A series that was announced: by whom does not matter, as its id is its terms. */
export type AnnouncedSeries = {
  readonly id: Hex
  readonly fixingId: Hex
  readonly series: Series
  readonly block: bigint
}

/**
 * The series that the vault announced in the range, only the one of that id if `id` is given, in chain order; one that was announced
 * twice appears once. Throws DeadRpcError.
 */
export async function readSeries(
  chain: Chain,
  vault: Address,
  range: BlockRange,
  id?: Hex,
): Promise<AnnouncedSeries[]> {
  const logs = parseEventLogs({ abi, logs: await logsOf(chain, vault, range, id), eventName: 'SeriesCreated' })
  const first = new Map<Hex, AnnouncedSeries>()
  for (const { args, blockNumber: block } of logs) {
    if (!first.has(args.id)) first.set(args.id, { ...args, block: block ?? 0n })
  }
  return [...first.values()]
}

/** Puts `amount` wei in for as much P and N. Before maturity only. The collateral must be approved. */
export async function split(
  chain: WritableChain,
  vault: Address,
  series: Series,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const args = { id: idAt(chain, vault, series), holder: chain.account.address, amount }
  await sendFor(chain, splitCall(vault, series, amount), { abi, eventName: 'Split', args }, options)
}

/** The transaction of {@link split}. */
export function splitCall(vault: Address, series: Series, amount: bigint): Call {
  return callOf(vault, abi, 'split', [series, amount])
}

/** Gives `amount` of both legs back for `amount` wei. */
export async function merge(
  chain: WritableChain,
  vault: Address,
  series: Series,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const args = { id: idAt(chain, vault, series), holder: chain.account.address, amount }
  await sendFor(chain, mergeCall(vault, series, amount), { abi, eventName: 'Merged', args }, options)
}

/** The transaction of {@link merge}. */
export function mergeCall(vault: Address, series: Series, amount: bigint): Call {
  return callOf(vault, abi, 'merge', [series, amount])
}

/** Puts `amount` wei of ether in for as much P and N, in a vault of wrapped ether. Before maturity only. */
export async function splitEther(
  chain: WritableChain,
  vault: Address,
  series: Series,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const args = { id: idAt(chain, vault, series), holder: chain.account.address, amount }
  await sendFor(chain, splitEtherCall(vault, series, amount), { abi, eventName: 'Split', args }, options)
}

/** The transaction of {@link splitEther}. */
export function splitEtherCall(vault: Address, series: Series, amount: bigint): Call {
  return { ...callOf(vault, abi, 'splitEther', [series]), value: amount }
}

/** Gives `amount` of both legs back for `amount` wei of ether, in a vault of wrapped ether. */
export async function mergeToEther(
  chain: WritableChain,
  vault: Address,
  series: Series,
  amount: bigint,
  options?: SendOptions,
): Promise<void> {
  const args = { id: idAt(chain, vault, series), holder: chain.account.address, amount }
  await sendFor(chain, mergeToEtherCall(vault, series, amount), { abi, eventName: 'Merged', args }, options)
}

/** The transaction of {@link mergeToEther}. */
export function mergeToEtherCall(vault: Address, series: Series, amount: bigint): Call {
  return callOf(vault, abi, 'mergeToEther', [series, amount])
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

/** What a vault holds for a fixing, the most that it takes, and how much of that is left: 0 once it holds more. Collateral wei. */
export type Capacity = { readonly held: bigint; readonly most: bigint; readonly room: bigint }

/**
 * How much more of `fixing` can be split at the block `at`, by default the latest: of all its series together, and until somebody
 * else does. Both numbers by one request, after one for the vault's oracle. Throws OracleRevertError, DeadRpcError.
 */
export async function readCapacity(chain: Chain, vault: Address, fixing: Fixing, at?: At): Promise<Capacity> {
  const ofVault = { address: vault, abi } as const
  return atOneBlock(chain, at, (block) =>
    explained(chain.rpcUrl, 'collateralOf', async () => {
      const oracle = await chain.publicClient.readContract({ ...ofVault, functionName: 'ORACLE', ...blockOf(block) })
      const [held, most] = await chain.publicClient.multicall({
        ...blockOf(block),
        deployless: true,
        allowFailure: false,
        batchSize: 0,
        contracts: [
          { ...ofVault, functionName: 'collateralOf', args: [fixingId(fixing, { chainId: chain.chainId, oracle })] },
          { ...ofVault, functionName: 'mostCollateral', args: [fixing] },
        ],
      })
      return { held, most, room: most > held ? most - held : 0n }
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
  return redeemBy(chain, redeemCall(vault, series, legs), { series, legs }, options)
}

/** The transaction of {@link redeem}. */
export function redeemCall(vault: Address, series: Series, { p, n }: Legs): Call {
  return callOf(vault, abi, 'redeem', [series, p, n])
}

/** As {@link redeem}, paid in ether, in a vault of wrapped ether. */
export async function redeemToEther(
  chain: WritableChain,
  vault: Address,
  series: Series,
  legs: Legs,
  options?: SendOptions,
): Promise<bigint> {
  return redeemBy(chain, redeemToEtherCall(vault, series, legs), { series, legs }, options)
}

/** The transaction of {@link redeemToEther}. */
export function redeemToEtherCall(vault: Address, series: Series, { p, n }: Legs): Call {
  return callOf(vault, abi, 'redeemToEther', [series, p, n])
}

async function redeemBy(
  chain: WritableChain,
  call: Call,
  { series, legs: { p, n } }: { readonly series: Series; readonly legs: Legs },
  options?: SendOptions,
): Promise<bigint> {
  const args = { id: idAt(chain, call.to, series), holder: chain.account.address, pAmount: p, nAmount: n }
  const { event } = await sendFor(chain, call, { abi, eventName: 'Redeemed', args }, options)
  return event.args.paid
}

function idAt({ chainId }: WritableChain, vault: Address, series: Series): Hex {
  return seriesId(series, { chainId, vault })
}

/** What redemptions of the vault paid by the logs of their transactions, collateral wei. */
export function paidIn(vault: Address, logs: readonly Log[]): bigint {
  const own = logs.filter(({ address }) => isAddressEqual(address, vault))
  const redeemed = parseEventLogs({ abi, logs: own, eventName: 'Redeemed' })
  return redeemed.reduce((sum, { args }) => sum + args.paid, 0n)
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
  const args = { sender: chain.account.address, receiver: to, id: leg, amount }
  await sendFor(chain, transferLegCall(vault, leg, to, amount), { abi, eventName: 'Transfer', args }, options)
}

/** The transaction of {@link transferLeg}. */
export function transferLegCall(vault: Address, leg: bigint, to: Address, amount: bigint): Call {
  return callOf(vault, abi, 'transfer', [to, leg, amount])
}

/** The transaction that lets `spender` take up to `amount` of one leg of its sender. */
export function approveLegCall(vault: Address, leg: bigint, spender: Address, amount: bigint): Call {
  return callOf(vault, abi, 'approve', [spender, leg, amount])
}

/** The transaction that moves `amount` of a leg of `from`, who approved it, to `to`. */
export function transferLegFromCall(vault: Address, leg: bigint, from: Address, to: Address, amount: bigint): Call {
  return callOf(vault, abi, 'transferFrom', [from, to, leg, amount])
}

/**
 * One transaction of several of the vault's, all or none, in their order: a leg for another leg. Whoever approved one of the
 * legs trusts the sender until then: an allowance can be taken alone, too. Throws {@link TogetherError} for another vault's, or one that sends ether.
 */
export function togetherCall(vault: Address, calls: readonly Call[]): Call {
  for (const call of calls) {
    if (!isAddressEqual(call.to, vault) || (call.value ?? 0n) > 0n) throw new TogetherError(vault, call)
  }
  return callOf(vault, abi, 'multicall', [calls.map((call) => call.data)])
}

/** A call that a vault cannot do among others: they are calls of itself, and get none of the ether. */
export class TogetherError extends Error {
  override readonly name = 'Vault.TogetherError'
  readonly hint = 'Send it by itself.'
  constructor(vault: Address, { name, to, value = 0n }: Call) {
    const got = isAddressEqual(to, vault) ? `${name} with ${value} wei` : `${name} of ${to}`
    super(`Expected calls of vault ${vault} that send no ether, got ${got}.`)
  }
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
