import { type Hex, hexToBigInt } from 'viem'
import type { BlockHead, Chain } from './chain.ts'
import { explained } from './errors.ts'

/** Blocks that are looked at: within so many a chain that counts, or takes over another chain's value, shows it. */
const BLOCKS = 4
/**
 * Of 256 bits two random values differ in fewer than so many once in 10^15 times; counters differ in a few. A value that an earlier
 * block had, too, differs in none.
 */
const LEAST_DIFFERENCE = 64

/**
 * Whether the `prevrandao` of `block` and of those before it looks random: none is zero, and none is like another. The first block of a chain has
 * none, and a single one tells nothing. Warning: what a sequencer makes up looks random, too. Throws DeadRpcError, and as the endpoint
 * does for a block that it does not have.
 */
export async function looksRandom(chain: Chain, block: BlockHead): Promise<boolean> {
  const found: bigint[] = []
  let next: Hex = block.hash
  for (let number = block.number; number > 0n && found.length < BLOCKS; number -= 1n) {
    const blockHash = next
    const { mixHash, parentHash } = await explained(chain.rpcUrl, 'eth_getBlockByHash', () =>
      chain.publicClient.getBlock({ blockHash }),
    )
    // Chains that have no such field show none, or null, whatever its type says.
    const value = hexToBigInt(mixHash ?? '0x0')
    if (value === 0n || found.some((other) => difference(value, other) < LEAST_DIFFERENCE)) return false
    found.push(value)
    next = parentHash
  }
  return true
}

/** In how many bits they differ. */
function difference(one: bigint, other: bigint): number {
  return (one ^ other).toString(2).replaceAll('0', '').length
}
