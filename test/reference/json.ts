import { globSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { wholeProgram } from '../cli/whole-program.ts'
import { code, NOTICE, table } from './markdown.ts'
import { runSession } from './session.ts'
import { shapeOf } from './shape.ts'

const RECORDS = 'test/reference/recorded'

/** Commands that this session cannot run, and whose documents they print. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'jury reseed': 'as [`jury open`](#assize-jury-open): a chain forgets a seed block only after 8191 others',
}

/** Commands whose documents a test of their own compares, which has the nodes that they need: the shapes, by their names. */
const RECORDED: Readonly<Record<string, string>> = Object.fromEntries(
  globSync('*.md', { cwd: RECORDS }).map((file) => [
    basename(file, '.md').replaceAll('-', ' '),
    readFileSync(join(RECORDS, file), 'utf8'),
  ]),
)

/** docs/reference/json.md: the shape of what commands print with `--json`, from what they have printed. */
export async function jsonReference(): Promise<string> {
  const printed = await runSession()
  const actions = [...printed.values()].flat().filter(isAction)
  const lines = [
    '# JSON documents',
    '',
    NOTICE,
    '',
    'With `--json` a command prints exactly one document on stdout, and talks on stderr; only [`watch`](#assize-watch) prints one after each look, each on a line of its own, an error too. `version` counts changes that a reader has to know of: fields may be added within one version, and none goes,',
    'is renamed or means something else. The shapes here are those of documents that the commands have printed on a network of their own; a field that some of these lack says so.',
    '',
    'Amounts are in the smallest unit of their token (wei), as text; a `value` is a decimal in index units, as text, or `INVALID`; times are Unix seconds and lengths seconds, as numbers;',
    'shares in ppm are numbers. `list` is a list, and what is in it has `[]` in its path.',
    '',
    '## An error',
    '',
    'Instead of the document, with the exit code of `error.exitCode`. One about a transaction that was sent has its hash, `error.transaction`.',
    '',
    ...shapeTable(printed.get('error') ?? []),
    '## What every action prints',
    '',
    'Commands that send something print these fields, and below only what is theirs. Before anything was sent (`--dry-run`) `isSent` is false, and no step has a transaction.',
    '',
    ...shapeTable(actions.map((each) => Object.fromEntries(Object.entries(each).filter(([key]) => ACTION.has(key))))),
    ...[...printed.keys(), ...Object.keys(RECORDED)]
      .filter((name) => name !== 'error')
      .toSorted()
      .flatMap((name) => [
        `## assize ${name}`,
        '',
        ...(RECORDED[name]?.split('\n') ?? sectionOf(printed.get(name) ?? [])),
      ]),
    '## Not shown here',
    '',
    ...table(
      ['command', 'its document'],
      Object.entries(ELSEWHERE).map(([name, where]) => [code(`assize ${name}`), where]),
    ),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

/** The commands that have `--json`, or print nothing else. */
export async function jsonCommands(): Promise<string[]> {
  const found: string[] = []
  const walk = (command: Command, path: readonly string[]): void => {
    if (command.options.some(({ long }) => long === '--json')) found.push(path.join(' '))
    for (const below of command.commands) walk(below, [...path, below.name()])
  }
  walk(await wholeProgram(), [])
  return found
}

/** The fields that all actions have. */
const ACTION = new Set(['version', 'chainId', 'oracle', 'action', 'gas', 'isSent', 'steps'])

function isAction(document: unknown): document is Record<string, unknown> {
  return typeof document === 'object' && document !== null && [...ACTION].every((key) => key in document)
}

function sectionOf(documents: readonly unknown[]): string[] {
  if (!documents.every(isAction)) return shapeTable(documents)
  const own = documents.map((each) => Object.fromEntries(Object.entries(each).filter(([key]) => !ACTION.has(key))))
  const isBare = own.every((each) => Object.keys(each).length === 0)
  return [
    '[What every action prints](#what-every-action-prints)' + (isBare ? '.' : ', and:'),
    '',
    ...(isBare ? [] : shapeTable(own)),
  ]
}

/** Documents that a command prints where something is the case. */
type Otherwise = { readonly when: string; readonly documents: readonly unknown[] }

/** The shape of what a command printed, for the reference, and the file that has it: `vitest -u` writes it anew. */
export function recordOf(
  name: string,
  documents: readonly unknown[],
  otherwise?: Otherwise,
): { readonly shape: string; readonly file: string } {
  const more = otherwise === undefined ? [] : [otherwise.when, '', ...shapeTable(otherwise.documents)]
  return {
    shape: [...shapeTable(documents), ...more].join('\n'),
    file: resolve(RECORDS, `${name.replaceAll(' ', '-')}.md`),
  }
}

function shapeTable(documents: readonly unknown[]): string[] {
  const rows = shapeOf(documents).map(({ path, is, isAlways }) => {
    const version = path === 'version' ? ' 1' : ''
    return [code(path), `${is}${version}${isAlways ? '' : '; not always there'}`]
  })
  return table(['field', 'what it is'], rows)
}
