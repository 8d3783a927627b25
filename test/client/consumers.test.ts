import { type Address, encodeFunctionData, getAddress, type Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { weth9Bytecode } from '#client/bytecode/weth-9.ts'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { planChainlinkFeed, planErc7726Quote, planMorphoPrice, planResultsById } from '#client/consumer-plan.ts'
import { carryOut, deployVault } from '#client/deploy.ts'
import { readBond } from '#client/oracle-reader.ts'
import { propose } from '#client/oracle-writer.ts'
import { readSecurity } from '#client/security.ts'
import { send } from '#client/send.ts'
import {
  approveLegCall,
  createSeries,
  legId,
  merge,
  mergeCall,
  mergeToEther,
  readCapacity,
  readLegs,
  readMostCollateral,
  readSeries,
  redeem,
  redeemToEther,
  type Series,
  seriesId,
  split,
  splitEther,
  splitEtherCall,
  togetherCall,
  transferLeg,
  transferLegCall,
  transferLegFromCall,
} from '#client/vault.ts'
import { ensureCollateral } from '#client/weth.ts'
import { chainlinkFeedAbi } from '#protocol/abi/chainlink-feed.ts'
import { erc7726QuoteAbi } from '#protocol/abi/erc-7726-quote.ts'
import { morphoPriceAbi } from '#protocol/abi/morpho-price.ts'
import { resultsByIdAbi } from '#protocol/abi/results-by-id.ts'
import { splitVaultAbi } from '#protocol/abi/split-vault.ts'
import { fixingId } from '#protocol/fixing.ts'
import { payoff } from '#protocol/payoff.ts'
import { ETHER, MATURITY, raiseStage, type Stage } from './chain-fixture.ts'
import { impatiently } from './impatience.ts'
import { mined } from './mined.ts'

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
  const announced = await readSeries(ann, vault, { fromBlock: 0n })
  const block = (await latestBlock(ann)).number
  expect(announced).toEqual([
    { id, fixingId: fixingId(series.fixing, { chainId: ann.chainId, oracle }), series, block },
  ])
  await createSeries(ann, vault, series)
  expect(await readSeries(ann, vault, { fromBlock: 0n })).toEqual(announced)
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

test('takes ether and pays it, for the same legs', async () => {
  const { vault, oracle } = stage.deployments
  const cal = await stage.as('cal')
  const fixing = { ...stage.fixing, maturity: (await latestBlock(ann)).time + 3_600n }
  const later: Series = { ...series, fixing }
  const id = seriesId(later, { chainId: cal.chainId, vault })
  await splitEther(cal, vault, later, 3n * ETHER)
  await mergeToEther(cal, vault, later, ETHER)
  expect(await readLegs(cal, vault, id, cal.account.address)).toEqual({ p: 2n * ETHER, n: 2n * ETHER })

  await stage.embedded.mineAt(fixing.maturity)
  await propose(ann, oracle, fixing, { value: 3_500n * ETHER, maxBond: ETHER })
  await stage.embedded.mineAt((await latestBlock(ann)).time + 86_400n)
  const before = await cal.publicClient.getBalance({ address: cal.account.address })
  expect(await redeemToEther(cal, vault, later, { p: 2n * ETHER, n: ETHER })).toBe((3n * ETHER) / 2n)
  const gained = (await cal.publicClient.getBalance({ address: cal.account.address })) - before
  expect(gained).toBeGreaterThan((149n * ETHER) / 100n)
  expect(gained).toBeLessThan((3n * ETHER) / 2n)
})

test('changes a leg for another one in one transaction, or neither', async () => {
  const { vault } = stage.deployments
  const [dan, eve] = [await stage.as('dan'), await stage.as('eve')]
  const fixing = { ...stage.fixing, maturity: (await latestBlock(ann)).time + 3_600n }
  const [one, other]: readonly [Series, Series] = [
    { ...series, fixing },
    { ...series, fixing, strike: 1_000n * ETHER },
  ]
  const [ofOne, ofOther] = [one, other].map((each) => seriesId(each, { chainId: ann.chainId, vault })) as [Hex, Hex]
  await split(dan, vault, one, 2n)
  await split(eve, vault, other, 3n)
  const swap = togetherCall(vault, [
    transferLegCall(vault, legId(ofOne, 'P'), eve.account.address, 2n),
    transferLegFromCall(vault, legId(ofOther, 'P'), eve.account.address, dan.account.address, 3n),
  ])
  await expect(send(dan, swap)).rejects.toMatchObject({ errorName: 'ERC6909InsufficientAllowance' })
  expect(await readLegs(dan, vault, ofOne, dan.account.address)).toEqual({ p: 2n, n: 2n })
  await send(eve, approveLegCall(vault, legId(ofOther, 'P'), dan.account.address, 3n))
  await send(dan, swap)
  expect(await readLegs(dan, vault, ofOne, dan.account.address)).toEqual({ p: 0n, n: 2n })
  expect(await readLegs(dan, vault, ofOther, dan.account.address)).toEqual({ p: 3n, n: 0n })
  expect(await readLegs(dan, vault, ofOne, eve.account.address)).toEqual({ p: 2n, n: 0n })
})

test('puts nothing together that would not be done: another vault’s call, or one that pays', () => {
  const { vault, oracle } = stage.deployments
  const own = mergeCall(vault, series, 1n)
  const paying = splitEtherCall(vault, series, 1n)
  expect(togetherCall(getAddress(vault), [{ ...own, to: vault.toLowerCase() as Address, value: 0n }]).to).toBe(vault)
  expect(() => togetherCall(vault, [own, paying])).toThrow(
    `Expected calls of vault ${vault} that send no ether, got splitEther with 1 wei.`,
  )
  const other = () => togetherCall(vault, [own, mergeCall(oracle, series, 1n)])
  expect(other).toThrow(`Expected calls of vault ${vault} that send no ether, got merge of ${oracle}.`)
  expect(other).toThrow(expect.objectContaining({ name: 'Vault.TogetherError', hint: 'Send it by itself.' }))
})

test('deploys no vault of an oracle that is not there', async () => {
  const { weth } = stage.deployments
  const nobody = getAddress(`0x${'77'.repeat(20)}`)
  const deploying = (): Promise<Address> => deployVault(ann, nobody, { collateral: weth, bondRate: ETHER })
  await expect(impatiently(deploying)).rejects.toMatchObject({
    name: 'Client.NoCodeError',
    message: `Expected the oracle at ${nobody}, got an address without code.`,
  })
})

test('takes no more than the arbitrators secure, and says so', async () => {
  const { vault } = stage.deployments
  const fixing = { ...stage.fixing, maturity: (await latestBlock(ann)).time + 3_600n }
  const later: Series = { ...series, fixing }
  expect(await readMostCollateral(ann, vault, fixing)).toBe(1_000n * ETHER)
  await expect(split(ann, vault, later, 1_000n * ETHER + 1n)).rejects.toMatchObject({
    errorName: 'AboveSecured',
    hint: 'Split less, or use a series whose arbitrators secure more.',
  })
  const room = 1_000n * ETHER
  expect(await readCapacity(ann, vault, fixing)).toEqual({ held: 0n, most: 1_000n * ETHER, room })
  await split(ann, vault, later, 4n * ETHER)
  // What another series of the same fixing takes is missing too.
  await split(ann, vault, { ...later, strike: 1n }, 2n * ETHER)
  expect(await readCapacity(ann, vault, fixing)).toEqual({
    held: 6n * ETHER,
    most: 1_000n * ETHER,
    room: room - 6n * ETHER,
  })
})

test('another collateral is measured in bond token by the rate of its vault', async () => {
  const { oracle } = stage.deployments
  const hash = await ann.walletClient.sendTransaction({ data: weth9Bytecode })
  const { contractAddress } = await mined(ann, hash)
  const collateral = getAddress(contractAddress ?? '0x')
  const vault = await deployVault(ann, oracle, { collateral, bondRate: ETHER / 4n })
  expect(await deployVault(ann, oracle, { collateral, bondRate: ETHER / 4n })).toBe(vault)
  await ensureCollateral(ann, collateral, vault, 10n * ETHER)
  const maturity = (await latestBlock(ann)).time + 3_600n
  const later: Series = { ...series, fixing: { ...stage.fixing, maturity, openInterest: vault } }
  await split(ann, vault, later, 10n * ETHER)
  expect(await readSecurity(ann, oracle, later.fixing)).toEqual({
    securedUpTo: 1_000n * ETHER,
    foreign: [],
    openInterest: (5n * ETHER) / 2n,
  })
  await expect(splitEther(ann, vault, later, 1n)).rejects.toMatchObject({ errorName: 'NotEther' })
})

test('deploys every adapter from its terms, and each says what was settled', async () => {
  const { oracle, weth } = stage.deployments
  const maturity = (await latestBlock(ann)).time + 3_600n
  const fixing = { ...stage.fixing, maturity }
  const quote: Address = `0x${'0d'.repeat(20)}`
  const feed = planChainlinkFeed(oracle, { fixing, decimals: 8, description: 'ETH / USD' })
  const price = planMorphoPrice(oracle, { fixing, loanDecimals: 6, collateralDecimals: 18 })
  const quotes = planErc7726Quote(oracle, { fixing, base: weth, baseDecimals: 18, quote, quoteDecimals: 6 })
  const results = planResultsById(oracle)
  for (const step of [feed, price, quotes, results]) await carryOut(ann, step)
  await stage.embedded.mineAt(maturity)
  await propose(ann, oracle, fixing, { value: 2_500n * ETHER, maxBond: ETHER })
  await stage.embedded.mineAt((await latestBlock(ann)).time + 86_400n)

  const { publicClient } = ann
  const ofFeed = { address: feed.address, abi: chainlinkFeedAbi } as const
  expect(await publicClient.readContract({ ...ofFeed, functionName: 'description' })).toBe('ETH / USD')
  const [, answer] = await publicClient.readContract({ ...ofFeed, functionName: 'latestRoundData' })
  expect(answer).toBe(2_500n * 10n ** 8n)
  const ofPrice = { address: price.address, abi: morphoPriceAbi } as const
  expect(await publicClient.readContract({ ...ofPrice, functionName: 'price' })).toBe(2_500n * 10n ** 24n)
  const ofQuotes = { address: quotes.address, abi: erc7726QuoteAbi } as const
  const two = { functionName: 'getQuote', args: [2n * ETHER, weth, quote] } as const
  expect(await publicClient.readContract({ ...ofQuotes, ...two })).toBe(5_000n * 10n ** 6n)
  const ofResults = { address: results.address, abi: resultsByIdAbi } as const
  const data = encodeFunctionData({ ...ofResults, functionName: 'learn', args: [fixing] })
  await send(ann, { name: 'learn', to: results.address, data })
  const id = fixingId(fixing, { chainId: ann.chainId, oracle })
  const byId = { functionName: 'valueFor', args: [id] } as const
  expect(await publicClient.readContract({ ...ofResults, ...byId })).toEqual([2_500n * ETHER, maturity, 200n])
})

test('says why an adapter cannot be deployed, before anything is sent', async () => {
  const { oracle } = stage.deployments
  const { number } = await latestBlock(ann)
  const fixing = { ...stage.fixing, minBond: 0n }
  const feed = planChainlinkFeed(oracle, { fixing, decimals: 8, description: '' })
  await expect(carryOut(ann, feed)).rejects.toMatchObject({ errorName: 'ParameterOutOfBounds' })
  expect((await latestBlock(ann)).number).toBe(number)
  expect(() => planChainlinkFeed(oracle, { fixing, decimals: 19, description: '' })).toThrow(
    'Expected decimals within 0 .. 18, got 19.',
  )
  const tokens = { fixing, loanDecimals: 18, collateralDecimals: -1 }
  expect(() => planMorphoPrice(oracle, tokens)).toThrow('Expected collateralDecimals within 0 .. 18, got -1.')
  const [base, quote]: [Address, Address] = [oracle, oracle]
  expect(() => planErc7726Quote(oracle, { fixing, base, baseDecimals: 18, quote, quoteDecimals: 1.5 })).toThrow(
    'Expected quoteDecimals within 0 .. 18, got 1.5.',
  )
})
