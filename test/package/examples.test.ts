import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Address, getAddress, type Hex, keccak256, parseAbi, stringToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { carryOut } from '#client/deploy.ts'
import { planConditionalTokensReporter } from '#client/consumer-plan.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { type Legs, mergeToEther, readLegs, seriesId, splitEther } from '#client/vault.ts'
import { wethBalance } from '#client/weth.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { accountOf, ETHER, raiseStage, type Stage } from '../client/chain-fixture.ts'
import { mined } from '../client/mined.ts'
import { type Ended, install, type Installed, ROOT } from './installed.ts'
import { outlasting } from './outage.ts'

const DAY = 86_400n

let installed: Installed
let stage: Stage
let ann: WritableChain
beforeAll(async () => {
  ;[installed, stage] = await Promise.all([install(), raiseStage()])
  ann = await stage.as('ann')
  await stage.as('cal')
  for (const name of ['scalar-market.ts', 'hedge.ts']) {
    installed.write(name, readFileSync(join(ROOT, 'docs/examples', name), 'utf8'))
  }
})
afterAll(async () => {
  await stage.embedded.stop()
  installed.remove()
})

/** The key of somebody of the stage, as accountOf makes it. */
function keyOf(name: string): Hex {
  return keccak256(stringToHex(`test ${name}`))
}

function run(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const common = { RPC_URL: stage.embedded.rpcUrl, ORACLE: stage.deployments.oracle, CONFIRMATIONS: '0' }
  return installed.run('node', args, { ...common, ...env })
}

/** Announces a fixing that matures so many days after the chain's now. */
async function announce(days: bigint, changes: Partial<Fixing> = {}): Promise<{ fixing: Fixing; id: Hex }> {
  const { oracle } = stage.deployments
  const maturity = (await latestBlock(ann)).time + days * DAY
  const fixing = { ...stage.fixing, indexId: keccak256(stringToHex(`index of ${maturity}`)), maturity, ...changes }
  await create(ann, oracle, fixing)
  return { fixing, id: fixingId(fixing, { chainId: ann.chainId, oracle }) }
}

/** Passes the maturity, has the value proposed and lets nobody dispute it. */
async function settleAt(fixing: Fixing, value: bigint): Promise<void> {
  await stage.embedded.mineAt(fixing.maturity)
  await propose(ann, stage.deployments.oracle, fixing, { value, maxBond: ETHER })
  await stage.embedded.mineAt((await latestBlock(ann)).time + BigInt(fixing.firstWindow))
}

test('the examples are type-checked against what is packed', async () => {
  const options = { module: 'nodenext', moduleResolution: 'nodenext', target: 'es2024', lib: ['es2024', 'dom'] }
  const strict = { types: ['node'], strict: true, noEmit: true, noUnusedLocals: true, exactOptionalPropertyTypes: true }
  const files = ['scalar-market.ts', 'hedge.ts']
  installed.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...options, ...strict }, files }))
  expect(await installed.run('tsc', ['-p', '.'])).toEqual({ exitCode: 0, out: '', err: '' })
})

test("a scalar market at Gnosis's published contract is opened, and paid by where the value lies", async () => {
  const { oracle, weth } = stage.deployments
  const positions = await deployConditionalTokens()
  const reporter = planConditionalTokensReporter(oracle, positions)
  await carryOut(ann, reporter)
  const { fixing, id } = await announce(1n)
  const env = { REPORTER: reporter.address, KEY: keyOf('ann') }
  // Anybody may have prepared it before: that keeps nobody from opening it.
  const early = await run(['scalar-market.ts', 'open', id, '2000', '4000', '1'], { ...env, KEY: keyOf('cal') })
  expect(early).toMatchObject({ exitCode: 0, err: '' })
  const opened = await run(['scalar-market.ts', 'open', id, '2000', '4000', '10'], env)
  expect(opened).toMatchObject({ exitCode: 0, err: '' })
  expect(opened.out).toMatch(/^SHORT \d+\nLONG \d+\n$/)
  const [short = 0n, long = 0n] = [...opened.out.matchAll(/\d+/g)].map(([digits]) => BigInt(digits))
  // Ann keeps LONG and hands SHORT to Ben.
  const ben = await stage.as('ben')
  const transfer = await ann.walletClient.writeContract({
    address: positions,
    abi: TRANSFER,
    functionName: 'safeTransferFrom',
    args: [ann.account.address, ben.account.address, short, 10n * ETHER, '0x'],
  })
  await mined(ann, transfer)
  expect(short).not.toBe(long)

  const before = await wethBalance(ben, weth, ben.account.address)
  const settled = await outlasting(stage.embedded.rpcUrl, async ({ url, isAway }) => {
    const waiting = run(['scalar-market.ts', 'settle', id, '2000', '4000'], { ...env, RPC_URL: url, POLL_MS: '50' })
    await isAway()
    await settleAt(fixing, 2_500n * ETHER)
    return waiting
  })
  // A quarter of the way from 2000 to 4000.
  const out = `2500\npaid ${(10n * ETHER) / 4n} wei\n`
  expect(settled).toEqual({ exitCode: 0, out, err: expect.stringContaining('the endpoint is away') })
  const second = await run(['scalar-market.ts', 'settle', id, '2000', '4000'], { ...env, KEY: keyOf('ben') })
  // It is reported already.
  expect(second).toEqual({ exitCode: 0, out: `2500\npaid ${(10n * ETHER * 3n) / 4n} wei\n`, err: '' })
  expect((await wethBalance(ben, weth, ben.account.address)) - before).toBe((75n * ETHER) / 10n)
  const third = await run(['scalar-market.ts', 'settle', id, '2000', '4000'], { ...env, KEY: keyOf('cal') })
  expect(third).toMatchObject({ exitCode: 0, out: `2500\npaid ${ETHER} wei\n` })
  expect(await wethBalance(ann, weth, positions)).toBe(0n)
})

