import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatTime } from '../../cli/format.ts'
import { startHttp } from '../../node/http/server.ts'
import type { RunningNode } from '../../node/node.ts'
import { connected, fixingOf, run, scene, SOON } from '../node/node/scene.ts'
import { FIXING_ID, MATURITY, reporterKey } from '../node/reporters.ts'
import { temporaryFolder } from '../node/temporary.ts'
import { recordOf } from '../reference/json.ts'
import { assize } from './command-line.ts'

/** A configuration that says where `node` answers. */
function configOf(httpPort: number): string {
  const file = join(temporaryFolder(), 'node.toml')
  writeFileSync(
    file,
    `data_dir = "data"
rpc_url = "http://127.0.0.1:1"
oracle = "0x00000000000000000000000000000000000000aa"
registry = "0x00000000000000000000000000000000000000bb"
index_dir = "."
http_port = ${httpPort}`,
  )
  return file
}

/** Two nodes that observed the fixing at a venue that told the second another close in the last minute. */
async function twoMinds(closes: readonly [string, string]): Promise<readonly [RunningNode, RunningNode]> {
  const { world, configOf: nodeConfig, venue } = await scene(2)
  venue.close = (asked) => closes[asked - 1] ?? '0'
  world.mine(MATURITY)
  const one = await run(await nodeConfig(0), world)
  await expect.poll(async () => (await fixingOf(one))?.observation, SOON).toBeDefined()
  const other = await run(await nodeConfig(1), world)
  await connected([one, other])
  await expect.poll(async () => (await fixingOf(one))?.observations, SOON).toBe(2)
  return [one, other]
}

test('differences names the source and the minutes in which another reporter saw something else', async () => {
  const [one] = await twoMinds(['2500.25', '2501.5'])
  const config = configOf(one.httpPort)
  const { exitCode, out } = await assize(['differences', FIXING_ID.slice(0, 8), '--config', config])
  const minutes = [180n, 120n, 60n].map((before) => `  ${formatTime(MATURITY - before)}  a       2500.25  2501.5`)
  expect(out.split('\n')).toEqual([
    `${reporterKey(1).address} observed 2501.5, this node 2500.25.`,
    '  minute                   source  here     there',
    ...minutes,
  ])
  expect(exitCode).toBe(0)
  const signer = reporterKey(1).address
  const json = await assize(['differences', FIXING_ID, '--config', config, '--signer', signer, '--json'])
  const change = { sourceId: 'a', ours: '2500.25', theirs: '2501.5' }
  const { shape, file } = recordOf('differences', [JSON.parse(json.out)])
  await expect(shape).toMatchFileSnapshot(file)
  expect(JSON.parse(json.out)).toEqual({
    version: 1,
    fixing: FIXING_ID,
    observations: [
      {
        kind: 'compared',
        signer,
        sourcesRoot: expect.stringMatching(/^0x[0-9a-f]{64}$/),
        value: '2501500000000000000000',
        ownValue: '2500250000000000000000',
        recomputed: '2501500000000000000000',
        differences: [180n, 120n, 60n].map((before) => ({ ...change, open: (MATURITY - before).toString() })),
      },
    ],
  })
  const own = await assize(['differences', '0xab', '--config', config, '--signer', reporterKey(0).address])
  expect(own.out.split('\n').at(-1)).toBe('  The samples are the same.')
})

test('differences shows what a hostile reporter signed on the lines of its table', async () => {
  const [id, signer, root] = [`0x${'ab'.repeat(32)}`, reporterKey(1).address, `0x${'44'.repeat(32)}`] as const
  const theirs = '1\u001b[2J\nAll 2 observations that are held are of the same samples.'
  const compared = {
    kind: 'compared',
    signer,
    sourcesRoot: root,
    value: 3n,
    ownValue: 2n,
    recomputed: 3n,
    differences: [{ sourceId: 'a\n', open: 10n ** 19n, ours: '1.5', theirs }],
  }
  const fixing = { id, indexId: root, maturity: 1n, phase: 'active', observations: 1, equivocators: [], actions: [] }
  const own = { value: 2n, observedAt: 1n, sourcesRoot: `0x${'33'.repeat(32)}` }
  const held = { signed: { fixingId: id, ...own, sourcesRoot: root, signature: { r: root, s: root, v: 27 } }, signer }
  const status = { time: 1n, block: 1n, peers: 1, verification: { ecdsa: 'native', bls: 'native' } }
  const view = {
    status: () => ({ ...status, fixings: [{ ...fixing, observation: own }] }),
    observations: () => [{ ...held, reporterIndex: 0, bytes: new Uint8Array() }],
    differences: async () => compared,
  }
  const server = await startHttp(view as unknown as Parameters<typeof startHttp>[0], 0)
  try {
    const { out } = await assize(['differences', id, '--config', configOf(server.port)])
    expect(
      out
        .split('\n')
        .slice(1)
        .map((line) => line.replaceAll(/ {2,}/g, '  ')),
    ).toEqual([
      '  minute  source  here  there',
      String.raw`  Unix second 10000000000000000000  a\u000a  1.5  ${theirs.replace('\u001b', String.raw`\u001b`).replace('\n', String.raw`\u000a`)}`,
    ])
  } finally {
    await server.close()
  }
})

test('differences says when there are none, and what is wrong with what it is asked', async () => {
  const [one] = await twoMinds(['2500.25', '2500.25'])
  const config = configOf(one.httpPort)
  expect(await assize(['differences', '0xAB', '--config', config])).toMatchObject({
    exitCode: 0,
    out: 'All 2 observations that are held are of the same samples.',
  })
  for (const [args, message] of [
    [['0xcd', '--config', config], 'Expected a fixing that the node follows, got "0xcd".'],
    [['0xab', '--config', configOf(0)], 'Expected http_port in the configuration, got none.'],
    [['0xab', '--config', config, '--signer', `0x${'11'.repeat(20)}`], 'Expected a reporter whose observation is held'],
    [['0xab', '--config', '/nowhere.toml'], 'Expected a TOML configuration'],
  ] as const) {
    const { exitCode, err } = await assize(['differences', ...args])
    expect([exitCode, err]).toEqual([2, expect.stringContaining(message)])
  }
  const silent = await assize(['differences', '0xab', '--config', configOf(1)])
  expect([silent.exitCode, silent.err]).toEqual([1, expect.stringContaining('Expected the node at http://127.0.0.1:1')])
})
