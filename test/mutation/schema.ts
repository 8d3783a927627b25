import { type Choice, mark, type Numbered, type SchemaFile, unmarked } from './choice.ts'
import { constantsOf, type ConstantChoice, functionText, usesOf } from './schema-constants.ts'
import type { Source, Span } from './syntax.ts'

/** Where the choice between mutants is made, from the repository's root. */
export const CHOICE_FILE = 'contracts/src/Choice.sol'

/**
 * Whether a mutant is the one that is wanted: the block's beneficiary names it, which no contract and no test reads. A
 * mutant then costs a run of the tests with another environment, and no compilation.
 */
export const CHOICE_SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

function isMutant(uint256 number) view returns (bool) {
    return uint160(address(block.coinbase)) == number;
}
`

type Nested = { readonly choice: Choice; readonly inner: Nested[] }

/**
 * A source with its mutants in it, each behind a choice. The mutants of a constant are chosen by a function beside it,
 * which every use calls. `pure` becomes `view`, for choosing reads the block.
 */
export function schemaOf(source: Source, mutants: readonly Numbered[], sources: readonly Source[]): SchemaFile {
  const constants = constantsOf(mutants, sources)
  const own = mutants.filter(({ mutant }) => mutant.file === source.file)
  const choices = merged([...own.flatMap(choicesOf), ...usesOf(source, constants)])
  if (choices.length === 0 && constants.every(({ file }) => file !== source.file)) {
    return { text: viewed(source.text), places: [] }
  }
  const whole: Choice = {
    start: 0,
    end: source.text.length,
    form: 'statement',
    cast: false,
    original: undefined,
    others: [],
  }
  const root: Nested = { choice: whole, inner: [] }
  for (const choice of choices) insert(root, choice)
  const functions = constants.filter(({ file }) => file === source.file)
  const rendered = render(source.text, root, functions)
  return unmarked(
    viewed(rendered.replace(/^pragma .*\n/m, (line) => `${line}import {isMutant} from "src/Choice.sol";\n`)),
  )
}

/** The same text for a program whose functions may read the block. */
export function viewed(text: string): string {
  return text.replaceAll(/\bpure\b/g, 'view')
}

function choicesOf({ number, mutant: { guard } }: Numbered): Choice[] {
  if (guard === undefined || guard.form === 'constant') return []
  const cast = guard.form === 'expression' && guard.cast !== undefined
  const declared = guard.form === 'assembly' && guard.declared !== undefined ? { declared: guard.declared } : {}
  return guard.parts.map(({ start, end, text }) => {
    return { start, end, form: guard.form, cast, ...declared, original: undefined, others: [{ number, text }] }
  })
}

/** One choice a place, outer places first. */
function merged(choices: readonly Choice[]): readonly Choice[] {
  const byPlace = new Map<string, Choice>()
  for (const choice of choices) {
    const place = `${choice.start} ${choice.end} ${choice.form}`
    const known = byPlace.get(place)
    byPlace.set(place, {
      ...choice,
      cast: choice.cast || known?.cast === true,
      original: choice.original ?? known?.original,
      others: [...(known?.others ?? []), ...choice.others],
    })
  }
  return [...byPlace.values()].toSorted((a, b) => a.start - b.start || b.end - a.end)
}

function insert(node: Nested, choice: Choice): void {
  const last = node.inner.at(-1)
  if (last !== undefined && choice.end <= last.choice.end) insert(last, choice)
  else node.inner.push({ choice, inner: [] })
}

function render(text: string, { choice, inner }: Nested, functions: readonly ConstantChoice[]): string {
  const { start, end, original } = choice
  let rendered = ''
  let at = start
  for (const each of inner) {
    rendered += copied(text, { start: at, end: each.choice.start }, functions) + render(text, each, functions)
    at = each.choice.end
  }
  rendered += copied(text, { start: at, end }, functions)
  return choose(choice, original ?? rendered)
}

/** The text between choices, with the functions of the constants that are declared in it. */
function copied(text: string, { start, end }: Span, functions: readonly ConstantChoice[]): string {
  let rendered = ''
  let at = start
  for (const constant of functions) {
    if (constant.end <= start || constant.end > end) continue
    rendered += text.slice(at, constant.end) + functionText(constant)
    at = constant.end
  }
  return rendered + text.slice(at, end)
}

function choose(choice: Choice, original: string): string {
  const { form, cast, others } = choice
  if (form === 'assembly') return chooseInAssembly(choice, original)
  if (form === 'value in assembly') return sumInAssembly(others, original)
  return others.reduceRight(
    (rest, { number, text }) => {
      if (form === 'statement') return mark(number, `{ if (isMutant(${number})) { ${text} } else { `) + `${rest} } }`
      const typed = cast ? `uint256(${text})` : `(${text})`
      return `${mark(number, `(isMutant(${number}) ? ${typed} : `)}${rest})`
    },
    form === 'expression' && others.length > 0 ? `${cast ? 'uint256' : ''}(${original})` : original,
  )
}

/** Assembly knows no choice between values: the statement is chosen, with what it declares declared before. */
function chooseInAssembly({ declared, others }: Choice, original: string): string {
  const assigned = (text: string): string =>
    text.startsWith('if') ? `${declared} := ${text.slice('if'.length)}` : text.replace(/^let\s/, '')
  const cases = others.map(({ number, text }) => mark(number, `case ${number} { ${assigned(text)} }`))
  const chosen = `switch coinbase() ${cases.join(' ')} default { ${assigned(original)} }`
  if (declared === undefined) return chosen
  return `let ${declared} ${chosen}${original.startsWith('if') ? ` if ${declared}` : ''}`
}

/** A number plus its difference from each that may be wanted instead. */
function sumInAssembly(others: Choice['others'], original: string): string {
  return others.reduce((sum, { number, text }) => {
    const other = text.replace(/^\((\w+) \+ 1\)$/, 'add($1, 1)').replace(/^\((\w+) - 1\)$/, 'sub($1, 1)')
    return `add(${sum}, ${mark(number, `mul(eq(coinbase(), ${number}), sub(${other}, ${original}))`)})`
  }, original)
}
