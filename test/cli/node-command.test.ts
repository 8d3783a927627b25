import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeDemoKeystore } from '../../cli/demo/keystore-file.ts'
import { raiseStage, type Stage } from '../client/chain-fixture.ts'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const KEY = `0x${'22'.repeat(32)}` as const

let folder: string
let stage: Stage

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assize-node-'))
  mkdirSync(join(folder, 'index'))
  await writeDemoKeystore(join(folder, 'key.json'), KEY, 'right')
  writeFileSync(join(folder, 'right'), 'right', { mode: 0o600 })
  writeFileSync(join(folder, 'wrong'), 'wrong', { mode: 0o600 })
  stage = await raiseStage()
})
afterAll(async () => {
  await stage.embedded.stop()
  rmSync(folder, { recursive: true })
})

type Settings = { data?: string; rpc?: string; password?: string }

function config({ data = 'data', rpc = stage.embedded.rpcUrl, password = 'right' }: Settings): string {
  const file = join(folder, `${data}-${password}.toml`)
  const { oracle, registry } = stage.deployments
  writeFileSync(
    file,
    `data_dir = "${data}"
rpc_url = "${rpc}"
oracle = "${oracle}"
registry = "${registry}"
index_dir = "index"
keystore = "key.json"
password_file = "${password}"
`,
  )
  return file
}

type Node = {
  /** Resolves with the ready line, or with undefined if it ended without one. */
  readonly ready: Promise<string | undefined>
  readonly ended: Promise<{ exitCode: number | null; err: string }>
  stop(): void
}

function runNode(file: string, flags: readonly string[] = []): Node {
  const child = spawn(process.execPath, [MAIN, 'node', '--config', file, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
  const ended = new Promise<{ exitCode: number | null; err: string }>((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, err }))
  })
  const ready = new Promise<string | undefined>((resolve) => {
    child.stdout.setEncoding('utf8').once('data', resolve)
    void ended.then(() => resolve(undefined))
  })
  return { ready, ended, stop: () => void child.kill('SIGTERM') }
}

test('runs a node until it is told to stop, exit 0', async () => {
  const node = runNode(config({}))
  expect(JSON.parse((await node.ready) ?? '{}')).toMatchObject({ ready: true })
  node.stop()
  expect((await node.ended).exitCode).toBe(0)
})

test('names the wrong password, exit 2, and touches nothing', async () => {
  const { exitCode, err } = await runNode(config({ password: 'wrong', data: 'untouched' })).ended
  expect(exitCode).toBe(2)
  expect(err.trim().split('\n')).toHaveLength(1)
  expect(err).toContain('Expected the password of ')
  expect(readdirSync(folder)).not.toContain('untouched')
})

test('names the configuration that is not there, exit 2', async () => {
  const { exitCode, err } = await runNode('/nowhere.toml').ended
  expect(exitCode).toBe(2)
  expect(err).toContain('/nowhere.toml')
})

test('names the dead endpoint, exit 1', async () => {
  const { exitCode, err } = await runNode(config({ rpc: 'http://127.0.0.1:9', data: 'dead' })).ended
  expect(exitCode).toBe(1)
  expect(err).toContain('Expected a JSON-RPC endpoint at 127.0.0.1:9, got no answer.')
})

test('names the store that another node holds, and leaves that one running', async () => {
  const first = runNode(config({ data: 'shared' }))
  expect(await first.ready).toBeDefined()
  const { exitCode, err } = await runNode(config({ data: 'shared' })).ended
  expect(exitCode).toBe(2)
  expect(err.trim().split('\n')).toHaveLength(1)
  first.stop()
  expect((await first.ended).exitCode).toBe(0)
})

test('names the damaged store and the next step, exit 2, and changes no file of it', async () => {
  const file = config({ data: 'damaged' })
  const node = runNode(file)
  await node.ready
  node.stop()
  await node.ended
  const store = join(folder, 'damaged', 'store')
  writeFileSync(join(store, 'CURRENT'), 'garbage')
  const before = readdirSync(store).filter((name) => !name.startsWith('LOG'))
  const { exitCode, err } = await runNode(file).ended
  expect(exitCode).toBe(2)
  expect(err.trim().split('\n')).toHaveLength(1)
  expect(err).toContain(`Expected a sound store at ${store}`)
  expect(readdirSync(store).filter((name) => !name.startsWith('LOG'))).toEqual(before)
})

test('takes settings as flags, which go before the file', async () => {
  const node = runNode(config({ data: 'filed' }), ['--data-dir', join(folder, 'flagged'), '--roles', ''])
  await node.ready
  expect([readdirSync(folder).includes('filed'), readdirSync(folder).includes('flagged')]).toEqual([false, true])
  node.stop()
  expect((await node.ended).exitCode).toBe(0)
})

test.each([
  ['1', 'at least 20, got "1"'],
  ['-1', 'a whole number, got "-1"'],
  ['', 'a whole number, got ""'],
])('hands on endpoints, and "%s", as they are, and shows what the node says of them', async (text, said) => {
  const endpoints = ['--rpc-url', 'https://a.example/k', '--rpc-fallbacks', 'https://b.example/k,https://c.example/k']
  const others = ['--source-rpc', '1=https://d.example/k', '--signer-url', 'https://e.example/k']
  const { exitCode, err } = await runNode(config({}), [...endpoints, ...others, `--poll-ms=${text}`]).ended
  expect(exitCode).toBe(2)
  expect(err).toContain(`Expected poll_ms: ${said}. Set it in the file, as ASSIZE_POLL_MS or --poll-ms.`)
})
