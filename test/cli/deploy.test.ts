import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, createPublicClient, type Hex, http, keccak256, numberToHex, stringToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, connectThrough } from '#client/chain.ts'
import { hasCode } from '#client/code-at.ts'
import { carryOut } from '#client/deploy.ts'
import { planDeployment } from '#client/deployment-plan.ts'
import { EMBEDDED_CHAIN_ID, type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import { writeKeystore } from '#node/keystore'
import { checkRecord, readDeploymentRecord } from '../../cli/deployment/deployment-record.ts'
import { readDeploymentTerms } from '../../cli/deployment/deployment-terms.ts'
import { accountOf, START } from '../client/chain-fixture.ts'
import { impatiently } from '../client/impatience.ts'
import { request } from '../model/rpc.ts'
import { assize, type Run } from './command-line.ts'
import { startProxy } from './rpc-proxy.ts'

const ETHER = 10n ** 18n
const GWEI = 10n ** 9n
const NAMES = [
  'WETH9',
  'MaturityOracle',
  'CouncilArbitrator',
  'CouncilArbitrator (backup)',
  'ReporterRegistry',
  'SplitVault',
  'SecurityLens',
]

let embedded: EmbeddedChain
let folder: string
let terms: string
let environment: Record<string, string>

beforeAll(async () => {
  embedded = await startEmbeddedChain({ startTime: START })
  folder = await mkdtemp(join(tmpdir(), 'assize-deploy-'))
  const key: Hex = keccak256(stringToHex('test deployer'))
  const keystore = join(folder, 'key.json')
  const password = join(folder, 'password')
  await writeKeystore(keystore, key, 'secret', { cost: 1_024 })
  await writeFile(password, 'secret\n', { mode: 0o600 })
  await embedded.setBalance(accountOf('deployer').address, ETHER)
  environment = { ASSIZE_RPC_URL: embedded.rpcUrl, ASSIZE_KEYSTORE: keystore, ASSIZE_PASSWORD_FILE: password }
  const example = (await assize(['deploy', '--example'])).out
  terms = join(folder, 'terms.toml')
  await writeFile(terms, example.replace(/^weth = .*$/m, ''))
})
afterAll(async () => {
  await embedded.stop()
  await rm(folder, { recursive: true })
})

function deploy(...flags: string[]): Promise<Run> {
  return assize(['deploy', '--terms', terms, ...flags], environment)
}

test('says what would be deployed and what it costs, and sends nothing', async () => {
  const result = await assize(['deploy', '--terms', terms, '--dry-run', '--account', accountOf('nobody').address], {
    ASSIZE_RPC_URL: embedded.rpcUrl,
  })
  expect(result.exitCode).toBe(0)
  for (const name of NAMES)
    expect(result.out).toMatch(new RegExp(`${name.replace(/[()]/g, '.')} +0x[0-9a-fA-F]{40} +to be deployed`))
  expect(result.out).toMatch(/gas {7}\d{8}: about /)
  expect(result.out).toContain('7 to be deployed.')
  expect((await deploy('--check')).exitCode).toBe(8)
})

test('deploys nothing for more than --max, or where it cannot be held to it', async () => {
  const dear = await deploy('--yes', '--max', '1gwei')
  expect(dear).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(
      /^error: Expected to spend at most ~0 ETH, got 0\.\d+ ETH of gas\. Raise --max, or deploy when gas is cheaper: what is there stays, and is not paid for again\.$/,
    ),
  })
  const blind = await startProxy(embedded.rpcUrl, (method) => (method === 'eth_simulateV1' ? 'not here' : undefined))
  const unknown = await assize(['deploy', '--terms', terms, '--yes', '--max', '1eth'], {
    ...environment,
    ASSIZE_RPC_URL: blind.url,
  })
  await blind.close()
  expect(unknown).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('Expected an endpoint that simulates to hold the gas against --max'),
  })
  expect((await deploy('--check')).out).toContain('7 to be deployed.')
  expect((await deploy('--dry-run', '--max', '1eth')).exitCode).toBe(0)
})

