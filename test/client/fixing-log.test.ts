import {
  encodeAbiParameters,
  encodeEventTopics,
  type Hex,
  hexToBigInt,
  HttpRequestError,
  numberToHex,
  RpcRequestError,
  zeroAddress,
} from 'viem'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Chain } from '#client/chain.ts'
import { oracleEvents } from '#client/fixing-log.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'

const ORACLE = '0x00000000000000000000000000000000000000cc'
const ANN = '0x00000000000000000000000000000000000000a1'
const BOB = '0x00000000000000000000000000000000000000b0'
const [HELD, OTHER] = [wordOf(0x11n), wordOf(0x22n)]

function wordOf(value: bigint): Hex {
  return numberToHex(value, { size: 32 })
}

type Name = 'Created' | 'Proposed' | 'Contributed' | 'Transfer'

/** A log as an endpoint gives it. */
function logOf(block: number, eventName: Name, args: Readonly<Record<string, unknown>>, transaction = block) {
  const event = maturityOracleAbi.find((item) => item.type === 'event' && item.name === eventName)
  const plain = (event?.inputs ?? []).filter((input) => !('indexed' in input && input.indexed))
  return {
    address: ORACLE,
    topics: encodeEventTopics({ abi: maturityOracleAbi, eventName, args }),
    data: encodeAbiParameters(
      plain,
      plain.map(({ name }) => args[name]),
    ),
    blockNumber: numberToHex(block),
    blockHash: wordOf(BigInt(block)),
    transactionHash: wordOf(BigInt(transaction)),
    transactionIndex: '0x0',
    logIndex: '0x0',
    removed: false,
  }
}

const created = (block: number, id: bigint, indexId: Hex) =>
  logOf(block, 'Created', {
    id: wordOf(id),
    indexId,
    fixing: {
      ...DEFAULT_PARAMETERS,
      indexId,
      maturity: 5n,
      arbitrator: zeroAddress,
      backup: zeroAddress,
      openInterest: zeroAddress,
    },
  })
const proposed = (block: number, id: bigint, transaction = block) =>
  logOf(block, 'Proposed', { id: wordOf(id), proposer: ANN, value: 7n, bond: 1n, deadline: 9n }, transaction)
const handedOver = (block: number, receipt: bigint, transaction = block) =>
  logOf(block, 'Transfer', { caller: ANN, sender: ANN, receiver: BOB, id: receipt, amount: 1n }, transaction)

type Served = ReturnType<typeof logOf>

/** An endpoint that gives at most `most` blocks at once, and fails when `failure` says so; `asked`: ranges, in order. */
function endpointOf(
  logs: readonly Served[],
  most: bigint,
  isFailing: (first: bigint) => boolean | Error = () => false,
) {
  const asked: [bigint, bigint][] = []
  let busy = 0
  let busiest = 0
  const request = async ({ params }: { params: [{ fromBlock: Hex; toBlock: Hex }] }) => {
    const [first, last] = [hexToBigInt(params[0].fromBlock), hexToBigInt(params[0].toBlock)]
    asked.push([first, last])
    busy += 1
    busiest = Math.max(busiest, busy)
    await new Promise((resolve) => void setImmediate(resolve))
    busy -= 1
    const failure = isFailing(first)
    if (failure instanceof Error) throw failure
    if (last - first + 1n > most || failure) throw new Error('query returned more than 10000 results')
    return logs.filter(({ blockNumber: at }) => hexToBigInt(at) >= first && hexToBigInt(at) <= last)
  }
  const chain = { rpcUrl: 'http://127.0.0.1:1', publicClient: { request } } as unknown as Chain
  return { chain, asked, busiest: () => busiest }
}

const LOG = [
  created(1, 1n, HELD),
  created(2, 2n, OTHER),
  proposed(3, 2n),
  handedOver(3, 77n),
  proposed(4, 1n, 44),
  handedOver(4, 78n, 44),
  handedOver(4, 79n, 45),
  proposed(5, 3n),
  created(6, 4n, HELD),
  proposed(7, 4n),
]
const EVERYTHING = { fromBlock: 1n, toBlock: 8n }
const said = (events: Awaited<ReturnType<typeof oracleEvents>>): string[] =>
  events.map(({ eventName, blockNumber, args }) => `${blockNumber} ${eventName} ${'id' in args ? args.id : ''}`)

test.each([8n, 3n, 2n, 1n])(
  'wanted events are those that a reader of all would keep, %s blocks at once',
  async (most) => {
    const { chain } = endpointOf(LOG, most)
    const wanted = { isTracked: (id: Hex) => id === wordOf(3n), isHeld: (indexId: Hex) => indexId === HELD }
    expect(said(await oracleEvents(chain, ORACLE, { ...EVERYTHING, wanted }))).toEqual([
      `1 Created ${wordOf(1n)}`,
      `4 Proposed ${wordOf(1n)}`,
      '4 Transfer 78',
      `5 Proposed ${wordOf(3n)}`,
      `6 Created ${wordOf(4n)}`,
      `7 Proposed ${wordOf(4n)}`,
    ])
    expect(await oracleEvents(chain, ORACLE, EVERYTHING)).toHaveLength(LOG.length)
  },
)

