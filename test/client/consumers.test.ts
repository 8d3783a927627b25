import { afterAll, beforeAll, expect, test } from 'vitest'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { readBond } from '#client/oracle-reader.ts'
import { propose } from '#client/oracle-writer.ts'
import {
  createSeries,
  legId,
  merge,
  readLegs,
  redeem,
  type Series,
  seriesId,
  split,
  transferLeg,
} from '#client/vault.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'
import { payoff } from '#protocol/payoff.ts'
import { ETHER, MATURITY, raiseStage, type Stage } from './chain-fixture.ts'

let stage: Stage
let ann: WritableChain
let series: Series

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  series = { fixing: stage.fixing, strike: 1_750n * ETHER, invalidSharePpm: 500_000 }
})
afterAll(() => stage.embedded.stop())

test('computes the ids of a series and its legs as the vault does', async () => {
  const { vault } = stage.deployments
  const contract = { address: vault, abi: splitVaultAbi } as const
  const id = seriesId(series, { chainId: ann.chainId, vault })
  const { publicClient } = ann
  expect(id).toBe(await publicClient.readContract({ ...contract, functionName: 'seriesId', args: [series] }))
  expect(legId(id, 'P')).toBe(await publicClient.readContract({ ...contract, functionName: 'pId', args: [id] }))
  expect(legId(id, 'N')).toBe(await publicClient.readContract({ ...contract, functionName: 'nId', args: [id] }))
})

test('splits, merges, hands over a leg and redeems at the settlement', async () => {
  const { vault, oracle } = stage.deployments
  const ben = await stage.as('ben')
  const id = seriesId(series, { chainId: ann.chainId, vault })
  await createSeries(ann, vault, series)
  await split(ann, vault, series, 48n * ETHER)
  await merge(ann, vault, series, 8n * ETHER)
  await transferLeg(ann, vault, legId(id, 'N'), ben.account.address, 7n)
  expect(await readLegs(ann, vault, id, ann.account.address)).toEqual({ p: 40n * ETHER, n: 40n * ETHER - 7n })
  expect(await readLegs(ann, vault, id, ben.account.address)).toEqual({ p: 0n, n: 7n })
  expect(await readBond(ann, oracle, stage.fixing)).toBe(ETHER / 10n)

  await stage.embedded.mineAt(MATURITY)
  await expect(split(ann, vault, series, 1n)).rejects.toMatchObject({
    errorName: 'SplitClosed',
    message: `Expected a time before maturity ${MATURITY}, got ${MATURITY}.`,
  })
  const settlement = 2_000n * ETHER
  await propose(ann, oracle, stage.fixing, { value: settlement, maxBond: ETHER })
  await expect(redeem(ann, vault, series, { p: 1n, n: 0n })).rejects.toMatchObject({ errorName: 'NotSettled' })
  await stage.embedded.mineAt((await latestBlock(ann)).time + 86_400n)
  const paid = await redeem(ann, vault, series, { p: 40n * ETHER, n: 0n })
  expect(paid).toBe(payoff({ collateral: 40n * ETHER, ...series, settlement }).p)
  expect(paid).toBe(35n * ETHER)
  expect(await redeem(ben, vault, series, { p: 0n, n: 7n })).toBe(0n)
})
