import type { z } from 'zod'

/** What is wrong with a document: where, and why, in words that can follow "got". */
export type SchemaFault = {
  /** Field names with dots between them; empty for the document itself. */
  readonly field: string
  /** What the schema's author says, or `nothing instead of a string`. */
  readonly reason: string
  /** What is wanted there: `a string`, `at least 1`, or what the schema's author says. */
  readonly want: string
  /** Whether there is no such field. */
  readonly isUnknown: boolean
}

/** A word for each kind of value that a schema asks for. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}
/** How zod begins the messages that nobody wrote. */
const UNWRITTEN = /^(?:Invalid|Too small|Too big|Unrecognized)\b/
const LONGEST = 80

/** The first fault of `document`; a field that is not known comes first, since it is often what is missing, misspelt. */
export function schemaFault(error: z.ZodError, document: unknown): SchemaFault {
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0]
  if (issue === undefined) return { field: '', reason: 'is not valid', want: 'a valid document', isUnknown: false }
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0]].join('.')
    return { field, reason: 'is not known', want: 'a known field', isUnknown: true }
  }
  const field = issue.path.join('.')
  if (!UNWRITTEN.test(issue.message)) return { field, reason: issue.message, want: issue.message, isUnknown: false }
  const want = wantOf(issue)
  return { field, reason: `${shown(valueAt(document, issue.path))} instead of ${want}`, want, isUnknown: false }
}

/** A fault with its place: `unit: nothing instead of a string`. */
export function faultText({ field, reason }: SchemaFault): string {
  return field === '' ? reason : `${field}: ${reason}`
}

function wantOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ')
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`
    default:
      return 'another'
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' entries' : ''
}

function valueAt(document: unknown, names: readonly PropertyKey[]): unknown {
  return names.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    document,
  )
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one))
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
