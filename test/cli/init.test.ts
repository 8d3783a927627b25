import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keccak256, stringToHex } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { deploy, deployJury } from '#client/deploy-oracle.ts'
import type { JuryTerms } from '#client/jury.ts'
import { readMemberships } from '#client/membership.ts'
import { askNode } from '#node/http-client'
import { READINESS } from '#node/http-schemas'
import { loadConfig } from '#node/config'
import { writeKeystore } from '#node/keystore'
import type { Context } from '../../cli/context.ts'
import { accountOf, DEPLOY_OPTIONS, ETHER } from '../client/chain-fixture.ts'
import { threeSamples } from '../protocol/index-documents.ts'
import { assize, type Run } from './command-line.ts'
import { unitName } from '../../cli/init/unit.ts'
import { type Court, type Disputer, openCourt } from './disputer.ts'
import { freePort } from './free-port.ts'
import { closesOf, DOCUMENT } from './file-index.ts'
import { startProxy } from './rpc-proxy.ts'
import { SMALL_JURY } from '../client/jury-terms.ts'

type SetCode = { Method: 'anvil_setCode'; Parameters: unknown[]; ReturnType: null }

const JURY: JuryTerms = { ...SMALL_JURY, leastPool: 4, seatStake: ETHER / 10n, commitTime: 3_600, revealTime: 3_600 }
const FEED = {
  id: 'feed',
  venue: 'feed',
  kind: 'chainlink',
  quote: 'USD',
  chainId: 8_453,
  finalitySeconds: 60,
  feed: '0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419',
  maxAgeSeconds: 3_900,
  timeoutMs: 5_000,
}

let court: Court
let owner: Disputer
let busy: Server
let busyPort: number
/** Of the node that a test sets up; not there before. */
let folder: string
let turn = 0

const at = (name: string): string => join(court.folder, name)

