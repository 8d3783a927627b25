/** What `assize demo` was asked for, checked. */
export type DemoOptions = {
  /** A file of closes to replay; undefined: the synthetic crash. */
  readonly prices: string | undefined
  /** What the file's pairs price, for example BNB; undefined: what its columns leave. */
  readonly base: string | undefined
  /** Unix seconds. */
  readonly maturity: bigint
  /** Nobody attacks: the undisputed path. */
  readonly isHonest: boolean
  readonly seed: number
  /** How many reporters. */
  readonly reporters: number
  /** The index document's sampling. */
  readonly sampling: { readonly samples: number; readonly intervalSeconds: number }
  /** The folder for the nodes' data and logs, which stays; undefined: a temporary one. */
  readonly keep: string | undefined
  /** The embedded chain's port; 0 = any. */
  readonly port: number
  /** A fault to plant, which must flip the exit code: one digit of one served close, or one wei out of nowhere. */
  readonly fault: 'close' | 'wei' | undefined
}

/** Maturity of the synthetic market: Friday, 28 March 2025, 08:00 UTC, a usual expiry. */
export const SYNTHETIC_MATURITY = 1_743_148_800n

/** The fewest reporters of the demo: a quorum is five, so two may die. */
export const MIN_REPORTERS = 7

/** The most: each is a process of its own. */
export const MAX_REPORTERS = 25

/** The default index: 30 one-minute closes. */
export const DEFAULT_SAMPLING = { samples: 30, intervalSeconds: 60 } as const
