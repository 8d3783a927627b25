import type { Remark } from './compiler.ts'

/**
 * What a run of the solver shows. `proven` needs every condition shown safe. `refuted` has a counterexample. `unknown` is
 * everything else that the solver left open; `broken` means that nothing was checked.
 */
export type Verdict = {
  readonly status: 'proven' | 'refuted' | 'unknown' | 'broken'
  /** How many conditions were shown safe: assertions, overflows, underflows, divisions, a library's once for each call. */
  readonly conditions: number
  /** The first reason why it is not proven, one line; '' if it is. */
  readonly reason: string
}

/** What of a property its verdict depends on. */
type Judged = { readonly file: string; readonly asserts: readonly number[]; readonly unread: readonly string[] }

/** "Check is safe!", once for each condition. */
const SAFE = '2961'
/** That the engine is deprecated: says nothing of the property. */
const DEPRECATED = '3993'
/** That assembly, a type or a comment's tag is not understood: it is then taken for anything. */
const UNREAD = ['7737', '8364', '2424']

/**
 * Judges strictly: any remark of the compiler but "safe" spoils the proof, and every assertion must be named safe. Thus a missing
 * solver, an unsupported expression or a condition left out can never pass. Only in the sources `unread` may the checker
 * say that it does not understand assembly.
 */
export function judge(remarks: readonly Remark[], { file, asserts, unread }: Judged): Verdict {
  const safe = remarks.filter(({ code }) => code === SAFE)
  const conditions = safe.length
  const isExpected = (remark: Remark): boolean => UNREAD.includes(remark.code) && unread.includes(remark.file)
  const open = remarks.filter((remark) => remark.code !== SAFE && remark.code !== DEPRECATED && !isExpected(remark))
  const errors = open.filter(({ severity }) => severity === 'error')
  const broken = errors[0] ?? open.find(({ message }) => !isFinding(message))
  if (broken !== undefined) return { status: 'broken', conditions, reason: firstLine(broken.message) }

  const refuted = open.find(({ message }) => message.includes('happens here'))
  if (refuted !== undefined) return { status: 'refuted', conditions, reason: describe(refuted) }
  const unknown = open[0]
  if (unknown !== undefined) return { status: 'unknown', conditions, reason: describe(unknown) }

  if (asserts.length === 0) return { status: 'broken', conditions, reason: 'Expected an assertion, got none.' }
  const isShown = (start: number): boolean =>
    safe.some((remark) => remark.file === file && remark.start === start && remark.message.includes('Assertion'))
  const missing = asserts.filter((start) => !isShown(start)).length
  if (missing > 0)
    return {
      status: 'broken',
      conditions,
      reason: `Expected every assertion shown safe, ${missing} were not looked at.`,
    }
  return { status: 'proven', conditions, reason: '' }
}

function isFinding(message: string): boolean {
  return /BMC: .*(?:might happen|happens) here/.test(message)
}

function describe({ file, message }: Remark): string {
  return `${firstLine(message)} (${file})`
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? ''
}
