import { expect, test } from 'vitest'
import { TICK_DIGITS, tickRatio } from '#protocol/mean-tick.ts'
import { parseDecimal } from '#protocol/decimal.ts'
import { readVectors } from './vectors.ts'

type Row = { cumulative: string; seconds: string; shift: number; ratio: string }

const rows = readVectors<Row>('mean-tick', 'ratios')

/** Digits without needless zeros: how many follow the point is no part of a number. */
function plain(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

test('R-453 a mean tick is a ratio of 18 digits, rounded down, that two independent calculations share', () => {
  expect(rows.length).toBeGreaterThan(80)
  const computed = rows.map(({ cumulative, seconds, shift }) =>
    plain(tickRatio({ cumulative: BigInt(cumulative), seconds: BigInt(seconds) }, shift)),
  )
  expect(computed).toEqual(rows.map(({ ratio }) => plain(ratio)))
})

test('a ratio is text that an index document’s closes may be', () => {
  expect(tickRatio({ cumulative: 4n, seconds: 1n }, 0)).toBe('1.00040006000400010')
  expect(tickRatio({ cumulative: 0n, seconds: 60n }, 18)).toBe('1000000000000000000')
  const digits = tickRatio({ cumulative: -11_999_999n, seconds: 60n }, 12).replaceAll(/^0\.0*|\./g, '')
  expect(digits).toHaveLength(TICK_DIGITS)
  expect(() => parseDecimal(tickRatio({ cumulative: -887_272n, seconds: 1n }, -18))).not.toThrow()
})

test.each([
  [887_273n, 1n],
  [-53_236_321n, 60n],
  [1n, 0n],
])('refuses the mean tick %s over %s seconds, which no pool has', (cumulative, seconds) => {
  expect(() => tickRatio({ cumulative, seconds }, 0)).toThrow(expect.objectContaining({ name: 'MeanTick.TickError' }))
})
