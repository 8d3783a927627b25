import { expect, test } from 'vitest'
import type { Panel, Reporter } from '../../../node/chain/port.ts'
import { createKnownReporters } from '../../../node/node/known-reporters.ts'
import { refreshSigners } from '../../../node/node/refresh-signers.ts'
import { shareRosters } from '../../../node/node/rosters.ts'
import { type Tracked, track } from '../../../node/node/tracked.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { FIXING, FIXING_ID, reporterKey } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'

const reporter = (i: number): Reporter =>
  ({ index: i, owner: '0x00', signer: reporterKey(i).address, peerId: `0x000${i}`, key: '0x' }) as unknown as Reporter // no key is needed
const panelOf = (...members: readonly number[]): Panel => ({ epoch: 1n, reporters: members.map(reporter) })

/** A node of which the registry says what `says` returns, and whom it knows after a look at `time`. */
function reading(says: () => Panel) {
  const known = createKnownReporters()
  const rosters = shareRosters()
  const state: Parameters<typeof refreshSigners>[1] = {
    signersPeriod: undefined,
    isRegistered: undefined,
    tracked: new Map(),
    expected: new Map(),
  }
  const parts = {
    config: { roles: ['reporter'] },
    log: SILENT,
    known,
    chain: { account: reporterKey(1).address, panel: async () => says() },
  } as unknown as Parameters<typeof refreshSigners>[0] // nothing else is asked of them
  const look = async (time: bigint): Promise<unknown> => {
    await refreshSigners(parts, state, { number: 1n, time })
    const isSigner = (i: number): boolean => known.isSigner(reporterKey(i).address.toLowerCase())
    const known1to4 = [1, 2, 3, 4].filter(isSigner)
    expect([1, 2, 3, 4].filter((i) => known.isPeer(`0x000${i}`))).toEqual(known1to4)
    return known1to4
  }
  const follow = (...members: readonly number[]): Tracked => {
    const tracked = track({ id: FIXING_ID, fixing: FIXING, document: threeSamples([sourceJson('alpha')]) })
    tracked.ripe = { ...rosters(panelOf(...members)), isFinal: false }
    state.tracked.set(FIXING_ID, tracked)
    return tracked
  }
  return { state, look, follow, rosters }
}

test('whoever left the registry is a stranger from the next reading on', async () => {
  let panel = panelOf(1, 2)
  const { look, state } = reading(() => panel)
  expect(await look(1_200n)).toEqual([1, 2])
  panel = panelOf(2, 3)
  expect(await look(1_799n)).toEqual([1, 2])
  expect(state.isRegistered).toBe(true)
  expect(await look(1_800n)).toEqual([2, 3])
  expect(state.isRegistered).toBe(false)
})

test('who reports for a fixing that is followed, or for one that will mature, is known until that is over', async () => {
  const { look, follow, state, rosters } = reading(() => panelOf(1))
  const tracked = follow(2)
  state.expected.set(5_000n, rosters(panelOf(3)))
  expect(await look(600n)).toEqual([1, 2, 3])
  tracked.isClosed = true
  expect(await look(1_200n)).toEqual([1, 3])
  state.expected.clear()
  expect(await look(1_800n)).toEqual([1])
})

test('a reading that fails changes nothing, and is made again', async () => {
  let panel: Panel | undefined = panelOf(1, 2)
  const { look, state } = reading(() => {
    if (panel === undefined) throw new Error('no answer')
    return panel
  })
  expect(await look(600n)).toEqual([1, 2])
  panel = undefined
  expect(await look(1_200n)).toEqual([1, 2])
  expect([state.signersPeriod, state.isRegistered]).toEqual([1n, true])
  panel = panelOf(4)
  expect(await look(1_201n)).toEqual([4])
})
