import { expect, test } from 'vitest'
import type { Panel } from '../../../node/chain/port.ts'
import { shareRosters } from '../../../node/node/rosters.ts'
import { keyOf, reporterKey, ROSTER } from '../reporters.ts'

/** As a chain lists it: new objects every time. */
function panelOf(changes: Partial<Panel['reporters'][number]> = {}, epoch = 4n): Panel {
  const reporters = [0, 1, 2].map((index) => ({
    index,
    owner: keyOf(`owner ${index}`).address,
    signer: reporterKey(index).address,
    peerId: '0x00' as const,
    key: ROSTER[index]?.key ?? '0x',
  }))
  return { epoch, reporters: reporters.map((one) => (one.index === 1 ? { ...one, ...changes } : one)) }
}

test('fixings with the same reporters share one roster, in which signers are found', () => {
  const rosters = shareRosters()
  const roster = rosters(panelOf())
  expect(rosters(panelOf())).toBe(roster)
  expect(roster).toMatchObject(panelOf())
  expect([...roster.indexOf]).toEqual([0, 1, 2].map((i) => [reporterKey(i).address.toLowerCase(), i]))
})

test.each<[string, Panel]>([
  ['another index', panelOf({ index: 7 })],
  ['another owner', panelOf({ owner: keyOf('heir').address })],
  ['another signer', panelOf({ signer: reporterKey(9).address })],
  ['another peer id', panelOf({ peerId: '0x01' })],
  ['another BLS key', panelOf({ key: ROSTER[5]?.key ?? '0x' })],
  ['another epoch', panelOf({}, 5n)],
  ['one reporter less', { ...panelOf(), reporters: panelOf().reporters.slice(0, 2) }],
  ['another order', { ...panelOf(), reporters: panelOf().reporters.toReversed() }],
])('%s is another roster', (_, panel) => {
  const rosters = shareRosters()
  const roster = rosters(panelOf())
  expect(rosters(panel)).not.toBe(roster)
  expect(rosters(panel)).toMatchObject(panel)
  expect(rosters(panelOf())).toBe(roster)
})

test('only the last rosters are remembered', () => {
  const rosters = shareRosters()
  const first = rosters(panelOf({}, 0n))
  for (let epoch = 1n; epoch <= 8n; epoch += 1n) rosters(panelOf({}, epoch))
  expect(rosters(panelOf({}, 0n))).not.toBe(first)
})
