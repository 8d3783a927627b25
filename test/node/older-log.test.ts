import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { OracleEvent } from '../../node/chain/port.ts'
import { createOlderLog } from '../../node/older-log.ts'
import type { FoundFixing } from '../../node/watch.ts'
import { FIXING, FIXING_ID, keyOf } from './reporters.ts'

const created: OracleEvent = { name: 'created', block: 9_000n, id: FIXING_ID, fixing: FIXING }
const led = (block: bigint): OracleEvent => ({ name: 'led', block, id: FIXING_ID, round: 2, value: block })

/** A watch that goes on at block 25 000 of a log that tests write, read from block 10 on. */
function scene(events: readonly OracleEvent[], sought: readonly Hex[] = [FIXING.indexId]) {
  const state = { next: 25_000n, nowMs: 0, prunedBefore: 0n }
  const ranges: [bigint, bigint][] = []
  const [followed, recalled, warned]: [unknown[], (readonly FoundFixing[])[], string[]] = [[], [], []]
  const closed = new Set<Hex>()
  const controller = new AbortController()
  const older = createOlderLog(
    {
      chain: {
        events: async (from, to) => {
          ranges.push([from, to])
          if (from < state.prunedBefore) throw new Error('history is pruned')
          return events.filter(({ block }) => block >= from && block <= to)
        },
      },
      watch: { nextBlock: () => state.next, follow: (one, earlier) => void followed.push([one, earlier]) },
      memory: { recall: async (found) => void recalled.push(found), isClosed: async (id) => closed.has(id) },
      clock: { monotonicMs: () => state.nowMs },
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: (_, message) => void warned.push(message),
        error: () => undefined,
      },
      signal: controller.signal,
    },
    sought,
    10n,
  )
  /** A step, and what it began beside it. */
  const step = async (): Promise<void> => {
    await older.step()
    await new Promise(setImmediate)
  }
  return { state, ranges, followed, recalled, warned, closed, controller, older, step }
}

const FOUND = { id: FIXING_ID, fixing: FIXING, block: 9_000n }

test('reads older blocks in parts, and follows what it found with every event up to where the watch goes on', async () => {
  const other: OracleEvent = { ...created, id: keyOf('other').privateKey, fixing: { ...FIXING, indexId: FIXING_ID } }
  const log = [led(8_000n), created, other, led(24_990n), led(25_005n), led(25_010n)]
  const { state, ranges, followed, recalled, step } = scene(log)
  await step()
  expect([recalled, followed]).toEqual([[], []])
  // Meanwhile the watch went on.
  state.next = 25_010n
  await step()
  await step()
  expect(ranges).toEqual([
    [10n, 10_009n],
    [10_010n, 20_009n],
    [20_010n, 24_999n],
    [25_000n, 25_009n],
  ])
  expect(recalled).toEqual([[FOUND]])
  // The first event is of a time when it was not announced yet, and comes with the announcement.
  expect(followed).toEqual([[FOUND, [led(8_000n), created, led(24_990n), led(25_005n)]]])
})

test('does not follow what is closed', async () => {
  const { followed, recalled, closed, step } = scene([created])
  closed.add(FIXING_ID)
  await step()
  await step()
  expect([recalled, followed]).toEqual([[[]], []])
})

test('a failure is told and tried again where it failed, later and later, and stops nothing', async () => {
  const { state, ranges, warned, recalled, step } = scene([created])
  state.prunedBefore = 20_000n
  await step()
  await step()
  state.nowMs = 14_999
  await step()
  expect([ranges, warned]).toEqual([[[10n, 10_009n]], ['the log before an index document was held cannot be read']])
  state.nowMs = 15_000
  await step()
  state.nowMs = 44_999
  await step()
  expect([ranges.length, warned.length]).toEqual([2, 2])
  state.nowMs = 45_000
  state.prunedBefore = 0n
  await step()
  await step()
  expect(ranges.slice(2).map(([from]) => from)).toEqual([10n, 10_010n, 20_010n])
  expect([recalled, warned.length]).toEqual([[[FOUND]], 2])
})

test('looks for nothing when nothing is sought, when it is stopping, and once the watch has read everything again', async () => {
  const idle = scene([created], [])
  await idle.step()
  await idle.older.drop()
  expect([idle.ranges, idle.recalled]).toEqual([[], []])
  const stopping = scene([created])
  stopping.controller.abort()
  await stopping.step()
  expect(stopping.ranges).toEqual([])
  const undone = scene([created])
  await undone.step()
  await undone.older.drop()
  await undone.step()
  expect([undone.recalled, undone.followed]).toEqual([[[]], []])
})
