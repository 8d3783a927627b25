import { fc, test as fuzz } from '@fast-check/vitest'
import { expect } from 'vitest'
import { isSeparated } from '#protocol/distance.ts'
import { INVALID } from '#protocol/fixing.ts'
import { appealPot, decideIn, OWN, SEPARATION, stakePot, type Setting } from './policy-setting.ts'

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
