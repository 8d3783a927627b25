import { expect, test } from 'vitest'
import { attendanceOf, type AttendanceInput } from '../../../node/presence/attendance.ts'
import { createClockOffset } from '../../../node/presence/clock-offset.ts'
import { MATURITY, presentBy } from '../reporters.ts'

const SEVEN = [0, 1, 2, 3, 4, 5, 6]

/** Ten minutes before the maturity this node already listened; changes replace parts. */
function attendance(changes: Partial<AttendanceInput>): ReturnType<typeof attendanceOf> {
  const now = MATURITY - 540n
  return attendanceOf({
    maturity: MATURITY,
    now,
    since: MATURITY - 600n,
    minSources: 2,
    expected: SEVEN,
    heard: [],
    ...changes,
  })
}

test('R-414 five of seven are a quorum, four are too few, and who is absent is named', async () => {
  const heard = await Promise.all([6, 0, 3, 1].map((i) => presentBy(i, { sourcesReady: 2 })))
  expect(attendance({ heard })).toEqual({
    call: 0,
    present: [0, 1, 3, 6],
    absent: [2, 4, 5],
    ready: [0, 1, 3, 6],
    need: 5,
    isShort: true,
  })
  const fifth = await presentBy(4, { sourcesReady: 2 })
  expect(attendance({ heard: [...heard, fifth] })).toMatchObject({ absent: [2, 5], isShort: false })
})

test('R-414 who is there without enough sources cannot be expected to observe', async () => {
  const heard = await Promise.all(SEVEN.map((i) => presentBy(i, { sourcesReady: i < 4 ? 2 : 1 })))
  expect(attendance({ heard })).toMatchObject({ present: SEVEN, absent: [], ready: [0, 1, 2, 3], isShort: true })
})

test('R-414 the last call counts for itself: who answered the first may be gone', async () => {
  const first = await Promise.all(SEVEN.map((i) => presentBy(i, { sourcesReady: 2 })))
  const last = await Promise.all([0, 1].map((i) => presentBy(i, { sourcesReady: 2, sentAt: MATURITY - 50n })))
  const heard = [...first, ...last]
  expect(attendance({ heard, now: MATURITY - 31n })).toMatchObject({ call: 0, isShort: false })
  expect(attendance({ heard, now: MATURITY - 30n })).toMatchObject({ call: 1, present: [0, 1], isShort: true })
  // At the first call, somebody who came late counts.
  expect(attendance({ heard: last, now: MATURITY - 40n })).toMatchObject({ call: 0, present: [0, 1] })
})

test('R-414 nothing is counted before reporters had their time, nor after the maturity', () => {
  const instants = [541n, 540n, 1n, 0n].map((before) => MATURITY - before)
  expect(instants.map((now) => attendance({ now })?.isShort)).toEqual([undefined, true, true, undefined])
})

test('a node that came in the middle of a call does not know who is missing', () => {
  expect(attendance({ since: MATURITY - 599n })).toBe(undefined)
  expect(attendance({ since: MATURITY - 60n, now: MATURITY - 1n })?.call).toBe(1)
  expect(attendance({ since: MATURITY - 59n, now: MATURITY - 1n })).toBe(undefined)
})

test('where nobody is registered nobody is missing', () => {
  expect(attendance({ expected: [] })).toBe(undefined)
})

test('R-414 the clock offset is that of the block that came quickest', () => {
  const offset = createClockOffset()
  expect(offset.read()).toBe(0)
  offset.note(1_000n, 1_012n)
  offset.note(1_012n, 1_014n)
  offset.note(1_024n, 1_060n)
  expect(offset.read()).toBe(-2)
  // Blocks of sixteen looks ago do not count any more, so that a clock that was set is noticed.
  for (let i = 0n; i < 16n; i += 1n) offset.note(2_000n + i, 2_090n + i)
  expect(offset.read()).toBe(-90)
  offset.note(2n ** 40n, 0n)
  expect(offset.read()).toBe(2 ** 31 - 1)
})
