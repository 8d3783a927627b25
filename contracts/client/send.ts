import { type Address, type Hex, keccak256, type TransactionReceipt } from 'viem'
import type { WritableChain } from './chain.ts'
import { explained, PoorAccountError } from './errors.ts'

/** One transaction's content. `name` is the function's, for messages. */
export type Call = {
  readonly name: string
  readonly to: Address
  readonly data: Hex
  /** Wei sent along; none by default. */
  readonly value?: bigint
}

export type SendOptions = {
  readonly signal?: AbortSignal
}

/** Gas limit over the estimate, per cent: another's transaction may come first and make ours dearer. */
export const GAS_MARGIN_PERCENT = 150n
const RECEIPT_TIMEOUT_MS = 120_000

/**
 * Simulates the call at the latest block, signs it here or has a wallet sign it, and waits for its receipt. Transactions of one
 * `WritableChain` take their nonces in turn. Throws OracleRevertError, SilentRevertError (nothing was sent, or it was
 * mined and reverted), PoorAccountError, DeadRpcError.
 */
export async function send(chain: WritableChain, call: Call, options: SendOptions = {}): Promise<TransactionReceipt> {
  return explained(chain.rpcUrl, call.name, async () => {
    const hash = await chain.inTurn(() => dispatch(chain, call, options))
    // Aborting before the transaction left is clean; afterwards it is on its way and its receipt is waited for.
    const receipt = await chain.publicClient.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS })
    if (receipt.status === 'success') return receipt
    await simulate(chain, call, receipt.blockNumber)
    throw new RevertedError(call.name, hash)
  })
}

/** The transaction was mined and reverted, and the same call would succeed now. */
export class RevertedError extends Error {
  override readonly name = 'Client.RevertedError'
  readonly hash: Hex
  readonly hint = 'Another transaction came first; read the fixing again and repeat.'
  constructor(call: string, hash: Hex) {
    super(`Expected ${call} to succeed, got a revert in transaction ${hash}.`)
    this.hash = hash
  }
}

async function dispatch(chain: WritableChain, call: Call, options: SendOptions): Promise<Hex> {
  options.signal?.throwIfAborted()
  await simulate(chain, call)
  const { publicClient, walletClient, account } = chain
  const content = { to: call.to, data: call.data, value: call.value ?? 0n }
  const gas = ((await publicClient.estimateGas({ ...content, account })) * GAS_MARGIN_PERCENT) / 100n
  options.signal?.throwIfAborted()
  // A wallet chooses nonce and fees, and may show both to whoever decides.
  if (account.type === 'json-rpc') return walletClient.sendTransaction({ ...content, account, gas })
  const request = await walletClient.prepareTransactionRequest({ ...content, account, gas, type: 'eip1559' })
  const dearest = content.value + request.gas * request.maxFeePerGas
  if ((await publicClient.getBalance({ address: account.address })) < dearest) throw new PoorAccountError(call.name)
  const signed = await walletClient.signTransaction(request)
  const hash = keccak256(signed)
  options.signal?.throwIfAborted()
  await publicClient.sendRawTransaction({ serializedTransaction: signed })
  return hash
}

async function simulate(chain: WritableChain, call: Call, blockNumber?: bigint): Promise<void> {
  await chain.publicClient.call({
    account: chain.account,
    to: call.to,
    data: call.data,
    value: call.value ?? 0n,
    ...(blockNumber === undefined ? {} : { blockNumber }),
  })
}
