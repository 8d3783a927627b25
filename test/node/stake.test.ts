import { expect, test } from 'vitest'
import type { Decision } from '#protocol/policy.ts'
import type { Ledger } from '../../node/chain/ledger.ts'
import type { Sent, Stake } from '../../node/chain/port.ts'
import { amountFor, type Budget, openInPot, ownStake, stakeOn, UNTOLD_MEANS } from '../../node/stake.ts'
import type { Plan } from '../../node/chain/transactions.ts'
import type { Intent } from '../../node/store/intent-table.ts'
import { intentMemory, journalMemory, plenty, transactionsOf } from './memories.ts'
import { FIXING, FIXING_ID, MATURITY, WAD } from './reporters.ts'
import { snapshotOf } from './snapshots.ts'

const LIE = 3_000n * WAD
const TRUTH = 2_500n * WAD
const EMPTY: Ledger = { pots: [], own: [], claimed: [] }
const LINE = { kind: 'stake', round: 1, value: TRUTH } as const
const BUDGET = { perPotWei: 10n * WAD, perFixingWei: 15n * WAD, totalWei: 40n * WAD }

/** The worked example of the specification, section 5: d = 25, 3000 proposed. */
const DISPUTED = snapshotOf(
  { round: 1, bond: 25n * WAD, leader: LIE, deadline: MATURITY + 86_400n },
  { candidates: [{ value: LIE, stake: 25n * WAD }] },
)

test('computes what completes a pot: 50 on a new value, 75 on the old one in round 2, and a ninth plus F for an appeal', () => {
  expect(openInPot(DISPUTED, EMPTY, LINE)).toBe(50n * WAD)
  const round2 = snapshotOf(
    { round: 2, bond: 25n * WAD, leader: TRUTH, deadline: MATURITY + 86_400n },
    {
      candidates: [
        { value: LIE, stake: 25n * WAD },
        { value: TRUTH, stake: 50n * WAD },
      ],
    },
  )
  expect(openInPot(round2, EMPTY, { kind: 'stake', value: LIE })).toBe(75n * WAD)
  const round3 = snapshotOf(
    { round: 3, bond: 25n * WAD, leader: LIE, deadline: MATURITY + 86_400n },
    {
      candidates: [
        { value: LIE, stake: 100n * WAD },
        { value: TRUTH, stake: 50n * WAD },
      ],
      fixing: { ...FIXING, arbitrationFee: 2n * WAD },
    },
  )
  // ceil(150e18 / 9) + 2e18
  expect(openInPot(round3, EMPTY, { kind: 'appeal', value: TRUTH })).toBe(18_666_666_666_666_666_667n)
})

test('leaves to a pot what is open of it', () => {
  const pots = [{ kind: 'stake', round: 1, value: TRUTH, filled: 49n * WAD }] as const
  expect(openInPot(DISPUTED, { ...EMPTY, pots }, LINE)).toBe(1n * WAD)
  // The value had a pot in another round: this one's is as open as if nobody had staked.
  expect(openInPot(DISPUTED, { ...EMPTY, pots: pots.map((pot) => ({ ...pot, round: 0 })) }, LINE)).toBe(50n * WAD)
})

test('stakes the least of what is open, what policy leaves and what there is', () => {
  expect(amountFor(BUDGET, [], LINE, 50n * WAD, { spendable: 100n * WAD, elsewhere: 0n })).toBe(10n * WAD)
  expect(amountFor(BUDGET, [], LINE, 3n * WAD, { spendable: 100n * WAD, elsewhere: 0n })).toBe(3n * WAD)
  expect(amountFor(BUDGET, [], LINE, 50n * WAD, { spendable: 2n * WAD, elsewhere: 0n })).toBe(2n * WAD)
  expect(
    amountFor(BUDGET, [{ ...LINE, amount: 9n * WAD }], LINE, 50n * WAD, { spendable: 100n * WAD, elsewhere: 0n }),
  ).toBe(1n * WAD)
  expect(
    amountFor(BUDGET, [{ ...LINE, round: 0, amount: 12n * WAD }], LINE, 50n * WAD, {
      spendable: 100n * WAD,
      elsewhere: 0n,
    }),
  ).toBe(3n * WAD)
  expect(
    amountFor(BUDGET, [{ ...LINE, amount: 11n * WAD }], LINE, 50n * WAD, { spendable: 100n * WAD, elsewhere: 0n }),
  ).toBe(0n)
})

const intent = (changes: Partial<Intent> = {}): Intent => ({
  ...LINE,
  key: 'a',
  fixingId: FIXING_ID,
  action: 'contribute',
  amount: 5n,
  state: 'done',
  moved: 4n,
  at: 0n,
  ...changes,
})

