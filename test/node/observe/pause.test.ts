import { expect, test } from 'vitest'
import { pauseAfter } from '../../../node/observe/pause.ts'
import { FIXING, MATURITY } from '../reporters.ts'

/** Seconds to the next try, so many seconds after the maturity. */
function pause(tries: number, age: bigint, isPressing = false): number {
  return pauseAfter(tries, { fixing: FIXING, isPressing }, MATURITY + age) / 1_000
}

test('a pause is twice as long after each try, up to a minute, whatever the clock says of the maturity', () => {
  for (const age of [-90_000n, 0n, 480n]) {
    expect([1, 2, 3, 7, 8, 9, 5_000].map((tries) => pause(tries, age))).toEqual([0.5, 1, 2, 32, 60, 60, 60])
  }
})

test('of a fixing that matured long ago it is up to an eighth of the time since, an hour at most', () => {
  expect([480n, 481n, 3_600n, 28_799n, 28_800n, 28_801n, 2_851_200n].map((age) => pause(99, age))).toEqual([
    60, 60.125, 450, 3_599.875, 3_600, 3_600, 3_600,
  ])
  // The first tries after a restart are quick all the same.
  expect([1, 2, 8, 9, 13, 14].map((tries) => pause(tries, 2_851_200n))).toEqual([0.5, 1, 64, 128, 2_048, 3_600])
})

test('it stays a minute at most while a deadline runs by which an observation is of use', () => {
  expect([1, 8, 99].map((tries) => pause(tries, 2_851_200n, true))).toEqual([0.5, 60, 60])
})
