import type { Address, Hex, TransactionReceipt } from 'viem'
import { maturityOracleAbi as abi } from '#protocol/abi/maturity-oracle.ts'
import { requireOneOf } from '#protocol/argument.ts'
import { type Fixing, fixingId, type Kind, kindCode, receiptId } from '#protocol/fixing.ts'
import { callOf } from './call-of.ts'
import type { WritableChain } from './chain.ts'
import { type Call, sendFor, type SendOptions } from './send.ts'

/** Stake towards one value in one round. The round guards against a leader that has changed since it was read. */
export type Contribution = { readonly round: number; readonly value: bigint; readonly amount: bigint }

/** A receipt to claim. */
export type Claim = { readonly kind: Kind; readonly round: number; readonly value: bigint }

/** Announces `fixing`; stores nothing. Throws OracleRevertError('ParameterOutOfBounds'), DeadRpcError. */
export async function create(
  chain: WritableChain,
  oracle: Address,
  fixing: Fixing,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  const args = { id: idOn(chain, oracle, fixing) }
  const { receipt } = await sendFor(chain, createCall(oracle, fixing), { abi, eventName: 'Created', args }, options)
  return receipt
}

/** The transaction of {@link create}. */
export function createCall(oracle: Address, fixing: Fixing): Call {
  return callOf(oracle, abi, 'create', [fixing])
}

/** Adds `amount` wei to the reward for a prompt, right proposal. The bond token must be approved. */
export async function fund(
  chain: WritableChain,
  oracle: Address,
  fixing: Fixing,
  amount: bigint,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  const args = { id: idOn(chain, oracle, fixing), from: chain.account.address, amount }
  const call = fundCall(oracle, fixing, amount)
  const { receipt } = await sendFor(chain, call, { abi, eventName: 'Funded', args }, options)
  return receipt
}

/** The transaction of {@link fund}. */
export function fundCall(oracle: Address, fixing: Fixing, amount: bigint): Call {
  return callOf(oracle, abi, 'fund', [fixing, amount])
}

/** Proposes `value` for a bond of at most `maxBond` wei. */
export async function propose(
  chain: WritableChain,
  oracle: Address,
  fixing: Fixing,
  proposal: { readonly value: bigint; readonly maxBond: bigint },
  options?: SendOptions,
): Promise<TransactionReceipt> {
  const args = { id: idOn(chain, oracle, fixing), proposer: chain.account.address, value: proposal.value }
  const call = proposeCall(oracle, fixing, proposal)
  const { receipt } = await sendFor(chain, call, { abi, eventName: 'Proposed', args }, options)
  return receipt
}

/** The transaction of {@link propose}, for whoever must send it without simulating it first. */
export function proposeCall(
  oracle: Address,
  fixing: Fixing,
  proposal: { readonly value: bigint; readonly maxBond: bigint },
): Call {
  return callOf(oracle, abi, 'propose', [fixing, proposal.value, proposal.maxBond])
}

/**
 * Adds up to `amount` wei to the pot that makes `value` lead. Returns what the oracle took, which is less when
 * the pot needed less. Throws OracleRevertError('StaleRound' | 'NotSeparated' | …).
 */
export function contribute(
  chain: WritableChain,
  oracle: Address,
  fixing: Fixing,
  contribution: Contribution,
  options?: SendOptions,
): Promise<{ taken: bigint; receipt: TransactionReceipt }> {
  return stake(chain, oracle, 'contribute', fixing, contribution, options)
}

/** Adds up to `amount` wei to the pot that sends the fixing to the arbitrator for `value`. */
export function appeal(
  chain: WritableChain,
  oracle: Address,
  fixing: Fixing,
  contribution: Contribution,
  options?: SendOptions,
): Promise<{ taken: bigint; receipt: TransactionReceipt }> {
  return stake(chain, oracle, 'appeal', fixing, contribution, options)
}

