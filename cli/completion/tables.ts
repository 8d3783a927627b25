import type { Place, Values } from './grammar.ts'

/** The values of an option, or of the n-th argument, where `key` is `fixing list|--phase` or `fixing list|1`. */
export type ValueRow = { readonly key: string; readonly isRepeated: boolean; readonly values: Values }

/** Where a place is, as the scripts name it: `fixing list`; the program itself is the empty text. */
export function placeName({ words }: Place): string {
  return words.join(' ')
}

/** Every value that can be typed anywhere. Those of arguments that may be repeated come last: their keys are patterns. */
export function valueRows(places: readonly Place[]): ValueRow[] {
  const rows = places.flatMap((place) => [
    ...place.options.flatMap(({ word, values }) => (values === undefined ? [] : [rowOf(place, word, values)])),
    ...place.arguments.map(({ values, isRepeated }, i) => ({ ...rowOf(place, String(i + 1), values), isRepeated })),
  ])
  return rows.toSorted((a, b) => Number(a.isRepeated) - Number(b.isRepeated))
}

/** What a script has in place of `values`: a word that no choice can be, or the choices themselves. */
export function valuesText(values: Values): string {
  return typeof values === 'string' ? `@${values}` : values.join(' ')
}

/** The keys of rows that have the same values, together; repeated ones by themselves, in the order of `rows`. */
export function rowsByValues(
  rows: readonly ValueRow[],
): { readonly text: string; readonly rows: readonly ValueRow[] }[] {
  const single = Map.groupBy(
    rows.filter(({ isRepeated }) => !isRepeated),
    ({ values }) => valuesText(values),
  )
  const repeated = rows.filter(({ isRepeated }) => isRepeated)
  return [
    ...[...single].map(([text, same]) => ({ text, rows: same })),
    ...repeated.map((row) => ({ text: valuesText(row.values), rows: [row] })),
  ]
}

function rowOf(place: Place, what: string, values: Values): ValueRow {
  return { key: `${placeName(place)}|${what}`, isRepeated: false, values }
}
