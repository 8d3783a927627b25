/** The `share` quantile of `values` by the nearest rank: the least that at least so many are not above. NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** What a goal asks of a figure. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number }

/** One figure of a benchmark. */
export type Figure = {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What the same would cost or bring with nothing of ours in it, in the same unit. */
  readonly raw?: { readonly what: string; readonly value: number }
  readonly goal?: Goal
}

/** A benchmark's figures, under its name. */
export type Result = { readonly bench: string; readonly figures: readonly Figure[] }

/** Whether a figure meets its goal; undefined without one. */
export function isMet({ value, goal }: Figure): boolean | undefined {
  if (goal === undefined) return undefined
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast
}

/** The results for people. */
export function tableLines(results: readonly Result[]): readonly string[] {
  const rows = results.flatMap(({ bench, figures }) => [
    ['', bench, '', '', ''],
    ...figures.map((figure) => ['', ...cellsOf(figure)]),
    ['', '', '', '', ''],
  ])
  const header = ['', '', 'figure', 'raw', 'goal']
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => (row[i] ?? '').length)))
  return [header, ...rows].map((row) =>
    row
      .map((cell, i) => (i === 2 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .slice(1)
      .join('  ')
      .trimEnd(),
  )
}

function cellsOf(figure: Figure): readonly string[] {
  const { what, value, unit, raw, goal } = figure
  const met = isMet(figure)
  const bound = goal === undefined ? '' : 'atMost' in goal ? `<= ${text(goal.atMost)}` : `>= ${text(goal.atLeast)}`
  return [
    what,
    `${text(value)} ${unit}`,
    raw === undefined ? '' : `${text(raw.value)} (${raw.what})`,
    met === undefined ? '' : `${bound} ${met ? 'met' : 'MISSED'}`,
  ]
}

/** At most three significant digits after the first hundred, thousands apart. */
function text(value: number): string {
  if (!Number.isFinite(value)) return 'none'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replaceAll(/\B(?=(\d{3})+(?!\d|\.))/g, digits === 0 ? ' ' : '')
}
