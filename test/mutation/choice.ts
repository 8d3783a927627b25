import type { Mutant } from './mutant.ts'
import type { Span } from './syntax.ts'

/** A mutant with the number by which the shared build knows it. */
export type Numbered = { readonly number: number; readonly mutant: Mutant }

/** One file of the shared build, and where in it each mutant's own code stands, by number. */
export type SchemaFile = { readonly text: string; readonly places: readonly (Span & { readonly number: number })[] }

/** What stands at one place of a source: the original, in other words if it is a constant, and what mutants put there. */
export type Choice = Span & {
  readonly form: 'expression' | 'statement' | 'assembly' | 'value in assembly'
  readonly cast: boolean
  /** Of an assembly statement: the variables that it declares, or one for the condition that it decides by. */
  readonly declared?: string
  readonly original: string | undefined
  readonly others: readonly { readonly number: number; readonly text: string }[]
}

/** Marks, in comments, where a mutant's code begins and ends. */
export function mark(number: number, text: string): string {
  return `/*<${number}*/${text}/*${number}>*/`
}

/** The text without its marks, and what they said. */
export function unmarked(marked: string): SchemaFile {
  const places: { number: number; start: number; end: number }[] = []
  const open = new Map<number, number>()
  let text = ''
  let at = 0
  for (const found of marked.matchAll(/\/\*<(\d+)\*\/|\/\*(\d+)>\*\//g)) {
    text += marked.slice(at, found.index)
    at = found.index + found[0].length
    if (found[1] !== undefined) open.set(Number(found[1]), text.length)
    else places.push({ number: Number(found[2]), start: open.get(Number(found[2])) ?? 0, end: text.length })
  }
  return { text: text + marked.slice(at), places }
}
