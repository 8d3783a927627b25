import type { Hex } from 'viem'
import { requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-code.ts'
import { formatDuration } from '../format.ts'
import type { Look, Watched } from './watching.ts'

/** What an alarm bears. */
export type AlarmTerms = {
  /** How long it may see nothing, or not read a value that it needs, seconds; a single look is given up after half of it. */
  readonly blind: number
  /** How old the newest block may be, seconds. */
  readonly maxAge: number
  readonly clock: Pick<Context, 'now' | 'monotonicMs' | 'sleep'>
  readonly signal: AbortSignal
}

/** Looks that somebody sleeps by, and when the last one succeeded, milliseconds of the clock's monotonic time. */
export type Sight<L> = { readonly look: () => Promise<L>; readonly seenMs: () => number }

/**
 * Looks that somebody sleeps by. One fails that takes too long, or whose newest block is too old. Throws {@link BlindError} once
 * none has succeeded for `blind` seconds.
 */
export function startSight<L extends { readonly time: bigint }>(look: () => Promise<L>, terms: AlarmTerms): Sight<L> {
  const { blind, maxAge, clock, signal } = terms
  let seenMs = clock.monotonicMs()
  return {
    seenMs: () => seenMs,
    async look() {
      try {
        const found = await withinTime(look(), blind / 2, terms)
        requireFresh(found.time, clock.now(), maxAge)
        seenMs = clock.monotonicMs()
        return found
      } catch (error) {
        signal.throwIfAborted()
        const blindMs = clock.monotonicMs() - seenMs
        if (blindMs >= blind * 1_000) throw new BlindError(blindMs, error)
        throw error
      }
    },
  }
}

/** {@link startSight} of what stands; throws {@link UnreadError} too, once what stands could not be judged for `blind` seconds. */
export function startAlarm(look: () => Promise<Look>, terms: AlarmTerms): { readonly look: () => Promise<Look> } {
  const sight = startSight(look, terms)
  const unread = new Map<Hex, number>()

  const requireReadable = ({ fixings }: Look): void => {
    const open = fixings.filter(isUnjudged)
    for (const id of unread.keys()) if (!open.some(({ view }) => view.snapshot.id === id)) unread.delete(id)
    for (const { view, unreadable = '' } of open) {
      const { id } = view.snapshot
      const seenMs = sight.seenMs()
      const sinceMs = unread.get(id) ?? seenMs
      unread.set(id, sinceMs)
      if (seenMs - sinceMs >= terms.blind * 1_000) throw new UnreadError(id, seenMs - sinceMs, unreadable)
    }
  }

  return {
    async look() {
      const found = await sight.look()
      if (!isWrong(found)) requireReadable(found)
      return found
    },
  }
}

/** Throws {@link OverError} once all that is looked at is settled; `only` are the fixings that it was kept to, without which others may come. */
export function requireUnsettled({ fixings }: Look, only: readonly Hex[] | undefined): void {
  if (only !== undefined && fixings.every(({ view }) => view.snapshot.phase === 'settled')) throw new OverError(only)
}

/** Whether an honest node would dispute something that stands. */
export function isWrong({ fixings }: Look): boolean {
  return fixings.some(({ verdict }) => verdict?.kind === 'differs')
}

/** Whether a value stands that the own one, which its document says how to read, would have to be held against. */
function isUnjudged({ view, unreadable }: Watched): boolean {
  return unreadable !== undefined && view.snapshot.leaderIndex !== undefined && view.snapshot.phase !== 'settled'
}

/** What `looking` finds; it is left alone, not ended, once it takes too long. Throws SlowLookError, and AbortError. */
async function withinTime<L>(looking: Promise<L>, seconds: number, { clock, signal }: AlarmTerms): Promise<L> {
  const over = new AbortController()
  const late = clock.sleep(seconds * 1_000, AbortSignal.any([signal, over.signal])).then(() => {
    throw new SlowLookError(seconds)
  })
  return Promise.race([looking, late]).finally(() => over.abort())
}

/** A look takes so long that the alarm would see nothing meanwhile. */
class SlowLookError extends Error {
  override readonly name = 'Cli.SlowLookError'
  readonly hint =
    'Use an endpoint that is nearer (--rpc), start at a later block (--from-block), or allow it (--blind).'
  constructor(seconds: number) {
    super(`Expected a look to take at most ${seconds} s, got one that goes on.`)
  }
}

/** An alarm that has not seen anything for too long: whatever is wrong by now, it would not go off. */
export class BlindError extends Error {
  override readonly name = 'Cli.BlindError'
  readonly hint = 'Start it again with an endpoint that answers (--rpc); --blind says how long it may see nothing.'
  readonly exitCode = EXIT.failed
  constructor(blindMs: number, cause: unknown) {
    const last = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
    super(
      `Expected a look to succeed, got only failures for ${formatDuration(wholeSeconds(blindMs))}. The last: ${last}`,
      {
        cause,
      },
    )
  }
}

/** An alarm that sees what stands, and could not read for too long what should. */
export class UnreadError extends Error {
  override readonly name = 'Cli.UnreadError'
  readonly hint: string
  readonly exitCode = EXIT.failed
  constructor(id: Hex, unreadMs: number, reason: string) {
    super(`Expected a value of fixing ${id}, got none for ${formatDuration(wholeSeconds(unreadMs))}: ${reason}`)
    this.hint = `Something stands there that the alarm cannot judge: assize verify ${id}`
  }
}

/** An alarm that has nothing left to go off for. */
class OverError extends Error {
  override readonly name = 'Cli.OverError'
  readonly hint: string
  readonly exitCode = EXIT.failed
  constructor([first, ...others]: readonly Hex[]) {
    const got = others.length === 0 ? 'a settled one' : `${others.length + 1} settled ones`
    super(`Expected a fixing of --fixings that can still be disputed, got ${got}: the alarm is over.`)
    this.hint = `Start it again for others. Whether what settled is right: assize verify ${first}`
  }
}

function wholeSeconds(ms: number): bigint {
  return BigInt(Math.floor(ms / 1_000))
}