test('says of a transaction that nobody mines how to take it back, of another that came before it too', async () => {
  const account = accountOf('deployer')
  const { walletClient } = await connect({ rpcUrl: embedded.rpcUrl, account })
  await embedded.setMining('manual')
  const lost = await impatiently(() => deploy('--yes'))
  const hash = /transaction (0x[0-9a-f]{64})/.exec(lost.err)?.[1]
  const left = NAMES.slice(1).map((name) => `deploy ${name}`)
  expect(lost.err.split('\n').at(-1)).toBe(
    `error: Expected a receipt of deploy WETH9, got none: transaction ${hash} may be mined yet. ` +
      `In flight: deploy WETH9. Not sent: ${left.join('; ')}. ` +
      `Look at ${hash} first: do not repeat before it is mined or dropped. ` +
      'If it stays, take it back, unless a node runs with this key: assize cancel --nonce 0',
  )
  await request(embedded.rpcUrl, 'anvil_dropTransaction', [hash])
  let other: Hex | undefined
  const meanwhile = await startProxy(embedded.rpcUrl, async (method) => {
    if (method === 'eth_simulateV1') other ??= await walletClient.sendTransaction({ to: account.address, nonce: 0 })
    return undefined
  })
  const refused = await impatiently(() =>
    assize(['deploy', '--terms', terms, '--yes'], { ...environment, ASSIZE_RPC_URL: meanwhile.url }),
  )
  await meanwhile.close()
  expect(refused.err.split('\n').at(-1)).toBe(
    `error: Expected no transaction of ${account.address} that waits to be mined, got 1. Nothing was sent: it would wait behind. ` +
      'Once it is mined, look before you repeat; if it never is, take it back, unless a node runs with this key: assize cancel',
  )
  await request(embedded.rpcUrl, 'anvil_dropTransaction', [other])
  await embedded.setMining('instant')
  expect((await deploy('--check')).out).toContain('7 to be deployed.')
})

test('writes the record of what is there where it only looks, and says that it did', async () => {
  const records = join(folder, 'looked')
  const { exitCode, out, err } = await deploy('--check', '--json', '--record', records)
  const file = join(records, '31337.json')
  expect({ exitCode, err }).toEqual({ exitCode: 8, err: expect.stringContaining(`Wrote ${file}.`) })
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(out))
})

test.each([
  ['--terms terms.toml --dry-run --record there', "'--dry-run' cannot be used with option '--record <folder>'"],
  ['--terms terms.toml --dry-run --check', "'--dry-run' cannot be used with option '--check'"],
  ['--recorded 1.json --terms terms.toml', "'--recorded <file>' cannot be used with option '--terms <file>'"],
  ['--recorded 1.json --record there', "'--recorded <file>' cannot be used with option '--record <folder>'"],
  ['--recorded 1.json --check', "'--recorded <file>' cannot be used with option '--check'"],
  ['--recorded 1.json --yes', "'--recorded <file>' cannot be used with option '--yes'"],
  ['--example --terms terms.toml', "'--example' cannot be used with option '--terms <file>'"],
  ['--example --record there', "'--example' cannot be used with option '--record <folder>'"],
])('refuses what it would not do: %s', async (flags, said) => {
  const result = await assize(['deploy', ...flags.split(' ')], environment)
  expect(result).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining(said) })
})

test('goes no further than --max where gas becomes dear after the first, and on from there', async () => {
  const price = async (baseFee: bigint): Promise<void> => {
    await request(embedded.rpcUrl, 'anvil_setNextBlockBaseFeePerGas', [numberToHex(baseFee)])
    await request(embedded.rpcUrl, 'anvil_mine', [])
  }
  let sent = 0
  const dearer = await startProxy(embedded.rpcUrl, async (method) => {
    if (method === 'eth_sendRawTransaction') sent += 1
    if (method === 'eth_getBalance' && sent === 1) await price(200n * GWEI)
    return undefined
  })
  const stopped = await assize(['deploy', '--terms', terms, '--yes', '--max', '0.5eth'], {
    ...environment,
    ASSIZE_RPC_URL: dearer.url,
  })
  await dearer.close()
  expect(stopped).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(/\nerror: Expected to spend at most 0\.5 ETH, got \d+\.\d+ ETH of gas\. Raise --max/),
  })
  expect(sent).toBe(1)
  await price(GWEI)
  expect((await deploy('--check')).out).toContain('6 to be deployed.')
})

