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
    [6n, 'stake', 'a'],
  ])
  expect(journal.last('stake', FIXING_ID)).toEqual(none)
  journal.forget(FIXING_ID)
  expect(journal.last('stake', FIXING_ID)).toBe(undefined)
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
