import { execFile, type ExecFileOptions } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { backUp } from '#node/backup'
import { openStore } from '#node/store'
import { writeKeystore } from '../../node/ground/keystore.ts'
import { loadNetworkKey } from '../../node/ground/network-key.ts'
import { anotherUser, AS_ANYBODY, forbid, REMEDY } from '../node/forbidden.ts'
import { keyOf } from '../node/reporters.ts'
import { temporaryFolder } from '../node/temporary.ts'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const IN_CONFIGURATION = /^Correct (its path|data_dir) in the configuration\.$/

type Ended = { readonly exitCode: unknown; readonly out: string; readonly err: string }

/** Another user, who can read this program; undefined where there is none. */
const ANOTHER = anotherUser(MAIN, process.execPath, tmpdir())

function assize(...args: readonly string[]): Promise<Ended> {
  return ended([...AS_ANYBODY, process.execPath, MAIN, ...args], {})
}

function ended([command = '', ...rest]: readonly string[], options: ExecFileOptions): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, rest, options, (error, out, err) =>
      resolve({ exitCode: error === null ? 0 : error.code, out: String(out), err: String(err) }),
    )
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
        /^Expected to write .*stop-staking, got "permission denied" \(.*\)\. This halts nothing: unless it was halted before, /,
      ),
      hint: expect.stringMatching(REMEDY),
      exitCode: 2,
    },
  ])
  const resumed = await assize('resume', '--config', config)
  expect([resumed.exitCode, resumed.err]).toEqual([2, expect.stringContaining('This ends no halt: if it was')])
  const restored = await assize('restore', '--data-dir', join(data, 'new'), backup)
  expect(restored).toMatchObject({ exitCode: 2, out: '' })
  expect(restored.err).toContain(`error: Expected to make the folder ${join(data, 'new')}, got "permission denied"`)
  expect(restored.err).toMatch(REMEDY)
})

test.skipIf(ANOTHER === undefined)(
  'another user neither halts nor resumes the node of a data_dir that root made, whether it is halted or not, and is told as whom to',
  async () => {
    const { folder, config } = await nodeFolder()
    const [data, halt] = [join(folder, 'data'), join(folder, 'data', 'stop-staking')]
    for (const path of [folder, data]) chmodSync(path, 0o755)
    const asAnother = (...args: readonly string[]): Promise<Ended> =>
      ended([process.execPath, MAIN, ...args, '--config', config], ANOTHER ?? {})
    const refusal = (path: string, whose: string, stand: string): Ended => ({
      exitCode: 2,
      out: '',
      err:
        `error: Expected to write ${path}, got "permission denied" (${whose} belongs to root). ${stand} ` +
        `Run it as the user of the node: sudo -u root …; if that is nobody: sudo chown nobody ${data}\n`,
    })
    const [noHalt, noEnd] = [
      'This halts nothing: unless it was halted before, the node stakes on.',
      'This ends no halt: if it was halted, it is as before.',
    ]
    expect(await asAnother('halt')).toEqual(refusal(halt, data, noHalt))
    expect(await asAnother('resume')).toEqual({
      exitCode: 0,
      out: `The node of ${data} was not halted.\n`,
      err: '',
    })
    expect((await assize('halt', 'drill', '--config', config)).exitCode).toBe(0)
    expect(await asAnother('resume')).toEqual(refusal(data, 'it', noEnd))
    // Whoever may not look into the folder cannot tell whether there is a halt.
    chmodSync(data, 0o700)
    expect(await asAnother('resume')).toEqual(refusal(data, 'it', noEnd))
    expect(readFileSync(halt, 'utf8')).toMatch(/^drill /)
    expect(await assize('resume', '--config', config)).toMatchObject({ exitCode: 0, err: '' })
    expect(existsSync(halt)).toBe(false)
  },
)

test('a data_dir can be made in a folder that nobody can list, and doctor says so', async () => {
  const { folder, config } = await nodeFolder('var/data')
  const parent = join(folder, 'var')
  chmodSync(parent, 0o333)
  try {
    const { checks } = JSON.parse((await assize('doctor', '--config', config, '--json')).out)
    const disk = checks.filter(({ what }: { what: string }) => what === 'disk' || what === 'data_dir')
    expect(disk).toMatchObject([{ what: 'disk', state: 'ok' }])
    expect(await assize('halt', '--config', config)).toMatchObject({ exitCode: 0, err: '' })
  } finally {
    chmodSync(parent, 0o700)
  }
  expect(existsSync(join(parent, 'data', 'stop-staking'))).toBe(true)
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
    'a data_dir below a file',
    { path: 'password', dataDir: 'password/deep/data', what: 'data_dir', fix: IN_CONFIGURATION },
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
