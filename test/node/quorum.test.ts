import { expect, test } from 'vitest'
import { buildReport } from '#protocol/report.ts'
import { type QuorumInput, quorumOf } from '../../node/quorum.ts'
import { FIXING_ID, keyOf, reportedBy, WAD } from './reporters.ts'

const PROPOSER = keyOf('ann').address

async function input(indices: readonly number[], changes: Partial<QuorumInput> = {}): Promise<QuorumInput> {
  const observations = await Promise.all(indices.map((index) => reportedBy(index, { value: BigInt(index + 1) * WAD })))
  return {
    fixingId: FIXING_ID,
    reporters: [0, 1, 2, 3, 4, 5, 6],
    observations,
    equivocators: new Set(),
    epoch: 1n,
    proposer: PROPOSER,
    ...changes,
  }
}

test('is short below two thirds, and a report above (R-402)', async () => {
  expect(quorumOf(await input([0, 1, 2, 3]))).toEqual({ kind: 'short', have: 4, need: 5 })
  const result = quorumOf(await input([4, 2, 0, 6, 1]))
  expect(result).toMatchObject({ kind: 'report', report: { value: 3n * WAD, epoch: 1n }, signers: [0, 1, 2, 4, 6] })
})

test('is the same to the last digit whatever the order of arrival', async () => {
  const forwards = await input([0, 1, 2, 3, 4, 5])
  const backwards = { ...forwards, observations: forwards.observations.toReversed() }
  expect(quorumOf(backwards)).toEqual(quorumOf(forwards))
})

test('keeps nothing of what was signed: it is read anew when the root is asked for, once', async () => {
  let reads = 0
  const { observations, ...rest } = await input([0, 1, 2, 3, 4])
  const stored = observations.map(({ reporterIndex, signed }) => ({
    reporterIndex,
    get signed() {
      reads += 1
      return signed
    },
  }))
  const quorum = quorumOf({ ...rest, observations: stored })
  if (quorum.kind === 'short') throw new Error('short')
  expect(reads).toBe(5)
  const root = quorum.report.observationsRoot
  expect([reads, quorum.report.observationsRoot]).toEqual([10, root])
  expect(reads).toBe(10)
})

test('counts an equivocator for nobody, and strangers neither', async () => {
  const six = await input([0, 1, 2, 3, 4, 5], { equivocators: new Set([5]), reporters: [0, 1, 2, 3, 5, 6, 7] })
  // Reporter 4 is none of this epoch's.
  expect(quorumOf(six)).toEqual({ kind: 'short', have: 4, need: 5 })
})

test('numbers reporters without the gaps of the registry, and names them with', async () => {
  const observations = [await reportedBy(3), await reportedBy(200)]
  const gapped = await input([], { reporters: [3, 200], observations })
  const dense = buildReport({
    epoch: 1n,
    fixingId: FIXING_ID,
    proposer: PROPOSER,
    reporterCount: 2,
    observations: observations.map(({ signed }, reporterIndex) => ({ reporterIndex, signed })),
  })
  expect(dense.kind).toBe('report')
  expect(quorumOf(gapped)).toEqual({ ...dense, signers: [3, 200] })
})

test('is short when nobody reports', async () => {
  expect(quorumOf(await input([], { reporters: [] }))).toEqual({ kind: 'short', have: 0, need: 1 })
})
