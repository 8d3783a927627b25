import type { DemoOptions } from './demo-options.ts'
import type { Market, Venue, VenueHealth } from './market.ts'
import { normal, seededRandom } from './random.ts'

/** The market moves once a minute, whatever the length of a candle. */
const MOVE_SECONDS = 60n
/** How long before the first window that is asked for the market begins at the latest: the chain starts an hour before the maturity. */
const LEAD = 3600n
/** The least that the market lasts before its maturity, seconds. */
const LEAST = 2n * 3600n

const START = 2_500
/** Where the crash ends, as a share of the start. */
const FLOOR = 0.74
/** The crash falls between these, minutes before maturity: over before the index samples, its tremors are not. */
const CRASH_BEGINS = 58
const CRASH_ENDS = 36
/** Standard deviation of a minute's move: calm, and after the crash. */
const CALM = 0.0004
const SHAKEN = 0.0011
/** Standard deviation of a sound venue's deviation from the clean path. Far below the separation of 0.1 %. */
const VENUE_NOISE = 0.00012
/** How far off the manipulated venue prints. */
const MANIPULATION = 1.31

const VENUES: readonly { venue: string; health: VenueHealth }[] = [
  { venue: 'aldgate', health: 'sound' },
  { venue: 'borough', health: 'sound' },
  { venue: 'cheapside', health: 'broken' },
  { venue: 'dalston', health: 'manipulated' },
  { venue: 'eastcheap', health: 'sound' },
]

/**
 * ETH/USD up to `maturity` (Unix seconds), in the candles that `sampling` asks for, from an hour and a candle before its
 * window on: a crash of about a quarter in the hour before the maturity, five venues with small noise of their own, one of
 * them broken and one manipulated. The seed determines every digit.
 */
export function crashMarket(seed: number, maturity: bigint, sampling: DemoOptions['sampling']): Market {
  const clean = cleanPath(seed, maturity, sampling)
  const venues = VENUES.map(({ venue, health }): Venue => {
    const random = seededRandom(seed, `venue ${venue}`)
    const bias = health === 'manipulated' ? MANIPULATION : 1
    const closes = new Map(
      [...clean].map(([open, close]) => [open, toCents(Number(close) * bias * (1 + VENUE_NOISE * normal(random)))]),
    )
    return { id: `${venue}_ethusd`, venue, base: 'ETH', quote: 'USD', health, closes }
  })
  return { base: 'ETH', quote: 'USD', venues, clean: [clean], origin: `synthetic crash, seed ${seed}` }
}

/** Candles open at whole multiples of their length, and so do the market's moves; a close is what the last move by then led to. */
function cleanPath(
  seed: number,
  maturity: bigint,
  { samples, intervalSeconds }: DemoOptions['sampling'],
): Map<bigint, string> {
  const random = seededRandom(seed, 'clean path')
  const interval = BigInt(intervalSeconds)
  const wanted = BigInt(samples + 1) * interval + LEAD
  const begin = floorTo(maturity - (wanted > LEAST ? wanted : LEAST), interval)
  const end = floorTo(maturity, interval)
  const path = new Map<bigint, string>()
  const fall = FLOOR ** (1 / (CRASH_BEGINS - CRASH_ENDS))
  let level = START
  let moved = floorTo(begin, MOVE_SECONDS)
  for (let close = begin + interval; close <= end; close += interval) {
    for (; moved + MOVE_SECONDS <= close; moved += MOVE_SECONDS) {
      const minutesLeft = Number((maturity - moved) / MOVE_SECONDS)
      const crashing = minutesLeft <= CRASH_BEGINS && minutesLeft > CRASH_ENDS
      const shaken = minutesLeft <= CRASH_BEGINS
      level *= (crashing ? fall : 1) * (1 + (shaken ? SHAKEN : CALM) * normal(random))
    }
    path.set(close - interval, toCents(level))
  }
  return path
}

function floorTo(time: bigint, length: bigint): bigint {
  return time - (time % length)
}

function toCents(level: number): string {
  return level.toFixed(2)
}
