import type { Address } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectThrough, type Provider, type WritableChain } from '#client/chain.ts'
import { readBond } from '#client/oracle-reader.ts'
import { isAboveSecured, readSecurity } from '#client/security.ts'
import { securityLensAbi } from '#protocol/abi/security-lens.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { ETHER, raiseStage, type Stage } from './chain-fixture.ts'

let stage: Stage
let ann: WritableChain

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
})
afterAll(() => stage.embedded.stop())

/** What the contract says of the same. */
function byLens(oracle: Address, fixing: Fixing): Promise<bigint> {
  const call = { address: stage.deployments.lens, abi: securityLensAbi, functionName: 'securedAt' } as const
  return ann.publicClient.readContract({ ...call, args: [fixing, oracle] })
}

test('says what the lens says, of arbitrators that answer and of those that do not', async () => {
  const { oracle, vault, weth } = stage.deployments
  const nobody = `0x${'77'.repeat(20)}` as const
  const fixings: readonly [string, Fixing][] = [
    ['both answer', stage.fixing],
    ['one is nobody', { ...stage.fixing, backup: nobody }],
    ['one reverts', { ...stage.fixing, arbitrator: vault }],
    ['one answers with nothing', { ...stage.fixing, backup: weth }],
    ['both are nobody', { ...stage.fixing, arbitrator: nobody, backup: nobody }],
  ]
  for (const [what, fixing] of fixings) {
    const { securedUpTo } = await readSecurity(ann, oracle, fixing)
    expect(securedUpTo, what).toBe(await byLens(oracle, fixing))
    expect(securedUpTo, what).toBe(fixing === stage.fixing ? 1_000n * ETHER : 0n)
  }
})

test('arbitrators of another oracle secure nothing, as the lens says, and are named', async () => {
  const { arbitrator, backup } = stage.fixing
  const another: Address = `0x${'77'.repeat(20)}`
  const security = await readSecurity(ann, another, stage.fixing)
  expect(security).toEqual({ securedUpTo: 0n, openInterest: 0n, foreign: [arbitrator, backup] })
  expect(await byLens(another, stage.fixing)).toBe(0n)
  expect((await readSecurity(ann, stage.deployments.oracle, stage.fixing)).foreign).toEqual([])
})

test('open interest is that of the source, and none without one', async () => {
  const { oracle } = stage.deployments
  const without = { ...stage.fixing, openInterest: `0x${'00'.repeat(20)}` } as const
  expect((await readSecurity(ann, oracle, without)).openInterest).toBe(0n)
  expect((await readSecurity(ann, oracle, stage.fixing)).openInterest).toBe(0n)
})

test('open interest that cannot be read is none that is 0, and counts as above what is secured (R-201)', async () => {
  const { oracle, weth, council } = stage.deployments
  const nobody = `0x${'77'.repeat(20)}` as const
  // They answer with nothing, revert, and are not there.
  for (const openInterest of [weth, council, nobody]) {
    const fixing = { ...stage.fixing, openInterest }
    const security = await readSecurity(ann, oracle, fixing)
    expect(security).toEqual({ securedUpTo: 1_000n * ETHER, openInterest: 'unreadable', foreign: [] })
    expect(isAboveSecured(security)).toBe(true)
    await expect(readBond(ann, oracle, fixing)).rejects.toMatchObject({
      errorName: 'OpenInterestUnreadable',
      args: [openInterest],
    })
  }
})

test('what is not known to be secured counts as not secured', () => {
  expect(isAboveSecured({ securedUpTo: 1n, openInterest: 2n, foreign: [] })).toBe(true)
  expect(isAboveSecured({ securedUpTo: 2n, openInterest: 2n, foreign: [] })).toBe(false)
  expect(isAboveSecured({ securedUpTo: undefined, openInterest: 2n, foreign: [] })).toBe(true)
  expect(isAboveSecured({ securedUpTo: 1n, openInterest: undefined, foreign: [] })).toBe(true)
  expect(isAboveSecured({ securedUpTo: 1n, openInterest: 'unreadable', foreign: [] })).toBe(true)
})

test('an endpoint that is gone is an error, not an arbitrator that secures nothing', async () => {
  const gone = { ...ann, ...(await deadOf(ann)) }
  await expect(readSecurity(gone, stage.deployments.oracle, stage.fixing)).rejects.toMatchObject({
    name: 'Chain.DeadRpcError',
  })
})

test('an endpoint that is gone by the time of the calls is an error too, through any provider', async () => {
  const provider: Provider = {
    request: (call) => {
      if (call.method === 'eth_call') return Promise.reject(new TypeError('fetch failed'))
      return ann.publicClient.request(call as Parameters<typeof ann.publicClient.request>[0]) // as a viem client is one
    },
  }
  const chain = await connectThrough({ provider })
  await expect(readSecurity(chain, stage.deployments.oracle, stage.fixing)).rejects.toMatchObject({
    name: 'Chain.DeadRpcError',
  })
})

/** The same chain through an endpoint where nobody listens. */
async function deadOf(chain: WritableChain): Promise<Pick<WritableChain, 'publicClient' | 'rpcUrl'>> {
  const { createPublicClient, http } = await import('viem')
  const rpcUrl = 'http://127.0.0.1:9'
  const transport = http(rpcUrl, { retryCount: 0 })
  const publicClient = createPublicClient({ chain: chain.publicClient.chain, transport })
  return { rpcUrl, publicClient }
}