test('goes on where it was interrupted, and does nothing twice', async () => {
  const account = accountOf('deployer')
  const chain = await connect({ rpcUrl: embedded.rpcUrl, account, pollingMs: 20 })
  const { steps, deployments } = planDeployment(await readDeploymentTerms(terms))
  for (const step of steps.slice(0, 2)) await carryOut(chain, step)

  const place = join(folder, 'deployments', `${chain.chainId}.json`)
  await mkdir(join(folder, 'deployments'))
  await writeFile(place, 'older')
  await link(place, `${place}.older`)
  const made = await deploy('--yes', '--max', '1eth', '--record', join(folder, 'deployments'))
  expect(made).toMatchObject({ exitCode: 0, err: expect.stringContaining('CouncilArbitrator (1 of 5) ...') })
  expect(made.out).toMatch(/MaturityOracle +0x[0-9a-fA-F]{40} +is there/)
  expect(made.out).toContain(`Next: export ASSIZE_ORACLE=${deployments.oracle}`)
  for (const { address } of steps) expect(await hasCode(chain, address)).toBe(true)
  const recorded: unknown = JSON.parse(await readFile(place, 'utf8'))
  // Replaced as a whole, not written over.
  expect(await readFile(`${place}.older`, 'utf8')).toBe('older')
  expect(recorded).toMatchObject({ version: 1, chainId: chain.chainId, complete: true, deployments })

  const nonce = await chain.publicClient.getTransactionCount({ address: account.address })
  const again = await deploy('--json')
  expect(again.exitCode).toBe(0)
  expect(JSON.parse(again.out)).toEqual(recorded)
  expect(await chain.publicClient.getTransactionCount({ address: account.address })).toBe(nonce)
  expect((await deploy('--check')).exitCode).toBe(0)
})

test('a record is held against the chain by anyone, and nothing in it can be changed unseen', async () => {
  const file = join(folder, 'deployments', '31337.json')
  const written = await readFile(file, 'utf8')
  const check = async (change: (text: string) => string): Promise<Run> => {
    const path = join(folder, 'changed.json')
    await writeFile(path, change(written))
    return assize(['deploy', '--recorded', path], { ASSIZE_RPC_URL: embedded.rpcUrl })
  }
  expect(await check((text) => text)).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('Everything is there, and is what the file says.'),
  })
  const recorded = JSON.parse(written) as {
    deployments: { oracle: string; vault: string }
    contracts: { name: string; contract: string; constructorArguments: Hex; codeHash: Hex }[]
  }
  const lens = recorded.contracts.find(({ name }) => name === 'SecurityLens')
  expect(lens).toMatchObject({ contract: 'SecurityLens', constructorArguments: '0x' })
  const { oracle, vault } = recorded.deployments

  const changes: readonly (readonly [was: string, is: string, says: string])[] = [
    [oracle, vault, 'MaturityOracle: other address'],
    [`"oracle": "${oracle}"`, `"oracle": "${vault}"`, 'deployments.oracle: other address'],
    ['"threshold": 3', '"threshold": 4', 'CouncilArbitrator: other address'],
    ['"minStake": "1000000000000000000"', '"minStake": "1"', 'ReporterRegistry: other address'],
    ['"contract": "SplitVault"', '"contract": "SecurityLens"', 'SplitVault: other address'],
    [lens?.codeHash ?? '', keccak256('0x00'), 'SecurityLens: other code'],
  ]
  for (const [was, is, says] of changes) {
    expect(written).toContain(was)
    const result = await check((text) => text.replaceAll(was, is))
    expect(result, says).toMatchObject({ exitCode: 1, err: expect.stringContaining(says) })
  }
  const fewer = await check((text) => text.replace('"SecurityLens",', '"Other",'))
  expect(fewer).toMatchObject({ exitCode: 2, err: expect.stringContaining('SplitVault, Other.') })
  const elsewhere = await check((text) => text.replace('"chainId": 31337', '"chainId": 1'))
  expect(elsewhere).toMatchObject({ exitCode: 2, err: expect.stringContaining('Expected chain 1 at') })
  const broken = await check((text) => text.replace('"version": 1', '"version": 2'))
  expect(broken).toMatchObject({ exitCode: 2, err: expect.stringContaining('changed.json, got version: ') })
})

