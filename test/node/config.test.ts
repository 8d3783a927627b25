import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  CONFIG_FIELDS,
  type ConfigInputs,
  loadConfig,
  loneChains,
  overridesIn,
  sourceEndpoints,
  strayVariables,
} from '#node/config'
import { temporaryFolder } from './temporary.ts'

const MINIMAL = `
data_dir = "data"
rpc_url = "http://127.0.0.1:8545"
oracle = "0x00000000000000000000000000000000000000aa"
registry = "0x00000000000000000000000000000000000000BB"
index_dir = "/indices"
`

const PEER = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5'

function configFile(toml: string): { file: string; folder: string } {
  const folder = temporaryFolder()
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'node.toml')
  writeFileSync(file, toml)
  return { file, folder }
}

function load(toml: string, inputs: Partial<ConfigInputs> = {}): ReturnType<typeof loadConfig> {
  return loadConfig({ file: configFile(toml).file, env: {}, ...inputs })
}

test('fills in every default of a minimal file, which only watches', () => {
  const { file, folder } = configFile(MINIMAL)
  expect(loadConfig({ file, env: {} })).toEqual({
    dataDir: join(folder, 'data'),
    rpcUrls: ['http://127.0.0.1:8545'],
    rpcAgreement: 1,
    oracle: '0x00000000000000000000000000000000000000AA',
    registry: '0x00000000000000000000000000000000000000bb',
    chainId: undefined,
    fromBlock: 0n,
    confirmations: 64,
    fees: { maxFeePerGas: 500n * 10n ** 9n, maxPriorityFeePerGas: 10n * 10n ** 9n },
    clock: 'system',
    pollMs: 2_000,
    keepSamplesDays: 90,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    bootstrap: [],
    httpPort: 0,
    indexDir: '/indices',
    csvFile: undefined,
    sourceRpc: new Map(),
    key: undefined,
    roles: [],
    exitWithParent: false,
    verification: 'native',
    logLevel: 'info',
    policy: {
      perPotWei: 10n ** 17n,
      perFixingWei: 54n * 10n ** 16n, // 5 x 0.1 + 0.04 ETH
      totalWei: 54n * 10n ** 17n,
      maxBondWei: 10n ** 17n,
      noisePpm: undefined,
      spareSources: 0,
      maxSpreadPpm: undefined,
      arbitrators: [],
      observe: 'all',
      maxGasWei: 10n ** 16n,
      attest: 'paid',
      revoke: 'never',
      stageDelaySeconds: 600,
    },
    gossip: { test: false, syncAfterMs: [2_000, 5_000, 15_000, 60_000], syncEveryMs: 600_000, cosignMs: 30_000 },
    discovery: { mdns: false, dht: false, privateAddresses: false },
    connections: { max: 320, reserved: 200, perAddress: 8, perAddressPerSecond: 5 },
    relay: { serve: false, reservations: 64, via: [] },
    juror: { juries: [], principals: [], isClerk: true },
  })
})

test('lets the environment win over the file, and a flag over both', () => {
  const toml = `${MINIMAL}\nhttp_port = 1\npoll_ms = 30\n[policy]\nper_pot_wei = "1"\nmax_bond_wei = 7`
  const config = load(toml, {
    env: { ASSIZE_HTTP_PORT: '2', ASSIZE_POLICY_PER_POT_WEI: '22', ASSIZE_GOSSIP_TEST: 'true', OTHER: 'x' },
    flags: { http_port: '3', bootstrap: `/ip4/1.2.3.4/tcp/1/p2p/${PEER},/ip4/1.2.3.4/tcp/2/p2p/${PEER}` },
  })
  expect(config.httpPort).toBe(3)
  expect(config.pollMs).toBe(30)
  expect(config.policy.perPotWei).toBe(22n)
  expect(config.policy.maxBondWei).toBe(7n)
  expect(config.gossip.test).toBe(true)
  expect(config.bootstrap).toEqual([`/ip4/1.2.3.4/tcp/1/p2p/${PEER}`, `/ip4/1.2.3.4/tcp/2/p2p/${PEER}`])
})

test('takes endpoints of the sources’ chains as a table or as text, one or several of each', () => {
  const table = load(`${MINIMAL}\n[source_rpc]\n1 = "https://one"\n8453 = ["http://base/?key=1", "https://two"]`)
  const text = load(MINIMAL, { env: { ASSIZE_SOURCE_RPC: '1=https://one,8453=http://base/?key=1,8453=https://two' } })
  const endpoints = new Map([
    [1, ['https://one']],
    [8_453, ['http://base/?key=1', 'https://two']],
  ])
  expect([table.sourceRpc, text.sourceRpc]).toEqual([endpoints, endpoints])
  expect(loneChains(table)).toEqual([1])
})

