import { Command } from 'commander'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CATALOGUE, calledBy } from '../../cli/catalogue.ts'
import { assize } from './command-line.ts'
import { silentWorld, wholeProgram } from './whole-program.ts'

const ORACLE = '0x00000000000000000000000000000000000000a1'
let folder: string
let server: Server
let port: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assize-test-'))
  server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

async function csv(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

test('names an unknown command and an unknown option, exit 2', async () => {
  expect(await assize(['settle'])).toEqual({
    exitCode: 2,
    out: '',
    err: "error: unknown command 'settle' (Did you mean stake?). Run assize --help.",
  })
  expect((await assize(['photograph'])).err).toBe("error: unknown command 'photograph'. Run assize --help.")
  expect(await assize(['demo', '--quick'])).toMatchObject({
    exitCode: 2,
    err: "error: unknown option '--quick'. Run assize demo --help.",
  })
})

test('names the option for ids where an id is given to a command that takes none by itself', async () => {
  const [id, other] = [`0x${'12'.repeat(32)}`, `0x${'34'.repeat(32)}`]
  const remedyOf = async (...args: readonly string[]): Promise<string | undefined> =>
    /Run (.*)\.$/.exec((await assize(args)).err)?.[1]
  expect(await remedyOf('status', id)).toBe('assize status --fixing ID')
  expect(await remedyOf('status', id, other)).toBe('assize status --fixing ID')
  expect(await remedyOf('watch', '--once', id, other)).toBe('assize watch --fixings IDS')
  expect(await remedyOf('journal', id, '--config', 'node.toml')).toBe('assize journal --fixing ID')
  // What is no id, and a command without such an option.
  expect(await remedyOf('status', '0x12')).toBe('assize status --help')
  expect(await remedyOf('fixing', 'list', id)).toBe('assize fixing list --help')
  expect(await remedyOf('status', '--fixings', id)).toBe('assize status --help')
})

test.each([
  [['help', 'nothing'], "unknown command 'nothing'. Run assize --help."],
  [['help', 'contribut'], "unknown command 'contribut' (Did you mean contribute?). Run assize --help."],
  [['fixing', 'help', 'lst'], "unknown command 'lst' (Did you mean list?). Run assize fixing --help."],
  [['help', 'keys', 'nothing'], "unknown command 'nothing'. Run assize keys --help."],
])('names what help is asked about and is no command: %s', async (args, message) => {
  expect(await assize(args)).toEqual({ exitCode: 2, out: '', err: `error: ${message}` })
  const { exitCode, out } = await assize([...args, '--json'])
  expect(exitCode).toBe(2)
  expect(JSON.parse(out)).toMatchObject({ error: { name: 'Cli.UsageError', exitCode: 2 } })
})

test('shows the help of a command by help too', async () => {
  for (const words of [['claim'], ['keys', 'import'], ['fixing'], ['reporters', 'fund']]) {
    const asked = await assize(['help', ...words])
    expect(asked, words.join(' ')).toEqual(await assize([...words, '--help']))
    expect(asked.exitCode).toBe(0)
  }
  expect((await assize(['help'])).exitCode).toBe(0)
  // The name of a keystore, if an odd one.
  expect((await assize(['keys', 'export', 'help', 'nothing', '--yes'])).err).toContain('help')
})

test('shows help with the exit codes, exit 0', async () => {
  const { exitCode, out } = await assize(['--help'])
  expect(exitCode).toBe(0)
  expect(out).toContain(
    '3    no value: the reporters abstained (demo), or the sources do not suffice (index sample, verify)',
  )
})

/** The words that call each command that does something, from the program itself. */
function wordsOf(command: Command): string[][] {
  const inner = command.commands.filter((one) => one.name() !== 'help')
  const own = inner.flatMap((one) => wordsOf(one).map((words) => [one.name(), ...words]))
  return hasAction(command) ? [[], ...own] : own
}

function hasAction(command: Command): boolean {
  return command.commands.length === 0 || ['devnet', 'reporters'].includes(command.name())
}

test('shows the help of every command, with examples', async () => {
  const commands = wordsOf(await wholeProgram())
  expect(commands.length).toBeGreaterThan(50)
  for (const command of commands) {
    const help = await assize([...command, '--help'])
    expect(help, command.join(' ')).toMatchObject({ exitCode: 0, err: '' })
    expect(help.out, command.join(' ')).toMatch(new RegExp(`\nExamples?:\n {2}assize ${command.join(' ')}`))
  }
})

test('lists every command, and reads the code of those only that are called', async () => {
  const { out } = await assize(['--help'])
  for (const { entries } of CATALOGUE) {
    for (const { summaries, load } of entries) {
      const alone = new Command('assize')
      ;(await load())(alone, silentWorld(), () => undefined)
      const names = Object.keys(summaries)
      expect(alone.commands.map((command) => command.name()).toSorted()).toEqual(names.toSorted())
      for (const name of names) expect(out).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'))
      expect(calledBy(['help', names[0] ?? ''])?.load).toBe(load)
    }
  }
  expect(calledBy(['photograph'])).toBe(undefined)
})

test('says its version', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(await assize(['--version'])).toEqual({ exitCode: 0, out: version, err: '' })
})

