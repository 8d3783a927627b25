import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getAddress } from 'viem'
import { type Chain, connect } from '#client/chain.ts'
import { freePort } from '../cli/free-port.ts'
import { ROOT } from '../package/installed.ts'
import { type Network, startNetwork } from './network.ts'
import { KEYS, openTerminal, type Played, type PseudoTerminal } from './pseudo-terminal.ts'

let folder: string
let network: Network
let chain: Chain

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assize-terminal-'))
  network = await startNetwork(join(folder, 'devnet'))
  chain = await connect({ rpcUrl: network.of('ASSIZE_RPC_URL') })
})
afterAll(async () => {
  await network.stop()
  rmSync(folder, { recursive: true })
})

/** A person at a terminal types `assize …`, after `before` was typed; the environment is the network's. */
function assize(line: string, before = ':'): PseudoTerminal {
  const program = `node ${join(ROOT, 'cli/main.ts')}`
  return openTerminal(`. devnet/env; ${before}; ${program} ${line}`, folder)
}

/** How many transactions the disputer has sent. */
function sent(): Promise<number> {
  return chain.publicClient.getTransactionCount({ address: getAddress(network.of('ACCOUNT')) })
}

/** The terminal is as it was before the command: it echoes, and Ctrl-C is a signal. */
function expectRestored({ settings: [before, after] }: Played): void {
  expect(before).toMatch(/^[\da-f:]+$/)
  expect(after).toBe(before)
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}

describe('the one question of contribute', () => {
  const QUESTION = 'Stake 0.01 ETH on 2500.1? [y/N] '
  const contribute = (before?: string): PseudoTerminal => assize('contribute $FIXING 2500.10 0.01eth', before)

  test.each([
    ['n', `n${KEYS.enter}`, 'error: Nothing was sent.'],
    ['an empty line', KEYS.enter, 'error: Nothing was sent.'],
    ['Ctrl-C', KEYS.ctrlC, 'error: Interrupted.'],
    ['Ctrl-D', KEYS.ctrlD, 'error: Interrupted.'],
    ['Ctrl-C behind a y', `y${KEYS.ctrlC}`, 'error: Interrupted.'],
  ])('answered by %s sends nothing', async (_, keys, last) => {
    const before = await sent()
    const terminal = contribute()
    await terminal.until(QUESTION)
    terminal.type(keys)
    const played = await terminal.end()
    expect(played.exitCode).toBe(130)
    expect(played.shown.trimEnd().split('\r\n').at(-1)).toBe(last)
    expect(count(played.shown, '[y/N]')).toBe(1)
    expect(await sent()).toBe(before)
    expectRestored(played)
  })

  test('answered by y stakes, after the password that is not shown', async () => {
    const terminal = contribute('unset ASSIZE_PASSWORD_FILE')
    await terminal.until('Password of ')
    await terminal.until(': ')
    terminal.type(`devnet${KEYS.enter}`)
    const until = await terminal.until(QUESTION)
    expect(until).not.toContain('devnet\r')
    expect(until).toContain('another value wins')
    terminal.type(`y${KEYS.enter}`)
    const played = await terminal.end()
    expect(played.exitCode).toBe(0)
    expect(played.shown).toContain('Staked 0.01 ETH on 2500.1.')
    expect(count(played.shown, '[y/N]')).toBe(1)
    expect(await sent()).toBe(3)
    expectRestored(played)
  })
})

describe('the password of a new key', () => {
  const SECRET = 'correct horse battery staple'

  test('is typed twice and never shown', async () => {
    const terminal = assize('keys new typed.json')
    await terminal.until('New password: ')
    terminal.type(`${SECRET}${KEYS.enter}`)
    await terminal.until('The same again: ')
    terminal.type(`${SECRET}${KEYS.enter}`)
    const played = await terminal.end()
    expect(played.exitCode).toBe(0)
    expect(played.shown).toMatch(/0x[\da-fA-F]{40} is in typed\.json\./)
    expect(played.shown).not.toContain('horse')
    expectRestored(played)
  })

  test.each([
    ['Ctrl-C', KEYS.ctrlC, 130],
    ['Ctrl-D', KEYS.ctrlD, 130],
    ['another', `horse${KEYS.enter}`, 2],
  ])('answered the second time by %s makes no key', async (name, keys, exitCode) => {
    const terminal = assize(`keys new '${name}.json'`)
    await terminal.until('New password: ')
    terminal.type(`${SECRET}${KEYS.enter}`)
    await terminal.until('The same again: ')
    terminal.type(keys)
    const played = await terminal.end()
    expect(played.exitCode).toBe(exitCode)
    expect(played.shown).not.toContain('horse')
    expect(existsSync(join(folder, `${name}.json`))).toBe(false)
    expectRestored(played)
  })
})

