import {
  type Address,
  createPublicClient,
  createTestClient,
  createWalletClient,
  type Hash,
  type Hex,
  http,
  HttpRequestError,
  numberToHex,
  RpcRequestError,
} from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Chain, connect, connectThrough, latestBlock, type Provider, type WritableChain } from '#client/chain.ts'
import { type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import { ReplacedError, SilentRevertError, UnconfirmedError, WaitingTransactionError } from '#client/errors.ts'
import { rehearse } from '#client/rehearsal.ts'
import { type Call, RevertedError, send } from '#client/send.ts'
import { requireNoneWaiting } from '#client/waiting.ts'
import { accountOf, ETHER, START } from './chain-fixture.ts'
import { impatiently } from './impatience.ts'
import { mined } from './mined.ts'

const PAYEE = accountOf('payee').address
/** A contract that takes whatever it is called with. */
const TAKER = accountOf('taker').address
const PAY: Call = { name: 'pay', to: PAYEE, data: '0x', value: 7n }
/** A contract that refuses whatever it is called with. */
const REFUSER = accountOf('refuser').address

let embedded: EmbeddedChain
/** The endpoint itself, with nothing in between. */
let direct: Chain
let people = 0

beforeAll(async () => {
  embedded = await startEmbeddedChain({ startTime: START })
  direct = await connect({ rpcUrl: embedded.rpcUrl })
  const anvil = createTestClient({ mode: 'anvil', transport: http(embedded.rpcUrl) })
  await anvil.setCode({ address: TAKER, bytecode: '0x00' })
  await anvil.setCode({ address: REFUSER, bytecode: '0x5f5ffd' }) // PUSH0, PUSH0, REVERT
})
afterEach(() => embedded.setMining('instant'))
afterAll(() => embedded.stop())

/** Answers in place of the endpoint, which `pass` asks. */
type Between = (method: string, pass: () => Promise<unknown>, params: readonly unknown[]) => Promise<unknown>

/** The endpoint, in whose place `between` answers. */
function behind(between: Between): Provider {
  const client = createPublicClient({ transport: http(embedded.rpcUrl, { retryCount: 0 }) })
  return {
    request: (call) => {
      const pass = (): Promise<unknown> => client.request(call as Parameters<typeof client.request>[0]) // as a viem client is one
      return between(call.method, pass, (call.params ?? []) as readonly unknown[]) // as JSON-RPC has them
    },
  }
}

/** Somebody new with an ETH. */
async function somebody(between: Between = (_, pass) => pass()): Promise<WritableChain> {
  people += 1
  const account = accountOf(`sender ${people}`)
  await embedded.setBalance(account.address, ETHER)
  return connectThrough({ provider: behind(between), account, pollingMs: 10 })
}

/** Somebody whose key the endpoint keeps, as a wallet does. */
async function walletOwner(between: Between): Promise<WritableChain> {
  const [account = '0x'] = await createWalletClient({ transport: http(embedded.rpcUrl) }).getAddresses()
  return connectThrough({ provider: behind(between), account, pollingMs: 10 })
}

function saying(message: string, url = embedded.rpcUrl): RpcRequestError {
  return new RpcRequestError({ body: {}, url, error: { code: -32_000, message } })
}

async function failureOf(sending: Promise<unknown>): Promise<unknown> {
  return sending.then(
    () => undefined,
    (error: unknown) => error,
  )
}

async function mine(chain: WritableChain): Promise<void> {
  await embedded.mineAt((await latestBlock(chain)).time + 1n)
}

describe('a contract that the machine which answers first does not have yet', () => {
  /** Somebody whose endpoint answers so often as if nothing was there. */
  async function behindBy(looks: number): Promise<{ chain: WritableChain; left: () => number }> {
    let left = looks
    const chain = await somebody(async (method, pass) => {
      if (left === 0) return pass()
      if (method === 'eth_getCode') left -= 1
      return method === 'eth_getCode' || method === 'eth_call' ? '0x' : pass()
    })
    return { chain, left: () => left }
  }

  test('is called once it is there', async () => {
    const { chain, left } = await behindBy(3)
    expect(await send(chain, { name: 'take', to: TAKER, data: '0x1234' })).toMatchObject({ status: 'success' })
    expect(left()).toBe(0)
  })

  test('is asked again then, and sent nothing that it refuses', async () => {
    const { chain } = await behindBy(2)
    expect(await failureOf(send(chain, { name: 'take', to: REFUSER, data: '0x1234' }))).toBeInstanceOf(
      SilentRevertError,
    )
    expect(await chain.publicClient.getTransactionCount({ address: chain.account.address })).toBe(0)
  })
})

test('gives the hash away before the receipt', async () => {
  const chain = await somebody()
  const hashes: Hash[] = []
  const { transactionHash } = await send(chain, PAY, { onSent: (hash) => hashes.push(hash) })
  expect(hashes).toEqual([transactionHash])
})

test('a transaction whose receipt cannot be had is in flight, and is named', async () => {
  const chain = await somebody((method, pass) =>
    method === 'eth_getTransactionReceipt' ? Promise.reject(saying('nothing to see here')) : pass(),
  )
  const hashes: Hash[] = []
  const error = await impatiently(() => failureOf(send(chain, PAY, { onSent: (hash) => hashes.push(hash) })))
  const [hash = '0x'] = hashes
  expect(error).toBeInstanceOf(UnconfirmedError)
  expect(error).toMatchObject({
    hash,
    cause: { details: 'nothing to see here' },
    message: `Expected a receipt of pay, got none: transaction ${hash} may be mined yet.`,
    hint: `Look at ${hash} first: do not repeat before it is mined or dropped.`,
  })
})

test.each(['request timed out', 'Too Many Requests'])(
  'a transaction to which the endpoint answers "%s" may have been taken',
  async (message) => {
    const chain = await somebody(async (method, pass) => {
      const answer = await pass()
      if (method === 'eth_sendRawTransaction') throw saying(message)
      return answer
    })
    const error = await failureOf(send(chain, PAY))
    if (!(error instanceof UnconfirmedError)) throw new Error('Expected an UnconfirmedError.', { cause: error })
    expect(await mined(chain, error.hash ?? '0x')).toMatchObject({
      status: 'success',
    })
  },
)

test.each(['already known', 'nonce too low'])(
  'one of which the endpoint says "%s" after it took it is mined',
  async (message) => {
    const chain = await somebody(async (method, pass) => {
      const answer = await pass()
      if (method === 'eth_sendRawTransaction') throw saying(message)
      return answer
    })
    expect(await send(chain, PAY)).toMatchObject({ status: 'success', to: PAYEE.toLowerCase() })
  },
)

test('one that the endpoint refuses was not sent', async () => {
  const chain = await somebody((method, pass) =>
    method === 'eth_sendRawTransaction' ? Promise.reject(saying('intrinsic gas too low')) : pass(),
  )
  const error = await failureOf(send(chain, PAY))
  expect(error).toBeInstanceOf(Error)
  expect(error).not.toBeInstanceOf(UnconfirmedError)
  expect(await chain.publicClient.getTransactionCount({ address: chain.account.address })).toBe(0)
})

describe('one that a wallet is to send', () => {
  /** What becomes of it where the wallet answers so to the request to send, and how often it is asked for one. */
  async function answered(answer: (pass: () => Promise<unknown>) => Promise<unknown>) {
    const methods: string[] = []
    const chain = await walletOwner((method, pass) => {
      if (!method.endsWith('_sendTransaction')) return pass()
      methods.push(method)
      return answer(pass)
    })
    const count = (): Promise<number> => chain.publicClient.getTransactionCount({ address: chain.account.address })
    const before = await count()
    const error = await failureOf(send(chain, PAY))
    return { error, methods, sent: (await count()) - before }
  }

  test.each([
    ['is lost', new HttpRequestError({ url: 'http://127.0.0.1:1' })],
    ['is late', saying('request timed out', 'http://127.0.0.1:1')],
  ])('may be mined yet if the answer %s, and is asked for once', async (_, failure) => {
    const { error, methods, sent } = await answered(async (pass) => {
      await mined(direct, (await pass()) as Hash) // JSON-RPC
      throw failure
    })
    expect(error).toBeInstanceOf(UnconfirmedError)
    expect(error).toMatchObject({
      hash: undefined,
      message: 'Expected the hash of pay, got none: the wallet may have sent it, and it may be mined yet.',
      hint: 'Look at what the account sent first: do not repeat before you know.',
    })
    expect({ methods, sent }).toEqual({ methods: ['eth_sendTransaction'], sent: 1 })
  })

  test('is asked for once, too, of a viem client that tries again by itself', async () => {
    const methods: string[] = []
    const fetchFn: typeof fetch = async (url, init) => {
      const answer = await fetch(url, init)
      const { method } = JSON.parse(init?.body as string) as { method: string } // as viem sends it
      methods.push(method)
      if (method !== 'eth_sendTransaction') return answer
      await mined(direct, ((await answer.json()) as { result: Hash }).result) // JSON-RPC
      throw new TypeError('fetch failed')
    }
    const provider = createPublicClient({ transport: http(embedded.rpcUrl, { fetchFn, retryDelay: 1 }) })
    const { account } = await walletOwner((_, pass) => pass())
    const chain = await connectThrough({ provider, account, pollingMs: 10 })
    expect(await failureOf(send(chain, PAY))).toBeInstanceOf(UnconfirmedError)
    expect(methods.filter((method) => method === 'eth_sendTransaction')).toHaveLength(1)
  })

  test.each([
    [4001, 'User rejected the request.', 'UserRejectedRequestError'],
    [4100, 'The account was not authorised.', 'UnauthorizedProviderError'],
    [-32_601, 'no such method', 'MethodNotFoundRpcError'],
    [-32_000, 'intrinsic gas too low', 'InvalidInputRpcError'],
    [-32_000, 'insufficient funds for gas * price + value', 'Client.PoorAccountError'],
  ])('was not sent if its owner or the wallet will not have it: %i, "%s"', async (code, message, name) => {
    const { error, sent } = await answered(() => Promise.reject(Object.assign(new Error(message), { code })))
    expect(error).not.toBeInstanceOf(UnconfirmedError)
    const names: unknown[] = []
    for (let cause = error; cause instanceof Error; cause = cause.cause) names.push(cause.name)
    expect(names).toContain(name)
    expect(sent).toBe(0)
  })

  test('was not sent if the wallet is on another chain by then', async () => {
    let hasEstimated = false
    const chain = await walletOwner(async (method, pass) => {
      hasEstimated ||= method === 'eth_estimateGas'
      return hasEstimated && method === 'eth_chainId' ? '0x1' : pass()
    })
    expect(await failureOf(send(chain, PAY))).toMatchObject({ name: 'ChainMismatchError' })
  })
})

describe('one whose nonce the endpoint says was used', () => {
  test('is mined, even if the machine that has the receipts is behind', async () => {
    let asked = 0
    const chain = await somebody(async (method, pass) => {
      const answer = await pass()
      if (method === 'eth_sendRawTransaction') {
        await mined(direct, answer as Hash) // JSON-RPC
        throw saying('nonce too low')
      }
      if (method !== 'eth_getTransactionReceipt') return answer
      asked += 1
      return asked < 3 ? null : answer
    })
    expect(await send(chain, PAY)).toMatchObject({ status: 'success' })
    expect(asked).toBe(3)
  })

  test('may be mined as long as no other is shown to be', async () => {
    const chain = await somebody((method, pass) =>
      method === 'eth_sendRawTransaction' ? Promise.reject(saying('nonce too low')) : pass(),
    )
    const hashes: Hash[] = []
    const error = await impatiently(() => failureOf(send(chain, PAY, { onSent: (hash) => hashes.push(hash) })))
    expect(error).toBeInstanceOf(UnconfirmedError)
    expect(error).toMatchObject({ hash: hashes[0] })
  })

  test.each([
    ['something else', 8n],
    ['the same', PAY.value],
  ])('did not take place if another used it, for %s', async (_, value) => {
    let other: Hash | undefined
    const chain = await somebody(async (method, pass) => {
      if (method === 'eth_sendRawTransaction' && other === undefined) {
        other = '0x'
        const { maxFeePerGas } = await chain.publicClient.estimateFeesPerGas()
        other = await chain.walletClient.sendTransaction({
          to: PAYEE,
          value,
          nonce: 0,
          maxFeePerGas: 3n * maxFeePerGas,
        })
        await mined(direct, other)
      }
      return pass()
    })
    const error = await failureOf(send(chain, PAY))
    expect(error).toBeInstanceOf(ReplacedError)
    expect(error).toMatchObject({ by: other })
  })
})

type Signing = 'a key' | 'a wallet'
type Payment = { readonly to: Address; readonly value: bigint; readonly data?: Hex }

/** Sends `call`, and replaces it by `other` while its receipt is waited for. */
async function replaced(signing: Signing, other: (sender: Address) => Payment, call = PAY) {
  await embedded.setMining('manual')
  const hashes: Hash[] = []
  let replacement: Hash | undefined
  const between: Between = async (method, pass) => {
    const answer = await pass()
    if (method !== 'eth_getTransactionCount' || hashes.length === 0 || replacement !== undefined) return answer
    replacement = '0x'
    const { address } = chain.account
    const { maxFeePerGas = 0n } = await chain.publicClient.getTransaction({ hash: hashes[0] ?? '0x' })
    const fees = { maxFeePerGas: 2n * maxFeePerGas, maxPriorityFeePerGas: 2n * maxFeePerGas }
    replacement = await chain.walletClient.sendTransaction({ ...other(address), ...fees, gas: 30_000n, nonce })
    await mine(chain)
    return answer
  }
  const chain = await (signing === 'a key' ? somebody(between) : walletOwner(between))
  const nonce = await chain.publicClient.getTransactionCount({ address: chain.account.address })
  const sending = send(chain, call, { onSent: (hash) => hashes.push(hash) })
  return { sending, error: await failureOf(sending), hash: hashes[0], replacement }
}

describe.each(['a key', 'a wallet'] as const)('a transaction that %s signed', (signing) => {
  test.each([
    ['cancels it', (sender: Address) => ({ to: sender, value: 0n })],
    ['sends another in its place', () => ({ to: PAYEE, value: 8n })],
    ['calls something in its place', () => ({ to: PAYEE, value: 7n, data: '0x12' as const })],
  ] as const)('did not take place if the account %s', async (_, other) => {
    const { error, hash, replacement } = await replaced(signing, other)
    expect(error).toBeInstanceOf(ReplacedError)
    expect(error).toMatchObject({
      hash,
      by: replacement,
      message: `Expected pay to be mined in transaction ${hash}, got ${replacement} in its place.`,
    })
  })

  test.each([
    ['', '0x', '0x'],
    [', with a mark behind what it calls', '0x1234', '0x123456'],
  ] as const)('took place if it was sent again at another fee%s', async (_, data, marked) => {
    const again = (): Payment => ({ to: TAKER, value: 7n, data: marked })
    const { sending, hash, replacement } = await replaced(signing, again, { ...PAY, to: TAKER, data })
    expect(replacement).not.toBe(hash)
    expect(await sending).toMatchObject({ status: 'success', transactionHash: replacement })
  })
})

test('a transaction that an endpoint counts before it has the receipt is not taken for replaced', async () => {
  let asked = 0
  const chain = await somebody(async (method, pass) => {
    const answer = await pass()
    if (method === 'eth_sendRawTransaction') await mined(direct, answer as Hash) // JSON-RPC
    if (method !== 'eth_getTransactionReceipt') return answer
    asked += 1
    return asked < 3 ? null : answer
  })
  expect(await send(chain, PAY)).toMatchObject({ status: 'success' })
  expect(asked).toBe(3)
})

test('a transaction that a wallet has another account send is mined when that one’s is', async () => {
  const bundler = await somebody()
  const between: Between = (method, pass) =>
    method === 'eth_sendTransaction' ? bundler.walletClient.sendTransaction({ to: PAYEE, value: 7n }) : pass()
  const account = (await somebody()).account.address
  const chain = await connectThrough({ provider: behind(between), account, pollingMs: 10 })
  expect(await send(chain, PAY)).toMatchObject({ status: 'success', from: bundler.account.address.toLowerCase() })
  expect(await chain.publicClient.getTransactionCount({ address: account })).toBe(0)
})

test('a look that fails is followed by another', async () => {
  let asked = 0
  const chain = await somebody((method, pass) => {
    if (method !== 'eth_getTransactionReceipt') return pass()
    asked += 1
    return asked < 3 ? Promise.reject(saying('Too Many Requests')) : pass()
  })
  expect(await send(chain, PAY)).toMatchObject({ status: 'success' })
})

test('no block is read twice for what took a transaction’s place', async () => {
  let asked = 0
  const read: unknown[] = []
  const chain = await somebody(async (method, pass, [number, isFull]) => {
    const answer = await pass()
    if (method === 'eth_sendRawTransaction') await mined(direct, answer as Hash) // JSON-RPC
    if (method === 'eth_getBlockByNumber' && isFull === true) {
      read.push(number)
      return { ...(answer as object), transactions: [] } // JSON-RPC
    }
    if (method !== 'eth_getTransactionReceipt') return answer
    asked += 1
    if (asked === 3) await mine(chain)
    return asked < 5 ? null : answer
  })
  const latest = (await latestBlock(chain)).number
  expect(await send(chain, PAY)).toMatchObject({ status: 'success' })
  expect(read.slice(0, 2)).toEqual([latest + 1n, latest].map((number) => numberToHex(number)))
  expect(read.at(-1)).toBe(numberToHex(latest + 2n))
  expect(read).toHaveLength(new Set(read).size)
})

test('one that reverted is said to have, even if the endpoint is gone before it says why', async () => {
  let hasSent = false
  const chain = await somebody(async (method, pass) => {
    if (method === 'eth_call' && hasSent) throw saying('request timed out')
    hasSent ||= method === 'eth_sendRawTransaction'
    const answer = await pass()
    return method === 'eth_getTransactionReceipt' && answer !== null ? { ...(answer as object), status: '0x0' } : answer // JSON-RPC
  })
  const error = await failureOf(send(chain, PAY))
  expect(error).toMatchObject({ message: expect.stringMatching(/^Expected pay to succeed, got a revert in/) })
  expect(error).toBeInstanceOf(RevertedError)
})

test('an account none of whose transactions wait may go on, and one of whose some do may not', async () => {
  const chain = await somebody()
  const { address } = chain.account
  await requireNoneWaiting(chain, address)
  await embedded.setMining('manual')
  for (const nonce of [0, 1]) await chain.walletClient.sendTransaction({ to: PAYEE, value: 1n, nonce })
  const error = await impatiently(() => failureOf(requireNoneWaiting(chain, address)))
  expect(error).toBeInstanceOf(WaitingTransactionError)
  expect(error).toMatchObject({
    account: address,
    count: 2,
    message: `Expected no transaction of ${address} that waits to be mined, got 2.`,
  })
  await mine(chain)
  await requireNoneWaiting(chain, address)
})

/** Somebody's endpoint of two machines, which answer in turn as `count` says: 0 is the one that answers first. */
async function ofTwoMachines(count: (tag: unknown, machine: 0 | 1) => number): Promise<WritableChain> {
  const asked = new Map<unknown, number>()
  return somebody(async (method, pass, [, tag]) => {
    if (method !== 'eth_getTransactionCount') return pass()
    const before = asked.get(tag) ?? 0
    asked.set(tag, before + 1)
    return numberToHex(count(tag, before % 2 === 0 ? 0 : 1))
  })
}

test('what one machine has not seen mined does not wait if another has', async () => {
  const chain = await ofTwoMachines((tag, machine) => (tag === 'latest' && machine === 0 ? 4 : 5))
  expect(await failureOf(requireNoneWaiting(chain, chain.account.address))).toBeUndefined()
})

test('what one machine does not know of waits if another knows it', async () => {
  const chain = await ofTwoMachines((tag, machine) => (tag === 'pending' && machine === 0 ? 5 : 4))
  const error = await impatiently(() => failureOf(requireNoneWaiting(chain, chain.account.address)))
  expect(error).toMatchObject({ name: 'Client.WaitingTransactionError', count: 1 })
})

test('counts more than a registration takes for what cannot be tried out', async () => {
  const chain = await somebody((method, pass) =>
    method === 'eth_simulateV1' ? Promise.reject(saying('not here')) : pass(),
  )
  const { gas, isComplete } = await rehearse(chain, chain.account.address, [PAY, { ...PAY, name: 'register' }])
  expect(isComplete).toBe(false)
  expect(gas[1]).toBeGreaterThan(463_360n)
})
