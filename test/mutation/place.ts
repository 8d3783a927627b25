import type { Guard, Part, Proposal } from './mutant.ts'
import { type Node, type Source, type Span, spanOf } from './syntax.ts'

/** What the walk knows of the place that it is at. */
export type Place = {
  readonly source: Source
  /** Members of an enum by its declaration's id. */
  readonly enums: ReadonlyMap<number, readonly string[]>
  /** The outermost expression around that is a number known to the compiler: it has no type yet, so it is chosen whole. */
  readonly rational?: { readonly span: Span; readonly cast?: 'uint256' }
  /** The constant whose value this is. */
  readonly constant?: { readonly declaration: number; readonly span: Span }
}

/** An expression replaced by another text, and how that shares a build. */
export function replacing(node: Node, text: string, operator: string, place: Place): Proposal {
  const part = { ...spanOf(node), text }
  return { operator, parts: [part], guard: guardOf(part, place) }
}

function guardOf(part: Part, { source, rational, constant }: Place): Guard {
  if (constant !== undefined) {
    return { form: 'constant', declaration: constant.declaration, text: within(source.text, constant.span, part) }
  }
  if (rational === undefined) return { form: 'expression', parts: [part] }
  const whole = { ...rational.span, text: within(source.text, rational.span, part) }
  return { form: 'expression', parts: [whole], ...(rational.cast === undefined ? {} : { cast: rational.cast }) }
}

/** The text of a span with a part of it replaced. */
function within(text: string, { start, end }: Span, part: Part): string {
  return text.slice(start, part.start) + part.text + text.slice(part.end, end)
}

export function textOf(node: Node | undefined, { source }: Place): string {
  if (node === undefined) return ''
  const { start, end } = spanOf(node)
  return source.text.slice(start, end)
}