test('a record is found wanting where code is gone or another', async () => {
  const file = join(folder, 'deployments', '31337.json')
  const { deployments } = JSON.parse(await readFile(file, 'utf8')) as { deployments: { lens: Address } }
  const { publicClient } = await connect({ rpcUrl: embedded.rpcUrl })
  const code = (await publicClient.getCode({ address: deployments.lens })) ?? '0x'
  const setCode = (to: Hex): Promise<unknown> =>
    publicClient.request<{ Method: string; Parameters: Hex[]; ReturnType: unknown }>({
      method: 'anvil_setCode',
      params: [deployments.lens, to],
    })
  const check = (): Promise<Run> =>
    assize(['deploy', '--recorded', file, '--json'], { ASSIZE_RPC_URL: embedded.rpcUrl })
  await setCode(`${code}00`)
  expect(await check()).toMatchObject({ exitCode: 1, err: expect.stringContaining('SecurityLens: other code') })
  await setCode('0x')
  const gone = await check()
  expect(gone.exitCode).toBe(8)
  expect(JSON.parse(gone.out)).toMatchObject({
    version: 1,
    isComplete: false,
    findings: expect.arrayContaining([{ name: 'SecurityLens', address: deployments.lens, state: 'missing' }]),
  })
  await setCode(code)
  expect((await check()).exitCode).toBe(0)
})

test('a record that contradicts itself, or says that nothing is there where something is, is not true', async () => {
  const written = JSON.parse(await readFile(join(folder, 'deployments', '31337.json'), 'utf8')) as {
    contracts: { name: string; address: Address; deployed: boolean; codeHash: Hex | null }[]
  }
  const check = async (own: object, ofLens: object): Promise<Run> => {
    const path = join(folder, 'contradicting.json')
    const contracts = written.contracts.map((one) => (one.name === 'SecurityLens' ? { ...one, ...ofLens } : one))
    await writeFile(path, JSON.stringify({ ...written, contracts, ...own }))
    return assize(['deploy', '--recorded', path], { ASSIZE_RPC_URL: embedded.rpcUrl })
  }
  expect(await check({}, {})).toMatchObject({ exitCode: 0 })
  expect(await check({}, { codeHash: null })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('contracts.6.deployed: Expected true beside a codeHash, and false beside null.'),
  })
  expect(await check({}, { deployed: false })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('contracts.6.deployed: '),
  })
  for (const [own, ofLens] of [
    [{ complete: false }, {}],
    [{}, { deployed: false, codeHash: null }],
  ] as const) {
    expect(await check(own, ofLens)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('complete: Expected true if every contract is deployed, else false.'),
    })
  }
  const { publicClient } = await connect({ rpcUrl: embedded.rpcUrl })
  const lens = written.contracts.find(({ name }) => name === 'SecurityLens')?.address ?? '0x'
  const code = (await publicClient.getCode({ address: lens })) ?? '0x'
  const setCode = (to: Hex): Promise<unknown> =>
    publicClient.request<{ Method: string; Parameters: Hex[]; ReturnType: unknown }>({
      method: 'anvil_setCode',
      params: [lens, to],
    })
  await setCode(`${code}00`)
  expect(await check({ complete: false }, { deployed: false, codeHash: null })).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('SecurityLens: not recorded'),
  })
  await setCode(code)
})

test('a record of what was there before the rest was deployed is true, but no longer all', async () => {
  const written = JSON.parse(await readFile(join(folder, 'deployments', '31337.json'), 'utf8')) as {
    contracts: object[]
  }
  const contracts = written.contracts.map((one) => ({ ...one, deployed: false, codeHash: null }))
  const path = join(folder, 'early.json')
  await writeFile(path, JSON.stringify({ ...written, complete: false, contracts }))
  const check = (...flags: string[]): Promise<Run> =>
    assize(['deploy', '--recorded', path, ...flags], { ASSIZE_RPC_URL: embedded.rpcUrl })
  expect(await check()).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('Everything is there, more than when the file was written: --record writes it anew.'),
  })
  const { findings } = JSON.parse((await check('--json')).out) as { findings: { name: string; state: string }[] }
  expect(findings.map(({ name, state }) => [name, state])).toEqual(NAMES.map((name) => [name, 'deployed since']))
})

