import { putNewest } from '../ground/newest.ts'

/** Venues that asked not to be asked for a while. */
export interface Rests {
  /** How long the venue at `url` is still to be let alone, milliseconds; 0 if it is not. */
  leftMs(url: string, nowMs: number): number
  /** Lets the venue at `url` alone for `ms` milliseconds from now, or as long as it has asked for before. `nowMs` never goes back. */
  rest(url: string, ms: number, nowMs: number): void
}

/** Many more venues than indices have. */
const MAX_VENUES = 1_024

/** No venue has asked yet; those that asked last are remembered, each by scheme, host and port. */
export function createRests(): Rests {
  const until = new Map<string, number>()
  return {
    leftMs: (url, nowMs) => Math.max(0, (until.get(venueOf(url)) ?? nowMs) - nowMs),
    rest: (url, ms, nowMs) =>
      putNewest(until, venueOf(url), Math.max(until.get(venueOf(url)) ?? 0, nowMs + ms), MAX_VENUES),
  }
}

function venueOf(url: string): string {
  return URL.parse(url)?.origin ?? url
}

/** The longest that a venue is let alone because it asks: a fixing has to be observed. */
const MAX_REST_MS = 600_000

/**
 * How long the venue asks to be let alone with Retry-After (RFC 9110, section 10.2.3), milliseconds, ten minutes at most: seconds, or a date, which is
 * measured from that of the response, or from `now`, Unix seconds. 0 if it does not ask.
 */
export function askedRestMs(headers: Headers, now: bigint): number {
  const asked = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+$/.test(asked)) return Math.min(Number(asked) * 1_000, MAX_REST_MS)
  const date = Date.parse(headers.get('date') ?? '')
  const ms = Date.parse(asked) - (Number.isNaN(date) ? Number(now) * 1_000 : date)
  return ms > 0 ? Math.min(ms, MAX_REST_MS) : 0
}
