import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Address, parseTransaction, recoverTransactionAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { serializeSignature } from 'viem'
import { type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import { recoverRequester } from '#protocol/cosigning.ts'
import { OBSERVATION_TYPES, recoverObservationSigner } from '#protocol/observation.ts'
import { typedDataDomain } from '#protocol/signing.ts'
import { recoverPresent } from '#protocol/presence.ts'
import { systemClock } from '../../../node/clock.ts'
import { createSignerCall } from '../../../node/http/json-rpc.ts'
import { localKeys } from '../../../node/sign/keys.ts'
import { remoteKeys, type SignerAnswer, type SignerCall } from '../../../node/sign/remote.ts'
import { fakeClock } from '../fake-clock.ts'
import { patientClock } from '../patient-clock.ts'
import { DOMAIN, FIXING_ID, keyOf, observationOf, ROOT } from '../reporters.ts'

/** The first account of every anvil, whose key it keeps: a signer that we did not write. */
const ANVIL: Address = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const TRANSACTION = {
  type: 'eip1559',
  chainId: 31_337,
  nonce: 3,
  to: '0x00000000000000000000000000000000000000cc',
  data: '0x1234',
  value: 7n,
  gas: 100_000n,
  maxFeePerGas: 2_000_000_000n,
  maxPriorityFeePerGas: 1n,
} as const
const REPORT = { epoch: 3n, fixingId: FIXING_ID, value: 2_500n, observationsRoot: ROOT, proposer: ANVIL }

let anvil: EmbeddedChain
beforeAll(async () => {
  anvil = await startEmbeddedChain({ startTime: 1_735_000_000n })
})
afterAll(() => anvil.stop())

const clock = fakeClock

function atAnvil(address: Address = ANVIL) {
  const url = anvil.rpcUrl
  return remoteKeys({
    address,
    url,
    call: createSignerCall({ url, token: undefined, timeoutMs: 5_000 }),
    clock: systemClock(),
  })
}

test('has observations, requests and transactions signed by a signer that knows nothing of us', async () => {
  const keys = atAnvil()
  const observation = observationOf()
  const signature = await keys.signObservation(DOMAIN, observation)
  expect(recoverObservationSigner(DOMAIN, { ...observation, signature })).toBe(ANVIL)
  const request = { report: REPORT, places: 7n, attempt: 2 }
  expect(recoverRequester(DOMAIN, { ...request, signature: await keys.signRequest(DOMAIN, request) })).toBe(ANVIL)
  const presence = { fixingId: FIXING_ID, reporter: ANVIL, sentAt: 7n, clockOffset: -3, meshPeers: 6, sourcesReady: 2 }
  const present = { ...presence, signature: await keys.signPresence(DOMAIN, presence) }
  expect(recoverPresent(DOMAIN, present)).toBe(ANVIL)
  const raw = await keys.account.signTransaction(TRANSACTION)
  expect(await recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` })).toBe(ANVIL)
  expect(parseTransaction(raw)).toMatchObject(TRANSACTION)
  expect(await keys.problem()).toBe(undefined)
})

test('says that a signer knows no co-signatures, or no such key', async () => {
  await expect(atAnvil().signReport(DOMAIN, REPORT, 0)).rejects.toMatchObject({
    name: 'Sign.SignerRefusedError',
    code: -32_601,
  })
  const stranger = keyOf('ann').address
  await expect(atAnvil(stranger).signObservation(DOMAIN, observationOf())).rejects.toMatchObject({
    name: 'Sign.SignerRefusedError',
  })
  expect(await atAnvil(stranger).problem()).toBe(
    `The signer at ${anvil.rpcUrl} has no key of ${stranger}: check signer.address.`,
  )
})

const ann = keyOf('ann')
const URL = 'http://signer.example'

/** Keys of ann with a signer that answers what `answers` say. */
function keysWith(call: SignerCall, time = clock()) {
  return remoteKeys({ address: ann.address, url: URL, call, clock: time })
}

const result = (value: unknown): SignerAnswer => ({ kind: 'result', result: value })

test('uses no signature that is by another key, of something else, or none at all', async () => {
  const wallet = privateKeyToAccount(ann.privateKey)
  const typed = { domain: typedDataDomain(DOMAIN), types: OBSERVATION_TYPES, primaryType: 'Observation' } as const
  const right = await wallet.signTypedData({ ...typed, message: observationOf() })
  const wrong = [
    await privateKeyToAccount(keyOf('bob').privateKey).signTypedData({ ...typed, message: observationOf() }),
    await wallet.signTypedData({ ...typed, message: observationOf({ value: 1n }) }),
    await wallet.signTypedData({
      ...typed,
      domain: typedDataDomain({ ...DOMAIN, chainId: 1 }),
      message: observationOf(),
    }),
    '0x',
    '0x1234',
    `${right}00`,
    7,
    null,
    { signature: right },
  ]
  for (const answer of wrong) {
    await expect(keysWith(async () => result(answer)).signObservation(DOMAIN, observationOf())).rejects.toMatchObject({
      name: 'Sign.WrongSignatureError',
    })
  }
  expect(await keysWith(async () => result(right)).signObservation(DOMAIN, observationOf())).toEqual(
    await localKeys(ann).signObservation(DOMAIN, observationOf()),
  )
})

test('uses no signature with a high s, which has a twin', async () => {
  const { r, s, v } = await localKeys(ann).signObservation(DOMAIN, observationOf())
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const high = `0x${(order - BigInt(s)).toString(16).padStart(64, '0')}` as const
  const malleable = serializeSignature({ r, s: high, v: v === 27 ? 28n : 27n })
  await expect(keysWith(async () => result(malleable)).signObservation(DOMAIN, observationOf())).rejects.toMatchObject({
    name: 'Sign.WrongSignatureError',
  })
})

test('sends no transaction but the one that was asked for, as signed by its account', async () => {
  const wallet = privateKeyToAccount(ann.privateKey)
  for (const changes of [{ nonce: 4 }, { value: 8n }, { to: ann.address }, { data: '0x' as const }, { gas: 1n }]) {
    const signed = await wallet.signTransaction({ ...TRANSACTION, ...changes })
    const keys = keysWith(async () => result(signed))
    await expect(keys.account.signTransaction(TRANSACTION)).rejects.toMatchObject({ name: 'Sign.WrongSignatureError' })
  }
  const bob = await privateKeyToAccount(keyOf('bob').privateKey).signTransaction(TRANSACTION)
  await expect(keysWith(async () => result(bob)).account.signTransaction(TRANSACTION)).rejects.toMatchObject({
    name: 'Sign.WrongSignatureError',
  })
  const right = await wallet.signTransaction(TRANSACTION)
  expect(await keysWith(async () => result(right)).account.signTransaction(TRANSACTION)).toBe(right)
  expect(await keysWith(async () => result({ raw: right, tx: {} })).account.signTransaction(TRANSACTION)).toBe(right)
})

/** Says for every method that is asked what `answers` has of it, and which were. */
function answering(answers: Readonly<Record<string, SignerAnswer>>) {
  const asked: string[] = []
  const keys = keysWith(async (method) => {
    asked.push(method)
    return answers[method] ?? refused(-32_601, 'Method not found')
  })
  return { asked, keys }
}

const refused = (code: number, message: string): SignerAnswer => ({ kind: 'refused', code, message })
const [NEWER, OLDER] = ['eth_signTypedData_v4', 'eth_signTypedData'] as const

test('asks a silent signer once more, then gives up', async () => {
  const { asked, keys } = answering({ [NEWER]: { kind: 'silent', reason: 'ECONNREFUSED' } })
  await expect(keys.signObservation(DOMAIN, observationOf())).rejects.toThrow(
    `Expected the signer at ${URL} to answer, got ECONNREFUSED. Start it, or check signer.url.`,
  )
  expect(asked).toEqual([NEWER, NEWER])
})

test.each([
  [
    { [NEWER]: refused(-32_000, 'Not today.'), [OLDER]: refused(-32_000, 'Not today.') },
    -32_000,
    `${NEWER} or ${OLDER}, got its refusal -32000: Not today.`,
  ],
  [
    { [NEWER]: refused(-32_004, 'Unsupported'), [OLDER]: refused(-32_603, 'Internal error') },
    -32_603,
    `${NEWER} or ${OLDER}, got its refusal -32603: Unsupported; Internal error`,
  ],
  [{ [OLDER]: refused(-32_603, 'Internal error') }, -32_603, `${OLDER}, got its refusal -32603: Internal error`],
  [{ [NEWER]: refused(-32_603, 'Internal error') }, -32_603, `${NEWER}, got its refusal -32603: Internal error`],
  [{}, -32_601, `${NEWER} or ${OLDER}, got its refusal -32601: Method not found`],
])('asks by both names before it takes a refusal, and says what was said to each: %j', async (answers, code, words) => {
  const { asked, keys } = answering(answers)
  const message = `Expected the signer at ${URL} to sign by ${words}`
  await expect(keys.signObservation(DOMAIN, observationOf())).rejects.toMatchObject({ code, message })
  expect(asked).toEqual([NEWER, OLDER])
})

test.each([-32_601, -32_004])('asks by the older name where the newer is refused by %i', async (code) => {
  const signature = await privateKeyToAccount(ann.privateKey).signTypedData({
    domain: typedDataDomain(DOMAIN),
    types: OBSERVATION_TYPES,
    primaryType: 'Observation',
    message: observationOf(),
  })
  const { asked, keys } = answering({ [NEWER]: refused(code, 'Method not found'), [OLDER]: result(signature) })
  await keys.signObservation(DOMAIN, observationOf())
  expect(asked).toEqual([NEWER, OLDER])
})

test('sends what is to be signed as a string: Web3Signer refuses an object', async () => {
  const wallet = privateKeyToAccount(ann.privateKey)
  const keys = keysWith(async (method, [address, typed]) => {
    if (method !== OLDER) return refused(-32_601, 'Method not found')
    if (address !== ann.address || typeof typed !== 'string') return refused(-32_603, 'Internal error')
    return result(await wallet.signTypedData(JSON.parse(typed)))
  })
  const value = 2n ** 100n
  const observation = observationOf({ value })
  expect(await keys.signObservation(DOMAIN, observation)).toEqual(
    await localKeys(ann).signObservation(DOMAIN, observation),
  )
  const [domain, ballot] = [
    { chainId: 5, jury: ANVIL },
    { fixingId: FIXING_ID, round: 3 },
  ]
  expect(await keys.signBallot(domain, ballot)).toBe(await localKeys(ann).signBallot(domain, ballot))
})

test('says what keeps the signer from signing, asking it at most every five seconds', async () => {
  const time = patientClock()
  let now: SignerAnswer = { kind: 'silent', reason: 'ECONNREFUSED' }
  let asked = 0
  const keys = keysWith(async (method) => {
    if (method !== 'eth_accounts') return result('0x')
    asked += 1
    return now
  }, time)
  expect(await keys.problem()).toBe(`The signer at ${URL} does not answer (ECONNREFUSED): start it.`)
  now = { kind: 'refused', code: 401, message: 'it wants another token' }
  expect(await keys.problem()).toContain('does not answer')
  expect(asked).toBe(1)
  time.pass(5_000)
  expect(await keys.problem()).toContain('refuses (it wants another token): check signer.token_file.')
  now = result([ann.address.toLowerCase()])
  time.pass(5_000)
  expect(await keys.problem()).toBe(undefined)
  await expect(keys.signObservation(DOMAIN, observationOf())).rejects.toThrow('got something else')
  time.pass(5_000)
  expect(await keys.problem()).toBe(`The signer at ${URL} gave something else than a signature of the Observation.`)
})

test('keeps nobody waiting for a signer that hangs: it is what it was for a minute, and down after that', async () => {
  const time = patientClock()
  const answers: ((answer: SignerAnswer) => void)[] = []
  const keys = keysWith(() => new Promise((resolve) => answers.push(resolve)), time)
  const silent = `The signer at ${URL} does not answer: start it.`
  const right = result([ann.address])
  const unknown = keys.problem()
  time.wake()
  expect(await unknown).toBe(silent)
  // As long as it is asked, nobody waits.
  expect([await keys.problem(), answers.length]).toEqual([silent, 1])
  answers[0]?.(right)
  await expect.poll(() => keys.problem()).toBe(undefined)
  expect(answers).toHaveLength(1)
  time.pass(57_000)
  const slow = keys.problem()
  time.wake()
  expect([await slow, answers.length]).toEqual([undefined, 2])
  answers[1]?.({ kind: 'silent', reason: 'timeout' })
  await expect.poll(() => keys.problem()).toContain('does not answer (timeout)')
  time.pass(5_000)
  const mended = keys.problem()
  answers[2]?.(right)
  expect(await mended).toBe(undefined)
  time.pass(57_001)
  const hung = keys.problem()
  time.wake()
  expect(await hung).toBe(silent)
})

test('signs nothing that is no transaction of a node', async () => {
  const { account } = keysWith(async () => result('0x'))
  await expect(account.signMessage({ message: 'hello' })).rejects.toMatchObject({
    name: 'Sign.UnusualTransactionError',
  })
  await expect(account.signTransaction({ type: 'legacy', gasPrice: 1n, chainId: 1 })).rejects.toMatchObject({
    name: 'Sign.UnusualTransactionError',
  })
})