test('a scalar market takes no more than is secured, and nothing from the maturity on', async () => {
  const { oracle, weth } = stage.deployments
  const positions = await deployConditionalTokens()
  const reporter = planConditionalTokensReporter(oracle, positions)
  await carryOut(ann, reporter)
  const { fixing, id } = await announce(1n)
  const env = { REPORTER: reporter.address, KEY: keyOf('ann') }
  const open = (amount: string, of = id): Promise<Ended> =>
    run(['scalar-market.ts', 'open', of, '2000', '4000', amount], env)
  expect((await open('1000.5')).err).toContain(
    'Expected at most 1000 ETH to depend on the fixing, got 1000.5 beside 0.',
  )
  // A source that gives no number: nobody could ever propose a value.
  const unreadable = await announce(1n, { openInterest: weth })
  expect((await open('1', unreadable.id)).err).toContain(
    'Expected at most 1000 ETH to depend on the fixing, got 1 beside what is not known.',
  )
  await stage.embedded.mineAt(fixing.maturity)
  expect((await open('1')).err).toContain(
    `Expected a fixing before its maturity, got one that matured at ${fixing.maturity}.`,
  )
  expect(await wethBalance(ann, weth, positions)).toBe(0n)
})

/** Whose terms hedge.ts runs with, each with so much ether. */
async function hedgersWith(ether: Readonly<Record<'hedger' | 'dealer', bigint>>): Promise<Record<string, string>> {
  for (const [name, amount] of Object.entries(ether)) {
    await stage.embedded.setBalance(accountOf(name).address, amount * ETHER)
  }
  const { vault } = stage.deployments
  return { VAULT: vault, STRIKE: '1750', KEY: keyOf('hedger'), DEALER_KEY: keyOf('dealer') }
}

/** The legs of hedge.ts's series of a fixing that somebody of the stage holds. */
function legsOf(name: string, fixing: Fixing): Promise<Legs> {
  const { vault } = stage.deployments
  const series = { fixing, strike: 1_750n * ETHER, invalidSharePpm: 700_000 }
  return readLegs(ann, vault, seriesId(series, { chainId: ann.chainId, vault }), accountOf(name).address)
}

const BOUGHT = { exitCode: 0, out: 'bought 10 P for 7 ETH\n', err: '' }

test('a hedge with P, rolled before the maturity, holds its dollars while the index falls and rises', async () => {
  const env = await hedgersWith({ hedger: 8n, dealer: 30n })
  const [first, second] = [await announce(30n), await announce(60n)]
  expect(await run(['hedge.ts', 'buy', first.id, '10', '2500'], env)).toEqual(BOUGHT)
  expect((await run(['hedge.ts', 'close', first.id], env)).err).toContain(
    'Expected a settlement, got a fixing that is ',
  )

  // 7 ETH are worth 14 000 dollars now; the hedge still 17 500, and it goes on through the first maturity.
  expect(await run(['hedge.ts', 'roll', first.id, second.id, '2000'], env)).toEqual({
    exitCode: 0,
    out: "rolled 10 P into 10 P, 17500 in the index's currency\n",
    err: '',
  })
  expect(await legsOf('dealer', first.fixing)).toEqual({ p: 10n * ETHER, n: 10n * ETHER })
  expect((await run(['hedge.ts', 'roll', first.id, second.id, '2000'], env)).err).toContain(
    `Expected P to roll, got none; of the next there are ${10n * ETHER} wei.`,
  )

  await settleAt(first.fixing, 1_900n * ETHER)
  await settleAt(second.fixing, 3_500n * ETHER)
  expect(await run(['hedge.ts', 'close', second.id], env)).toEqual({
    exitCode: 0,
    out: "redeemed 10 P for 5 ETH, 17500 in the index's currency\n",
    err: '',
  })
})

