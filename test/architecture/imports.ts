import { type Code, lineAt } from './source-text.ts'

/** One import, re-export or dynamic import of a module. */
export type Import = {
  /** As written; undefined for a dynamic import of something that is no literal. */
  readonly specifier: string | undefined
  readonly line: number
  readonly kind: 'import' | 'export' | 'dynamic'
  /** True for `import type` and `export type` alone: `import { type X }` still loads the module. */
  readonly isType: boolean
  /** The names taken, as the module exports them; `*` for all of them. */
  readonly names: readonly string[]
}

const STATIC = /\b(import|export)\s+(type\s+(?!from\b))?([\w$*{},\s]*?)\s*\bfrom\s*"(\d+)"/g
const SIDE_EFFECT = /\bimport\s*"(\d+)"/g
const DYNAMIC = /\bimport\s*\(\s*(?:"(\d+)")?/g

/** Every module that the TypeScript in `code` names, by import, re-export or dynamic import. */
export function importsOf({ text, strings }: Code): Import[] {
  const found: Import[] = []
  const add = (match: RegExpExecArray, place: string | undefined, rest: Omit<Import, 'specifier' | 'line'>): void => {
    found.push({
      specifier: place === undefined ? undefined : strings[Number(place)],
      line: lineAt(text, match.index),
      ...rest,
    })
  }
  for (const match of text.matchAll(STATIC)) {
    const [, keyword, type, clause = '', place] = match
    add(match, place, {
      kind: keyword === 'export' ? 'export' : 'import',
      isType: type !== undefined,
      names: namesOf(clause),
    })
  }
  for (const match of text.matchAll(SIDE_EFFECT)) add(match, match[1], { kind: 'import', isType: false, names: [] })
  for (const match of text.matchAll(DYNAMIC)) add(match, match[1], { kind: 'dynamic', isType: false, names: ['*'] })
  return found
}

/** `a, { b as c, type D }` takes default, b and D. */
function namesOf(clause: string): string[] {
  const [, before = '', braced = ''] = /^([^{]*)(?:\{([^}]*)\})?/.exec(clause) ?? []
  const outer = before.split(',').map((name) => name.trim())
  const inner = braced.split(',').map((name) =>
    name
      .trim()
      .replace(/^type\s+/, '')
      .replace(/\s+as\s+.*$/s, ''),
  )
  return [
    ...outer.map((name) => (name === '' || name.startsWith('*') ? name.slice(0, 1) : 'default')),
    ...inner,
  ].filter((name) => name !== '')
}
