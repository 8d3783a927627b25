import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../node/config.ts'
import { wholeProgram } from '../cli/whole-program.ts'
import { type Block, blocksIn, commandsIn } from './blocks.ts'

const PROGRAM = await wholeProgram()

const DOCUMENTS = ['README.md', 'SECURITY.md', ...globSync('docs/**/*.md').toSorted()]
const BLOCKS = DOCUMENTS.flatMap((document) => blocksIn(document, readFileSync(document, 'utf8')))

/** The documents whose blocks of commands (`sh`) are all run, each with the test that runs them. */
const RUN: Readonly<Record<string, string>> = {
  'docs/quickstart.md': 'test/docs/quickstart.test.ts',
  'docs/juror.md': 'test/docs/juror.test.ts',
  'docs/operator.md': 'test/docs/operator.test.ts',
  'docs/integrators.md': 'test/docs/holders.test.ts',
  'docs/index-authors.md': 'test/docs/index-authors.test.ts',
  'docs/reporter-income.md': 'test/docs/reporter-income.test.ts',
  'docs/operations/moving.md': 'test/docs/moving.test.ts',
}

/** Blocks that no test runs as they stand (`sh not-run`), by document and first words, and why not. */
const NOT_RUN: readonly (readonly [document: string, begins: string, reason: string])[] = [
  ['README.md', 'npm start', 'runs the demo, which test/e2e/demo.test.ts does'],
  ['README.md', 'npm start -- --honest', 'runs the demo, which test/e2e/demo.test.ts does'],
  ['README.md', 'npm run cli -- devnet', 'runs until Ctrl-C; docs/quickstart.md begins with it'],
  ['README.md', 'npm test', 'is what runs this'],
  ['README.md', 'npm run replay', 'takes as long as one lets it'],
  ['docs/arbitrators.md', 'assize council sign', 'needs keys of a council; test/cli/council.test.ts plays it'],
  ['docs/arbitrators.md', 'assize uma status', 'needs a court at UMA; test/cli/uma.test.ts plays it'],
  ['docs/benchmarks.md', 'npm run bench:network', 'takes half an hour'],
  ['docs/benchmarks.md', 'npm run check:network', 'needs root'],
  ['docs/benchmarks.md', 'npm run bench:start', 'measures'],
  ['docs/deployment.md', 'assize deploy --example', 'needs people for two councils; test/cli/deploy.test.ts plays it'],
  ['docs/deployment.md', 'assize jury deploy', 'is for an oracle on a chain; test/cli/jury-deploy.test.ts plays it'],
  ['docs/deployment.md', 'assize deploy --recorded', 'needs a deployment on a chain; test/cli/deploy.test.ts plays it'],
  ['docs/deployment.md', 'npm run verification', 'test/tools/verification.test.ts runs it'],
  ['docs/evidence.md', 'npm run mutate', 'takes hours'],
  ['docs/evidence.md', 'npm run check:crashes', 'takes hours'],
  ['docs/evidence.md', 'npm run replay -- --games', 'takes as long as one lets it'],
  ['docs/evidence.md', 'npm run prove', 'is a step of npm test'],
  ['docs/evidence.md', 'npm run replay -- --registry', 'takes as long as one lets it'],
  ['docs/evidence.md', 'npm run replay -- --jury', 'takes as long as one lets it'],
  ['docs/evidence.md', 'npm run replay -- --courts', 'takes as long as one lets it'],
  ['docs/gas.md', 'npm run bench:gas', 'takes minutes; test/bench runs parts of it'],
  ['docs/juror.md', 'assize evidence export', 'needs a node that has observed; test/cli/evidence.test.ts plays it'],
  ['docs/juror.md', 'assize jury status --for', 'needs a second juror with seats; test/cli/jury.test.ts plays it'],
  ['docs/operator.md', 'npm run package', 'test/package/package.test.ts packs; the copy needs a server'],
  ['docs/operator.md', 'sudo apt-get', 'needs root, a Debian of its own and the network'],
  ['docs/operator.md', 'sudo mkdir', 'needs root and a chain; test/cli/init-unit.test.ts and init.test.ts play it'],
  ['docs/operator.md', 'sudo ufw', 'needs root and systemd; test/docs/operator.test.ts compares the name of the unit'],
  ['docs/operations/running.md', 'assize backup', 'docs/operator.md runs it'],
  ['docs/operations/running.md', 'assize halt', 'needs a node; test/cli/node-store.test.ts plays it'],
  ['docs/operations/signer.md', 'openssl rand', 'runs until Ctrl-C; test/cli/signer-command.test.ts plays it'],
]

const find = ({ document, text }: Block): (typeof NOT_RUN)[number] | undefined =>
  NOT_RUN.filter(([of, begins]) => of === document && text.startsWith(begins)).toSorted(
    (a, b) => b[1].length - a[1].length,
  )[0]

