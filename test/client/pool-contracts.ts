import factoryArtifact from '@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json' with { type: 'json' }
import { type Address, type Hex, parseAbi } from 'viem'
import type { WritableChain } from '#client/chain.ts'
import type { EmbeddedChain } from '#client/embedded-chain.ts'
import { put, write } from './feed-contracts.ts'
import { mined } from './mined.ts'

const FACTORY_ABI = parseAbi([
  'constructor()',
  'function createPool(address a, address b, uint24 fee)',
  'function getPool(address a, address b, uint24 fee) view returns (address)',
])
const POOL_ABI = parseAbi([
  'function initialize(uint160 sqrtPriceX96)',
  'function increaseObservationCardinalityNext(uint16 next)',
  'function swap(address recipient, bool zeroForOne, int256 amount, uint160 limit, bytes data)',
  'function slot0() view returns (uint160, int24 tick, uint16, uint16, uint16, uint8, bool)',
])
const FEE = 3_000

/** Code that answers every call with one number: all that a pool without liquidity asks of a token. */
const tokenOf = (decimals: number): Hex => `0x60${decimals.toString(16).padStart(2, '0')}60005260206000f3`

/** Uniswap's own pool, from its own factory. Without liquidity: whoever swaps moves its tick as far as they like. */
export type Pool = {
  readonly address: Address
  readonly token0: Address
  readonly token1: Address
  /** From the block at `time` on the pool stands at `tick`; ticks may not repeat. */
  moveTo(time: bigint, tick: number): Promise<void>
}

/** The square root of 1.0001^tick as Q64.96: near enough, the pool itself says which tick it is. */
function sqrtRatio(tick: number): bigint {
  const ratio = 1.0001 ** ((tick + 0.5) / 2)
  return BigInt(Math.floor(ratio * 2 ** 48)) << 48n
}

/** Puts a pool of two tokens with these decimals on the chain, at `tick`, remembering `cardinality` observations. */
export async function openPool(
  embedded: EmbeddedChain,
  chain: WritableChain,
  decimals: readonly [token0: number, token1: number],
  start: { readonly time: bigint; readonly tick: number; readonly cardinality: number },
): Promise<Pool> {
  const token0 = '0x00000000000000000000000000000000000a0000'
  const token1 = '0x00000000000000000000000000000000000b0000'
  const trader = '0x00000000000000000000000000000000000c0000'
  const request = (method: string, params: readonly unknown[]): Promise<unknown> =>
    chain.publicClient.request({ method, params } as never)
  await request('anvil_setCode', [token0, tokenOf(decimals[0])])
  await request('anvil_setCode', [token1, tokenOf(decimals[1])])
  // A pool calls its trader back for payment: of nothing, here; it only must have code.
  await request('anvil_setCode', [trader, '0x00'])
  await request('anvil_impersonateAccount', [trader])
  await embedded.setBalance(trader, 10n ** 18n)
  const bytecode = factoryArtifact.bytecode as Hex // what Uniswap published
  const factory = await put(chain, FACTORY_ABI, bytecode, [])
  await write(chain, factory, FACTORY_ABI, 'createPool', [token0, token1, FEE])
  const address = await chain.publicClient.readContract({
    address: factory,
    abi: FACTORY_ABI,
    functionName: 'getPool',
    args: [token0, token1, FEE],
  })
  await embedded.setNextBlockTime(start.time)
  await write(chain, address, POOL_ABI, 'initialize', [sqrtRatio(start.tick)])
  await write(chain, address, POOL_ABI, 'increaseObservationCardinalityNext', [start.cardinality])
  return {
    address,
    token0,
    token1,
    async moveTo(time, tick) {
      await embedded.setNextBlockTime(time)
      const before = await tickOf(chain, address)
      const hash = await chain.walletClient.writeContract({
        address,
        abi: POOL_ABI,
        functionName: 'swap',
        args: [trader, tick < before, 1n, sqrtRatio(tick), '0x'],
        account: trader,
        gas: 5_000_000n,
      })
      const { status } = await mined(chain, hash)
      const after = await tickOf(chain, address)
      if (status !== 'success' || after !== tick) throw new Error(`Expected tick ${tick}, got ${after} (${status}).`)
    },
  }
}

async function tickOf(chain: WritableChain, address: Address): Promise<number> {
  const [, tick] = await chain.publicClient.readContract({ address, abi: POOL_ABI, functionName: 'slot0' })
  return tick
}
