import { expect, test } from 'vitest'
import type { Report } from '#protocol/report.ts'
import { type CosignView, decideCosign } from '../../../node/cosign/decide.ts'
import { FIXING, FIXING_ID, reporterKey, ROOT, WAD } from '../reporters.ts'

const OWN = 2_500n * WAD
/** A quarter of the separation of 1 000 ppm. */
const QUARTER = (625n * WAD) / 1_000n
const REPORT: Report = {
  epoch: 4n,
  fixingId: FIXING_ID,
  value: OWN,
  observationsRoot: ROOT,
  proposer: reporterKey(0).address,
}

function view(changes: Partial<CosignView> = {}): CosignView {
  const report = changes.report ?? REPORT
  return {
    fixing: FIXING,
    report,
    own: OWN,
    unsure: undefined,
    isTrusted: true,
    missing: 0,
    rebuilt: { kind: 'report', report: REPORT, signers: [0, 1, 2, 3, 4] },
    ...changes,
  }
}

function rebuiltAs(changes: Partial<Report>): CosignView['rebuilt'] {
  return { kind: 'report', report: { ...REPORT, ...changes }, signers: [] }
}

test('R-410 co-signs a report that its own observations make and its own value agrees with', () => {
  expect(decideCosign(view()).action).toBe('sign')
  const report = { ...REPORT, value: OWN + QUARTER }
  expect(decideCosign(view({ report, rebuilt: rebuiltAs(report) })).action).toBe('sign')
})

test.each<[string, Partial<CosignView>, string]>([
  ['the arbitrators are not trusted', { isTrusted: false }, 'policy.arbitrators'],
  ['its own observation is unsure', { unsure: 'Of 1 sources: no stake on it.' }, 'Of 1 sources: no stake on it.'],
  ['the value is too far', { report: { ...REPORT, value: OWN + QUARTER + 1n } }, 'not within a quarter'],
  ['another value follows', { rebuilt: rebuiltAs({ value: OWN + 1n }) }, 'another report'],
  ['another root follows', { rebuilt: rebuiltAs({ observationsRoot: FIXING_ID }) }, 'another report'],
  ['the epoch is another', { rebuilt: rebuiltAs({ epoch: 5n }) }, 'another report'],
  ['equivocators leave too few', { rebuilt: { kind: 'short', have: 4, need: 5 } }, 'too few'],
])('R-410 refuses when %s', (_, changes, reason) => {
  expect(decideCosign(view(changes))).toEqual({ action: 'refuse', reason: expect.stringContaining(reason) })
})

test.each<[string, Partial<CosignView>, string]>([
  ['its own observation', { own: undefined }, 'No own observation'],
  ['observations that it lacks', { missing: 2, rebuilt: undefined }, '2 of its observations are not here yet.'],
])('R-410 waits for %s', (_, changes, reason) => {
  expect(decideCosign(view(changes))).toEqual({ action: 'wait', reason: expect.stringContaining(reason) })
})
