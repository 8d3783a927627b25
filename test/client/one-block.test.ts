import { type Address, createPublicClient, type Hex, http } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPurse } from '#client/bond-token.ts'
import { readChainFeatures } from '#client/chain-features.ts'
import { type BlockHead, type Chain, connectThrough, latestBlock, type WritableChain } from '#client/chain.ts'
import type { At } from '#client/one-block.ts'
import { readBond, readFixing, readPot, readReceipts } from '#client/oracle-reader.ts'
import { contribute, propose } from '#client/oracle-writer.ts'
import { quoteContribution } from '#client/quote.ts'
import { readHoldings, tryClaim } from '#client/receipts.ts'
import { readSecurity } from '#client/security.ts'
import { readCapacity, readLegs, readMostCollateral } from '#client/vault.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { ETHER, MATURITY, raiseStage, type Stage } from './chain-fixture.ts'

/** What happens at the height of one block, on one of two chains: contracts answer with other numbers, another value is proposed, and EIP-2935's contract is there or not. */
type Branch = {
  readonly answer: number
  readonly proposal: bigint
  readonly contribution: bigint
  readonly hasHistory: boolean
}

const ONE: Branch = { answer: 1, proposal: 2_500n * ETHER, contribution: 1n, hasHistory: true }
const OTHER: Branch = { answer: 2, proposal: 3_000n * ETHER, contribution: 2n, hasHistory: false }
const BID = { kind: 'contribute', value: 2_000n * ETHER, amount: 'rest' } as const
/** Where contracts are that answer every call with one number. */
const FIRST: Address = `0x${'a1'.repeat(20)}`
const SECOND: Address = `0x${'a2'.repeat(20)}`
const THIRD: Address = `0x${'a3'.repeat(20)}`
const HISTORY: Address = '0x0000F90827F1C53a10cb7A02335B175320002935'
const HOLDER: Address = `0x${'77'.repeat(20)}`
const ID: Hex = `0x${'12'.repeat(32)}`
const STAKE = { kind: 'stake', round: 0, value: 1n } as const

let stage: Stage
let ann: WritableChain
let fixing: Fixing
/** The chain before the two branches part. */
let root: unknown

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  fixing = stage.fixing
  await stage.embedded.mineAt(MATURITY)
  root = await ask('evm_snapshot')
})
afterAll(() => stage.embedded.stop())

/** Reads of several requests. */
const SEVERAL: readonly (readonly [name: string, read: (chain: Chain, at?: At) => Promise<unknown>])[] = [
  ['readFixing', (chain, at) => readFixing(chain, stage.deployments.oracle, fixing, at)],
  ['quoteContribution', (chain, at) => quoteContribution(chain, stage.deployments.oracle, fixing, BID, at)],
  ['readSecurity', (chain, at) => readSecurity(chain, stage.deployments.oracle, answered(), at)],
  ['readHoldings', (chain, at) => readHoldings(chain, FIRST, { id: ID, receipts: many() }, HOLDER, at)],
  ['readCapacity', (chain, at) => readCapacity(chain, FIRST, fixing, at)],
  ['readPurse', (chain, at) => readPurse(chain, FIRST, HOLDER, SECOND, at)],
  ['readChainFeatures', readChainFeatures],
]
/** Those of them that never take a refusal for an answer, as readSecurity does in the end. */
const STRICT = SEVERAL.filter(([name]) => name !== 'readSecurity')
/** Reads of one. */
const SINGLE: typeof SEVERAL = [
  ['readPot', (chain, at) => readPot(chain, stage.deployments.oracle, fixing, { ...STAKE, value: ONE.proposal }, at)],
  ['readBond', (chain, at) => readBond(chain, FIRST, fixing, at)],
  ['readReceipts', (chain, at) => readReceipts(chain, FIRST, 1n, HOLDER, at)],
  ['readMostCollateral', (chain, at) => readMostCollateral(chain, FIRST, fixing, at)],
  ['readLegs', (chain, at) => readLegs(chain, FIRST, ID, HOLDER, at)],
  ['tryClaim', (chain, at) => tryClaim(chain, FIRST, fixing, STAKE, HOLDER, at)],
]

describe('what is reorganised between two requests', () => {
  test.each(SEVERAL)('is not mixed by %s', async (_name, read) => {
    await reorganise(ONE)
    const one = await read(ann)
    const calm = await watched(() => Promise.resolve())
    await read(calm.chain)
    expect(calm.methods.filter((method) => /^eth_(call|getBalance)$/.test(method)).length).toBeGreaterThan(1)
    await reorganise(OTHER)
    const other = await read(ann)
    expect(other).not.toEqual(one)
    for (const count of calm.methods.keys()) {
      await reorganise(ONE)
      const { chain } = await watched((place) => (place === count ? reorganise(OTHER) : Promise.resolve()))
      expect(await read(chain), `before request ${count} of ${calm.methods.join(', ')}`).toEqual(other)
    }
  })

  test.each(SEVERAL)('leaves nothing of a block that was named to %s', async (_name, read) => {
    const head = await reorganise(ONE)
    const { chain, methods } = await watched((place) => (place === 1 ? reorganise(OTHER) : Promise.resolve()))
    await expect(read(chain, head)).rejects.toThrow(/block/i)
    expect(methods).toContain('eth_call')
  })
})

