/** What is remembered; a backup has all of it. */
export const TABLES = [
  'guard',
  'fixings',
  'reporters',
  'observations',
  'evidence',
  'own',
  'closed',
  'dues',
  'samples',
  'intents',
  'journal',
  'deployment',
  'cases',
  'votes',
] as const

/** What kind of row it is; every kind has a range of keys to itself. `meta` is about the store itself. */
export type Table = 'meta' | (typeof TABLES)[number]

/** One row to write, its value as JSON; bigints become decimal strings. */
export type Row = { readonly table: Table; readonly key: string; readonly value: unknown }
