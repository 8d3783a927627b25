import type { Address } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WritableChain } from '#client/chain.ts'
import { NoCodeError, UnseenEventError } from '#client/errors.ts'
import { appeal, claim, collect, contribute, create, fund, propose, request } from '#client/oracle-writer.ts'
import { register } from '#client/registration.ts'
import { claimReward, claimRewards, fundReporters, refundReward } from '#client/rewards.ts'
import { send } from '#client/send.ts'
import {
  createSeries,
  merge,
  mergeToEther,
  redeem,
  redeemToEther,
  type Series,
  split,
  splitEther,
  transferLeg,
} from '#client/vault.ts'
import { approveCall, transferWeth, wrap } from '#client/weth.ts'
import { ETHER, raiseStage, recruitOf, type Stage } from './chain-fixture.ts'
import { impatiently } from './impatience.ts'

/** An account without code. */
const NOWHERE: Address = '0x00000000000000000000000000000000000abc01'

let stage: Stage
let ann: WritableChain
let series: Series

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  series = { fixing: stage.fixing, strike: ETHER, invalidSharePpm: 0 }
})
afterAll(() => stage.embedded.stop())

type Write = (to: Address) => Promise<unknown>

const STAKED = { round: 1, value: 1n, amount: 1n }
const LEGS = { p: 1n, n: 1n }
const ATTESTED = { value: 1n, signers: 1n }

/** Everything that says what came of it, as the contract logs it. */
const LOGGED: readonly (readonly [name: string, Write])[] = [
  ['create', (to) => create(ann, to, stage.fixing)],
  ['fund', (to) => fund(ann, to, stage.fixing, 1n)],
  ['propose', (to) => propose(ann, to, stage.fixing, { value: 1n, maxBond: 1n })],
  ['contribute', (to) => contribute(ann, to, stage.fixing, STAKED)],
  ['appeal', (to) => appeal(ann, to, stage.fixing, STAKED)],
  ['request', (to) => request(ann, to, stage.fixing)],
  ['claim', (to) => claim(ann, to, stage.fixing, { kind: 'stake', round: 0, value: 1n })],
  ['collect', (to) => collect(ann, to, stage.fixing)],
  ['createSeries', (to) => createSeries(ann, to, series)],
  ['split', (to) => split(ann, to, series, 1n)],
  ['merge', (to) => merge(ann, to, series, 1n)],
  ['splitEther', (to) => splitEther(ann, to, series, 1n)],
  ['mergeToEther', (to) => mergeToEther(ann, to, series, 1n)],
  ['redeem', (to) => redeem(ann, to, series, LEGS)],
  ['redeemToEther', (to) => redeemToEther(ann, to, series, LEGS)],
  ['transfer', (to) => transferLeg(ann, to, 1n, NOWHERE, 1n)],
  ['fundReporters', (to) => fundReporters(ann, to, stage.fixing, 1n)],
  ['claimReward', (to) => claimReward(ann, to, stage.fixing, { ...ATTESTED, place: 0 })],
  ['refundReward', (to) => refundReward(ann, to, stage.fixing, ATTESTED)],
  ['register', (to) => register(ann, to, recruitOf('carl', { peerId: '0x0123', stake: ETHER }))],
]

const WRITES: readonly (readonly [name: string, Write])[] = [
  ...LOGGED,
  ['claimRewards', (to) => claimRewards(ann, to, stage.fixing, { ...ATTESTED, places: [0] })],
  ['deposit', (to) => wrap(ann, to, ETHER)],
  ['transfer', (to) => transferWeth(ann, to, NOWHERE, 1n)],
  ['approve', (to) => send(ann, approveCall(to, NOWHERE, 1n))],
]

async function spentBy(run: () => Promise<unknown>): Promise<{ error: unknown; nonces: number; spent: bigint }> {
  const { address } = ann.account
  const count = (): Promise<number> => ann.publicClient.getTransactionCount({ address })
  const balance = (): Promise<bigint> => ann.publicClient.getBalance({ address })
  const [nonce, held] = [await count(), await balance()]
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { error, nonces: (await count()) - nonce, spent: held - (await balance()) }
}

test.each(WRITES)('%s sends nothing to an address without code', async (name, write) => {
  const { error, nonces, spent } = await impatiently(() => spentBy(() => write(NOWHERE)))
  expect({ nonces, spent }).toEqual({ nonces: 0, spent: 0n })
  expect(error).toBeInstanceOf(NoCodeError)
  expect(error).toMatchObject({
    name: 'Client.NoCodeError',
    message: `Expected the contract of ${name} at ${NOWHERE}, got an address without code.`,
    address: NOWHERE,
  })
})

test.each(LOGGED)('%s at wrapped ether, which takes any call, is told with its transaction', async (name, write) => {
  const { weth } = stage.deployments
  const { error, nonces } = await spentBy(() => write(weth))
  expect(nonces).toBe(1)
  if (!(error instanceof UnseenEventError)) throw new Error('Expected an UnseenEventError.', { cause: error })
  const { hash, message, address } = error
  expect(address).toBe(weth)
  expect(message).toMatch(
    new RegExp(`^Expected ${name} to log [A-Z]\\w+ at ${weth}, got transaction ${hash}, which was mined without.$`),
  )
  expect(await ann.publicClient.getTransactionReceipt({ hash })).toMatchObject({ status: 'success' })
})

test('a plain payment goes to an account without code', async () => {
  expect(await send(ann, { name: 'pay', to: NOWHERE, data: '0x', value: 7n })).toMatchObject({ status: 'success' })
  expect(await ann.publicClient.getBalance({ address: NOWHERE })).toBe(7n)
})
