import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install, type Installed, ROOT } from '../package/installed.ts'
import { comparable } from './comparable.ts'
import { cleanEnvironment, startNetwork } from './network.ts'
import { entriesOf, mistakeOf, openShell, recordOf } from './session.ts'

const SESSIONS = join(ROOT, 'test', 'acceptance', 'sessions')
const NAMES = readdirSync(SESSIONS)
/** How the sessions call the network's folder, and their own. */
const [NETWORK, WORK] = ['/tmp/assize-devnet', '/tmp/session']

let installed: Installed
beforeAll(async () => {
  installed = await install()
})
afterAll(() => installed.remove())

const textOf = (name: string): string => readFileSync(join(SESSIONS, name), 'utf8')

// Recorded anew with `vitest run test/acceptance -u`; read what changed before it is committed.
describe.each(NAMES)('%s', (name) => {
  test('the packed command line answers as it was recorded', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'assize-acceptance-'))
    const network = await startNetwork(join(parent, 'devnet'))
    const here = (text: string): string => text.replaceAll(NETWORK, join(parent, 'devnet')).replaceAll(WORK, parent)
    const cli = join(installed.unpacked, 'dist/cli/main.js')
    const setUp = `assize() { node ${cli} "$@"; }; . ${parent}/devnet/env`
    const shell = await openShell(parent, setUp, cleanEnvironment())
    const records: string[] = []
    for (const entry of entriesOf(textOf(name))) {
      const { out, err, exitCode } = await shell.run(here(entry.command))
      const there = (text: string): string =>
        comparable(text.replaceAll(join(parent, 'devnet'), NETWORK).replaceAll(parent, WORK))
      records.push(recordOf(entry, { out: there(out), err: there(err), exitCode }))
    }
    await shell.end()
    await network.stop()
    rmSync(parent, { recursive: true })
    await expect(records.join('\n')).toMatchFileSnapshot(join(SESSIONS, name))
  })
})

/** Mistakes that a command was asked to look for: the result says what is wrong, and there is no error. */
const FOUND: Readonly<Record<string, RegExp>> = {
  'a time of which the sources have nothing': /^no value: Candle 0 of 30 /m,
  'closes with a line that is none': /^dropped file: candle 29: Expected a decimal number /m,
  'to wait for a settlement that is not there yet': /^deadline .*: the leader settles unless disputed$/m,
  'closes that are not there': /^verdict {3}none: there is no own value to compare with$/m,
  'a keystore that others can read': /^ {2}BAD {2}keystore: others can read .*\n {9}chmod 600 /m,
}

/** A line of a stack, also where lines were put one behind the other. */
const STACK = /\bat (?:(?:async )?[\w$.<>[\] ]+ \(\S+:\d+:\d+\)|(?:file:|node:|\/)\S+:\d+:\d+)/

test.each([
  '! error: Expected something.\n!     at file:///a/b.js:1:2',
  '! assize node: Expected this, got: that     at Server.setupListenHandle [as _listen2] (node:net:1940:16). Mend it.',
  '!     at async Promise.all (index 0)\n!     at async run (/a/b.js:10:20)',
])('knows a stack in %j', (record) => {
  expect(record).toMatch(STACK)
})

describe('the mistakes', () => {
  const entries = NAMES.flatMap((name) => textOf(name).split(/\n\n(?=[#$] )/))
  const mistakes = entries.filter((record) => entriesOf(record).some((entry) => mistakeOf(entry) !== undefined))

  test('are at least sixty, each of a cause of its own', () => {
    const causes = mistakes.flatMap((record) => entriesOf(record).flatMap((entry) => mistakeOf(entry) ?? []))
    expect(causes.length).toBeGreaterThanOrEqual(60)
    expect(new Set(causes).size).toBe(causes.length)
  })

  test('end with an exit code that says so, and with one line that says what was expected or what to do', () => {
    for (const record of mistakes) {
      const lines = record.trim().split('\n')
      expect(lines.at(-1), record).toMatch(/^= (1|2|3|8)$/)
      const found = entriesOf(record).flatMap((entry) => FOUND[mistakeOf(entry) ?? ''] ?? [])
      for (const said of found) expect(record).toMatch(said)
      const errors = lines.filter((line) => /^! (error: |assize node: )./.test(line))
      expect(errors, record).toHaveLength(found.length === 0 ? 1 : 0)
      expect(record, record).not.toMatch(STACK)
    }
  })
})
