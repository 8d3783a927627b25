import {
  BaseError,
  type Block,
  type Chain as ViemChain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hash,
  http,
  type HttpTransport,
  type LocalAccount,
  type PublicClient,
  type WalletClient,
} from 'viem'
import { type Turnstile, turnstile } from './turnstile.ts'

/** A chain that can be read. Every reader and writer of this folder takes one. */
export type Chain = {
  readonly rpcUrl: string
  readonly chainId: number
  readonly publicClient: PublicClient<HttpTransport, ViemChain>
}

/** A chain with an account that signs here, in this process. */
export type WritableChain = Chain & {
  readonly account: LocalAccount
  readonly walletClient: WalletClient<HttpTransport, ViemChain, LocalAccount>
  /** Runs one at a time, in call order, whatever takes a nonce of the account. */
  readonly inTurn: Turnstile
}

export type ConnectOptions = {
  readonly rpcUrl: string
  /** How often a pending receipt is looked for, milliseconds. */
  readonly pollingMs?: number
  /** How long one request may take, milliseconds. */
  readonly timeoutMs?: number
}

const POLLING_MS = 250
const TIMEOUT_MS = 10_000
const RETRIES = 2

/**
 * Connects to the JSON-RPC endpoint at `rpcUrl` and asks it for its chain id.
 * Throws {@link DeadRpcError} when nothing usable answers.
 */
export function connect(options: ConnectOptions & { readonly account: LocalAccount }): Promise<WritableChain>
export function connect(options: ConnectOptions): Promise<Chain>
export async function connect(
  options: ConnectOptions & { readonly account?: LocalAccount },
): Promise<Chain | WritableChain> {
  const transport = http(options.rpcUrl, { timeout: options.timeoutMs ?? TIMEOUT_MS, retryCount: RETRIES })
  const chainId = await askChainId(options.rpcUrl, transport)
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [options.rpcUrl] } },
  })
  const pollingInterval = options.pollingMs ?? POLLING_MS
  // cacheTime 0: a remembered block number would make a reader mix two states.
  const publicClient = createPublicClient({ chain, transport, pollingInterval, cacheTime: 0 })
  const readable: Chain = { rpcUrl: options.rpcUrl, chainId, publicClient }
  if (options.account === undefined) return readable
  const walletClient = createWalletClient({ chain, transport, account: options.account, pollingInterval })
  return { ...readable, account: options.account, walletClient, inTurn: turnstile() }
}

/** Which block: height, time (Unix seconds), and what tells it from another of the same height. */
export type BlockHead = { readonly number: bigint; readonly time: bigint; readonly hash: Hash }

/** The newest block. */
export async function latestBlock(chain: Chain): Promise<BlockHead> {
  return headOf(await chain.publicClient.getBlock({ blockTag: 'latest' }))
}

/** The block `number`. */
export async function blockAt(chain: Chain, number: bigint): Promise<BlockHead> {
  return headOf(await chain.publicClient.getBlock({ blockNumber: number }))
}

/** The newest final block; undefined where the endpoint knows of none, or does not answer. */
export async function finalizedBlock(chain: Chain): Promise<BlockHead | undefined> {
  try {
    return headOf(await chain.publicClient.getBlock({ blockTag: 'finalized' }))
  } catch (error) {
    if (error instanceof BaseError) return undefined
    throw error
  }
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

function headOf({
  number,
  timestamp,
  hash,
}: Pick<Block<bigint, false, 'latest'>, 'number' | 'timestamp' | 'hash'>): BlockHead {
  return { number, time: timestamp, hash }
}

async function askChainId(rpcUrl: string, transport: HttpTransport): Promise<number> {
  if (!URL.canParse(rpcUrl) || !/^https?:$/.test(new URL(rpcUrl).protocol)) {
    throw new DeadRpcError(rpcUrl, 'something that is not an http(s) address')
  }
  try {
    return await createPublicClient({ transport }).getChainId()
  } catch (error) {
    throw new DeadRpcError(rpcUrl, error instanceof BaseError ? unreachable(error) : 'no answer', { cause: error })
  }
}

function unreachable(error: BaseError): string {
  const details = error.details === '' ? error.shortMessage : error.details
  return details === 'fetch failed' ? 'no answer' : `"${details.split('\n')[0] ?? ''}"`
}
