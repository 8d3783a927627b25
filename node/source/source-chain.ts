import { firstBlockAfter } from '#client/block-at.ts'
import { type BlockHead, type Chain, connect, latestBlock } from '#client/chain.ts'
import type { ChainlinkSource, UniswapV3Source } from '#protocol/index-source.ts'
import type { ReadContext, Reading } from './reading.ts'

/** A chain that is late enough for a source to be read. */
export type SourceChain = {
  readonly chain: Chain
  readonly head: BlockHead
  /** The first block that is late enough: the same for every node. */
  readonly settled: BlockHead
}

/** How long the head is waited for beyond `finalitySeconds`, and how often it is looked at, milliseconds of real time. */
const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 1_000

/** How a source is read of its chain. */
type Read = (place: SourceChain) => Promise<Reading>

/**
 * Runs `read` on the chain of a source once its head is later than `end` (Unix seconds) by more than the source's
 * `finalitySeconds`. With several endpoints it is run on each, and as many as must agree have to give the same closes from
 * the same response. Endpoints' addresses may hold secrets: errors do not repeat them. Throws {@link NoEndpointError},
 * {@link OtherChainError}, {@link EarlyHeadError}, {@link EndpointsDifferError}, an AbortError, and what `read` throws.
 */
export async function withSourceChain(
  source: ChainlinkSource | UniswapV3Source,
  end: bigint,
  context: ReadContext,
  read: Read,
): Promise<Reading> {
  const rpc = context.rpcUrls?.get(source.chainId)
  if (rpc === undefined) throw new NoEndpointError(source.chainId)
  return agreed(
    rpc.urls.map((rpcUrl) => readThrough(rpcUrl, source, end, context, read)),
    rpc.agreement,
    source.chainId,
  )
}

/** What was read, and of which block. */
export type ReadInBlock<T> = { readonly reading: T; readonly block: BlockHead }

/**
 * Reads in the settled block, so that a late node reads what an early one did; where that fails, as at an endpoint that has no state of
 * it any more, in the newest. Throws what `read` throws of that.
 */
export async function readSettled<T>(
  { head, settled }: SourceChain,
  read: (block: BlockHead) => Promise<T>,
): Promise<ReadInBlock<T>> {
  const first = await read(settled).then(
    (reading) => ({ reading, block: settled }),
    () => undefined,
  )
  return first ?? { reading: await read(head), block: head }
}

/** The first reading that `agreement` of them are. */
async function agreed(readings: readonly Promise<Reading>[], agreement: number, chainId: number): Promise<Reading> {
  const counts = new Map<string, number>()
  const failures: unknown[] = []
  const { promise, resolve } = Promise.withResolvers<Reading>()
  const count = async (coming: Promise<Reading>): Promise<void> => {
    const reading = await coming
    // Where it came from names the newest block, in which endpoints differ.
    const key = JSON.stringify([reading.closes, reading.body])
    counts.set(key, (counts.get(key) ?? 0) + 1)
    if (counts.get(key) === agreement) resolve(reading)
  }
  const all = Promise.all(readings.map((coming) => count(coming).catch((error: unknown) => failures.push(error))))
  const disagreement = all.then((): never => {
    const answers = readings.length - failures.length
    throw answers < agreement ? failures[0] : new EndpointsDifferError(chainId, counts.size)
  })
  // What agreed first has won: nobody looks at the others any more.
  disagreement.catch(() => undefined)
  return Promise.race([promise, disagreement])
}

async function readThrough(
  rpcUrl: string,
  source: ChainlinkSource | UniswapV3Source,
  end: bigint,
  context: ReadContext,
  read: Read,
): Promise<Reading> {
  const { chainId, timeoutMs } = source
  try {
    return await abortable(context.signal, async () => {
      const chain = await connect({ rpcUrl, timeoutMs })
      if (chain.chainId !== chainId) throw new OtherChainError(chainId, chain.chainId)
      const time = end + BigInt(source.finalitySeconds)
      const head = await headAfter(chain, time, source, context)
      return read({ chain, head, settled: await firstBlockAfter(chain, time, head) })
    })
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes(rpcUrl)) throw error
    throw new EndpointError(chainId, error.message.replaceAll(rpcUrl, 'the address'), { cause: error })
  }
}

async function headAfter(
  chain: Chain,
  time: bigint,
  { chainId, finalitySeconds }: ChainlinkSource | UniswapV3Source,
  { clock, signal }: ReadContext,
): Promise<BlockHead> {
  const deadline = clock.monotonicMs() + finalitySeconds * 1000 + PATIENCE_MS
  for (;;) {
    const head = await latestBlock(chain)
    if (head.time > time) return head
    if (clock.monotonicMs() >= deadline) throw new EarlyHeadError(chainId, time, head.time)
    await clock.sleep(LOOK_EVERY_MS, signal)
  }
}

/** Requests cannot be taken back, but nobody waits for them once `signal` aborts. */
async function abortable<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([run(), promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** No endpoint is known of a source's chain. */
export class NoEndpointError extends Error {
  override readonly name = 'Source.NoEndpointError'
  readonly chainId: number
  constructor(chainId: number) {
    super(`Expected an endpoint of chain ${chainId}, got none. Name one in source_rpc, as "${chainId}" = "https://…".`)
    this.chainId = chainId
  }
}

/** Endpoints give different readings of a source, and too few the same. */
export class EndpointsDifferError extends Error {
  override readonly name = 'Source.EndpointsDifferError'
  readonly chainId: number
  constructor(chainId: number, readings: number) {
    super(`Expected the endpoints of chain ${chainId} to agree, got ${readings} readings. Ask each with index sample.`)
    this.chainId = chainId
  }
}

/** An endpoint is of another chain. */
export class OtherChainError extends Error {
  override readonly name = 'Source.OtherChainError'
  readonly chainId: number
  constructor(chainId: number, got: number) {
    super(`Expected an endpoint of chain ${chainId}, got one of chain ${got}. Correct it in source_rpc.`)
    this.chainId = chainId
  }
}

/** The chain's head is not late enough yet. Times in Unix seconds. */
export class EarlyHeadError extends Error {
  override readonly name = 'Source.EarlyHeadError'
  readonly chainId: number
  constructor(chainId: number, after: bigint, head: bigint) {
    super(`Expected the head of chain ${chainId} after ${after}, got ${head}. Wait, or use an endpoint that keeps up.`)
    this.chainId = chainId
  }
}

/** An endpoint failed. */
export class EndpointError extends Error {
  override readonly name = 'Source.EndpointError'
  readonly chainId: number
  constructor(chainId: number, reason: string, options: ErrorOptions) {
    super(`${reason} It is that of chain ${chainId} in source_rpc.`, options)
    this.chainId = chainId
  }
}
