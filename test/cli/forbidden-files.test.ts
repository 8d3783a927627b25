import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { backUp } from '#node/backup'
import { openStore } from '#node/store'
import { writeKeystore } from '../../node/keystore.ts'
import { loadNetworkKey } from '../../node/network-key.ts'
import { AS_ANYBODY, forbid, REMEDY } from '../node/forbidden.ts'
import { keyOf } from '../node/reporters.ts'
import { temporaryFolder } from '../node/temporary.ts'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const IN_CONFIGURATION = /^Correct (its path|data_dir) in the configuration\.$/

type Ended = { readonly exitCode: unknown; readonly out: string; readonly err: string }

function assize(...args: readonly string[]): Promise<Ended> {
  const [command = '', ...rest] = [...AS_ANYBODY, process.execPath, MAIN, ...args]
  return new Promise((resolve) => {
    execFile(command, rest, (error, out, err) => resolve({ exitCode: error === null ? 0 : error.code, out, err }))
  })
}

/** A node's folder in which all is there; its endpoint is dead. */
async function nodeFolder(dataDir = 'data'): Promise<{ folder: string; config: string }> {
  const folder = temporaryFolder()
  await (await openStore(join(folder, 'data'))).close()
  await loadNetworkKey(join(folder, 'data', 'libp2p.key'))
  mkdirSync(join(folder, 'var'))
  await writeKeystore(join(folder, 'keystore'), keyOf('ann').privateKey, 'pw', { cost: 1_024 })
  writeFileSync(join(folder, 'password'), 'pw', { mode: 0o600 })
  mkdirSync(join(folder, 'indices'))
  const config = join(folder, 'node.toml')
  writeFileSync(
    config,
    `data_dir = "${dataDir}"
rpc_url = "http://127.0.0.1:1"
oracle = "0x00000000000000000000000000000000000000aa"
registry = "0x00000000000000000000000000000000000000bb"
index_dir = "indices"
keystore = "keystore"
password_file = "password"
`,
  )
  return { folder, config }
}

type Case = {
  /** In the node's folder: what is spoilt, and the finding that names it. */
  readonly path: string
  readonly what: string
  readonly dataDir?: string
  readonly spoil?: (path: string) => void
  readonly fix?: RegExp
}

test('halt and resume say that they did nothing, restore that it wrote nothing, each with the next step', async () => {
  const { folder, config } = await nodeFolder()
  const [data, backup] = [join(folder, 'data'), join(folder, 'backup.jsonl')]
  await backUp(data, backup)
  forbid(data)
  const halted = await assize('halt', '--config', config, '--json')
  expect([halted.exitCode, JSON.parse(halted.out).error]).toEqual([
    2,
    {
      name: 'Cli.InputError',
      message: expect.stringMatching(
        /^Expected to write .*stop-staking, got "permission denied" \(.*\)\. Nothing is halted, /,
      ),
      hint: expect.stringMatching(REMEDY),
      exitCode: 2,
    },
  ])
  const resumed = await assize('resume', '--config', config)
  expect([resumed.exitCode, resumed.err]).toEqual([2, expect.stringContaining('It is halted as before.')])
  const restored = await assize('restore', '--data-dir', join(data, 'new'), backup)
  expect(restored).toMatchObject({ exitCode: 2, out: '' })
  expect(restored.err).toContain(`error: Expected to make the folder ${join(data, 'new')}, got "permission denied"`)
  expect(restored.err).toMatch(REMEDY)
})

test.each<[string, Case]>([
  ['a data_dir', { path: 'data', what: 'data_dir', spoil: forbid }],
  ['a file of the store', { path: 'data/store/LOCK', what: 'data_dir', spoil: forbid }],
  ['the record of signatures', { path: 'data/signed.jsonl', what: 'data_dir', spoil: forbid }],
  ['the network key', { path: 'data/libp2p.key', what: 'network key', spoil: forbid }],
  ['the keystore', { path: 'keystore', what: 'keystore', spoil: forbid }],
  ['its password', { path: 'password', what: 'password', spoil: forbid }],
  ['the folder where data_dir is to be made', { path: 'var', dataDir: 'var/data', what: 'data_dir', spoil: forbid }],
  [
    'a file in the place of data_dir',
    { path: 'password', dataDir: 'password', what: 'data_dir', fix: IN_CONFIGURATION },
  ],
  [
    'a data_dir in what is no disk',
    { path: '/proc/nothing', dataDir: '/proc/nothing', what: 'data_dir', fix: IN_CONFIGURATION },
  ],
  [
    'no folder of index documents',
    { path: 'indices', what: 'indices', spoil: (path) => rmSync(path, { recursive: true }), fix: IN_CONFIGURATION },
  ],
])('of %s that it cannot use the node says so at its start, exit 2, and doctor that it is bad', async (_name, at) => {
  const { folder, config } = await nodeFolder(at.dataDir)
  const path = join(at.path.startsWith('/') ? '' : folder, at.path)
  at.spoil?.(path)
  const [node, doctor] = await Promise.all([
    assize('node', '--config', config),
    assize('doctor', '--config', config, '--json'),
  ])
  expect(node).toMatchObject({ exitCode: 2, out: '' })
  expect(node.err).not.toContain('\n    at ')
  expect(node.err.trim().split('\n').at(-1)).toMatch(/^assize node: Expected /)
  expect(node.err).toContain(path)
  expect(node.err).not.toMatch(/\bE[A-Z]{4,}\b|keys new/)
  const bad = JSON.parse(doctor.out).checks.filter((check: { state: string }) => check.state === 'bad')
  expect(bad).toContainEqual({
    what: at.what,
    state: 'bad',
    found: expect.stringContaining(path),
    fix: expect.stringMatching(at.fix ?? REMEDY),
  })
})
