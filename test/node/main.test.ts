import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { create } from '#client/oracle-writer.ts'
import { openStore } from '#node/store'
import { indexId, parseIndexDocument } from '#protocol/index-document.ts'
import { writeNodeFolder } from './node-folder.ts'
import { raiseStage, type Stage } from '../client/chain-fixture.ts'
import { documentJson, sourceJson } from '../protocol/index-documents.ts'
import { startProcess } from './node-process.ts'
import { keyOf } from './reporters.ts'
import { temporaryFolder } from './temporary.ts'

const READY = z.strictObject({
  ready: z.literal(true),
  pid: z.int(),
  httpPort: z.int().min(1),
  multiaddrs: z.array(z.string().regex(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3KooW\w+$/)).min(1),
  peerId: z.string().regex(/^12D3KooW\w+$/),
  signer: z.string().optional(),
})

const SOON = { interval: 20 }

let stage: Stage
beforeAll(async () => {
  stage = await raiseStage()
})
afterAll(() => stage.embedded.stop())

type Changes = {
  readonly lines?: string
  readonly password?: string
  readonly document?: unknown
  readonly rpc?: string
}

/** Writes a node's folder; returns the path of its configuration. */
async function prepare({ lines = '', password = 'pw', document, rpc }: Changes = {}): Promise<string> {
  const folder = temporaryFolder()
  const indices = join(folder, 'indices')
  mkdirSync(indices)
  writeFileSync(join(indices, 'index.json'), JSON.stringify(document ?? documentJson([sourceJson('a')])))
  const { oracle, registry } = stage.deployments
  return writeNodeFolder({
    privateKey: keyOf('ann').privateKey,
    rpcUrl: rpc ?? stage.embedded.rpcUrl,
    oracle,
    registry,
    indexDir: indices,
    pollMs: 50,
    lines: `${lines}
[gossip]
test = true`,
    password,
  })
}

test('says on one line of JSON that it is ready, and exits 0 by itself after SIGTERM', async () => {
  const node = startProcess(['--config', await prepare()])
  const ready = READY.parse(JSON.parse((await node.firstLine) ?? ''))
  expect(ready.pid).toBe(node.child.pid)
  expect(ready.signer).toBe(keyOf('ann').address)
  await expect.poll(async () => (await fetch(`http://127.0.0.1:${ready.httpPort}/readyz`)).status, SOON).toBe(200)
  node.child.kill('SIGTERM')
  expect(await node.exitCode).toBe(0)
  expect(node.stdout).toHaveLength(1)
})

test.each(['SIGINT', 'SIGTERM'] as const)('exits 0 when %s comes while it is starting', async (signal) => {
  const node = startProcess(['--config', await prepare()])
  await once(node.child, 'spawn')
  node.child.kill(signal)
  expect([0, null]).toContain(await node.exitCode)
})

test('names files with secrets that others can read, and only those', async () => {
  const file = await prepare({ lines: 'log_level = "warn"' })
  const folder = dirname(file)
  const warnings = async (): Promise<unknown[]> => {
    const node = startProcess(['--config', file])
    await node.firstLine
    node.child.kill('SIGTERM')
    expect(await node.exitCode).toBe(0)
    const lines = node.stderr.map((line) => JSON.parse(line) as { readonly file?: string; readonly msg: string })
    return lines.flatMap(({ file: named, msg }) => (msg.includes('chmod 600') ? [named] : []))
  }
  expect(await warnings()).toEqual([])
  chmodSync(join(folder, 'password'), 0o644)
  expect(await warnings()).toEqual([join(folder, 'password')])
  chmodSync(join(folder, 'key.json'), 0o604)
  expect(await warnings()).toEqual([join(folder, 'key.json'), join(folder, 'password')])
})

