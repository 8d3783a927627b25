import type { Address, Hex } from 'viem'
import { expect, test } from 'vitest'
import { DEFAULT_PARAMETERS, validateFixing, type Fixing } from '#protocol/fixing.ts'
import {
  currentArbitrator,
  outcomeAt,
  OUTCOMES,
  phaseAt,
  PHASES,
  settlementAt,
  turnEndOf,
  type FixingFacts,
} from '#protocol/phase.ts'
import { readVectors, toNumber } from './vectors.ts'

type Instant = Record<
  'arbitratedAt' | 'deadline' | 'leader' | 'now' | 'outcome' | 'phase' | 'round' | 'ruling' | 'settlement',
  Hex
> & { name: string; arbitrator: Address }

/** The terms that instants depend on; the file has the rest too. */
type Terms = Record<'indexId' | 'maturity' | 'firstWindow' | 'window' | 'proposalGrace' | 'arbitrationLimit', Hex> &
  Record<'arbitrator' | 'backup' | 'openInterest', Address>

const [terms] = readVectors<Terms>('phase', 'fixing')
const instants = readVectors<Instant>('phase', 'instants')
const NOBODY = `0x${'00'.repeat(20)}`

function fixingOf(row: Terms): Fixing {
  return {
    ...DEFAULT_PARAMETERS,
    indexId: row.indexId,
    maturity: BigInt(row.maturity),
    arbitrator: row.arbitrator,
    backup: row.backup,
    openInterest: row.openInterest,
    firstWindow: toNumber(row.firstWindow),
    window: toNumber(row.window),
    proposalGrace: toNumber(row.proposalGrace),
    arbitrationLimit: toNumber(row.arbitrationLimit),
  }
}

function factsOf({ round, leader, deadline, arbitratedAt, ruling }: Instant): FixingFacts {
  return {
    bond: toNumber(round) === 0 ? 0n : DEFAULT_PARAMETERS.minBond,
    round: toNumber(round),
    leader: BigInt(leader),
    deadline: BigInt(deadline),
    arbitratedAt: BigInt(arbitratedAt),
    ruling: BigInt(ruling),
  }
}

// Every boundary at end - 1, end, end + 1: a deadline belongs to what comes after it.
test('R-110 and R-205: phase, outcome, settlement and arbitrator follow from facts and time', () => {
  const fixing = fixingOf(terms!)
  validateFixing(fixing)
  const got = instants.map((row) => {
    const [facts, now] = [factsOf(row), BigInt(row.now)]
    return {
      name: row.name,
      now,
      phase: phaseAt(fixing, facts, now),
      outcome: outcomeAt(fixing, facts, now),
      settlement: settlementAt(fixing, facts, now),
      arbitrator: currentArbitrator(fixing, facts, now),
    }
  })
  const want = instants.map((row) => ({
    name: row.name,
    now: BigInt(row.now),
    phase: PHASES[toNumber(row.phase)],
    outcome: OUTCOMES[toNumber(row.outcome)],
    settlement: BigInt(row.settlement) === 0n ? undefined : BigInt(row.settlement),
    arbitrator: row.arbitrator === NOBODY ? undefined : row.arbitrator,
  }))
  expect(got).toEqual(want)
})

test('phases and outcomes are in the order of the contract’s enums (section 9)', () => {
  expect(PHASES).toEqual(['pending', 'open', 'active', 'arbitration', 'settled'])
  expect(OUTCOMES).toEqual(['none', 'timeout', 'ruling', 'expiry'])
})

test('an arbitrator can rule before the end of its own turn, in whatever case its address is written (R-205)', () => {
  const arbitrator: Address = '0x00000000000000000000000000000000000000Ab'
  const backup = '0x00000000000000000000000000000000000000cD'
  const fixing: Fixing = { ...fixingOf(terms!), arbitrator, backup }
  const none = { bond: 0n, round: 0, leader: 0n, deadline: 0n, ruling: 0n }
  const limit = BigInt(fixing.arbitrationLimit)
  const endOf = (who: Address, atTime: bigint, arbitratedAt = 1_000n): bigint | undefined =>
    turnEndOf(who, { fixing, facts: { ...none, arbitratedAt }, atTime })
  const lower: Address = '0x00000000000000000000000000000000000000ab'
  expect([arbitrator, lower].map((who) => endOf(who, 999n + limit))).toEqual([1_000n + limit, 1_000n + limit])
  expect(endOf(arbitrator, 1_000n + limit)).toBe(undefined)
  expect([endOf(backup, 999n + limit), endOf(backup, 1_000n + limit)]).toEqual([undefined, 1_000n + 2n * limit])
  expect(endOf(backup, 1_000n + 2n * limit)).toBe(undefined)
  expect(endOf(arbitrator, fixing.maturity, 0n)).toBe(undefined)
})