test('a true record is one also to an endpoint that ignores the time of a simulated block', async () => {
  const client = createPublicClient({ transport: http(embedded.rpcUrl, { retryCount: 0 }) })
  const chain = await connectThrough({
    provider: {
      request({ method, params }) {
        const kept = method === 'eth_call' && Array.isArray(params) ? (params as unknown[]).slice(0, 3) : params
        return client.request({ method, params: kept } as Parameters<typeof client.request>[0])
      },
    },
  })
  const record = await readDeploymentRecord(join(folder, 'deployments', '31337.json'))
  const findings = await checkRecord(chain, record)
  expect(findings.map(({ name, state }) => [name, state])).toEqual(NAMES.map((name) => [name, 'is there']))
})

test('a record of code that this build does not make is not true, even if that code is there', async () => {
  const chain = await connect({ rpcUrl: embedded.rpcUrl })
  const text = await readFile(join(folder, 'deployments', '31337.json'), 'utf8')
  const path = join(folder, 'planted.json')
  for (const { name, address } of planDeployment(await readDeploymentTerms(terms)).steps) {
    const code = (await chain.publicClient.getCode({ address })) ?? '0x'
    const setCode = (to: Hex): Promise<unknown> =>
      chain.publicClient.request<{ Method: string; Parameters: Hex[]; ReturnType: unknown }>({
        method: 'anvil_setCode',
        params: [address, to],
      })
    const planted: Hex = `${code}00`
    expect(text, name).toContain(keccak256(code))
    await writeFile(path, text.replaceAll(keccak256(code), keccak256(planted)))
    await setCode(planted)
    try {
      const { exitCode, err } = await assize(['deploy', '--recorded', path], { ASSIZE_RPC_URL: embedded.rpcUrl })
      expect({ exitCode, err }, name).toMatchObject({ exitCode: 1, err: expect.stringContaining(': other code') })
    } finally {
      await setCode(code)
    }
  }
})

test.each([
  [
    'threshold = 3',
    'threshold = 2',
    'Expected council.threshold to be a majority of 4 members and not all of them, got 2.',
  ],
  [
    'threshold = 3',
    'threshold = 4',
    'Expected council.threshold to be a majority of 4 members and not all of them, got 4.',
  ],
  ['min_stake = "1 eth"', 'min_stake = "1 dollar"', 'registry.min_stake: Expected an amount in eth'],
  ['epoch = "1d"', 'epoch = "soon"', 'registry.epoch: '],
  ['min_band_ppm = 10000', 'min_band_ppm = 0', 'registry.min_band_ppm: '],
  ['0x2222222222222222222222222222222222222222', '0x1111111111111111111111111111111111111111', 'twice.'],
  [
    '0x5555555555555555555555555555555555555555',
    '0x2222222222222222222222222222222222222222',
    "Expected backup_council.members to be others than council's",
  ],
  ['"Ada"', `"${'A'.repeat(33)}"`, 'council.members.0.name: Expected a name of 1 to 32 bytes.'],
  ['"Ada"', `"${'é'.repeat(16)}A"`, 'council.members.0.name: Expected a name of 1 to 32 bytes.'],
  ['"Ada"', '""', 'council.members.0.name: Expected a name of 1 to 32 bytes.'],
  ['[registry]', '[registry]\nowner = "me"', 'got registry.owner: is not known.'],
  ['[registry]', '[registry', 'got no TOML in line'],
])('refuses terms with %j → %j, and names the field', async (was, is, message) => {
  const path = join(folder, 'wrong.toml')
  await writeFile(path, (await readFile(terms, 'utf8')).replace(was, is))
  const result = await assize(['deploy', '--terms', path, '--dry-run'], environment)
  expect(result).toMatchObject({ exitCode: 2, out: '' })
  expect(result.err).toContain(message)
})

