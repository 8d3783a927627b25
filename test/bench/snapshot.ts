import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../model/artifacts.ts'
import type { Row } from './rows.ts'

/** The figures that are committed, and that every run is compared with. */
const SNAPSHOT = join(ROOT, 'test', 'bench', 'gas.json')

/** Gas by step: the product's and the minimum's. */
export type Snapshot = Readonly<Record<string, { readonly gas: number; readonly minimum: number }>>

export function snapshotOf(rows: readonly Row[]): Snapshot {
  return Object.fromEntries(rows.map(({ step, gas, minimum }) => [step, { gas, minimum }]))
}

export function readSnapshot(): Snapshot {
  return JSON.parse(readFileSync(SNAPSHOT, 'utf8')) as Snapshot // written below
}

export function writeSnapshot(snapshot: Snapshot): void {
  writeFileSync(SNAPSHOT, `${JSON.stringify(snapshot, null, 2)}\n`)
}

/** Every figure of `got` that is not `want`'s, in either direction, as lines; steps that only one of them has too. */
export function differences(got: Snapshot, want: Snapshot): readonly string[] {
  const steps = new Set([...Object.keys(want), ...Object.keys(got)])
  return [...steps].flatMap((step) =>
    (['gas', 'minimum'] as const)
      .filter((figure) => got[step]?.[figure] !== want[step]?.[figure])
      .map((figure) => {
        const [now, then] = [got[step]?.[figure], want[step]?.[figure]]
        return `${step}: ${figure} ${now ?? 'no longer measured'}, snapshot ${then ?? 'has none'}`
      }),
  )
}
