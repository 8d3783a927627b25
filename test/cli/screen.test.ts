import { expect, test } from 'vitest'
import type { Io } from '../../cli/io.ts'
import { fittedLines, openScreen } from '../../cli/screen.ts'

const LINES = ['one', 'two', 'three', 'four']
const FOOT = ['', 'foot']
const remark = (left: number): string => `${left} more`

const fitted = (rows: number | undefined, columns?: number, lines = LINES): readonly string[] =>
  fittedLines({ lines, remark, foot: FOOT }, { rows, columns })

test('what fits beside the cursor is drawn whole, and what does not gives way to a remark on how much it is', () => {
  expect(fitted(undefined)).toEqual([...LINES, ...FOOT])
  expect(fitted(7)).toEqual([...LINES, ...FOOT])
  expect(fitted(6)).toEqual(['one', 'two', '2 more', ...FOOT])
  expect(fitted(4)).toEqual(['4 more', ...FOOT])
  expect(fitted(3)).toEqual(['one', '3 more'])
  expect(fitted(2)).toEqual(['4 more'])
  expect(fitted(1)).toEqual([])
})

test('a line that is wider than the screen counts for the rows that it takes, its colours for none', () => {
  const wide = ['x'.repeat(20), '\u001B[31mtwenty characters   \u001B[39m', 'end']
  expect(fitted(6, 20, wide)).toEqual([...wide, ...FOOT])
  // Two rows for each of the first two.
  expect(fitted(7, 19, wide)).toEqual(['x'.repeat(20), '2 more', ...FOOT])
  expect(fitted(8, 19, wide)).toEqual([...wide, ...FOOT])
})

/** A screen, and what is written to it in order. */
function stage(isTalkAmongResults: boolean) {
  const written: unknown[] = []
  const io: Io = {
    isTerminal: true,
    isTalkAmongResults,
    rows: 9,
    out: () => undefined,
    err: (line) => void written.push(line),
    redraw: (lines) => void written.push([...lines]),
    paint: (_, text) => text,
  }
  return { written, screen: openScreen(io) }
}

test('what is said stays in sight below what is drawn until it is over, and is not written into it', () => {
  const { written, screen } = stage(true)
  screen.talk.err('reading ...')
  screen.talk.err('no value')
  screen.draw(['table'], remark)
  screen.hush()
  for (const line of ['a', 'b', 'c', 'd']) screen.talk.err(line)
  screen.draw(['table'], remark)
  screen.hush()
  screen.draw(['table'], remark)
  const end = 'Ctrl-C ends it.'
  expect(written).toEqual([
    'reading ...',
    'no value',
    ['table', '', 'no value', end],
    ['table', '', 'b', 'c', 'd', end],
    ['table', '', end],
  ])
})

test('talk that stands somewhere else is written there as well', () => {
  const { written, screen } = stage(false)
  screen.draw(['table'], remark)
  screen.talk.err('a')
  expect(written.at(-1)).toBe('a')
})
