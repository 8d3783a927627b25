import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deploy } from '#client/deploy-oracle.ts'
import { loadConfig } from '#node/config'
import { accountOf, DEPLOY_OPTIONS } from '../client/chain-fixture.ts'
import { assize } from './command-line.ts'
import { DOCUMENT } from './file-index.ts'
import { at, court, folder, given, init, MADE, moveTo, owner } from './init-stage.ts'

type SetCode = { Method: 'anvil_setCode'; Parameters: unknown[]; ReturnType: null }

let busy: Server
let busyPort: number

beforeAll(async () => {
  busy = await listening()
  busyPort = portOf(busy)
})

afterAll(() => {
  busy.close()
})

async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('assize init, in a script', () => {
  test.each<[string, () => string]>([
    ['below a file', () => at('closes.csv')],
    ['where nothing can be made', () => '/proc'],
  ])('refuses a folder %s before it asks anything', async (_name, place) => {
    moveTo(join(place(), 'node'))
    const ask = (): Promise<string> => Promise.reject(new Error('Nobody is to be asked.'))
    expect(await init([], { terminal: { ask, askSecret: ask } })).toEqual({
      exitCode: 2,
      out: '',
      err: `error: Expected a folder that can be written at ${folder}, got one that cannot be made in ${place()}. Name another, or run this as a user who may write there.`,
    })
  })

  test('names every flag that is missing, the folders, and the next command, and writes nothing', async () => {
    const next = (missing: string): string =>
      `For the node in ${folder}: assize init ${folder} --yes ${missing} with what else you give, or run it in a terminal. ` +
      `Index documents are looked for in ${join(folder, 'indices')} without --index-dir, and there is no such folder. "assize init --help" says what they are.`
    expect(await init([])).toMatchObject({
      exitCode: 2,
      err:
        'error: Expected --oracle, --registry, --index-dir, --owner, --yes where nobody can be asked, got none. ' +
        next('--oracle ADDRESS --registry ADDRESS --index-dir FOLDER --owner ADDRESS'),
    })
    // Where indices are in their place, or are named, they are not asked for.
    const named = await given({ 'index-dir': at('nowhere'), oracle: undefined })
    expect((await init([...named, '--yes'])).err).not.toContain('--index-dir')
    expect((await init([...(await given()), '--role', 'juror', '--yes'])).err).toContain(
      'Expected --juries where nobody',
    )
    expect(existsSync(folder)).toBe(false)
  })

  const ZEROES = `0x${'00'.repeat(19)}aa`
  test.each<[string, () => Record<string, string | undefined>, string, (1 | 2)?]>([
    [
      'a dead endpoint',
      () => ({ rpc: 'http://127.0.0.1:1' }),
      'Expected a JSON-RPC endpoint at 127.0.0.1:1, got no answer.',
      1,
    ],
    ['no endpoint', () => ({ rpc: 'localhost' }), 'got "localhost". Write http://localhost'],
    ['another chain', () => ({ 'chain-id': '1' }), 'Expected chain 1 at '],
    ['a chain of another time', () => ({ clock: 'system' }), 'Expected an endpoint and a clock of the same time'],
    ['a fallback that is dead', () => ({ 'rpc-fallbacks': 'http://127.0.0.1:1' }), 'got no answer', 1],
    [
      'an oracle without code',
      () => ({ oracle: ZEROES }),
      'Expected a MaturityOracle at 0x00000000000000000000000000000000000000AA',
    ],
    ['an oracle that is none', () => ({ oracle: court.stage.deployments.council }), 'Expected a MaturityOracle at '],
    [
      'a registry that is none',
      () => ({ registry: court.stage.deployments.oracle }),
      'Expected a ReporterRegistry at ',
    ],
    ['an address that is none', () => ({ oracle: '0x12' }), 'Expected an address, got "0x12"'],
    ['a folder that is not there', () => ({ 'index-dir': at('nowhere') }), 'Expected a folder with index documents'],
    ['a folder without documents', () => ({ 'index-dir': at('empty') }), 'there is nothing to observe'],
    ['JSON that is no index', () => ({ 'index-dir': at('other') }), 'Expected a valid index document in '],
    ['a file of closes that is not there', () => ({ prices: at('nowhere.csv') }), 'Expected a file at '],
    [
      'no file of closes where one is read',
      () => ({ prices: undefined }),
      'Expected --prices where nobody can be asked',
    ],
    ['arbitrators that are none', () => ({ arbitrators: 'council' }), 'Expected an address, got "council"'],
    ['a jury that is none', () => ({ juries: court.stage.deployments.council }), 'Expected a JuryArbitrator at '],
    ['a port in use', () => ({ 'http-port': String(busyPort) }), 'one that is in use'],
    ['one port for both', () => ({ port: '21999', 'http-port': '21999' }), "Expected another port than the peers'"],
    ['port 0', () => ({ port: '0' }), 'Expected a port from 1 to 65535, got 0.'],
    ['an address of peers that is none', () => ({ bootstrap: 'node.example:4001' }), 'Expected a multiaddr such as '],
    [
      'a peer without its id',
      () => ({ bootstrap: '/dns4/node.example/tcp/4001' }),
      'Expected a multiaddr with /p2p/ and a peer id',
    ],
    [
      'a peer whose id is none',
      () => ({ bootstrap: '/dns4/node.example/tcp/4001/p2p/xyz' }),
      'Expected a multiaddr such as ',
    ],
    [
      'an own address of a peer',
      () => ({ announce: '/dns4/me.example/tcp/1/p2p/xyz' }),
      'Expected a multiaddr such as ',
    ],
    ['an own address that is none', () => ({ announce: 'me.example' }), 'Expected a multiaddr such as '],
  ])('refuses %s, and writes nothing', async (_name, changes, message, exit = 2) => {
    const { exitCode, out, err } = await init([...(await given(changes())), '--yes', '--json'])
    expect(err).toContain(message)
    expect(err.split('\n').at(-1)).toMatch(/^error: /)
    expect(exitCode).toBe(exit)
    expect(JSON.parse(out)).toMatchObject({ version: 1, error: { exitCode } })
    expect(existsSync(folder)).toBe(false)
  })

  test('says where index documents belong, and how to write one', async () => {
    const hint = async (name: string): Promise<string> =>
      (await init([...(await given({ 'index-dir': at(name) })), '--yes'])).err.split('got none').at(-1) ?? ''
    const put =
      'Put those there that you report, as whoever creates fixings publishes them, or name another with --index-dir; to write one: '
    const write = 'assize index new --base ETH --quote USD --out'
    expect(await hint('nowhere')).toBe(`. ${put}mkdir -p ${at('nowhere')} && ${write} ${at('nowhere/eth-usd.json')}`)
    expect(await hint('empty')).toBe(`: there is nothing to observe. ${put}${write} ${at('empty/eth-usd.json')}`)
  })

  test('refuses the registry of another oracle', async () => {
    // Another bond token makes another oracle, and the registry of that.
    const weth = '0x00000000000000000000000000000000000000bb'
    const code = await owner.chain.publicClient.getCode({ address: court.stage.deployments.weth })
    await owner.chain.publicClient.request<SetCode>({ method: 'anvil_setCode', params: [weth, code] })
    const options = { ...DEPLOY_OPTIONS, weth } as const
    const { oracle, registry } = await deploy(await court.stage.as('deployer'), options)
    const { exitCode, err } = await init([...(await given({ registry })), '--yes'])
    expect(exitCode).toBe(2)
    expect(err).toContain(
      `error: Expected a registry of the oracle ${court.stage.deployments.oracle}, got that of ${oracle}.`,
    )
  })

  test('makes no key where one is named that is not there, or was there before', async () => {
    const wrong = await init([...(await given({ keystore: at('nowhere.json') })), '--yes'])
    expect(wrong).toMatchObject({ exitCode: 2, err: expect.stringContaining(`got none. Correct its path`) })
    expect([folder, at('nowhere.json')].filter((path) => existsSync(path))).toEqual([])
    await init([...(await given(MADE)), '--yes'])
    rmSync(join(folder, 'keystore'))
    const gone = await init(['--yes'])
    expect(gone).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('got none. Restore it from its copy; or, '),
    })
    expect(existsSync(join(folder, 'keystore'))).toBe(false)
  })

  test('takes nothing from the environment that nobody is shown', async () => {
    const env = {
      ASSIZE_POLICY_ARBITRATORS: accountOf('somebody').address,
      ASSIZE_ORACLE: accountOf('somebody').address,
      ASSIZE_INDEX_DIR: at('other'),
      ASSIZE_CSV_FILE: at('nowhere.csv'),
    }
    mkdirSync(join(folder, 'indices'), { recursive: true })
    writeFileSync(join(folder, 'indices/index.json'), JSON.stringify(DOCUMENT))
    const args = ['init', folder, ...(await given({ 'index-dir': undefined })), '--yes', '--json']
    const { exitCode, out } = await assize(args, env)
    expect(exitCode).toBe(0)
    // What is run from here would take it.
    const without = Object.keys(env).toSorted()
    const { checks, next } = JSON.parse(out)
    const warned = checks.find(({ what }: { what: string }) => what === 'environment')
    expect(warned).toMatchObject({ state: 'warn', found: expect.stringContaining('are set here, which goes before') })
    for (const name of without) expect(warned.found).toContain(name)
    const [begin, ...rest] = next[1].command.split(' -u ')
    expect([begin, ...rest.join(' ').split(' ').slice(0, 4).toSorted()]).toEqual(['env', ...without])
    expect(next.map(({ command }: { command: string }) => command.replace(/^env( -u \w+)+/, 'env …'))).toEqual([
      expect.stringMatching(/^assize register /),
      `env … assize node --config ${join(folder, 'node.toml')}`,
      `env … assize doctor --config ${join(folder, 'node.toml')}`,
    ])
    const { policy, indexDir } = loadConfig({ file: join(folder, 'node.toml'), env: {} })
    expect({ arbitrators: policy.arbitrators, indexDir }).toEqual({
      arbitrators: [],
      indexDir: join(folder, 'indices'),
    })
    moveTo(at('another'))
    const { err } = await assize(['init', folder, ...(await given({ oracle: undefined })), '--yes'], env)
    expect(err).toContain('Expected --oracle where nobody can be asked, got none.')
  })

  test('does not let flags contradict what is there', async () => {
    await init([...(await given()), '--yes'])
    const { exitCode, err } = await init(['--yes', '--http-port', '9'])
    expect(exitCode).toBe(2)
    expect(err).toContain(`Expected http_port 9 in ${join(folder, 'node.toml')}, got `)
    const other = accountOf('somebody').address
    for (const [flag, value, name] of [
      ['--arbitrators', other, 'policy.arbitrators'],
      ['--index-dir', at('other'), 'index_dir'],
      ['--prices', at('nowhere.csv'), 'csv_file'],
      ['--keystore', at('nowhere.json'), 'keystore'],
      ['--port', '9', 'listen'],
      ['--announce', '/dns4/me.example/tcp/9', 'announce'],
      ['--chain-id', '1', 'chain_id'],
      ['--from-block', '0', 'from_block'],
      ['--rpc-fallbacks', 'https://two.example/secret', 'rpc_fallbacks'],
      ['--source-rpc', '10=https://ten.example/secret', 'source_rpc.10'],
      ['--rpc', `${court.stage.embedded.rpcUrl}/secret`, 'the endpoint at'],
    ] as const) {
      const run = await init(['--yes', flag, value])
      expect(run, flag).toMatchObject({ exitCode: 2, err: expect.stringContaining(`error: Expected ${name} `) })
      expect(run.err).not.toContain('secret')
    }
    const stranger = await init(['--yes', '--owner', accountOf('somebody').address])
    expect(stranger.err).toContain(
      `Expected the owner ${accountOf('somebody').address} in ${join(folder, 'consent.json')}`,
    )
  })
})
