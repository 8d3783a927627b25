import { keccak256, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { create } from '#client/oracle-writer.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { openChain } from '../../../node/chain/adapter.ts'
import { ledgerOf } from '../../../node/chain/ledger.ts'
import type { BeforeSend, ChainPort } from '../../../node/chain/port.ts'
import { createTransactions } from '../../../node/chain/transactions.ts'
import { accountOf, ETHER, MATURITY, raiseStage, START, type Stage } from '../../client/chain-fixture.ts'
import { intentMemory } from '../memories.ts'

const LIE = 3_000n * ETHER
const TRUTH = 2_500n * ETHER
const SOON = { timeout: 60_000, interval: 20 }

let stage: Stage
let ann: ChainPort
let fixings = 0

beforeAll(async () => {
  stage = await raiseStage()
  await stage.as('ann')
  ann = await open('ann')
  await stage.embedded.mineAt(MATURITY)
})
afterAll(() => stage.embedded.stop())

function open(name: string): Promise<ChainPort> {
  const { oracle, registry } = stage.deployments
  const signingAccount = privateKeyToAccount(keccak256(stringToHex(`test ${name}`)))
  const { rpcUrl } = stage.embedded
  return openChain({ rpcUrl, oracle, registry, chainId: undefined, signingAccount, pollMs: 20 })
}

/** A fixing that nobody has touched. */
function fresh(): Fixing {
  fixings += 1
  return { ...stage.fixing, bandPpm: 10_000 + fixings }
}

type Signed = Parameters<BeforeSend>[0]

/** Proposes LIE; returns what was signed. */
async function propose(fixing: Fixing): Promise<Signed> {
  let signed: Signed | undefined
  const beforeSend: BeforeSend = async (one) => {
    signed = one
  }
  const sent = await ann.propose(fixing, LIE, ETHER, { beforeSend })
  expect(sent).toEqual({ kind: 'done', moved: ETHER / 10n })
  if (signed === undefined) throw new Error('nothing was signed')
  return signed
}

test('reads head, bond, money and reporters', async () => {
  expect(ann.account).toBe(accountOf('ann').address)
  expect((await ann.head()).time).toBeGreaterThanOrEqual(MATURITY)
  expect(await ann.bond(stage.fixing)).toBe(ETHER / 10n)
  const unreadable: Fixing = { ...stage.fixing, openInterest: stage.deployments.weth }
  expect(await ann.bond(unreadable)).toBe(undefined)
  expect(await ann.spendable()).toBeGreaterThan(140n * ETHER)
  expect(await ann.panel(MATURITY)).toEqual({ epoch: 0n, reporters: [] })
  expect(await ann.panel(START - 1_000n)).toEqual({ epoch: 0n, reporters: [] })
})

test("adds up a real fixing's log: proposal, pot, leader", async () => {
  const fixing = fresh()
  await create(await stage.as('maker'), stage.deployments.oracle, fixing)
  const from = (await ann.head()).number
  await propose(fixing)
  const sent = await ann.stake(fixing, { kind: 'stake', round: 1, value: TRUTH, amount: ETHER }, async () => undefined)
  // The pot took what it needed, twice the bond.
  expect(sent).toEqual({ kind: 'done', moved: ETHER / 5n })
  const { number } = await ann.head()
  const events = await ann.events(from, number)
  expect(events.map(({ name }) => name)).toEqual(['created', 'proposed', 'contributed', 'led'])
  expect(ledgerOf(events, ann.account).own).toEqual([
    { kind: 'stake', round: 0, value: LIE, amount: ETHER / 10n, isFilled: true },
    { kind: 'stake', round: 1, value: TRUTH, amount: ETHER / 5n, isFilled: true },
  ])
  expect((await ann.snapshot(fixing, number)).facts).toMatchObject({ round: 2, leader: TRUTH })
})

test('takes what the oracle refuses as an outcome, and sends nothing', async () => {
  const fixing = fresh()
  await propose(fixing)
  const before = (await ann.head()).number
  const stale = { kind: 'stake', round: 2, value: TRUTH, amount: 1n } as const
  expect(await ann.stake(fixing, stale, async () => undefined)).toEqual({ kind: 'refused', reason: 'StaleRound' })
  const near = { ...stale, round: 1, value: LIE + 1n }
  expect(await ann.stake(fixing, near, async () => undefined)).toEqual({ kind: 'refused', reason: 'NotSeparated' })
  const nothing = { kind: 'stake', round: 1, value: TRUTH } as const
  expect(await ann.claim(fixing, nothing, async () => undefined)).toEqual({ kind: 'refused', reason: 'NothingToClaim' })
  expect((await ann.head()).number).toBe(before)
})

test('knows what became of a transaction: mined, replaced, never sent', async () => {
  const signed = await propose(fresh())
  expect(await ann.fate(signed)).toEqual({ kind: 'done', moved: ETHER / 10n })
  const hash = keccak256('0x12')
  expect(await ann.fate({ ...signed, hash })).toEqual({
    kind: 'refused',
    reason: 'another transaction took its nonce',
  })
  expect(await ann.fate({ hash, nonce: signed.nonce + 1 })).toEqual({ kind: 'dropped' })
})

test('knows that a transaction is still on its way', async () => {
  const fixing = fresh()
  await stage.embedded.setMining('manual')
  let signed: Signed | undefined
  const beforeSend: BeforeSend = async (one) => {
    signed = one
  }
  const sending = ann.propose(fixing, LIE, ETHER, { beforeSend })
  try {
    await expect
      .poll(async () => (signed === undefined ? undefined : (await ann.fate(signed)).kind), SOON)
      .toBe('pending')
  } finally {
    const { time } = await ann.head()
    await stage.embedded.mineAt(time + 1n)
    await stage.embedded.setMining('instant')
  }
  expect(await sending).toEqual({ kind: 'done', moved: ETHER / 10n })
})

test('never stakes twice when it dies between signing and sending, or after sending', async () => {
  const { oracle } = stage.deployments
  const fixing = fresh()
  await propose(fixing)
  const intents = intentMemory()
  const transactions = createTransactions(ann, intents)
  const { id } = await readFixing(await stage.as('maker'), oracle, fixing)
  const line = { kind: 'stake', round: 1, value: TRUTH, amount: 7n } as const
  const plan = { ...line, fixingId: id, action: 'contribute', at: MATURITY } as const
  const dieBefore = transactions.attempt(plan, (beforeSend) =>
    ann.stake(fixing, line, async (signed) => {
      await beforeSend(signed)
      throw new Error('killed before it left')
    }),
  )
  await expect(dieBefore).rejects.toThrow('killed before it left')
  expect(await transactions.settle(id)).toBe('clear')
  const dieAfter = transactions.attempt({ ...plan, at: MATURITY + 9n }, async (beforeSend) => {
    await ann.stake(fixing, line, beforeSend)
    throw new Error('killed before it heard')
  })
  await expect(dieAfter).rejects.toThrow('killed before it heard')
  expect(await transactions.settle(id)).toBe('clear')
  const { number } = await ann.head()
  const own = ledgerOf(
    (await ann.events(0n, number)).filter((event) => event.id === id),
    ann.account,
  ).own
  expect(own.filter(({ round }) => round === 1)).toEqual([{ ...line, isFilled: false }])
  expect(intents.of(id).map(({ state, moved, reason }) => [state, moved, reason])).toEqual([
    ['failed', undefined, 'never sent'],
    ['done', 7n, undefined],
  ])
  // Both had the same nonce: at most one of them could ever have been mined.
  expect(new Set(intents.of(id).map(({ nonce }) => nonce)).size).toBe(1)
})
