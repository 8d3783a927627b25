import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { ceilingOf, clamp, compare, floorGeometricMean, floorOf, floorRoot, median, sumOf } from '#protocol/rational.ts'

fuzz.prop([fc.bigInt({ min: 0n, max: 2n ** 2_000n }), fc.bigInt({ min: 1n, max: 200n })])(
  'an integer root is the largest whose power does not exceed the radicand',
  (radicand, degree) => {
    const root = floorRoot(radicand, degree)
    expect(root ** degree <= radicand && (root + 1n) ** degree > radicand).toBe(true)
  },
)

fuzz.prop([fc.bigInt({ min: 0n, max: 2n ** 200_000n })], { numRuns: 5 })(
  'a root of as many samples as an index may have is as exact',
  (radicand) => {
    const root = floorRoot(radicand, 1440n)
    expect(root ** 1440n <= radicand && (root + 1n) ** 1440n > radicand).toBe(true)
  },
)

fuzz.prop([fc.bigInt({ min: 1n, max: 2n ** 64n }), fc.bigInt({ min: 1n, max: 60n })])(
  'the root of a power is exact, and one less below it',
  (root, degree) => {
    expect(floorRoot(root ** degree, degree)).toBe(root)
    if (degree > 1n) expect(floorRoot(root ** degree - 1n, degree)).toBe(root - 1n)
  },
)

test('the mean of one and two is the square root of two, cut after eighteen digits', () => {
  const values = [
    { n: 1n, d: 1n },
    { n: 2n, d: 1n },
  ]
  expect(floorGeometricMean(values, 10n ** 18n)).toBe(1_414_213_562_373_095_048n)
})

test('the median of an even count is the mean of the two middle ones, whatever their denominators', () => {
  const half = { n: 1n, d: 2n }
  const third = { n: 2n, d: 6n }
  expect(median([half])).toEqual(half)
  expect(compare(median([half, third]), { n: 5n, d: 12n })).toBe(0)
  expect(compare(median([{ n: 9n, d: 1n }, half, third, { n: 1n, d: 9n }]), { n: 5n, d: 12n })).toBe(0)
  expect(median([{ n: 9n, d: 1n }, third, half])).toEqual(half)
})

test('a clamped value stays inside its ends, which belong to it', () => {
  const [low, high] = [
    { n: 1n, d: 2n },
    { n: 2n, d: 2n },
  ]
  const values = [
    { n: 1n, d: 3n },
    { n: 2n, d: 4n },
    { n: 3n, d: 4n },
    { n: 5n, d: 4n },
  ]
  expect(values.map((value) => clamp(value, low, high))).toEqual([low, { n: 2n, d: 4n }, { n: 3n, d: 4n }, high])
})

fuzz.prop([fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }), fc.bigInt({ min: 1n, max: 2n ** 40n })])(
  'a fraction lies between its floor and its ceiling, which are the nearest integers',
  (n, d) => {
    const [floor, ceiling] = [floorOf({ n, d }), ceilingOf({ n, d })]
    expect(floor * d <= n && n < (floor + 1n) * d).toBe(true)
    expect((ceiling - 1n) * d < n && n <= ceiling * d).toBe(true)
  },
)

test('a sum is exact whatever the signs and denominators', () => {
  const third = { n: 1n, d: 3n }
  const { n, d } = sumOf([third, { n: -1n, d: 6n }, { n: 5n, d: 1n }])
  expect(n * 6n).toBe(31n * d)
  expect(sumOf([])).toEqual({ n: 0n, d: 1n })
})
