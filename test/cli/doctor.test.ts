import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EMBEDDED_CHAIN_ID, type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import { deployJury } from '#client/deploy-oracle.ts'
import { setVoterCall, stakeSeatsCall, stayOutCall } from '#client/jury-calls.ts'
import { register } from '#client/registration.ts'
import { send } from '#client/send.ts'
import { ensureCollateral } from '#client/weth.ts'
import { loadConfig } from '#node/config'
import { warnOfExposed, writeKeystore } from '../../node/ground/keystore.ts'
import { loadNetworkKey } from '../../node/ground/network-key.ts'
import { startNode } from '../../node/node.ts'
import { accountOf, ETHER, MATURITY, raiseStage, recruitOf, type Stage } from '../client/chain-fixture.ts'
import { type Feed, openFeed } from '../client/feed-contracts.ts'
import { SMALL_JURY } from '../client/jury-terms.ts'
import { SILENT } from '../node/silent-log.ts'
import { temporaryFolder } from '../node/temporary.ts'
import { sourceJson, threeSamples } from '../protocol/index-documents.ts'
import { assize } from './command-line.ts'
import { closesOf, DOCUMENT } from './file-index.ts'
import { freePort } from './free-port.ts'
import { startProxy } from './rpc-proxy.ts'
import { keccak256, stringToHex } from 'viem'

const PEER = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp'

/** A venue that nobody runs. */
const dead = (id: string) => sourceJson(id, { url: `http://127.0.0.1:1/${id}` })

let stage: Stage
let other: EmbeddedChain
let feed: Feed

beforeAll(async () => {
  stage = await raiseStage()
  other = await startEmbeddedChain({ startTime: MATURITY })
  feed = await openFeed(stage.embedded, [await stage.as('Ada'), await stage.as('Bede')], 8)
  await feed.answer(MATURITY - 1_200n, 2_500_20000000n)
  await feed.answer(MATURITY - 900n, 9_999_00000000n)
  await stage.embedded.mineAt(MATURITY)
})
afterAll(async () => {
  await stage.embedded.stop()
  await other.stop()
})

type Check = { readonly what: string; readonly state: string; readonly found: string; readonly fix?: string }

/** A node's folder in which all is well; `lines` replace or add settings. */
async function folderOf(lines: Record<string, string> = {}): Promise<{ folder: string; config: string }> {
  const folder = temporaryFolder()
  const { oracle, registry } = stage.deployments
  await writeKeystore(join(folder, 'keystore'), keccak256(stringToHex('test reporter')), 'pw', { cost: 1_024 })
  writeFileSync(join(folder, 'password'), 'pw', { mode: 0o600 })
  writeFileSync(join(folder, 'index.json'), JSON.stringify(DOCUMENT))
  writeFileSync(join(folder, 'closes.csv'), closesOf('2500.1'))
  const settings = {
    data_dir: '"data"',
    rpc_url: `"${stage.embedded.rpcUrl}"`,
    oracle: `"${oracle}"`,
    registry: `"${registry}"`,
    index_dir: '"."',
    csv_file: '"closes.csv"',
    keystore: '"keystore"',
    password_file: '"password"',
    ...lines,
  }
  const config = join(folder, 'node.toml')
  writeFileSync(
    config,
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  )
  return { folder, config }
}

async function examined(config: string, now = MATURITY): Promise<{ exitCode: number; checks: Check[] }> {
  const { exitCode, out } = await assize(['doctor', '--config', config, '--json'], {}, { now: () => now })
  return { exitCode, checks: JSON.parse(out).checks }
}

const states = (checks: readonly Check[], ...of: string[]) =>
  Object.fromEntries(
    checks
      .filter(({ what }) => of.some((name) => what.startsWith(name)))
      .map(({ what, state }) => [what.split(' ')[0], state]),
  )