test.each([['A'.repeat(32)], ['é'.repeat(16)]])(
  'takes a name of 32 bytes, %s, in terms and in their record',
  async (name) => {
    const path = join(folder, 'named.toml')
    await writeFile(path, (await readFile(terms, 'utf8')).replace('"Ada"', `"${name}"`))
    const looked = await assize(['deploy', '--terms', path, '--check', '--json'], environment)
    const recorded = join(folder, 'named.json')
    await writeFile(recorded, looked.out)
    const { exitCode, err } = await assize(['deploy', '--recorded', recorded], environment)
    expect({ looked: looked.exitCode, exitCode, err }).toEqual({ looked: 8, exitCode: 8, err: '' })
    await writeFile(recorded, looked.out.replace(name, `${name}A`))
    const longer = await assize(['deploy', '--recorded', recorded], environment)
    expect(longer).toMatchObject({ exitCode: 2, err: expect.stringContaining('Expected a name of 1 to 32 bytes.') })
  },
)

test('refuses another chain, terms that are not there, and to begin without terms', async () => {
  expect(await deploy('--chain-id', '1')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('Expected chain 1 at'),
  })
  expect(await assize(['deploy', '--terms', '/nowhere.toml'], environment)).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('got no readable file.'),
  })
  expect(await assize(['deploy'], environment)).toMatchObject({ exitCode: 2, err: expect.stringContaining('--terms') })
  const weth = join(folder, 'no-weth.toml')
  await writeFile(weth, (await assize(['deploy', '--example'])).out)
  const { err } = await assize(['deploy', '--terms', weth, '--dry-run'], environment)
  expect(err).toContain('Expected WETH at 0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2, got an address without code.')
})

test('refuses terms without WETH on a chain that is not embedded', async () => {
  const chain = await connect({ rpcUrl: embedded.rpcUrl })
  const setChainId = (id: number): Promise<unknown> =>
    chain.publicClient.request<{ Method: string; Parameters: number[]; ReturnType: unknown }>({
      method: 'anvil_setChainId',
      params: [id],
    })
  await setChainId(1)
  try {
    expect(await deploy('--dry-run')).toEqual({
      exitCode: 2,
      out: '',
      err: 'error: Expected the address of WETH on chain 1, got none. Name it as weth: in the options, or in the file of terms.',
    })
  } finally {
    await setChainId(EMBEDDED_CHAIN_ID)
  }
})

test('says what a chain before Prague lacks, and deploys nothing there', async () => {
  const old = await startEmbeddedChain({ startTime: START, hardfork: 'shanghai' })
  try {
    const result = await assize(['deploy', '--terms', terms, '--yes'], { ...environment, ASSIZE_RPC_URL: old.rpcUrl })
    expect(result.exitCode).toBe(1)
    expect(result.err).toContain('EIP-2537 (the registry: BLS signatures of reporters)')
  } finally {
    await old.stop()
  }
})

test('warns of a chain on which no jury can be drawn, and deploys everything else', async () => {
  const chain = await connect({ rpcUrl: embedded.rpcUrl })
  const history = '0x0000F90827F1C53a10cb7A02335B175320002935'
  const code = (await chain.publicClient.getCode({ address: history })) ?? '0x'
  const setCode = (to: Hex): Promise<unknown> =>
    chain.publicClient.request<{ Method: string; Parameters: Hex[]; ReturnType: unknown }>({
      method: 'anvil_setCode',
      params: [history, to],
    })
  await setCode('0x')
  try {
    const result = await deploy('--check')
    expect(result).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('Note: chain 31337 has no EIP-2935 (a jury: the seed of a draw).'),
    })
  } finally {
    await setCode(code)
  }
})

test('refuses a WETH that is none', async () => {
  const { deployments } = planDeployment(await readDeploymentTerms(terms))
  const path = join(folder, 'vault-as-weth.toml')
  const example = (await assize(['deploy', '--example'])).out
  await writeFile(path, example.replace(/^weth = .*$/m, `weth = "${deployments.vault}"`))
  const result = await assize(['deploy', '--terms', path, '--dry-run'], environment)
  expect(result).toMatchObject({ exitCode: 1, out: '' })
  expect(result.err).toContain(
    `Expected WETH at ${deployments.vault}, got a contract whose deposit, approve, transferFrom, withdraw do not do`,
  )
  await writeFile(path, example.replace(/^weth = .*$/m, `weth = "${deployments.weth}"`))
  expect(await assize(['deploy', '--terms', path, '--dry-run'], environment)).toMatchObject({ exitCode: 0 })
})
