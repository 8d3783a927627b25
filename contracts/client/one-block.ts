import { BaseError, BlockNotFoundError, type Hash, isHash, RpcError, RpcRequestError } from 'viem'
import { ArgumentError } from '#protocol/argument.ts'
import { type BlockHead, blockAt, type Chain, latestBlock } from './chain.ts'

/** Which block: by its number, whichever that is when it is asked for, or the very one, wherever the answer comes from. */
export type At = bigint | BlockHead

/** How often is read what another block took the place of meanwhile, or what the endpoint refused. */
const ATTEMPTS = 3

/**
 * What `read` finds at one block, `at` or by default the latest: it asks for that block's hash in every request ({@link blockOf}), so
 * that no two answers are of different chains. If its place is taken meanwhile, the block there now is read; one that `at` names by its
 * hash is not given up for another. `read` is told whether what it throws is not read again. Throws {@link ReorganisedError},
 * DeadRpcError, ArgumentError for what names no block, and as the endpoint does for a block that it does not have.
 */
export async function atOneBlock<T>(
  chain: Chain,
  at: At | undefined,
  read: (block: BlockHead, isLast: boolean) => Promise<T>,
): Promise<T> {
  requireBlock(at)
  if (typeof at === 'object') return read(at, true)
  return whileItStays(chain, () => (at === undefined ? latestBlock(chain) : blockAt(chain, at)), read)
}

/**
 * What `read` finds at the block that `find` gives. Reads anew, and finds anew, what failed while another block took its
 * place: then it does not matter why; and what the endpoint refused, since one of the machines behind it may not have the newest block
 * yet. Throws {@link ReorganisedError}, and as the endpoint does the last time.
 */
export async function whileItStays<T>(
  chain: Chain,
  find: () => Promise<BlockHead>,
  read: (block: BlockHead, isLast: boolean) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const block = await find()
    const isLast = attempt === ATTEMPTS - 1
    try {
      return await read(block, isLast)
    } catch (error) {
      const isFinal = isLast || !isRefusal(error)
      if (isFinal && !(error instanceof ReorganisedError) && (await isStillThere(chain, block))) throw error
    }
  }
  throw new ReorganisedError(ATTEMPTS)
}

/** Throws {@link ReorganisedError} if another block took its place, DeadRpcError. */
export async function requireStillThere(chain: Chain, block: BlockHead): Promise<void> {
  if (!(await isStillThere(chain, block))) throw new ReorganisedError(1)
}

/**
 * Where one request reads, as viem wants it. A block's hash goes with the call (EIP-1898); left out it is the latest block. Throws
 * ArgumentError for what names no block.
 */
export function blockOf(
  at: At | undefined,
): { readonly blockNumber?: bigint } | { readonly blockHash: Hash; readonly requireCanonical: true } {
  requireBlock(at)
  if (at === undefined) return {}
  return typeof at === 'bigint' ? { blockNumber: at } : { blockHash: at.hash, requireCanonical: true }
}

/** Blocks were replaced whenever they were read. */
export class ReorganisedError extends Error {
  override readonly name = 'OneBlock.ReorganisedError'
  readonly hint = 'Read again, or read a block with more confirmations.'
  constructor(attempts: number) {
    super(`Expected a block to stay while it was read, got another in its place; attempts: ${attempts}.`)
  }
}

/** Whether the endpoint answered that it cannot; a revert is none, which `explained` gave its own name. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false
  const isAnswer = (cause: unknown): boolean => cause instanceof RpcError || cause instanceof RpcRequestError
  return error.walk((cause) => isAnswer(cause) || cause instanceof BlockNotFoundError) !== null
}

/** What names none would be read at the latest block, whichever was meant. */
function requireBlock(at: At | undefined): void {
  if (at === undefined || typeof at === 'bigint') return
  if (typeof at === 'object' && at !== null && typeof at.number === 'bigint' && isHash(at.hash)) return
  throw new ArgumentError('at', 'the number of a block, a bigint, or a block with its number and hash', at)
}

async function isStillThere(chain: Chain, { number, hash }: BlockHead): Promise<boolean> {
  const { number: newest } = await latestBlock(chain)
  return newest >= number && (await blockAt(chain, number)).hash === hash
}
