import { expect, test } from 'vitest'
import { z } from 'zod'
import { faultText, schemaFault } from '#protocol/schema-fault.ts'

const SCHEMA = z.strictObject({
  version: z.literal(1),
  name: z.string().min(2),
  count: z.int().min(1).max(9),
  big: z.bigint().optional(),
  flag: z.boolean(),
  list: z.array(z.strictObject({ kind: z.enum(['a', 'b']), url: z.string().startsWith('https://', 'is not https') })),
})
const GOOD = { version: 1, name: 'one', count: 3, flag: true, list: [{ kind: 'a', url: 'https://x' }] }

function faultOf(document: unknown): string {
  const parsed = SCHEMA.safeParse(document)
  if (parsed.success) throw new Error('Expected a fault, got none.')
  return faultText(schemaFault(parsed.error, document))
}

test.each([
  ['a document of another kind', 7, '7 instead of an object'],
  ['no document', undefined, 'nothing instead of an object'],
  ['another version', { ...GOOD, version: 2 }, 'version: 2 instead of 1'],
  ['a field that is missing', { ...GOOD, name: undefined }, 'name: nothing instead of a string'],
  ['a field of another kind', { ...GOOD, flag: 'yes' }, 'flag: "yes" instead of true or false'],
  ['a number with a fraction', { ...GOOD, count: 1.5 }, 'count: 1.5 instead of a whole number'],
  ['a number below its bound', { ...GOOD, count: 0 }, 'count: 0 instead of at least 1'],
  ['a number above its bound', { ...GOOD, count: 10 }, 'count: 10 instead of at most 9'],
  ['a text that is too short', { ...GOOD, name: 'o' }, 'name: "o" instead of at least 2 characters'],
  ['one of several', { ...GOOD, list: [{ kind: 'c', url: 'https://x' }] }, 'list.0.kind: "c" instead of "a" or "b"'],
  ['what the author has words for', { ...GOOD, list: [{ kind: 'a', url: 'x' }] }, 'list.0.url: is not https'],
  ['a misspelt field before the one that is missing', { ...GOOD, count: undefined, conut: 3 }, 'conut: is not known'],
  ['a value that is long', { ...GOOD, count: 'x'.repeat(200) }, `count: "${'x'.repeat(79)}… instead of a number`],
])('names %s', (_what, document, text) => {
  expect(faultOf(document)).toBe(text)
})