test('more than half of the endpoints of a chain that sources read must agree', () => {
  const of = (urls: string): unknown => sourceEndpoints(load(`${MINIMAL}\n[source_rpc]\n1 = ${urls}`), 5).get(1)
  expect(of('"https://a"')).toEqual({ urls: ['https://a'], agreement: 1 })
  expect(of('["https://a", "https://b"]')).toEqual({ urls: ['https://a', 'https://b'], agreement: 2 })
  expect(of('["https://a", "https://b", "https://c"]')).toMatchObject({ agreement: 2 })
  expect(of('["https://a", "https://b", "https://c", "https://d"]')).toMatchObject({ agreement: 3 })
})

test('takes discovery, connections and relays', () => {
  const toml = `${MINIMAL}
[discovery]
mdns = true
dht = true
private_addresses = true
[connections]
max = 40
reserved = 30
per_address = 3
per_address_per_second = 2
[relay]
serve = true
reservations = 9
via = ["/ip4/192.0.2.1/tcp/4001/p2p/${PEER}"]`
  expect(load(toml, { env: { ASSIZE_RELAY_RESERVATIONS: '8' } })).toMatchObject({
    discovery: { mdns: true, dht: true, privateAddresses: true },
    connections: { max: 40, reserved: 30, perAddress: 3, perAddressPerSecond: 2 },
    relay: { serve: true, reservations: 8, via: [`/ip4/192.0.2.1/tcp/4001/p2p/${PEER}`] },
  })
})

test('takes every role when there is a key, and finds its files beside the configuration', () => {
  const { file, folder } = configFile(`${MINIMAL}\nkeystore = "key.json"\npassword_file = "password"`)
  const config = loadConfig({ file, env: {} })
  expect(config.key).toEqual({
    kind: 'keystore',
    keystore: join(folder, 'key.json'),
    passwordFile: join(folder, 'password'),
  })
  expect(config.roles).toEqual(['reporter', 'proposer', 'watchtower', 'keeper', 'juror'])
})

test('takes a signer instead of a keystore, with its token beside the configuration', () => {
  const address = '0x00000000000000000000000000000000000000cc'
  const { file, folder } = configFile(
    `${MINIMAL}[signer]\nurl = "unix:/run/signer"\naddress = "${address}"\ntoken_file = "token"`,
  )
  const config = loadConfig({ file, env: { ASSIZE_SIGNER_TIMEOUT_MS: '200' } })
  const tokenFile = join(folder, 'token')
  expect(config.key).toEqual({ kind: 'signer', url: 'unix:/run/signer', address, tokenFile, timeoutMs: 200 })
  expect(config.roles).toHaveLength(5)
})

test('does not repeat a password of a URL', () => {
  const wrong = `${MINIMAL}[signer]\nurl = "http://ann:hunter2@signer"`
  expect(() => load(wrong)).toThrow('got "http://…@signer"')
})

test('more than half of the endpoints must agree, unless it says how many', () => {
  const three = 'rpc_fallbacks = ["http://a", "http://b"]'
  expect(load(`${MINIMAL}${three}`)).toMatchObject({
    rpcUrls: ['http://127.0.0.1:8545', 'http://a', 'http://b'],
    rpcAgreement: 2,
  })
  expect(load(`${MINIMAL}rpc_fallbacks = ["http://a"]`).rpcAgreement).toBe(2)
  expect(load(`${MINIMAL}${three}\nrpc_agreement = 1`).rpcAgreement).toBe(1)
})

test('sources read the oracle’s own chain through the endpoints that must agree, unless another is named for it', () => {
  const config = load(`${MINIMAL}rpc_fallbacks = ["http://a"]\n[source_rpc]\n1 = "https://one"`)
  const own = { urls: ['http://127.0.0.1:8545', 'http://a'], agreement: 2 }
  const one = { urls: ['https://one'], agreement: 1 }
  expect(sourceEndpoints(config, 5)).toEqual(
    new Map([
      [5, own],
      [1, one],
    ]),
  )
  expect(sourceEndpoints(config, 1)).toEqual(new Map([[1, one]]))
})

test('takes gwei with up to nine decimals, as a number or as text', () => {
  const fees = load(`${MINIMAL}\n[fees]\nmax_fee_gwei = 0.05\nmax_priority_gwei = "0.000000001"`).fees
  expect(fees).toEqual({ maxFeePerGas: 50_000_000n, maxPriorityFeePerGas: 1n })
  expect(load(MINIMAL, { env: { ASSIZE_FEES_MAX_FEE_GWEI: '30' } }).fees.maxFeePerGas).toBe(30n * 10n ** 9n)
})