/** The transaction of {@link contribute} or {@link appeal}. Throws ArgumentError for another function. */
export function stakeCall(
  oracle: Address,
  functionName: 'contribute' | 'appeal',
  fixing: Fixing,
  { round, value, amount }: Contribution,
): Call {
  requireOneOf('functionName', functionName, ['contribute', 'appeal'])
  return callOf(oracle, abi, functionName, [fixing, round, value, amount])
}

/** Sends a fixing that nobody proposed within its grace to the arbitrator; costs the fee. */
export async function request(
  chain: WritableChain,
  oracle: Address,
  fixing: Fixing,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  const args = { id: idOn(chain, oracle, fixing) }
  const { receipt } = await sendFor(chain, requestCall(oracle, fixing), { abi, eventName: 'Arbitrated', args }, options)
  return receipt
}

/** The transaction of {@link request}. */
export function requestCall(oracle: Address, fixing: Fixing): Call {
  return callOf(oracle, abi, 'request', [fixing])
}

/** Burns the account's whole balance of one receipt and returns what it was paid, wei; 0 for a losing one. */
export async function claim(
  chain: WritableChain,
  oracle: Address,
  fixing: Fixing,
  claimed: Claim,
  options?: SendOptions,
): Promise<{ paid: bigint; receipt: TransactionReceipt }> {
  const call = claimCall(oracle, fixing, claimed)
  const { kind, round, value } = claimed
  const id = idOn(chain, oracle, fixing)
  const args = { id, holder: chain.account.address, kind: kindCode(kind), round, value }
  const { event, receipt } = await sendFor(chain, call, { abi, eventName: 'Claimed', args }, options)
  return { paid: event.args.paid, receipt }
}

/** The transaction of {@link claim}. */
export function claimCall(oracle: Address, fixing: Fixing, { kind, round, value }: Claim): Call {
  return callOf(oracle, abi, 'claim', [fixing, kindCode(kind), round, value])
}

/** Sends the sink its share, once, by anyone, after settlement. Returns that share, wei. */
export async function collect(
  chain: WritableChain,
  oracle: Address,
  fixing: Fixing,
  options?: SendOptions,
): Promise<{ toSink: bigint; receipt: TransactionReceipt }> {
  const call = collectCall(oracle, fixing)
  const args = { id: idOn(chain, oracle, fixing) }
  const { event, receipt } = await sendFor(chain, call, { abi, eventName: 'Collected', args }, options)
  return { toSink: event.args.toSink, receipt }
}

/** The transaction of {@link collect}. */
export function collectCall(oracle: Address, fixing: Fixing): Call {
  return callOf(oracle, abi, 'collect', [fixing])
}

async function stake(
  chain: WritableChain,
  oracle: Address,
  functionName: 'contribute' | 'appeal',
  fixing: Fixing,
  contribution: Contribution,
  options?: SendOptions,
): Promise<{ taken: bigint; receipt: TransactionReceipt }> {
  const call = stakeCall(oracle, functionName, fixing, contribution)
  const { round, value } = contribution
  const kind = kindCode(functionName === 'appeal' ? 'appeal' : 'stake')
  const args = { id: idOn(chain, oracle, fixing), from: chain.account.address, kind, round, value }
  const { event, receipt } = await sendFor(chain, call, { abi, eventName: 'Contributed', args }, options)
  return { taken: event.args.taken, receipt }
}

function idOn({ chainId }: WritableChain, oracle: Address, fixing: Fixing): Hex {
  return fixingId(fixing, { chainId, oracle })
}

/** The transaction that hands `amount` of a receipt of fixing `id` on to `to`, which may claim it then. */
export function receiptTransferCall(
  oracle: Address,
  id: Hex,
  { kind, round, value }: Claim,
  { to, amount }: { readonly to: Address; readonly amount: bigint },
): Call {
  return callOf(oracle, abi, 'transfer', [to, receiptId(id, kind, round, value), amount])
}
