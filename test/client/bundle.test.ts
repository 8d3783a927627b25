import { type Address, encodeAbiParameters, encodeEventTopics, type Hex, numberToHex } from 'viem'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectThrough, latestBlock, type Provider, type WritableChain } from '#client/chain.ts'
import { UnseenEventError } from '#client/errors.ts'
import { contribute, propose } from '#client/oracle-writer.ts'
import { claimRewards } from '#client/rewards.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { accountOf, ETHER, MATURITY, raiseStage, type Stage } from './chain-fixture.ts'

const TRUE = 2_500n * ETHER
const FALSE = 3_000n * ETHER
const STRANGER = accountOf('stranger').address

let stage: Stage
let ann: WritableChain
let ben: WritableChain
let fixing: Fixing
let salt = 0

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  ben = await stage.as('ben')
  await stage.embedded.mineAt(MATURITY)
})
afterAll(() => stage.embedded.stop())

beforeEach(async () => {
  salt += 1
  const { time } = await latestBlock(ann)
  fixing = { ...stage.fixing, maturity: time, indexId: numberToHex(salt, { size: 32 }) }
  await propose(ann, stage.deployments.oracle, fixing, { value: FALSE, maxBond: ETHER })
})

/** What a contract logs. */
type Logged = { readonly address: Address; readonly topics: readonly (Hex | null)[]; readonly data: Hex }

/** Ben, whose calls a bundler has others' before, who log this; without his own event if it failed. */
async function bundled(before: readonly Logged[], { hasFailed = false } = {}): Promise<WritableChain> {
  const provider: Provider = {
    async request(call) {
      const answer: unknown = await ben.publicClient.request(call as Parameters<typeof ben.publicClient.request>[0]) // as a viem client is one
      if (call.method !== 'eth_getTransactionReceipt' || answer === null) return answer
      const receipt = answer as { logs: object[] } // JSON-RPC
      const others = before.map((log) => ({ ...receipt.logs[0], ...log }))
      return { ...receipt, logs: [...others, ...(hasFailed ? [] : receipt.logs)] }
    },
  }
  return connectThrough({ provider, account: ben.account, pollingMs: 10 })
}

/** That `from` staked so much on a value in round 1 of the fixing. */
function staked(from: Address, value: bigint, taken: bigint): Logged {
  const { oracle } = stage.deployments
  const id = fixingId(fixing, { chainId: ben.chainId, oracle })
  const types = ['uint8', 'uint8', 'uint128', 'uint256', 'uint256'] as const
  const data = encodeAbiParameters(
    types.map((type) => ({ type })),
    [0, 1, value, taken, taken],
  )
  const topics = encodeEventTopics({ abi: maturityOracleAbi, eventName: 'Contributed', args: { id, from } })
  return { address: oracle, topics: topics as Hex[], data } // of values, not of choices
}

const stake = (chain: WritableChain) =>
  contribute(chain, stage.deployments.oracle, fixing, { round: 1, value: TRUE, amount: 100n })

describe('of a transaction that does what others called for, too,', () => {
  test('a call is told what came of itself', async () => {
    const others = [staked(STRANGER, TRUE, 7n), staked(ben.account.address, 2n * TRUE, 8n)]
    expect((await stake(await bundled(others))).taken).toBe(100n)
  })

  test('a call that failed inside is not told what came of another', async () => {
    const chain = await bundled([staked(STRANGER, TRUE, 7n)], { hasFailed: true })
    await expect(stake(chain)).rejects.toBeInstanceOf(UnseenEventError)
  })

  test('a call that cannot be told from another of the account says so', async () => {
    const failure = await stake(await bundled([staked(ben.account.address, TRUE, 7n)])).catch((error: unknown) => error)
    const { hash } = failure as { hash: Hex } // as the next line sees
    expect(failure).toMatchObject({
      name: 'Client.AmbiguousEventError',
      message: `Expected one Contributed of contribute in transaction ${hash}, got several that differ.`,
      hint: `Do not repeat it: look at what ${hash} logged.`,
    })
  })
})

test('a call whose whole numbers are given as others that mean the same is told what came of it, and not that nothing did', async () => {
  const loose = { round: 1n, value: TRUE.toString(), amount: 100n } as unknown as Parameters<typeof contribute>[3] // as a program without types may
  expect((await contribute(ben, stage.deployments.oracle, fixing, loose)).taken).toBe(100n)
})

describe('of rewards that are paid together', () => {
  /** That a registry paid a place of a fixing so much. */
  function paid(
    address: Address,
    [id, place, amount]: readonly [fixing: number, place: bigint, amount: bigint],
  ): Logged {
    const args = { id: numberToHex(id, { size: 32 }), place, owner: STRANGER }
    const topics = encodeEventTopics({ abi: reporterRegistryAbi, eventName: 'RewardPaid', args })
    return { address, topics: topics as Hex[], data: numberToHex(amount, { size: 32 }) } // of values, not of choices
  }

  /** What is said to have been paid for places 3 and 5, of WETH, which takes any call. */
  async function claimed(payments: (registry: Address) => readonly Logged[]): Promise<bigint> {
    const registry = stage.deployments.weth
    const chain = await bundled(payments(registry))
    return claimRewards(chain, registry, fixing, { value: TRUE, signers: 40n, places: [3, 5] })
  }

  test('those count that were asked for, of that registry', async () => {
    const own = (registry: Address): Logged[] => [
      paid(registry, [1, 3n, 10n]),
      paid(registry, [1, 4n, 100n]),
      paid(registry, [1, 5n, 20n]),
      paid(STRANGER, [1, 3n, 1_000n]),
    ]
    expect(await claimed(own)).toBe(30n)
  })

  test('none does where they are of two fixings', async () => {
    const both = (registry: Address): Logged[] => [paid(registry, [1, 3n, 10n]), paid(registry, [2, 3n, 10n])]
    await expect(claimed(both)).rejects.toMatchObject({ name: 'Client.AmbiguousEventError' })
  })
})
