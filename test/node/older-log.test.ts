import { isDeepStrictEqual } from 'node:util'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { OracleEvent } from '../../node/chain/port.ts'
import { type Progress, type RecalledFixing, type Search, startOlderLog } from '../../node/older-log.ts'
import type { FoundFixing } from '../../node/watch/memory.ts'
import { FIXING, FIXING_ID, keyOf } from './reporters.ts'

const created: OracleEvent = { name: 'created', block: 9_000n, id: FIXING_ID, fixing: FIXING }
const led = (block: bigint): OracleEvent => ({ name: 'led', block, id: FIXING_ID, round: 2, value: block })

/** What it keeps on disk. */
type Disk = { search?: Search; progress?: Progress | undefined }

/** A watch that goes on at block 25 000 of a log that tests write, read from block 10 on. */
async function scene(
  events: readonly OracleEvent[],
  indices: readonly Hex[] = [FIXING.indexId],
  fixings: readonly FoundFixing[] = [],
  disk: Disk = {},
) {
  const state = {
    next: 25_000n,
    nowMs: 0,
    prunedBefore: 0n,
    isFull: false,
    answer: Promise.resolve(),
    written: Promise.resolve(),
  }
  const ranges: [bigint, bigint][] = []
  const [followed, recalled, warned]: [unknown[], (readonly RecalledFixing[])[], string[]] = [[], [], []]
  const closed = new Set<Hex>()
  const controller = new AbortController()
  const older = await startOlderLog(
    {
      chain: {
        events: async (from, to) => {
          ranges.push([from, to])
          await state.answer
          if (from < state.prunedBefore) throw new Error('history is pruned at https://a.example/key')
          return events.filter(({ block }) => block >= from && block <= to)
        },
      },
      watch: { nextBlock: () => state.next, follow: (one, earlier) => void followed.push([one, earlier]) },
      memory: {
        resume: async (search) => (isDeepStrictEqual(search, disk.search) ? disk.progress : undefined),
        async advance(search, nextBlock, parts) {
          if (state.isFull) throw new Error('disk full')
          await state.written
          const found = new Map(disk.progress?.found.map((one) => [one.id, one]))
          for (const { from, events: more, ...one } of parts) {
            found.set(one.id, { ...one, log: [...(found.get(one.id)?.log.slice(0, from) ?? []), ...more] })
          }
          Object.assign(disk, { search, progress: { nextBlock, found: [...found.values()] } })
        },
        async recall(found) {
          recalled.push(found)
          disk.progress = undefined
        },
        isClosed: async (id) => closed.has(id),
      },
      clock: { monotonicMs: () => state.nowMs },
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: (_, message) => void warned.push(message),
        error: () => undefined,
      },
      signal: controller.signal,
    },
    { indices, fixings },
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
  const { state, ranges, followed, recalled, step } = await scene(log)
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
  // The first event is of a time when it was not announced yet, and comes with the announcement.
  const all = [led(8_000n), created, led(24_990n), led(25_005n)]
  expect(recalled).toEqual([[{ ...FOUND, log: all }]])
  expect(followed).toEqual([[FOUND, all]])
})

test('a fixing that is created again was announced where it was the first time', async () => {
  const again: OracleEvent = { ...created, block: 22_000n }
  const { recalled, step } = await scene([created, again])
  await step()
  await step()
  expect(recalled).toEqual([[{ ...FOUND, log: [created, again] }]])
})

test('reads what was logged of fixings that are known from where the first was announced, and finds no others', async () => {
  const id = keyOf('other').privateKey
  const known = { ...FOUND, block: 20_500n }
  const silent = { ...FOUND, id, block: 20_400n }
  const third: OracleEvent = { ...created, id: keyOf('third').privateKey, block: 21_000n }
  const { ranges, followed, recalled, step } = await scene([created, led(20_600n), third], [], [known, silent])
  await step()
  await step()
  expect(ranges).toEqual([[20_400n, 24_999n]])
  expect(recalled).toEqual([
    [
      { ...known, log: [led(20_600n)] },
      { ...silent, log: [] },
    ],
  ])
  expect(followed).toEqual([
    [known, [led(20_600n)]],
    [silent, []],
  ])
})

