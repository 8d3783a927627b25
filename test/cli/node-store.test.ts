import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { haltIn } from '#node/halt'
import { openStore } from '#node/store'
import { shorten } from '../../cli/format.ts'
import { isStaking } from '../../node/chain/tend.ts'
import { startHttp } from '../../node/http/server.ts'
import { FIXING_ID, keyOf } from '../node/reporters.ts'
import { temporaryFolder } from '../node/temporary.ts'
import { assize } from './command-line.ts'

const LINE = { stage: 'stake', action: 'none', reason: 'Nothing to do.', time: 1_700_000_000n }
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** The configuration of a node whose journal has two lines. */
async function stoppedNode(more = ''): Promise<{ config: string; dataDir: string }> {
  const folder = temporaryFolder()
  const dataDir = join(folder, 'data')
  const store = await openStore(dataDir)
  await store.journal.append({ ...LINE, fixingId: FIXING_ID })
  await store.journal.append({ ...LINE, stage: 'start', reason: 'Started.' })
  await store.close()
  return { config: configIn(folder, 'data', more), dataDir }
}

function configIn(folder: string, dataDir: string, more = ''): string {
  const config = join(folder, `${dataDir}.toml`)
  writeFileSync(
    config,
    `data_dir = "${dataDir}"
rpc_url = "http://127.0.0.1:1"
oracle = "0x00000000000000000000000000000000000000aa"
registry = "0x00000000000000000000000000000000000000bb"
index_dir = "."
${more}`,
  )
  return config
}

test('journal reads the store of a node that is stopped', async () => {
  const { config } = await stoppedNode()
  const { exitCode, out } = await assize(['journal', '--config', config])
  expect(exitCode).toBe(0)
  expect(out.split('\n')).toEqual([
    `2023-11-14 22:13:20 UTC  ${shorten(FIXING_ID)}  stake  none  Nothing to do.`,
    '2023-11-14 22:13:20 UTC  -  start  none  Started.',
  ])
  const some = await assize(['journal', '--config', config, '--fixing', FIXING_ID.slice(0, 9), '--json'])
  expect(JSON.parse(some.out)).toEqual({
    version: 1,
    lines: [
      {
        sequence: 1,
        time: 1_700_000_000,
        stage: 'stake',
        fixingId: FIXING_ID,
        action: 'none',
        reason: 'Nothing to do.',
      },
    ],
  })
})

test('journal shows amounts and values with their units to people, and what the node wrote to scripts', async () => {
  const { config, dataDir } = await stoppedNode()
  const store = await openStore(dataDir)
  const written =
    'Staked 100000000000000000 wei on 2500100000000000000000. Offers 2000000000 wei per gas, 100000000000000000 wei per gas, and 12 wei.'
  await store.journal.append({ ...LINE, fixingId: FIXING_ID, reason: written })
  await store.close()
  const { out } = await assize(['journal', '--config', config])
  expect(out).toContain(
    'none  Staked 0.1 ETH on 2500.1. Offers 2000000000 wei per gas, 100000000000000000 wei per gas, and 12 wei.',
  )
  expect(JSON.parse((await assize(['journal', '--config', config, '--json'])).out).lines).toContainEqual(
    expect.objectContaining({ reason: written }),
  )
})

test('journal has one line for each, whatever a venue wrote into a reason', async () => {
  const { config, dataDir } = await stoppedNode()
  const store = await openStore(dataDir)
  await store.journal.append({
    ...LINE,
    reason: 'got "1\n2023-11-14 22:13:20 UTC  -  stake  none  All is well.\u001b[8m"',
  })
  await store.close()
  const { out } = await assize(['journal', '--config', config, '--limit', '1'])
  expect(out).toBe(
    String.raw`2023-11-14 22:13:20 UTC  -  stake  none  got "1\u000a2023-11-14 22:13:20 UTC  -  stake  none  All is well.\u001b[8m"`,
  )
})

test('journal asks a node that runs', async () => {
  const asked: unknown[] = []
  const journal = async (limit: number, fixing?: string) => {
    asked.push([limit, fixing])
    return [{ ...LINE, sequence: 3, reason: 'Said by the node.' }]
  }
  const server = await startHttp({ journal } as unknown as Parameters<typeof startHttp>[0], 0)
  closing.push(() => server.close())
  const { config, dataDir } = await stoppedNode(`http_port = ${server.port}`)
  const running = await openStore(dataDir)
  closing.push(() => running.close())
  const { exitCode, out } = await assize(['journal', '--config', config, '--limit', '7'])
  expect([exitCode, asked]).toEqual([0, [[7, undefined]]])
  expect(out).toContain('Said by the node.')
  await assize(['journal', '--config', config, '--fixing', '0x12ab'])
  expect(asked[1]).toEqual([50, '0x12ab'])
})

test('journal says what it needs of a node that cannot be asked, and makes no store', async () => {
  const { config, dataDir } = await stoppedNode()
  const running = await openStore(dataDir)
  closing.push(() => running.close())
  const locked = await assize(['journal', '--config', config])
  expect(locked.exitCode).toBe(2)
  expect(locked.err).toContain('Set http_port and restart it, or stop it and ask again.')
  const nowhere = await assize(['journal', '--config', configIn(temporaryFolder(), 'none')])
  expect(nowhere.exitCode).toBe(2)
  expect(nowhere.err).toContain('got none. Check data_dir.')
  expect((await assize(['journal', '--config', config, '--limit', '1001'])).exitCode).toBe(2)
  expect((await assize(['journal', '--config', '/nowhere.toml'])).exitCode).toBe(2)
})

