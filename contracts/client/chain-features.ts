import { type Address, concat, type Hex, numberToHex } from 'viem'
import { ELEMENT, G1, G2, MAPPED_ELEMENT, MINUS_G1, TWICE_G1, TWICE_G2 } from './bls-vectors.ts'
import type { BlockHead, Chain } from './chain.ts'
import { explained } from './errors.ts'
import { type At, atOneBlock, blockOf } from './one-block.ts'

/** Something that the contracts need of a chain. */
export type ChainFeature = {
  readonly name: string
  /** Which contracts do not work without it: all, a registry of reporters, or a jury. */
  readonly neededBy: 'all' | 'registry' | 'jury'
  /** What cannot be done without it. */
  readonly needs: string
  readonly isThere: boolean
}

/** A call that gives exactly `want` where the feature is. */
type Vector = { readonly to?: Address; readonly data: Hex; readonly want: Hex }

/** EIP-2935's contract. */
const HISTORY: Address = '0x0000F90827F1C53a10cb7A02335B175320002935'
const ONE = numberToHex(1, { size: 32 })
const ZERO = numberToHex(0, { size: 32 })
/** Stores 1 in transient slot 0 (EIP-1153) and returns the slot as a word, as the init code of nothing. */
const TRANSIENT: Vector = { data: '0x60015f5d5f5c5f5260205ff3', want: ONE }
/** What the contracts call of EIP-2537: additions, the pairing and the map to G2. A pairing that is not 1 must not be said to be. */
const BLS: readonly Vector[] = [
  { to: precompile(0x0b), data: concat([G1, G1]), want: TWICE_G1 },
  { to: precompile(0x0d), data: concat([G2, G2]), want: TWICE_G2 },
  { to: precompile(0x0f), data: concat([G1, G2, MINUS_G1, G2]), want: ONE },
  { to: precompile(0x0f), data: concat([G1, G2, G1, G2]), want: ZERO },
  { to: precompile(0x11), data: ELEMENT, want: MAPPED_ELEMENT },
]

/**
 * Which of the things that the contracts need are there at the block `at`, by default the latest; every request names the one
 * block's hash. Each is used and its answer looked at: a precompile that answers otherwise is none. Throws ReorganisedError,
 * DeadRpcError.
 */
export async function readChainFeatures(chain: Chain, at?: At): Promise<ChainFeature[]> {
  return atOneBlock(chain, at, async (block) => {
    const [hasTransient, hasBls, hasHistory] = await Promise.all([
      answers(chain, block, TRANSIENT),
      Promise.all(BLS.map((vector) => answers(chain, block, vector))).then((all) => all.every(Boolean)),
      remembers(chain, block),
    ])
    return [
      { name: 'EIP-1153', neededBy: 'all', needs: 'every contract: guards against re-entrance', isThere: hasTransient },
      { name: 'EIP-2537', neededBy: 'registry', needs: 'the registry: BLS signatures of reporters', isThere: hasBls },
      { name: 'EIP-2935', neededBy: 'jury', needs: 'a jury: the seed of a draw', isThere: hasHistory },
    ]
  })
}

/** Whether EIP-2935's contract knows the hash of the block before. The first block has none before it: then it must be there. */
async function remembers(chain: Chain, block: BlockHead): Promise<boolean> {
  const { parentHash } = await explained(chain.rpcUrl, 'eth_getBlockByHash', () =>
    chain.publicClient.getBlock({ blockHash: block.hash }),
  )
  if (block.number > 0n) {
    const data = numberToHex(block.number - 1n, { size: 32 })
    return answers(chain, block, { to: HISTORY, data, want: parentHash })
  }
  const code = await explained(chain.rpcUrl, 'eth_getCode', () =>
    chain.publicClient.getCode({ address: HISTORY, ...blockOf(block) }),
  )
  return code !== undefined && code !== '0x'
}

/** Whether the call gives exactly what is wanted; a call that reverts gives nothing. */
async function answers(chain: Chain, block: BlockHead, { want, ...call }: Vector): Promise<boolean> {
  return explained(chain.rpcUrl, 'eth_call', async () => {
    try {
      const { data } = await chain.publicClient.call({ ...call, ...blockOf(block) })
      return data === want
    } catch (error) {
      if (await isAlive(chain)) return false
      throw error
    }
  })
}

/** Tells a call that failed from an endpoint that did. */
async function isAlive(chain: Chain): Promise<boolean> {
  return chain.publicClient.getChainId().then(
    () => true,
    () => false,
  )
}

function precompile(place: number): Address {
  return numberToHex(place, { size: 20 })
}
