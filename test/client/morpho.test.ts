import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Abi, type Address, BaseError, ContractFunctionRevertedError } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { propose } from '#client/oracle-writer.ts'
import { ensureCollateral, wethBalance } from '#client/weth.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { ETHER, MATURITY, raiseStage, type Stage } from './chain-fixture.ts'
import { put, write } from './feed-contracts.ts'
import { compile, type Compiled } from './solidity.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MORPHO = join(ROOT, 'node_modules/@morpho-org/morpho-blue')
const DAY = 86_400n
const YEAR = 365n * DAY
/** One dollar of the loan token, which has six decimals. */
const DOLLAR = 10n ** 6n
/** 86 %. */
const LLTV = 860_000_000_000_000_000n

/** R-612, in a market of Morpho's published contract: dollars are lent against ether at the settlement of ETH / USD. */
type Market = {
  readonly fixing: Fixing
  readonly terms: Readonly<Record<'loanToken' | 'collateralToken' | 'oracle' | 'irm', Address>> & {
    readonly lltv: bigint
  }
}

let stage: Stage
let lender: WritableChain
let borrower: WritableChain
let morpho: Address
let dollars: Address
let rates: Address
let abi: Abi
let adapter: Compiled
let token: Compiled

beforeAll(async () => {
  stage = await raiseStage()
  ;[lender, borrower] = [await stage.as('lender'), await stage.as('borrower')]
  const published = (entry: string): Compiled => compile({ compiler: 'solc-0.8.19', root: MORPHO, entry })
  const [market, rate] = [published('src/Morpho.sol'), published('src/mocks/IrmMock.sol')]
  token = published('src/mocks/ERC20Mock.sol')
  adapter = compile({ compiler: 'solc', root: ROOT, entry: 'contracts/src/consumers/adapters/MorphoPrice.sol' })
  abi = [...market.abi, ...maturityOracleAbi.filter(({ type }) => type === 'error'), ...errorsOf(adapter)]
  morpho = await put(lender, market.abi, market.bytecode, [lender.account.address])
  dollars = await put(lender, token.abi, token.bytecode, [])
  rates = await put(lender, rate.abi, rate.bytecode, [])
  await write(lender, morpho, abi, 'enableIrm', [rates])
  await write(lender, morpho, abi, 'enableLltv', [LLTV])
  for (const one of [lender, borrower]) {
    await write(lender, dollars, token.abi, 'setBalance', [one.account.address, 1_000_000n * DOLLAR])
    await write(one, dollars, token.abi, 'approve', [morpho, 2n ** 256n - 1n])
    await ensureCollateral(one, stage.deployments.weth, morpho, 10n * ETHER)
  }
})
afterAll(() => stage.embedded.stop())

test('before the settlement nothing is lent, and everybody can leave', async () => {
  const market = await open(stage.fixing)
  await stock(market)
  expect(await refusal(borrower, 'borrow', [market.terms, 1n, 0n, ...both(borrower)])).toBe('NotSettled')
  await leave(market)
})

test('R-612 at the settlement as much is lent as it says, and liquidated at what it says', async () => {
  const market = await open(stage.fixing)
  await stock(market)
  await stage.embedded.mineAt(MATURITY)
  const { oracle } = stage.deployments
  await propose(lender, oracle, stage.fixing, { value: 2_500n * ETHER, maxBond: ETHER })
  expect(await refusal(borrower, 'borrow', [market.terms, 1n, 0n, ...both(borrower)])).toBe('NotSettled')
  await stage.embedded.mineAt(MATURITY + DAY + 60n)

  // One ether is 2500 dollars, and 86 % of that 2150.
  const most = 2_150n * DOLLAR
  expect(await refusal(borrower, 'borrow', [market.terms, most + 1n, 0n, ...both(borrower)])).toBe(
    'insufficient collateral',
  )
  await write(borrower, morpho, abi, 'borrow', [market.terms, most, 0n, ...both(borrower)])
  expect(await balance(borrower)).toBe(1_000_000n * DOLLAR + most)
  const { account } = borrower
  expect(await refusal(borrower, 'withdrawCollateral', [market.terms, 1n, ...both(borrower)])).toBe(
    'insufficient collateral',
  )

  // A year's interest makes it more than 2150, at the same settlement.
  await stage.embedded.mineAt((await latestBlock(lender)).time + YEAR)
  const [ether, before] = [
    await wethBalance(lender, stage.deployments.weth, lender.account.address),
    await balance(lender),
  ]
  const seized = ETHER / 10n
  await write(lender, morpho, abi, 'liquidate', [market.terms, account.address, seized, 0n, '0x'])
  expect((await wethBalance(lender, stage.deployments.weth, lender.account.address)) - ether).toBe(seized)
  // Worth 250 dollars, less what Morpho gives for liquidating at 86 %: 250 x (1 - 0.3 x 0.14) = 239.5, which it rounds up twice.
  expect(before - (await balance(lender))).toBe(239_500_002n)
})

