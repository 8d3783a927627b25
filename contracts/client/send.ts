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
  /** The most that the gas may cost as far as can be told, wei. Throws {@link DearGasError} rather than send. */
  readonly maxGasCost?: bigint | undefined
  /**
   * Called with the signed transaction's hash and nonce before it leaves this process: the place to write the intent
   * down, so that after a crash it can be looked for and is never doubled.
   */
  readonly beforeSend?: (signed: { readonly hash: Hex; readonly nonce: number }) => Promise<void>
}

/** Gas limit over the estimate, per cent: another's transaction may come first and make ours dearer. */
const GAS_MARGIN_PERCENT = 150n
const RECEIPT_TIMEOUT_MS = 120_000

/**
 * Simulates the call at the latest block, signs it here, sends it and waits for its receipt. Transactions of one
 * `WritableChain` take their nonces in turn. Throws OracleRevertError, SilentRevertError (nothing was sent, or it was
 * mined and reverted), PoorAccountError, DeadRpcError.
 */
export async function send(chain: WritableChain, call: Call, options: SendOptions = {}): Promise<TransactionReceipt> {
  return explained(chain.rpcUrl, call.name, async () => {
    const hash = await chain.inTurn(() => sign(chain, call, options))
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

/** The gas would cost more than it may. */
export class DearGasError extends Error {
  override readonly name = 'Client.DearGasError'
  readonly cost: bigint
  readonly hint = 'Wait until gas is cheaper, or allow more.'
  constructor(call: string, cost: bigint, want: bigint) {
    super(`Expected the gas of ${call} to cost at most ${want} wei, got ${cost} wei.`)
    this.cost = cost
  }
}

async function sign(chain: WritableChain, call: Call, options: SendOptions): Promise<Hex> {
  options.signal?.throwIfAborted()
  await simulate(chain, call)
  const { publicClient, walletClient, account } = chain
  const content = { account, to: call.to, data: call.data, value: call.value ?? 0n }
  const estimate = await publicClient.estimateGas(content)
  if (options.maxGasCost !== undefined) {
    const cost = estimate * (await publicClient.getGasPrice())
    if (cost > options.maxGasCost) throw new DearGasError(call.name, cost, options.maxGasCost)
  }
  const request = await walletClient.prepareTransactionRequest({
    ...content,
    gas: (estimate * GAS_MARGIN_PERCENT) / 100n,
    type: 'eip1559',
  })
  // What cannot be paid for is refused before it is written down as sent.
  const dearest = content.value + request.gas * request.maxFeePerGas
  if ((await publicClient.getBalance({ address: account.address })) < dearest) throw new PoorAccountError(call.name)
  const signed = await walletClient.signTransaction(request)
  const hash = keccak256(signed)
  options.signal?.throwIfAborted()
  await options.beforeSend?.({ hash, nonce: request.nonce })
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