test.each([
  ['SIGTERM', 600n],
  ['SIGINT', 1_200n],
] as const)(
  'stops by itself at %s while it is asked from all sides and waits for a venue, and its store is whole',
  async (signal, after) => {
    const venue = createHttpServer(() => undefined) // It takes every question and never answers.
    await new Promise<void>((resolve) => venue.listen(0, '127.0.0.1', resolve))
    const { port } = venue.address() as AddressInfo
    const document = documentJson([sourceJson('a', { url: `http://127.0.0.1:${port}` })])
    const maker = await stage.as('maker')
    const fixing = {
      ...stage.fixing,
      indexId: indexId(parseIndexDocument(document)),
      maturity: stage.fixing.maturity + after,
    }
    await create(maker, stage.deployments.oracle, fixing)
    await stage.embedded.mineAt(fixing.maturity)
    const node = startProcess(['--config', await prepare({ document })])
    const { httpPort } = READY.parse(JSON.parse((await node.firstLine) ?? ''))
    const waiting = once(venue, 'request')
    let asked = 0
    const ask = async (): Promise<void> => {
      for (;;) {
        const answer = await fetch(
          `http://127.0.0.1:${httpPort}/${['status', 'metrics', 'journal', 'readyz'][asked % 4]}`,
        )
        await answer.text()
        asked += 1
      }
    }
    const askers = Array.from({ length: 16 }, () => ask().catch(() => undefined))
    await waiting
    await expect.poll(() => asked, SOON).toBeGreaterThan(200)
    node.child.kill(signal)
    expect(await node.exitCode).toBe(0)
    await Promise.all(askers)
    expect(
      node.stderr.filter((line) => !line.startsWith('{') || (JSON.parse(line) as { level: number }).level >= 50),
    ).toEqual([])
    venue.closeAllConnections()
    venue.close()
  },
)

test('ends when its parent is gone, if it was told to', async () => {
  const node = startProcess(['--config', await prepare({ lines: 'exit_with_parent = true' })])
  await node.firstLine
  node.child.stdin?.end()
  expect(await node.exitCode).toBe(0)
})

test('warns of a variable that seems to be meant as a setting', async () => {
  const node = startProcess(['--config', await prepare()], { ASSIZE_POLICY_NOISE_PMM: '300' })
  await node.firstLine
  node.child.kill()
  expect(await node.exitCode).toBe(0)
  const warned = node.stderr.map((line) => JSON.parse(line) as object).filter((line) => 'variables' in line)
  const msg = 'variables of the environment are no settings'
  expect(warned).toEqual([expect.objectContaining({ level: 40, variables: ['ASSIZE_POLICY_NOISE_PMM'], msg })])
})

test('warns of a chain about which one endpoint alone is believed', async () => {
  const endpoints = '1=http://127.0.0.1:1,10=http://127.0.0.1:1,10=http://127.0.0.1:2'
  const node = startProcess(['--config', await prepare(), '--source-rpc', endpoints])
  await node.firstLine
  node.child.kill()
  expect(await node.exitCode).toBe(0)
  const warned = node.stderr.map((line) => JSON.parse(line) as object).filter((line) => 'chains' in line)
  const msg = 'one endpoint alone is believed about what sources read of these chains: source_rpc'
  expect(warned).toEqual([expect.objectContaining({ level: 40, chains: [1], msg })])
})

test('only watches without a key', async () => {
  const file = await prepare()
  const node = startProcess(['--config', file, '--roles', '', '--keystore', ''])
  // An empty path is no path: the error names the field.
  expect(await node.firstLine).toBe(undefined)
  expect(await node.exitCode).toBe(2)
  expect(node.stderr).toEqual([expect.stringContaining('Expected keystore: a path')])
})

test.each<[string, () => Promise<readonly string[]>, number, string]>([
  ['an unknown flag', async () => ['--nonsense', '1'], 2, 'Expected --config FILE and settings as --name value'],
  ['no configuration', async () => [], 2, 'Expected data_dir'],
  ['a missing file', async () => ['--config', '/nowhere.toml'], 2, 'Expected a TOML configuration at /nowhere.toml'],
  ['a wrong field', async () => ['--config', await prepare(), '--poll-ms', '1'], 2, 'Expected poll_ms'],
  ['a wrong password', async () => ['--config', await prepare({ password: 'x' })], 2, 'Expected the password of'],
  [
    'a bad document',
    async () => ['--config', await prepare({ document: {} })],
    2,
    'index_dir must hold index documents',
  ],
  ['another chain', async () => ['--config', await prepare(), '--chain-id', '5'], 2, 'Expected chain 5'],
  [
    'an oracle that is none',
    async () => ['--config', await prepare(), '--oracle', '0x00000000000000000000000000000000000000aa'],
    2,
    'Expected the oracle at',
  ],
  [
    'a dead RPC',
    async () => ['--config', await prepare({ rpc: 'http://127.0.0.1:9' })],
    1,
    'Expected a JSON-RPC endpoint',
  ],
])('says in one line what is wrong with %s, and exits by its code', async (_what, args, code, message) => {
  const node = startProcess(await args())
  expect(await node.exitCode).toBe(code)
  expect(node.stdout).toEqual([])
  expect(node.stderr).toEqual([expect.stringMatching(/^assize node: Expected .*[.]/)])
  expect(node.stderr[0]).toContain(message)
})