test('names the option that is out of bounds', async () => {
  expect(await assize(['demo', '--nodes', '3'])).toMatchObject({
    exitCode: 2,
    err: `error: option '--nodes <n>' argument '3' is invalid. Expected a whole number from 7 to 25, got "3". Run assize demo --help.`,
  })
  expect(await assize(['demo', '--maturity', 'tomorrow'])).toMatchObject({
    exitCode: 2,
    err: `error: option '--maturity <time>' argument 'tomorrow' is invalid. Expected Unix seconds, or UTC such as 2025-03-28T08:00Z, got "tomorrow". Run assize demo --help.`,
  })
})

test('wants a maturity with a file', async () => {
  expect(await assize(['demo', '--prices', 'x.csv'])).toEqual({
    exitCode: 2,
    out: '',
    err: 'error: Expected --maturity with --prices, got none. Name an instant that the file covers.',
  })
})

test('wants a file with a base, and a maturity that leaves room for the window', async () => {
  expect(await assize(['demo', '--base', 'BNB'])).toEqual({
    exitCode: 2,
    out: '',
    err: 'error: Expected --prices with --base, got none. Leave --base out: the synthetic crash is of ETH.',
  })
  expect(await assize(['demo', '--maturity', '86399', '--interval', '1h', '--samples', '24'])).toEqual({
    exitCode: 2,
    out: '',
    err: 'error: Expected a --maturity at least 24 candles of 3600 s after 1970, got 86399. Name a later one, or fit --samples and --interval to it.',
  })
})

test('names both readings of a pair, and takes the one that --base names', async () => {
  const path = await csv('bnb.csv', 'time,binance_bnbusd\n1678536000,300\n1678536060,x\n')
  const args = ['demo', '--prices', path, '--maturity', '1678536000']
  expect(await assize(args)).toEqual({
    exitCode: 2,
    out: '',
    err: `error: Expected a pair with one reading in line 1, column binance_bnbusd of ${path}, got BN/BUSD or BNB/USD. Say with --base what it prices: what stands before the slash.`,
  })
  expect((await assize([...args, '--base', 'bnb'])).err).toContain('Expected a decimal above zero in line 3')
  expect((await assize([...args, '--base', 'bnb!'])).err).toContain('Expected a currency such as BNB, got "bnb!".')
})

test('says which --interval the file is of', async () => {
  const path = await csv('hours.csv', 'time,a_ethusd\n1678532400,1\n1678536000,1\n')
  const args = ['demo', '--prices', path, '--maturity', '1678536000', '--interval', '1d']
  expect(await assize(args)).toMatchObject({
    exitCode: 2,
    err: `error: Expected rows 86400 s apart, as --interval has it, in line 3, column time of ${path}, got 3600 s. Give with --interval how long the candles of the file are: a day at most.`,
  })
})

