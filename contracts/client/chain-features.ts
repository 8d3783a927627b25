import type { Address, Hex } from 'viem'
import type { Chain } from './chain.ts'
import { explained } from './errors.ts'

/** Something that the contracts need of a chain. */
export type ChainFeature = {
  readonly name: string
  /** What cannot be done without it. */
  readonly needs: string
  readonly isThere: boolean
}

/** EIP-2537's addition of points of G1. */
const G1_ADD: Address = '0x000000000000000000000000000000000000000b'
/** EIP-2935's contract. */
const HISTORY: Address = '0x0000F90827F1C53a10cb7A02335B175320002935'
/** Two points of infinity; their sum is a third. */
const TWO_POINTS: Hex = `0x${'00'.repeat(256)}`
const ONE_POINT: Hex = `0x${'00'.repeat(128)}`
/** EIP-1153's TLOAD of slot 0, returned as a word, as the init code of nothing. */
const TRANSIENT: Hex = '0x5f5c5f5260205ff3'
const ZERO_WORD: Hex = `0x${'00'.repeat(32)}`

/** Which of the things that the contracts need are there, at the latest block. Throws DeadRpcError. */
export async function readChainFeatures(chain: Chain): Promise<ChainFeature[]> {
  const [hasBls, hasTransient, hasHistory] = await Promise.all([
    answers(chain, { to: G1_ADD, data: TWO_POINTS }, ONE_POINT),
    answers(chain, { data: TRANSIENT }, ZERO_WORD),
    explained(chain.rpcUrl, 'eth_getCode', async () => {
      const code = await chain.publicClient.getCode({ address: HISTORY })
      return code !== undefined && code !== '0x'
    }),
  ])
  return [
    { name: 'EIP-1153', needs: 'every contract: guards against re-entrance', isThere: hasTransient },
    { name: 'EIP-2537', needs: 'the registry: BLS signatures of reporters', isThere: hasBls },
    { name: 'EIP-2935', needs: 'a jury: the seed of a draw', isThere: hasHistory },
  ]
}

/** Whether a call gives exactly `want`; a call that reverts gives nothing. */
async function answers(chain: Chain, call: { to?: Address; data: Hex }, want: Hex): Promise<boolean> {
  return explained(chain.rpcUrl, 'eth_call', async () => {
    try {
      const { data } = await chain.publicClient.call(call)
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