test('all fixings together have ten times the limit of one, unless it says how much', () => {
  expect(load(`${MINIMAL}\n[policy]\nper_fixing_wei = 7`).policy.totalWei).toBe(70n)
  const toml = `${MINIMAL}\n[policy]\nper_fixing_wei = 7\ntotal_wei = 5`
  expect(load(toml).policy.totalWei).toBe(5n)
  expect(load(toml, { env: { ASSIZE_POLICY_TOTAL_WEI: '6' } }).policy.totalWei).toBe(6n)
  expect(load(toml, { flags: { 'policy.total_wei': '8' } }).policy.totalWei).toBe(8n)
})

test('keeps wei above 2^53 exact, written as a number or as text', () => {
  const toml = `${MINIMAL}\n[policy]\nper_pot_wei = 9007199254740993\nper_fixing_wei = "340282366920938463463374607431768211455"`
  const { policy } = load(toml)
  expect(policy.perPotWei).toBe(9_007_199_254_740_993n)
  expect(policy.perFixingWei).toBe(2n ** 128n - 1n)
})

test.each([
  ['policy.per_pot_wei', '\n[policy]\nper_pot_wei = -1'],
  ['policy.per_pot_wei', '\n[policy]\nper_pot_wei = "340282366920938463463374607431768211456"'],
  ['policy.per_pot_wei', '\n[policy]\nper_pot_wei = 1.5'],
  ['policy.spare_sources', '\n[policy]\nspare_sources = 65'],
  ['policy.max_spread_ppm', '\n[policy]\nmax_spread_ppm = -1'],
  ['policy.nonsense', '\n[policy]\nnonsense = 1'],
  ['nonsense', '\nnonsense = 1'],
  ['http_port', '\nhttp_port = 65536'],
  ['fees.max_fee_gwei', '\n[fees]\nmax_fee_gwei = 0'],
  ['fees.max_priority_gwei', '\n[fees]\nmax_priority_gwei = "0.0000000001"'],
  ['confirmations', '\nconfirmations = 0'],
  ['keep_samples_days', '\nkeep_samples_days = 0'],
  ['clock', '\nclock = "sundial"'],
  ['policy.arbitrators', '\n[policy]\nobserve = "trusted"'],
  ['policy.observe', '\n[policy]\nobserve = "some"'],
  ['policy.arbitrators.0', '\n[policy]\narbitrators = ["0x12"]'],
  ['roles.0', '\nroles = ["judge"]'],
  ['log_level', '\nlog_level = "loud"'],
  ['password_file', '\nkeystore = "key.json"'],
  ['keystore', '\nroles = ["reporter"]'],
  ['signer.address', '\n[signer]\nurl = "http://a"'],
  ['signer.url', '\n[signer]\ntoken_file = "token"'],
  ['signer.url', `\n[signer]\naddress = "0x${'00'.repeat(20)}"`],
  ['signer.url', '\n[signer]\nurl = "ws://a"'],
  ['signer.url', '\n[signer]\nurl = "unix:"'],
  ['signer.url', '\nkeystore = "key.json"\npassword_file = "p"\n[signer]\nurl = "http://a"'],
  ['signer.timeout_ms', '\n[signer]\ntimeout_ms = 99'],
  ['source_rpc.1', '\n[source_rpc]\n1 = "ws://one"'],
  ['source_rpc.1.1', '\n[source_rpc]\n1 = ["https://one", "ws://one"]'],
  ['source_rpc.1', '\n[source_rpc]\n1 = ["https://one", "https://one"]'],
  ['source_rpc.1', '\n[source_rpc]\n1 = ["https://one", "https://two", "https://ONE:443/#two"]'],
  ['source_rpc.1', '\n[source_rpc]\n1 = []'],
  ['source_rpc.1', '\n[source_rpc]\n1 = 7'],
  ['source_rpc.main', '\n[source_rpc]\nmain = "https://one"'],
  ['gossip.sync_after_ms.0', '\n[gossip]\nsync_after_ms = [0]'],
  ['connections.reserved', '\n[connections]\nmax = 100\nreserved = 100'],
  ['connections.max', '\n[connections]\nmax = 7'],
  ['relay.reservations', '\n[relay]\nreservations = 0'],
  ['discovery.mdns', '\n[discovery]\nmdns = "yes"'],
  ['rpc_fallbacks.0', '\nrpc_fallbacks = ["ftp://a"]'],
  ['rpc_fallbacks', '\nrpc_fallbacks = ["http://127.0.0.1:8545"]'],
  ['rpc_fallbacks', '\nrpc_fallbacks = ["http://127.0.0.1:8545/"]'],
  ['rpc_fallbacks', '\nrpc_fallbacks = ["https://rpc.example", "https://RPC.example:443"]'],
  ['listen.0', '\nlisten = ["nonsense"]'],
  ['listen.1', '\nlisten = ["/ip4/0.0.0.0/tcp/4001", "0.0.0.0:4001"]'],
  ['listen.0', '\nlisten = ["/"]'],
  ['announce.0', '\nannounce = ["me.example:4001"]'],
  ['announce.0', '\nannounce = ["/dns4/me.example/tcp/4001/p2p/xyz"]'],
  ['bootstrap.0', '\nbootstrap = ["/dns4/me.example/tcp/4001"]'],
  ['bootstrap.0', '\nbootstrap = ["/dns4/me.example/tcp/4001/p2p/xyz"]'],
  ['bootstrap.0', '\nbootstrap = ["me.example:4001"]'],
  ['relay.via.0', '\n[relay]\nvia = ["/ip4/192.0.2.1/tcp/4001/p2p/relay"]'],
  ['rpc_agreement', '\nrpc_fallbacks = ["http://a"]\nrpc_agreement = 3'],
])('names %s when it is wrong', (field, toml) => {
  expect(() => load(MINIMAL + toml)).toThrow(expect.objectContaining({ name: 'Config.InvalidFieldError', field }))
})