test('on INVALID nothing was ever lent, and everybody can leave', async () => {
  const fixing = { ...stage.fixing, maturity: (await latestBlock(lender)).time + DAY }
  const market = await open(fixing)
  await stock(market)
  const limits = BigInt(fixing.proposalGrace) + 2n * BigInt(fixing.arbitrationLimit)
  await stage.embedded.mineAt(fixing.maturity + limits)
  expect(await refusal(borrower, 'borrow', [market.terms, 1n, 0n, ...both(borrower)])).toBe('InvalidSettlement')
  await leave(market)
})

/** A market by an adapter of its own, so that markets share nothing. */
async function open(fixing: Fixing): Promise<Market> {
  const { oracle, weth } = stage.deployments
  const price = await put(lender, adapter.abi, adapter.bytecode, [oracle, fixing, 6, 18])
  const terms = { loanToken: dollars, collateralToken: weth, oracle: price, irm: rates, lltv: LLTV }
  await write(lender, morpho, abi, 'createMarket', [terms])
  return { fixing, terms }
}

/** 10 000 dollars to lend, and an ether to borrow against. */
async function stock({ terms }: Market): Promise<void> {
  await write(lender, morpho, abi, 'supply', [terms, 10_000n * DOLLAR, 0n, lender.account.address, '0x'])
  await write(borrower, morpho, abi, 'supplyCollateral', [terms, ETHER, borrower.account.address, '0x'])
}

/** Takes out all that `stock` put in. */
async function leave({ terms }: Market): Promise<void> {
  const { weth } = stage.deployments
  const [lent, pledged] = [await balance(lender), await wethBalance(borrower, weth, borrower.account.address)]
  await write(lender, morpho, abi, 'withdraw', [terms, 10_000n * DOLLAR, 0n, ...both(lender)])
  await write(borrower, morpho, abi, 'withdrawCollateral', [terms, ETHER, ...both(borrower)])
  expect((await balance(lender)) - lent).toBe(10_000n * DOLLAR)
  expect((await wethBalance(borrower, weth, borrower.account.address)) - pledged).toBe(ETHER)
}

/** On whose behalf, and to whom. */
function both({ account }: WritableChain): [Address, Address] {
  return [account.address, account.address]
}

async function balance({ account }: WritableChain): Promise<bigint> {
  const args = [account.address]
  return (await lender.publicClient.readContract({
    address: dollars,
    abi: token.abi,
    functionName: 'balanceOf',
    args,
  })) as bigint // of an ERC-20
}

/** The error, or the words, with which Morpho refuses a call; undefined if it does not. */
async function refusal(
  chain: WritableChain,
  functionName: string,
  args: readonly unknown[],
): Promise<string | undefined> {
  try {
    await chain.publicClient.simulateContract({ address: morpho, abi, functionName, args, account: chain.account })
    return undefined
  } catch (error) {
    const cause = error instanceof BaseError ? error.walk((one) => one instanceof ContractFunctionRevertedError) : null
    if (!(cause instanceof ContractFunctionRevertedError)) throw error
    return cause.reason ?? cause.data?.errorName
  }
}

/** What may pass through Morpho from the adapter. */
function errorsOf(contract: Compiled): Abi {
  return contract.abi.filter(({ type }) => type === 'error')
}
