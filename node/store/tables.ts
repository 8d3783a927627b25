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

/**
 * What kind of row it is; every kind has a range of keys to itself. `meta` is about the store itself, `log` what was read up to where
 * that says, `older` what was found in older blocks, which are not read up to there: a backup has none of them, and the chain's log is
 * read again.
 */
export type Table = 'meta' | 'log' | 'older' | (typeof TABLES)[number]

/** One row to write, its value as JSON; bigints become decimal strings. */
export type Row = { readonly table: Table; readonly key: string; readonly value: unknown }

/** One row to delete, which may not be there. */
export type Removal = { readonly type: 'del'; readonly table: Table; readonly key: string }