test.each(['data_dir', 'index_dir', 'csv_file', 'keystore', 'password_file', 'signer.token_file'])(
  'names %s when it is an empty path, and takes no folder for it',
  (field) => {
    const [table, name = table] = field.split('.')
    const others = MINIMAL.split('\n').filter((line) => !line.startsWith(`${field} `))
    const lines = name === table ? [`${field} = ""`, ...others] : [...others, `[${table}]`, `${name} = ""`]
    expect(() => load(lines.join('\n'))).toThrow(
      expect.objectContaining({ name: 'Config.InvalidFieldError', field, message: expect.stringContaining('a path') }),
    )
  },
)

test.each(['data_dir', 'rpc_url', 'oracle', 'registry', 'index_dir'])('names %s when it is missing', (field) => {
  const toml = MINIMAL.split('\n')
    .filter((line) => !line.startsWith(field))
    .join('\n')
  expect(() => load(toml)).toThrow(expect.objectContaining({ name: 'Config.InvalidFieldError', field }))
})

test('says what it expected, what it got and where to set it, in one line', () => {
  expect(() => load(MINIMAL.replace('http://127.0.0.1:8545', 'ws://x'))).toThrow(
    'Expected rpc_url: an http or https URL, got "ws://x". Set it in the file, as ASSIZE_RPC_URL or --rpc-url.',
  )
})

test('says that of a switch it expected true or false', () => {
  expect(() => load(MINIMAL, { env: { ASSIZE_DISCOVERY_DHT: 'TRUE' } })).toThrow(
    'Expected discovery.dht: true or false, got "TRUE". Set it in the file, as ASSIZE_DISCOVERY_DHT or --discovery-dht.',
  )
})

test.each([
  ['"x"', '"x"'],
  ['7', '7'],
  ['[1]', '[1]'],
])('refuses policy = %s also where the environment has a setting of that table', (toml, got) => {
  const env = { ASSIZE_POLICY_PER_POT_WEI: '7' }
  const refusal = `Expected policy: an object, got ${got}. Correct it in the file.`
  for (const inputs of [{ env }, {}]) expect(() => load(`${MINIMAL}policy = ${toml}`, inputs)).toThrow(refusal)
})

test.each([
  ['roles = ["judge"]', 'Set it in the file, as ASSIZE_ROLES or --roles.'],
  ['[source_rpc]\n1 = "ws://one"', 'Set it in the file, as ASSIZE_SOURCE_RPC or --source-rpc.'],
  ['[gossip]\nsync_after_ms = [0]', 'Set it in the file, as ASSIZE_GOSSIP_SYNC_AFTER_MS or --gossip-sync-after-ms.'],
  ['policy = 7', 'Expected policy: an object, got 7. Correct it in the file.'],
])('advises of %s what there is', (toml, advice) => {
  expect(() => load(`${MINIMAL}\n${toml}`)).toThrow(advice)
})

