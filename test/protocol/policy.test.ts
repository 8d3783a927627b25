import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import type { Decision } from '#protocol/policy.ts'
import {
  appeal,
  contribute,
  decideIn,
  IS_NEW,
  LEADER,
  NEITHER,
  none,
  OWN,
  SMALLER,
  SURE,
  type Setting,
} from './policy-setting.ts'

const table: readonly (readonly [string, Setting, Decision])[] = [
  // What it knows.
  [
    'nothing of its own',
    { own: undefined, reportValue: OWN, candidates: [[9_000n, 1n]] },
    none('No own observation: nothing to defend.'),
  ],
  [
    'an own INVALID',
    { own: INVALID, candidates: [[9_000n, 1n]] },
    none('The own observation is INVALID, which is no number to defend.'),
  ],
  ['nothing is proposed', { candidates: [] }, none('Nothing is proposed.')],
  [
    'the separation is four times the noise',
    { noisePpm: 250, candidates: [[9_000n, 1n]] },
    none('The separation is not above four times the noise.'),
  ],
  ['the separation is just above four times the noise', { noisePpm: 249, candidates: [[9_000n, 1n]] }, contribute(0n)],
  // n = 1: one candidate, which leads.
  ['n = 1, the leader is o', { candidates: [[0n, 1n]] }, none(LEADER)],
  ['n = 1, the leader is close: within separation/2 - noise', { candidates: [[400n, 1n]] }, none(LEADER)],
  ['n = 1, one beyond close: not sure, and not separated', { candidates: [[401n, 1n]] }, none(NEITHER)],
  ['n = 1, just not separated', { candidates: [[999n, 1n]] }, none(NEITHER)],
  ['n = 1, just separated', { candidates: [[1_000n, 1n]] }, contribute(0n)],
  ['n = 1, far', { candidates: [[90_000n, 1n]] }, contribute(0n)],
  ['n = 1, below and just separated, by the ratio', { candidates: [[-1_000n, 1n]] }, contribute(0n)],
  ['n = 1, below and just not separated, by the ratio', { candidates: [[-999n, 1n]] }, none(NEITHER)],
  ['n = 1, INVALID leads', { candidates: [[INVALID, 1n]] }, contribute(0n)],
  // n >= 2: o is separated from all.
  [
    'n = 2, both false',
    {
      candidates: [
        [9_000n, 1n],
        [5_000n, 2n],
      ],
      leader: 1,
    },
    appeal(0n, IS_NEW),
  ],
  [
    'n = 4, all false',
    {
      candidates: [
        [9_000n, 1n],
        [5_000n, 2n],
        [7_000n, 6n],
        [-4_000n, 18n],
      ],
      leader: 3,
    },
    appeal(0n, IS_NEW),
  ],
  // n >= 2: o is with a candidate.
  [
    'n = 2, the true one leads',
    {
      candidates: [
        [9_000n, 1n],
        [90n, 2n],
      ],
      leader: 1,
    },
    none(LEADER),
  ],
  [
    'n = 2, the true one does not lead',
    {
      candidates: [
        [90n, 1n],
        [9_000n, 2n],
      ],
      leader: 1,
    },
    appeal(90n, SURE),
  ],
  [
    'n = 2, INVALID leads over the true one',
    {
      candidates: [
        [90n, 1n],
        [INVALID, 2n],
      ],
      leader: 1,
    },
    appeal(90n, SURE),
  ],
  [
    'n = 3, the true one leads over INVALID',
    {
      candidates: [
        [9_000n, 1n],
        [INVALID, 2n],
        [0n, 6n],
      ],
      leader: 2,
    },
    none(LEADER),
  ],
  [
    'n = 4, the true one does not lead',
    {
      round: 4,
      candidates: [
        [90n, 9n],
        [9_000n, 18n],
      ],
      leader: 1,
    },
    appeal(90n, SURE),
  ],
  [
    'n = 2, the leader is within separation, the proposal surely nearer (the robbery)',
    {
      candidates: [
        [0n, 1n],
        [1_000n, 2n],
      ],
      leader: 1,
    },
    appeal(0n, SURE),
  ],
  [
    'n = 2, the leader is well within separation, the proposal surely nearer',
    {
      candidates: [
        [-300n, 1n],
        [700n, 2n],
      ],
      leader: 1,
    },
    appeal(-300n, SURE),
  ],
  [
    'n = 2, sure needs no closeness',
    {
      candidates: [
        [900n, 1n],
        [9_000n, 2n],
      ],
      leader: 1,
    },
    appeal(900n, SURE),
  ],
  // The straddle trap: no candidate is nearer by more than 2 x noise.
  [
    'straddle, equally near',
    {
      candidates: [
        [-500n, 1n],
        [500n, 2n],
      ],
      leader: 1,
    },
    none(NEITHER),
  ],
  [
    'straddle, nearer by 2 x noise exactly',
    {
      candidates: [
        [400n, 1n],
        [600n, 2n],
      ],
      leader: 1,
    },
    none(NEITHER),
  ],
  [
    'nearer by just more: sure',
    {
      candidates: [
        [399n, 1n],
        [600n, 2n],
      ],
      leader: 1,
    },
    appeal(399n, SURE),
  ],
  [
    'straddle, the leader nearer by 2 x noise exactly',
    {
      candidates: [
        [600n, 1n],
        [400n, 2n],
      ],
      leader: 1,
    },
    none(NEITHER),
  ],
  [
    'straddle, the leader just surely nearer',
    {
      candidates: [
        [600n, 1n],
        [399n, 2n],
      ],
      leader: 1,
    },
    none(LEADER),
  ],
  // None sure, the leader at separation + 2 x noise or beyond it.
  [
    'none sure, the leader at the reach',
    {
      candidates: [
        [-999n, 1n],
        [999n, 2n],
        [1_200n, 6n],
      ],
      leader: 2,
    },
    none(NEITHER),
  ],
  [
    'none sure, the leader just beyond: the smaller-staked',
    {
      candidates: [
        [-990n, 2n],
        [999n, 1n],
        [1_201n, 6n],
      ],
      leader: 2,
    },
    appeal(999n, SMALLER),
  ],
  [
    'none sure, INVALID leads: the smaller-staked',
    {
      candidates: [
        [-500n, 1n],
        [500n, 2n],
        [INVALID, 6n],
      ],
      leader: 2,
    },
    appeal(-500n, SMALLER),
  ],
  [
    'the other way round',
    {
      candidates: [
        [-500n, 2n],
        [500n, 1n],
        [INVALID, 6n],
      ],
      leader: 2,
    },
    appeal(500n, SMALLER),
  ],
  [
    'equal stakes: the nearer',
    {
      candidates: [
        [550n, 1n],
        [-500n, 1n],
        [9_000n, 6n],
      ],
      leader: 2,
    },
    appeal(-500n, SMALLER),
  ],
  [
    'equal stakes, equally near to the last digit: the earlier',
    {
      candidates: [
        [500n, 1n],
        [500n, 1n],
        [9_000n, 6n],
      ],
      leader: 2,
    },
    appeal(500n, SMALLER),
  ],
  [
    'a small stake farther off does not count',
    {
      candidates: [
        [-500n, 3n],
        [500n, 2n],
        [990n, 1n],
        [INVALID, 9n],
      ],
      leader: 3,
    },
    appeal(500n, SMALLER),
  ],
]

test.each(table)('P1 (R-310, R-312): %s', (_name, setting, decision) => {
  expect(decideIn(setting)).toEqual(decision)
})
