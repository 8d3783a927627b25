import { type Address, BlockNotFoundError, type Hash, isHash } from 'viem'
import { ArgumentError, requireNatural } from '#protocol/argument.ts'
import { type Fixing, INVALID, validateFixing } from '#protocol/fixing.ts'
import type { Phase, SettledBy } from '#protocol/phase.ts'
import { type BlockHead, blockAt, type Chain, finalizedBlock, latestBlock } from './chain.ts'
import { requireStillThere, whileItStays } from './one-block.ts'
import { readFixing } from './oracle-reader.ts'

/**
 * Which block is believed: the newest that is final by the chain's own rule, one with so many blocks on top of it, or the very
 * one that the caller believes already.
 */
export type Depth = 'finalized' | { readonly confirmations: bigint } | { readonly blockHash: Hash }

/** What a fixing says at one block that is deep enough. */
export type SettlementReading = {
  readonly atBlock: bigint
  readonly blockHash: Hash
  /** The block's time, Unix seconds. */
  readonly atTime: bigint
} & (
  | { readonly kind: 'unsettled'; readonly phase: Phase }
  /** `value` is in index units, scaled by 1e18. */
  | { readonly kind: 'settled'; readonly value: bigint; readonly by: SettledBy }
  /** Settled, and that without a value, for ever. */
  | { readonly kind: 'invalid'; readonly by: SettledBy }
)

/**
 * What the oracle says of `fixing` at a block of `depth`: all of it is asked for by that block's hash, and the block was still in
 * the chain afterwards. Throws {@link ShallowChainError}, ReorganisedError, DeadRpcError; ArgumentError for what is no depth;
 * ParameterOutOfBoundsError and MalformedFieldError for what the oracle creates none of: that could never be proposed, and reads as
 * expired, INVALID for ever.
 * Warning: so does another struct than the one that was announced, as all of its fields make the id: compare `fixingId` with the id that is meant.
 */
export async function readSettlement(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  depth: Depth,
): Promise<SettlementReading> {
  validateFixing(fixing)
  requireDepth(depth)
  return whileItStays(
    chain,
    () => blockOf(chain, depth),
    async (block) => {
      const { phase, settlement, outcome: by } = await readFixing(chain, oracle, fixing, block)
      await requireStillThere(chain, block)
      const at = { atBlock: block.number, blockHash: block.hash, atTime: block.time }
      if (settlement === undefined) return { ...at, kind: 'unsettled', phase }
      return settlement === INVALID ? { ...at, kind: 'invalid', by } : { ...at, kind: 'settled', value: settlement, by }
    },
  )
}

/** The chain has no block of the wanted depth, or its endpoint knows of none. */
export class ShallowChainError extends Error {
  override readonly name = 'Settlement.ShallowChainError'
  readonly hint = 'Wait for more blocks; where no block is ever final, ask for confirmations instead.'
  constructor(depth: Depth) {
    super(`Expected a block ${wantOf(depth)}, got none.`)
  }
}

/** A hash that is none would be asked for as the newest block, whatever is on top of it. */
function requireDepth(depth: Depth): void {
  if (depth === 'finalized') return
  const isObject = typeof depth === 'object' && depth !== null
  if (isObject && 'blockHash' in depth && isHash(depth.blockHash)) return
  if (isObject && 'confirmations' in depth) requireNatural('confirmations', depth.confirmations)
  else throw new ArgumentError('depth', "'finalized', { confirmations } or { blockHash }, of 32 bytes", depth)
}

async function blockOf(chain: Chain, depth: Depth): Promise<BlockHead> {
  if (depth === 'finalized') {
    const block = await finalizedBlock(chain)
    if (block === undefined) throw new ShallowChainError(depth)
    return block
  }
  if ('blockHash' in depth) return knownBlock(chain, depth)
  const { number } = await latestBlock(chain)
  if (number < depth.confirmations) throw new ShallowChainError(depth)
  return blockAt(chain, number - depth.confirmations)
}

async function knownBlock(chain: Chain, depth: { readonly blockHash: Hash }): Promise<BlockHead> {
  try {
    return await blockAt(chain, depth.blockHash)
  } catch (error) {
    if (error instanceof BlockNotFoundError) throw new ShallowChainError(depth)
    throw error
  }
}

function wantOf(depth: Depth): string {
  if (depth === 'finalized') return 'that is final'
  return 'blockHash' in depth ? `of hash ${depth.blockHash}` : `with ${depth.confirmations} on top of it`
}
