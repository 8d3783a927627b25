import type { Address, Hash } from 'viem'
import { type Fixing, INVALID } from '#protocol/fixing.ts'
import type { Phase, SettledBy } from '#protocol/phase.ts'
import { type BlockHead, blockAt, type Chain, finalizedBlock, latestBlock } from './chain.ts'
import { explained } from './errors.ts'
import { readFixing } from './oracle-reader.ts'

/** Which block is believed: the newest that is final by the chain's own rule, or one with so many blocks on top of it. */
export type Depth = 'finalized' | { readonly confirmations: bigint }

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

/** How often a block is read anew whose place another took meanwhile. */
const ATTEMPTS = 3

/**
 * What the oracle says of `fixing` at a block of `depth`: all of it of one block, of which it is certain that it was still in
 * the chain afterwards. Throws {@link ShallowChainError}, {@link ReorganisedError}, DeadRpcError.
 */
export async function readSettlement(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  depth: Depth,
): Promise<SettlementReading> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const block = await blockOf(chain, depth)
    const { phase, settlement, outcome: by } = await readFixing(chain, oracle, fixing, block.number)
    if (!(await isStillThere(chain, block))) continue
    const at = { atBlock: block.number, blockHash: block.hash, atTime: block.time }
    if (settlement === undefined) return { ...at, kind: 'unsettled', phase }
    return settlement === INVALID ? { ...at, kind: 'invalid', by } : { ...at, kind: 'settled', value: settlement, by }
  }
  throw new ReorganisedError(ATTEMPTS)
}

/** The chain has no block of the wanted depth, or its endpoint knows of none. */
export class ShallowChainError extends Error {
  override readonly name = 'Settlement.ShallowChainError'
  readonly hint = 'Wait for more blocks; where no block is ever final, ask for confirmations instead.'
  constructor(depth: Depth) {
    super(
      `Expected a block ${depth === 'finalized' ? 'that is final' : `with ${depth.confirmations} on top of it`}, got none.`,
    )
  }
}

/** Blocks of the wanted depth were replaced whenever they were read. */
export class ReorganisedError extends Error {
  override readonly name = 'Settlement.ReorganisedError'
  readonly hint = 'Ask for more confirmations.'
  constructor(attempts: number) {
    super(`Expected a block to stay while it was read, got another in its place ${attempts} times.`)
  }
}

async function blockOf(chain: Chain, depth: Depth): Promise<BlockHead> {
  if (depth === 'finalized') {
    const block = await finalizedBlock(chain)
    if (block === undefined) throw new ShallowChainError(depth)
    return block
  }
  return explained(chain.rpcUrl, 'eth_getBlockByNumber', async () => {
    const { number } = await latestBlock(chain)
    if (number < depth.confirmations) throw new ShallowChainError(depth)
    return blockAt(chain, number - depth.confirmations)
  })
}

async function isStillThere(chain: Chain, { number, hash }: BlockHead): Promise<boolean> {
  return explained(chain.rpcUrl, 'eth_getBlockByNumber', async () => (await blockAt(chain, number)).hash === hash)
}
