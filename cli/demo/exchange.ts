import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { canonicalIndex, type IndexDocument, indexId } from '#protocol/index-document.ts'
import { shorten } from '../format.ts'
import type { Cleanup } from './cleanup.ts'
import type { DemoOptions } from './demo-options.ts'
import { indexOver } from './index-setup.ts'
import type { Market, Venue } from './market.ts'
import type { Narrator } from './narrator.ts'
import { startVenue, type VenueServer } from './venue-server.ts'

/** The venues as they listen, and the index over them. */
export type Exchange = {
  readonly venues: readonly VenueServer[]
  readonly document: IndexDocument
  readonly indexId: Hex
  /** Where the nodes find the document. */
  readonly indexDir: string
}

export type ExchangeInputs = {
  readonly options: DemoOptions
  readonly market: Market
  readonly folder: string
  readonly now: () => Promise<bigint>
  readonly tell: Narrator
  readonly cleanup: Cleanup
}

/** Starts a server for every venue of the market and writes the index document over them. */
export async function openExchange(inputs: ExchangeInputs): Promise<Exchange> {
  const { options, market, folder, now, tell, cleanup } = inputs
  tell.part(`Venues (${market.origin})`)
  const venues: VenueServer[] = []
  cleanup.defer(async () => void (await Promise.all(venues.map((venue) => venue.stop()))))
  const candleSeconds = BigInt(options.sampling.intervalSeconds)
  for (const venue of withFault(market, options)) {
    const server = await startVenue({ venue, now, candleSeconds })
    venues.push(server)
    tell.say(`${venue.id.padEnd(20)} http://127.0.0.1:${server.port}  ${describe(venue, market)}`)
  }
  const document = indexOver(market, venues, options.sampling)
  const id = indexId(document)
  const indexDir = join(folder, 'index')
  await mkdir(indexDir, { recursive: true })
  await writeFile(join(indexDir, `${id}.json`), canonicalIndex(document))
  tell.say(
    `index ${shorten(id)} "${document.name}": needs ${document.aggregation.minSources} ${market.quote} sources a candle`,
  )
  return { venues, document, indexId: id, indexDir }
}

function describe({ health, quote }: Venue, market: Market): string {
  if (health === 'broken') return 'broken: errors and garbage'
  if (health === 'manipulated') return 'manipulated: prints far off'
  return quote === market.quote ? '' : `quotes ${quote}, which nothing converts: does not count`
}

/** The venues to serve; with the fault planted, one digit of one close that counts is another than in the market. */
function withFault(market: Market, { fault, maturity, sampling }: DemoOptions): readonly Venue[] {
  if (fault !== 'close') return market.venues
  const interval = BigInt(sampling.intervalSeconds)
  const open = maturity - (maturity % interval) - interval
  const victim = market.venues.find(({ health, quote }) => health === 'sound' && quote === market.quote)
  return market.venues.map((venue) => {
    const close = venue.closes.get(open)
    if (venue !== victim || close === undefined) return venue
    const digit = close.endsWith('9') ? '8' : String(Number(close.at(-1)) + 1)
    return { ...venue, closes: new Map(venue.closes).set(open, `${close.slice(0, -1)}${digit}`) }
  })
}
