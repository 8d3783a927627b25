/** How a venue answers: as it should, not at all, or with closes that somebody made up. */
export type VenueHealth = 'sound' | 'broken' | 'manipulated'

/** One venue of the replayed market: one column of closes. Closes are decimal strings, as an exchange prints them. */
export type Venue = {
  /** Also the source id in the index document: `venue_pair`. */
  readonly id: string
  readonly venue: string
  readonly base: string
  readonly quote: string
  readonly health: VenueHealth
  /** What the venue serves: close by candle open, Unix seconds. A missing candle is a minute without a trade. */
  readonly closes: ReadonlyMap<bigint, string>
}

/** A whole market to replay, and what is known to be true of it. */
export type Market = {
  readonly base: string
  /** The currency the index is quoted in. */
  readonly quote: string
  readonly venues: readonly Venue[]
  /** The clean columns, which the demo's audit computes the true value from. No product code sees them. */
  readonly clean: readonly ReadonlyMap<bigint, string>[]
  /** Where it comes from, for people. */
  readonly origin: string
}
