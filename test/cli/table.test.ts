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

/** What clears a screen, writes to the clipboard, hides, reverses, and begins a line of its own. */
const HOSTILE = '1\u001b[2J\u001b]52;c;ZQ==\u0007\u009b8m\u202e\r\nAll is well.'
const SHOWN = String.raw`1\u001b[2J\u001b]52;c;ZQ==\u0007\u009b8m\u202e\u000d`
const ON_ONE_LINE = String.raw`${SHOWN}\u000aAll is well.`

test('a cell is one line of what a terminal does not obey, whoever wrote it', () => {
  const rows = { head: ['a', 'b'], rows: [[HOSTILE, HOSTILE]], text: ['a', 'b'] }
  const plain = [`a${' '.repeat(ON_ONE_LINE.length + 1)}b`, `${ON_ONE_LINE}  ${ON_ONE_LINE}`]
  expect(formatTable(rows, { isTerminal: false })).toBe(plain.join('\n'))
  expect(formatTable(rows, { isTerminal: true })).toContain(`│ ${ON_ONE_LINE} │ ${ON_ONE_LINE} │`)
  expect(formatTable(rows, { isTerminal: true, columns: 9 })).toBe(`${ON_ONE_LINE}\n  b  ${ON_ONE_LINE}`)
})

test.each([true, false])(
  'what is written has nothing that a terminal obeys but what paints (terminal: %s)',
  (isTTY) => {
    const streams = { stdout: Object.assign(new PassThrough(), { isTTY }), stderr: new PassThrough() }
    const io = streamIo(streams, {})
    const written = (stream: PassThrough): string => String(stream.read())
    const shown = `${SHOWN}\nAll is well.`
    io.out(`${io.paint('bad', HOSTILE)}\t\u001b[2J`)
    const [red, end] = isTTY ? ['\u001b[31m', '\u001b[39m'] : ['', '']
    expect(written(streams.stdout)).toBe(`${red}${shown}${end}\t${String.raw`\u001b[2J`}\n`)
    io.err(HOSTILE)
    expect(written(streams.stderr)).toBe(`${shown}\n`)
    io.redraw([HOSTILE])
    expect(written(streams.stdout).endsWith(`${shown}\n`)).toBe(true)
    // A document says the same, and is as safe to look at.
    io.out(JSON.stringify({ HOSTILE }))
    const document = written(streams.stdout)
    expect(document).toMatch(/^[ -~]+\n$/)
    expect(JSON.parse(document)).toEqual({ HOSTILE })
  },
)

test('the size of a terminal is known as it is now, and none elsewhere', () => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
  const io = streamIo({ stdout, stderr: new PassThrough() }, {})
  expect([io.columns, io.rows]).toEqual([80, 24])
  Object.assign(stdout, { columns: 50, rows: 10 })
  expect([io.columns, io.rows]).toEqual([50, 10])
  // Some pseudo-terminals do not know.
  Object.assign(stdout, { columns: 0, rows: 0 })
  expect([io.columns, io.rows]).toEqual([undefined, undefined])
  Object.assign(stdout, { isTTY: false, columns: 80, rows: 24 })
  expect([io.columns, io.rows]).toEqual([undefined, undefined])
})

test('talk is among the results where both stand on a terminal', () => {
  const terminal = (): PassThrough => Object.assign(new PassThrough(), { isTTY: true })
  const among = (stdout: PassThrough, stderr: PassThrough): boolean | undefined =>
    streamIo({ stdout, stderr }, {}).isTalkAmongResults
  expect(among(terminal(), terminal())).toBe(true)
  expect(among(terminal(), new PassThrough())).toBe(false)
  expect(among(new PassThrough(), terminal())).toBe(false)
})
