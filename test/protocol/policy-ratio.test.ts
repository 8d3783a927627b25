import { expect, test } from 'vitest'
import { isNearer } from '#protocol/distance.ts'
import { decide, type PolicyView } from '#protocol/policy.ts'
import { IS_NEW, NEITHER, none, SURE } from './policy-setting.ts'

// A ruling of 10 000 000 is exactly 200 ppm below the observation: as far as the noise lets it be.
const OWN = 10_002_000n
const RULING = 10_000_000n
const ABOVE = 10_010_001n

/** Two candidates that straddle o, the lower of which leads. */
function straddle(below: bigint): PolicyView {
  const candidates = [
    { value: ABOVE, stake: 1n },
    { value: below, stake: 2n },
  ]
  return { round: 2, candidates, leaderIndex: 1, pots: [], separationPpm: 1_000 }
}

const decideOn = (view: PolicyView, noisePpm: number) => decide({ view, own: OWN, noisePpm, reportValue: undefined })

test('P1 is not sure of a candidate that a ruling within the noise is farther from, however little', () => {
  // From o they are 799.94 and 1200.30 ppm away: more than twice the noise apart if ratios added up, but they multiply.
  expect(isNearer(9_990_009n, ABOVE, RULING)).toBe(true)
  expect(decideOn(straddle(9_990_009n), 200)).toEqual(none(NEITHER))
})

test('P1 is sure as soon as every ruling within the noise is nearer', () => {
  expect(isNearer(ABOVE, 9_990_008n, RULING)).toBe(true)
  expect(decideOn(straddle(9_990_008n), 200)).toEqual({ action: 'appeal', value: ABOVE, reason: SURE })
})

test('P1 needs a separation above four times the noise by ratio, which matters where they are large', () => {
  const view: PolicyView = {
    round: 1,
    candidates: [{ value: 2n * OWN, stake: 1n }],
    leaderIndex: 0,
    pots: [],
    separationPpm: 200_000,
  }
  // (1.05 (1 + noise))^2 < 1.2 up to 43 281 ppm, not up to 49 999.
  expect(decideOn(view, 43_281)).toEqual({ action: 'contribute', value: OWN, reason: IS_NEW })
  expect(decideOn(view, 43_282)).toEqual(none('The separation is not above four times the noise.'))
})
