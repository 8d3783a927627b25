import { bls12_381 } from '@noble/curves/bls12-381.js'
import {
  type Address,
  concat,
  createPublicClient,
  getContractAddress,
  type Hex,
  http,
  keccak256,
  numberToHex,
  slice,
} from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ELEMENT, G1, G2, MAPPED_ELEMENT, MINUS_G1, TWICE_G1, TWICE_G2 } from '#client/bls-vectors.ts'
import { readChainFeatures } from '#client/chain-features.ts'
import { type Chain, connect, connectThrough, latestBlock, type Provider, type WritableChain } from '#client/chain.ts'
import { startEmbeddedChain } from '#client/embedded-chain.ts'
import { wethAbi, wethBalance } from '#client/weth.ts'
import { readWethFaults } from '#client/weth-trial.ts'
import { raiseStage, type Stage, START } from './chain-fixture.ts'
import { mined } from './mined.ts'

let stage: Stage
let ann: WritableChain
beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
})
afterAll(() => stage.embedded.stop())

/** Name, for whom, and whether it is there. */
async function featuresOf(...args: Parameters<typeof readChainFeatures>): Promise<unknown[]> {
  return (await readChainFeatures(...args)).map(({ name, neededBy, isThere }) => [name, neededBy, isThere])
}

const ALL = [
  ['EIP-1153', 'all', true],
  ['EIP-2537', 'registry', true],
  ['EIP-2935', 'jury', true],
  ['random prevrandao', 'jury', true],
]

/** An endpoint of the stage's chain that changes what code gives that calls `to`, behind the word that says whether it worked. */
async function lying(to: string, change: (result: Hex) => Hex): Promise<Chain> {
  return through(async (call, pass) => {
    const result = await pass()
    const [asked] = Array.isArray(call.params) ? (call.params as { data?: string }[]) : []
    if (call.method !== 'eth_call' || asked?.data?.toLowerCase().includes(`73${to.slice(2)}5afa`) !== true)
      return result
    return concat([slice(result as Hex, 0, 32), change(slice(result as Hex, 32))])
  })
}

/** The stage's chain through an endpoint that answers with `answer`, which may pass the call on. */
async function through(
  answer: (call: Parameters<Provider['request']>[0], pass: () => Promise<unknown>) => Promise<unknown>,
): Promise<Chain> {
  const client = createPublicClient({ transport: http(stage.embedded.rpcUrl, { retryCount: 0 }) })
  const request: Provider['request'] = (call) =>
    answer(call, () => client.request(call as Parameters<typeof client.request>[0]))
  return connectThrough({ provider: { request } })
}

test('finds everything on a chain after Prague, also at its first block, and nothing before Cancun', async () => {
  expect(await featuresOf(ann)).toEqual(ALL)
  expect(await featuresOf(ann, await latestBlock(ann))).toEqual(ALL)
  expect(await featuresOf(ann, 0n)).toEqual(ALL)
  const old = await startEmbeddedChain({ startTime: START, hardfork: 'shanghai' })
  try {
    const chain = await connect({ rpcUrl: old.rpcUrl })
    // The upgrades are missing; its only block has no `prevrandao`, which says nothing of others.
    expect(await featuresOf(chain)).toEqual(ALL.map(([name, neededBy], i) => [name, neededBy, i === 3]))
  } finally {
    await old.stop()
  }
})

test.each([
  ['the sum of two points of G1', 0x0b],
  ['the sum of two points of G2', 0x0d],
  ['the map to G2', 0x11],
])('takes no precompile for EIP-2537 that gets %s wrong', async (_what, place) => {
  const chain = await lying(addressOf(place), (result) => `0x${'00'.repeat((result.length - 2) / 2)}`)
  expect(await featuresOf(chain)).toEqual([ALL[0], ['EIP-2537', 'registry', false], ALL[2], ALL[3]])
})

test.each(['0', '1'])('takes no pairing that is always %s', async (always) => {
  const chain = await lying(addressOf(0x0f), () => `0x${always.padStart(64, '0')}`)
  expect(await featuresOf(chain)).toEqual([ALL[0], ['EIP-2537', 'registry', false], ALL[2], ALL[3]])
})

test('takes no history that gives another hash', async () => {
  const chain = await lying('0x0000f90827f1c53a10cb7a02335b175320002935', (result) => `0x${result.slice(4)}00`)
  expect(await featuresOf(chain)).toEqual([ALL[0], ALL[1], ['EIP-2935', 'jury', false], ALL[3]])
})

/** An endpoint of the stage's chain whose blocks have the `mixHash` that `mix` makes of their number and their own. */
async function mixing(mix: (number: bigint, own: Hex) => Hex | null): Promise<Chain> {
  return through(async ({ method }, pass) => {
    const result = await pass()
    if (!method.startsWith('eth_getBlockBy')) return result
    const block = result as { number: Hex; mixHash: Hex }
    return { ...block, mixHash: mix(BigInt(block.number), block.mixHash) }
  })
}

