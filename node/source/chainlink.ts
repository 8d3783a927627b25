import { getAddress } from 'viem/utils'
import { z } from 'zod'
import { type FeedReading, type FeedRound, readFeed } from '#client/feed.ts'
import type { ChainlinkSource } from '#protocol/index-source.ts'
import type { ReadContext, Reading } from './reading.ts'
import { readSettled, withSourceChain } from './source-chain.ts'
import { closeIn, type SampleWindow } from './window.ts'

/**
 * Reads the rounds of a Chainlink feed: the close of a candle is the answer of the last round that was updated at or
 * before its end, with all its decimals, unless that is older than `maxAgeSeconds`, or not above zero. It is read in the first block
 * that is late enough: by a later one the feed may have another aggregator, with older rounds of its own. Throws
 * {@link StaleFeedError} if no candle has one, TooManyRoundsError and what withSourceChain throws.
 */
export async function readChainlink(
  source: ChainlinkSource,
  window: SampleWindow,
  context: ReadContext,
): Promise<Reading> {
  const feed = getAddress(source.feed)
  return withSourceChain(source, window.end, context, async (place) => {
    const { reading, block } = await readSettled(place, ({ number }) =>
      readFeed(place.chain, feed, window.closes, number),
    )
    const { decimals, rounds } = reading
    const closes = closesOfRounds({ decimals, rounds }, source, window)
    if (closes.every((close) => close === undefined)) throw new StaleFeedError(source, rounds.at(-1), window.end)
    const origin = `chain ${source.chainId}, feed ${feed}, block ${block.number}`
    return { closes, origin, body: JSON.stringify({ decimals, rounds: rounds.map(recordOf) }) }
  })
}

/** The closes that a kept reading of a feed has. Throws ZodError or SyntaxError for anything else. */
export function chainlinkCloses(body: string, source: ChainlinkSource, window: SampleWindow): Reading['closes'] {
  return closesOfRounds(KEPT.parse(JSON.parse(body)), source, window)
}

const whole = z
  .string()
  .regex(/^-?\d{1,80}$/)
  .transform(BigInt)
/** What {@link recordOf} makes of rounds. */
const KEPT = z.strictObject({
  decimals: z.int().min(0).max(255),
  rounds: z.array(
    z
      .strictObject({ id: whole, answer: whole, updatedAt: whole })
      .nullable()
      .transform((round) => round ?? undefined),
  ),
})

function closesOfRounds({ decimals, rounds }: FeedReading, source: ChainlinkSource, window: SampleWindow) {
  return window.closes.map((close, i) => closeOf(source, rounds[i], close, decimals))
}

function closeOf(
  { maxAgeSeconds }: ChainlinkSource,
  round: FeedRound | undefined,
  end: bigint,
  decimals: number,
): string | undefined {
  if (round === undefined || round.answer <= 0n || end - round.updatedAt > BigInt(maxAgeSeconds)) return undefined
  if (decimals === 0) return closeIn(round.answer.toString())
  const digits = round.answer.toString().padStart(decimals + 1, '0')
  return closeIn(`${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`)
}

function recordOf(round: FeedRound | undefined): Record<string, string> | null {
  if (round === undefined) return null
  return { id: round.id.toString(), answer: round.answer.toString(), updatedAt: round.updatedAt.toString() }
}

/** No candle has a round that is recent enough. */
export class StaleFeedError extends Error {
  override readonly name = 'Source.StaleFeedError'
  readonly sourceId: string
  constructor({ id, maxAgeSeconds }: ChainlinkSource, last: FeedRound | undefined, end: bigint) {
    const got = last === undefined ? 'none' : `one of ${last.answer} updated ${end - last.updatedAt} s before`
    super(`Expected a round of ${id} within ${maxAgeSeconds} s of a candle's end, got ${got}. Look at the feed.`)
    this.sourceId = id
  }
}
