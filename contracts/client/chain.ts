import {
  type Address,
  BaseError,
  type Chain as ViemChain,
  createPublicClient,
  createWalletClient,
  custom,
  defineChain,
  type Hash,
  http,
  isHash,
  type JsonRpcAccount,
  type LocalAccount,
  type PublicClient,
  TimeoutError,
  type Transport,
  type WalletClient,
} from 'viem'
import { ArgumentError, requireWhole } from '#protocol/argument.ts'
import { failureOf, silenceOf } from './provider-failure.ts'
import { type Turnstile, turnstile } from './turnstile.ts'
import { answeringWhole, MAX_ANSWER_BYTES } from './whole-answer.ts'

/** A chain that can be read. Every reader and writer of this folder takes one. */
export type Chain = {
  /** What errors call the endpoint: its address, or {@link PROVIDER_NAME}; or as much of it as may be shown. */
  readonly rpcUrl: string
  readonly chainId: number
  readonly publicClient: PublicClient<Transport, ViemChain>
}

/** Whose transactions are sent: an account that signs here, in this process, or one that a wallet signs for. */
export type Sender = LocalAccount | JsonRpcAccount

/** A chain with an account to send from. */
export type WritableChain = Chain & {
  readonly account: Sender
  readonly walletClient: WalletClient<Transport, ViemChain, Sender>
  /** Runs one at a time, in call order, whatever takes a nonce of the account. */
  readonly inTurn: Turnstile
}

export type ConnectOptions = {
  readonly rpcUrl: string
  /** What errors call it: its address unless named otherwise, for example by {@link hostOf}, since the rest of an address may be a key. */
  readonly name?: string
  /** How often a pending receipt is looked for, milliseconds, at least 1. */
  readonly pollingMs?: number
  /** How long one request may take to the last byte of its answer, milliseconds, at least 1. */
  readonly timeoutMs?: number
}

const POLLING_MS = 250
/** How long one request may take unless a connection says otherwise, milliseconds. */
export const TIMEOUT_MS = 10_000
const RETRIES = 2
/** The longest that a timer waits, milliseconds; what is more ends at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Connects to the JSON-RPC endpoint at `rpcUrl` and asks it for its chain id.
 * Throws {@link DeadRpcError} when nothing usable answers, ArgumentError for times that are none.
 */
export function connect(options: ConnectOptions & { readonly account: LocalAccount }): Promise<WritableChain>
export function connect(options: ConnectOptions): Promise<Chain>
export async function connect(
  options: ConnectOptions & { readonly account?: LocalAccount },
): Promise<Chain | WritableChain> {
  const { rpcUrl, name = rpcUrl, timeoutMs = TIMEOUT_MS } = options
  requireWhole('timeoutMs', timeoutMs, 1, MAX_TIMER_MS)
  if (!URL.canParse(rpcUrl) || !/^https?:$/.test(new URL(rpcUrl).protocol)) {
    throw new DeadRpcError(name, 'something that is not an http(s) address')
  }
  const limits = { timeout: timeoutMs, maxResponseBodySize: MAX_ANSWER_BYTES }
  const transport = http(rpcUrl, { ...limits, retryCount: RETRIES, fetchFn: answeringWhole(fetch) })
  return openChain(name, transport, options)
}