test('the next range is on its way while one is read, and never more than that', async () => {
  const { chain, asked, busiest } = endpointOf(LOG, 2n)
  await oracleEvents(chain, ORACLE, EVERYTHING)
  expect(busiest()).toBe(2)
  // Halved until it works, then in pairs without a gap.
  expect(asked).toEqual([
    [1n, 8n],
    [1n, 4n],
    [1n, 2n],
    [3n, 4n],
    [5n, 6n],
    [7n, 8n],
  ])
})

test('a range that fails on its way is asked for again in halves, and nothing is lost or doubled', async () => {
  let failures = 0
  const failOnce = (first: bigint): boolean => first === 5n && (failures += 1) === 1
  const { chain, asked } = endpointOf(LOG, 2n, failOnce)
  expect(said(await oracleEvents(chain, ORACLE, EVERYTHING))).toHaveLength(LOG.length)
  expect(failures).toBe(2)
  expect(asked.slice(4).map(([first, last]) => `${first}-${last}`)).toEqual(['5-6', '7-8', '5-5', '6-6', '7-7', '8-8'])
})

const sizes = (asked: readonly (readonly [bigint, bigint])[]): number[] =>
  asked.map(([first, last]) => Number(last - first + 1n))

test('what was halved in a moment of trouble grows again within the same scan', async () => {
  let failures = 0
  const { chain, asked } = endpointOf(LOG, 512n, () => (failures += 1) <= 9)
  await oracleEvents(chain, ORACLE, { fromBlock: 1n, toBlock: 512n })
  // Without growing, 512 would follow.
  expect(sizes(asked).slice(0, 10)).toEqual([512, 256, 128, 64, 32, 16, 8, 4, 2, 1])
  expect(asked.length).toBeLessThan(60)
})

test('an endpoint that refuses more is asked for more ever less often, down to once in 32 ranges', async () => {
  const { chain, asked } = endpointOf(LOG, 8n)
  const events = await oracleEvents(chain, ORACLE, { fromBlock: 1n, toBlock: 4_096n })
  expect(events).toHaveLength(LOG.length)
  // Once on the way down; then after 4, 8, 16 and ever again 32 of the 512 ranges and the one that is on its way meanwhile, every
  // time with the range behind it.
  expect(sizes(asked).filter((size) => size === 16)).toHaveLength(1 + 2 * (4 + 13))
  expect(sizes(asked).filter((size) => size > 16)).toEqual([4096, 2048, 1024, 512, 256, 128, 64, 32])
})

test("a log that is read part by part meets the endpoint's cap no oftener than one that is read at once", async () => {
  const whole = endpointOf(LOG, 8n)
  await oracleEvents(whole.chain, ORACLE, { fromBlock: 1n, toBlock: 4_096n })
  const parts = endpointOf(LOG, 8n)
  for (let at = 1n; at <= 4_096n; at += 256n) {
    await oracleEvents(parts.chain, ORACLE, { fromBlock: at, toBlock: at + 255n })
  }
  const refused = (asked: readonly (readonly [bigint, bigint])[]): number =>
    sizes(asked).filter((size) => size > 8).length
  expect(refused(parts.asked)).toBeLessThanOrEqual(refused(whole.asked))
})

describe('an endpoint that is asked too often', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate'] }))
  afterEach(() => void vi.useRealTimers())

  const passSeconds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) await vi.advanceTimersByTimeAsync(1_000)
  }
  const url = 'http://127.0.0.1:1'
  const body = { method: 'eth_getLogs' }
  test.each([
    ['HTTP 429', new HttpRequestError({ url, body, status: 429 })],
    ['words', new RpcRequestError({ url, body, error: { code: -32_005, message: 'request rate limited' } })],
    ['code 429', new RpcRequestError({ url, body, error: { code: 429, message: 'Slow down.' } })],
  ])('by its %s is left alone for a while, and asked for as much again', async (_, error) => {
    let failures = 0
    const { chain, asked } = endpointOf(LOG, 8n, () => ((failures += 1) <= 3 ? error : false))
    const reading = oracleEvents(chain, ORACLE, EVERYTHING)
    await vi.advanceTimersByTimeAsync(999)
    expect(asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toHaveLength(2)
    await passSeconds(10)
    expect(await reading).toHaveLength(LOG.length)
    expect(sizes(asked)).toEqual([8, 8, 8, 8])
  })

  test('is given up after three pauses', async () => {
    const error = new HttpRequestError({ url, body, status: 429 })
    const { chain, asked } = endpointOf(LOG, 8n, () => error)
    const reading = oracleEvents(chain, ORACLE, EVERYTHING).catch((thrown: unknown) => thrown)
    await passSeconds(10)
    expect(await reading).toMatchObject({ name: 'Chain.DeadRpcError' })
    expect(sizes(asked)).toEqual([8, 8, 8, 8])
  })

  test('is not waited for by who stops', async () => {
    const error = new HttpRequestError({ url, body, status: 429 })
    const { chain, asked } = endpointOf(LOG, 8n, () => error)
    const stopping = new AbortController()
    const reading = oracleEvents(chain, ORACLE, { ...EVERYTHING, signal: stopping.signal }).catch(
      (thrown: unknown) => thrown,
    )
    await vi.advanceTimersByTimeAsync(500)
    stopping.abort()
    expect(await reading).toMatchObject({ name: 'AbortError' })
    expect(asked).toHaveLength(1)
  })
})
