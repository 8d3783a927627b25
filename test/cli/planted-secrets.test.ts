import type { Argument, Command, Option } from 'commander'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assize, type Run } from './command-line.ts'
import { wholeProgram } from './whole-program.ts'

const KEY = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const SECRETS = [`0x${KEY}`, KEY, `https://ann:${KEY}@127.0.0.1:1/v3/very-secret?key=very-secret`]
const PASSWORD = 'correct-horse'

let leaves: { readonly words: readonly string[]; readonly command: Command }[]
let folder: string
const before = process.cwd()
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assize-planted-'))
  process.chdir(folder)
  leaves = leavesOf(await wholeProgram(), [])
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

function leavesOf(command: Command, words: readonly string[]): typeof leaves {
  const below = command.commands.flatMap((child) => leavesOf(child, [...words, child.name()]))
  return command.commands.length > 0 ? below : [{ words, command }]
}

/** What the options and arguments take that are read as they are, by what stands for it in the help: ids, endpoints and words. */
const TAKEN = new Set(['id', 'fixing', 'file or id', 'reason', 'url', 'list'])
const kindOf = (taker: Option | Argument): string =>
  'flags' in taker ? (/<(.+)>$/.exec(taker.flags)?.[1] ?? '') : taker.name()

/** Something that the argument takes. */
function sampleFor({ parseArg, argChoices }: Argument): string {
  const samples = [`0x${'11'.repeat(32)}`, `0x${'22'.repeat(20)}`, '0.1eth', '1', '24h', 'nowhere']
  if (argChoices !== undefined) return argChoices[0] ?? ''
  return samples.find((sample) => parseArg === undefined || reads(parseArg, sample)) ?? ''
}

function reads(parse: (text: string, previous: unknown) => unknown, text: string): boolean {
  try {
    parse(text, undefined)
    return true
  } catch {
    return false
  }
}

function expectSilence(run: Run, line: readonly string[]): void {
  expect(run.exitCode, line.join(' ')).toBe(2)
  for (const secret of [KEY, 'very-secret', PASSWORD]) {
    expect(`${run.out}${run.err}`.toLowerCase(), line.join(' ')).not.toContain(secret)
  }
}

/** Runs each line as it is and with --json, and expects that it is refused without the secret in it. */
async function refuseAll(lines: readonly (readonly string[])[]): Promise<void> {
  for (const line of lines) {
    expectSilence(await assize([...line, '--json']), line)
    expectSilence(await assize(line), line)
  }
  expect(readdirSync('.')).toEqual([])
}

test('no command repeats a secret in a misspelt option or in an argument too many', async () => {
  expect(leaves.length).toBeGreaterThan(60)
  await refuseAll(
    leaves.flatMap(({ words, command }) => {
      const samples = command.registeredArguments.map(sampleFor)
      return [
        [...words, `--private-key=${SECRETS[0]}`],
        [...words, `--passwort=${PASSWORD}`],
        [...words, `--rpcs=${SECRETS[2]}`],
        [...words, `-P${PASSWORD}`],
        // As many as no command takes, unless it takes any number.
        ...(command.registeredArguments.some(({ variadic }) => variadic)
          ? []
          : [[...words, ...samples, PASSWORD, ...SECRETS]]),
      ]
    }),
  )
})

test('no command repeats a key or an endpoint in the place of an option that wants something else', async () => {
  const lines = leaves.flatMap(({ words, command }) => {
    const samples = command.registeredArguments.map(sampleFor)
    const takers = command.options.filter(({ required, optional }) => required || optional)
    return takers.flatMap((option) => {
      // What is read by a function is refused by it, or by the unknown option if it is just what is wanted.
      const isRead = option.parseArg !== undefined || option.argChoices !== undefined
      if (!isRead && TAKEN.has(kindOf(option))) return []
      return SECRETS.map((secret) => [...words, ...samples, `${option.long}=${secret}`, ...(isRead ? ['--none'] : [])])
    })
  })
  expect(lines.length).toBeGreaterThan(1_000)
  await refuseAll(lines)
})

test('no command repeats a key or an endpoint in the place of an argument', async () => {
  const lines = leaves.flatMap(({ words, command }) => {
    const samples = command.registeredArguments.map(sampleFor)
    return command.registeredArguments.flatMap((argument, i) => {
      const isRead = argument.parseArg !== undefined
      if (!isRead && TAKEN.has(kindOf(argument))) return []
      return SECRETS.map((secret) => [...words, ...samples.with(i, secret), ...(isRead ? ['--none'] : [])])
    })
  })
  expect(lines.length).toBeGreaterThan(100)
  await refuseAll(lines)
})

test.each<[string, string[], string]>([
  [
    'an option is named up to its value',
    ['claim', `--private-key=${SECRETS[0]}`],
    "unknown option '--private-key'. Run assize claim --help.",
  ],
  ['a short one by its letter', ['claim', `-p${PASSWORD}`], "unknown option '-p'. Run assize claim --help."],
  [
    'arguments too many are counted',
    ['fixing', 'list', SECRETS[2] ?? ''],
    "too many arguments for 'list'. Expected 0 arguments but got 1. Run assize fixing list --help.",
  ],
  [
    'a key is named by its length',
    ['claim', '--account', SECRETS[0] ?? ''],
    "option '--account <address>' argument '(0x and 64 digits of hex)' is invalid. Expected an address, got \"(0x and 64 digits of hex)\". Run assize claim --help.",
  ],
  ['a command is none', [KEY], "unknown command '(64 digits of hex)'. Run assize --help."],
  [
    'an endpoint is named by its host',
    ['verify', `0x${'11'.repeat(32)}`, '--evidence', SECRETS[2] ?? ''],
    'Expected what --evidence <file> names, got an address: https://127.0.0.1:1/…. ' +
      'Nothing was read, written or sent. A file that is called so is ./ and its name.',
  ],
  [
    'a file is not called as a key is',
    ['keys', 'import', SECRETS[0] ?? '', '--from', 'raw'],
    'Expected what <keystore> names, got 32 bytes of hex, which may be a private key. ' +
      'Nothing was read, written or sent. A file that is called so is ./ and its name.',
  ],
])('%s', async (_, line, message) => {
  expect(await assize(line)).toEqual({ exitCode: 2, out: '', err: `error: ${message}` })
})

test('a file that has the name of a key is found by its path', async () => {
  const { exitCode, err } = await assize(['evidence', 'check', `./${KEY}`])
  expect(exitCode).toBe(2)
  expect(err).toContain(`./${KEY}`)
})