/** The host of an address, with its port: the rest may hold a key. Whole, an address that is none. */
export function hostOf(address: string): string {
  return /^(?:[a-z][\w+.-]*:\/\/)?(?:[^/?#]*@)?([^/?#]*)/i.exec(address)?.[1] ?? ''
}

/** Whatever passes JSON-RPC on as EIP-1193 says: a viem client, or a browser's wallet. */
export type Provider = {
  // Methods compare their parameters both ways, so that the narrower ones of viem's clients and of wallets fit.
  request(
    call: { readonly method: string; readonly params?: unknown },
    /** Only viem's clients know them. */
    options?: { readonly retryCount?: number },
  ): Promise<unknown>
}

export type ProviderOptions = {
  readonly provider: Provider
  /** How often a pending receipt is looked for, milliseconds, at least 1. */
  readonly pollingMs?: number
}

/** What errors call a chain that a provider was given for. */
export const PROVIDER_NAME = 'the provider that was given'

/**
 * Reads, and with `account` writes, through `provider`: a viem client of your own, with its transport, or a browser's wallet.
 * An `account` that is an address is the provider's to sign for (`eth_sendTransaction`). Throws {@link DeadRpcError}, ArgumentError for a time that is none.
 */
export function connectThrough(
  options: ProviderOptions & { readonly account: Sender | Address },
): Promise<WritableChain>
export function connectThrough(options: ProviderOptions): Promise<Chain>
export async function connectThrough({
  provider,
  account,
  ...options
}: ProviderOptions & { readonly account?: Sender | Address }): Promise<Chain | WritableChain> {
  const request = async (call: { readonly method: string; readonly params?: unknown }): Promise<unknown> => {
    try {
      // Each request sends a transaction of its own; how often the others are tried is for whoever made the provider.
      if (call.method === 'eth_sendTransaction') return await provider.request(call, { retryCount: 0 })
      return await provider.request(call)
    } catch (error) {
      throw failureOf(error, PROVIDER_NAME)
    }
  }
  const transport = custom({ request }, { retryCount: 0 })
  const sender: Sender | undefined = typeof account === 'string' ? { address: account, type: 'json-rpc' } : account
  return openChain(PROVIDER_NAME, transport, sender === undefined ? options : { ...options, account: sender })
}

/** Asks for the chain's id, and makes what reads it, and with an account what writes. */
async function openChain(
  rpcUrl: string,
  transport: Transport,
  { account, pollingMs: pollingInterval = POLLING_MS }: { readonly account?: Sender; readonly pollingMs?: number },
): Promise<Chain | WritableChain> {
  requireWhole('pollingMs', pollingInterval, 1, MAX_TIMER_MS)
  const chainId = await askChainId(rpcUrl, transport)
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  // cacheTime 0: a remembered block number would make a reader mix two states.
  const publicClient = createPublicClient({ chain, transport, pollingInterval, cacheTime: 0 })
  const readable: Chain = { rpcUrl, chainId, publicClient }
  return account === undefined ? readable : sendingAs(readable, account)
}

/** `chain` with `account` to send from, through the same endpoint. */
export function sendingAs(readable: Chain, account: Sender): WritableChain {
  const { publicClient } = readable
  const { chain, pollingInterval } = publicClient
  // The endpoint's client tries again by itself.
  const transport = custom(publicClient, { retryCount: 0 })
  const walletClient = createWalletClient({ chain, transport, account, pollingInterval })
  return { ...readable, account, walletClient, inTurn: turnstile() }
}

/** Which block: height, time (Unix seconds), and what tells it from another of the same height. */
export type BlockHead = { readonly number: bigint; readonly time: bigint; readonly hash: Hash }

/** The newest block. Throws {@link DeadRpcError}. */
export function latestBlock(chain: Chain): Promise<BlockHead> {
  return readHead(chain, { blockTag: 'latest' })
}

/** The block of that height, or of that hash. Throws {@link DeadRpcError}, viem's BlockNotFoundError, ArgumentError for neither. */
export async function blockAt(chain: Chain, which: bigint | Hash): Promise<BlockHead> {
  if (typeof which === 'bigint') return readHead(chain, { blockNumber: which })
  // Viem reads the latest block where there is no hash.
  if (!isHash(which)) throw new ArgumentError('which', 'the number of a block, a bigint, or its hash', which)
  return readHead(chain, { blockHash: which })
}

/** The newest final block; undefined where the endpoint answers that it knows of none. Throws {@link DeadRpcError}. */
export async function finalizedBlock(chain: Chain): Promise<BlockHead | undefined> {
  try {
    return await readHead(chain, { blockTag: 'finalized' })
  } catch (error) {
    if (error instanceof BaseError) return undefined
    throw error
  }
}

/** What the failure of a request to `rpcUrl` is called if nothing answered it; undefined if an answer of whatever kind came. */
export function silenceIn(rpcUrl: string, error: BaseError): DeadRpcError | undefined {
  const silence = silenceOf(error)
  if (silence === undefined) return undefined
  const got = silence instanceof TimeoutError ? 'no answer in time' : 'no answer'
  return new DeadRpcError(rpcUrl, got, { cause: error })
}

/** Nothing that speaks JSON-RPC answers at the address. */
export class DeadRpcError extends Error {
  override readonly name = 'Chain.DeadRpcError'
  readonly rpcUrl: string
  constructor(rpcUrl: string, got: string, options?: ErrorOptions) {
    super(`Expected a JSON-RPC endpoint at ${rpcUrl}, got ${got}.`, options)
    this.rpcUrl = rpcUrl
  }
}

type Which =
  { readonly blockTag: 'latest' | 'finalized' } | { readonly blockNumber: bigint } | { readonly blockHash: Hash }

async function readHead({ rpcUrl, publicClient }: Chain, which: Which): Promise<BlockHead> {
  try {
    const { number, timestamp, hash } = await publicClient.getBlock(which)
    return { number, time: timestamp, hash }
  } catch (error) {
    throw (error instanceof BaseError ? silenceIn(rpcUrl, error) : undefined) ?? error
  }
}

async function askChainId(rpcUrl: string, transport: Transport): Promise<number> {
  try {
    return await createPublicClient({ transport }).getChainId()
  } catch (error) {
    throw new DeadRpcError(rpcUrl, error instanceof BaseError ? unreachable(error) : 'no answer', { cause: error })
  }
}

function unreachable(error: BaseError): string {
  // Some of viem's errors have none, whatever their type says.
  const details = error.details || error.shortMessage
  return details === 'fetch failed' ? 'no answer' : `"${details.split('\n')[0] ?? ''}"`
}