test('counts as its own what either the log or its own intents know', () => {
  const own = [{ ...LINE, amount: 3n, isFilled: false }]
  expect(ownStake({ ...EMPTY, own }, [])).toEqual([{ ...LINE, amount: 3n }])
  // An endpoint that lags behind must not make us stake twice.
  expect(ownStake(EMPTY, [intent()])).toEqual([{ ...LINE, amount: 4n }])
  expect(ownStake({ ...EMPTY, own }, [intent(), intent({ key: 'b' })])).toEqual([{ ...LINE, amount: 8n }])
  // What is on its way counts in full; what failed does not.
  expect(ownStake(EMPTY, [intent({ state: 'signed', moved: undefined })])).toEqual([{ ...LINE, amount: 5n }])
  expect(ownStake(EMPTY, [intent({ state: 'failed' })])).toEqual([])
})

test('does not count what was claimed, by this node or with its key', () => {
  expect(ownStake({ ...EMPTY, claimed: [LINE] }, [intent()])).toEqual([])
  const claim = intent({ key: 'c', action: 'claim' })
  expect(ownStake(EMPTY, [intent(), claim])).toEqual([])
  // A claim that is on its way has paid nothing yet, one that failed never will.
  for (const state of ['signed', 'failed'] as const) {
    expect(ownStake(EMPTY, [intent(), { ...claim, state, moved: undefined }])).toEqual([{ ...LINE, amount: 4n }])
  }
})

/** 5 d + F. */
const ENOUGH: Budget = { perPotWei: 10n * WAD, perFixingWei: 125n * WAD + FIXING.arbitrationFee, totalWei: 500n * WAD }
const CONTRIBUTE: Decision = { action: 'contribute', value: TRUTH, reason: 'It is a lie.' }

async function run(
  decide: () => Decision,
  options: {
    readonly sent?: Sent
    readonly spendable?: bigint | 'untold' | (() => bigint)
    readonly committed?: bigint | (() => bigint)
    readonly elsewhere?: () => bigint
    readonly budget?: Budget
    readonly ledger?: Ledger
  } = {},
): Promise<{ result: string; stakes: Stake[]; plans: Plan[]; lines: string[]; order: string[] }> {
  const { sent = { kind: 'done', moved: 9n * WAD }, spendable = 100n * WAD, budget = ENOUGH, ledger = EMPTY } = options
  const { committed = 0n } = options
  const intents = intentMemory()
  const journal = journalMemory()
  const stakes: Stake[] = []
  const plans: Plan[] = []
  const order: string[] = []
  const chain = {
    stake: async (_fixing: unknown, stake: Stake) => {
      stakes.push(stake)
      order.push('stake')
      return sent
    },
  }
  const transactions = transactionsOf(intents)
  const always = plenty(transactions)
  const result = await stakeOn(
    {
      chain,
      spendable: async () =>
        typeof spendable === 'function' ? spendable() : spendable === 'untold' ? undefined : spendable,
      journal,
      budget,
      transactions,
      collateral: {
        ...always,
        stake: (plan, ...rest) => (plans.push(plan), always.stake(plan, ...rest)),
        committed: typeof committed === 'function' ? committed : () => committed,
      },
      elsewhere: options.elsewhere ?? (() => 0n),
      catchUp: async () => void order.push('catch up'),
    },
    DISPUTED,
    ledger,
    decide,
  )
  return { result, stakes, plans, order, lines: journal.lines.map(({ action, reason }) => `${action}: ${reason}`) }
}

test('stakes what its budget allows after asking peers, and journals what was taken', async () => {
  const { result, stakes, plans, order, lines } = await run(() => CONTRIBUTE)
  expect(result).toBe('acted')
  const stake = { ...LINE, amount: 10n * WAD }
  expect(stakes).toEqual([stake])
  // What is late is taken back, and what is nearly late offers more: both go by the end of the round.
  const { atTime: at, facts } = DISPUTED
  expect(plans).toEqual([{ ...stake, fixingId: FIXING_ID, action: 'contribute', at, deadline: facts.deadline }])
  expect(order).toEqual(['catch up', 'stake'])
  expect(lines).toEqual([`contribute: It is a lie. Put ${9n * WAD} wei on ${TRUTH}.`])
})

test('journals with its first stake in a fixing that less than 5 d + F cannot see a dispute through alone', async () => {
  const budget = { ...ENOUGH, perFixingWei: ENOUGH.perFixingWei - 1n }
  const { lines } = await run(() => CONTRIBUTE, { budget })
  expect(lines).toEqual([
    `contribute: It is a lie. Put ${9n * WAD} wei on ${TRUTH}. Others have to add: it takes up to ${ENOUGH.perFixingWei} wei ` +
      `(5 d + F) to see a dispute through, and the limit is ${budget.perFixingWei} wei.`,
  ])
  const ledger: Ledger = { ...EMPTY, own: [{ ...LINE, round: 0, amount: WAD, isFilled: true }] }
  const later = await run(() => CONTRIBUTE, { budget, ledger })
  expect(later.lines).toEqual([`contribute: It is a lie. Put ${9n * WAD} wei on ${TRUTH}.`])
})

