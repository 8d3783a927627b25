import { setTimeout as pause } from 'node:timers/promises'
import type { Address, Hex } from 'viem'
import type { RawLog } from './abi.ts'

export type Call = {
  readonly from: Address
  readonly to: Address
  readonly data: Hex
  readonly gas?: bigint
  /** What is sent along, wei of the chain's own currency. */
  readonly value?: bigint
}
export type CallResult = { readonly success: boolean; readonly data: Hex; readonly logs: readonly RawLog[] }
/** The calls of one block, in order. */
export type Block = { readonly time: bigint; readonly calls: readonly Call[] }

/** One simulated block holds a whole scene, so its gas has no bound that matters. */
const BLOCK_GAS = 1n << 40n
/** What a call gets that says nothing else. */
const CALL_GAS = 30_000_000n

/**
 * Executes `blocks` one after another on the state of the latest block and forgets them: a game costs one request,
 * leaves nothing behind, and always starts from the same chain (`eth_simulateV1`).
 */
export async function simulate(url: string, blocks: readonly Block[]): Promise<CallResult[][]> {
  const blockStateCalls = blocks.map(({ time, calls }) => ({
    blockOverrides: { time: hex(time), gasLimit: hex(BLOCK_GAS) },
    calls: calls.map(({ gas = CALL_GAS, value = 0n, ...call }) => ({ ...call, gas: hex(gas), value: hex(value) })),
  }))
  const answer = (await request(url, 'eth_simulateV1', [{ blockStateCalls }, 'latest'])) as {
    calls: { status: Hex; returnData: Hex; logs: RawLog[]; error?: { data?: Hex } }[]
  }[] // the standard's own format
  return answer.map(({ calls }) =>
    calls.map(({ status, returnData, logs, error }) => {
      const success = status === '0x1'
      return { success, data: success ? returnData : (error?.data ?? returnData), logs }
    }),
  )
}

/** One JSON-RPC request. Throws {@link RpcError}. */
export async function request(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } } // JSON-RPC
  if (error !== undefined) {
    throw new RpcError(method, error.message)
  }
  return result
}

/** Between two looks for a receipt, milliseconds. */
const LOOK_EVERY_MS = 1

/** The receipt of a transaction that a chain of anvil's mines as it comes: what a standard receipt has, of which we read this. */
export type Receipt = { readonly status: Hex; readonly contractAddress: Address; readonly logs: readonly RawLog[] }

/**
 * Sends a transaction of an account of the chain's own, and waits for its receipt. Not by `eth_sendTransactionSync`, in which anvil may
 * miss the block, and says so after half a minute. Throws {@link RpcError}.
 */
export async function transact(
  url: string,
  transaction: {
    readonly from: Address | undefined
    readonly to?: Address | undefined
    readonly data: Hex
    readonly gas: Hex
  },
): Promise<Receipt> {
  const hash = (await request(url, 'eth_sendTransaction', [transaction])) as Hex // JSON-RPC
  for (;;) {
    const receipt = (await request(url, 'eth_getTransactionReceipt', [hash])) as Receipt | null // JSON-RPC
    if (receipt !== null) return receipt
    await pause(LOOK_EVERY_MS)
  }
}

/** The chain refused a request itself, not a call within it. */
export class RpcError extends Error {
  override readonly name = 'Replay.RpcError'
  constructor(method: string, message: string) {
    super(`Expected ${method} to be accepted, got: ${message}.`)
  }
}

function hex(value: bigint): Hex {
  return `0x${value.toString(16)}`
}
