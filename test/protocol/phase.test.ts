import { expect, test } from 'vitest'
import { INVALID, type Fixing } from '#protocol/fixing.ts'
import {
  currentArbitrator,
  outcomeAt,
  OUTCOMES,
  phaseAt,
  PHASES,
  settlementAt,
  type FixingFacts,
  type Phase,
  type SettledBy,
} from '#protocol/phase.ts'

const fixing: Fixing = {
  indexId: `0x${'01'.repeat(32)}`,
  maturity: 10_000n,
  arbitrator: `0x${'11'.repeat(20)}`,
  backup: `0x${'22'.repeat(20)}`,
  openInterest: `0x${'00'.repeat(20)}`,
  minBond: 10n ** 17n,
  arbitrationFee: 1n,
  bondPpm: 0,
  firstWindow: 600,
  window: 1_000,
  separationPpm: 1,
  bandPpm: 1,
  proposalGrace: 700,
  arbitrationLimit: 50,
}
const nothing: FixingFacts = { bond: 0n, round: 0, leader: 0n, deadline: 0n, arbitratedAt: 0n, ruling: 0n }
const led: FixingFacts = { ...nothing, bond: 9n, round: 2, leader: 2500n, deadline: 12_000n }
const appealed: FixingFacts = { ...led, arbitratedAt: 11_500n }
const requested: FixingFacts = { ...nothing, arbitratedAt: 10_740n }
const ruled: FixingFacts = { ...appealed, ruling: 2499n }

type Row = readonly [FixingFacts, bigint, Phase, SettledBy, bigint | undefined, Fixing['arbitrator'] | undefined]
const { arbitrator, backup } = fixing

// Every boundary at end - 1, end, end + 1: a deadline belongs to what comes after it.
const rows: readonly Row[] = [
  [nothing, 0n, 'pending', 'none', undefined, undefined],
  [nothing, 9_999n, 'pending', 'none', undefined, undefined],
  [nothing, 10_000n, 'open', 'none', undefined, undefined],
  [nothing, 10_001n, 'open', 'none', undefined, undefined],
  [nothing, 10_749n, 'open', 'none', undefined, undefined],
  [nothing, 10_750n, 'settled', 'expiry', INVALID, undefined],
  [nothing, 10_751n, 'settled', 'expiry', INVALID, undefined],
  [led, 11_999n, 'active', 'none', undefined, undefined],
  [led, 12_000n, 'settled', 'timeout', 2500n, undefined],
  [led, 12_001n, 'settled', 'timeout', 2500n, undefined],
  [{ ...led, leader: INVALID }, 12_000n, 'settled', 'timeout', INVALID, undefined],
  [appealed, 11_500n, 'arbitration', 'none', undefined, arbitrator],
  [appealed, 11_549n, 'arbitration', 'none', undefined, arbitrator],
  [appealed, 11_550n, 'arbitration', 'none', undefined, backup],
  [appealed, 11_551n, 'arbitration', 'none', undefined, backup],
  [appealed, 11_599n, 'arbitration', 'none', undefined, backup],
  [appealed, 11_600n, 'settled', 'expiry', INVALID, undefined],
  [appealed, 11_601n, 'settled', 'expiry', INVALID, undefined],
  // The leader's deadline means nothing once the fixing is arbitrated.
  [appealed, 12_001n, 'settled', 'expiry', INVALID, undefined],
  [requested, 10_839n, 'arbitration', 'none', undefined, backup],
  [requested, 10_840n, 'settled', 'expiry', INVALID, undefined],
  [ruled, 11_501n, 'settled', 'ruling', 2499n, undefined],
  [ruled, 99_999n, 'settled', 'ruling', 2499n, undefined],
  [{ ...ruled, ruling: INVALID }, 11_501n, 'settled', 'ruling', INVALID, undefined],
]

test('R-110 and R-205: phase, outcome, settlement and arbitrator follow from facts and time', () => {
  const got = rows.map(([facts, now]) => [
    facts,
    now,
    phaseAt(fixing, facts, now),
    outcomeAt(fixing, facts, now),
    settlementAt(fixing, facts, now),
    currentArbitrator(fixing, facts, now),
  ])
  expect(got).toEqual(rows)
})

test('phases and outcomes are in the order of the contract’s enums (section 9)', () => {
  expect(PHASES).toEqual(['pending', 'open', 'active', 'arbitration', 'settled'])
  expect(OUTCOMES).toEqual(['none', 'timeout', 'ruling', 'expiry'])
})
