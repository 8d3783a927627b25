import { expect, test } from 'vitest'
import { lieAbout } from '../../cli/demo/attacker.ts'

const WAD = 10n ** 18n

test('lies by a fifth, in cents', () => {
  expect(lieAbout(1_841_072_345n * 10n ** 12n)).toBe(220_928n * 10n ** 16n)
})

test('lies by a fifth about an index below a cent too', () => {
  expect(lieAbout(WAD / 120n)).toBe(9_999_990_000_000_000n)
  expect(lieAbout(9_876_543_210n)).toBe(11_851_800_000n)
  expect(lieAbout(10n)).toBe(12n)
})
