import { getAddress } from 'viem/utils'
import { z } from 'zod'
import { type PoolReading, readPool } from '#client/pool.ts'
import type { UniswapV3Source } from '#protocol/index-source.ts'
import { type MeanTick, tickRatio } from '#protocol/mean-tick.ts'
import type { ReadContext, Reading } from './reading.ts'
import { readSettled, withSourceChain } from './source-chain.ts'
import { closeIn, type SampleWindow } from './window.ts'

/**
 * Reads a Uniswap v3 pool: the close of a candle is the base token in quote tokens by the mean tick of the
 * `windowSeconds` up to its end, 18 significant digits, rounded down. It is read in the first block that is late enough,
 * and where the endpoint has no state of that any more, in the newest: the pool says the same of the past as long as it
 * remembers it. Throws ForgetfulPoolError, NotInPoolError, TickError and what withSourceChain throws.
 */
export async function readUniswapV3(
  source: UniswapV3Source,
  window: SampleWindow,
  context: ReadContext,
): Promise<Reading> {
  const [pool, baseToken] = [getAddress(source.pool), getAddress(source.baseToken)]
  const query = { pool, baseToken, instants: window.closes, windowSeconds: source.windowSeconds }
  return withSourceChain(source, window.end, context, async (place) => {
    const { reading, block } = await readSettled(place, (at) => readPool(place.chain, query, at))
    const closes = reading.means.map((mean) => closeOf(reading, mean))
    const origin = `chain ${source.chainId}, pool ${pool}, block ${block.number}`
    const means = reading.means.map(({ cumulative, seconds }) => [cumulative.toString(), seconds.toString()])
    return { closes, origin, body: JSON.stringify({ decimals: reading.decimals, base: reading.base, means }) }
  })
}

/** The closes that a kept reading of a pool has. Throws TickError, or ZodError or SyntaxError for anything else. */
export function uniswapV3Closes(body: string): Reading['closes'] {
  const reading = KEPT.parse(JSON.parse(body))
  return reading.means.map((mean) => closeOf(reading, mean))
}

const digits = z
  .string()
  .regex(/^-?\d{1,80}$/)
  .transform(BigInt)
const decimals = z.int().min(0).max(255)
/** What is kept of a reading. */
const KEPT = z.strictObject({
  decimals: z.tuple([decimals, decimals]),
  base: z.union([z.literal(0), z.literal(1)]),
  means: z.array(z.tuple([digits, digits]).transform(([cumulative, seconds]) => ({ cumulative, seconds }))),
})

/** A pool's ticks are of token0 in token1. */
function closeOf(
  { base, decimals: [decimals0, decimals1] }: PoolReading,
  { cumulative, seconds }: MeanTick,
): string | undefined {
  const isForward = base === 0
  const shift = isForward ? decimals0 - decimals1 : decimals1 - decimals0
  return closeIn(tickRatio({ cumulative: isForward ? cumulative : -cumulative, seconds }, shift))
}
