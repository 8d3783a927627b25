import {
  type Abi,
  type Address,
  assertCurrentChain,
  BaseError,
  type ContractEventName,
  formatTransactionRequest,
  type Hash,
  type Hex,
  isAddressEqual,
  keccak256,
  parseEventLogs,
  type ParseEventLogsParameters,
  type ParseEventLogsReturnType,
  type TransactionReceipt,
} from 'viem'
import { getTransactionError } from 'viem/utils'
import type { WritableChain } from './chain.ts'
import { awaitCode, hasCode } from './code-at.ts'
import {
  explained,
  OracleRevertError,
  PoorAccountError,
  SilentRevertError,
  UnconfirmedError,
  UnseenEventError,
} from './errors.ts'
import { receiptOf, type SentTransaction } from './inclusion.ts'
import { type Reception, receptionOf } from './reception.ts'

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
  /** Called with the transaction's hash as soon as it is on its way, before its receipt is waited for. */
  readonly onSent?: (hash: Hash) => void
}

/** Gas limit over the estimate, per cent: another's transaction may come first and make ours dearer. */
export const GAS_MARGIN_PERCENT = 150n
/** Whole numbers of more bits are decoded as bigints. */
const MAX_NUMBER_BITS = 48

/**
 * Simulates the call at the latest block, signs it here or has a wallet sign it, and waits for its receipt. Transactions of one
 * `WritableChain` take their nonces in turn. Throws OracleRevertError, SilentRevertError (nothing was sent, or it was
 * mined and reverted), {@link RevertedError}, PoorAccountError, NoCodeError, DeadRpcError (nothing was sent), ReplacedError.
 * Warning: UnconfirmedError means that it may be mined yet: who repeats it then may do it twice. It has no hash if a wallet was asked to
 * send it, and what became of that is not known.
 */
export async function send(chain: WritableChain, call: Call, options: SendOptions = {}): Promise<TransactionReceipt> {
  const sent = await explained(chain.rpcUrl, call.name, () => chain.inTurn(() => dispatch(chain, call, options)))
  options.onSent?.(sent.hash)
  // Aborting before the transaction left is clean; afterwards it is on its way and its receipt is waited for.
  const receipt = await receiptOf(chain, call, sent)
  if (receipt.status === 'success') return receipt
  throw await whyReverted(chain, call, receipt)
}

/** What a contract logs of a call: the event, and all that is known beforehand of its arguments, which tell it from other calls'. */
type Logged<abi extends Abi, name extends ContractEventName<abi>> = {
  readonly abi: abi
  readonly eventName: name
  readonly args: NonNullable<ParseEventLogsParameters<abi, name, true>['args']>
}

/**
 * As {@link send}, for a call of which the contract logs something: that event, and the receipt. Others' calls may be in the same
 * transaction, as bundlers have them. Throws UnseenEventError too, for a mined transaction without it: a contract with a fallback, as WETH
 * has one, takes any call; and {@link AmbiguousEventError} for one with several that do not say the same.
 */
export async function sendFor<const abi extends Abi, name extends ContractEventName<abi>>(
  chain: WritableChain,
  call: Call,
  { abi, eventName, args }: Logged<abi, name>,
  options?: SendOptions,
): Promise<{ event: ParseEventLogsReturnType<abi, name, true>[number]; receipt: TransactionReceipt }> {
  const receipt = await send(chain, call, options)
  const logs = receipt.logs.filter(({ address }) => isAddressEqual(address, call.to))
  const known = asDecoded<abi, name>(abi, eventName, args)
  const [event, ...others] = parseEventLogs<abi, true, name>({ abi, logs, eventName, args: known })
  if (event === undefined) throw new UnseenEventError(call, eventName, receipt.transactionHash)
  if (others.some(({ topics, data }) => data !== event.data || topics.join() !== event.topics.join())) {
    throw new AmbiguousEventError(call.name, eventName, receipt.transactionHash)
  }
  return { event, receipt }
}

/**
 * Whole numbers of an event's arguments as they are decoded: JavaScript holds nobody to a type, another that means the same was sent, and
 * it would not be found.
 */
function asDecoded<abi extends Abi, name extends ContractEventName<abi>>(
  abi: abi,
  eventName: name,
  args: Logged<abi, name>['args'],
): Logged<abi, name>['args'] {
  const event = abi.find((item) => item.type === 'event' && item.name === eventName)
  const inputs = event !== undefined && 'inputs' in event ? event.inputs : []
  const entries = Object.entries(args).map(([key, given]) => {
    const bits = /^u?int(\d+)$/.exec(inputs.find(({ name }) => name === key)?.type ?? '')?.[1]
    const isLoose = typeof given === 'number' || typeof given === 'bigint' || typeof given === 'string'
    if (bits === undefined || !isLoose) return [key, given]
    return [key, Number(bits) <= MAX_NUMBER_BITS ? Number(given) : BigInt(given)]
  })
  return Object.fromEntries(entries) as Logged<abi, name>['args'] // key by key as they were
}

