import { type Address, isAddressEqual, parseAbi } from 'viem'
import type { MeanTick } from '#protocol/mean-tick.ts'
import type { Chain } from './chain.ts'
import { explained, OracleRevertError, SilentRevertError } from './errors.ts'

/** Time-weighted mean ticks of a pool, as of token0 in token1. */
export type PoolReading = {
  /** One for each instant. */
  readonly means: readonly MeanTick[]
  readonly decimals: readonly [token0: number, token1: number]
  /** Which of the tokens the caller's base is. */
  readonly base: 0 | 1
}

/** What is read of a pool. */
export type PoolQuery = {
  readonly pool: Address
  readonly baseToken: Address
  /** Unix seconds, each the end of a mean, not after the block's time. */
  readonly instants: readonly bigint[]
  readonly windowSeconds: number
}

const POOL_ABI = parseAbi([
  'function token0() view returns (address)',
  'function token1() view returns (address)',
  'function observe(uint32[] secondsAgos) view returns (int56[] tickCumulatives, uint160[])',
  'function decimals() view returns (uint8)',
])

/** Instants of one call: each costs the pool a search of its observations. */
const AT_ONCE = 100

/**
 * Reads `pool` as it stood in `block`. What it says of the past does not depend on the block, as long as the pool still
 * remembers it. Throws {@link NotInPoolError}, {@link ForgetfulPoolError}, DeadRpcError.
 */
export async function readPool(
  chain: Chain,
  query: PoolQuery,
  block: { readonly number: bigint; readonly time: bigint },
): Promise<PoolReading> {
  const tokens = await explained(chain.rpcUrl, 'token0', () => readTokens(chain, query.pool, block.number))
  const base = tokens.findIndex(({ address }) => isAddressEqual(address, query.baseToken))
  if (base !== 0 && base !== 1) throw new NotInPoolError(query.pool, query.baseToken)
  const seconds = BigInt(query.windowSeconds)
  const agos = query.instants.flatMap((end) => [end - seconds, end]).map((instant) => block.time - instant)
  const cumulatives: bigint[] = []
  for (let at = 0; at < agos.length; at += AT_ONCE) {
    cumulatives.push(...(await observe(chain, query.pool, agos.slice(at, at + AT_ONCE), block.number)))
  }
  const means = query.instants.map((_, i) => ({
    cumulative: (cumulatives[2 * i + 1] ?? 0n) - (cumulatives[2 * i] ?? 0n),
    seconds,
  }))
  return { means, decimals: [tokens[0].decimals, tokens[1].decimals], base }
}

async function observe(
  chain: Chain,
  pool: Address,
  agos: readonly bigint[],
  blockNumber: bigint,
): Promise<readonly bigint[]> {
  try {
    const [cumulatives] = await explained(chain.rpcUrl, 'observe', () =>
      chain.publicClient.readContract({
        address: pool,
        abi: POOL_ABI,
        functionName: 'observe',
        args: [agos.map(Number)],
        blockNumber,
      }),
    )
    return cumulatives
  } catch (error) {
    const isRevert = error instanceof OracleRevertError || error instanceof SilentRevertError
    throw isRevert ? new ForgetfulPoolError(pool, { cause: error }) : error
  }
}

type Token = { readonly address: Address; readonly decimals: number }

async function readTokens(
  { publicClient }: Chain,
  pool: Address,
  blockNumber: bigint,
): Promise<readonly [Token, Token]> {
  const [token0, token1] = await publicClient.multicall({
    deployless: true,
    allowFailure: false,
    blockNumber,
    contracts: [
      { address: pool, abi: POOL_ABI, functionName: 'token0' },
      { address: pool, abi: POOL_ABI, functionName: 'token1' },
    ],
  })
  const [decimals0, decimals1] = await publicClient.multicall({
    deployless: true,
    allowFailure: false,
    blockNumber,
    contracts: [
      { address: token0, abi: POOL_ABI, functionName: 'decimals' },
      { address: token1, abi: POOL_ABI, functionName: 'decimals' },
    ],
  })
  return [
    { address: token0, decimals: decimals0 },
    { address: token1, decimals: decimals1 },
  ]
}

/** The base token is neither of the pool's. */
export class NotInPoolError extends Error {
  override readonly name = 'Pool.NotInPoolError'
  readonly pool: Address
  constructor(pool: Address, token: Address) {
    super(`Expected ${token} to be one of the two tokens of the pool ${pool}, got others. Check baseToken.`)
    this.pool = pool
  }
}

/** The pool's observations do not reach back far enough. */
export class ForgetfulPoolError extends Error {
  override readonly name = 'Pool.ForgetfulPoolError'
  readonly pool: Address
  constructor(pool: Address, options: ErrorOptions) {
    super(
      `Expected the pool ${pool} to remember the whole window, got a revert. ` +
        'Observe nearer to the maturity, or have its observation cardinality increased.',
      options,
    )
    this.pool = pool
  }
}
