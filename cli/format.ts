import { formatEther } from 'viem'
import { formatValue } from '#protocol/decimal.ts'
import { INVALID } from '#protocol/fixing.ts'

/** An instant in Unix seconds as a person reads it, in UTC: `2025-03-28 08:00:00 UTC`. */
export function formatTime(seconds: bigint): string {
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

/** An index value for people: INVALID by name, else at most `digits` decimals, cut (never rounded up). */
export function formatIndexValue(value: bigint, digits = 4): string {
  if (value === INVALID) return 'INVALID'
  return cut(formatValue(value), digits)
}

/** Wei as ETH with at most `digits` decimals, cut towards zero; a non-zero amount too small to show reads `~0`. */
export function formatEth(wei: bigint, digits = 4): string {
  const shown = cut(formatEther(wei), digits)
  return wei !== 0n && /^-?0(\.0*)?$/.test(shown) ? '~0' : shown
}

/** Parts per million as a percentage: `66.7 %`. */
export function formatPpm(ppm: number): string {
  return `${(ppm / 10_000).toFixed(1)} %`
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
