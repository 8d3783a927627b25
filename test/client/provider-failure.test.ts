import { createRequire } from 'node:module'
import type * as Viem from 'viem'
import { HttpRequestError, SocketClosedError, UserRejectedRequestError } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chain, connectThrough, DeadRpcError, latestBlock, type Provider } from '#client/chain.ts'
import { hasCode } from '#client/code-at.ts'
import { type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import { oracleEvents } from '#client/fixing-log.ts'
import { failureOf } from '#client/provider-failure.ts'
import { type Call, send } from '#client/send.ts'
import { broadcast } from '#client/transaction.ts'
import { accountOf, ETHER, START } from './chain-fixture.ts'

/** Another copy of viem, as an application has one of its own: none of its classes is one of ours. */
const other = createRequire(import.meta.url)('viem') as typeof Viem

const PAYEE = accountOf('payee').address
/** Its query holds words that nodes refuse transactions with. */
const QUERY = '/v1/?chainId=eip155:31337&signature=7'
const URL_OF_NOBODY = `http://127.0.0.1:1${QUERY}`

let embedded: EmbeddedChain
beforeAll(async () => {
  embedded = await startEmbeddedChain({ startTime: START })
})
afterAll(() => embedded.stop())

/** A chain whose provider fails like this at all but the first request. */
function failing(fault: unknown): Promise<Chain> {
  const request = async ({ method }: { readonly method: string }): Promise<unknown> => {
    if (method === 'eth_chainId') return '0x1'
    throw fault
  }
  return connectThrough({ provider: { request } })
}

function coded(code: unknown, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { code, ...more })
}

const SILENCES: readonly (readonly [string, unknown])[] = [
  ['a fetch that failed', new TypeError('fetch failed')],
  ['a fetch that was given up', new DOMException('This operation was aborted', 'AbortError')],
  ["another viem's HTTP", new other.HttpRequestError({ url: URL_OF_NOBODY, body: { chainId: 1 } })],
  ["another viem's HTTP, as one that passes it on", new other.UnknownRpcError(new TypeError('fetch failed'))],
  ["another viem's web socket", new other.SocketClosedError({ url: URL_OF_NOBODY })],
  ["this viem's web socket", new SocketClosedError({ url: URL_OF_NOBODY })],
  ["ethers' network", coded('NETWORK_ERROR', `nonce too low at ${URL_OF_NOBODY}`)],
  ["web3.js's connection", coded(500, 'connection error')],
  ['a socket that closed', coded(1006, 'closed')],
  ['no error at all', undefined],
]

test.each(SILENCES)('nothing answers, and that is what is said, where a provider throws %s', async (_, fault) => {
  const chain = await failing(fault)
  const reads = [latestBlock(chain), hasCode(chain, PAYEE), oracleEvents(chain, PAYEE, { fromBlock: 0n, toBlock: 9n })]
  for (const read of reads) {
    const error = await read.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DeadRpcError)
    expect(error).toMatchObject({ message: expect.stringMatching(/given, got no answer\.$/) })
  }
  await expect(broadcast(chain, '0x02')).rejects.toBeInstanceOf(DeadRpcError)
})

test.each([
  ["another viem's", new other.TimeoutError({ body: {}, url: URL_OF_NOBODY })],
  ["a browser's", new DOMException('signal timed out', 'TimeoutError')],
  ["ethers'", coded('TIMEOUT', 'request timeout')],
])('nothing answers in time where that is %s', async (_, fault) => {
  const failure = await latestBlock(await failing(fault)).catch((thrown: unknown) => thrown)
  expect(failure).toMatchObject({ name: 'Chain.DeadRpcError', message: expect.stringContaining('no answer in time') })
})

const TOO_LOW = { code: -32_000, message: 'intrinsic gas too low' }
const ofOther = (error: { code: number; message: string }) =>
  new other.RpcRequestError({ body: { method: 'eth_sendRawTransaction' }, url: URL_OF_NOBODY, error })

test.each([
  ['EIP-1193 says', Object.assign(new Error(TOO_LOW.message), TOO_LOW)],
  ['another viem does', new other.InvalidInputRpcError(ofOther(TOO_LOW))],
  ['ethers does', coded('UNKNOWN_ERROR', 'could not coalesce error', { error: TOO_LOW })],
  ['ethers does for what it knows', coded('INSUFFICIENT_FUNDS', 'insufficient funds', { info: { error: TOO_LOW } })],
  ['wallets do', coded(-32_603, 'Internal JSON-RPC error.', { data: TOO_LOW })],
])('an answer is one if it is thrown as %s', async (_, fault) => {
  expect(await broadcast(await failing(fault), '0x02')).toBe('refused')
})

test('an answer of unknown meaning says nothing of the transaction, wherever it was sent', async () => {
  const fault = new other.InternalRpcError(ofOther({ code: -32_603, message: 'request timed out' }))
  expect(String(fault)).toContain('chainId')
  await expect(broadcast(await failing(fault), '0x02')).rejects.toBeInstanceOf(DeadRpcError)
})

test('what this viem says is passed on as it is, and all else keeps what it came from', () => {
  const own = new HttpRequestError({ url: URL_OF_NOBODY })
  expect(failureOf(own, 'it')).toBe(own)
  const walked: unknown[] = []
  const rejection = coded(4001, 'no')
  failureOf(new UserRejectedRequestError(rejection), 'it').walk((cause) => walked.push(cause) === 0)
  expect(walked).toContain(rejection)
})

test('the bytes of a revert are found where a wallet wraps them once more', () => {
  const data = { code: 3, message: 'execution reverted', data: '0x1234' }
  expect(failureOf(coded(-32_603, 'Internal JSON-RPC error.', { data }), 'it')).toMatchObject({
    code: -32_603,
    data: '0x1234',
    details: 'Internal JSON-RPC error. execution reverted',
  })
})

describe("through another copy's client", () => {
  /** Its client, which `lost` keeps the answer to some request from. */
  function clientOf(lost: (method: string) => boolean): Provider {
    const fetchFn: typeof fetch = async (_, init) => {
      const answer = await fetch(embedded.rpcUrl, init)
      const { method } = JSON.parse(init?.body as string) as { method: string } // as viem sends it
      if (lost(method)) throw new TypeError('fetch failed')
      return answer
    }
    return other.createPublicClient({ transport: other.http(`${embedded.rpcUrl}${QUERY}`, { fetchFn, retryCount: 0 }) })
  }
  const PAY: Call = { name: 'pay', to: PAYEE, data: '0x', value: 7n }

  test('a transaction whose answer is lost may be mined yet, whatever words its address holds', async () => {
    const account = accountOf('sender')
    await embedded.setBalance(account.address, ETHER)
    const provider = clientOf((method) => method === 'eth_sendRawTransaction')
    const chain = await connectThrough({ provider, account })
    await expect(send(chain, PAY)).rejects.toMatchObject({ name: 'Client.UnconfirmedError' })
    expect(await chain.publicClient.getTransactionCount({ address: account.address })).toBe(1)
  })

  test('what a contract reverts with has its name', async () => {
    const reverting = accountOf('reverting').address
    const provider = clientOf(() => false)
    const chain = await connectThrough({ provider, account: accountOf('sender') })
    // PUSH0, PUSH0, REVERT
    await provider.request({ method: 'anvil_setCode', params: [reverting, '0x5f5ffd'] })
    await expect(send(chain, { name: 'try', to: reverting, data: '0x' })).rejects.toMatchObject({
      name: 'Client.SilentRevertError',
    })
  })
})