test('backup and restore say what they moved and what comes next', async () => {
  const { config } = await stoppedNode()
  const folder = temporaryFolder()
  const file = join(folder, 'backup.jsonl')
  const made = await assize(['backup', '--config', config, file])
  expect([made.exitCode, made.out]).toEqual([
    0,
    `2 rows, 0 signatures among them, are in ${file}. Keep keystore and libp2p.key too.`,
  ])
  const again = await assize(['backup', '--config', config, file])
  expect([again.exitCode, again.err]).toEqual([2, expect.stringContaining('Name another.')])
  const other = configIn(folder, 'restored')
  const restored = await assize(['restore', '--config', other, file, '--json'])
  expect(restored.exitCode).toBe(0)
  expect(JSON.parse(restored.out)).toMatchObject({ version: 1, rows: 2, signatures: 0 })
  expect((await assize(['journal', '--config', other])).out).toContain('Started.')
  expect((await assize(['restore', '--config', other, file])).exitCode).toBe(2)
  writeFileSync(file, 'spoilt')
  const damaged = await assize(['restore', '--config', configIn(folder, 'third'), file])
  expect([damaged.exitCode, damaged.err]).toEqual([2, expect.stringContaining('nothing was restored.')])
})

test.each([
  ['a folder that is not there', 'nowhere', 'no such file or directory'],
  ['a file in the place of its folder', 'data.toml', 'not a directory'],
])('backup names %s, and leaves nothing', async (_name, at, reason) => {
  const { config } = await stoppedNode()
  const file = join(dirname(config), at, 'backup.jsonl')
  const before = readdirSync(dirname(config))
  const { exitCode, out, err } = await assize(['backup', '--config', config, file, '--json'])
  expect([exitCode, JSON.parse(out).error]).toEqual([
    2,
    {
      name: 'Backup.BackupPlaceError',
      message: `Expected to write a backup to ${file}, got "${reason}". Mend that, or name another place.`,
      hint: '',
      exitCode: 2,
    },
  ])
  expect(err).not.toContain(' at ')
  expect(readdirSync(dirname(config))).toEqual(before)
})

test("backup and restore move a signer's memory by its folder", async () => {
  const folder = temporaryFolder()
  const [dataDir, other, file] = ['signed', 'other', 'backup.jsonl'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const store = await openStore(dataDir)
  await store.guard.record({ signer: keyOf('ann').address, fixingId: FIXING_ID, digest: FIXING_ID })
  await store.close()
  const made = await assize(['backup', '--data-dir', dataDir, file])
  expect([made.exitCode, made.out]).toEqual([
    0,
    `1 rows, 1 signatures among them, are in ${file}. Keep the keystore too.`,
  ])
  const restored = await assize(['restore', '--data-dir', other, file])
  expect([restored.exitCode, restored.out]).toEqual([0, expect.stringContaining('and no new observation')])
  const again = await openStore(other)
  closing.push(() => again.close())
  expect(again.guard.digestOf({ signer: keyOf('ann').address, fixingId: FIXING_ID })).toBe(FIXING_ID)
  for (const flags of [[], ['--data-dir', dataDir, '--config', 'node.toml']]) {
    const refused = await assize(['backup', ...flags, join(folder, 'another')])
    expect([refused.exitCode, refused.err]).toEqual([2, expect.stringContaining('Name one of them.')])
  }
})

test('halt --help says what of juries goes on, and what does not', async () => {
  const { out } = await assize(['halt', '--help'])
  const [stopped, on] = out.split('It goes on')
  for (const action of [
    'open',
    'draw',
    'reseed',
    'close',
    'readmit',
    'commit',
    'reveal',
    'resolve',
    'withdraw',
  ] as const) {
    expect(isStaking({ action, amount: 0n }) ? stopped : on, action).toMatch(new RegExp(`\\b${action}`))
  }
})

test('halt stops the stake of a node, running or not, and resume ends it', async () => {
  const { config, dataDir } = await stoppedNode()
  const halted = await assize(['halt', '--config', config, 'drill'])
  expect(halted).toMatchObject({
    exitCode: 0,
    out: `The node of ${dataDir} stakes nothing new until assize resume --config ${config}.`,
  })
  expect(haltIn(dataDir).reason()).toMatch(/^drill \(\d{4}-/)
  const again = await assize(['halt', '--config', config, '--json'])
  expect(JSON.parse(again.out)).toMatchObject({
    version: 1,
    dataDir,
    halted: true,
    reason: expect.stringMatching(/^no reason given/),
  })
  const resumed = await assize(['resume', '--config', config])
  expect(resumed).toMatchObject({ exitCode: 0, out: `The node of ${dataDir} may stake again.` })
  expect(haltIn(dataDir).reason()).toBe(undefined)
  const twice = await assize(['resume', '--config', config, '--json'])
  expect(JSON.parse(twice.out)).toEqual({ version: 1, dataDir, halted: false, wasHalted: false })
})

test.each([
  ['is not there', (folder: string) => join(folder, 'gone.jsonl')],
  ['is a folder', (folder: string) => folder],
])('names the backup to be restored where it %s', async (_name, fileIn) => {
  const folder = temporaryFolder()
  const [file, data] = [fileIn(folder), join(folder, 'data')]
  const { exitCode, out } = await assize(['restore', '--data-dir', data, file, '--json'])
  expect(exitCode).toBe(2)
  expect(JSON.parse(out).error).toEqual({
    name: 'Cli.InputError',
    message: `Expected a backup at ${file}, got no readable file.`,
    hint: 'Check the path; a backup is what assize backup wrote.',
    exitCode: 2,
  })
  expect(existsSync(data)).toBe(false)
})
