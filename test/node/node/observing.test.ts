import { expect, test } from 'vitest'
import { targetOf } from '../../../node/node/observing.ts'
import type { Parts } from '../../../node/node/parts.ts'
import { track, type Tracked } from '../../../node/node/tracked.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { FIXING, FIXING_ID, MATURITY, WAD } from '../reporters.ts'
import { snapshotOf } from '../snapshots.ts'

const DEADLINE = MATURITY + 1_000n
const FACTS = { round: 1, bond: WAD, leader: 7n * WAD, deadline: DEADLINE }
const RIPE = { reporters: [], indexOf: new Map(), epoch: 1n, isFinal: true }

const PARTS = {
  chain: { account: undefined },
  clock: { now: () => MATURITY },
  config: { roles: ['watchtower'], policy: { observe: 'all', arbitrators: [] } },
} as unknown as Parts // nothing else is looked at

test('an observation presses as long as a proposal can be disputed, and neither before nor after that', () => {
  const known = track({ id: FIXING_ID, fixing: FIXING, document: threeSamples([sourceJson('a')]) })
  const isPressing = (snapshot: Tracked['snapshot']): unknown =>
    targetOf(PARTS, { ...known, ripe: RIPE, snapshot })?.isPressing
  expect(isPressing(undefined)).toBe(false)
  expect(isPressing(snapshotOf({}))).toBe(false)
  expect(isPressing(snapshotOf(FACTS, { now: MATURITY + 100n }))).toBe(true)
  const asked = { ...FACTS, arbitratedAt: MATURITY + 50n }
  expect(isPressing(snapshotOf(asked, { now: MATURITY + 100n }))).toBe(false)
})
