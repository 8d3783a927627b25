import {
  type Abi,
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  decodeErrorResult,
  ExecutionRevertedError,
  type Hash,
  type Hex,
  InsufficientFundsError,
  isHex,
  size,
  slice,
} from 'viem'
import { councilArbitratorAbi } from '#protocol/abi/council-arbitrator.ts'
import { juryArbitratorAbi } from '#protocol/abi/jury-arbitrator.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'
import { umaArbitratorAbi } from '#protocol/abi/uma-arbitrator.ts'
import { silenceIn } from './chain.ts'
import { revertText } from './revert-text.ts'
import { TOKEN_ERRORS } from './standard-revert-text.ts'

/**
 * A call into one of our contracts reverted, or one that it made. Match on `errorName`, the Solidity error, of tokens too (ERC-6093); of one
 * that is known neither here nor there its four bytes. The message carries a hint.
 */
export class OracleRevertError extends Error {
  override readonly name = 'Client.OracleRevertError'
  readonly errorName: string
  readonly args: readonly unknown[]
  readonly hint: string
  constructor(errorName: string, args: readonly unknown[], options?: ErrorOptions) {
    const { expected, hint } = revertText(errorName, args)
    super(expected, options)
    this.errorName = errorName
    this.args = args
    this.hint = hint
  }
}

/** A call reverted without saying why, as WETH does for want of balance or allowance. */
export class SilentRevertError extends Error {
  override readonly name = 'Client.SilentRevertError'
  readonly call: string
  readonly hint = 'Check the balance and the allowance of the bond token.'
  constructor(call: string, options?: ErrorOptions) {
    super(`Expected ${call} to succeed, got a revert without a reason.`, options)
    this.call = call
  }
}

/** The account cannot pay for the transaction. */
export class PoorAccountError extends Error {
  override readonly name = 'Client.PoorAccountError'
  readonly call: string
  readonly hint = 'Send it ETH for the amount and the gas.'
  constructor(call: string, options?: ErrorOptions) {
    super(`Expected the account to have the ETH that ${call} costs, got less.`, options)
    this.call = call
  }
}

/** An address that must hold a contract holds none. Nothing was sent there. */
export class NoCodeError extends Error {
  override readonly name = 'Client.NoCodeError'
  readonly address: Address
  readonly hint = 'Check the address, and that the RPC endpoint is of the right chain.'
  constructor(what: string, address: Address) {
    super(`Expected ${what} at ${address}, got an address without code.`)
    this.address = address
  }
}

/** The transaction was mined, and what it was sent to logged nothing of this call: another contract took it for something else, or a smart account failed inside. */
export class UnseenEventError extends Error {
  override readonly name = 'Client.UnseenEventError'
  readonly address: Address
  readonly hash: Hash
  readonly hint: string
  constructor({ name, to }: { readonly name: string; readonly to: Address }, eventName: string, hash: Hash) {
    super(`Expected ${name} to log ${eventName} at ${to}, got transaction ${hash}, which was mined without.`)
    this.address = to
    this.hash = hash
    this.hint = `Check the address before you repeat: what is there is no such contract, unless a smart account failed inside ${hash}.`
  }
}

/** The transaction was handed to the endpoint or the wallet, and no receipt of it was had: it may be mined yet. */
export class UnconfirmedError extends Error {
  override readonly name = 'Client.UnconfirmedError'
  /** Undefined if a wallet was to send it, and did not say what became of it. */
  readonly hash: Hash | undefined
  /** Undefined where a wallet chose it. */
  readonly nonce: number | undefined
  readonly hint: string
  constructor(
    call: string,
    { hash, nonce }: { readonly hash?: Hash; readonly nonce?: number },
    options?: ErrorOptions,
  ) {
    super(
      hash === undefined
        ? `Expected the hash of ${call}, got none: the wallet may have sent it, and it may be mined yet.`
        : `Expected a receipt of ${call}, got none: transaction ${hash} may be mined yet.`,
      options,
    )
    this.hash = hash
    this.nonce = nonce
    this.hint =
      hash === undefined
        ? 'Look at what the account sent first: do not repeat before you know.'
        : `Look at ${hash} first: do not repeat before it is mined or dropped.`
  }
}

