import { type Address, type Hex, hexToBytes } from 'viem'
import { request } from '../model/rpc.ts'

/** One executed operation and what it alone cost: a call without what the callee used. */
export type Operation = {
  readonly op: string
  readonly pc: number
  /** 1 in the contract that the transaction calls, more in what that one calls. */
  readonly depth: number
  readonly cost: number
  /** The stack before it, top last. */
  readonly stack: readonly Hex[]
}

/** A transaction taken apart: `intrinsic + operations - refund` is its `gasUsed`, to the unit. */
export type Trace = {
  /** 21 000 and the calldata. */
  readonly intrinsic: number
  readonly operations: readonly Operation[]
  readonly refund: number
  readonly gas: number
  /** The contract that was called. */
  readonly to: Address
  readonly logs: readonly Log[]
}

/** An event as the receipt has it. */
export type Log = { readonly address: Address; readonly topics: readonly Hex[] }

const BASE = 21_000
const ZERO_BYTE = 4
const OTHER_BYTE = 16
/** EIP-3529: at most a fifth of what was used comes back. */
const REFUND_QUOTIENT = 5

/** Takes a mined transaction apart (`debug_traceTransaction`). Throws {@link UnbalancedTraceError}. */
export async function traceOf(url: string, hash: Hex): Promise<Trace> {
  const options = { disableStorage: true, disableMemory: true }
  const [{ structLogs }, transaction, receipt] = (await Promise.all([
    request(url, 'debug_traceTransaction', [hash, options]),
    request(url, 'eth_getTransactionByHash', [hash]),
    request(url, 'eth_getTransactionReceipt', [hash]),
  ])) as [{ structLogs: readonly StructLog[] }, { input: Hex; to: Address }, Mined] // the node's own formats
  const costs = costsOf(structLogs)
  const operations = structLogs.map(({ op, pc, depth, stack }, at) => ({ op, pc, depth, stack, cost: costs[at] ?? 0 }))
  const intrinsic = hexToBytes(transaction.input).reduce(
    (sum, byte) => sum + (byte === 0 ? ZERO_BYTE : OTHER_BYTE),
    BASE,
  )
  const used = intrinsic + costs.reduce((sum, cost) => sum + cost, 0)
  const refund = Math.min(structLogs.at(-1)?.refund ?? 0, Math.floor(used / REFUND_QUOTIENT))
  const gas = Number(receipt.gasUsed)
  if (used - refund !== gas) throw new UnbalancedTraceError(hash, used - refund, gas)
  return { intrinsic, operations, refund, gas, to: transaction.to, logs: receipt.logs }
}

/** What each operation cost, from the gas left before it and before the next one of the same frame. */
function costsOf(logs: readonly StructLog[]): readonly number[] {
  const costs = logs.map(({ gasCost }) => gasCost)
  /** The last operation of each open frame, by depth. */
  const open: number[] = []
  /** What the frames called by the last operation of a depth used, by that depth. */
  const below: number[] = []
  for (const [at, { depth, gas }] of logs.entries()) {
    for (let ended = open.length - 1; ended > depth; ended -= 1) {
      const last = open.pop() ?? 0
      below[ended - 1] = (below[ended - 1] ?? 0) + frameGas(logs, costs, last, ended)
      below[ended] = 0
    }
    const before = open[depth]
    if (before !== undefined) {
      costs[before] = (logs[before]?.gas ?? 0) - gas - (below[depth] ?? 0)
      below[depth] = 0
    }
    open[depth] = at
  }
  return costs
}

/** What the frame of `depth` that ended with operation `last` used, the frames it called included. */
function frameGas(logs: readonly StructLog[], costs: readonly number[], last: number, depth: number): number {
  let first = last
  while ((logs[first - 1]?.depth ?? 0) >= depth) first -= 1
  return (logs[first]?.gas ?? 0) - (logs[last]?.gas ?? 0) + (costs[last] ?? 0)
}

/** The parts of a transaction do not add up to what its receipt says. */
export class UnbalancedTraceError extends Error {
  override readonly name = 'Bench.UnbalancedTraceError'
  constructor(hash: Hex, got: number, want: number) {
    super(`Expected the trace of ${hash} to use the ${want} gas of its receipt, got ${got}.`)
  }
}

type Mined = { readonly gasUsed: Hex; readonly logs: readonly Log[] }

type StructLog = {
  readonly pc: number
  readonly op: string
  readonly gas: number
  readonly gasCost: number
  readonly depth: number
  readonly stack: readonly Hex[]
  readonly refund?: number
}