test.each<readonly [what: string, file: string]>([
  ['store', 'store/CURRENT'],
  ['record of what was signed', 'signed.jsonl'],
  ['mark of a restoration', 'restored'],
])('does not ask to be started again with a damaged %s, which the operator alone can cure', async (_what, damaged) => {
  const file = await prepare()
  const dataDir = join(dirname(file), 'data')
  await (await openStore(dataDir)).close()
  writeFileSync(join(dataDir, damaged), 'nonsense\n')
  const node = startProcess(['--config', file])
  expect(await node.exitCode).toBe(2)
  expect(node.stderr).toEqual([expect.stringMatching(/^assize node: Expected /)])
})

test('begins no store where a restoration was broken off, which the operator alone can go on with', async () => {
  const file = await prepare()
  const dataDir = join(dirname(file), 'data')
  renameSync(join(dataDir, 'store'), join(dataDir, 'restoring'))
  const node = startProcess(['--config', file])
  expect(await node.exitCode).toBe(2)
  expect(node.stderr).toEqual([expect.stringContaining('Run assize restore again')])
  expect(readdirSync(dataDir)).not.toContain('store')
})

test('says of an endpoint that answers with an error where it is, and nothing that could be a key to it', async () => {
  const endpoint = createHttpServer((request, response) => {
    request.once('data', (body: Buffer) => {
      const { id, method } = JSON.parse(body.toString()) as { id: number; method: string } // viem's own
      const error = { code: -32_001, message: 'over the plan' }
      const said = method === 'eth_chainId' ? { result: '0x7a69' } : { error }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...said }))
    })
  })
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
  const { port } = endpoint.address() as AddressInfo
  const node = startProcess(['--config', await prepare({ rpc: `http://127.0.0.1:${port}/v3/abcdef?token=secret` })])
  expect(await node.exitCode).toBe(1)
  expect(node.stderr).toEqual([expect.stringContaining('over the plan')])
  expect(node.stderr[0]).toContain(`http://127.0.0.1:${port}`)
  expect(node.stderr[0]).not.toMatch(/abcdef|secret/)
  endpoint.close()
})

test('refuses a store in use, and a port in use, with exit code 2', async () => {
  const file = await prepare()
  const node = startProcess(['--config', file])
  await node.firstLine
  const second = startProcess(['--config', file])
  expect([await second.exitCode, ...second.stderr]).toEqual([
    2,
    expect.stringContaining('got one that another node uses'),
  ])
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const third = startProcess(['--config', await prepare(), '--http-port', String(port)])
  expect(await third.exitCode).toBe(2)
  expect(third.stderr.at(-1)).toContain(`Expected port ${port} on 127.0.0.1 to be free`)
  const fourth = startProcess(['--config', await prepare(), '--listen', `/ip4/127.0.0.1/tcp/${port}`])
  expect(await fourth.exitCode).toBe(2)
  const place = `/ip4/127.0.0.1/tcp/${port}`
  expect(fourth.stderr.at(-1)).toBe(
    `assize node: Expected to listen on ${place}, got "${place}: listen EADDRINUSE: address already in use 127.0.0.1:${port}". ` +
      `See whose it is: ss -ltnp 'sport = :${port}'; stop that, or take another in listen.`,
  )
  const elsewhere = startProcess(['--config', await prepare(), '--listen', '/ip4/192.0.2.1/tcp/4001'])
  expect(await elsewhere.exitCode).toBe(2)
  expect(elsewhere.stderr.at(-1)).toBe(
    'assize node: Expected to listen on /ip4/192.0.2.1/tcp/4001, got "/ip4/192.0.2.1/tcp/4001: listen EADDRNOTAVAIL: ' +
      'address not available 192.0.2.1:4001". Correct listen: it must be an address of this machine.',
  )
  server.close()
})