describe('a block that one of the machines behind an endpoint does not have yet', () => {
  test.each(SEVERAL)('is read again by %s', async (_name, read) => {
    await reorganise(ONE)
    const want = await read(ann)
    const calm = await watched(() => Promise.resolve())
    await read(calm.chain)
    // The first asks for the newest block itself.
    for (let count = 1; count < calm.methods.length; count += 1) {
      const { chain } = await watched((place) => (place === count ? refuse() : Promise.resolve()))
      expect(await read(chain), `request ${count} of ${calm.methods.join(', ')}`).toEqual(want)
    }
  })

  test.each(STRICT)('is not looked for by %s for ever, and not at all if it was named', async (_name, read) => {
    const head = await reorganise(ONE)
    const isOfBlock = (method: string): boolean => !/^eth_getBlockByNumber$/.test(method)
    const lagging = await watched((_place, method) => (isOfBlock(method) ? refuse() : Promise.resolve()))
    await expect(read(lagging.chain)).rejects.toThrow('header not found')
    const named = await watched((_place, method) => (isOfBlock(method) ? refuse() : Promise.resolve()))
    await expect(read(named.chain, head)).rejects.toThrow('header not found')
    expect(lagging.methods.filter(isOfBlock)).toHaveLength(3 * named.methods.length)
  })

  test('is unknown to readSecurity in the end, and at once if it was named', async () => {
    const head = await reorganise(ONE)
    const unknown = { securedUpTo: undefined, openInterest: undefined, foreign: [] }
    const read = async (at?: At) => {
      const { chain, methods } = await watched((_, method) => (method === 'eth_call' ? refuse() : Promise.resolve()))
      const security = await readSecurity(chain, stage.deployments.oracle, answered(), at)
      return { security, calls: methods.filter((method) => method === 'eth_call').length }
    }
    expect(await read()).toEqual({ security: unknown, calls: 15 })
    expect(await read(head)).toEqual({ security: unknown, calls: 5 })
  })
})

describe('one request is all that', () => {
  test.each(SINGLE)('%s makes, of the block that it is given', async (_name, read) => {
    const head = await reorganise(ONE)
    const { chain, methods } = await watched(() => Promise.resolve())
    const one = await read(chain)
    expect(methods).toEqual(['eth_call'])
    expect(await read(ann, head)).toEqual(one)
    await reorganise(OTHER)
    expect(await read(ann, head.number)).not.toEqual(one)
    await expect(read(ann, head)).rejects.toThrow(/block/i)
  })
})

/** A fixing of which everything is said by contracts that answer with one number. */
function answered(): Fixing {
  return { ...fixing, arbitrator: FIRST, backup: SECOND, openInterest: THIRD }
}

/** More receipts than one request asks for. */
function many(): Parameters<typeof readHoldings>[2]['receipts'] {
  return Array.from({ length: 40 }, (_, round) => ({ ...STAKE, round }))
}

/** Undoes everything since the root, and goes on with the blocks of `branch`; returns the last. */
async function reorganise({ answer, proposal, contribution, hasHistory }: Branch): Promise<BlockHead> {
  await ask('evm_revert', root)
  root = await ask('evm_snapshot')
  // PUSH1 answer, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
  for (const at of [FIRST, SECOND, THIRD]) await ask('anvil_setCode', at, `0x600${answer}5f5260205ff3`)
  await stage.embedded.setBalance(HOLDER, BigInt(answer))
  if (!hasHistory) await ask('anvil_setCode', HISTORY, '0x')
  const { oracle } = stage.deployments
  await stage.embedded.setNextBlockTime(MATURITY + 10n * BigInt(answer))
  await propose(ann, oracle, fixing, { value: proposal, maxBond: ETHER })
  await contribute(ann, oracle, fixing, { round: 1, value: BID.value, amount: contribution })
  return latestBlock(ann)
}

/** A chain whose requests are made one after the other, each after `before`, which is told how many there were. */
async function watched(
  before: (count: number, method: string) => Promise<unknown>,
): Promise<{ readonly chain: Chain; readonly methods: string[] }> {
  const client = createPublicClient({ transport: http(stage.embedded.rpcUrl, { retryCount: 0 }) })
  const methods: string[] = []
  let last: Promise<unknown> = Promise.resolve()
  const chain = await connectThrough({
    provider: {
      request(call) {
        if (call.method === 'eth_chainId') return client.getChainId()
        const place = methods.push(call.method) - 1
        const asked = last.then(async () => {
          await before(place, call.method)
          return client.request(call as Parameters<typeof client.request>[0])
        })
        last = asked.catch(() => undefined)
        return asked
      },
    },
  })
  return { chain, methods }
}

/** As geth answers for a block that it does not have. */
function refuse(): Promise<never> {
  return Promise.reject(Object.assign(new Error('header not found'), { code: -32_000 }))
}

async function ask(method: string, ...params: readonly unknown[]): Promise<unknown> {
  return ann.publicClient.request({ method, params } as unknown as { method: 'eth_chainId' })
}
