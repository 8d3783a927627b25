import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { DecimalError, formatValue, parseDecimal, parseValue } from '#protocol/decimal.ts'
import { INVALID } from '#protocol/fixing.ts'

test.each([
  ['20156.55', 2015655n, 100n],
  ['0', 0n, 1n],
  ['-0.50', -50n, 100n],
  ['007', 7n, 1n],
  ['2.01E4', 20100n, 1n],
  ['1e-18', 1n, 10n ** 18n],
  ['25e+2', 2500n, 1n],
])('reads %s exactly', (text, n, d) => {
  expect(parseDecimal(text)).toEqual({ n, d })
})

const refused = [
  '',
  ' 1',
  '1 ',
  '+1',
  '.5',
  '5.',
  '1,000',
  '1_0',
  '0x10',
  'NaN',
  'Infinity',
  '1e',
  '1e1.5',
  '--1',
  '١',
  '1\n',
]

test.each([...refused, '1e61', '1e-61', '9'.repeat(81), '1e999999999'])('refuses %j as a decimal', (text) => {
  expect(() => parseDecimal(text)).toThrow(DecimalError)
})

test.each([
  [1n, '0.000000000000000001'],
  [20156551837963320239502n, '20156.551837963320239502'],
  [2500n * 10n ** 18n, '2500'],
  [25001n * 10n ** 17n, '2500.1'],
  [INVALID, 'INVALID'],
  [INVALID - 1n, '340282366920938463463.374607431768211454'],
])('writes the value %d as %s and reads it back', (value, text) => {
  expect(formatValue(value)).toBe(text)
  expect(parseValue(text)).toBe(value)
})

test.each([
  ['0', 'a value above 0 and below 2^128 - 1 units of 1e-18'],
  ['-1', 'a value above 0 and below 2^128 - 1 units of 1e-18'],
  ['340282366920938463463.374607431768211455', 'a value above 0 and below 2^128 - 1 units of 1e-18'],
  ['1.0000000000000000001', 'at most 18 digits after the point'],
  ['invalid', 'a decimal number such as 20156.55'],
  ['1e61', 'an exponent of at most 60'],
])('refuses %s as a value and says what it wants', (text, want) => {
  expect(() => parseValue(text)).toThrow(expect.objectContaining({ name: 'Decimal.DecimalError', text, want }))
})

test.each([-1n, -(10n ** 18n)])('writes no value below 0: %d', (value) => {
  expect(() => formatValue(value)).toThrow(`Expected a value of at least 0, got "${value}".`)
})

test('reads trailing zeros that do not change the value', () => {
  expect(parseValue('1.5000000000000000000000')).toBe(15n * 10n ** 17n)
})

fuzz.prop([fc.bigInt({ min: 1n, max: INVALID })])('reading reverses writing for every value', (value) => {
  expect(parseValue(formatValue(value))).toBe(value)
})
