import type { Argument, Command, Option } from 'commander'
import { beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../cli/errors.ts'
import { failureDocument } from '../../cli/failure.ts'
import { wholeProgram } from './whole-program.ts'

/** A command that does something, by the words that name it. */
type Leaf = { readonly name: string; readonly command: Command }

let leaves: Leaf[]
beforeAll(async () => {
  leaves = leavesOf(await wholeProgram(), [])
})

function leavesOf(command: Command, words: readonly string[]): Leaf[] {
  const below = command.commands.flatMap((child) => leavesOf(child, [...words, child.name()]))
  const isGroup = command.commands.length > 0 && command.options.every(({ long }) => long === '--version')
  return isGroup ? below : [{ name: words.join(' '), command }, ...below]
}

/** Those that print no document, and why. */
const WITHOUT_JSON: Readonly<Record<string, string>> = {
  completion: 'prints a script for a shell',
  node: 'runs until it is stopped; prints one line of JSON when it is ready, then its log, which is JSON too',
  signer: 'runs until it is stopped; prints one line of JSON when it is ready',
}

/** Settings of a node whose names sound like money or a secret, and what they are. */
const SOUNDS: Readonly<Record<string, string>> = {
  'node --connections-max': 'a number of connections',
  'node --discovery-private-addresses': 'true or false',
}

/** Those that sign whatever the age of the newest block, and why. */
const AGELESS: Readonly<Record<string, string>> = {
  deploy: 'where a contract goes follows from its terms alone, and what is there by now is not deployed again',
}

const everyOption = (): { name: string; option: Option }[] =>
  leaves.flatMap(({ name, command }) => command.options.map((option) => ({ name: `${name} ${option.long}`, option })))

const everyArgument = (): { name: string; argument: Argument }[] =>
  leaves.flatMap(({ name, command }) =>
    command.registeredArguments.map((argument) => ({ name: `${name} <${argument.name()}>`, argument })),
  )

/** `amount` of `--max <amount>`; empty for a flag. */
const placeholderOf = ({ flags }: Option): string => /<(.+)>$/.exec(flags)?.[1] ?? ''

/** Everything that takes a value: its name, what stands for the value in the help, and what reads it. */
function everyValue(): { name: string; placeholder: string; read: ((text: string) => unknown) | undefined }[] {
  const reader = (parse: Option['parseArg'] | Argument['parseArg']) =>
    parse === undefined ? undefined : (text: string) => parse(text, undefined as never)
  return [
    ...everyOption()
      .filter(({ option }) => option.required || option.optional)
      .map(({ name, option }) => ({ name, placeholder: placeholderOf(option), read: reader(option.parseArg) })),
    ...everyArgument().map(({ name, argument }) => ({
      name,
      placeholder: argument.name(),
      read: reader(argument.parseArg),
    })),
  ]
}

const reads = (read: ((text: string) => unknown) | undefined, text: string): boolean => {
  try {
    return read?.(text) !== undefined
  } catch {
    return false
  }
}

test('there are commands to look at', () => {
  expect(leaves.length).toBeGreaterThan(60)
  expect(everyValue().length).toBeGreaterThan(300)
})

describe('every command', () => {
  test('has --json, or a reason not to', () => {
    const without = leaves.filter(({ command }) => !command.options.some(({ long }) => long === '--json'))
    expect(without.map(({ name }) => name).toSorted()).toEqual(Object.keys(WITHOUT_JSON).toSorted())
  })

  test('says what it is for, and what each option and argument is', () => {
    const mute = [
      ...leaves.filter(({ command }) => command.description() === '').map(({ name }) => name),
      ...everyOption().flatMap(({ name, option }) => (option.description === '' ? [name] : [])),
      ...everyArgument().flatMap(({ name, argument }) => (argument.description === '' ? [name] : [])),
    ]
    expect(mute).toEqual([])
  })

  test('shows examples in its help, which name it', () => {
    const bare = leaves.filter(({ name, command }) => {
      let help = ''
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
      return !new RegExp(`\nExamples?:\n {2}assize ${name}`).test(help)
    })
    expect(bare.map(({ name }) => name)).toEqual([])
  })

  test('that signs can be tried, bounded, and told not to ask', () => {
    const has = ({ command }: Leaf, name: string): boolean => command.options.some(({ long }) => long === name)
    // Not by --max: a command without it is just what is looked for.
    const own = leaves.filter((leaf) => has(leaf, '--keystore') && has(leaf, '--yes') && !has(leaf, '--owner-keystore'))
    const owners = leaves.filter((leaf) => has(leaf, '--owner-keystore'))
    expect(own.length).toBeGreaterThan(25)
    expect(owners.map(({ name }) => name)).toEqual(['init'])
    const bounded = ['--max', '--dry-run', '--yes', '--json']
    const wanted = [...bounded, '--password-file', '--account']
    const without = (leaf: Leaf, names: readonly string[]): string[] =>
      names.filter((name) => !has(leaf, name)).map((name) => `${leaf.name} ${name}`)
    expect(own.flatMap((leaf) => without(leaf, wanted))).toEqual([])
    expect(own.filter((leaf) => !has(leaf, '--max-age')).map(({ name }) => name)).toEqual(Object.keys(AGELESS))
    expect(owners.flatMap((leaf) => without(leaf, [...bounded, '--owner-password-file']))).toEqual([])
  })
})

describe('every option and argument', () => {
  test('takes a secret by the name of a file only', () => {
    const SECRET = /pass|secret|private|mnemonic|phrase|token|(?:^|-)key/
    const secret = everyValue().filter(({ name }) => SECRET.test(name.split(' ').at(-1) ?? ''))
    const named = secret.filter(
      ({ name, placeholder }) => !/^(?:file|keystore|address)$/.test(placeholder) && SOUNDS[name] === undefined,
    )
    expect(named.map(({ name }) => name)).toEqual([])
    expect(secret.length).toBeGreaterThan(30)
  })

  test('takes an amount with its unit: 25 eth, 0.5eth, 3 gwei', () => {
    const amounts = everyValue().filter(({ placeholder }) => placeholder === 'amount' || placeholder === 'eth')
    expect(amounts.length).toBeGreaterThan(50)
    const deaf = amounts.filter(
      ({ read }) => !['25 eth', '0.5eth', '3 gwei', '7wei'].every((text) => reads(read, text)),
    )
    expect(deaf.map(({ name }) => name)).toEqual([])
    const careless = amounts.filter(({ read }) => reads(read, 'eth') || reads(read, '-1eth') || reads(read, '1 2 eth'))
    expect(careless.map(({ name }) => name)).toEqual([])
  })

  test('that takes an amount says so by <amount> or <eth>', () => {
    const others = everyValue().filter(({ placeholder }) => placeholder !== 'amount' && placeholder !== 'eth')
    const hidden = others.filter(({ read }) => reads(read, '25 eth') && !reads(read, 'anything at all'))
    expect(hidden.map(({ name }) => name)).toEqual([])
    const MONEY = /-(?:stake|bond|fee|fees|reward|capital|max|amount|price)$/
    const named = others.filter(({ name }) => MONEY.test(name) && SOUNDS[name] === undefined)
    expect(named.map(({ name }) => name)).toEqual([])
  })

  test('takes a length of time as 90s, 24h or 2d, and an instant in UTC', () => {
    const times = everyValue().filter(({ placeholder }) => placeholder === 'time')
    expect(times.length).toBeGreaterThan(30)
    const deaf = times.filter(({ read }) => !reads(read, '90s') && !reads(read, '2026-03-27T08:00Z'))
    expect(deaf.map(({ name }) => name)).toEqual([])
    const odd = everyValue().filter(({ placeholder }) =>
      /^(?:s|seconds|sec|unix|ms|date|minutes|hours)$/.test(placeholder),
    )
    expect(odd.map(({ name }) => name)).toEqual([])
  })
})

test('the document of an error has a version, its exit code and one line, and no stack', () => {
  const error = Object.assign(new Error('Expected one line,\ngot two.'), { hint: 'Look.' })
  expect(JSON.parse(failureDocument(failureOf(error), ['status', '--json']) ?? '')).toEqual({
    version: 1,
    error: { name: 'Error', message: 'Expected one line,', hint: 'Look.', exitCode: 1 },
  })
})
