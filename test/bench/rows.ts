import type { Measured } from './measure.ts'
import { type Peer, type Step, STEPS } from './steps.ts'

/** One line of the table, gas; `goal` and `peer` undefined where there is none. */
export type Row = {
  readonly step: string
  readonly writes: string
  readonly gas: number
  readonly goal: number | undefined
  readonly minimum: number
  readonly peer: Peer | undefined
}

/** The measured steps beside their goals and peers, in the table's order. */
export function rowsOf(measured: ReadonlyMap<string, Measured>): readonly Row[] {
  return STEPS.map(({ step, writes, goal, peer }) => {
    const { gas, minimum } = measured.get(step) ?? { gas: Number.NaN, minimum: Number.NaN }
    return { step, writes, gas, goal: goalOf(goal, minimum), minimum, peer }
  })
}

/** What `--json` prints of a row: `null` where there is no goal or no peer; `peer` is its gas, `peerName` what it is. */
export type JsonRow = {
  readonly step: string
  readonly gas: number
  readonly goal: number | null
  readonly minimum: number
  readonly peer: number | null
  readonly peerName: string | null
}

export function jsonOf({ step, gas, goal, minimum, peer }: Row): JsonRow {
  return { step, gas, goal: goal ?? null, minimum, peer: peer?.gas ?? null, peerName: peer?.name ?? null }
}

/** Whether a row has a goal and is above it. */
export function isMissed({ gas, goal }: Row): boolean {
  return goal !== undefined && gas > goal
}

/** The table for people. */
export function tableLines(rows: readonly Row[]): readonly string[] {
  const cells = rows.map((row) => [row.step, gasText(row.gas), goalText(row), gasText(row.minimum), peerText(row.peer)])
  const all = [['step', 'gas', 'goal', 'minimum', 'cheapest peer'], ...cells]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)))
  return all.map((line) =>
    line
      .map((cell, column) => (column === 1 || column === 3 ? cell.padStart(widths[column] ?? 0) : pad(cell, column)))
      .join('  ')
      .trimEnd(),
  )
  function pad(cell: string, column: number): string {
    return cell.padEnd(widths[column] ?? 0)
  }
}

/** 97359 as `97 359`. */
export function gasText(gas: number): string {
  return gas.toLocaleString('en').replaceAll(',', ' ')
}

/** The goal, and by how much it is missed. */
export function goalText(row: Row): string {
  if (row.goal === undefined) return ''
  const missed = isMissed(row) ? `, missed by ${gasText(row.gas - row.goal)}` : ''
  return `${gasText(row.goal)}${missed}`
}

export function peerText(peer: Peer | undefined): string {
  return peer === undefined ? '' : `${gasText(peer.gas)} ${peer.name}`
}

/** A share of the minimum rounds down: the goal is not met by a fraction of a unit. */
function goalOf(goal: Step['goal'], minimum: number): number | undefined {
  return typeof goal === 'object' ? Math.floor((minimum * goal.percent) / 100) : goal
}