test('a hedge that is rolled after the settlement has held ether since the maturity', async () => {
  const env = await hedgersWith({ hedger: 8n, dealer: 30n })
  const [first, second] = [await announce(30n), await announce(60n)]
  expect(await run(['hedge.ts', 'buy', first.id, '10', '2500'], env)).toEqual(BOUGHT)
  await stage.embedded.mineAt(first.fixing.maturity)
  // What the P will pay is not known before the settlement.
  expect((await run(['hedge.ts', 'roll', first.id, second.id, '2000'], env)).err).toContain(
    'Expected a fixing before its maturity or settled, got one that is open.',
  )
  await settleAt(first.fixing, 2_000n * ETHER)
  // 8.75 ETH, 17 500 dollars at the maturity, 15 312.5 at 1 750.
  expect(await run(['hedge.ts', 'roll', first.id, second.id, '1750'], env)).toEqual({
    exitCode: 0,
    out: "rolled 10 P into 8.75 P, 15312.5 in the index's currency\n",
    err: '',
  })
})

test('a hedge pays for nothing that cannot be split, and is rolled when it can be', async () => {
  const { vault } = stage.deployments
  const env = await hedgersWith({ hedger: 8n, dealer: 30n })
  const whale = await stage.as('whale')
  await stage.embedded.setBalance(whale.account.address, 3_000n * ETHER)
  const [first, second] = [await announce(30n), await announce(60n)]
  const others = { ...first, strike: 2_000n * ETHER, invalidSharePpm: 0 }
  await splitEther(whale, vault, others, 995n * ETHER)
  const before = await whale.publicClient.getBalance({ address: accountOf('hedger').address })
  const refused = 'Expected to split at most 5 ETH, what is left of what the arbitrators secure, got 10.'
  expect((await run(['hedge.ts', 'buy', first.id, '10', '2500'], env)).err).toContain(refused)
  expect(await whale.publicClient.getBalance({ address: accountOf('hedger').address })).toBe(before)

  await mergeToEther(whale, vault, others, 10n * ETHER)
  expect(await run(['hedge.ts', 'buy', first.id, '10', '2500'], env)).toEqual(BOUGHT)
  const next = { ...others, fixing: second.fixing }
  await splitEther(whale, vault, next, 995n * ETHER)
  const rolling = ['hedge.ts', 'roll', first.id, second.id, '2500']
  expect((await run(rolling, env)).err).toContain(refused)
  expect(await legsOf('hedger', first.fixing)).toEqual({ p: 10n * ETHER, n: 0n })

  // It died behind half of the split: only the other half is split.
  await splitEther(
    await stage.as('dealer'),
    vault,
    { ...next, strike: 1_750n * ETHER, invalidSharePpm: 700_000 },
    5n * ETHER,
  )
  await mergeToEther(whale, vault, next, 5n * ETHER)
  expect((await run(rolling, env)).out).toContain('rolled 10 P into 10 P')
  expect(await legsOf('hedger', second.fixing)).toEqual({ p: 10n * ETHER, n: 0n })
  expect(await legsOf('dealer', second.fixing)).toEqual({ p: 0n, n: 10n * ETHER })
})

const TRANSFER = parseAbi([
  'function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes data)',
])

/** Gnosis's contract with the bytecode of its npm package. */
async function deployConditionalTokens(): Promise<Address> {
  const path = '@gnosis.pm/conditional-tokens-contracts/build/contracts/ConditionalTokens.json'
  const artifact: unknown = JSON.parse(readFileSync(createRequire(import.meta.url).resolve(path), 'utf8'))
  const { bytecode } = artifact as { bytecode: Hex } // truffle's artifact
  const hash = await ann.walletClient.sendTransaction({ data: bytecode })
  const { contractAddress } = await mined(ann, hash)
  return getAddress(contractAddress ?? '0x')
}
