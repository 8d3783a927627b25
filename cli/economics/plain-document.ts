/** A document as scripts read it: amounts as decimal strings, and times, by their names, as numbers of seconds. */
export function plainDocument(document: object): Record<string, unknown> {
  // The only bigints that scripts can read as numbers are times.
  return JSON.parse(
    JSON.stringify(document, (key, value: unknown) => {
      if (typeof value !== 'bigint') return value
      return key.toLowerCase().endsWith('seconds') ? Number(value) : value.toString()
    }),
  )
}
