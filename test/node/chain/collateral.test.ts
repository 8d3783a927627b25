import type { Address, Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { approveCall, wethBalance } from '#client/weth.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { createCollateral } from '../../../node/chain/collateral.ts'
import type { ChainPort, Fate, Sent, Terms } from '../../../node/chain/port.ts'
import type { Attempted } from '../../../node/chain/transactions.ts'
import { systemClock } from '../../../node/clock.ts'
import type { Intent } from '../../../node/store/intent-table.ts'
import { accountOf, ETHER, MATURITY, raiseStage, type Stage } from '../../client/chain-fixture.ts'
import { intentMemory, journalMemory, transactionsOf } from '../memories.ts'
import { FIXING, FIXING_ID, keyOf } from '../reporters.ts'
import { openNodeChain } from './node-chain.ts'

const TRUTH = 2_500n * ETHER
/** After every block of these tests: what is decided has seen them all. */
const LATER = MATURITY + 1_000_000n
const BOND = ETHER / 10n
/** After every block of these tests. */
const LAST = 1_000_000n

let stage: Stage
let fixings = 0

beforeAll(async () => {
  stage = await raiseStage()
  await stage.as('reader')
  await stage.embedded.mineAt(MATURITY)
})
afterAll(() => stage.embedded.stop())

/** A node of `name`, which has 10 ETH and nothing else; what was on disk before, if it lives again. */
async function live(name: string, intents = intentMemory()) {
  await stage.embedded.setBalance(accountOf(name).address, 10n * ETHER)
  const chain = await openNodeChain(stage, name)
  const journal = journalMemory()
  const transactions = transactionsOf(intents, { chain, journal, clock: systemClock(), pollMs: 20 })
  const collateral = createCollateral({ chain, transactions, intents, journal, registry: stage.deployments.registry })
  return { chain, journal, transactions, collateral, intents }
}

type Life = Awaited<ReturnType<typeof live>>

async function fresh(): Promise<{ fixing: Fixing; id: `0x${string}` }> {
  fixings += 1
  const fixing = { ...stage.fixing, bandPpm: 10_000 + fixings }
  return { fixing, id: (await readFixing(await stage.as('reader'), stage.deployments.oracle, fixing)).id }
}

/** Proposes, for a bond of `amount` at most; a fixing that nobody has touched, unless one is given. */
async function stakeOn(
  { collateral, chain }: Life,
  amount: bigint,
  given?: Awaited<ReturnType<typeof fresh>>,
): Promise<Attempted> {
  const { fixing, id } = given ?? (await fresh())
  const line = { kind: 'stake', round: 0, value: TRUTH, amount } as const
  const plan = { ...line, fixingId: id, action: 'propose', at: LATER } as const
  return collateral.stake(plan, 'oracle', (terms) => chain.propose(fixing, TRUTH, amount, terms))
}

/** Every allowance that `name` ever gave, in order. */
async function allowancesOf(name: string): Promise<readonly bigint[]> {
  const { publicClient } = await stage.as('reader')
  const logs = await publicClient.getContractEvents({
    address: stage.deployments.weth,
    abi: [
      {
        type: 'event',
        name: 'Approval',
        inputs: [
          { name: 'src', type: 'address', indexed: true },
          { name: 'guy', type: 'address', indexed: true },
          { name: 'wad', type: 'uint256', indexed: false },
        ],
      },
    ],
    args: { src: accountOf(name).address },
    fromBlock: 0n,
    strict: true,
  })
  return logs.map(({ args }) => args.wad)
}

test('wraps and approves what is staked, writes both down, and leaves no allowance behind', async () => {
  const ann = await live('collateral ann')
  expect(await stakeOn(ann, BOND)).toEqual({ kind: 'done', moved: BOND })
  expect(await ann.chain.holdings('oracle')).toEqual({ held: 0n, allowance: 0n })
  expect(ann.journal.lines.map(({ stage: at, reason }) => [at, reason])).toEqual([
    ['collateral', `wrap ${BOND} wei.`],
    ['collateral', `approve ${BOND} wei.`],
  ])
  expect(await allowancesOf('collateral ann')).toEqual([BOND])
  expect(ann.intents.unfinished().map(({ action, state }) => [action, state])).toEqual([
    ['wrap', 'done'],
    ['approve', 'done'],
    ['propose', 'done'],
  ])
})

test('what was not needed serves the next stake, and can be taken back', async () => {
  const ann = await live('collateral bob')
  await stakeOn(ann, 3n * BOND)
  expect(await ann.chain.holdings('oracle')).toEqual({ held: 2n * BOND, allowance: 2n * BOND })
  await stakeOn(ann, BOND)
  expect(await allowancesOf('collateral bob')).toEqual([3n * BOND])
  const { id } = await fresh()
  await ann.collateral.revoke({ fixingId: id, at: LATER }, 'oracle')
  await ann.collateral.revoke({ fixingId: id, at: LATER + 9n }, 'oracle')
  expect(await allowancesOf('collateral bob')).toEqual([3n * BOND, 0n])
  expect(await ann.chain.holdings('oracle')).toEqual({ held: BOND, allowance: 0n })
})

test('what is taken back is given anew to a stake that comes meanwhile', async () => {
  const life = await live('collateral bea')
  await stakeOn(life, 3n * BOND)
  const given = await fresh()
  const asked = Promise.withResolvers<void>()
  const holdings: ChainPort['holdings'] = (...of) => (asked.resolve(), life.chain.holdings(...of))
  const { registry } = stage.deployments
  const ann = { ...life, collateral: createCollateral({ ...life, chain: { ...life.chain, holdings }, registry }) }
  const revoked = ann.collateral.revoke({ fixingId: given.id, at: LATER }, 'oracle')
  // It was found that nothing is being staked.
  await asked.promise
  expect(await stakeOn(ann, BOND, given)).toEqual({ kind: 'done', moved: BOND })
  await revoked
  expect(await allowancesOf('collateral bea')).toEqual([3n * BOND, 0n, BOND])
})

test('fixings that are staked on at once share allowances of no more than all of them together', async () => {
  const ann = await live('collateral cleo')
  const results = await Promise.all([1, 2, 3].map(() => stakeOn(ann, BOND)))
  const failed = results.filter(({ kind }) => kind !== 'done')
  expect(failed).toEqual([])
  const given = await allowancesOf('collateral cleo')
  expect(given.reduce((a, b) => (a > b ? a : b))).toBeLessThanOrEqual(3n * BOND)
  expect(await ann.chain.holdings('oracle')).toEqual({ held: 0n, allowance: 0n })
})

test.each(['wrap', 'approve'] as const)('is not doubled by a crash after the %s was written down', async (doomed) => {
  const name = `collateral dan ${doomed}`
  const first = await live(name)
  const die = async (terms: Terms, slot: Parameters<Terms['record']>[0]): Promise<never> => {
    await terms.record(slot)
    throw new Error('killed')
  }
  const chain: ChainPort = {
    ...first.chain,
    wrap: (amount, terms) =>
      first.chain.wrap(amount, doomed === 'wrap' ? { ...terms, record: (slot) => die(terms, slot) } : terms),
    approve: (spender, amount, terms) =>
      first.chain.approve(
        spender,
        amount,
        doomed === 'approve' ? { ...terms, record: (slot) => die(terms, slot) } : terms,
      ),
  }
  const { registry } = stage.deployments
  const dying = { ...first, collateral: createCollateral({ ...first, chain, registry }) }
  await expect(stakeOn(dying, BOND)).rejects.toThrow('killed')
  const [left] = first.intents.unfinished().filter(({ state }) => state === 'signed')
  expect(left?.action).toBe(doomed)
  const second = await live(name, intentMemory([...first.intents.unfinished()]))
  await expect.poll(() => second.transactions.settle(left?.fixingId ?? '0x', LAST)).toBe('clear')
  expect(await stakeOn(second, BOND)).toMatchObject({ kind: 'done' })
  expect(await allowancesOf(name)).toEqual([BOND])
  expect(await wethBalance(await stage.as('reader'), stage.deployments.weth, accountOf(name).address)).toBe(0n)
})

function idOf(n: number): Hex {
  return `0x${n.toString(16).padStart(64, '0')}`
}

/**
 * A chain on which nothing is mined unless `pursue` says so, of an account that holds `held`, one after the other, and lets both
 * contracts take `allowed`, one after the other, or as much as it holds first; what answers the first `behind` times has not seen enough.
 */
function stuck(
  held: readonly bigint[],
  rows: readonly Intent[] = [],
  {
    pursue,
    allowed = held.slice(0, 1),
    behind = 0,
  }: { pursue?: ChainPort['pursue']; allowed?: readonly bigint[]; behind?: number } = {},
) {
  const intents = intentMemory(rows)
  const [registry, oracle] = [keyOf('registry').address, keyOf('oracle').address]
  const asked: string[] = []
  const since: (bigint | undefined)[] = []
  let looks = 0
  const sign = async ({ record, nonces }: Terms, to: Address): Promise<Sent> => {
    const nonce = 3 + nonces().size
    const call = { name: 'x', to, data: '0x', gas: 1n } as const
    // Somebody else's turn, if it is not waited for.
    await systemClock().sleep(1, new AbortController().signal)
    await record({ nonce, from: keyOf('sender').address, call, versions: [] })
    return { kind: 'sent' }
  }
  const chain = {
    account: keyOf('sender').address,
    holdings: async (_: string, block?: bigint) => {
      since.push(block)
      if (since.length <= behind) return undefined
      const now = (of: readonly bigint[]): bigint => of[Math.min(looks, of.length - 1)] ?? 0n
      const found = { held: now(held), allowance: now(allowed) }
      looks += 1
      return found
    },
    wrap: async (amount: bigint, terms: Terms) => (asked.push(`wrap ${amount}`), sign(terms, oracle)),
    approve: async (spender: string, amount: bigint, terms: Terms): Promise<Sent> => {
      asked.push(`approve ${spender} ${amount} after ${terms.nonces().size}`)
      return { kind: 'done', moved: 0n }
    },
  }
  const transactions = transactionsOf(intents, pursue === undefined ? {} : { chain: { pursue } })
  const journal = journalMemory()
  const collateral = createCollateral({ chain, transactions, intents, journal, registry })
  const stake = (n: number, amount: bigint, spender: 'oracle' | 'registry' = 'oracle', refused?: Sent) => {
    const fixingId = idOf(n)
    const line = { kind: 'stake', round: 0, value: TRUTH, amount } as const
    const plan = { ...line, fixingId, action: 'propose', at: 2_000n } as const
    const to = spender === 'oracle' ? oracle : registry
    return collateral.stake(plan, spender, async (terms) => refused ?? sign(terms, to))
  }
  return { asked, since, stake, collateral, intents, transactions, journal }
}

test('what is on its way is not staked again, nor its allowance taken away, however long it takes', async () => {
  const { asked, stake, collateral } = stuck([10n])
  expect(collateral.committed()).toBe(0n)
  // Nobody waits for it any more.
  expect(await stake(1, 6n)).toEqual({ kind: 'later' })
  expect(collateral.committed()).toBe(6n)
  expect(await stake(2, 4n, 'registry')).toEqual({ kind: 'later' })
  expect([collateral.committed(), asked]).toEqual([10n, []])
  expect(await stake(3, 5n)).toEqual({ kind: 'later' })
  // 6, 4 and 5 of 10 that are there.
  expect(asked).toEqual(['wrap 5'])
  await collateral.revoke({ fixingId: FIXING_ID, at: 2_000n }, 'oracle')
  expect(asked).toEqual(['wrap 5'])
})

/** What an earlier process signed: it may be mined. */
function signed(action: Intent['action'], amount: bigint): Intent {
  const slot = { nonce: 3, from: keyOf('sender').address, versions: [] }
  const line = { kind: 'stake', round: 0, value: TRUTH, state: 'signed', nonce: 3, slot, at: 0n } as const
  return { ...line, key: `${FIXING_ID}:000000`, fixingId: FIXING_ID, action, amount }
}

const MINED: Fate = { kind: 'done', moved: 0n, block: 10n, hash: FIXING_ID }

test('what was wrapped after the holdings were asked for is not wrapped again', async () => {
  const { asked, stake } = stuck([0n, 10n], [signed('wrap', 10n)], { pursue: async () => MINED })
  await stake(2, 10n)
  expect(asked).toEqual(['approve oracle 10 after 1'])
})

test('a stake that was taken is not wrapped for again where the look under way has not seen it', async () => {
  const fates: Fate[] = [{ kind: 'pending' }, MINED]
  const pursue = async (): Promise<Fate> => fates.shift() ?? MINED
  const { asked, stake, transactions } = stuck([4n], [signed('propose', 6n)], { pursue })
  await Promise.all([transactions.tend(), stake(2, 4n)])
  expect(asked).toEqual([])
})

test('what is about to be staked is told at once, of other fixings, until it is signed', async () => {
  const { stake, collateral } = stuck([10n])
  const staking = [stake(1, 6n), stake(2, 3n)]
  expect([1, 2, 3].map((n) => collateral.upcoming(idOf(n)))).toEqual([3n, 6n, 9n])
  await Promise.all(staking)
  expect([collateral.upcoming(idOf(3)), collateral.committed()]).toEqual([0n, 9n])
})

test('what is refused before it is signed, or is not ready, is held no longer', async () => {
  const { stake, collateral } = stuck([10n])
  const held = (): readonly bigint[] => [collateral.committed(), collateral.upcoming(idOf(9))]
  const refused = { kind: 'refused', reason: 'StaleRound' } as const
  const staking = stake(1, 6n, 'oracle', refused)
  expect(held()).toEqual([6n, 6n])
  expect([await staking, held()]).toEqual([refused, [0n, 0n]])
  const behind = stuck([10n], [], { behind: 1 })
  expect([await behind.stake(1, 6n), behind.collateral.committed()]).toEqual([{ kind: 'later' }, 0n])
})

test('what waits takes its part of what is allowed now: an allowance is for what is signed behind it, of one contract', async () => {
  const { asked, stake } = stuck([10n])
  await stake(1, 3n)
  await stake(2, 4n, 'registry')
  await stake(3, 3n)
  expect(asked).toEqual([])
  const poor = stuck([10n])
  await poor.stake(1, 8n)
  const wrapped = { ...poor.intents.unfinished()[0], key: 'w', action: 'wrap', amount: 100n, nonce: 9 } as Intent // a whole one
  await poor.intents.put(wrapped)
  await poor.stake(2, 7n, 'registry')
  expect(poor.asked).toEqual([])
  await poor.stake(3, 7n)
  expect(poor.asked).toEqual(['approve oracle 7 after 3'])
})

test('an approval is behind all that was decided on before it, and for nothing of that', async () => {
  const { asked, stake } = stuck([10n], [], { allowed: [3n] })
  await Promise.all([stake(1, 3n), stake(2, 4n)])
  expect(asked).toEqual(['approve oracle 7 after 0', 'approve oracle 4 after 1'])
})

test('what an approval on its way replaces is approved behind it, and what was mined after it was asked for is not', async () => {
  const waiting = stuck([10n], [signed('approve', 4n)], { allowed: [9n] })
  await waiting.stake(1, 4n)
  expect(waiting.asked).toEqual(['approve oracle 4 after 1'])
  const mined = stuck([10n], [signed('approve', 4n)], { allowed: [0n, 4n], pursue: async () => MINED })
  expect([await mined.stake(1, 4n), mined.asked]).toEqual([{ kind: 'done', moved: 0n }, []])
})

test('what was taken after the holdings were asked for is looked at again, so that nothing is staked that is not there', async () => {
  const { asked, stake } = stuck([6n, 0n], [signed('propose', 6n)], { pursue: async () => MINED, allowed: [6n, 0n] })
  await stake(1, 6n)
  expect(asked).toEqual(['wrap 6', 'approve oracle 6 after 2'])
})

test('what the account holds is asked for as of the last block that changed it, and believed of none before', async () => {
  const rows = [
    { ...signed('wrap', 6n), key: 'w', state: 'done', block: 7n },
    { ...signed('propose', 6n), key: 'p', state: 'failed', block: 8n },
    { ...signed('claim', 0n), key: 'c', state: 'done', block: 9n },
  ] as const
  const mined = stuck([6n], rows, { pursue: async () => MINED })
  await mined.stake(1, 6n)
  expect([mined.since, mined.asked]).toEqual([[9n], []])
  const behind = stuck([0n], rows, { behind: 1 })
  expect([await behind.stake(1, 6n), behind.asked]).toEqual([{ kind: 'later' }, []])
  expect([behind.collateral.lastBlock(), stuck([0n]).collateral.lastBlock()]).toEqual([9n, 0n])
  const reason = 'What the account holds cannot be told as of block 9, or a later one, yet.'
  expect(behind.journal.lines).toEqual([{ stage: 'collateral', fixingId: idOf(1), action: 'wait', reason }])
})

test('what was claimed after the holdings were asked for is not wrapped for', async () => {
  const { asked, stake } = stuck([0n, 6n], [signed('claim', 0n)], { pursue: async () => MINED, allowed: [6n] })
  await stake(1, 6n)
  expect(asked).toEqual([])
})

test('an approval on its way is taken back behind it, unless that is on its way, too', async () => {
  const plan = { fixingId: idOf(9), at: 2_000n }
  const approval = (spender: Address, amount: bigint, nonce = 3): Intent => {
    const call = { ...approveCall(FIXING.openInterest, spender, amount), value: 0n, gas: 1n }
    const slot = { nonce, from: keyOf('sender').address, versions: [], call }
    return { ...signed('approve', amount), key: `${FIXING_ID}:${nonce}`, nonce, slot }
  }
  const [oracle, registry] = [keyOf('oracle').address, keyOf('registry').address]
  const revoked = async (rows: readonly Intent[], allowed: bigint): Promise<readonly string[]> => {
    const { asked, collateral } = stuck([10n], rows, { allowed: [allowed] })
    await collateral.revoke(plan, 'oracle')
    await collateral.revoke(plan, 'registry')
    return asked
  }
  expect(await revoked([approval(oracle, 4n)], 0n)).toEqual(['approve oracle 0 after 1'])
  expect(await revoked([approval(registry, 4n)], 0n)).toEqual(['approve registry 0 after 1'])
  expect(await revoked([approval(oracle, 4n), approval(oracle, 0n, 4)], 4n)).toEqual(['approve registry 0 after 2'])
  // What is given up may be mined or not.
  const givenUp = (intent: Intent): Intent => {
    const version = {
      hash: FIXING_ID,
      maxFeePerGas: 1n,
      maxPriorityFeePerGas: 1n,
      at: 0n,
      cancels: 'It takes too long.',
    }
    return { ...intent, slot: { nonce: 3, ...intent.slot, versions: [version] } }
  }
  expect(await revoked([givenUp(approval(oracle, 0n))], 4n)).toEqual([
    'approve oracle 0 after 1',
    'approve registry 0 after 1',
  ])
  expect(await revoked([givenUp(approval(oracle, 4n))], 0n)).toEqual(['approve oracle 0 after 1'])
  expect(await revoked([approval(oracle, 4n), givenUp(approval(oracle, 0n, 4))], 0n)).toEqual([
    'approve oracle 0 after 2',
  ])
})

test('what may be taken is asked for again where one that answers is behind, before it is taken back', async () => {
  const plan = { fixingId: idOf(9), at: 2_000n }
  const lagging = stuck([10n], [], { allowed: [0n], behind: 2 })
  await lagging.collateral.revoke(plan, 'oracle')
  expect([lagging.since.length, lagging.asked]).toEqual([3, []])
  const behind = stuck([10n], [], { allowed: [0n], behind: 3 })
  await behind.collateral.revoke(plan, 'oracle')
  expect(behind.asked).toEqual(['approve oracle 0 after 0'])
})

test('what another key has on its way is none of this one', async () => {
  const from = keyOf('somebody else').address
  const slot = { nonce: 3, from, versions: [] }
  const line = { kind: 'stake', round: 0, value: TRUTH, state: 'signed', nonce: 3, slot, at: 0n } as const
  const other: Intent = { ...line, key: 'a', fixingId: FIXING_ID, action: 'wrap', amount: 100n }
  const { asked, stake, collateral } = stuck([10n], [other, { ...other, key: 'b', action: 'propose', amount: 100n }])
  expect(collateral.committed()).toBe(0n)
  await stake(1, 11n)
  expect(asked).toEqual(['wrap 1'])
})
