import { fc, test as fuzz } from '@fast-check/vitest'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { hashTypedData, type Address, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { typedDataDomain } from '#protocol/signing.ts'
import {
  buildReport,
  lowerMedian,
  observationLeaf,
  observationsTree,
  quorumSize,
  REPORT_TYPES,
  reportDigest,
  type ReporterObservation,
  rootOfObservations,
} from '#protocol/report.ts'
import { hexWord, observations, signedOf } from './observations.ts'
import { readVectors, toNumber } from './vectors.ts'

type Columns = 'indices' | 'observedAts' | 'rs' | 'ss' | 'sourcesRoots' | 'vs' | 'values' | 'proof'
type Row = Record<Columns, Hex[]> &
  Record<'chainId' | 'digest' | 'epoch' | 'fixingId' | 'leaf' | 'observationsRoot' | 'reporterCount' | 'value', Hex> &
  Record<'proposer' | 'registry', Address> & { name: string; proven: Hex }

const rows = readVectors<Row>('report', 'reports')

function observationsOf(row: Row): ReporterObservation[] {
  return row.indices.map((index, i) => ({
    reporterIndex: toNumber(index),
    signed: signedOf({
      fixingId: row.fixingId,
      value: row.values[i]!,
      observedAt: row.observedAts[i]!,
      sourcesRoot: row.sourcesRoots[i]!,
      r: row.rs[i]!,
      s: row.ss[i]!,
      v: row.vs[i]!,
    }),
  }))
}

function inputOf(row: Row) {
  return {
    epoch: BigInt(row.epoch),
    fixingId: row.fixingId,
    observations: observationsOf(row),
    proposer: row.proposer,
    reporterCount: toNumber(row.reporterCount),
  }
}

test.each(rows)('R-402 the report of $name, and its digest', (row) => {
  const report = {
    epoch: BigInt(row.epoch),
    fixingId: row.fixingId,
    value: BigInt(row.value),
    observationsRoot: row.observationsRoot,
    proposer: row.proposer,
  }
  const signers = row.indices.map(toNumber).toSorted((a, b) => a - b)
  expect(buildReport(inputOf(row))).toEqual({ kind: 'report', report, signers })
  const domain = { chainId: toNumber(row.chainId), registry: row.registry }
  expect(reportDigest(domain, report)).toBe(row.digest)
  const typed = {
    domain: typedDataDomain(domain),
    types: REPORT_TYPES,
    primaryType: 'Report',
    message: report,
  } as const
  expect(hashTypedData(typed)).toBe(row.digest)
})

test.each(rows)('R-402 every observation of $name is provable under the root', (row) => {
  const tree = observationsTree(observationsOf(row))
  expect(tree.getProof(toNumber(row.proven))).toEqual(row.proof)
  const sorted = observationsOf(row).toSorted((a, b) => a.reporterIndex - b.reporterIndex)
  expect(tree.leafHash(observationLeaf(sorted[toNumber(row.proven)]!.signed))).toBe(row.leaf)
  const verified = sorted.map(({ signed }, i) =>
    StandardMerkleTree.verify(tree.root, ['bytes32', 'bytes'], observationLeaf(signed), tree.getProof(i)),
  )
  expect(verified).toEqual(sorted.map(() => true))
})

test('R-402 a quorum is more than two thirds', () => {
  const quorums = readVectors<Record<'need' | 'reporters', Hex>>('report', 'quorums')
  expect(quorums.map(({ reporters }) => quorumSize(toNumber(reporters)))).toEqual(
    quorums.map(({ need }) => toNumber(need)),
  )
})

test.each([Number.NaN, -1, 2.5, Number.POSITIVE_INFINITY, undefined])('R-402 there is no quorum of %s', (reporters) => {
  // As it may come from plain JavaScript.
  expect(() => quorumSize(reporters as number)).toThrow(`Expected a number of reporters, got ${reporters}.`)
})

test('R-402 the median is the lower one', () => {
  const medians = readVectors<{ median: Hex; values: Hex[] }>('report', 'medians')
  expect(medians.map(({ values }) => lowerMedian(values.map(BigInt)))).toEqual(
    medians.map(({ median }) => BigInt(median)),
  )
})

test('the root of a report is made when it is first asked for, and once', () => {
  const input = inputOf(rows.find(({ name }) => name.startsWith('five of seven'))!)
  let read = 0
  const observed = input.observations.map(({ reporterIndex, signed }) => ({
    reporterIndex,
    signed: {
      ...signed,
      get signature() {
        read += 1
        return signed.signature
      },
    },
  }))
  const made = buildReport({ ...input, observations: observed })
  const reads = [read]
  const root = rootOfObservations(input.observations)
  for (const _ of [1, 2]) {
    expect(made).toMatchObject({ report: { observationsRoot: root } })
    reads.push(read)
  }
  expect(reads).toEqual([0, 5, 5])
})

test('one observation too few is short, not a report', () => {
  const input = inputOf(rows.find(({ name }) => name.startsWith('five of seven'))!)
  expect(buildReport({ ...input, observations: input.observations.slice(1) })).toEqual({
    kind: 'short',
    have: 4,
    need: 5,
  })
  expect(buildReport({ ...input, reporterCount: 8 })).toEqual({ kind: 'short', have: 5, need: 6 })
  expect(buildReport({ ...input, observations: [], reporterCount: 0 })).toEqual({ kind: 'short', have: 0, need: 1 })
})

test('a reporter counts once, and only if the epoch has it', () => {
  const input = inputOf(rows.find(({ name }) => name.startsWith('five of seven'))!)
  const [first] = input.observations
  const refused = [6, 7, -1, 0.5].map(
    (reporterIndex) => () =>
      buildReport({ ...input, observations: [...input.observations, { ...first!, reporterIndex }] }),
  )
  for (const [i, build] of refused.entries()) {
    const reporterIndex = [6, 7, -1, 0.5][i]
    expect(build).toThrow(
      expect.objectContaining({ name: 'Report.ReporterIndexError', reporterIndex, reporterCount: 7 }),
    )
  }
})

test('an observation of another fixing is refused', () => {
  const input = inputOf(rows[2]!)
  expect(() => buildReport({ ...input, fixingId: hexWord(7n) })).toThrow(
    expect.objectContaining({ name: 'Report.ForeignObservationError', got: input.fixingId, want: hexWord(7n) }),
  )
})

test('nothing has neither a median nor a tree', () => {
  expect(() => lowerMedian([])).toThrow(expect.objectContaining({ name: 'Report.NoObservationsError' }))
  expect(() => observationsTree([])).toThrow(expect.objectContaining({ name: 'Report.NoObservationsError' }))
  expect(() => rootOfObservations([])).toThrow(expect.objectContaining({ name: 'Report.NoObservationsError' }))
})

fuzz.prop([fc.array(observations, { minLength: 1, maxLength: 20 })])(
  'R-402 the root that is written out is that of the tree',
  (signed) => {
    const held = signed.map((one, reporterIndex) => ({ reporterIndex, signed: one }))
    expect(rootOfObservations(held.toReversed())).toBe(observationsTree(held).root)
  },
)

fuzz.prop([fc.array(observations, { minLength: 1, maxLength: 9 }), fc.func(fc.nat())])(
  'R-402 everyone who holds the same observations builds the same report, in whatever order they came',
  (signed, order) => {
    const fixingId = signed[0]!.fixingId
    const held = signed.map((one, reporterIndex) => ({ reporterIndex, signed: { ...one, fixingId } }))
    const shuffled = held.toSorted((a, b) => order(a.reporterIndex) - order(b.reporterIndex))
    const input = { epoch: 1n, fixingId, proposer: `0x${'00'.repeat(20)}` as const, reporterCount: held.length }
    expect(buildReport({ ...input, observations: shuffled })).toEqual(buildReport({ ...input, observations: held }))
  },
)
