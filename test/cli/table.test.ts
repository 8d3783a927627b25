import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { streamIo } from '../../cli/io.ts'
import { fittedRows, formatTable } from '../../cli/table.ts'

const HEAD = ['fixing', 'phase', 'difference']
const ROWS = [
  ['0x12', 'active 1', 'WRONG: 499.9 above'],
  ['0x34', 'open', ''],
]

test('rows are aligned where they fit, to the last column', () => {
  const aligned = {
    head: ['fixing  phase     difference'],
    rows: [['0x12    active 1  WRONG: 499.9 above'], ['0x34    open']],
  }
  expect(fittedRows({ head: HEAD, rows: ROWS }, {})).toEqual(aligned)
  expect(fittedRows({ head: HEAD, rows: ROWS }, { columns: 36 })).toEqual(aligned)
  expect(fittedRows({ head: HEAD, rows: ROWS }, { columns: 35 })).not.toEqual(aligned)
  expect(fittedRows({ rows: [['  a', 'b']] }, { columns: 6 })).toEqual({ head: [], rows: [['  a  b']] })
})

test('rows that do not fit have a line for each cell, none for an empty one', () => {
  expect(fittedRows({ head: HEAD, rows: ROWS }, { columns: 35 })).toEqual({
    head: [],
    rows: [
      ['0x12', '  phase       active 1', '  difference  WRONG: 499.9 above'],
      ['0x34', '  phase       open'],
    ],
  })
  expect(fittedRows({ rows: [['  3000', '0.1 ETH', '', 'leads']] }, { columns: 10 })).toEqual({
    head: [],
    rows: [['  3000', '    0.1 ETH', '    leads']],
  })
})

test('a table with borders is drawn where it fits', () => {
  const rows = { head: HEAD, rows: ROWS, text: HEAD }
  const drawn = formatTable(rows, { isTerminal: true })
  const width = drawn.indexOf('\n')
  expect(drawn).toContain('│ 0x12')
  expect(formatTable(rows, { isTerminal: true, columns: width })).toBe(drawn)
  expect(formatTable(rows, { isTerminal: true, columns: width - 1 })).toBe(
    '0x12\n  phase       active 1\n  difference  WRONG: 499.9 above\n0x34\n  phase       open',
  )
  expect(formatTable(rows, { isTerminal: false, columns: 5 })).toContain('0x12    active 1  WRONG')
})

test('the width of a terminal is known as it is now, and none elsewhere', () => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  const io = streamIo({ stdout, stderr: new PassThrough() }, {})
  expect(io.columns).toBe(80)
  stdout.columns = 50
  expect(io.columns).toBe(50)
  // Some pseudo-terminals do not know.
  stdout.columns = 0
  expect(io.columns).toBeUndefined()
  stdout.isTTY = false
  stdout.columns = 80
  expect(io.columns).toBeUndefined()
})
