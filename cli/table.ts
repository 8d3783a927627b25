import Table from 'cli-table3'
import { formatColumns } from './format.ts'
import type { Io } from './io.ts'

/** Rows with a head for every column; `text` are the heads of columns that hold no numbers, which stand to the right. */
export type Rows = {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly text: readonly string[]
}

/** The rows below their heads: with borders on a terminal, elsewhere as plain lines, which other programs can read. */
export function formatTable({ head, rows, text }: Rows, { isTerminal }: Pick<Io, 'isTerminal'>): string {
  if (!isTerminal)
    return formatColumns([head, ...rows])
      .map((line) => line.trimEnd())
      .join('\n')
  const table = new Table({
    head: [...head],
    colAligns: head.map((name) => (text.includes(name) ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) table.push([...row])
  return table.toString()
}
