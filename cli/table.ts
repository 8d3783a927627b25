import Table from 'cli-table3'
import { printable } from '#protocol/printable.ts'
import { formatColumns } from './format.ts'
import type { Io } from './io.ts'

/** Rows with a head for every column; `text` are the heads of columns that hold no numbers, which stand to the right. */
export type Rows = {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly text: readonly string[]
}

/**
 * The rows below their heads: with borders on a terminal, or as {@link fittedRows} on one that is too narrow; elsewhere as plain lines, which
 * other programs can read.
 */
export function formatTable(
  { head, rows, text }: Rows,
  { isTerminal, columns }: Pick<Io, 'isTerminal' | 'columns'>,
): string {
  if (!isTerminal)
    return formatColumns([head, ...rows])
      .map((line) => line.trimEnd())
      .join('\n')
  const table = new Table({
    head: [...head],
    colAligns: head.map((name) => (text.includes(name) ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) table.push(row.map(printable))
  const drawn = table.toString()
  const isWide = columns !== undefined && drawn.indexOf('\n') > columns
  return isWide ? stacked({ head, rows }).flat().join('\n') : drawn
}

/**
 * Rows as lines, those of one row together, below the line of their heads: with their columns aligned, or, on a terminal that is too narrow,
 * the first cell of each row on a line of its own and every other one below it with its head. Rows without heads have none of them.
 */
export function fittedRows(
  { head, rows }: Partial<Pick<Rows, 'head'>> & Pick<Rows, 'rows'>,
  { columns }: Pick<Io, 'columns'>,
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const aligned = formatColumns([...(head === undefined ? [] : [head]), ...rows]).map((line) => line.trimEnd())
  if (columns !== undefined && aligned.some(({ length }) => length > columns)) {
    return { head: [], rows: stacked({ head: head ?? [], rows }) }
  }
  const first = head === undefined ? 0 : 1
  return { head: aligned.slice(0, first), rows: aligned.slice(first).map((line) => [line]) }
}

function stacked({ head, rows }: Pick<Rows, 'head' | 'rows'>): string[][] {
  const width = Math.max(0, ...head.slice(1).map(({ length }) => length))
  const label = (i: number): string => (head.length === 0 ? '' : `${(head[i] ?? '').padEnd(width)}  `)
  return rows.map((row) => {
    const [first = '', ...others] = row.map(printable)
    const indent = ' '.repeat(first.length - first.trimStart().length + 2)
    const cells = others.flatMap((cell, i) => (cell === '' ? [] : [`${indent}${label(i + 1)}${cell}`]))
    return [first, ...cells]
  })
}
