import { expect, test } from 'vitest'
import { turnOf } from '../../../node/juror/juror.ts'

test('jurors come one after the other, and nobody waits for more than two dozen turns', () => {
  expect([0, 1, 11].map(turnOf)).toEqual([0, 1, 11])
  expect([12, 13, 23, 24, 5_000].map(turnOf)).toEqual([12, 13, 23, 12, 20])
  for (let rank = 0; rank < 10_000; rank += 7) expect(turnOf(rank)).toBeLessThan(24)
})
