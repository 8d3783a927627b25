import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { Head, Panel } from '../../../node/chain/port.ts'
import { sharePanels } from '../../../node/node/panels.ts'
import { ripen } from '../../../node/node/ripen.ts'
import { shareRosters } from '../../../node/node/rosters.ts'
import { track, type Tracked } from '../../../node/node/tracked.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { FIXING, keyOf, MATURITY, reporterKey, ROSTER } from '../reporters.ts'

const ONE: Head = { number: 9n, time: MATURITY + 12n, hash: '0x01' }
const OTHER: Head = { ...ONE, hash: '0x02' }
const NEXT: Head = { number: 10n, time: MATURITY + 24n, hash: '0x03' }

const PANEL: Panel = {
  epoch: 4n,
  reporters: [
    {
      index: 0,
      owner: keyOf('owner').address,
      signer: reporterKey(0).address,
      peerId: '0x00',
      key: ROSTER[0]?.key ?? '0x',
    },
  ],
}

/** A chain that notes what it is asked; `final` is when its newest final block was. */
function asked(final?: bigint) {
  const calls: string[] = []
  const state = { final, isDead: false, panel: PANEL }
  const chain: Parameters<typeof sharePanels>[0] = {
    async finalized() {
      calls.push('final')
      return state.final === undefined ? undefined : { number: 1n, time: state.final }
    },
    async panel(maturity) {
      calls.push(`panel ${maturity - MATURITY}`)
      if (state.isDead) throw new Error('gone')
      return state.panel
    },
  }
  return { calls, state, panels: sharePanels(chain) }
}

test('who reports at a maturity is read once for each block, after what is final', async () => {
  const { calls, panels } = asked(MATURITY)
  const both = [panels(MATURITY, ONE), panels(MATURITY, { ...ONE }), panels(MATURITY + 1n, ONE)]
  expect(await Promise.all(both)).toEqual([true, true, false].map((isFinal) => ({ panel: PANEL, isFinal })))
  await panels(MATURITY, ONE)
  expect(calls).toEqual(['final', 'final', 'panel 0', 'panel 1'])
  await panels(MATURITY, NEXT)
  expect(calls.slice(4)).toEqual(['final', 'panel 0'])
})

test.each<[string, Head, Head]>([
  ['another block in its place', ONE, OTHER],
  ['a block without a hash, of the same number', { ...ONE, hash: undefined }, { ...ONE, hash: undefined }],
])('nothing is served of %s', async (_, before, after) => {
  const { calls, panels, state } = asked(MATURITY)
  await panels(MATURITY, before)
  state.panel = { ...PANEL, epoch: 5n }
  state.final = undefined
  expect(await panels(MATURITY, after)).toEqual({ panel: state.panel, isFinal: false })
  expect(calls).toHaveLength(4)
})

test('a read that failed is not remembered', async () => {
  const { calls, panels, state } = asked(MATURITY)
  state.isDead = true
  await expect(Promise.all([panels(MATURITY, ONE), panels(MATURITY, ONE)])).rejects.toThrow('gone')
  state.isDead = false
  expect(await panels(MATURITY, ONE)).toEqual({ panel: PANEL, isFinal: true })
  expect(calls).toEqual(['final', 'panel 0', 'final', 'panel 0'])
})

/** Fixings of one maturity whose reporters were read before. */
function ripeOnes(count: number): Tracked[] {
  const ripe = { ...shareRosters()(PANEL), isFinal: false }
  const document = threeSamples([sourceJson('a')])
  return Array.from({ length: count }, (_, i) => {
    const id: Hex = `0x0${i}`
    return { ...track({ id, fixing: FIXING, document }), ripe }
  })
}

test('fixings that mature together ask together, block by block, until none can get other reporters', async () => {
  const { calls, panels, state } = asked()
  const kept: Hex[] = []
  const parts = {
    panels,
    store: { fixings: { setPanel: async (id: Hex) => void kept.push(id) } },
  } as unknown as Parameters<typeof ripen>[0] // nothing else is asked while they stay the same
  const all = ripeOnes(5)
  const [first] = all
  const before = first?.ripe
  const pass = (head: Head) => Promise.all(all.map((one) => ripen(parts, one, head)))
  await pass(ONE)
  expect(calls).toEqual(['final', 'panel 0'])
  // What is made of the same reporters stays.
  expect(first?.ripe).toBe(before)
  await pass(OTHER)
  expect([calls.length, kept]).toEqual([4, []])
  state.final = MATURITY
  await pass(NEXT)
  expect([calls.length, kept]).toEqual([6, all.map(({ id }) => id)])
  expect(all.map(({ ripe }) => ripe)).toEqual(all.map(() => ({ ...before, isFinal: true })))
  await pass({ ...NEXT, number: 11n, hash: '0x04' })
  expect(calls).toHaveLength(6)
})
