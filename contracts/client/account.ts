import {
  type Address,
  type Hex,
  TransactionNotFoundError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import type { Chain } from './chain.ts'
import { explained } from './errors.ts'

/** `account`'s own currency in wei, at the latest block. */
export async function readBalance(chain: Chain, account: Address): Promise<bigint> {
  return explained(chain.rpcUrl, 'eth_getBalance', () => chain.publicClient.getBalance({ address: account }))
}

/** What became of a signed transaction. */
export type TransactionFate =
  | { readonly kind: 'mined'; readonly receipt: TransactionReceipt }
  /** The endpoint knows it; it may still be mined. */
  | { readonly kind: 'pending' }
  /** Another transaction was mined with its nonce: it never will be. */
  | { readonly kind: 'superseded' }
  /** The endpoint does not know it and its nonce is free: the next transaction takes its place. */
  | { readonly kind: 'unknown' }

/**
 * Looks for a transaction that `account` signed, perhaps before a crash. A nonce is mined once: whatever replaces an
 * unknown transaction excludes it. Throws DeadRpcError.
 */
export async function readFate(
  chain: Chain,
  account: Address,
  signed: { readonly hash: Hex; readonly nonce: number },
): Promise<TransactionFate> {
  return explained(chain.rpcUrl, 'eth_getTransactionReceipt', async () => {
    // The count first: a transaction mined between the two requests then still shows up by its receipt.
    const mined = await chain.publicClient.getTransactionCount({ address: account, blockTag: 'latest' })
    const receipt = await orUndefined(chain.publicClient.getTransactionReceipt({ hash: signed.hash }))
    if (receipt !== undefined) return { kind: 'mined', receipt }
    if (mined > signed.nonce) return { kind: 'superseded' }
    const known = await orUndefined(chain.publicClient.getTransaction({ hash: signed.hash }))
    return { kind: known === undefined ? 'unknown' : 'pending' }
  })
}

async function orUndefined<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError || error instanceof TransactionNotFoundError) return undefined
    throw error
  }
}

/** The token that `oracle` takes stake in, WETH. Throws DeadRpcError. */
export async function readBondToken(chain: Chain, oracle: Address): Promise<Address> {
  return explained(chain.rpcUrl, 'BOND_TOKEN', () =>
    chain.publicClient.readContract({ address: oracle, abi: maturityOracleAbi, functionName: 'BOND_TOKEN' }),
  )
}