test('the table of watch stands in one place while its time runs down, and Ctrl-C leaves the terminal as it was', async () => {
  const terminal = assize('watch --interval 1')
  const first = await terminal.until('Ctrl-C ends it.')
  const second = await terminal.until('Ctrl-C ends it.')
  // To the upper left, and nothing is left below.
  for (const screen of [first, second]) expect(screen).toContain('\u001B[1;1H\u001B[0J')
  expect(count(`${first}${second}`, '\u001B[1;1H')).toBe(2)
  terminal.type(KEYS.ctrlC)
  const played = await terminal.end()
  expect(played.exitCode).toBe(0)
  expect(count(played.shown, '\u001B[?25l')).toBe(count(played.shown, '\u001B[?25h'))
  expect(played.shown).not.toContain('\u001B[?1049h')
  expectRestored(played)
})

describe('the guided init', () => {
  /** Types each answer after its question. */
  async function answerAll(terminal: PseudoTerminal, answers: readonly (readonly [question: string, text: string])[]) {
    for (const [question, text] of answers) {
      await terminal.until(question)
      await terminal.until(': ')
      terminal.type(`${text}${KEYS.enter}`)
    }
  }

  /** What is asked before a key is made, and what is typed. */
  async function answerSettings(terminal: PseudoTerminal): Promise<void> {
    await terminal.until('What it shall be: ')
    await terminal.until('[reporter]: ')
    terminal.type(`juryman${KEYS.enter}`)
    await terminal.until('error: Expected ')
    await terminal.until('[reporter]: ')
    terminal.type(KEYS.enter)
    const answers = [
      ['JSON-RPC endpoint', ''],
      ['Endpoints of others', ''],
      ['MaturityOracle', ''],
      ['ReporterRegistry', ''],
      ['documents of', join(folder, 'devnet', 'index')],
      ['The CSV file', ''],
      ['Who may rule', ''],
    ] as const
    await answerAll(terminal, answers)
  }

  async function answerNetwork(terminal: PseudoTerminal): Promise<void> {
    const answers = [
      ['TCP port for its peers', String(await freePort())],
      ['Where others can call it', ''],
      ['Peers to call first', ''],
      ['Port on 127.0.0.1', String(await freePort())],
    ] as const
    await answerAll(terminal, answers)
  }

  test('asks again for what is wrong, takes an empty line for what it offers, and ends with a node that is set up', async () => {
    const terminal = assize('init node --clock chain')
    await answerSettings(terminal)
    await answerNetwork(terminal)
    await terminal.until('Address of the owner')
    await terminal.until(': ')
    terminal.type(`${network.of('ACCOUNT')}${KEYS.enter}`)
    await terminal.until('Stake, lost if')
    await terminal.until(']: ')
    terminal.type(KEYS.enter)
    await terminal.until('Write a unit for systemd? [y/N] ')
    terminal.type(`n${KEYS.enter}`)
    await terminal.until('Start the node now, until Ctrl-C? [y/N] ')
    terminal.type(`y${KEYS.enter}`)
    await terminal.until('{"ready":true')
    terminal.type(KEYS.ctrlC)
    const played = await terminal.end()
    expect(played.exitCode).toBe(0)
    expect(readFileSync(join(folder, 'node', 'node.toml'), 'utf8')).toContain(network.of('ASSIZE_ORACLE'))
    expectRestored(played)
  })

  test('ended by Ctrl-C in the middle has written nothing', async () => {
    const terminal = assize('init left --clock chain')
    await answerSettings(terminal)
    await terminal.until('TCP port for its peers')
    terminal.type(KEYS.ctrlC)
    const played = await terminal.end()
    expect(played.exitCode).toBe(130)
    expect(played.shown.trimEnd().split('\r\n').at(-1)).toBe('error: Interrupted.')
    expect(existsSync(join(folder, 'left'))).toBe(false)
    expectRestored(played)
  })
})
