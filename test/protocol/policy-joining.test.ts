import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import { decide, type Decision } from '#protocol/policy.ts'
import {
  appeal,
  appealPot,
  contribute,
  decideIn,
  IS_NEW,
  LEADER,
  none,
  OWN,
  stakePot,
  SURE,
  type Setting,
} from './policy-setting.ts'

// Only for a new value, only within separation/4 of o; the report first, then the fullest pot.
const table: readonly (readonly [string, Setting, Decision])[] = [
  [
    'joins the report',
    { candidates: [[9_000n, 1n]], reportValue: OWN + 250n, pots: [stakePot(10n, 99n)] },
    contribute(250n),
  ],
  ['not a report just beyond separation/4', { candidates: [[9_000n, 1n]], reportValue: OWN + 251n }, contribute(0n)],
  ['not an INVALID report', { candidates: [[9_000n, 1n]], reportValue: INVALID }, contribute(0n)],
  [
    'not a report that the oracle would refuse as too near a candidate',
    { candidates: [[1_050n, 1n]], reportValue: OWN + 200n },
    contribute(0n),
  ],
  [
    'joins the fullest pot within separation/4',
    { candidates: [[9_000n, 1n]], pots: [stakePot(10n, 5n), stakePot(250n, 6n), stakePot(251n, 7n)] },
    contribute(250n),
  ],
  [
    'of two as full, the nearer',
    { candidates: [[9_000n, 1n]], pots: [stakePot(60n, 5n), stakePot(-50n, 5n)] },
    contribute(-50n),
  ],
  ['not an empty pot', { candidates: [[9_000n, 1n]], pots: [stakePot(10n, 0n)] }, contribute(0n)],
  ['at n = 1 not an appeal’s pot', { candidates: [[9_000n, 1n]], pots: [appealPot(10n, 5n)] }, contribute(0n)],
  [
    'at n = 2 an appeal’s pot, not a stake’s',
    {
      candidates: [
        [9_000n, 1n],
        [5_000n, 2n],
      ],
      leader: 1,
      pots: [stakePot(9n, 9n), appealPot(10n, 5n)],
    },
    appeal(10n, IS_NEW),
  ],
  [
    'a candidate is appealed for on itself, however full a pot nearby is',
    {
      candidates: [
        [200n, 1n],
        [9_000n, 2n],
      ],
      leader: 1,
      reportValue: OWN,
      pots: [appealPot(0n, 9n)],
    },
    appeal(200n, SURE),
  ],
  [
    'the report does not replace an own observation that agrees with the leader',
    { candidates: [[0n, 1n]], reportValue: OWN + 9_000n },
    none(LEADER),
  ],
]

test.each(table)('P1 joins pots (R-311): %s', (_name, setting, decision) => {
  expect(decideIn(setting)).toEqual(decision)
})

test('P1 never takes INVALID for a number, however near to its code the own observation is', () => {
  const view = { round: 1, candidates: [{ value: 5n, stake: 1n }], leaderIndex: 0, pots: [], separationPpm: 1_000 }
  expect(decide({ view, own: INVALID - 5n, noisePpm: 100, reportValue: INVALID })).toEqual({
    action: 'contribute',
    value: INVALID - 5n,
    reason: IS_NEW,
  })
})