describe('assize doctor', () => {
  test('finds nothing bad where nothing is, and names what could be better', async () => {
    await register(
      await stage.as('owner'),
      stage.deployments.registry,
      recruitOf('reporter', { peerId: '0x0024', stake: ETHER }),
    )
    const { config, folder } = await folderOf()
    const { exitCode, checks } = await examined(config)
    expect(exitCode).toBe(0)
    expect(states(checks, '')).toEqual({
      keystore: 'ok',
      password: 'ok',
      disk: 'ok',
      endpoint: 'ok',
      oracle: 'ok',
      registry: 'ok',
      index: 'ok',
      port: 'ok',
      // One endpoint alone, none but this machine to be called from, and no port to be asked at.
      agreement: 'warn',
      reachable: 'warn',
      node: 'warn',
    })
    expect(checks.find(({ what }) => what === 'registry')?.found).toMatch(/^reporter 0 with 1 ETH of 0x/)
    const { out } = await assize(['doctor', '--config', config], {}, { now: () => MATURITY })
    expect(out).toContain(`  ok   password: ${join(folder, 'password')}, for its owner only`)
    expect(out.split('\n').at(-1)).toBe('Nothing is bad; 3 to look at.')
    expect(out).not.toContain('pw\n')
  })

  test.each<[string, (at: { folder: string; config: string }) => void, Record<string, string>, string, string]>([
    [
      'a password that others can read',
      ({ folder }) => chmodSync(join(folder, 'password'), 0o644),
      {},
      'password',
      'chmod 600 ',
    ],
    [
      'a password that does not open the keystore',
      ({ folder }) => writeFileSync(join(folder, 'password'), 'another'),
      {},
      'password',
      'The node does not start so: ',
    ],
    [
      'an empty password',
      ({ folder }) => writeFileSync(join(folder, 'password'), ''),
      {},
      'password',
      'put the password of this keystore there',
    ],
    [
      'a folder in the place of the password',
      () => undefined,
      { password_file: '"."' },
      'password',
      'The node does not start so: ',
    ],
    [
      'a keystore that is cut off',
      ({ folder }) => writeFileSync(join(folder, 'keystore'), '{"version":3,"crypto":{}}', { mode: 0o600 }),
      {},
      'keystore',
      'put back its copy',
    ],
    ['no keystore', () => undefined, { keystore: '"nowhere"' }, 'keystore', 'Make one: assize keys new '],
    ['a dead endpoint', () => undefined, { rpc_url: '"http://127.0.0.1:1"' }, 'endpoint', 'Start it, or name another'],
    [
      'another chain than is wanted',
      () => undefined,
      { chain_id: '1' },
      'endpoint',
      'Name an endpoint of that chain in rpc_url and rpc_fallbacks, or correct chain_id.',
    ],
    [
      'no contract',
      () => undefined,
      { oracle: '"0x00000000000000000000000000000000000000aa"' },
      'oracle',
      'Correct oracle',
    ],
    [
      'a registry that is none',
      () => undefined,
      { registry: '"0x00000000000000000000000000000000000000aa"' },
      'registry',
      'Correct registry',
    ],
    [
      'a document that is none',
      ({ folder }) => writeFileSync(join(folder, 'bad.json'), '{}'),
      {},
      'index',
      'Correct it, or take it away.',
    ],
    [
      'a network key that others can read',
      ({ folder }) => {
        mkdirSync(join(folder, 'data'))
        writeFileSync(join(folder, 'data', 'libp2p.key'), 'key', { mode: 0o644 })
      },
      {},
      'network key',
      'chmod 600 ',
    ],
    [
      'sources that are not there',
      ({ folder }) => rmSync(join(folder, 'closes.csv')),
      {},
      'index index.json',
      'See what each gave: assize index sample ',
    ],
    [
      'an address that is not of this machine',
      () => undefined,
      { listen: '["/ip4/192.0.2.1/tcp/4001"]' },
      'port /ip4/192.0.2.1/tcp/4001',
      'Correct listen',
    ],
    ['a peer that is gone', () => undefined, { bootstrap: `["/ip4/127.0.0.1/tcp/1/p2p/${PEER}"]` }, 'peer ', 'Ask its'],
  ])('names %s, and what to do', async (_name, spoil, lines, what, fix) => {
    const at = await folderOf(lines)
    spoil(at)
    const { exitCode, checks } = await examined(at.config)
    expect(exitCode).toBe(1)
    const bad = checks.filter(({ state }) => state === 'bad')
    expect(bad).toHaveLength(1)
    expect(bad[0]?.what.startsWith(what)).toBe(true)
    expect(bad[0]?.fix).toContain(fix)
  })

  test('takes secrets that a group can read, as systemd hands them to a unit, for well kept, as the node does', async () => {
    const { folder, config } = await folderOf()
    mkdirSync(join(folder, 'data'))
    const at = (name: string): string => join(folder, name)
    const [keystore, password, network] = [at('keystore'), at('password'), at('data/libp2p.key')]
    await loadNetworkKey(network)
    for (const [mode, state] of [
      [0o440, 'ok'],
      [0o444, 'bad'],
    ] as const) {
      for (const file of [keystore, password, network]) chmodSync(file, mode)
      const { checks } = await examined(config)
      expect(states(checks, 'keystore', 'password', 'network')).toEqual({
        keystore: state,
        password: state,
        network: state,
      })
      const warned: object[] = []
      await warnOfExposed([keystore, password], { ...SILENT, warn: (fields: object) => void warned.push(fields) })
      expect(warned).toEqual(state === 'ok' ? [] : [{ file: keystore }, { file: password }])
      expect(
        await loadNetworkKey(network).then(
          () => 'ok',
          () => 'bad',
        ),
      ).toBe(state)
    }
    chmodSync(password, 0o440)
    const { out } = await assize(['doctor', '--config', config], {}, { now: () => MATURITY })
    expect(out).toContain(`  ok   password: ${password}, for its owner and its group only\n`)
  })

  test('opens the keystore as the node does, says so before, and repeats what the node would say', async () => {
    const { folder, config } = await folderOf()
    writeFileSync(join(folder, 'password'), 'another')
    const { err, out } = await assize(['doctor', '--config', config], {}, { now: () => MATURITY })
    expect(err.split('\n')[0]).toBe(`opening ${join(folder, 'keystore')} ...`)
    const want = `Expected the password of ${join(folder, 'keystore')} in ${join(folder, 'password')}, got another one.`
    expect(out).toContain(`  BAD  password: ${want} Correct it there.\n`)
  })

  test('finds the sources of every document, however many do not answer', async () => {
    const { folder, config } = await folderOf()
    writeFileSync(join(folder, 'dead.json'), JSON.stringify(threeSamples([dead('one'), dead('two'), dead('three')])))
    const { exitCode, checks } = await examined(config)
    expect(exitCode).toBe(1)
    const found = (name: string): Check | undefined => checks.find(({ what }) => what === `index ${name}`)
    expect(found('index.json')).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/1 of 1 sources count; value 2500\.1$/),
    })
    expect(found('dead.json')).toMatchObject({
      state: 'bad',
      found: expect.stringContaining('0 of 3 sources count; one: '),
    })
    writeFileSync(join(folder, 'closes.csv'), 'time,close\n')
    // A file of past closes may have none of today.
    expect((await examined(config)).checks.find(({ what }) => what === 'index index.json')).toMatchObject({
      state: 'warn',
    })
  })

  test('reads a chain for the last window that is final, and says how long ago that was', async () => {
    const { folder, config } = await folderOf()
    const chain = { kind: 'chainlink', chainId: EMBEDDED_CHAIN_ID, feed: feed.proxy, maxAgeSeconds: 3_600 }
    const link = { id: 'feed', venue: 'feed', quote: 'USD', timeoutMs: 5_000, finalitySeconds: 900, ...chain }
    writeFileSync(join(folder, 'index.json'), JSON.stringify(threeSamples([link])))
    const { checks } = await examined(config)
    expect(checks.find(({ what }) => what === 'index index.json')).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/1 of 1 sources count; value 2500\.2, chains as of 960 s ago$/),
    })
  })

  test('counts a source once, however many of its closes do not count', async () => {
    const { folder, config } = await folderOf()
    const [file] = DOCUMENT.sources
    const rate = { ...file, id: 'rate', base: 'USDC' }
    writeFileSync(join(folder, 'mixed.json'), JSON.stringify(threeSamples([file, rate, dead('one')])))
    const opens = [180n, 120n, 60n].map((before) => MATURITY - before)
    writeFileSync(join(folder, 'closes.csv'), `time,close\n${opens[0]},a\n${opens[1]},b\n${opens[2]},2500.1`)
    const { checks } = await examined(config)
    // The rate only converts.
    expect(checks.find(({ what }) => what === 'index mixed.json')).toMatchObject({
      state: 'bad',
      found: expect.stringMatching(/, 1 of 2 sources count; one: .*; file: candle 0: .*; no value: Candle 0 of 3/),
    })
  })

  test('asks a signer whose key it has', async () => {
    const { address } = recruitOf('reporter', { peerId: '0x0024', stake: ETHER }).signer
    const state = { body: { jsonrpc: '2.0', id: 1, result: [address] } as object, status: 200 }
    const server = createServer((_, response) => {
      response.writeHead(state.status, { 'content-type': 'application/json' }).end(JSON.stringify(state.body))
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const signer = `{ url = "http://127.0.0.1:${port}", address = "${address}", token_file = "token" }`
    const { folder, config } = await folderOf({ signer })
    // A keystore beside a signer is refused.
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll(/^(keystore|password_file) = .*\n/gm, ''))
    writeFileSync(join(folder, 'token'), 'secret', { mode: 0o600 })
    const check = async (): Promise<Check | undefined> =>
      (await examined(config)).checks.find(({ what }) => what === 'signer')
    expect(await check()).toMatchObject({ state: 'ok' })
    state.body = { jsonrpc: '2.0', id: 1, result: [] }
    expect(await check()).toMatchObject({ state: 'bad', fix: expect.stringContaining('signer.address') })
    state.status = 401
    expect(await check()).toMatchObject({ state: 'bad', fix: expect.stringContaining('signer.token_file') })
    chmodSync(join(folder, 'token'), 0o644)
    expect(states((await examined(config)).checks, 'token')).toEqual({ token: 'bad' })
    await new Promise((resolve) => server.close(resolve))
    expect(await check()).toMatchObject({ state: 'bad', fix: 'Start it, or correct signer.url.' })
  })

  test('tells a port that the node has from one that another program has, and calls the peers that are named', async () => {
    const held = createServer((_, response) => void response.end('no node'))
    await new Promise<void>((resolve) => void held.listen(0, '127.0.0.1', resolve))
    const { port } = held.address() as AddressInfo
    const listen = `["/ip4/127.0.0.1/tcp/${port}"]`
    const peers = [`/ip4/127.0.0.1/tcp/${port}`, '/ip4/127.0.0.1/tcp/1', '/dnsaddr/peers.example']
    const bootstrap = JSON.stringify(peers.map((place) => `${place}/p2p/${PEER}`))
    const unasked = await examined((await folderOf({ listen, bootstrap })).config)
    expect(unasked.checks.filter(({ what }) => /^(port|peer)/.test(what))).toMatchObject([
      { state: 'warn', found: 'taken: by the node if it runs, which cannot be asked without http_port' },
      { state: 'ok', found: 'takes connections' },
      { state: 'warn', found: 'does not answer: ECONNREFUSED' },
      { state: 'ok', found: 'no host and TCP port: not tried' },
    ])
    const stopped = await examined((await folderOf({ listen, http_port: String(await freePort()) })).config)
    expect(stopped.checks.find(({ what }) => what.startsWith('port'))).toMatchObject({
      state: 'bad',
      found: 'taken by another program',
    })
    const wrong = await examined((await folderOf({ http_port: String(port) })).config)
    expect(wrong.checks.find(({ what }) => what === 'node')).toMatchObject({
      state: 'bad',
      fix: expect.stringContaining('ss -ltnp'),
    })
    await new Promise((resolve) => held.close(resolve))
  })

  test('warns of a node that knows no peer where others report, and of none that can call it', async () => {
    const owner = await stage.as('owner')
    await register(owner, stage.deployments.registry, recruitOf('another', { peerId: '0x0025', stake: ETHER }))
    const alone = await examined((await folderOf()).config)
    expect(states(alone.checks, 'peers', 'reachable')).toEqual({ peers: 'warn', reachable: 'warn' })
    const announced = await examined((await folderOf({ announce: '["/ip4/192.0.2.1/tcp/4001"]' })).config)
    expect(states(announced.checks, 'reachable')).toEqual({})
    const open = await examined((await folderOf({ listen: '["/ip4/0.0.0.0/tcp/0"]' })).config)
    expect(states(open.checks, 'reachable')).toEqual({})
  })

  test('tells a clock that is behind from an endpoint that is', async () => {
    const { config } = await folderOf()
    const endpointAt = async (now: bigint): Promise<Check | undefined> =>
      (await examined(config, now)).checks.find(({ what }) => what.startsWith('endpoint'))
    expect(await endpointAt(MATURITY - 3_600n)).toMatchObject({
      state: 'bad',
      fix: expect.stringContaining('Set the clock'),
    })
    expect(await endpointAt(MATURITY + 3_600n)).toMatchObject({
      state: 'bad',
      fix: expect.stringContaining('Let the endpoint catch up'),
    })
    expect(await endpointAt(MATURITY + 60n)).toMatchObject({ state: 'ok' })
  })

  test('finds endpoints that do not have the same chain', async () => {
    const same = await folderOf({ rpc_fallbacks: `["${stage.embedded.rpcUrl}/?again"]` })
    expect(states((await examined(same.config)).checks, 'agreement')).toEqual({ agreement: 'ok' })
    const differing = await folderOf({ rpc_fallbacks: `["${other.rpcUrl}"]` })
    const { exitCode, checks } = await examined(differing.config)
    expect(exitCode).toBe(1)
    expect(checks.find(({ what }) => what === 'agreement')).toMatchObject({ state: 'bad' })
  })

  test('asks a node that runs, and says what it lacks', async () => {
    const listen = `["/ip4/127.0.0.1/tcp/${await freePort()}"]`
    const { config } = await folderOf({ http_port: '0', clock: '"chain"', poll_ms: '50', listen })
    const node = await startNode(loadConfig({ file: config, env: {} }), { log: SILENT })
    const asked = await assize(['doctor', '--config', config, '--json'], { ASSIZE_HTTP_PORT: String(node.httpPort) })
    const check = JSON.parse(asked.out).checks.find(({ what }: Check) => what === 'node')
    expect(check.found).toMatch(/^(not )?ready, 0 peers/)
    const port = JSON.parse(asked.out).checks.find(({ what }: Check) => what.startsWith('port'))
    expect(port).toMatchObject({ state: 'ok', found: 'taken, as the node runs' })
    await node.stop()
    const silent = await assize(['doctor', '--config', config, '--json'], { ASSIZE_HTTP_PORT: String(node.httpPort) })
    expect(JSON.parse(silent.out).checks.find(({ what }: Check) => what === 'node')).toMatchObject({ state: 'warn' })
  })
})

