import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { grammarOf, type Place } from '../../cli/completion/grammar.ts'
import { assize } from './command-line.ts'
import { wholeProgram } from './whole-program.ts'

let folder: string
let places: Place[]
const scripts: Record<string, string> = {}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assize-completion-'))
  mkdirSync(join(folder, 'indices'))
  for (const name of ['index one.json', 'index two.json', 'other.toml']) writeFileSync(join(folder, name), '')
  places = grammarOf(await wholeProgram())
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await assize(['completion', shell])
    scripts[shell] = out
    writeFileSync(join(folder, `script.${shell}`), out)
  }
  for (const name of ['.home', '.functions']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, '.functions', '_assize'), scripts['zsh'] ?? '')
})
afterAll(() => rmSync(folder, { recursive: true }))

const isThere = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined

/** Runs a shell in the folder; throws what it complains of. */
function shellOutput(shell: string, args: readonly string[]): string {
  // fish makes folders for its settings and its history wherever these say.
  const elsewhere = { XDG_CONFIG_HOME: undefined, XDG_DATA_HOME: undefined, XDG_CACHE_HOME: undefined }
  const env = { ...process.env, ...elsewhere, HOME: join(folder, '.home') }
  const { stdout, stderr, status } = spawnSync(shell, args, { cwd: folder, env, encoding: 'utf8', timeout: 1_800_000 })
  if (status !== 0 || stderr !== '') throw new Error(`Expected ${shell} to be content, got ${status}: ${stderr}`)
  return stdout
}

/** What is typed before the cursor, and what can follow. */
const TYPED: readonly (readonly [words: readonly string[], candidates: readonly string[]])[] = [
  [['fi'], ['fixing']],
  [
    ['fixing', ''],
    ['create', 'list', 'show'],
  ],
  [['fixing', 'list', '--pha'], ['--phase']],
  [
    ['fixing', 'list', '--phase', ''],
    ['pending', 'open', 'active', 'arbitration', 'settled'],
  ],
  [
    ['fixing', 'list', '--phase', 'a'],
    ['active', 'arbitration'],
  ],
  // What follows an option that takes a value is that value, and no argument.
  [['verify', '--rpc', 'x', '0x12', '--evid'], ['--evidence']],
  [['completion', '--help', 'fi'], ['fish']],
  [['evidence', 'check', 'oth'], ['other.toml']],
  [['keys', 'export', '--password-file', 'x', 'oth'], ['other.toml']],
  [['fixing', 'list', '--rpc', 'list', '--phas'], ['--phase']],
  [['fixing', 'list', '--rpc', ''], []],
  [['fixing', 'list', '--json', '--phas'], ['--phase']],
  [
    ['verify', '0x12', '--index', 'index'],
    ['index one.json', 'index two.json'],
  ],
  [['keys', 'list', 'in'], ['indices']],
  [['council', 'submit', 'a.json', 'b.json', 'oth'], ['other.toml']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['photograph', 'every', 'no'], []],
  [['journal', '--config', 'other'], ['other.toml']],
]

describe('bash', () => {
  /** What bash itself would offer. */
  const offered = (words: readonly string[]): string[] => {
    const listed = ['assize', ...words].map((word) => `'${word}'`).join(' ')
    const ask = `source script.bash; COMP_WORDS=(${listed}); COMP_CWORD=${words.length}; _assize 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`
    return shellOutput('bash', ['--norc', '-c', ask]).split('\n').filter(Boolean)
  }

  test.each(TYPED)('completes %j', (words, candidates) => {
    expect(offered(words).toSorted()).toEqual(candidates.toSorted())
  })

  test('takes what it splits at the equals sign for one option', () => {
    expect(offered(['fixing', 'list', '--phase', '=', 'op'])).toEqual(['open'])
    expect(offered(['fixing', 'list', '--phase', '='])).toContain('settled')
    expect(offered(['fixing', 'list', '--phase', '=', 'open', '--all-'])).toEqual([])
  })

  test('registers the function for assize', () => {
    expect(shellOutput('bash', ['--norc', '-c', 'source script.bash; complete -p assize'])).toBe(
      'complete -F _assize assize\n',
    )
  })

  test('offers, at every command, its commands or options and nothing else', () => {
    for (const { words, commands, options } of places) {
      if (commands.length > 0) expect(offered([...words, ''])).toEqual(commands.map(({ word }) => word))
      expect(offered([...words, '--'])).toEqual(options.map(({ word }) => word))
    }
  })
})

