import { fileURLToPath } from 'node:url'
import { type Address, encodeErrorResult, type Hex, parseAbi } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WritableChain } from '#client/chain.ts'
import { deployVault } from '#client/deploy.ts'
import { revertOf } from '#client/errors.ts'
import { send } from '#client/send.ts'
import { legId, merge, readLegs, type Series, seriesId, split, transferLeg } from '#client/vault.ts'
import { approveCall, ensureCollateral, wethBalance } from '#client/weth.ts'
import { ETHER, raiseStage, type Stage } from './chain-fixture.ts'
import { put, write } from './feed-contracts.ts'
import { compile } from './solidity.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TOKEN = compile({ compiler: 'solc', root: ROOT, entry: 'test/contracts/model/ModelToken.sol' })

let stage: Stage
let ann: WritableChain
/** OpenZeppelin's, which is no wrapped ether. */
let collateral: Address
let vault: Address
let series: Series

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  collateral = await put(ann, TOKEN.abi, TOKEN.bytecode, [])
  vault = await deployVault(ann, stage.deployments.oracle, { collateral, bondRate: ETHER })
  series = { fixing: { ...stage.fixing, openInterest: vault }, strike: ETHER, invalidSharePpm: 0 }
})
afterAll(() => stage.embedded.stop())

describe('a split of what was not approved, or is not there', () => {
  const APPROVE = 'Approve it on the token first: approve(spender, amount), which is approveCall in client/weth.'
  const GET_MORE = 'Get what is missing first, or name a smaller amount.'

  test('says what is missing, and does what it says', async () => {
    const { address } = ann.account
    await expect(split(ann, vault, series, 100n)).rejects.toMatchObject({
      errorName: 'ERC20InsufficientAllowance',
      args: [vault, 0n, 100n],
      message: `Expected ${vault} to be approved for 100 base units of the token, got 0: 100 missing.`,
      hint: APPROVE,
    })
    await send(ann, approveCall(collateral, vault, 100n))
    await write(ann, collateral, TOKEN.abi, 'mint', [address, 30n])
    await expect(split(ann, vault, series, 100n)).rejects.toMatchObject({
      errorName: 'ERC20InsufficientBalance',
      args: [address, 30n, 100n],
      message: `Expected ${address} to hold 100 base units of the token, got 30: 70 missing.`,
      hint: GET_MORE,
    })
    await write(ann, collateral, TOKEN.abi, 'mint', [address, 70n])
    await split(ann, vault, series, 100n)
    const id = seriesId(series, { chainId: ann.chainId, vault })
    expect(await readLegs(ann, vault, id, address)).toEqual({ p: 100n, n: 100n })
    await expect(merge(ann, vault, series, 101n)).rejects.toMatchObject({
      errorName: 'ERC6909InsufficientBalance',
      message: `Expected ${address} to hold 101 base units of id ${legId(id, 'P')}, got 100: 1 missing.`,
      hint: GET_MORE,
    })
    await expect(transferLeg(ann, vault, legId(id, 'P'), `0x${'00'.repeat(20)}`, 1n)).rejects.toMatchObject({
      errorName: 'ERC6909InvalidReceiver',
      hint: 'Name another account.',
    })
  })

  test.each([
    ['ERC20: insufficient allowance', APPROVE],
    ['ERC20: transfer amount exceeds allowance', APPROVE],
    ['ERC20: transfer amount exceeds balance', GET_MORE],
    ['Dai/insufficient-balance', GET_MORE],
    ['paused\u001b[2J', 'The contract that was called says so, or one that it calls, such as the token.'],
  ])('shows %j of a token from before ERC-6093 as words of its own', (reason, hint) => {
    const data = encodeErrorResult({
      abi: parseAbi(['error Error(string reason)']),
      errorName: 'Error',
      args: [reason],
    })
    expect(revertOf('split', data)).toMatchObject({
      errorName: 'Error',
      args: [reason],
      message: `Expected the call to succeed, got ${JSON.stringify(reason)}.`,
      hint,
    })
  })

  test.each([
    [0x11n, '0x11, an overflow'],
    [0x77n, '119'],
  ])('names the panic %i', (code, named) => {
    const data = encodeErrorResult({ abi: parseAbi(['error Panic(uint256 code)']), errorName: 'Panic', args: [code] })
    expect(revertOf('split', data)).toMatchObject({
      errorName: 'Panic',
      message: `Expected the call to succeed, got panic ${named}.`,
      hint: 'A figure is out of the range that the contract reckons in: check what the call was given.',
    })
  })
})

test.each([
  ['0x12345678' + 'ab'.repeat(96), '0x12345678'],
  ['0x12345678', '0x12345678'],
  ['0x1234', '0x1234'],
])('an error of nobody’s is named by its four bytes: %s', (data, errorName) => {
  expect(revertOf('split', data as Hex)).toMatchObject({
    name: 'Client.OracleRevertError',
    errorName,
    args: [],
    message: `Expected the call to succeed, got error ${errorName}, which is of none of our contracts.`,
    hint: 'A contract that was called on the way says so, such as a token: look its errors up there.',
  })
})

test.each([
  ['FixingIdMismatch(bytes32 got, bytes32 want)', 'docs/reference/errors.md says what it means.'],
  ['ReentrancyGuardReentrantCall()', 'docs/reference/errors.md says what it means.'],
  ['StaleRound(uint8 got, uint8 want)', 'Read where the fixing stands with assize status, then decide again.'],
])('what is not a matter of the fixing sends nobody to assize status: %s', (error, hint) => {
  const [item] = parseAbi<readonly string[]>([`error ${error}`])
  if (item?.type !== 'error') throw new Error('Expected an error, got none.')
  const args = item.inputs.map(({ type }) => (type === 'uint8' ? 1 : (`0x${'11'.repeat(32)}` as const)))
  expect(revertOf('call', encodeErrorResult({ abi: [item], errorName: item.name, args }))).toMatchObject({
    errorName: item.name,
    hint,
  })
})

test('ether is wrapped into wrapped ether alone: what is missing of another token is said', async () => {
  const bob = await stage.as('bob')
  const { address } = bob.account
  const ether = await bob.publicClient.getBalance({ address })
  await expect(ensureCollateral(bob, collateral, vault, 100n)).rejects.toMatchObject({
    name: 'Weth.TooFewTokensError',
    message: `Expected the account to hold 100 base units of MODEL at ${collateral}, got 0.`,
    hint: 'Get 100 more of it first: ether can be wrapped into WETH alone.',
    token: collateral,
    missing: 100n,
  })
  expect(await bob.publicClient.getBalance({ address })).toBe(ether)
})

test('collateral is approved and split as docs/integrators.md shows', async () => {
  const [chain, amount] = [await stage.as('cal'), 100n]
  const { address } = chain.account
  await write(chain, collateral, TOKEN.abi, 'mint', [address, amount])
  await ensureCollateral(chain, collateral, vault, amount)
  await split(chain, vault, series, amount)
  expect(await wethBalance(chain, collateral, address)).toBe(0n)
  const id = seriesId(series, { chainId: chain.chainId, vault })
  expect(await readLegs(chain, vault, id, address)).toEqual({ p: amount, n: amount })
})
