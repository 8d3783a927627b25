import { candlesOf, sampleOpens } from '#protocol/aggregate.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { Sampling } from '#node/source'
import type { Clock } from '../clock.ts'
import { putNewest } from '../ground/newest.ts'
import { type Haste, pauseAfter } from './pause.ts'
import type { Target } from './reporter.ts'

/** What reading for many fixings works with. */
export type SamplerComponents = {
  readonly clock: Clock
  /** Reads every source of a document for the window that ends at `maturity`. Throws only when the node stops. */
  readonly read: (document: IndexDocument, maturity: bigint) => Promise<Sampling>
  /** How many readings begin before one of them has ended, or taken {@link PLACE_MS}. */
  readonly atOnce: number
}

/** Gives what the sources say for a fixing of which so many tries did not suffice; throws what `read` does. */
export type Sample = (
  target: Pick<Target, 'fixing' | 'document' | 'isTrusted' | 'isPressing'>,
  tries: number,
) => Promise<Sampling>

/** A reading that somebody waits for. */
type Errand = {
  readonly document: IndexDocument
  readonly maturity: bigint
  /** One of the fixings that wait for it is of arbitrators that the operator trusts. */
  isTrusted: boolean
  /** For one of them a deadline runs. */
  isPressing: boolean
  /** The fewest of one of them. */
  tries: number
  readonly coming: PromiseWithResolvers<Sampling>
}

type Kept = {
  readonly sampling: Sampling
  /** Whether reading again gives the same. */
  readonly isLasting: boolean
  readonly tries: number
  readonly readMs: number
}

/** Readings that are kept: each response is up to 64 KiB. Of one that is forgotten too soon the reporters' own pauses are left. */
const KEPT = 32
/** A reading that waits for a chain's finality, up to a day, keeps no others waiting. */
const PLACE_MS = 10_000
/** Venues correct a candle for some seconds after it has closed. */
const SETTLED_SECONDS = 60n

/**
 * Reads once for all fixings of an index whose windows have the same candles, of which anybody can create any number: each
 * would ask every venue again, all at once, and venues refuse whoever does. Who asks during a reading gets what it gives. One in
 * which nothing is missing is kept once its candles are a minute old, as those do not change; another is given until its pause is over
 * ({@link pauseAfter}). Fixings that the operator trusts come first, of them those for which a deadline runs, and then those that were
 * tried least: what cannot be read keeps nothing waiting that can.
 */
export function createSampler({ clock, read, atOnce }: SamplerComponents): Sample {
  const errands = new Map<string, Errand>()
  const waiting = new Map<string, Errand>()
  const kept = new Map<string, Kept>()
  let free = atOnce

  const keep = (key: string, document: IndexDocument, sampling: Sampling): void => {
    const tries = (kept.get(key)?.tries ?? 0) + 1
    const isSettled = clock.now() >= endOf(document, sampling) + SETTLED_SECONDS
    const isLasting = isSettled && isWhole(document, sampling)
    putNewest(kept, key, { sampling, isLasting, tries, readMs: clock.monotonicMs() }, KEPT)
  }
  const run = async (key: string, { document, maturity, coming }: Errand): Promise<void> => {
    try {
      const sampling = await read(document, maturity)
      keep(key, document, sampling)
      coming.resolve(sampling)
    } catch (error) {
      coming.reject(error)
    } finally {
      errands.delete(key)
    }
  }
  const begin = (): void => {
    if (free === 0) return
    const next = firstOf(waiting)
    if (next === undefined) return
    const [key, errand] = next
    waiting.delete(key)
    free -= 1
    void forAWhile(run(key, errand), clock).finally(() => {
      free += 1
      begin()
    })
  }

  return (target, tries) => {
    const { fixing, document, isTrusted, isPressing } = target
    const { indexId, maturity } = fixing
    const key = `${indexId} ${sampleOpens(document, maturity)[0]}`
    const errand = errands.get(key)
    if (errand !== undefined) {
      errand.isTrusted ||= isTrusted
      errand.isPressing ||= isPressing
      errand.tries = Math.min(errand.tries, tries)
      return errand.coming.promise
    }
    const known = kept.get(key)
    if (known !== undefined && (known.isLasting || isFresh(clock, known, target))) {
      putNewest(kept, key, known, KEPT)
      return Promise.resolve(known.sampling)
    }
    const coming = Promise.withResolvers<Sampling>()
    const begun: Errand = { document, maturity, isTrusted, isPressing, tries, coming }
    errands.set(key, begun)
    waiting.set(key, begun)
    begin()
    return coming.promise
  }
}

/** The errand whose turn it is: of those that are alike the one that came first. */
function firstOf(waiting: ReadonlyMap<string, Errand>): [string, Errand] | undefined {
  const [first, ...others] = waiting
  if (first === undefined) return undefined
  return others.reduce((best, one) => (isBefore(one[1], best[1]) ? one : best), first)
}

function isBefore(one: Errand, other: Errand): boolean {
  if (one.isTrusted !== other.isTrusted) return one.isTrusted
  // What presses is tried every minute, and soon more often than all others.
  return one.isPressing === other.isPressing ? one.tries < other.tries : one.isPressing
}

function isFresh(clock: Clock, { tries, readMs }: Kept, haste: Haste): boolean {
  return clock.monotonicMs() < readMs + pauseAfter(tries, haste, clock.now())
}

/** Where the last candle of the window ends, Unix seconds. */
function endOf({ sampling: { intervalSeconds } }: IndexDocument, { opens }: Sampling): bigint {
  return (opens.at(-1) ?? 0n) + BigInt(intervalSeconds)
}

/** Whether every source has every candle: what lacks one may be a candle that its venue has not closed yet. */
function isWhole(document: IndexDocument, { samples, failures }: Sampling): boolean {
  const { candles, dropped } = candlesOf(document, samples)
  return failures.length === 0 && dropped.length === 0 && candles.every(({ missing }) => missing.length === 0)
}

/** Resolves when `running` does, or has taken a place for long enough. */
async function forAWhile(running: Promise<void>, clock: Clock): Promise<void> {
  const patience = new AbortController()
  const bored = clock.sleep(PLACE_MS, patience.signal).catch(() => undefined)
  await Promise.race([running, bored])
  patience.abort()
}