test('says what is not followed while older blocks cannot be read, and no more once they can', async () => {
  const { state, older, step } = await scene([created], [FIXING.indexId], [{ ...FOUND, block: 5n }])
  expect(older.problem()).toBe(undefined)
  state.prunedBefore = 20_000n
  await step()
  expect(older.problem()).toBe(
    'Not followed yet: what was created for 1 indices whose documents are new here, 1 fixings whose logs were not kept. ' +
      'Blocks from 5 on cannot be read: history is pruned at https://a.example',
  )
  state.prunedBefore = 0n
  state.nowMs = 15_000
  await step()
  expect(older.problem()).toBe(undefined)
})

test('does not follow what is closed', async () => {
  const { followed, recalled, closed, step } = await scene([created])
  closed.add(FIXING_ID)
  await step()
  await step()
  expect([recalled, followed]).toEqual([[[]], []])
})

test('a failure is told and tried again where it failed, later and later, and stops nothing', async () => {
  const { state, ranges, warned, recalled, step } = await scene([created])
  state.prunedBefore = 20_000n
  await step()
  await step()
  state.nowMs = 14_999
  await step()
  expect([ranges, warned]).toEqual([[[10n, 10_009n]], ['older blocks cannot be read']])
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
  expect([recalled, warned.length]).toEqual([[[{ ...FOUND, log: [created] }]], 2])
})

test('looks for nothing when nothing is sought, when it is stopping, and once the watch has read everything again', async () => {
  const idle = await scene([created], [])
  await idle.step()
  await idle.older.drop()
  expect([idle.ranges, idle.recalled]).toEqual([[], []])
  const stopping = await scene([created])
  stopping.controller.abort()
  await stopping.step()
  expect(stopping.ranges).toEqual([])
  const undone = await scene([created])
  await undone.step()
  await undone.older.drop()
  await undone.step()
  expect([undone.recalled, undone.followed]).toEqual([[[]], []])
})

test('goes on after a restart where it was, with all that it had found, and begins anew for anything else', async () => {
  const log = [created, led(9_500n), led(15_000n), led(24_990n)]
  const disk: Disk = {}
  const first = await scene(log, undefined, undefined, disk)
  first.state.next = 10_100n
  await first.step()
  expect(disk.progress).toEqual({ nextBlock: 10_010n, found: [{ ...FOUND, log: log.slice(0, 2) }] })
  const second = await scene(log, undefined, undefined, disk)
  await second.step()
  await second.step()
  expect(second.ranges).toEqual([
    [10_010n, 20_009n],
    [20_010n, 24_999n],
  ])
  expect([second.recalled, second.followed]).toEqual([[[{ ...FOUND, log }]], [[FOUND, log]]])
  const known = { ...FOUND, block: 20_500n }
  const other = await scene(log, [], [known], { ...disk, progress: { nextBlock: 22_000n, found: [] } })
  await other.step()
  expect(other.ranges).toEqual([[20_500n, 24_999n]])
})

test('what was read and not remembered is read again', async () => {
  const { state, ranges, recalled, step } = await scene([created])
  state.isFull = true
  await step()
  state.isFull = false
  state.nowMs = 15_000
  await step()
  await step()
  expect(ranges.slice(0, 2)).toEqual([
    [10n, 10_009n],
    [10n, 10_009n],
  ])
  expect(recalled).toEqual([[{ ...FOUND, log: [created] }]])
})

test('remembers nothing of what it was reading when the watch had read everything again', async () => {
  const disk: Disk = {}
  const { state, older, recalled, step } = await scene([created], undefined, undefined, disk)
  const { promise, resolve } = Promise.withResolvers<void>()
  state.answer = promise
  await older.step()
  await older.drop()
  resolve()
  await step()
  expect([disk.progress, recalled]).toEqual([undefined, [[]]])
})

test('what is being remembered when the watch has read everything again is forgotten behind it', async () => {
  const disk: Disk = {}
  const { state, older, recalled, step } = await scene([created], undefined, undefined, disk)
  const { promise, resolve } = Promise.withResolvers<void>()
  state.written = promise
  await step()
  const dropped = older.drop()
  await new Promise(setImmediate)
  expect(recalled).toEqual([])
  resolve()
  await dropped
  expect([disk.progress, recalled]).toEqual([undefined, [[]]])
})
