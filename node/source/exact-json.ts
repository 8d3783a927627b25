/**
 * `JSON.parse` with every number as the text it was written as: 0.1 stays "0.1", 1e-7 stays "1e-7" and no digit of a
 * large number is lost. Throws SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? context?.source : value,
  )
}
