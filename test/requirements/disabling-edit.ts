import type { Edit } from '../mutation/edit.ts'

/** An edit that turns one rule of a requirement off, and still compiles. */
export type DisablingEdit = Edit & { readonly id: string; readonly rule: string }

/** A disabling edit as a line of a table. */
export type EditRow = readonly [id: string, rule: string, file: string, find: string, replace: string]

/** The edits of a table. */
export function editsOf(rows: readonly EditRow[]): readonly DisablingEdit[] {
  return rows.map(([id, rule, file, find, replace]) => ({ id, rule, file, find, replace }))
}
