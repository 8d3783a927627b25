import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, type ExitCode } from '../../cli/exit-code.ts'
import { argumentsAt, literalsOf, shownText } from './source-text.ts'

/** A message of the command line or of a node as the source has it; what varies stands in ‹› with its name there. */
export type Message = { readonly file: string; readonly message: string; readonly hint: string }

/** An error class with a name of its own. */
export type NamedError = {
  readonly name: string
  readonly meaning: string
  readonly message: string
  readonly hint: string
  readonly exitCode: ExitCode | undefined
}

/** A custom error of the contracts. */
export type ContractError = {
  readonly name: string
  readonly parameters: string
  readonly meaning: string
  readonly contract: string
}

/** What is thrown by `new <ctor>(message, hint)` anywhere in `folder`, in the order of files. */
export function thrownIn(folder: string, ctor: string): Message[] {
  return sourcesIn(folder, /\.ts$/).flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return [...text.matchAll(new RegExp(`new ${ctor}\\(`, 'g'))].map(({ index, 0: found }) => {
      const [message = '', hint = ''] = argumentsAt(text, index + found.length)
      return { file, message: shownText(message), hint: sentencesOf(hint) }
    })
  })
}

/** Every class in `folder` that is an error by a name such as `Store.StoreLockedError`. */
export function namedErrorsIn(folder: string): NamedError[] {
  return sourcesIn(folder, /\.ts$/).flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    const classes =
      /((?:\/\*\*(?:(?!\*\/)[^])*\*\/|(?:\/\/[^\n]*\n)+)\s*)?export class \w+ extends \w+ \{((?:(?!^\}$)[^])*)^\}$/gm
    return [...text.matchAll(classes)].flatMap(([, comment = '', body = '']) => {
      const name = /override readonly name: string = '([^']+)'|override readonly name = '([^']+)'/.exec(body)
      const calls = body.indexOf('super(')
      if (name === null) return []
      const [message = ''] = calls === -1 ? [] : argumentsAt(body, calls + 'super('.length)
      const [, hint = ''] = /readonly hint = ('[^']*'|`[^`]*`)/.exec(body) ?? []
      const [, exit = ''] = /readonly exitCode = EXIT\.(\w+)/.exec(body) ?? []
      const exitCode = Object.entries(EXIT).find(([key]) => key === exit)?.[1]
      const said = { message: shownText(message), hint: shownText(hint), exitCode }
      return [{ name: name[1] ?? name[2] ?? '', meaning: plain(comment), ...said }]
    })
  })
}

/** Every custom error of the contracts, with the notice above it. */
export function contractErrors(): ContractError[] {
  return declaredIn('contracts/src')
}

/** Those of `names` that the libraries have which the contracts are built with, as they document them; of two the first. */
export function libraryErrors(names: ReadonlySet<string>): ContractError[] {
  const found = new Map<string, ContractError>()
  for (const error of ['node_modules/@openzeppelin/contracts', 'node_modules/solady/src'].flatMap(declaredIn)) {
    if (names.has(error.name) && !found.has(error.name)) found.set(error.name, error)
  }
  return [...found.values()]
}

function declaredIn(folder: string): ContractError[] {
  return sourcesIn(folder, /\.sol$/).flatMap((file) => {
    const contract = file.replace(/^.*\//, '').replace('.sol', '')
    const declared = /((?:^ *\/\/\/[^\n]*\n)*|^ *\/\*\*(?:(?!\*\/)[^])*\*\/\n)^ *error (\w+)\(([^)]*)\);/gm
    return [...readFileSync(file, 'utf8').matchAll(declared)].map(([, comment = '', name = '', parameters = '']) => ({
      name,
      parameters,
      contract,
      meaning: plain(comment)
        .replace(/^@(?:notice|dev) /, '')
        .replace(/ @param .*/, ''),
    }))
  })
}

/** What a hint says; a word alone is not said, but tells what is. */
function sentencesOf(hint: string): string {
  const said = literalsOf(hint).filter((text) => text.includes(' '))
  return said.join(' Or: ')
}

/** A comment without its marks, on one line. */
function plain(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\/\*\*|\*\/|\*|\/\/\/?)\s?/, '').replace(/\*\/\s*$/, ''))
    .join(' ')
    .replaceAll(/\{@link (\w+)\}/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function sourcesIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => pattern.test(path))
    .map((path) => join(folder, path))
    .toSorted()
}