test('names the file that is not there', async () => {
  expect(await assize(['demo', '--prices', '/nowhere.csv', '--maturity', '1678536000'])).toMatchObject({
    exitCode: 2,
    err: 'error: Expected a readable file at /nowhere.csv, got no file. Check the path given to --prices.',
  })
})

test('names line and column of a wrong CSV, on one line, exit 2; with --json as the one document', async () => {
  const path = await csv('bad.csv', 'time,kraken_ethusd\n1678536000,1400.1\n1678536060,abc\n')
  const message = `Expected a decimal above zero in line 3, column kraken_ethusd of ${path}, got "abc".`
  const hint = 'The format: a header "time,venue_pair,…", then Unix seconds in order and one close per column.'
  const args = ['demo', '--prices', path, '--maturity', '1678536000']
  expect(await assize(args)).toEqual({ exitCode: 2, out: '', err: `error: ${message} ${hint}` })
  const { exitCode, out } = await assize([...args, '--json'])
  expect(exitCode).toBe(2)
  expect(JSON.parse(out)).toEqual({ version: 1, error: { name: 'Demo.PriceFileError', message, hint, exitCode: 2 } })
})

test('names the port in use, exit 2', async () => {
  const { exitCode, err } = await assize(['demo', '--port', String(port)])
  expect(exitCode).toBe(2)
  expect(err).toBe(
    `error: Expected port ${port} on 127.0.0.1 to be free, got another process listening on it. ` +
      'Stop that process, or leave --port out to take a free port.',
  )
})

test('names the missing anvil, exit 2', async () => {
  const { exitCode, err } = await assize(['demo'], { ASSIZE_ANVIL: '/nowhere/anvil' })
  expect(exitCode).toBe(2)
  expect(err).toBe(
    'error: Expected the anvil executable, got nothing at /nowhere/anvil. Run npm ci, or name the executable in ASSIZE_ANVIL.',
  )
})

test('never writes into a folder that exists', async () => {
  const { exitCode, err } = await assize(['demo', '--keep', folder])
  expect(exitCode).toBe(2)
  expect(err).toBe(
    `error: Expected to create the folder ${folder}, got one that exists. Name a folder that does not exist yet, inside one that does.`,
  )
})

test('names the dead RPC endpoint, exit 1', async () => {
  const rpc = 'http://127.0.0.1:9'
  expect(await assize(['status', '--rpc', rpc, '--oracle', ORACLE])).toEqual({
    exitCode: 1,
    out: '',
    err: `error: Expected a JSON-RPC endpoint at 127.0.0.1:9, got no answer. Check the address, or start the endpoint.`,
  })
})

test.each([
  ['localhost', 'localhost', 'http://localhost'],
  ['localhost:8545', 'localhost:8545', 'http://localhost:8545'],
  ['127.0.0.1:8545', '127.0.0.1:8545', 'http://127.0.0.1:8545'],
  ['ws://127.0.0.1:8545', 'ws://127.0.0.1:8545', 'http://127.0.0.1:8545'],
  ['wss://example.org/v3/secret', 'wss://example.org/…', 'https://example.org/…'],
  ['example.org/v3/secret', 'example.org', 'https://example.org/…'],
  ['ann:secret@example.org', 'example.org', 'https://example.org'],
  ['http://', 'http://', 'http://127.0.0.1:8545'],
])('names the endpoint that was meant by %s, exit 2', async (rpc, shown, meant) => {
  expect(await assize(['status', '--rpc', rpc, '--oracle', ORACLE])).toEqual({
    exitCode: 2,
    out: '',
    err: `error: Expected an endpoint that begins with http:// or https://, got "${shown}". Write ${meant}`,
  })
})

test('wants an oracle that is an address', async () => {
  expect(await assize(['status'])).toMatchObject({
    exitCode: 2,
    err: 'error: Expected the address of the oracle, got none. Give it with --oracle, or in ASSIZE_ORACLE.',
  })
  expect(await assize(['status', '--oracle', '0x12'])).toMatchObject({
    exitCode: 2,
    err: `error: option '--oracle <address>' argument '0x12' is invalid. Expected an address, got "0x12". Run assize status --help.`,
  })
})
