import type { Head } from '../chain/port.ts'
import { SKEW_SECONDS } from '../gossip/validate.ts'

/** A newest block that is further from the clock says that endpoint or clock is wrong: chains have several a minute. */
export const STALE_SECONDS = 300n

/**
 * The later of the clock's time and the newest block's, Unix seconds; undefined while they are further apart than
 * {@link STALE_SECONDS}. Then one of both is wrong, and nothing on this machine tells an endpoint that is behind from a clock that is ahead.
 */
export function agreedTime(now: bigint, { time }: Pick<Head, 'time'>): bigint | undefined {
  const [earlier, later] = now < time ? [now, time] : [time, now]
  return later - earlier > STALE_SECONDS ? undefined : later
}

/**
 * When what is observed now is dated, Unix seconds: by the clock, as far as the newest block bears it out. No block is of the future,
 * so that no peer whose clock is right finds the date early. Of a chain that is behind the date is a little too.
 */
export function dateOf(now: bigint, head: Pick<Head, 'time'> | undefined): bigint {
  if (head === undefined) return now
  const latest = head.time + SKEW_SECONDS
  return now < latest ? now : latest
}
