import type { Market, Venue, VenueHealth } from './market.ts'
import { normal, seededRandom } from './random.ts'

const CANDLE_SECONDS = 60n
/** Before the maturity and after it, seconds: what a chain that starts an hour early can ask for, and some more. */
const LEAD = 2n * 3600n
const TAIL = 3600n

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
 * ETH/USD by the minute around `maturity` (Unix seconds): a crash of about a quarter in the hour before it, five venues
 * with small noise of their own, one of them broken and one manipulated. The seed determines every digit.
 */
export function crashMarket(seed: number, maturity: bigint): Market {
  const clean = cleanPath(seed, maturity)
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

function cleanPath(seed: number, maturity: bigint): Map<bigint, string> {
  const random = seededRandom(seed, 'clean path')
  const path = new Map<bigint, string>()
  const fall = FLOOR ** (1 / (CRASH_BEGINS - CRASH_ENDS))
  let level = START
  for (let open = maturity - LEAD; open < maturity + TAIL; open += CANDLE_SECONDS) {
    const minutesLeft = Number((maturity - open) / CANDLE_SECONDS)
    const crashing = minutesLeft <= CRASH_BEGINS && minutesLeft > CRASH_ENDS
    const shaken = minutesLeft <= CRASH_BEGINS
    level *= (crashing ? fall : 1) * (1 + (shaken ? SHAKEN : CALM) * normal(random))
    path.set(open, toCents(level))
  }
  return path
}

function toCents(level: number): string {
  return level.toFixed(2)
}