test.each([
  ['1e17', '1e+17'],
  ['0.1', '0.1'],
  ['"0.1"', '"0.1"'],
  ['-1', '-1'],
  ['true', 'true'],
])('says how wei are written, instead of %s', (text, got) => {
  expect(() => load(`${MINIMAL}\n[policy]\nper_pot_wei = ${text}`)).toThrow(
    'Expected policy.per_pot_wei: a whole number of wei below 2^128, in digits such as "100000000000000000" for 0.1 ether, ' +
      `got ${got}. Set it in the file, as ASSIZE_POLICY_PER_POT_WEI or --policy-per-pot-wei.`,
  )
})

test('finds the variables that seem to be meant as settings, and leaves alone what is somebody else’s', () => {
  const stray = [
    'ASSIZE_POLICY_NOISE_PMM',
    'ASSIZE_POLICY__PER_POT_WEI',
    'ASSIZE_PER_POT_WEI',
    'ASSIZE_RPC',
    'ASSIZE_RCP_URL',
    'ASSIZE_ROLE',
    'ASSIZE_LOGLEVEL',
  ]
  const others = [
    'ASSIZE_SERVICE_HOST',
    'ASSIZE_PORT_9464_TCP_ADDR',
    'ASSIZE_CRASH_STATE',
    'ASSIZE_JURY',
    'PER_POT_WEI',
  ]
  const commands = ['ASSIZE_ACCOUNT', 'ASSIZE_PASSWORD', 'ASSIZE_POLICY_PER_POT_WEI']
  const env = Object.fromEntries([...stray, ...others, ...commands].map((name) => [name, '1']))
  expect(strayVariables({ ...env, ASSIZE_RPC_UR: '', ASSIZE_GOSSIP_TESTS: undefined })).toEqual(stray)
})

test('names the line of invalid TOML, and a file that is not there', () => {
  expect(() => load('a = \n')).toThrow(expect.objectContaining({ name: 'Config.UnreadableConfigError' }))
  expect(() => loadConfig({ file: '/nowhere/node.toml', env: {} })).toThrow(
    'Expected a TOML configuration at /nowhere/node.toml, got no readable file.',
  )
})

test('an empty variable of the environment is not set: systemd and containers pass those on that nobody filled in', () => {
  const toml = `${MINIMAL}\nroles = []\n[policy]\nnoise_ppm = 7\nper_pot_wei = "5"`
  const env = Object.fromEntries(
    CONFIG_FIELDS.map((name) => [`ASSIZE_${name.replace('.', '_').toUpperCase()}`, ''] as const),
  )
  const { file } = configFile(toml)
  expect(loadConfig({ file, env })).toEqual(loadConfig({ file, env: {} }))
  expect(overridesIn(env)).toEqual([])
  expect(load(MINIMAL, { env }).policy.noisePpm).toBe(undefined)
})

test.each<[string, Partial<ConfigInputs>]>([
  ['confirmations = true', {}],
  ['confirmations = false', {}],
  ['confirmations = [7]', {}],
  ['confirmations = []', {}],
  ['confirmations = ""', {}],
  ['confirmations = "0x7"', {}],
  ['confirmations = " 7"', {}],
  ['confirmations = "7.0"', {}],
  ['confirmations = 1970-01-01T00:00:01Z', {}],
  ['confirmations = 1970-01-01', {}],
  ['confirmations = {}', {}],
  ['', { env: { ASSIZE_CONFIRMATIONS: '7e1' } }],
  ['', { env: { ASSIZE_CONFIRMATIONS: '-7' } }],
  ['', { flags: { confirmations: '' } }],
])('a number is written in digits: refuses %s %j', (toml, inputs) => {
  expect(() => load(`${MINIMAL}${toml}`, inputs)).toThrow('Expected confirmations: a whole number, got ')
})

test('takes a number in digits, written as a number or as text', () => {
  expect(load(`${MINIMAL}confirmations = 7`).confirmations).toBe(7)
  expect(load(`${MINIMAL}confirmations = 7.0`).confirmations).toBe(7)
  expect(load(`${MINIMAL}confirmations = "7"`).confirmations).toBe(7)
  expect(load(MINIMAL, { env: { ASSIZE_CONFIRMATIONS: '07' } }).confirmations).toBe(7)
  const most = Number.MAX_SAFE_INTEGER
  expect(load(`${MINIMAL}from_block = ${most}`).fromBlock).toBe(BigInt(most))
  for (const more of [2n ** 53n, 2n ** 62n]) {
    expect(() => load(`${MINIMAL}from_block = ${more}`)).toThrow(`Expected from_block: at most ${most}, got ${more}.`)
  }
})

test('knows each setting by one name', () => {
  expect(CONFIG_FIELDS).toContain('policy.stage_delay_seconds')
  expect(new Set(CONFIG_FIELDS).size).toBe(CONFIG_FIELDS.length)
})
