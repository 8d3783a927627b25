import { ArgumentError } from './argument.ts'
import { INVALID, VALUE_SCALE } from './fixing.ts'
import type { Rational } from './rational.ts'

/** Longest text that is read as a number, characters: no venue needs more, and arithmetic stays bounded. */
export const MAX_DECIMAL_LENGTH = 80
/** Largest exponent, for the same reasons. */
const MAX_EXPONENT = 60

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
const FRACTION_DIGITS = 18

/**
 * Reads a decimal as venues and JSON print them (`20156.55`, `2.0E+4`), exactly, without floating point.
 * Throws {@link DecimalError} for anything else: no signs but a leading minus, no separators, no bare points, at most
 * 80 characters and an exponent of at most 60. Throws ArgumentError for what is no text: a number has been rounded already.
 */
export function parseDecimal(text: string): Rational {
  if (typeof text !== 'string') throw new ArgumentError('a decimal number', 'text', text)
  const match = text.length <= MAX_DECIMAL_LENGTH ? DECIMAL.exec(text) : null
  if (match === null) throw new DecimalError(text, 'a decimal number such as 20156.55')
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match
  const exponent = Number(exponentText)
  if (Math.abs(exponent) > MAX_EXPONENT) throw new DecimalError(text, `an exponent of at most ${MAX_EXPONENT}`)
  const digits = BigInt(`${sign}${whole}${fraction}`)
  const shift = exponent - fraction.length
  return shift >= 0 ? { n: digits * 10n ** BigInt(shift), d: 1n } : { n: digits, d: 10n ** BigInt(-shift) }
}

/** A value (1e18-scaled) as plain decimal text in index units, without needless zeros; INVALID as `INVALID`. Exact. Throws {@link DecimalError} below 0, ArgumentError for what is no bigint. */
export function formatValue(valueWad: bigint): string {
  if (typeof valueWad !== 'bigint') throw new ArgumentError('a value', 'a bigint', valueWad)
  if (valueWad < 0n) throw new DecimalError(String(valueWad), 'a value of at least 0')
  if (valueWad === INVALID) return 'INVALID'
  const fraction = (valueWad % VALUE_SCALE).toString().padStart(FRACTION_DIGITS, '0').replace(/0+$/, '')
  const whole = (valueWad / VALUE_SCALE).toString()
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/**
 * Reads what {@link formatValue} writes, and any decimal that is exactly a value: > 0, at most 18 fraction digits,
 * below 2^128 - 1 when scaled by 1e18. `INVALID` is the word. Throws {@link DecimalError}.
 */
export function parseValue(text: string): bigint {
  if (text === 'INVALID') return INVALID
  const { n, d } = parseDecimal(text)
  const scaled = n * VALUE_SCALE
  if (scaled % d !== 0n) throw new DecimalError(text, `at most ${FRACTION_DIGITS} digits after the point`)
  const value = scaled / d
  if (value <= 0n || value >= INVALID)
    throw new DecimalError(text, 'a value above 0 and below 2^128 - 1 units of 1e-18')
  return value
}

/** A text that is not the number it should be. */
export class DecimalError extends Error {
  override readonly name = 'Decimal.DecimalError'
  readonly text: string
  readonly want: string

  constructor(text: string, want: string) {
    super(
      `Expected ${want}, got ${JSON.stringify(text.slice(0, MAX_DECIMAL_LENGTH))}. Write it as digits with one point.`,
    )
    this.text = text
    this.want = want
  }
}
