import { expect, test } from 'vitest'
import { auditValue, type Closes, firstDeviation, type IndexRule, isSameValue } from '../../cli/demo/audit-value.ts'
import { auditValues, type ValueEvidence } from '../../cli/demo/audit.ts'

const RULE: IndexRule = { opens: [0n, 60n, 120n], clampPpm: 5_000n, minSources: 1 }

function column(...closes: (string | undefined)[]): Closes {
  return new Map(closes.flatMap((close, i) => (close === undefined ? [] : [[BigInt(i) * 60n, close] as const])))
}

test('takes the geometric mean of one column, rounded down to 1e-18', () => {
  // The cube root of 100 * 100.1 * 100.2 by Python's decimal module at 60 digits.
  expect(auditValue([column('100', '100.1', '100.2')], RULE)).toBe(100_099_966_699_955_622_116n)
})

test('takes an exact root exactly', () => {
  expect(auditValue([column('80', '100', '125')], { ...RULE, clampPpm: 999_999n })).toBe(100n * 10n ** 18n)
})

test('takes the median of three columns and the mean of the middle two of four', () => {
  const three = [column('100', '100', '100'), column('101', '101', '101'), column('900', '900', '900')]
  expect(auditValue(three, RULE)).toBe(101n * 10n ** 18n)
  expect(auditValue([...three, column('102', '102', '102')], RULE)).toBe(1_015n * 10n ** 17n)
})

test("clamps a minute to within the rule's share of the window's median", () => {
  const clamped = auditValue([column('100', '100', '150')], RULE)
  expect(clamped).toBe(auditValue([column('100', '100', '100.5')], RULE))
})

test('reads closes as venues print them, however small or fine', () => {
  expect(auditValue([column('1.2345e-06', '0.0000012345', '12.345E-7')], RULE)).toBe(1_234_500_000_000n)
  expect(auditValue([column('2.0E+4', '20000', '0.2e5')], RULE)).toBe(20_000n * 10n ** 18n)
  expect(auditValue([column('0.0000000000000000019', '0.0000000000000000019', '19e-19')], RULE)).toBe(1n)
})

test('gives nothing when the mean is no value: below the last decimal, or as large as INVALID', () => {
  const [tiny, huge] = ['9e-19', '340282366920938463463.374607431768211455']
  expect(auditValue([column(tiny, tiny, tiny)], RULE)).toBeUndefined()
  expect(auditValue([column(huge, huge, huge)], RULE)).toBeUndefined()
})

test('gives nothing when a minute has too few closes', () => {
  expect(auditValue([column('100', undefined, '100')], RULE)).toBeUndefined()
  expect(auditValue([column('100', '100', '100')], { ...RULE, minSources: 2 })).toBeUndefined()
  expect(auditValue([], RULE)).toBeUndefined()
})

test('says whether two values are nearer than the separation, at its very edge', () => {
  expect(isSameValue(1_000_000n, 1_000_999n, 1_000)).toBe(true)
  expect(isSameValue(1_000_000n, 1_001_000n, 1_000)).toBe(false)
  expect(isSameValue(1_001_000n, 1_000_000n, 1_000)).toBe(false)
})

test('finds the one close that was served in another digit', () => {
  const market = column('100.00', '100.10', '100.20')
  expect(firstDeviation(column('100.00', undefined, '100.20'), market)).toBeUndefined()
  expect(firstDeviation(column('100.00', '100.11'), market)).toEqual({ open: 60n, served: '100.11', column: '100.10' })
})

const MARKET = [
  column('100.00', '100.10', '100.20'),
  column('100.02', '100.12', '100.22'),
  column('100.01', '100.11', '100.21'),
]
const REPORT = auditValue(MARKET, RULE)

function evidence(served: readonly Closes[], over: Partial<ValueEvidence> = {}): ValueEvidence {
  return {
    clean: MARKET,
    venues: served.map((closes, i) => ({ id: `v${i}`, counts: true, served: closes, column: MARKET[i] ?? new Map() })),
    rule: RULE,
    report: REPORT,
    settlement: REPORT,
    separationPpm: 1_000,
    ...over,
  }
}

test('finds no fault when settlement, report and what was served agree', () => {
  expect(auditValues(evidence(MARKET))).toEqual({ trueValue: REPORT, recomputed: REPORT, faults: [] })
})

test('finds a fault for any one served close changed by its last digit, also one that no median uses', () => {
  for (const [i, venue] of MARKET.entries()) {
    for (const [open, close] of venue) {
      const changed = new Map(venue).set(open, `${close.slice(0, -1)}${(Number(close.at(-1)) + 1) % 10}`)
      const served = MARKET.map((other, j) => (i === j ? changed : other))
      expect(auditValues(evidence(served)).faults, `${i} at ${open}`).not.toEqual([])
    }
  }
})

test('finds a fault for a report off by one in the last digit, or none', () => {
  expect(auditValues(evidence(MARKET, { report: (REPORT ?? 0n) + 1n })).faults).toHaveLength(1)
  expect(auditValues(evidence(MARKET, { report: undefined })).faults).toHaveLength(1)
})

test('finds a fault for a settlement at the separation, or none', () => {
  const off = ((REPORT ?? 0n) * 1_001n) / 1_000n + 1n
  expect(auditValues(evidence(MARKET, { settlement: off })).faults).toEqual([
    `the settlement is ${off}, the clean closes give ${REPORT}`,
  ])
  expect(auditValues(evidence(MARKET, { settlement: undefined })).faults).toHaveLength(1)
})