test('says which variables go before the file, and how to look without them', async () => {
  const { config } = await folderOf()
  const env = { ASSIZE_HTTP_PORT: '1', ASSIZE_POLICY_PER_POT_WEI: '1', ASSIZE_ACCOUNT: 'no setting' }
  const { out } = await assize(['doctor', '--config', config], env, { now: () => MATURITY })
  expect(out).toContain(
    '  WARN environment: ASSIZE_HTTP_PORT, ASSIZE_POLICY_PER_POT_WEI are set here, which goes before the file\n' +
      '         By the file alone: env -u ASSIZE_HTTP_PORT -u ASSIZE_POLICY_PER_POT_WEI assize doctor --config …\n',
  )
})

test('says which variables are no settings, though they look like it', async () => {
  const { config } = await folderOf()
  const env = { ASSIZE_POLICY_NOISE_PMM: '300', ASSIZE_ACCOUNT: 'no setting' }
  const { out } = await assize(['doctor', '--config', config], env, { now: () => MATURITY })
  expect(out).toContain(
    '  WARN environment: ASSIZE_POLICY_NOISE_PMM is set here, and no setting: nothing reads it\n' +
      '         Correct the name: docs/operations/running.md.\n',
  )
})

test('warns of another chain that one endpoint alone tells of', async () => {
  const { config } = await folderOf()
  const env = { ASSIZE_SOURCE_RPC: '1=https://one.example,10=https://ten.example,10=https://two.example' }
  const { out } = await assize(['doctor', '--config', config], env, { now: () => MATURITY })
  expect(out.match(/one endpoint alone is believed about what sources read there/g)).toHaveLength(1)
  expect(out).toContain('WARN endpoint of chain 1: one endpoint alone is believed about what sources read there')
})

