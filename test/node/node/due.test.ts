import { expect, test } from 'vitest'
import type { Config } from '#node/config'
import { isDue, noteLook } from '../../../node/node/due.ts'
import { track, type Tracked } from '../../../node/node/tracked.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { FIXING, FIXING_ID, MATURITY, WAD } from '../reporters.ts'
import { snapshotOf } from '../snapshots.ts'

const DEADLINE = MATURITY + 1_000n
const FACTS = { round: 1, bond: WAD, leader: 7n * WAD, deadline: DEADLINE }
const ACTIVE = snapshotOf(FACTS, { candidates: [{ value: 7n * WAD, stake: WAD }], now: MATURITY + 100n })
const RIPE = { reporters: [], indexOf: new Map(), epoch: 1n, isFinal: true }
const ACCOUNT = '0x00000000000000000000000000000000000000a1'

/** A fixing that was looked at at block 100, and whether it is due at another. */
function seen(changes: Partial<Tracked> = {}, roles: readonly string[] = ['watchtower'], account?: typeof ACCOUNT) {
  const log = { version: 4 }
  const parts = {
    chain: { account },
    config: { roles } as unknown as Config, // nothing else is looked at
    watch: { version: () => log.version },
  } as unknown as Parameters<typeof isDue>[0]
  const known = track({ id: FIXING_ID, fixing: FIXING, document: threeSamples([sourceJson('a')]) })
  const tracked: Tracked = { ...known, ripe: RIPE, snapshot: ACTIVE }
  noteLook(parts, tracked, { number: 100n, time: MATURITY + 100n })
  Object.assign(tracked, changes)
  const at = (time: bigint, number = 101n): boolean => isDue(parts, tracked, { number, time })
  return { log, tracked, at }
}

test('a new block of which nothing about a fixing can have changed is none to look at it', () => {
  const { at, log } = seen()
  expect([at(MATURITY + 112n), at(DEADLINE - 1n)]).toEqual([false, false])
  log.version = 5
  expect(at(MATURITY + 112n)).toBe(true)
})

test('a fixing is looked at when its phase or its arbitrator is another by then', () => {
  expect(seen().at(DEADLINE)).toBe(true)
  const start = MATURITY + 50n
  const arbitrated = { ...FACTS, arbitratedAt: start }
  const { at } = seen({ snapshot: snapshotOf(arbitrated, { now: start + 1n }) })
  const turnEnd = start + BigInt(FIXING.arbitrationLimit)
  expect([at(turnEnd - 1n), at(turnEnd)]).toEqual([false, true])
})

test('a fixing is looked at after 64 to 127 blocks, whatever is known of it', () => {
  const { at, tracked } = seen()
  expect(tracked.nextBlock).toBeGreaterThanOrEqual(164n)
  expect(tracked.nextBlock).toBeLessThan(228n)
  const time = MATURITY + 112n
  expect([at(time, tracked.nextBlock - 1n), at(time, tracked.nextBlock)]).toEqual([false, true])
})

test.each<[string, Partial<Tracked>]>([
  ['was not read yet', { snapshot: undefined }],
  ['has no reporters yet', { ripe: undefined }],
  ['may get other reporters', { ripe: { ...RIPE, isFinal: false } }],
  ['is over, and not for long enough', { over: { block: 100n, time: MATURITY, log: 3 } }],
  ['waits for a signer', { logSeen: undefined }],
])('a fixing that %s is looked at with every block', (_, changes) => {
  expect(seen(changes).at(MATURITY + 112n)).toBe(true)
})

test('whoever may act looks at every block, whoever only reports and votes does not', () => {
  const time = MATURITY + 112n
  for (const role of ['proposer', 'watchtower', 'keeper'])
    expect(seen({}, ['reporter', role], ACCOUNT).at(time)).toBe(true)
  expect(seen({}, ['reporter', 'juror'], ACCOUNT).at(time)).toBe(false)
})
