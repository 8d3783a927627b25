import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import { farOffWarnings } from '../../cli/fixing/far-off.ts'

const WAD = 10n ** 18n
const candidates = (...values: readonly bigint[]) => values.map((value) => ({ value, what: 'the nearest candidate' }))

test('warns of a value ten times or more away from the nearest one, above and below', () => {
  const warned = (value: bigint): string[] => farOffWarnings(value, candidates(3_000n * WAD, 2_500n * WAD))
  expect(warned(30_000n * WAD)).toEqual([
    '30000 is 10 times 3000, the nearest candidate: is its decimal point where it belongs?',
  ])
  expect(warned(30_000n * WAD - 1n)).toEqual([])
  expect(warned(250n * WAD)).toEqual([
    '250 is 1/10 of 2500, the nearest candidate: is its decimal point where it belongs?',
  ])
  expect(warned(250n * WAD + 1n)).toEqual([])
  expect(warned(25_001_000n * WAD)).toEqual([
    '25001000 is 8333 times 3000, the nearest candidate: is its decimal point where it belongs?',
  ])
  expect(warned(25n * WAD)).toEqual([
    '25 is 1/100 of 2500, the nearest candidate: is its decimal point where it belongs?',
  ])
})

test('is silent beside a candidate that is as far off, and where there is no number to compare', () => {
  expect(farOffWarnings(25_001n * WAD, candidates(2_500n * WAD, 25_000n * WAD))).toEqual([])
  expect(farOffWarnings(25_001n * WAD, [])).toEqual([])
  expect(farOffWarnings(25_001n * WAD, candidates(INVALID))).toEqual([])
  expect(farOffWarnings(INVALID, candidates(2_500n * WAD))).toEqual([])
})
