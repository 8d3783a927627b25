import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { isSeparated } from '#protocol/distance.ts'
import { INVALID } from '#protocol/fixing.ts'
import { decide, type Decision, type PolicyInput, type PolicyView } from '#protocol/policy.ts'

/**
 * A unit in which distances near o = 1 000 000 are ppm: separation is 1000, the noise 100, so that "sure" is nearer by
 * more than 200, the pooling radius is 250, closeness at n = 1 is 400, and "far" is beyond 1200. Values below o are
 * measured by themselves, so most rows stay above it.
 */
const OWN = 1_000_000n
const SEPARATION = 1_000
const NOISE = 100

type Pot = PolicyView['pots'][number]
type Setting = Partial<Omit<PolicyInput, 'view'>> & {
  readonly round?: number
  /** [distance above o in ppm, or INVALID, and stake]. */
  readonly candidates: readonly (readonly [bigint, bigint])[]
  readonly leader?: number
  readonly pots?: readonly Pot[]
  readonly separationPpm?: number
}

function decideIn({
  round,
  candidates,
  leader = 0,
  pots = [],
  separationPpm = SEPARATION,
  ...rest
}: Setting): Decision {
  const view: PolicyView = {
    round: round ?? candidates.length,
    candidates: candidates.map(([above, stake]) => ({ value: above === INVALID ? INVALID : OWN + above, stake })),
    leaderIndex: leader,
    pots,
    separationPpm,
  }
  return decide({ view, own: OWN, noisePpm: NOISE, reportValue: undefined, ...rest })
}

const IS_NEW = 'The own observation is separated from every candidate.'
const SURE = 'A candidate that does not lead is surely the nearest.'
const LEADER = 'The leader is surely the nearest to the own observation.'
const NEITHER = 'No candidate is surely the nearest, and the leader is not beyond separation and noise.'
const SMALLER = 'The leader is far off: the smaller-staked of the equally near candidates.'

const contribute = (above: bigint): Decision => ({ action: 'contribute', value: OWN + above, reason: IS_NEW })
const appeal = (above: bigint, reason: string): Decision => ({ action: 'appeal', value: OWN + above, reason })
const none = (reason: string): Decision => ({ action: 'none', reason })
const stakePot = (above: bigint, filled: bigint): Pot => ({ kind: 'stake', value: OWN + above, filled })
const appealPot = (above: bigint, filled: bigint): Pot => ({ kind: 'appeal', value: OWN + above, filled })

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
  // Joining: only for a new value, only within separation/4, the report first, then the fullest pot.
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

test.each(table)('P1 (section 6): %s', (_name, setting, decision) => {
  expect(decideIn(setting)).toEqual(decision)
})

const above = fc.oneof(fc.bigInt({ min: -3_000n, max: 3_000n }), fc.constant(INVALID))
const situations = fc
  .record({
    candidates: fc.array(fc.tuple(above, fc.bigInt({ min: 1n, max: 100n })), { minLength: 1, maxLength: 4 }),
    leader: fc.nat(3),
    noisePpm: fc.integer({ min: 0, max: 249 }),
    report: fc.option(fc.bigInt({ min: -2_000n, max: 2_000n }), { nil: undefined }),
    pots: fc.array(fc.tuple(fc.bigInt({ min: -600n, max: 600n }), fc.nat(9), fc.boolean()), { maxLength: 4 }),
  })
  .map(({ leader, report, pots, ...rest }): Setting & { leader: number } => ({
    ...rest,
    leader: leader % rest.candidates.length,
    reportValue: report === undefined ? undefined : OWN + report,
    pots: pots.map(([by, filled, isStake]) => (isStake ? stakePot : appealPot)(by, BigInt(filled))),
  }))

fuzz.prop([situations], { numRuns: 5_000 })(
  'P1 never stakes on the leader, on INVALID, or on what the oracle would refuse',
  (setting) => {
    const decision = decideIn(setting)
    if (decision.action === 'none') return
    const values = setting.candidates.map(([by]) => (by === INVALID ? INVALID : OWN + by))
    expect(decision.value).not.toBe(values[setting.leader])
    expect(decision.value).not.toBe(INVALID)
    expect(decision.action).toBe(setting.candidates.length === 1 ? 'contribute' : 'appeal')
    const isCandidate = values.includes(decision.value)
    expect(isCandidate || values.every((value) => isSeparated(decision.value, value, SEPARATION))).toBe(true)
  },
)

fuzz.prop([situations], { numRuns: 5_000 })(
  'P1 does not act against a leader that is the nearest, and always acts where o is new',
  (setting) => {
    const decision = decideIn(setting)
    const values = setting.candidates.map(([by]) => (by === INVALID ? INVALID : OWN + by))
    const isNew = values.every((value) => isSeparated(OWN, value, SEPARATION))
    if (isNew) expect(decision.action).not.toBe('none')
    const leads = values[setting.leader]
    const isNearest =
      leads !== INVALID && values.every((value) => value === INVALID || ratio(value) >= ratio(leads ?? 0n))
    if (isNearest && !isNew) expect(decision.action).toBe('none')
  },
)

/** Distance to o, exactly enough to compare: scaled by 1e30. */
function ratio(value: bigint): bigint {
  const gap = value > OWN ? value - OWN : OWN - value
  return (gap * 10n ** 30n) / (value < OWN ? value : OWN)
}