test('shows no key that stands in the address of a dead endpoint', async () => {
  const { config } = await folderOf({ rpc_url: '"http://127.0.0.1:1/v3/very-secret"' })
  const { exitCode, checks } = await examined(config)
  expect(exitCode).toBe(1)
  expect(checks.find(({ what }) => what === 'endpoint 127.0.0.1:1')).toMatchObject({
    state: 'bad',
    found: 'Expected a JSON-RPC endpoint at 127.0.0.1:1, got no answer.',
  })
  expect(JSON.stringify(checks)).not.toContain('secret')
})

test('shows no key of an endpoint that dies while it is asked', async () => {
  const proxy = await startProxy(stage.embedded.rpcUrl, async (method) => {
    if (method === 'eth_getCode') await proxy.close()
    return undefined
  })
  const { config } = await folderOf({ rpc_url: `"${proxy.url}/v3/very-secret"` })
  const { exitCode, checks } = await examined(config)
  expect(exitCode).toBe(1)
  expect(states(checks, 'oracle', 'registry')).toEqual({ oracle: 'bad', registry: 'bad' })
  expect(JSON.stringify(checks)).not.toContain('secret')
})

test('says what a node that is ready cannot follow', async () => {
  const problems = ['Not followed yet: 1 fixings.']
  const readiness = { ready: true, chain: true, block: '7', store: true, peers: 3, problems }
  const server = createServer((_request, response) => void response.end(JSON.stringify(readiness)))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { config } = await folderOf({ http_port: String((server.address() as AddressInfo).port) })
  const { exitCode, checks } = await examined(config)
  server.close()
  expect(exitCode).toBe(0)
  expect(checks.find(({ what }) => what === 'node')).toMatchObject({
    state: 'warn',
    found: 'ready, 3 peers: Not followed yet: 1 fixings.',
  })
})