/** The transaction was mined and reverted; why cannot be told: the same call would succeed now, or the endpoint is gone. */
export class RevertedError extends Error {
  override readonly name = 'Client.RevertedError'
  readonly hash: Hash
  readonly hint = 'Another transaction came first; read the fixing again and repeat.'
  constructor(call: string, hash: Hash, options?: ErrorOptions) {
    super(`Expected ${call} to succeed, got a revert in transaction ${hash}.`, options)
    this.hash = hash
  }
}

/** The transaction was mined, and has several calls like this one, as a bundle may: what came of which is not known. */
export class AmbiguousEventError extends Error {
  override readonly name = 'Client.AmbiguousEventError'
  readonly hash: Hash
  readonly hint: string
  constructor(call: string, eventName: string, hash: Hash) {
    super(`Expected one ${eventName} of ${call} in transaction ${hash}, got several that differ.`)
    this.hash = hash
    this.hint = `Do not repeat it: look at what ${hash} logged.`
  }
}

/** What the call fails of at the block in which it reverted. */
async function whyReverted(chain: WritableChain, call: Call, receipt: TransactionReceipt): Promise<unknown> {
  const { transactionHash, blockNumber } = receipt
  try {
    await explained(chain.rpcUrl, call.name, () => simulate(chain, call, blockNumber))
  } catch (error) {
    if (error instanceof OracleRevertError || error instanceof SilentRevertError) return error
    return new RevertedError(call.name, transactionHash, { cause: error })
  }
  return new RevertedError(call.name, transactionHash)
}

async function dispatch(chain: WritableChain, call: Call, options: SendOptions): Promise<SentTransaction> {
  options.signal?.throwIfAborted()
  await tryCall(chain, call)
  const { publicClient, walletClient, account } = chain
  const content = { to: call.to, data: call.data, value: call.value ?? 0n }
  const gas = ((await publicClient.estimateGas({ ...content, account })) * GAS_MARGIN_PERCENT) / 100n
  options.signal?.throwIfAborted()
  // A wallet chooses nonce and fees, and may show both to whoever decides.
  if (account.type === 'json-rpc') return { hash: await askWallet(chain, call.name, { ...content, gas }) }
  const request = await walletClient.prepareTransactionRequest({ ...content, account, gas, type: 'eip1559' })
  const dearest = content.value + request.gas * request.maxFeePerGas
  if ((await publicClient.getBalance({ address: account.address })) < dearest) throw new PoorAccountError(call.name)
  const signed = await walletClient.signTransaction(request)
  options.signal?.throwIfAborted()
  const sent = { hash: keccak256(signed), nonce: request.nonce }
  return { ...sent, isStale: (await handOver(chain, call, sent, signed)) === 'stale' }
}

type Content = { readonly to: Address; readonly data: Hex; readonly value: bigint; readonly gas: bigint }

/** Has the wallet send it. Throws what it says if nothing was sent; {@link UnconfirmedError} if that cannot be known. */
async function askWallet({ walletClient, account }: WritableChain, name: string, content: Content): Promise<Hash> {
  const { chain } = walletClient
  assertCurrentChain({ chain, currentChainId: await walletClient.getChainId() })
  const transaction = formatTransactionRequest({ ...content, account })
  try {
    // Viem's own action would ask again, as wallet_sendTransaction, after errors that say nothing of what became of it.
    return await walletClient.request({ method: 'eth_sendTransaction', params: [transaction] })
  } catch (error) {
    if (!(error instanceof BaseError) || !isUnsent(error)) throw new UnconfirmedError(name, {}, { cause: error })
    throw getTransactionError(error, { ...content, account, chain })
  }
}

/** EIP-1193 and EIP-1474: whoever decides rejects it, the account or the method is not for us, or there is no such method. */
const REJECTIONS: readonly unknown[] = [4001, 4100, 4200, -32_601, -32_004]

function isUnsent(error: BaseError): boolean {
  const isRejection = (cause: unknown): boolean =>
    cause instanceof Error && 'code' in cause && REJECTIONS.includes(cause.code)
  return error.walk(isRejection) !== null || receptionOf(error) === 'refused'
}

/** Throws what the endpoint says against the transaction; {@link UnconfirmedError} if it cannot be known whether it took it. */
async function handOver(
  { publicClient }: WritableChain,
  call: Call,
  sent: SentTransaction,
  signed: Hex,
): Promise<Reception> {
  try {
    await publicClient.sendRawTransaction({ serializedTransaction: signed })
    return 'taken'
  } catch (error) {
    const reception = error instanceof BaseError ? receptionOf(error) : undefined
    if (reception === undefined) throw new UnconfirmedError(call.name, sent, { cause: error })
    // Requests are repeated when an answer is lost: what is there already is ours, and what used the nonce may be.
    if (reception === 'known' || reception === 'stale') return reception
    throw error
  }
}

/** Simulates it; what is to run code needs some there, since nothing fails where there is none. */
async function tryCall(chain: WritableChain, call: Call): Promise<void> {
  const [canRun] = await Promise.all([call.data === '0x' || hasCode(chain, call.to), simulate(chain, call)])
  // What was simulated ran nothing then; what it fails of, estimating its gas fails of too.
  if (!canRun) await awaitCode(chain, `the contract of ${call.name}`, call.to)
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