beforeAll(async () => {
  court = await openCourt()
  owner = await court.disputer('owner', 20n * ETHER)
  mkdirSync(at('indices'))
  writeFileSync(at('indices/index.json'), JSON.stringify(DOCUMENT))
  mkdirSync(at('empty'))
  mkdirSync(at('other'))
  writeFileSync(at('other/package.json'), '{}')
  writeFileSync(at('closes.csv'), closesOf('2500.1'))
  busy = await listening()
  busyPort = portOf(busy)
})
afterAll(async () => {
  busy.close()
  await court.close()
})
beforeEach(() => {
  turn += 1
  folder = at(`node-${turn}`)
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

/** A key that is quickly unlocked; the first tests have one made as anybody has. */
async function cheapKey(): Promise<Record<string, string>> {
  const keystore = at(`key-${turn}`)
  if (!existsSync(keystore))
    await writeKeystore(keystore, keccak256(stringToHex(`node ${turn}`)), 'pw', { cost: 1_024 })
  writeFileSync(at('password'), 'pw', { mode: 0o600 })
  return { keystore, 'password-file': at('password') }
}

const MADE = { keystore: undefined, 'password-file': undefined }

/** All that a script must give, on this chain; `changes` replace or, undefined, leave out. */
async function given(changes: Record<string, string | undefined> = {}): Promise<string[]> {
  const { oracle, registry } = court.stage.deployments
  const flags: Record<string, string | undefined> = {
    rpc: court.stage.embedded.rpcUrl,
    clock: 'chain',
    oracle,
    registry,
    'index-dir': at('indices'),
    prices: at('closes.csv'),
    owner: owner.account.address,
    ...(await cheapKey()),
    port: String(await freePort()),
    'http-port': String(await freePort()),
    ...changes,
  }
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
}

const ownersKey = (): Record<string, string> => ({
  'owner-keystore': owner.env['ASSIZE_KEYSTORE'] ?? '',
  'owner-password-file': owner.env['ASSIZE_PASSWORD_FILE'] ?? '',
})

const init = (args: readonly string[], world: Partial<Context> = {}): Promise<Run> =>
  assize(['init', folder, ...args], {}, world)

const document = ({ out }: Run) => JSON.parse(out)

/** How much room there is on the disk is nothing that a set-up changes. */
const withoutSpace = ({ checks, ...rest }: { readonly checks: readonly { readonly what: string }[] }) => ({
  ...rest,
  checks: checks.filter(({ what }) => what !== 'disk'),
})

async function members() {
  const { time } = await latestBlock(owner.chain)
  return readMemberships(owner.chain, court.stage.deployments.registry, time)
}

describe('assize init, in a script', () => {
  test('goes from nothing to a registered reporter whose node is ready', async () => {
    const interruption = new AbortController()
    const flags = [...(await given({ ...ownersKey(), ...MADE })), '--yes', '--json', '--start']
    const running = init(flags, { signal: interruption.signal })
    const httpPort = Number(flags[flags.indexOf('--http-port') + 1])
    await expect
      .poll(() => askNode(httpPort, '/readyz', READINESS).catch(() => undefined))
      .toMatchObject({ ready: true, problems: [] })
    interruption.abort()
    const run = await running
    expect(run.exitCode).toBe(0)
    const set = document(run)
    expect(set).toMatchObject({
      version: 1,
      role: 'reporter',
      folder,
      config: join(folder, 'node.toml'),
      registration: { state: 'registered' },
      httpPort,
      unit: null,
      isWell: true,
    })
    const own = (await members()).find(({ signer }) => signer === set.signer)
    expect(own).toMatchObject({ index: set.registration.index, owner: owner.account.address, stake: ETHER })
    expect(run.err).toContain(`Registering takes 1 ETH from ${owner.account.address}:`)
    expect(`${run.out}${run.err}`).not.toContain(readFileSync(join(folder, 'password'), 'utf8').trim())
  })

  test('writes what a node reads, for its owner only, and changes nothing the second time', async () => {
    const terms = { announce: '/dns4/me.example/tcp/4001', arbitrators: court.stage.deployments.council }
    const flags = await given({ ...terms, ...MADE })
    const first = await init([...flags, '--yes', '--json', '--service', '--service-user', userInfo().username])
    expect(first).toMatchObject({ exitCode: 0 })
    const config = loadConfig({ file: join(folder, 'node.toml'), env: {} })
    const flag = (name: string): string => flags[flags.indexOf(`--${name}`) + 1] ?? ''
    expect(config).toMatchObject({
      chainId: 31_337,
      clock: 'chain',
      oracle: court.stage.deployments.oracle,
      registry: court.stage.deployments.registry,
      dataDir: join(folder, 'data'),
      indexDir: at('indices'),
      csvFile: at('closes.csv'),
      key: { kind: 'keystore', keystore: join(folder, 'keystore'), passwordFile: join(folder, 'password') },
      roles: ['reporter', 'proposer', 'watchtower', 'keeper'],
      listen: [`/ip4/0.0.0.0/tcp/${flag('port')}`],
      announce: ['/dns4/me.example/tcp/4001'],
      httpPort: Number(flag('http-port')),
    })
    expect(config.policy.arbitrators).toEqual([court.stage.deployments.council])
    for (const name of ['node.toml', 'keystore', 'password']) {
      expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0)
    }
    const files = readdirSync(folder).toSorted()
    expect(files).toEqual([unitName(folder), 'consent.json', 'data', 'keystore', 'node.toml', 'password'])
    const texts = () => files.filter((name) => name !== 'data').map((name) => readFileSync(join(folder, name), 'utf8'))
    const before = texts()
    const again = await init(['--yes', '--json'])
    expect(again.exitCode).toBe(0)
    expect(withoutSpace(document(again))).toEqual(withoutSpace(document(first)))
    expect(texts()).toEqual(before)
  })

  test('finds the block from which on the oracle is there', async () => {
    await init([...(await given()), '--yes'])
    const { fromBlock } = loadConfig({ file: join(folder, 'node.toml'), env: {} })
    const { publicClient } = owner.chain
    const { oracle: address } = court.stage.deployments
    expect(fromBlock).toBeGreaterThan(0n)
    expect(await publicClient.getCode({ address, blockNumber: fromBlock })).toBeDefined()
    expect(await publicClient.getCode({ address, blockNumber: fromBlock - 1n })).toBeUndefined()
  })

  test('prints the command for the machine of the owner, which registers; then goes on from there', async () => {
    const first = document(await init([...(await given()), '--yes', '--json']))
    expect(first.registration).toMatchObject({ state: 'agreed', owner: owner.account.address, stake: String(ETHER) })
    const { oracle, registry } = court.stage.deployments
    const command = `assize register ${join(folder, 'consent.json')} --registry ${registry} --oracle ${oracle} --rpc ${court.stage.embedded.rpcUrl}`
    expect(first.next[0].command).toBe(command)
    expect(await owner.run([...command.split(' ').slice(1), '--yes'])).toMatchObject({ exitCode: 0 })
    const again = document(await init(['--yes', '--json']))
    expect(again).toMatchObject({ signer: first.signer, registration: { state: 'registered' } })
  })

  test('shows nobody an endpoint whose address may hold a key', async () => {
    const rpc = `${court.stage.embedded.rpcUrl}/?key=very-secret`
    const { exitCode, out, err } = await init([...(await given({ rpc })), '--yes', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(out).next[0].command).toMatch(/ --rpc ENDPOINT$/)
    const other = await init(['--yes', '--rpc', 'http://127.0.0.1:9/v3/as-secret'])
    expect(other.err).toContain(`Expected the endpoint at 127.0.0.1:9 in ${join(folder, 'node.toml')}, got 127.0.0.1:`)
    expect(`${out}${err}${other.err}`).not.toMatch(/secret/)
  })

  test.each(['encrypting ...', 'Written: '])('goes on after it ended at "%s"', async (last) => {
    const err = (line: string): void => {
      if (line.startsWith(last)) throw new Error('The machine stopped.')
    }
    const flags = [...(await given(MADE)), '--yes', '--json']
    const cut = await init(flags, {
      io: { isTerminal: false, out: () => {}, err, redraw: () => {}, paint: (_, text) => text },
    })
    expect(cut.exitCode).toBe(1)
    expect(await init(flags)).toMatchObject({ exitCode: 0 })
  })

  const KEY = 'v3/very-secret'
  test.each<[string, () => Record<string, string>, string]>([
    ['a dead endpoint', () => ({ rpc: `http://127.0.0.1:1/${KEY}` }), 'Expected a JSON-RPC endpoint at 127.0.0.1:1, '],
    ['what is no address', () => ({ rpc: `rpc.example/${KEY}` }), 'got "rpc.example". Write https://rpc.example/…'],
    [
      'credentials',
      () => ({ rpc: 'http://ann:very-secret@127.0.0.1:1' }),
      'Expected a JSON-RPC endpoint at 127.0.0.1:1, ',
    ],
    [
      'another chain',
      () => ({ rpc: `${court.stage.embedded.rpcUrl}/?key=very-secret`, 'chain-id': '1' }),
      'Expected chain 1 at ',
    ],
    ['a fallback', () => ({ 'rpc-fallbacks': `http://127.0.0.1:1/${KEY}` }), 'Expected a JSON-RPC endpoint at 127.'],
  ])('says what is wrong with %s without its key', async (_name, changes, message) => {
    const { out, err } = await init([...(await given(changes())), '--yes', '--json'])
    expect(err).toContain(message)
    expect(`${out}${err}`).not.toContain('secret')
  })

  test.each(['consent.json holds until', 'Registering takes '])(
    'shows no key of an endpoint that is dead after "%s"',
    async (last) => {
      let isDead = false
      const proxy = await startProxy(court.stage.embedded.rpcUrl, async () => {
        if (isDead) await proxy.close()
        return undefined
      })
      const flags = [...(await given({ ...ownersKey(), rpc: `${proxy.url}/${KEY}` })), '--yes', '--json']
      await init([...flags, '--dry-run'])
      const lines: string[] = []
      const say = (line: string): void => {
        lines.push(line)
        isDead ||= line.includes(last)
      }
      const io = { isTerminal: false, out: say, err: say, redraw: () => {}, paint: (_: unknown, text: string) => text }
      expect((await init(flags, { io })).exitCode).toBe(1)
      const { host } = new URL(proxy.url)
      expect(lines.at(-1)).toContain(`Expected a JSON-RPC endpoint at ${host}, got no answer.`)
      expect(lines.join(' ')).not.toContain('secret')
    },
  )

  test('goes on after it ended at any step', async () => {
    const flags = await given()
    await init([...flags, '--yes'])
    const config = readFileSync(join(folder, 'node.toml'), 'utf8')
    const { signer } = document(await init(['--yes', '--json']))
    for (const name of ['consent.json', 'data']) {
      rmSync(join(folder, name), { recursive: true })
    }
    const again = await init([...flags, '--yes', '--json'])
    expect(document(again)).toMatchObject({ signer, registration: { state: 'agreed' } })
    expect(readFileSync(join(folder, 'node.toml'), 'utf8')).toBe(config)
  })

  test.each<[string, () => string]>([
    ['below a file', () => at('closes.csv')],
    ['where nothing can be made', () => '/proc'],
  ])('refuses a folder %s before it asks anything', async (_name, place) => {
    folder = join(place(), 'node')
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

  test.each<[string, () => Record<string, string | undefined>, string]>([
    ['too little stake', () => ({ stake: '0.5eth' }), 'Expected a stake of at least 1 ETH, got 0.5 ETH.'],
    ["no keystore of the owner's", () => ({ 'owner-keystore': at('none.json') }), "Expected the owner's keystore at "],
    [
      "an owner's keystore of somebody else",
      () => ({ ...ownersKey(), owner: accountOf('somebody').address }),
      'Expected the key of ',
    ],
    [
      "the node's key as the owner's",
      () => ({ keystore: owner.env['ASSIZE_KEYSTORE'], 'password-file': owner.env['ASSIZE_PASSWORD_FILE'] }),
      "Expected an owner apart from the node's key",
    ],
    [
      "a password that is not the key's",
      () => ({ keystore: owner.env['ASSIZE_KEYSTORE'], 'password-file': at('closes.csv') }),
      'Expected the password of ',
    ],
  ])('refuses %s, exit 2, and goes on once that is right', async (_name, changes, message) => {
    const { exitCode, err } = await init([...(await given(changes())), '--yes'])
    expect({ exitCode, err: err.split('\n').at(-1) }).toEqual({ exitCode: 2, err: expect.stringContaining(message) })
    expect(existsSync(join(folder, 'consent.json'))).toBe(false)
  })

  describe('with the key of the owner, on settings of before', () => {
    /** Changes the settings, then tries to register. */
    async function resumed(from: string | RegExp, to: string): Promise<Run> {
      const flags = await given()
      await init([...flags, '--yes'])
      const file = join(folder, 'node.toml')
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.replace(from, to))
      expect(readFileSync(file, 'utf8')).not.toBe(text)
      const before = await members()
      const run = await init([
        '--yes',
        '--json',
        ...Object.entries(ownersKey()).flatMap(([name, value]) => [`--${name}`, value]),
      ])
      expect(await members()).toEqual(before)
      return run
    }

    test.each<[string, () => [string | RegExp, string], string]>([
      ['an index that is none', () => [at('indices'), at('other')], 'index package.json: '],
      ['a fallback that is dead', () => ['rpc_fallbacks = []', 'rpc_fallbacks = ["http://127.0.0.1:1"]'], 'endpoint '],
      ['a newest block of another time', () => ['clock = "chain"', ''], 'endpoint '],
    ])('sends no stake where the check-up finds %s, exit 1', async (_name, change, what) => {
      const { exitCode, err } = await resumed(...change())
      expect(err.split('\n').at(-1)).toContain(
        `error: Expected nothing bad in the check-up before the stake is sent, got ${what}`,
      )
      expect(exitCode).toBe(1)
    })

    test('sends no stake on another chain than that of the settings', async () => {
      const { exitCode, err } = await resumed('chain_id = 31337', 'chain_id = 1')
      expect(err).toContain('error: Expected chain 1 at 127.0.0.1:')
      expect(exitCode).toBe(2)
    })
  })

  test('registers within --max only, and with --dry-run not at all', async () => {
    const flags = [...(await given(ownersKey())), '--yes']
    const before = await members()
    const dear = await init([...flags, '--max', '1eth'])
    expect(dear).toMatchObject({ exitCode: 2, err: expect.stringContaining('Expected to spend at most 1 ETH, got 1.') })
    const tried = await init([...flags, '--dry-run', '--json'])
    expect(tried.err).toContain('Only simulated: nothing was sent.')
    // A stake is free 337 days after its reporter left: docs/operator.md.
    expect(tried.err).toContain('locked    while it reports, and 337 d after it has left')
    expect(document(tried)).toMatchObject({ registration: { state: 'agreed' } })
    expect(await members()).toEqual(before)
    expect(document(await init([...flags, '--max', '2eth', '--json'])).registration.state).toBe('registered')
  })

  test('uses no consent that was made for another peer or another chain', async () => {
    const flags = [...(await given()), '--yes']
    await init(flags)
    rmSync(join(folder, 'data'), { recursive: true })
    const { exitCode, err } = await init(flags)
    expect(exitCode).toBe(2)
    expect(err).toMatch(
      /error: Expected the peer 0x\w+ in \S+consent\.json, got 0x\w+\. If it was not registered, remove/,
    )
    rmSync(join(folder, 'consent.json'))
    expect((await init(flags)).exitCode).toBe(0)
    const consent = JSON.parse(readFileSync(join(folder, 'consent.json'), 'utf8'))
    writeFileSync(join(folder, 'consent.json'), JSON.stringify({ ...consent, chainId: 5 }))
    expect((await init(flags)).err).toContain(
      `error: Expected the chain 31337 in ${join(folder, 'consent.json')}, got 5.`,
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
    folder = at('another')
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

  test('starts nothing where the check-up finds something bad, exit 1', async () => {
    await init([...(await given()), '--yes'])
    writeFileSync(
      join(folder, 'node.toml'),
      readFileSync(join(folder, 'node.toml'), 'utf8').replace(at('indices'), at('other')),
    )
    const { exitCode, out } = await init(['--yes', '--start', '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ isWell: false })
  })

  test('sets a watcher up, which has no key and asks for no stake', async () => {
    const set = document(await init([...(await given({ role: 'watcher', owner: undefined })), '--yes', '--json']))
    expect(set).toMatchObject({ role: 'watcher', signer: null, registration: null, isWell: true })
    expect(readdirSync(folder)).toEqual(['node.toml'])
    expect(loadConfig({ file: join(folder, 'node.toml'), env: {} })).toMatchObject({ key: undefined, roles: [] })
  })
})

test('sets a juror up, and prints the command that names its key the voter', async () => {
  const jury = await deployJury(await court.stage.as('deployer'), court.stage.deployments.oracle, JURY)
  const flags = await given({ role: 'juror', owner: undefined, juries: jury, for: owner.account.address })
  const set = document(await init([...flags, '--yes', '--json']))
  expect(set).toMatchObject({ role: 'juror', registration: null })
  expect(set.next[0].command).toBe(`assize jury voter ${set.signer} --jury ${jury}`)
  const { roles, juror } = loadConfig({ file: join(folder, 'node.toml'), env: {} })
  expect(roles).toEqual(['keeper', 'juror'])
  expect(juror).toMatchObject({ juries: [jury], principals: [owner.account.address] })
})

test('wants an endpoint of every other chain that a document reads', async () => {
  mkdirSync(at('feeds'))
  writeFileSync(at('feeds/index.json'), JSON.stringify(threeSamples([FEED])))
  const flags = [...(await given({ 'index-dir': at('feeds'), prices: undefined })), '--yes']
  expect((await init(flags)).err).toContain('Expected --source-rpc where nobody can be asked, got none.')
  const { err } = await init([...flags, '--source-rpc', `8453=${court.stage.embedded.rpcUrl}`])
  expect(err).toContain(`Expected chain 8453 at ${new URL(court.stage.embedded.rpcUrl).host}, got chain 31337.`)
})

describe('assize init, at a terminal', () => {
  /** Somebody who types the next of the answers to whatever begins so; `asked` is what the screen showed. */
  function typist(answers: Readonly<Record<string, readonly string[]>>): { world: Partial<Context>; asked: string[] } {
    const left = new Map(Object.entries(answers).map(([question, typed]) => [question, [...typed]]))
    const asked: string[] = []
    const ask = (question: string): Promise<string> => {
      asked.push(question)
      const key = [...left.keys()].find((beginning) => question.startsWith(beginning))
      const next = key === undefined ? undefined : left.get(key)?.shift()
      if (next === undefined) throw new Error(`Nobody expected the question "${question}".`)
      return Promise.resolve(next)
    }
    return { world: { terminal: { ask, askSecret: ask } }, asked }
  }

  test('asks again for what is wrong, saying why, and takes an empty line for what it shows', async () => {
    const { oracle, registry, council } = court.stage.deployments
    const { rpcUrl } = court.stage.embedded
    const [port, httpPort] = [String(await freePort()), String(await freePort())]
    const self = '0x00000000000000000000000000000000000000AA'
    const { world, asked } = typist({
      'What it shall be': ['reportr', ''],
      'JSON-RPC endpoint of the chain': ['http://127.0.0.1:1', rpcUrl],
      'Endpoints of others': [''],
      'Address of the MaturityOracle': ['', self, oracle],
      'Address of the ReporterRegistry': [oracle, registry],
      'Folder with the documents': [at('empty'), at('indices')],
      'The CSV file': [at('closes.csv')],
      'Who may rule': [council],
      'TCP port for its peers': [port],
      'Where others can call it': ['me.example', ''],
      'Peers to call first': [''],
      'Port on 127.0.0.1': [port, httpPort],
      'Address of the owner': ['me', owner.account.address],
      Stake: ['1 wei', '2 eth'],
      'Write a unit for systemd?': ['n'],
      'Start the node now': [''],
    })
    const { exitCode, out, err } = await init(['--clock', 'chain'], world)
    expect(exitCode).toBe(0)
    const errors = err.split('\n').filter((line) => line.startsWith('error: '))
    expect(errors.map((line) => line.slice(7, 60))).toEqual([
      expect.stringContaining('Expected reporter, juror, watcher, got "reportr".'),
      expect.stringContaining('Expected a JSON-RPC endpoint at 127.0.0.1:1, '),
      expect.stringContaining('Expected an answer, got none.'),
      expect.stringContaining('Expected a MaturityOracle at '),
      expect.stringContaining('Expected a ReporterRegistry at '),
      expect.stringContaining('Expected an index document in '),
      expect.stringContaining('Expected a multiaddr such as '),
      expect.stringContaining("Expected another port than the peers', got "),
      expect.stringContaining('Expected an address, got "me".'),
      expect.stringContaining('Expected a stake of at least 1 ETH, got '),
    ])
    expect(asked.find((question) => question.startsWith('What it shall be'))).toContain('[reporter]: ')
    expect(out).toContain(`A reporter is set up in ${folder}.`)
    expect(out).toContain('not registered yet')
    expect(loadConfig({ file: join(folder, 'node.toml'), env: {} }).oracle).toBe(oracle)
    const consent = JSON.parse(readFileSync(join(folder, 'consent.json'), 'utf8'))
    expect(consent).toMatchObject({ owner: owner.account.address, stake: String(2n * ETHER) })
  })

  test.each([
    ['https://rpc.example/v3/very-secret', 'https://rpc.example/…'],
    ['http://127.0.0.1:8545', 'http://127.0.0.1:8545'],
  ])('asks for an endpoint as it can be typed, without showing its key: %s', async (rpcUrl, shown) => {
    const { world, asked } = typist({ 'What it shall be': ['watcher'] })
    await assize(['init', folder], { ASSIZE_RPC_URL: rpcUrl }, world)
    expect(asked.at(-1)).toBe(`JSON-RPC endpoint of the chain [${shown}]: `)
  })

  test('registers only who says yes to what it takes, and asks nothing twice', async () => {
    const flags = await given(ownersKey())
    const rest = {
      'Endpoints of others': [''],
      'Who may rule': [''],
      'Where others can call it': [''],
      'Peers to call first': [''],
      'Write a unit for systemd?': ['n'],
      'Start the node now': ['n'],
    }
    const no = typist({ ...rest, 'What it shall be': [''], Stake: [''], 'Register it with 1 ETH?': ['n'] })
    const declined = await init(flags, no.world)
    expect(declined.exitCode).toBe(0)
    expect(declined.err).toContain('stake     1 ETH; lost if the reporter signs two observations of one fixing')
    expect(declined.out).toContain('not registered yet')
    const yes = typist({
      'Register it with 1 ETH?': ['y'],
      'Write a unit for systemd?': ['y'],
      'Start the node now': ['n'],
    })
    const agreed = await init([...flags, '--service-user', userInfo().username], yes.world)
    expect(agreed.out).toMatch(/registry {2}reporter \d+, from 20/)
    expect(yes.asked).toHaveLength(3)
    const unit = unitName(folder)
    expect(agreed.out).toContain(
      `sudo cp ${join(folder, unit)} /etc/systemd/system/ && sudo systemctl enable --now ${unit}`,
    )
  })
})