describe('a prevrandao that is known beforehand', () => {
  const word = (number: bigint): Hex => numberToHex(number, { size: 32 })
  beforeAll(() => ask('anvil_mine', '0x8'))

  test.each<[string, (number: bigint, own: Hex) => Hex | null]>([
    ['is zero, as where there is none', () => word(0n)],
    ['is no field of its headers', () => null],
    ['is a constant', () => word(2_500_000_000_000_000n)],
    ['counts, as of Arbitrum', (number) => word((number << 192n) | ((number + 7n) << 128n) | (20n << 64n))],
    ["is that of another chain's block, for several of its own", (number) => keccak256(word(number / 2n))],
    ['is zero now and then', (number, own) => (number % 4n === 0n ? word(0n) : own)],
  ])('%s', async (_what, mix) => {
    const chain = await mixing(mix)
    expect(await featuresOf(chain)).toEqual([...ALL.slice(0, 3), ['random prevrandao', 'jury', false]])
  })

  test('is not what only differs', async () => {
    expect(await featuresOf(await mixing((number) => keccak256(word(number))))).toEqual(ALL)
  })
})

test('does not take a request that an endpoint refuses for something that the chain lacks', async () => {
  const refusing = (times: number): Promise<Chain> => {
    let left = times
    return through(async ({ method }, pass) => {
      if (method !== 'eth_call' || left === 0) return pass()
      left -= 1
      throw Object.assign(new Error('header not found'), { code: -32_000 })
    })
  }
  expect(await featuresOf(await refusing(1))).toEqual(ALL)
  await expect(featuresOf(await refusing(Infinity))).rejects.toThrow('header not found')
})

test('asks for points that are what they are said to be', () => {
  const { G1: first, G2: second } = bls12_381
  const word = (number: bigint): string => number.toString(16).padStart(128, '0')
  const ofFirst = (point: typeof first.Point.BASE): string => {
    const { x, y } = point.toAffine()
    return `0x${word(x)}${word(y)}`
  }
  const ofSecond = ({ x, y }: ReturnType<typeof second.Point.BASE.toAffine>): string =>
    `0x${[x.c0, x.c1, y.c0, y.c1].map(word).join('')}`
  const [one, two] = [first.Point.BASE, second.Point.BASE]
  expect([G1, MINUS_G1, TWICE_G1]).toEqual([one, one.negate(), one.double()].map(ofFirst))
  expect([G2, TWICE_G2]).toEqual([two, two.double()].map((point) => ofSecond(point.toAffine())))
  expect(ELEMENT).toBe(`0x${word(1n)}${word(2n)}`)
  expect(MAPPED_ELEMENT).toBe(ofSecond(second.mapToCurve([1n, 2n])))
})

test('finds no fault in WETH, and moves nothing', async () => {
  const before = await latestBlock(ann)
  expect(await readWethFaults(ann, stage.deployments.weth)).toEqual([])
  expect(await readWethFaults(ann, stage.deployments.weth, before)).toEqual([])
  expect((await latestBlock(ann)).hash).toBe(before.hash)
})

test('finds no fault in WETH where somebody sent ether and WETH to the address that it is tried at', async () => {
  const { weth } = stage.deployments
  const self = getContractAddress({ from: '0x00000000000000000000000000000000000a551e', nonce: 0n })
  await ask('anvil_setBalance', self, '0x1')
  const token = { address: weth, abi: wethAbi } as const
  await mined(ann, await ann.walletClient.writeContract({ ...token, functionName: 'deposit', value: 1n }))
  await mined(ann, await ann.walletClient.writeContract({ ...token, functionName: 'transfer', args: [self, 1n] }))
  expect(await wethBalance(ann, weth, self)).toBe(1n)
  expect(await readWethFaults(ann, weth)).toEqual([])
})

test('names what another contract does not do as WETH does', async () => {
  const all = ['deposit', 'approve', 'transferFrom', 'withdraw']
  expect(await readWethFaults(ann, stage.deployments.vault)).toEqual(all)
  expect(await readWethFaults(ann, `0x${'77'.repeat(20)}`)).toEqual(all)
  // WETH9 with the selector of one of its functions changed.
  const code = (await ann.publicClient.getCode({ address: stage.deployments.weth })) ?? '0x'
  const selectors = { deposit: 'd0e30db0', approve: '095ea7b3', transferFrom: '23b872dd', withdraw: '2e1a7d4d' }
  const faults = new Map<string, unknown>()
  for (const [name, selector] of Object.entries(selectors)) {
    const changed = code.replace(selector, 'ffffffff')
    expect(changed).not.toBe(code)
    const address: Address = `0x${selector.padStart(40, '1')}`
    await ask('anvil_setCode', address, changed)
    faults.set(name, await readWethFaults(ann, address))
  }
  expect(Object.fromEntries(faults)).toEqual({
    // Its fallback takes ether as deposit does.
    deposit: [],
    approve: ['approve'],
    transferFrom: ['transferFrom'],
    withdraw: ['withdraw'],
  })
})

test('says that it does not know where an endpoint simulates no such call', async () => {
  const client = createPublicClient({ transport: http(stage.embedded.rpcUrl, { retryCount: 0 }) })
  const chain = await connectThrough({
    provider: {
      request({ method, params }) {
        // Ignores the override, as endpoints without it do.
        const kept = method === 'eth_call' && Array.isArray(params) ? (params as unknown[]).slice(0, 2) : params
        return client.request({ method, params: kept } as Parameters<typeof client.request>[0])
      },
    },
  })
  expect(await readWethFaults(chain, stage.deployments.weth)).toBeUndefined()
})

function addressOf(place: number): string {
  return `0x${place.toString(16).padStart(40, '0')}`
}

async function ask(method: string, ...params: readonly unknown[]): Promise<unknown> {
  return ann.publicClient.request({ method, params } as unknown as { method: 'eth_chainId' })
}