test('names whose stakes in a jury of the node nobody votes for: an account of juror.for, and a key that signed here before', async () => {
  const { oracle, weth } = stage.deployments
  const jury = await deployJury(await stage.as('deployer'), oracle, SMALL_JURY)
  const [account, ann, old] = ['reporter', 'ann', 'old'].map((name) => accountOf(name).address)
  for (const name of ['ann', 'old']) {
    const chain = await stage.as(name)
    await ensureCollateral(chain, weth, jury, 2n * ETHER)
    await send(chain, stakeSeatsCall(jury, 2))
  }
  const { config, folder } = await folderOf({ juror: `{ juries = ["${jury}"], for = ["${ann}"] }` })
  const found = async (): Promise<readonly Check[]> =>
    (await examined(config)).checks.filter(({ what }) => what.startsWith('jury'))
  const what = `jury ${jury}`
  const unnamed = {
    what,
    state: 'bad',
    found: `${ann} of juror.for, with 2 stakes, does not name this key its voter: it is not voted for by this node`,
    fix: `With its key: assize jury voter ${account}. Or take it from juror.for.`,
  }
  expect(await found()).toEqual([unnamed])
  const signed = { signer: old, fixingId: keccak256('0x01'), digest: keccak256('0x02') }
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data', 'signed.jsonl'), `${JSON.stringify(signed)}\n`)
  const former = {
    what,
    state: 'bad',
    found: `2 stakes of ${old}, which was the key here before: it is not voted for by this node`,
    fix: `With that key: assize jury leave, then assize jury claim. Or: assize jury voter ${account}, and add it to juror.for. Where it votes itself, as in another node: assize jury voter ${old}.`,
  }
  expect(await found()).toEqual([unnamed, former])
  await send(await stage.as('ann'), setVoterCall(jury, account ?? '0x'))
  const well = {
    what,
    state: 'ok',
    found:
      '0 stakes of this key, and no stakes of juror.for lack a voter; former keys that have only voted in juries are known to the running node alone',
  }
  await send(await stage.as('old'), setVoterCall(jury, old ?? '0x'))
  expect(await found()).toEqual([well])
  await send(await stage.as('old'), setVoterCall(jury, account ?? '0x'))
  expect(await found()).toEqual([former])
  await send(await stage.as('old'), stayOutCall(jury))
  expect(await found()).toEqual([well])
})

