import { expect, test } from 'vitest'
import { agreedTime, dateOf } from '../../../node/node/agreed-time.ts'

const HEAD = { time: 10_000n }

test('clock and newest block agree on the later of both, up to five minutes apart', () => {
  const found = [9_699n, 9_700n, 10_000n, 10_001n, 10_300n, 10_301n].map((now) => agreedTime(now, HEAD))
  expect(found).toEqual([undefined, 10_000n, 10_000n, 10_001n, 10_300n, undefined])
})

test('R-401 a date is that of the clock, and never more than 30 s after the newest block', () => {
  expect([9_000n, 10_029n, 10_030n, 10_031n, 99_999n].map((now) => dateOf(now, HEAD))).toEqual([
    9_000n,
    10_029n,
    10_030n,
    10_030n,
    10_030n,
  ])
  expect(dateOf(5n, undefined)).toBe(5n)
})
