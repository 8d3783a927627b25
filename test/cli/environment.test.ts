import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filledIn } from '../../cli/environment.ts'
import { writeKeystore } from '../../node/ground/keystore.ts'
import { assize } from './command-line.ts'

const ADDRESS = '0x00000000000000000000000000000000000000a1'
const ID = `0x${'12'.repeat(32)}`
const DEAD = ['--rpc', 'http://127.0.0.1:1']

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assize-environment-'))
  await writeKeystore(join(folder, 'key.json'), `0x${'11'.repeat(32)}`, 'a password', { cost: 1_024 })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Every variable of ours that the command line's code names, of a folder and those below. */
function variablesIn(place: string): string[] {
  const files = readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  return files.flatMap((name) => readFileSync(join(place, name), 'utf8').match(/ASSIZE_[A-Z_]*[A-Z]/g) ?? [])
}

test('a variable of ours that is empty is not set; others are left alone', () => {
  const env = { ASSIZE_JURY: '', ASSIZE_ORACLE: ADDRESS, NO_COLOR: '', HOME: undefined }
  expect(filledIn(env)).toEqual({ ASSIZE_ORACLE: ADDRESS, NO_COLOR: '', HOME: undefined })
})

test.each([
  ['status', '--oracle', ADDRESS],
  ['status', ...DEAD],
  ['watch', '--once', '--until-wrong', '--oracle', ADDRESS, ...DEAD],
  ['verify', ID, ...DEAD],
  ['receipts', 'list', '--oracle', ADDRESS, ...DEAD],
  ['jury', 'status', '--oracle', ADDRESS, ...DEAD],
  ['reporters', '--oracle', ADDRESS, ...DEAD],
  ['income'],
  ['init', '/proc/none', '--oracle', ADDRESS, '--registry', ADDRESS],
])('assize %s does with empty variables what it does without them', async (...args) => {
  const names = [...new Set(variablesIn('cli'))]
  expect(names).toContain('ASSIZE_RPC_URL')
  const empty = Object.fromEntries(names.map((name) => [name, '']))
  expect(await assize(args, {}, { env: empty })).toEqual(await assize(args, {}, { env: {} }))
})

test('an empty password is asked for', async () => {
  const asked: string[] = []
  const askSecret = (question: string): Promise<string> => (asked.push(question), Promise.resolve('a password'))
  const env = { ASSIZE_PASSWORD: '', ASSIZE_PASSWORD_FILE: '' }
  const keystore = join(folder, 'key.json')
  const args = ['keys', 'export', keystore, join(folder, 'key.hex'), '--yes']
  expect(await assize(args, {}, { env, terminal: { ask: askSecret, askSecret } })).toMatchObject({ exitCode: 0 })
  expect(asked).toEqual([`Password of ${keystore}: `])
})
