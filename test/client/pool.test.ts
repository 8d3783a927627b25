import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, latestBlock, type WritableChain } from '#client/chain.ts'
import { type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import { readPool } from '#client/pool.ts'
import { accountOf, ETHER, START } from './chain-fixture.ts'
import { openPool, type Pool } from './pool-contracts.ts'

const T = START + 1_000n
let embedded: EmbeddedChain
let chain: WritableChain
let pool: Pool

beforeAll(async () => {
  embedded = await startEmbeddedChain({ startTime: START })
  const account = accountOf('Ada')
  await embedded.setBalance(account.address, 150n * ETHER)
  chain = await connect({ rpcUrl: embedded.rpcUrl, account, pollingMs: 20 })
  pool = await openPool(embedded, chain, [18, 6], { time: T, tick: -200_000, cardinality: 4 })
  await pool.moveTo(T + 100n, -199_000)
  await pool.moveTo(T + 160n, -199_500)
})
afterAll(() => embedded.stop())

test('means are time-weighted: every second counts as much as any other', async () => {
  await embedded.mineAt(T + 200n)
  const query = {
    pool: pool.address,
    baseToken: pool.token0,
    instants: [T + 100n, T + 130n, T + 190n],
    windowSeconds: 60,
  }
  const reading = await readPool(chain, query, await latestBlock(chain))
  expect(reading).toEqual({
    base: 0,
    decimals: [18, 6],
    means: [
      { cumulative: 60n * -200_000n, seconds: 60n },
      { cumulative: 30n * -200_000n + 30n * -199_000n, seconds: 60n },
      { cumulative: 30n * -199_000n + 30n * -199_500n, seconds: 60n },
    ],
  })
})

test('says the same of the past in every later block, while the pool remembers', async () => {
  await embedded.mineAt(T + 300n)
  const query = { pool: pool.address, baseToken: pool.token1, instants: [T + 190n, T + 300n], windowSeconds: 60 }
  const early = await readPool(chain, query, await latestBlock(chain))
  await pool.moveTo(T + 400n, -198_000)
  const later = await readPool(chain, query, await latestBlock(chain))
  expect(early.means).toEqual([
    { cumulative: 30n * -199_000n + 30n * -199_500n, seconds: 60n },
    { cumulative: 60n * -199_500n, seconds: 60n },
  ])
  expect(later).toEqual(early)
  // Four observations: two more swaps overwrite what the window needs.
  await pool.moveTo(T + 500n, -197_000)
  await pool.moveTo(T + 600n, -196_000)
  await expect(readPool(chain, query, await latestBlock(chain))).rejects.toMatchObject({
    name: 'Pool.ForgetfulPoolError',
    pool: pool.address,
  })
  // As it stood before, an archive still knows.
  expect(await readPool(chain, query, { number: (await latestBlock(chain)).number - 2n, time: T + 400n })).toEqual(
    early,
  )
})

test('names a base token that is not in the pool', async () => {
  const query = { pool: pool.address, baseToken: accountOf('Ada').address, instants: [T + 300n], windowSeconds: 60 }
  await expect(readPool(chain, query, await latestBlock(chain))).rejects.toMatchObject({ name: 'Pool.NotInPoolError' })
})
