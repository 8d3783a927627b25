import { chmodSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { Level } from 'level'
import { expect, test, vi } from 'vitest'
import { type Abi, type Address, encodeFunctionData, type Hex } from 'viem'
import { wethAbi } from '#client/weth.ts'
import { juryArbitratorAbi } from '#protocol/abi/jury-arbitrator.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { blsKey, isBlsSigned } from '#protocol/bls.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { REQUEST_ATTEMPTS } from '#protocol/cosigning.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { type Report, reportDigest } from '#protocol/report.ts'
import { systemClock } from '../../node/clock.ts'
import { createSignerCall } from '../../node/http/json-rpc.ts'
import { openStore } from '#node/store'
import { writeKeystore } from '../../node/ground/keystore.ts'
import { createFeeBudget, DEFAULT_FEE_RULES } from '../../node/sign/fee-rules.ts'
import { localKeys } from '../../node/sign/keys.ts'
import { remoteKeys } from '../../node/sign/remote.ts'
import { type RunningSigner, startSigner } from '../../node/signer.ts'
import { backUp, restore } from '../../node/store/backup.ts'
import { fakeClock } from './fake-clock.ts'
import { DOMAIN, FIXING, FIXING_ID, keyOf, observationOf, ROOT } from './reporters.ts'
import { SILENT } from './silent-log.ts'
import { signerFolder, startIn, stopSigner, TOKEN } from './stand-up-signer.ts'

const ann = keyOf('ann')
const DEPLOYMENT = {
  ...DOMAIN,
  oracle: '0x00000000000000000000000000000000000000cc',
  bondToken: '0x00000000000000000000000000000000000000dd',
  arbitrators: [FIXING.arbitrator, FIXING.backup],
  juries: ['0x00000000000000000000000000000000000000ff'],
} as const
const REPORT: Report = {
  epoch: 3n,
  fixingId: FIXING_ID,
  value: 2_500n,
  observationsRoot: ROOT,
  proposer: ann.address,
}

/** The keys that one machine sees. */
function keysAt({ url, address }: RunningSigner, token: string | undefined = TOKEN) {
  return remoteKeys({ address, url, call: createSignerCall({ url, token, timeoutMs: 5_000 }), clock: systemClock() })
}

test('signs by a socket what a key in memory signs, byte for byte', async () => {
  const folder = await signerFolder(ann.privateKey)
  const signer = await startIn(folder, DEPLOYMENT)
  expect(signer.address).toBe(ann.address)
  expect(statSync(join(folder, 'signer.sock')).mode & 0o777).toBe(0o600)
  const [keys, local] = [keysAt(signer), localKeys(ann)]
  expect(await keys.signObservation(DOMAIN, observationOf())).toEqual(
    await local.signObservation(DOMAIN, observationOf()),
  )
  const request = { report: REPORT, places: 2n ** 179n, attempt: 1 }
  expect(await keys.signRequest(DOMAIN, request)).toEqual(await local.signRequest(DOMAIN, request))
  const presence = {
    fixingId: FIXING_ID,
    reporter: ann.address,
    sentAt: 7n,
    clockOffset: -3,
    meshPeers: 6,
    sourcesReady: 0,
  }
  expect(await keys.signPresence(DOMAIN, presence)).toEqual(await local.signPresence(DOMAIN, presence))
  const signature = await keys.signReport(DOMAIN, REPORT, 0)
  expect(isBlsSigned(blsKey(blsSecretOf(ann.privateKey)), reportDigest(DOMAIN, REPORT), 'signature', signature)).toBe(
    true,
  )
  expect(await keys.problem()).toBe(undefined)
})

test('signs one observation and one report between two machines, also after it was started again', async () => {
  const folder = await signerFolder(ann.privateKey)
  const first = await startIn(folder, DEPLOYMENT)
  const [one, other] = [keysAt(first), keysAt(first)]
  const results = await Promise.allSettled([
    one.signObservation(DOMAIN, observationOf()),
    other.signObservation(DOMAIN, observationOf({ value: 1n })),
  ])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  await one.signReport(DOMAIN, REPORT, 0)
  await stopSigner(first)
  const machine = keysAt(await startIn(folder, DEPLOYMENT))
  const refusal = { name: 'Sign.SignerRefusedError', code: -32_000 }
  for (const value of [2n, 3n]) {
    await expect(machine.signObservation(DOMAIN, observationOf({ value }))).rejects.toMatchObject(refusal)
    await expect(machine.signReport(DOMAIN, { ...REPORT, value }, 0)).rejects.toMatchObject(refusal)
    const request = { report: { ...REPORT, value }, places: 1n, attempt: 0 }
    await expect(machine.signRequest(DOMAIN, request)).rejects.toMatchObject(refusal)
  }
})

test('knows a fixing in whatever spelling, and signs one observation and one report of it', async () => {
  const keys = keysAt(await startIn(await signerFolder(ann.privateKey), DEPLOYMENT))
  const id: Hex = `0x${'ab'.repeat(32)}`
  const refusal = { name: 'Sign.SignerRefusedError', code: -32_000 }
  await keys.signObservation(DOMAIN, observationOf({ fixingId: id }))
  await keys.signReport(DOMAIN, { ...REPORT, fixingId: id }, 0)
  const spellings: Hex[] = [`0x${'AB'.repeat(32)}`, `0x${'ab'.repeat(31)}aB`]
  for (const fixingId of spellings) {
    await expect(keys.signObservation(DOMAIN, observationOf({ fixingId, value: 1n }))).rejects.toMatchObject(refusal)
    await expect(keys.signReport(DOMAIN, { ...REPORT, fixingId, value: 1n }, 0)).rejects.toMatchObject(refusal)
  }
})

test('signs nothing new with a memory that was restored, and still what it remembers', async () => {
  const folder = await signerFolder(ann.privateKey)
  const first = await startIn(folder, DEPLOYMENT)
  const signature = await keysAt(first).signObservation(DOMAIN, observationOf())
  await stopSigner(first)
  await backUp(join(folder, 'signed'), join(folder, 'backup'))
  await restore(join(folder, 'backup'), join(folder, 'restored'), 1n)
  const keys = keysAt(await startIn(folder, DEPLOYMENT, 'restored'))
  expect(await keys.signObservation(DOMAIN, observationOf())).toEqual(signature)
  const later = observationOf({ fixingId: ROOT, observedAt: 2n ** 40n })
  await expect(keys.signObservation(DOMAIN, later)).rejects.toThrow('to mature after the store was restored')
})

test('ends with what the disk said when it did not take something, and signs again once it is started again', async () => {
  const folder = await signerFolder(ann.privateKey)
  const signer = await startIn(folder, DEPLOYMENT)
  const full = Object.assign(new Error('IO error: No space left on device'), { code: 'LEVEL_IO_ERROR' })
  const spy = vi.spyOn(Level.prototype, 'batch').mockRejectedValueOnce(full)
  await expect(keysAt(signer).signObservation(DOMAIN, observationOf())).rejects.toMatchObject({ code: -32_000 })
  spy.mockRestore()
  await expect(signer.failed).rejects.toMatchObject({
    name: 'Store.StoreDiskError',
    location: join(folder, 'signed/store'),
  })
  await stopSigner(signer)
  const again = keysAt(await startIn(folder, DEPLOYMENT))
  expect(await again.signObservation(DOMAIN, observationOf())).toEqual(
    await localKeys(ann).signObservation(DOMAIN, observationOf()),
  )
})

test('starts with a memory that does not know its key only if the key is new, which is said once', async () => {
  const folder = await signerFolder(ann.privateKey)
  const file = (name: string): string => join(folder, name)
  const start = (memory: 'kept' | 'of a new key', keystore = 'key.json'): Promise<RunningSigner> =>
    startSigner({
      keystore: file(keystore),
      passwordFile: file('password'),
      tokenFile: file('token'),
      dataDir: file('signed'),
      memory,
      listening: { socket: file('signer.sock') },
      deployment: DEPLOYMENT,
      log: SILENT,
    })
  const unknown = { name: 'Signer.UnknownKeyError' }
  await expect(start('kept')).rejects.toMatchObject(unknown)
  // That somebody tried makes no memory of it.
  await expect(start('kept')).rejects.toMatchObject(unknown)
  await (await start('of a new key')).stop()
  await expect(start('of a new key')).rejects.toMatchObject({ name: 'Signer.KnownKeyError' })
  await (await start('kept')).stop()
  // Another key has signed elsewhere, whatever is known of this one.
  await writeKeystore(file('bob.json'), keyOf('bob').privateKey, 'pw', { cost: 1_024 })
  await expect(start('kept', 'bob.json')).rejects.toMatchObject(unknown)
  rmSync(file('signed'), { recursive: true })
  await expect(start('kept')).rejects.toMatchObject(unknown)
})

test('knows the key of a memory from before there was a list of keys by what it signed', async () => {
  const folder = await signerFolder(ann.privateKey)
  const store = await openStore(join(folder, 'signed'))
  await store.guard.record({ signer: ann.address, fixingId: FIXING_ID, digest: ROOT })
  await store.close()
  const keys = keysAt(await startIn(folder, DEPLOYMENT))
  await expect(keys.signObservation(DOMAIN, observationOf())).rejects.toMatchObject({ code: -32_000 })
})

test('signs for nobody without its token', async () => {
  const signer = await startIn(await signerFolder(ann.privateKey), DEPLOYMENT)
  for (const token of [undefined, '', TOKEN.slice(1), `${TOKEN}0`]) {
    const call = createSignerCall({ url: signer.url, token, timeoutMs: 5_000 })
    expect(await call('eth_accounts', [])).toEqual({ kind: 'refused', code: 401, message: 'it wants another token' })
  }
  const folder = await signerFolder(ann.privateKey)
  writeFileSync(join(folder, 'token'), 'short')
  await expect(startIn(folder, DEPLOYMENT)).rejects.toMatchObject({ name: 'Signer.ShortTokenError' })
})

test('has a socket and a memory to itself', async () => {
  const folder = await signerFolder(ann.privateKey)
  await startIn(folder, DEPLOYMENT)
  await expect(startIn(folder, DEPLOYMENT)).rejects.toMatchObject({ name: 'Store.StoreLockedError' })
  await expect(startIn(folder, DEPLOYMENT, 'another')).rejects.toMatchObject({ name: 'Http.SocketInUseError' })
  const other = await signerFolder(ann.privateKey)
  writeFileSync(join(other, 'signer.sock'), 'precious')
  await expect(startIn(other, DEPLOYMENT)).rejects.toMatchObject({ name: 'Http.SocketInUseError' })
})

test('signs no typed data of other domains, types or shapes', async () => {
  const signer = await startIn(await signerFolder(ann.privateKey), DEPLOYMENT)
  const keys = keysAt(signer)
  const [chainId, registry] = [1, ann.address]
  for (const domain of [
    { ...DOMAIN, chainId },
    { ...DOMAIN, registry },
  ]) {
    await expect(keys.signObservation(domain, observationOf())).rejects.toThrow('got another domain')
  }
  const call = createSignerCall({ url: signer.url, token: TOKEN, timeoutMs: 5_000 })
  const permit = {
    types: { EIP712Domain: [], Permit: [{ name: 'value', type: 'uint256' }] },
    primaryType: 'Permit',
    domain: {},
    message: { value: '1' },
  }
  for (const data of [permit, JSON.stringify(permit), 'nonsense', null, 7]) {
    expect(await call('eth_signTypedData', [ann.address, data])).toMatchObject({ kind: 'refused', code: -32_602 })
  }
  for (const [method, params, code] of [
    ['eth_sign', [ann.address, '0x12'], -32_601],
    ['personal_sign', ['0x12', ann.address], -32_601],
    ['toString', [], -32_601],
    ['eth_signTypedData', [keyOf('bob').address, permit], -32_602],
    ['eth_signTransaction', [], -32_602],
  ] as const) {
    expect(await call(method, params)).toMatchObject({ kind: 'refused', code })
  }
})

const STRANGER: Address = '0x00000000000000000000000000000000000000ee'
const { oracle, registry, bondToken } = DEPLOYMENT
const onOracle = (functionName: 'propose' | 'claim', fixing: Fixing): Hex =>
  functionName === 'propose'
    ? encodeFunctionData({ abi: maturityOracleAbi, functionName, args: [fixing, 1n, 1n] })
    : encodeFunctionData({ abi: maturityOracleAbi, functionName, args: [fixing, 0, 0, 1n] })
const onToken = (functionName: 'approve' | 'transfer', to: Address): Hex =>
  encodeFunctionData({ abi: wethAbi, functionName, args: [to, 1n] })
const attested = (proposer: Address): Hex =>
  encodeFunctionData({
    abi: reporterRegistryAbi,
    functionName: 'proposeAttested',
    args: [
      FIXING,
      { ...REPORT, proposer },
      {
        x_c0_a: ROOT,
        x_c0_b: ROOT,
        x_c1_a: ROOT,
        x_c1_b: ROOT,
        y_c0_a: ROOT,
        y_c0_b: ROOT,
        y_c1_a: ROOT,
        y_c1_b: ROOT,
      },
      1n,
      1n,
    ],
  })

function onJury(
  functionName: 'commit' | 'readmit' | 'withdraw' | 'stake' | 'setVoter' | 'unstake',
  args: readonly unknown[],
): Hex {
  const abi: Abi = juryArbitratorAbi
  return encodeFunctionData({ abi, functionName, args })
}

test('signs ballots of its juries, the same every time, and of no other', async () => {
  const keys = keysAt(await startIn(await signerFolder(ann.privateKey), DEPLOYMENT))
  const [jury] = DEPLOYMENT.juries
  const { chainId } = DOMAIN
  const ballot = { fixingId: FIXING_ID, round: 1 }
  const signature = await localKeys(ann).signBallot({ chainId, jury }, ballot)
  expect(await keys.signBallot({ chainId, jury }, ballot)).toBe(signature)
  expect(await keys.signBallot({ chainId, jury }, ballot)).toBe(signature)
  const refused = { name: 'Sign.SignerRefusedError' }
  await expect(keys.signBallot({ chainId, jury: STRANGER }, ballot)).rejects.toMatchObject(refused)
  await expect(keys.signBallot({ chainId: 1, jury }, ballot)).rejects.toMatchObject(refused)
})

test.each<[string, { to: Address; data?: Hex; value?: bigint; chainId?: number }, string | undefined]>([
  ['a proposal', { to: oracle, data: onOracle('propose', FIXING) }, undefined],
  ['a claim, whoever ruled', { to: oracle, data: onOracle('claim', { ...FIXING, backup: STRANGER }) }, undefined],
  ['an attested proposal of its own', { to: registry, data: attested(ann.address) }, undefined],
  ['an allowance for the oracle', { to: bondToken, data: onToken('approve', oracle) }, undefined],
  ['an allowance for the registry', { to: bondToken, data: onToken('approve', registry) }, undefined],
  ['wrapping', { to: bondToken, data: '0xd0e30db0', value: 5n }, undefined],
  ['nothing, to itself', { to: ann.address }, undefined],
  ['another chain', { to: ann.address, chainId: 1 }, 'Expected chain 31337, got 1.'],
  ['money for a stranger', { to: STRANGER, value: 1n }, 'own currency to be wrapped only'],
  ['money for itself with a call', { to: ann.address, value: 1n }, 'own currency to be wrapped only'],
  ['a call of a stranger', { to: STRANGER, data: '0x12345678' }, 'a call of oracle, registry, bond token or jury'],
  ['tokens for a stranger', { to: bondToken, data: onToken('transfer', STRANGER) }, 'got transfer'],
  ['an allowance for a stranger', { to: bondToken, data: onToken('approve', STRANGER) }, 'got one for'],
  [
    'stake ruled by a stranger',
    { to: oracle, data: onOracle('propose', { ...FIXING, arbitrator: STRANGER }) },
    'Expected a trusted arbitrator',
  ],
  [
    'stake ruled by a stranger in the end',
    { to: oracle, data: onOracle('propose', { ...FIXING, backup: STRANGER }) },
    'Expected a trusted arbitrator',
  ],
  ['a proposal for a stranger', { to: registry, data: attested(STRANGER) }, 'Expected a proposal for'],
  [
    'receipts for a stranger',
    {
      to: oracle,
      data: encodeFunctionData({ abi: maturityOracleAbi, functionName: 'transfer', args: [STRANGER, 1n, 1n] }),
    },
    'got transfer',
  ],
  [
    'its stake back',
    { to: registry, data: encodeFunctionData({ abi: reporterRegistryAbi, functionName: 'withdraw', args: [0] }) },
    'got withdraw',
  ],
  ['a vote in its jury', { to: DEPLOYMENT.juries[0], data: onJury('commit', [FIXING_ID, 3, ROOT]) }, undefined],
  ['returned stakes into the pool of its jury', { to: DEPLOYMENT.juries[0], data: onJury('readmit', [4n]) }, undefined],
  ['what it earned in its jury', { to: DEPLOYMENT.juries[0], data: onJury('withdraw', []) }, undefined],
  ['a vote in another jury', { to: STRANGER, data: onJury('commit', [FIXING_ID, 3, ROOT]) }, 'got one of'],
  ['stakes for its jury', { to: DEPLOYMENT.juries[0], data: onJury('stake', [4n]) }, 'got stake'],
  ['another voter', { to: DEPLOYMENT.juries[0], data: onJury('setVoter', [STRANGER]) }, 'got setVoter'],
  ['stakes out of its jury', { to: DEPLOYMENT.juries[0], data: onJury('unstake', [[1n]]) }, 'got unstake'],
  ['a function that is none', { to: oracle, data: '0x12345678' }, 'a function that it has'],
])('of transactions judges: %s', async (_what, { to, data = '0x', value = 0n, chainId = 31_337 }, refusal) => {
  const keys = keysAt(await startIn(await signerFolder(ann.privateKey), DEPLOYMENT))
  const transaction = {
    type: 'eip1559',
    nonce: 0,
    gas: 100_000n,
    maxFeePerGas: 9n,
    maxPriorityFeePerGas: 1n,
    to,
    data,
    value,
    chainId,
  } as const
  const signed = keys.account.signTransaction(transaction)
  if (refusal === undefined) expect(await signed).toBe(await localKeys(ann).account.signTransaction(transaction))
  else await expect(signed).rejects.toThrow(refusal)
})

const GWEI = 10n ** 9n

test('pays for gas no more than it was told to: of a unit, to a miner, in a transaction and in a day', async () => {
  const folder = await signerFolder(ann.privateKey)
  const clock = fakeClock()
  // Room for 70 units of gas at the highest fee.
  const fees = { maxFeePerGas: 50n * GWEI, maxPriorityFeePerGas: 2n * GWEI, maxGas: 40n, maxPerDay: 3_500n * GWEI }
  const { account } = keysAt(await startIn(folder, DEPLOYMENT, 'signed', { fees, clock }))
  const offer = { nonce: 0, gas: 40n, maxFeePerGas: 50n * GWEI, maxPriorityFeePerGas: 2n * GWEI }
  const sign = (changes: Partial<typeof offer>): Promise<string> =>
    account.signTransaction({ type: 'eip1559', chainId: DOMAIN.chainId, to: ann.address, ...offer, ...changes })
  await expect(sign({ gas: 41n })).rejects.toThrow('Expected at most 40 gas, got 41.')
  await expect(sign({ maxFeePerGas: 50n * GWEI + 1n })).rejects.toThrow('at most 50000000000 wei per gas')
  await expect(sign({ maxPriorityFeePerGas: 2n * GWEI + 1n })).rejects.toThrow('a tip of at most 2000000000 wei')
  // Replacements of one transaction are paid once: the dearest.
  await sign({ maxFeePerGas: 30n * GWEI })
  await sign({})
  await sign({ gas: 21n })
  await expect(sign({ nonce: 1, gas: 31n })).rejects.toThrow('of fees in a day')
  await sign({ nonce: 1, gas: 30n })
  await expect(sign({ nonce: 2, gas: 1n, maxFeePerGas: 2n * GWEI })).rejects.toThrow('of fees in a day')
  clock.pass(86_400_000 - 1)
  await expect(sign({ nonce: 2, gas: 1n, maxFeePerGas: 2n * GWEI })).rejects.toThrow('of fees in a day')
  clock.pass(1)
  await sign({ nonce: 2 })
})

test('signs no more transactions in a day than a node can need, however cheap', async () => {
  const clock = fakeClock()
  const budget = createFeeBudget(DEFAULT_FEE_RULES, clock)
  const offer = { gas: 21_000n, maxFeePerGas: 1n, maxPriorityFeePerGas: 0n }
  for (let nonce = 0; nonce < 1_000; nonce += 1) expect(budget.take({ ...offer, nonce }).kind).toBe('taken')
  const reason = 'Expected at most 1000 transactions in a day, got another.'
  expect(budget.take({ ...offer, nonce: 1_000 })).toEqual({ kind: 'refused', reason })
  expect(budget.take({ ...offer, nonce: 999, maxFeePerGas: 2n }).kind).toBe('taken')
  clock.pass(86_400_000)
  expect(budget.take({ ...offer, nonce: 1_000 }).kind).toBe('taken')
})

test('a day has room for what is signed to be sent; what is given back counts no more, unless another of its nonce does', async () => {
  const budget = createFeeBudget({ ...DEFAULT_FEE_RULES, maxPerDay: 10n }, fakeClock())
  const take = (nonce: number, maxFeePerGas: bigint): (() => void) | undefined => {
    const taken = budget.take({ nonce, gas: 1n, maxFeePerGas, maxPriorityFeePerGas: 0n })
    return taken.kind === 'taken' ? taken.giveBack : undefined
  }
  const first = take(0, 10n)
  expect(take(1, 1n)).toBe(undefined)
  first?.()
  expect(take(1, 4n)).toBeDefined()
  // Of one nonce the dearest counts; without the replacement the first does.
  const replacement = take(1, 10n)
  expect(take(2, 1n)).toBe(undefined)
  replacement?.()
  expect(take(2, 7n)).toBe(undefined)
  const third = take(2, 3n)
  expect(take(2, 6n)).toBeDefined()
  third?.()
  expect(take(3, 1n)).toBe(undefined)
})

test('what cannot be signed costs nothing of the day', async () => {
  const folder = await signerFolder(ann.privateKey)
  const fees = { ...DEFAULT_FEE_RULES, maxPerDay: 21_000n * GWEI }
  const { account } = keysAt(await startIn(folder, DEPLOYMENT, 'signed', { fees }))
  const transaction = { type: 'eip1559', chainId: DOMAIN.chainId, to: ann.address, gas: 21_000n } as const
  // A tip above the whole fee is nothing that can be sent.
  const impossible = { ...transaction, nonce: 0, maxFeePerGas: GWEI, maxPriorityFeePerGas: 2n * GWEI }
  await expect(account.signTransaction(impossible)).rejects.toThrow('maxPriorityFeePerGas')
  await account.signTransaction({ ...transaction, nonce: 1, maxFeePerGas: GWEI, maxPriorityFeePerGas: GWEI })
})

test('signs no more new observations in a day than it was told to, whoever has its token', async () => {
  const folder = await signerFolder(ann.privateKey)
  const memoryRules = { maxNewPerDay: 1, leastFree: 0 }
  const keys = keysAt(await startIn(folder, DEPLOYMENT, 'signed', { memoryRules }))
  const first = await keys.signObservation(DOMAIN, observationOf())
  const other = observationOf({ fixingId: `0x${'77'.repeat(32)}` })
  await expect(keys.signObservation(DOMAIN, other)).rejects.toThrow('raise --max-new-per-day')
  expect(await keys.signObservation(DOMAIN, observationOf())).toEqual(first)
})

test('co-signs no attempt that nobody makes', async () => {
  const keys = keysAt(await startIn(await signerFolder(ann.privateKey), DEPLOYMENT))
  await keys.signReport(DOMAIN, REPORT, REQUEST_ATTEMPTS - 1)
  await expect(keys.signReport(DOMAIN, REPORT, REQUEST_ATTEMPTS)).rejects.toMatchObject({ code: -32_602 })
})

test('says which of its secrets others on the machine can read', async () => {
  const folder = await signerFolder(ann.privateKey)
  chmodSync(join(folder, 'token'), 0o644)
  chmodSync(join(folder, 'password'), 0o600)
  chmodSync(join(folder, 'key.json'), 0o604)
  const warned: object[] = []
  const log = { ...SILENT, warn: (fields: object) => void warned.push(fields) }
  await startIn(folder, DEPLOYMENT, 'signed', { log })
  expect(warned).toEqual([{ file: join(folder, 'key.json') }, { file: join(folder, 'token') }])
})

test('listens on a socket that nobody else could open at any moment', async () => {
  const folder = await signerFolder(ann.privateKey)
  const socket = join(folder, 'signer.sock')
  const before = process.umask(0o022)
  let isLooking = true
  const seen = new Set<number>()
  const look = (): void => {
    const found = statSync(socket, { throwIfNoEntry: false })
    if (found !== undefined) seen.add(found.mode & 0o077)
    if (isLooking) setImmediate(look)
  }
  look()
  try {
    await startIn(folder, DEPLOYMENT)
    isLooking = false
    expect([...seen]).toEqual([0])
    expect(process.umask()).toBe(0o022)
  } finally {
    isLooking = false
    process.umask(before)
  }
})
