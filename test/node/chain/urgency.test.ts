import { expect, test } from 'vitest'
import { isOverdue } from '../../../node/chain/urgency.ts'

test('is overdue after 36 seconds, and with every block from ten minutes before the deadline on', () => {
  const at = 1_000n
  expect([1_035n, 1_036n].map((now) => isOverdue({ at }, now, undefined))).toEqual([false, true])
  expect([1_012n, 1_036n].map((now) => isOverdue({ at }, now, 1_637n))).toEqual([false, true])
  expect([1_000n, 1_001n].map((now) => isOverdue({ at }, now, 1_600n))).toEqual([false, true])
})