/** The account sent another transaction in its place, as a wallet does to cancel one: this one never will be mined. */
export class ReplacedError extends Error {
  override readonly name = 'Client.ReplacedError'
  /** The one that never will be mined. */
  readonly hash: Hash
  /** The one that was. */
  readonly by: Hash
  readonly hint = 'Look at what took its place; repeat it if it is still wanted.'
  constructor(call: string, hash: Hash, by: Hash) {
    super(`Expected ${call} to be mined in transaction ${hash}, got ${by} in its place.`)
    this.hash = hash
    this.by = by
  }
}

/** Transactions of the account wait to be mined: what is about to be done may be under way already. */
export class WaitingTransactionError extends Error {
  override readonly name = 'Client.WaitingTransactionError'
  readonly account: Address
  readonly count: number
  readonly hint: string
  /** `remedy` is what else can be done. */
  constructor(account: Address, count: number, remedy = 'replace it from a wallet.') {
    super(`Expected no transaction of ${account} that waits to be mined, got ${count}.`)
    this.account = account
    this.count = count
    this.hint = `Nothing was sent: it would wait behind. Once it is mined, look before you repeat; if it never is, ${remedy}`
  }
}

/** Runs chain I/O and gives its failures our names: {@link OracleRevertError}, SilentRevertError, PoorAccountError,
 * DeadRpcError. */
export async function explained<T>(rpcUrl: string, call: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw explain(rpcUrl, call, error)
  }
}

/** Whether a view failed because the contract is another: one without the function reverts, or answers with nothing. */
export function isOfAnotherContract(error: unknown): boolean {
  if (error instanceof OracleRevertError || error instanceof SilentRevertError) return true
  return error instanceof Error && error.name === 'ContractFunctionExecutionError'
}

/** The errors that are known by name. Contracts call each other, so a revert may be any contract's, of a library or of a token. */
export const KNOWN_ERRORS: Abi = [
  councilArbitratorAbi,
  juryArbitratorAbi,
  maturityOracleAbi,
  reporterRegistryAbi,
  splitVaultAbi,
  umaArbitratorAbi,
  TOKEN_ERRORS,
].flatMap((abi) => abi.filter((item) => item.type === 'error'))

function explain(rpcUrl: string, call: string, error: unknown): unknown {
  if (!(error instanceof BaseError)) return error
  const data = revertData(error)
  if (data !== undefined) return revertOf(call, data, error)
  if (error.walk((cause) => cause instanceof InsufficientFundsError) !== null) {
    return new PoorAccountError(call, { cause: error })
  }
  return silenceIn(rpcUrl, error) ?? error
}

/** The bytes a call reverted with, '0x' if it gave none; undefined if the failure was another. */
function revertData(error: BaseError): Hex | undefined {
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError)
  if (reverted instanceof ContractFunctionRevertedError) return reverted.raw ?? '0x'
  const raw = error.walk((cause) => cause instanceof Error && 'data' in cause && isHex(cause.data))
  if (raw !== null) return (raw as Error & { data: Hex }).data // just tested
  return error.walk((cause) => cause instanceof ExecutionRevertedError) === null ? undefined : '0x'
}

/** What a call that reverted with the bytes `data` failed of: {@link OracleRevertError}, or SilentRevertError for none. */
export function revertOf(call: string, data: Hex, cause?: Error): Error {
  const options = cause === undefined ? {} : { cause }
  if (data === '0x') return new SilentRevertError(call, options)
  try {
    const { errorName, args } = decodeErrorResult({ abi: KNOWN_ERRORS, data })
    return new OracleRevertError(errorName, args ?? [], options)
  } catch {
    return new OracleRevertError(size(data) < 4 ? data : slice(data, 0, 4), [], options)
  }
}