test('does nothing when the policy says so, the money is gone, or peers change the decision', async () => {
  const none: Decision = { action: 'none', reason: 'All is well.' }
  expect(await run(() => none)).toMatchObject({ result: 'idle', stakes: [], order: [], lines: ['none: All is well.'] })
  const broke = await run(() => CONTRIBUTE, { spendable: 0n })
  expect(broke).toMatchObject({ result: 'idle', stakes: [], order: [] })
  expect(broke.lines[0]).toContain('Nothing is left of the budget')
  const untold = await run(() => CONTRIBUTE, { spendable: 'untold' })
  expect(untold).toMatchObject({ result: 'idle', stakes: [], order: [], lines: [`wait: ${UNTOLD_MEANS}`] })
  const decisions = [CONTRIBUTE, none]
  expect(await run(() => decisions.shift() ?? none)).toMatchObject({ result: 'idle', stakes: [], order: ['catch up'] })
  const values = [TRUTH, TRUTH + 1n]
  const swayed = await run(() => ({ ...CONTRIBUTE, value: values.shift() ?? TRUTH }))
  expect(swayed).toMatchObject({ result: 'idle', stakes: [], order: ['catch up'] })
})

test('leaves to all fixings together no more than policy does', () => {
  const rich = { spendable: 100n * WAD }
  expect(amountFor(BUDGET, [], LINE, 50n * WAD, { ...rich, elsewhere: 37n * WAD })).toBe(3n * WAD)
  const own = [{ ...LINE, round: 0, amount: WAD }]
  expect(amountFor(BUDGET, own, LINE, 50n * WAD, { ...rich, elsewhere: 37n * WAD })).toBe(2n * WAD)
  expect(amountFor(BUDGET, own, LINE, 50n * WAD, { ...rich, elsewhere: 41n * WAD })).toBe(0n)
})

test('stakes nothing that another fixing has taken the room of, and says so', async () => {
  const room = [490n * WAD, 496n * WAD, 500n * WAD, 500n * WAD]
  const less = await run(() => CONTRIBUTE, { elsewhere: () => room.shift() ?? 0n })
  // Ten were left when it was decided, four after peers were asked.
  expect(less.stakes).toEqual([{ ...LINE, amount: 4n * WAD }])
  const none = await run(() => CONTRIBUTE, { elsewhere: () => room[0] ?? 0n })
  expect(none).toMatchObject({ result: 'idle', stakes: [], order: [] })
  expect(none.lines[0]).toContain(`All fixings together have ${500n * WAD} wei at stake (policy.total_wei).`)
})

test('does not count on money that another stake of its own is about to take', async () => {
  const { stakes } = await run(() => CONTRIBUTE, { spendable: 20n * WAD, committed: 17n * WAD })
  expect(stakes).toEqual([{ ...LINE, amount: 3n * WAD }])
})

test('stakes no more than it still has once peers were asked', async () => {
  const held = [10n * WAD, 4n * WAD]
  const { stakes } = await run(() => CONTRIBUTE, { spendable: () => held.shift() ?? 0n })
  expect(stakes).toEqual([{ ...LINE, amount: 4n * WAD }])
})

test('does not take for its own what another stake takes while it looks or asks', async () => {
  // Twenty, of which seventeen are promised: they are mined after the second look, which has not seen it.
  const promised = [17n, 17n, 17n, 0n].map((amount) => amount * WAD)
  const held = [20n * WAD, 20n * WAD]
  const options = { spendable: () => held.shift() ?? 0n, committed: () => promised.shift() ?? 0n }
  const { stakes } = await run(() => CONTRIBUTE, options)
  expect(stakes).toEqual([{ ...LINE, amount: 3n * WAD }])
  // Mined between the two: the second look knows.
  const mined = { spendable: () => left.shift() ?? 0n, committed: () => taken.shift() ?? 0n }
  const [left, taken] = [
    [20n * WAD, 3n * WAD],
    [17n * WAD, 17n * WAD],
  ]
  expect((await run(() => CONTRIBUTE, mined)).stakes).toEqual([{ ...LINE, amount: 3n * WAD }])
})

test('journals a stale round as an outcome', async () => {
  const { result, lines } = await run(() => CONTRIBUTE, { sent: { kind: 'refused', reason: 'StaleRound' } })
  expect(result).toBe('idle')
  expect(lines).toEqual([`refused: contribute of ${10n * WAD} wei on ${TRUTH} in round 1: StaleRound.`])
})