describe.runIf(isThere('fish'))('fish', () => {
  /** What fish itself would offer. */
  const offered = (words: readonly string[]): string[] => {
    const line = ['assize', ...words].join(' ')
    const listed = shellOutput('fish', ['--no-config', '-c', `source script.fish; complete -C '${line}'`])
    return listed.split('\n').flatMap((row) => (row === '' ? [] : [(row.split('\t')[0] ?? '').replace(/\/$/, '')]))
  }

  test.each(TYPED)('completes %j', (words, candidates) => {
    expect(offered(words).toSorted()).toEqual(candidates.toSorted())
  })

  test('takes what follows the equals sign for the value of the option', () => {
    expect(offered(['fixing', 'list', '--phase=op'])).toEqual(['--phase=open'])
  })
})

describe.runIf(isThere('zsh'))('zsh', () => {
  const SOURCED = 'autoload -Uz compinit; compinit -u -d ./.sourced; source script.zsh'
  const KEPT = 'fpath=($PWD/.functions $fpath); autoload -Uz compinit; compinit -u -d ./.kept'

  /** What zsh itself offers at Tab. */
  const offered = (words: readonly string[], setUp: string): string[] => {
    const program = fileURLToPath(new URL('zsh-offers.zsh', import.meta.url))
    const said = shellOutput('zsh', ['-f', program, setUp, ['assize', ...words].join(' ')])
    return [...new Set(Array.from(said.matchAll(/<(.+?)>/g), ([, match = '']) => match))]
  }

  test.each(TYPED)('completes %j', (words, candidates) => {
    expect(offered(words, SOURCED).toSorted()).toEqual(candidates.toSorted())
  })

  test('takes what follows the equals sign for the value of the option', () => {
    expect(offered(['fixing', 'list', '--phase=op'], SOURCED)).toEqual(['open'])
  })

  test('finds the script in a folder of fpath', () => {
    expect(offered(['fixing', 'list', '--phase', 'a'], KEPT)).toEqual(['active', 'arbitration'])
  })

  test('accepts the script', () => {
    expect(shellOutput('zsh', ['-f', '-n', 'script.zsh'])).toBe('')
  })
})

describe.each(['bash', 'zsh', 'fish'])('the script for %s', (shell) => {
  test('names every command and every option, and leaves no quote open', () => {
    const script = scripts[shell] ?? ''
    for (const { words, options } of places) {
      expect(script).toContain(`'${words.join(' ')}'`)
      for (const { word } of options) expect(script).toContain(word)
    }
    expect(script.replaceAll(String.raw`\'`, '').match(/'/g)!.length % 2).toBe(0)
  })
})

test('every choice is a word that a shell takes as it is', () => {
  const choices = places.flatMap(({ options, arguments: others }) =>
    [...options, ...others].flatMap(({ values }) => (Array.isArray(values) ? values : [])),
  )
  expect(choices.length).toBeGreaterThan(10)
  expect(choices.filter((choice) => !/^[\w.,:-]+$/.test(choice))).toEqual([])
})

test('knows no other shell, exit 2', async () => {
  const { exitCode, err } = await assize(['completion', 'tcsh'])
  expect(exitCode).toBe(2)
  expect(err).toContain('Allowed choices are bash, zsh, fish.')
})
