import { createHash } from 'node:crypto'
import type { Span } from './syntax.ts'

/** One place of a source and what stands there instead. */
export type Part = Span & { readonly text: string }

/**
 * How a mutant and the original live in one program, so that one build serves all mutants: where an expression or a
 * statement is replaced by a choice, or a constant by a choice of values. In assembly the statement chooses, or the value
 * of what it declares. Mutants without are built one by one.
 */
export type Guard =
  | { readonly form: 'expression'; readonly parts: readonly Part[]; readonly cast?: 'uint256' }
  | { readonly form: 'statement'; readonly parts: readonly Part[] }
  | { readonly form: 'assembly'; readonly parts: readonly Part[]; readonly declared?: string }
  | { readonly form: 'constant'; readonly declaration: number; readonly text: string }

/** What an operator proposes: the edit, and how it can share a build. */
export type Proposal = {
  readonly operator: string
  readonly parts: readonly Part[]
  readonly guard?: Guard
}

/** One edit of one source. */
export type Mutant = Proposal & {
  /** The same as long as the file's name, the function around the edit and the edit itself are. */
  readonly id: string
  readonly file: string
  readonly line: number
  readonly before: string
  readonly after: string
}

/** The mutants of proposals for one file, each edit once. `around` gives the function or declaration of a place. */
export function mutantsOf(
  file: string,
  text: string,
  proposals: readonly Proposal[],
  around: (at: number) => Span,
): readonly Mutant[] {
  const seen = new Set<string>()
  return proposals.flatMap((proposal) => {
    const [first] = proposal.parts
    if (first === undefined) return []
    const edits = JSON.stringify(proposal.parts)
    if (seen.has(edits) || proposal.parts.every((part) => text.slice(part.start, part.end) === part.text)) return []
    seen.add(edits)
    const end = Math.max(...proposal.parts.map((part) => part.end))
    const start = Math.min(...proposal.parts.map((part) => part.start))
    const context = around(start)
    const moved = proposal.parts.map((part) => ({
      ...part,
      start: part.start - context.start,
      end: part.end - context.start,
    }))
    const identity = [file, proposal.operator, text.slice(context.start, context.end), JSON.stringify(moved)]
    return {
      ...proposal,
      id: createHash('sha256').update(identity.join('\0')).digest('hex').slice(0, 10),
      file,
      line: text.slice(0, start).split('\n').length,
      before: oneLine(text.slice(start, end)),
      after: oneLine(applyParts(text, proposal.parts).slice(start, end + growth(proposal.parts))),
    }
  })
}

/** A source with the parts replaced; they do not overlap. */
export function applyParts(text: string, parts: readonly Part[]): string {
  return parts
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (changed, { start, end, text: replacement }) => changed.slice(0, start) + replacement + changed.slice(end),
      text,
    )
}

function growth(parts: readonly Part[]): number {
  return parts.reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0)
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