describe('every block of commands in the documents', () => {
  test('is run by the test of its document, or is marked as not run, with a reason here', () => {
    const commands = BLOCKS.filter(({ document }) => !document.startsWith('docs/reference/'))
      .filter(({ info, text }) => info.startsWith('sh') || (info !== 'text' && commandsIn(text).length > 0))
      .filter(({ info }) => !info.startsWith('text'))
    expect(commands.length).toBeGreaterThan(60)
    const loose = commands.filter((block) => (block.info === 'sh not-run' ? find(block) === undefined : !isRun(block)))
    expect(loose.map(({ document, info, text }) => `${document} (${info}): ${text.split('\n')[0]}`)).toEqual([])
    const idle = NOT_RUN.filter((entry) => !commands.some((block) => find(block) === entry))
    expect(idle, 'no such block').toEqual([])
  })

  test('is of a language that some test reads', () => {
    // Programs are run or held to what is run by test/package/package.test.ts, test/docs/integrators.test.ts and
    // test/docs/adapters.test.ts, sources are read by test/docs/index-authors.test.ts, configurations are loaded below.
    const read = (block: Block): boolean =>
      /^(?:sh(?: not-run| terminal=\w+)?|text(?: terminal=\w+)?|toml|indented|)$/.test(block.info) ||
      (block.info === 'json' && block.document === 'docs/index-authors.md') ||
      (['ts', 'solidity'].includes(block.info) && block.document === 'docs/integrators.md') ||
      (block.info === 'solidity' && block.document.startsWith('docs/adapters/'))
    expect(BLOCKS.filter((block) => !read(block)).map(({ document, info }) => `${document}: ${info}`)).toEqual([])
  })

  test('has no test left that runs nothing', () => {
    for (const [document, file] of Object.entries(RUN)) {
      expect(readFileSync(file, 'utf8'), file).toContain(document)
      expect(
        BLOCKS.some((block) => block.document === document && block.info === 'sh'),
        document,
      ).toBe(true)
    }
  })

  test('names commands, options and scripts that exist', () => {
    const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts)
    const shown = BLOCKS.filter(({ info }) => !info.startsWith('text') && !['ts', 'solidity', 'toml'].includes(info))
    const lines = shown.flatMap(({ document, text }) => commandsIn(text).map((line) => ({ document, line })))
    expect(lines.length).toBeGreaterThan(80)
    expect(
      lines.flatMap(({ document, line }) => problems(line, scripts).map((problem) => `${document}: ${problem}`)),
    ).toEqual([])
  })
})

test.each(DOCUMENTS)('the commands that %s names in its text exist', (document) => {
  const prose = readFileSync(document, 'utf8')
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/\s+/g, ' ')
  const named = [...prose.matchAll(/`assize ([a-z][^`]*)`/g)].map(([, words = '']) => `assize ${words}`)
  expect(named.flatMap((line) => problems(line, []))).toEqual([])
})

describe('every block of configuration in the documents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assize-blocks-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const BASE = {
    data_dir: '"data"',
    rpc_url: '"http://127.0.0.1:8545"',
    oracle: `"0x${'01'.repeat(20)}"`,
    registry: `"0x${'02'.repeat(20)}"`,
    index_dir: '"index"',
  }

  test.each(BLOCKS.filter(({ info }) => info === 'toml'))('$document: $text', ({ text }) => {
    const own = text.replaceAll('"0x…"', `"0x${'03'.repeat(20)}"`)
    const missing = Object.entries(BASE).filter(([name]) => !new RegExp(`^${name} =`, 'm').test(own))
    const key = own.includes('[signer]')
      ? []
      : [
          ['keystore', '"key"'],
          ['password_file', '"password"'],
        ]
    const file = join(folder, 'node.toml')
    writeFileSync(file, `${[...missing, ...key].map(([name, value]) => `${name} = ${value}`).join('\n')}\n${own}`)
    expect(loadConfig({ file, env: {} }).dataDir).toBe(join(folder, 'data'))
  })
})

function isRun({ document, info }: Block): boolean {
  return RUN[document] !== undefined && /^sh(?: terminal=\w+)?$/.test(info)
}

/** What is wrong with a line of commands: a command, option or script that is not there. */
function problems(line: string, scripts: readonly string[]): string[] {
  const parts = line.split(/\s(?:\||&&|\|\||>)\s/)
  return parts.flatMap((part) => {
    const words = part.split(/\s+/)
    const script = /^npm run (?:--silent )?([\w:-]+)/.exec(part)?.[1]
    if (script !== undefined && !scripts.includes(script)) return [`no script ${script}`]
    const at = words.indexOf('assize') === 0 ? 1 : script === 'cli' ? words.indexOf('--') + 1 : 0
    return at === 0 ? [] : unknownIn(words.slice(at))
  })
}

function unknownIn(words: readonly string[]): string[] {
  let command = PROGRAM
  const path = [command]
  let at = 0
  for (; at < words.length; at += 1) {
    const next = command.commands.find((each) => each.name() === words[at])
    if (next === undefined) break
    command = next
    path.push(next)
  }
  const isGroup = command.commands.length > 0 && command.options.length === 0
  const isNamed = path.length > 1 || words[0]?.startsWith('--') === true || words[0] === '<command>'
  if (!isNamed || (path.length > 1 && isGroup && /^[a-z-]+$/.test(words[at] ?? '')))
    return [`no command ${words.join(' ')}`]
  const known = new Set(['--help', ...path.flatMap(({ options }) => options.map(({ long }) => long))])
  return words
    .filter((word) => word.startsWith('--') && word !== '--')
    .map((word) => word.replace(/[^\w-].*$/, ''))
    .filter((word) => !known.has(word))
    .map((word) => `no option ${word} of ${words.join(' ')}`)
}
