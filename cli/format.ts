import { formatEther, formatUnits } from 'viem'
import { formatValue } from '#protocol/decimal.ts'
import { INVALID } from '#protocol/fixing.ts'
import { printable } from '#protocol/printable.ts'

/** What an amount is of. */
export type Token = { readonly symbol: string; readonly decimals: number; readonly isWeth: boolean }

/** ETH itself. */
export const ETHER: Token = { symbol: 'ETH', decimals: 18, isWeth: true }

/** 1 ETH, wei. */
export const ONE_ETHER = 10n ** 18n

/** The last second that a Date can be, Unix seconds: https://tc39.es/ecma262/#sec-time-values-and-time-range. */
const LAST_DATE = 8_640_000_000_000n

/** An instant in Unix seconds as a person reads it, in UTC: `2025-03-28 08:00:00 UTC`; one that no calendar of a machine has, in seconds. */
export function formatTime(seconds: bigint): string {
  if (seconds > LAST_DATE) return `Unix second ${seconds}`
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** A length in seconds in its two largest units: `1 d 3 h`, `59 min`, `12 s`. */
export function formatDuration(seconds: bigint): string {
  const units = [
    { name: 'd', length: 86_400n },
    { name: 'h', length: 3_600n },
    { name: 'min', length: 60n },
    { name: 's', length: 1n },
  ]
  const first = units.findIndex(({ length }) => seconds >= length)
  if (first < 0) return '0 s'
  let rest = seconds
  const parts: string[] = []
  for (const { name, length } of units.slice(first, first + 2)) {
    if (rest >= length) parts.push(`${rest / length} ${name}`)
    rest %= length
  }
  return parts.join(' ')
}

/** Digits of a small value that are shown: two values that the least separation, 1 ppm, tells apart do not look alike. */
const SIGNIFICANT_DIGITS = 7

/**
 * An index value for people: INVALID by name, else cut (never rounded up) to `decimals` of them, or to as many as show seven digits
 * that count.
 */
export function formatIndexValue(value: bigint, decimals = 4): string {
  if (value === INVALID) return 'INVALID'
  const scale = 18
  const counting = scale + SIGNIFICANT_DIGITS - value.toString().length
  return cut(formatValue(value), Math.max(decimals, counting))
}

/** Wei as ETH with at most `digits` decimals, cut towards zero; a non-zero amount too small to show reads `~0`. */
export function formatEth(wei: bigint, digits = 4): string {
  const shown = cut(formatEther(wei), digits)
  return wei !== 0n && /^-?0(\.0*)?$/.test(shown) ? '~0' : shown
}

/** Wei per unit of gas as gwei with at most four decimals, cut; a price too small to show reads `~0`. */
export function formatGwei(wei: bigint): string {
  const shown = cut(formatUnits(wei, 9), 4)
  return wei !== 0n && shown === '0' ? '~0' : shown
}

/** An amount of a token with its unit: `0.1666 ETH` for a token that ETH wraps into. Cut towards zero, never rounded up. */
export function formatAmount(base: bigint, token: Token, digits = 6): string {
  const shown = cut(formatUnits(base, token.decimals), digits)
  return `${base !== 0n && /^-?0$/.test(shown) ? '~0' : shown} ${token.isWeth ? 'ETH' : token.symbol}`
}

/** An amount that a contract paid out, cut as {@link formatAmount} does: `0.1666 ETH (as WETH)`. */
export function formatPaid(base: bigint, token: Token): string {
  return `${formatAmount(base, token)}${token.isWeth ? ' (as WETH)' : ''}`
}

/** What `paid` is against `staked`: `+0.08 ETH (+40.0 %)`; with the cut of both. */
export function formatGain(paid: bigint, staked: bigint, token: Token): string {
  const gain = paid - staked
  if (gain === 0n || staked === 0n) return formatAmount(gain, token)
  const sign = gain > 0n ? '+' : ''
  return `${sign}${formatAmount(gain, token)} (${sign}${(Number((gain * 10_000n) / staked) / 100).toFixed(1)} %)`
}

/** How far an instant is from another: ` (in 3 h)`, ` (12 s ago)`. */
function formatRelative(time: bigint, now: bigint): string {
  return time > now ? ` (in ${formatDuration(time - now)})` : ` (${formatDuration(now - time)} ago)`
}

/** An instant, Unix seconds, and how far it is from `now`: `2025-03-28 08:00:00 UTC (in 3 h)`. */
export function formatMoment(time: bigint, now: bigint): string {
  return `${formatTime(time)}${formatRelative(time, now)}`
}

/** Rows with their columns aligned, each on one line whoever wrote its cells; the last column is not padded. */
export function formatColumns(cells: readonly (readonly string[])[]): string[] {
  const rows = cells.map((row) => row.map(printable))
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  '))
}

/** Parts per million as a percentage: `66.7 %`. */
export function formatPpm(ppm: number, digits = 1): string {
  return `${(ppm / 10_000).toFixed(digits)} %`
}

/** Parts per million as a percentage with all its decimals: `0.1 %`, `-20 %`. */
export function formatPercent(ppm: bigint | number): string {
  return `${formatUnits(BigInt(ppm), 4)} %`
}

/** The first hex digits of an address or id, enough to tell them apart. */
export function shorten(hex: string): string {
  return `${hex.slice(0, 10)}…`
}

function cut(decimal: string, digits: number): string {
  const [whole = '0', fraction = ''] = decimal.split('.')
  const kept = fraction.slice(0, digits).replace(/0+$/, '')
  return kept === '' ? whole : `${whole}.${kept}`
}
