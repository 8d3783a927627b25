import { type Address, concat, type Hex, numberToHex, size } from 'viem'
import { ELEMENT, G1, G2, MAPPED_ELEMENT, MINUS_G1, TWICE_G1, TWICE_G2 } from './bls-vectors.ts'
import type { BlockHead, Chain } from './chain.ts'
import { explained, OracleRevertError, SilentRevertError } from './errors.ts'
import { type At, atOneBlock, blockOf, requireStillThere } from './one-block.ts'
import { looksRandom } from './prevrandao.ts'

/** Something that the contracts need of a chain. */
export type ChainFeature = {
  readonly name: string
  /** Which contracts do not work without it: all, a registry of reporters, or a jury. */
  readonly neededBy: 'all' | 'registry' | 'jury'
  /** What cannot be done without it. */
  readonly needs: string
  readonly isThere: boolean
}

/** Code of nothing (`eth_call` without an address) that returns exactly `want` where the feature is, and never fails itself. */
type Vector = { readonly code: Hex; readonly want: Hex }

/** EIP-2935's contract. */
const HISTORY: Address = '0x0000F90827F1C53a10cb7A02335B175320002935'
const ONE = numberToHex(1, { size: 32 })
const ZERO = numberToHex(0, { size: 32 })
/** Of the code that copies a call's data to memory, bytes. */
const COPY_SIZE = 9
/** Creates what stores 1 in transient slot 0 (EIP-1153) and leaves the slot as its code, and returns that. */
const TRANSIENT: Vector = {
  // PUSH12 of the inner code, MSTORE at 0; CREATE of it, EXTCODECOPY of a word from there to 0, RETURN of the word.
  code: '0x6b60015f5d5f5c5f5260205ff3600052602060006000600c60146000f03c60206000f3',
  want: ONE,
}
/** What the contracts call of EIP-2537: additions, the pairing and the map to G2. A pairing that is not 1 must not be said to be. */
const BLS: readonly Vector[] = [
  calling(precompile(0x0b), concat([G1, G1]), TWICE_G1),
  calling(precompile(0x0d), concat([G2, G2]), TWICE_G2),
  calling(precompile(0x0f), concat([G1, G2, MINUS_G1, G2]), ONE),
  calling(precompile(0x0f), concat([G1, G2, G1, G2]), ZERO),
  calling(precompile(0x11), ELEMENT, MAPPED_ELEMENT),
]

/**
 * Which of the things that the contracts need are there at the block `at`, by default the latest; every request names the one
 * block's hash. Each is used and its answer looked at: a precompile that answers otherwise is none. Throws ReorganisedError,
 * DeadRpcError, and what else an endpoint refuses a call with: that says nothing of the chain.
 */
export async function readChainFeatures(chain: Chain, at?: At): Promise<ChainFeature[]> {
  return atOneBlock(chain, at, async (block) => {
    const [hasTransient, hasBls, hasHistory, hasRandao] = await Promise.all([
      answers(chain, block, TRANSIENT),
      Promise.all(BLS.map((vector) => answers(chain, block, vector))).then((all) => all.every(Boolean)),
      remembers(chain, block),
      looksRandom(chain, block),
    ])
    // What is missing may be so in another block, which took its place; what came before it is there still then.
    await requireStillThere(chain, block)
    return [
      { name: 'EIP-1153', neededBy: 'all', needs: 'every contract: guards against re-entrance', isThere: hasTransient },
      { name: 'EIP-2537', neededBy: 'registry', needs: 'the registry: BLS signatures of reporters', isThere: hasBls },
      { name: 'EIP-2935', neededBy: 'jury', needs: 'a jury: the seed of a draw', isThere: hasHistory },
      {
        name: 'random prevrandao',
        neededBy: 'jury',
        needs: 'a jury: else everybody knows beforehand whom it draws',
        isThere: hasRandao,
      },
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
    return answers(chain, block, calling(HISTORY, data, parentHash))
  }
  const code = await explained(chain.rpcUrl, 'eth_getCode', () =>
    chain.publicClient.getCode({ address: HISTORY, ...blockOf(block) }),
  )
  return code !== undefined && code !== '0x'
}

/** Whether the code returns exactly what is wanted; code that reverts returns nothing. */
async function answers(chain: Chain, block: BlockHead, { code, want }: Vector): Promise<boolean> {
  try {
    const call = { data: code, ...blockOf(block) }
    const { data } = await explained(chain.rpcUrl, 'eth_call', () => chain.publicClient.call(call))
    return data === want
  } catch (error) {
    if (error instanceof OracleRevertError || error instanceof SilentRevertError) return false
    throw error
  }
}

/**
 * Calls `to` and returns whether that did not fail, as a word, and what it gave. A call that fails inside, in whichever way, is thereby told
 * from a request that an endpoint refuses, for which every client has words of its own.
 */
function calling(to: Address, data: Hex, want: Hex): Vector {
  const length = numberToHex(size(data), { size: 2 })
  // STATICCALL with the data, which CODECOPY put at 0; MSTORE of whether it worked, RETURNDATACOPY behind it, RETURN of both.
  const call = concat(['0x6000600061', length, '0x600073', to, '0x5afa6000523d600060203e3d6020016000f3'])
  const copy = concat(['0x61', length, '0x61', numberToHex(COPY_SIZE + size(call), { size: 2 }), '0x600039'])
  return { code: concat([copy, call, data]), want: concat([ONE, want]) }
}

function precompile(place: number): Address {
  return numberToHex(place, { size: 20 })
}
