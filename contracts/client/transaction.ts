import { type Address, BaseError, type Hex } from 'viem'
import type { Chain } from './chain.ts'
import { DeadRpcError } from './chain.ts'
import { explained } from './errors.ts'
import { type Reception, receptionOf } from './reception.ts'
import { type Call, GAS_MARGIN_PERCENT } from './send.ts'

/** What matters to whoever sends a transaction, at the newest block of one endpoint. Fees are wei per gas. */
export type Outlook = {
  readonly number: bigint
  /** Unix seconds. */
  readonly time: bigint
  readonly baseFee: bigint
  /** What a miner is usually given beside it. */
  readonly tip: bigint
  /** How many transactions of the account were mined: the nonce of the next. */
  readonly mined: number
  /** The same with those that wait, as far as the endpoint knows. */
  readonly pending: number
  /** The account's own currency, wei. */
  readonly balance: bigint
}

/** Reads the {@link Outlook} of `account`. Throws DeadRpcError. */
export async function readOutlook({ rpcUrl, publicClient }: Chain, account: Address): Promise<Outlook> {
  return explained(rpcUrl, 'eth_getBlockByNumber', async () => {
    const block = await publicClient.getBlock({ blockTag: 'latest' })
    const [tip, mined, pending, balance] = await Promise.all([
      publicClient.estimateMaxPriorityFeePerGas(),
      publicClient.getTransactionCount({ address: account, blockTag: 'latest' }),
      publicClient.getTransactionCount({ address: account, blockTag: 'pending' }),
      publicClient.getBalance({ address: account }),
    ])
    return {
      number: block.number,
      time: block.timestamp,
      baseFee: block.baseFeePerGas ?? 0n,
      tip,
      mined,
      pending,
      balance,
    }
  })
}

/** The gas that `call` takes as `account` at the latest block, and the limit to send it with: another may come first. */
export type GasNeed = { readonly estimate: bigint; readonly limit: bigint }

/** What filling a slot costs beside changing it (EIP-2929), rounded up: an earlier transaction may empty one that a call changes. */
const FRESH_SLOT_GAS = 20_000n

/** The limit to send a call with that takes `estimate` gas now. */
export function gasLimitOf(estimate: bigint): bigint {
  return (estimate * GAS_MARGIN_PERCENT) / 100n + FRESH_SLOT_GAS
}

/** Tries the call out. Throws OracleRevertError, SilentRevertError, PoorAccountError, DeadRpcError. */
export async function tryOut(
  { rpcUrl, publicClient }: Chain,
  account: Address,
  { name, to, data, value = 0n }: Call,
): Promise<GasNeed> {
  return explained(rpcUrl, name, async () => {
    await publicClient.call({ account, to, data, value })
    const estimate = await publicClient.estimateGas({ account, to, data, value })
    return { estimate, limit: gasLimitOf(estimate) }
  })
}

/** Gives a signed transaction to the endpoint. Throws DeadRpcError. */
export async function broadcast({ rpcUrl, publicClient }: Chain, raw: Hex): Promise<Reception> {
  try {
    await publicClient.sendRawTransaction({ serializedTransaction: raw })
    return 'taken'
  } catch (error) {
    if (!(error instanceof BaseError)) throw error
    const reception = receptionOf(error)
    if (reception === undefined) throw new DeadRpcError(rpcUrl, 'no answer', { cause: error })
    return reception
  }
}
