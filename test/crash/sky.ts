import { numberToHex } from 'viem'
import { haltStaking, resumeStaking } from '../../node/ground/halt.ts'
import type { Stage } from '../client/chain-fixture.ts'
import { request } from '../model/rpc.ts'

/** The weather of a life on a chain that mines nothing by itself. */
export type Sky = {
  /** Whatever is due: a block now and then. */
  pass(): Promise<void>
}

const GWEI = 10n ** 9n
const BLOCK_SECONDS = 12n
/** Between two blocks, milliseconds of real time: the node looks several times in between. */
const BLOCK_MS = 300
/** While something of the node's waits, so many blocks are too dear for it: it is replaced in the fourth. */
const DEAR_BLOCKS = 5
/** In this one of them the operator halts the node, for as long as it takes to cancel what waits. */
const HALT_BLOCK = 5
const HALT_BLOCKS = 3

/** Gas is dear once, while the node's first transaction waits; then the operator stops its stake for a while. */
export function createSky({ embedded }: Stage, dataDir: string): Sky {
  const { rpcUrl } = embedded
  let [nextMs, dear, halted] = [0, 0, 0]
  const isWaiting = async (): Promise<boolean> => {
    const { pending } = (await request(rpcUrl, 'txpool_status', [])) as { pending: `0x${string}` } // anvil's answer
    return BigInt(pending) > 0n
  }
  const mine = async (baseFee: bigint): Promise<void> => {
    const { timestamp } = (await request(rpcUrl, 'eth_getBlockByNumber', ['latest', false])) as { timestamp: string } // JSON-RPC
    await request(rpcUrl, 'anvil_setNextBlockBaseFeePerGas', [numberToHex(baseFee)])
    await embedded.mineAt(BigInt(timestamp) + BLOCK_SECONDS)
  }
  return {
    async pass() {
      if (performance.now() < nextMs) return
      nextMs = performance.now() + BLOCK_MS
      const isDear = dear > 0 ? dear < DEAR_BLOCKS : await isWaiting()
      if (isDear) dear += 1
      if (dear === HALT_BLOCK && halted < HALT_BLOCKS) {
        if (halted === 0) haltStaking(dataDir, 'drill')
        halted += 1
        if (halted === HALT_BLOCKS) resumeStaking(dataDir)
      }
      await mine(isDear ? 40n * GWEI : GWEI)
    },
  }
}