test('looks at all juries together: whoever names the node in one of them may name another elsewhere', async () => {
  const { oracle, weth } = stage.deployments
  const [deployer, ann] = [await stage.as('deployer'), await stage.as('ann')]
  const [account, juror] = ['reporter', 'ann'].map((name) => accountOf(name).address)
  const first = await deployJury(deployer, oracle, { ...SMALL_JURY, warmUp: 86_401 })
  const second = await deployJury(deployer, oracle, { ...SMALL_JURY, warmUp: 86_402 })
  for (const jury of [first, second]) {
    await ensureCollateral(ann, weth, jury, ETHER)
    await send(ann, stakeSeatsCall(jury, 1))
  }
  await send(ann, setVoterCall(first, account ?? '0x'))
  const { config } = await folderOf({ juror: `{ juries = ["${first}", "${second}"], for = ["${juror}"] }` })
  const found = async () => (await examined(config)).checks.filter(({ what }) => what.startsWith('jury'))
  const fix = `With its key: assize jury voter ${account}. Where it votes itself: assize jury voter ${juror}.`
  expect(await found()).toMatchObject([{ state: 'ok' }, { what: `jury ${second}`, state: 'bad', fix }])
  await send(ann, setVoterCall(second, juror ?? '0x'))
  expect(await found()).toMatchObject([{ state: 'ok' }, { state: 'ok' }])
})

test('blames the endpoint, not the setting, where a jury is not looked at since the endpoint fails', async () => {
  const jury = stage.deployments.weth
  const proxy = await startProxy(stage.embedded.rpcUrl, async (method) => {
    if (method === 'eth_call') await proxy.close()
    return undefined
  })
  const { config } = await folderOf({ rpc_url: `"${proxy.url}"`, juror: `{ juries = ["${jury}"] }` })
  const check = (await examined(config)).checks.find(({ what }) => what.startsWith('jury'))
  const fix = `Start the endpoint ${new URL(proxy.url).host}, or name another in rpc_url, and run it again.`
  expect(check).toMatchObject({ what: `jury ${jury}`, state: 'bad', fix })
})

test('says of an address in juror.juries that it is no jury', async () => {
  const { config } = await folderOf({ juror: `{ juries = ["${stage.deployments.weth}"] }` })
  const found = (await examined(config)).checks.filter(({ what }) => what.startsWith('jury'))
  expect(found).toMatchObject([{ state: 'bad', fix: 'Correct juror.juries in the configuration.' }])
})
