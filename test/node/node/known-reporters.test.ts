import { expect, test } from 'vitest'
import { createKnownReporters } from '../../../node/node/known-reporters.ts'
import { reporterKey } from '../reporters.ts'

const reporter = (i: number): { signer: `0x${string}`; peerId: `0x${string}` } => {
  return { signer: reporterKey(i).address, peerId: `0x${i.toString(16).padStart(4, '0')}` }
}

test('knows the reporters that were noted, in whatever spelling the registry has them', () => {
  const known = createKnownReporters()
  expect([...known.peers()]).toEqual([])
  known.note([reporter(1), reporter(2)])
  expect([1, 2, 3].map((i) => known.isSigner(reporterKey(i).address.toLowerCase()))).toEqual([true, true, false])
  expect([known.isPeer('0x0001'), known.isPeer('0x0003')]).toEqual([true, false])
  expect([...known.peers()]).toEqual(['0x0001', '0x0002'])
})

test('knows nobody but those of the last reading, and who was noted since', () => {
  const known = createKnownReporters(3)
  const signers = (): boolean[] => [1, 2, 3, 4].map((i) => known.isSigner(reporterKey(i).address.toLowerCase()))
  known.note([reporter(1), reporter(2)])
  known.renew([[reporter(2)], [reporter(3)]])
  expect([...known.peers()]).toEqual(['0x0002', '0x0003'])
  expect([known.isPeer('0x0001'), known.isPeer('0x0002')]).toEqual([false, true])
  expect(signers()).toEqual([false, true, true, false])
  known.note([reporter(4)])
  expect(signers()).toEqual([false, true, true, true])
  known.renew([[1, 2].map(reporter), [3, 4].map(reporter)])
  expect(signers()).toEqual([false, true, true, true])
})

test('forgets those that were noted longest ago, and never more than it has to', () => {
  const known = createKnownReporters(3)
  known.note([1, 2, 3].map(reporter))
  known.note([reporter(1)])
  known.note([reporter(4)])
  expect([...known.peers()]).toEqual(['0x0003', '0x0001', '0x0004'])
  expect([1, 2, 3, 4].map((i) => known.isSigner(reporterKey(i).address.toLowerCase()))).toEqual([
    true,
    false,
    true,
    true,
  ])
})
