import { expect, test } from 'vitest'
import { createJournal, type JournalLine } from '../../node/journal.ts'
import { fakeClock } from './fake-clock.ts'
import { FIXING_ID } from './reporters.ts'
import { SILENT } from './silent-log.ts'

test('writes a line when it says something new, with the time, and not when it repeats itself', async () => {
  const written: (JournalLine & { time: bigint })[] = []
  const clock = fakeClock(5n)
  const memory = { append: async (line: JournalLine & { time: bigint }) => void written.push(line) }
  const journal = createJournal(memory, clock, SILENT)
  const none = { stage: 'stake', fixingId: FIXING_ID, action: 'none', reason: 'a' }
  await journal.write(none)
  await journal.write(none)
  await journal.write({ ...none, stage: 'propose' })
  await journal.write({ ...none, fixingId: `0x${'01'.repeat(32)}` })
  clock.set(6n)
  await journal.write({ ...none, reason: 'b' })
  await journal.write(none)
  expect(written.map(({ time, stage, reason }) => [time, stage, reason])).toEqual([
    [5n, 'stake', 'a'],
    [5n, 'propose', 'a'],
    [5n, 'stake', 'a'],
    [6n, 'stake', 'b'],
  ])
  expect(journal.last('stake', FIXING_ID)).toEqual(none)
  journal.forget(FIXING_ID)
  expect(journal.last('stake', FIXING_ID)).toBe(undefined)
})

/** A journal, the time and reason of what it wrote, and how to say why nothing was observed at `time`. */
function abstaining() {
  const written: [bigint, string][] = []
  const clock = fakeClock(0n)
  const append = async ({ time, reason }: JournalLine & { time: bigint }) => void written.push([time, reason])
  const journal = createJournal({ append }, clock, SILENT)
  const say = async (time: bigint, reason: string, action = 'abstain'): Promise<void> => {
    clock.set(time)
    await journal.write({ stage: 'observe', fixingId: FIXING_ID, action, reason })
  }
  return { journal, written, say }
}

test('a failure whose text alternates is written once an hour for each text, and what stays of it at last', async () => {
  const { journal, written, say } = abstaining()
  for (let minute = 0n; minute < 61n; minute += 1n) await say(60n * minute, `HTTP ${minute % 2n === 0n ? 503 : 429}`)
  expect(written).toEqual([
    [0n, 'HTTP 503'],
    [60n, 'HTTP 429'],
    [3_600n, 'HTTP 503'],
  ])
  await say(3_601n, 'HTTP 429')
  // Whoever asks what was said last hears the newest, written or not.
  expect(journal.last('observe', FIXING_ID)?.reason).toBe('HTTP 429')
  await say(3_659n, 'HTTP 429')
  await say(3_660n, 'HTTP 429')
  await say(9_999n, 'HTTP 429')
  expect(written.slice(3)).toEqual([[3_660n, 'HTTP 429']])
})

test('a failure that says something else every time is written ten times an hour, another action at once and not by turns, and deeds always', async () => {
  const { written, say } = abstaining()
  for (let minute = 0n; minute < 60n; minute += 1n) await say(60n * minute, `request ${minute}`)
  expect(written.map(([time]) => time)).toEqual(Array.from({ length: 10 }, (_, i) => 60n * BigInt(i)))
  await say(3_550n, 'no key', 'none')
  for (const again of ['request 60', 'request 61']) {
    await say(3_551n, again)
    await say(3_551n, 'no key', 'none')
  }
  expect(written.slice(10)).toEqual([[3_550n, 'no key']])
  for (let seat = 0; seat < 31; seat += 1) await say(3_552n, `Seat ${seat % 2}.`, 'reveal')
  expect(written).toHaveLength(11 + 31)
})

test('tells what it is about apart by the subject, and neither writes nor counts that', async () => {
  const written: unknown[] = []
  const memory = { append: async (line: unknown) => void written.push(line) }
  const journal = createJournal(memory, fakeClock(5n), SILENT)
  const line = { stage: 'keep', fixingId: FIXING_ID, action: 'wait', reason: 'a' }
  for (const subject of ['one', 'two', 'one', 'two']) await journal.write({ ...line, subject })
  expect(written).toEqual([
    { ...line, time: 5n },
    { ...line, time: 5n },
  ])
  expect(journal.counts()).toEqual([['keep', 'wait', 2]])
})

test('counts what it wrote by stage and action', async () => {
  const journal = createJournal({ append: async () => undefined }, fakeClock(5n), SILENT)
  const none = { stage: 'stake', fixingId: FIXING_ID, action: 'none', reason: 'a' }
  await journal.write(none)
  await journal.write(none)
  await journal.write({ ...none, reason: 'b' })
  await journal.write({ ...none, action: 'contribute' })
  expect(journal.counts()).toEqual([
    ['stake', 'none', 2],
    ['stake', 'contribute', 1],
  ])
})
