import { expect, test } from 'vitest'
import type { ChainPort, Fate, Sent, Terms } from '../../../node/chain/port.ts'
import type { Plan } from '../../../node/chain/transactions.ts'
import type { Intent } from '../../../node/store/intent-table.ts'
import type { Slot } from '../../../node/store/slot.ts'
import { fakeClock } from '../fake-clock.ts'
import { intentMemory, journalMemory, OUTLOOK, transactionsOf } from '../memories.ts'
import { FIXING_ID, keyOf } from '../reporters.ts'

const PLAN: Plan = {
  fixingId: FIXING_ID,
  action: 'contribute',
  kind: 'stake',
  round: 1,
  value: 7n,
  amount: 5n,
  at: 100n,
}
const KEY = `${FIXING_ID}:000000`
const SENT: Sent = { kind: 'sent' }
/** After every block of these tests. */
const HEAD = 1_000n
const hashOf = (n: number): `0x${string}` => `0x${n.toString(16).padStart(64, '0')}`
const slot = (nonce = 3, versions = 1): Slot => ({
  nonce,
  from: keyOf('sender').address,
  call: { name: 'contribute', to: keyOf('oracle').address, data: '0x', gas: 100_000n },
  versions: Array.from({ length: versions }, (_, i) => ({
    hash: hashOf(i + 1),
    raw: `0x0${i + 1}`,
    maxFeePerGas: 10n ** 9n,
    maxPriorityFeePerGas: 10n ** 8n,
    at: 1_000n,
  })),
})
const DONE: Fate = { kind: 'done', moved: 4n, block: 10n, hash: hashOf(1) }
const open = (changes: Partial<Intent> = {}): Intent => ({
  ...PLAN,
  key: KEY,
  state: 'signed',
  hash: hashOf(1),
  nonce: 3,
  slot: slot(),
  ...changes,
})

/** Transactions on a chain whose fates are `fates`, one after the other, the last for ever; `fault` is why an outlook fails. */
function on(
  fates: readonly Fate[],
  rows: readonly Intent[] = [],
  halted?: string,
  fault: () => string | undefined = () => undefined,
) {
  const intents = intentMemory(rows)
  const journal = journalMemory()
  const clock = fakeClock()
  const pursuits: Parameters<ChainPort['pursue']>[] = []
  const state = { number: 10n }
  const chain = {
    outlook: async () => {
      const why = fault()
      if (why !== undefined) throw new Error(why)
      return { ...OUTLOOK, number: state.number }
    },
    pursue: async (...args: Parameters<ChainPort['pursue']>) => {
      pursuits.push(args)
      return fates[Math.min(pursuits.length, fates.length) - 1] ?? { kind: 'pending' as const }
    },
  }
  const transactions = transactionsOf(intents, { chain, journal, clock, halt: { reason: () => halted } })
  const lines = (): string[] => journal.lines.map(({ action, reason }) => `${action}: ${reason}`)
  return { intents, transactions, pursuits, lines, clock, state }
}

test('writes hash and nonce down before the transaction leaves, and its end when it was mined', async () => {
  const { intents, transactions } = on([{ kind: 'pending' }, DONE])
  const order: string[] = []
  const sent = await transactions.attempt(PLAN, async ({ record }) => {
    order.push(`planned ${intents.log.length}`)
    await record(slot())
    order.push(`leaves ${intents.log.at(-1)?.state} ${intents.log.at(-1)?.nonce} ${intents.log.at(-1)?.hash}`)
    return SENT
  })
  expect(sent).toEqual({ kind: 'done', moved: 4n })
  expect(order).toEqual(['planned 0', `leaves signed 3 ${hashOf(1)}`])
  expect(intents.of(FIXING_ID)).toEqual([{ ...open({ state: 'done' }), moved: 4n, block: 10n }])
})

test('lets go of what is final of a fixing that is not followed, and gives no key twice when that is needed again', async () => {
  const failed = open({ state: 'failed', reason: 'cancelled' })
  const other = { ...failed, fixingId: hashOf(9), key: `${hashOf(9)}:000000` } as const
  const { intents, transactions } = on([DONE], [failed, open({ key: `${FIXING_ID}:000001`, block: 10n }), other])
  const nobody = (): boolean => false
  // One of its transactions may still be mined: it keeps all.
  transactions.unload(nobody)
  expect([intents.of(FIXING_ID).length, intents.of(other.fixingId).length]).toEqual([2, 0])
  await intents.put(open({ key: `${FIXING_ID}:000001`, state: 'done', moved: 4n }))
  transactions.unload((id) => id === FIXING_ID)
  expect(intents.of(FIXING_ID)).toHaveLength(2)
  transactions.unload(nobody)
  expect([intents.of(FIXING_ID), intents.get(KEY)]).toEqual([[], undefined])

  const sent = await transactions.attempt({ ...PLAN, at: 200n }, async ({ record }) => {
    transactions.unload(nobody)
    await record(slot(4))
    return SENT
  })
  expect(sent).toEqual({ kind: 'done', moved: 4n })
  expect(intents.of(FIXING_ID).map(({ key, state }) => [key.slice(-6), state])).toEqual([
    ['000000', 'failed'],
    ['000001', 'done'],
    ['000002', 'done'],
  ])
  // What was signed for the other is at hand again once it is settled, and what is doubted is looked at again.
  expect([await transactions.settle(other.fixingId, HEAD), transactions.of(other.fixingId)]).toEqual(['clear', [other]])
  transactions.unload(nobody)
  await transactions.doubt(other.fixingId, 50n)
  expect(intents.unfinished().map(({ key, block }) => [key, block])).toContainEqual([other.key, 50n])
})

test('stops waiting for what is not mined, and says so when it was', async () => {
  const { intents, transactions, clock, lines, pursuits } = on([])
  const sent = await transactions.attempt(PLAN, async ({ record }) => {
    await record(slot())
    return SENT
  })
  expect(sent).toEqual({ kind: 'later' })
  expect(clock.monotonicMs()).toBe(45_000)
  expect(await transactions.settle(FIXING_ID, HEAD)).toBe('wait')
  const later = on([DONE], intents.of(FIXING_ID))
  expect(await later.transactions.settle(FIXING_ID, HEAD)).toBe('clear')
  expect(later.intents.of(FIXING_ID)[0]).toMatchObject({ state: 'done', moved: 4n })
  expect([lines(), later.lines()]).toEqual([[], ['mined: The contribute with nonce 3 was mined in block 10.']])
  expect(pursuits.length).toBeGreaterThan(40)
})

test('what was mined after the caller has looked is waited for, however it was noticed', async () => {
  const { transactions } = on([DONE], [open()])
  expect(await transactions.settle(FIXING_ID, 9n)).toBe('wait')
  // Nothing is open any more.
  expect(await transactions.settle(FIXING_ID, 9n)).toBe('wait')
  expect(await transactions.settle(FIXING_ID, 10n)).toBe('clear')
})

test('several that are sent side by side for one fixing are written down apart', async () => {
  const { intents, transactions } = on([DONE])
  const gate = Promise.withResolvers<void>()
  const send = async ({ record }: Pick<Terms, 'record'>, nonce: number): Promise<Sent> => {
    await gate.promise
    await record(slot(nonce))
    return SENT
  }
  const refused = transactions.attempt({ ...PLAN, value: 1n }, async () => {
    await gate.promise
    return { kind: 'refused', reason: 'CommitOver' }
  })
  const both = [2, 3].map((seat) =>
    transactions.attempt({ ...PLAN, value: BigInt(seat) }, (terms) => send(terms, seat)),
  )
  gate.resolve()
  expect((await Promise.all([refused, ...both])).map(({ kind }) => kind)).toEqual(['refused', 'done', 'done'])
  // One that comes later is behind both, though nothing was written for the first.
  await transactions.attempt({ ...PLAN, value: 4n }, (terms) => send(terms, 4))
  expect(intents.of(FIXING_ID).map(({ key, nonce }) => [key.slice(-6), nonce])).toEqual([
    ['000001', 2],
    ['000002', 3],
    ['000003', 4],
  ])
})

test('a failure after it was signed leaves it to be looked after', async () => {
  const { intents, transactions } = on([DONE])
  const dying = transactions.attempt(PLAN, async ({ record }) => {
    await record(slot())
    throw new Error('dead')
  })
  await expect(dying).rejects.toThrow('dead')
  expect(intents.of(FIXING_ID)[0]?.state).toBe('signed')
  expect(await transactions.settle(FIXING_ID, HEAD)).toBe('clear')
})

test.each<[string, Intent, Fate, Partial<Intent>]>([
  ['mined', open(), DONE, { state: 'done', moved: 4n, block: 10n }],
  [
    'refused on chain',
    open(),
    { kind: 'refused', reason: 'reverted on chain', block: 9n, hash: hashOf(1) },
    { state: 'failed', reason: 'reverted on chain', block: 9n },
  ],
  [
    'overtaken by another of the same key',
    open(),
    { kind: 'refused', reason: 'another transaction took its nonce' },
    { state: 'failed', reason: 'another transaction took its nonce', slot: undefined },
  ],
  [
    'never signed',
    open({ state: 'signed', hash: undefined, nonce: undefined, slot: undefined }),
    DONE,
    { state: 'failed', reason: 'stopped before signing' },
  ],
])('after a crash, an intent that was %s is settled', async (_what, intent, fate, want) => {
  const { intents, transactions } = on([fate], [intent])
  expect(await transactions.settle(FIXING_ID, HEAD)).toBe('clear')
  expect(intents.of(FIXING_ID)).toEqual([{ ...intent, ...want }])
})

test('what an older version signed is looked after by its hash', async () => {
  const { transactions, pursuits } = on([DONE], [open({ slot: undefined })])
  expect(await transactions.settle(FIXING_ID, HEAD)).toBe('clear')
  expect(pursuits[0]?.[0]).toMatchObject({ nonce: 3, versions: [{ hash: hashOf(1) }] })
})

test('asks nothing about intents that have ended, nor about those of another key', async () => {
  const other = { ...slot(), from: keyOf('somebody else').address }
  const rows = [open({ state: 'done' }), open({ key: 'x', state: 'failed' }), open({ key: 'y', slot: other })]
  const { transactions, pursuits } = on([], rows)
  await transactions.tend()
  expect(pursuits).toEqual([])
})

test('waits for nothing that another key signed, and does not show it', async () => {
  const other = { ...slot(), from: keyOf('somebody else').address }
  const { transactions, pursuits } = on([], [open({ slot: other })])
  expect([await transactions.settle(FIXING_ID, HEAD), transactions.of(FIXING_ID)]).toEqual(['clear', []])
  await transactions.doubt(FIXING_ID, 10n)
  expect(pursuits).toEqual([])
})

test('looks after all that is unfinished in the order of nonces, with the nearest deadline of those that wait', async () => {
  const rows = [
    open({ key: 'c', nonce: 5, slot: slot(5) }),
    open({ key: 'a', nonce: 3, deadline: 9_000n }),
    open({ key: 'b', nonce: 4, slot: slot(4), deadline: 2_000n }),
  ]
  const { transactions, pursuits } = on([{ kind: 'pending' }, DONE, DONE], rows)
  await transactions.tend()
  expect(pursuits.map(([{ nonce }, { isNext, urgentTime }]) => [nonce, isNext, urgentTime])).toEqual([
    [3, true, 2_000n],
    [4, false, 2_000n],
    [5, false, undefined],
  ])
})

test('a look begins after it was asked for: one that is under way may have passed what was seen since', async () => {
  const { transactions, pursuits } = on([{ kind: 'pending' }, { kind: 'pending' }, DONE], [open()])
  const first = transactions.tend()
  const second = transactions.tend()
  const third = transactions.tend()
  await first
  expect(pursuits).toHaveLength(1)
  await Promise.all([second, third])
  expect(pursuits).toHaveLength(2)
  await transactions.tend()
  expect(pursuits).toHaveLength(3)
})

test('a look that fails is not the next one', async () => {
  const failing = ['dead']
  const { transactions, pursuits } = on([], [open()], undefined, () => failing.pop())
  const [first, second] = await Promise.allSettled([transactions.tend(), transactions.tend()])
  expect([first.status, second.status, pursuits.length]).toEqual(['rejected', 'fulfilled', 1])
})

test('looks again at what was mined, with every block until it cannot be undone, and sends it again if it was', async () => {
  const rows = [open({ state: 'done', moved: 4n, block: 10n })]
  const { intents, transactions, pursuits, lines, state } = on([DONE, DONE, { kind: 'pending' }], rows)
  await transactions.tend()
  await transactions.tend()
  expect(pursuits).toHaveLength(1)
  state.number = 73n
  await transactions.tend()
  expect(intents.log).toEqual([])
  state.number = 60n
  await transactions.tend()
  expect(intents.get(KEY)).toMatchObject({ state: 'signed', moved: undefined, block: undefined })
  expect(await transactions.settle(FIXING_ID, HEAD)).toBe('wait')
  expect(lines()).toEqual([
    'undone: The contribute with nonce 3 was mined in a block that is not part of the chain any more.',
  ])
  const deep = on([DONE], rows)
  deep.state.number = 74n
  await deep.transactions.tend()
  // The last look.
  expect(deep.pursuits).toHaveLength(1)
  const { nonce, from, versions } = slot()
  const kept = { nonce, from, versions: versions.map((version) => ({ ...version, raw: undefined })) }
  expect(deep.intents.get(KEY)).toEqual({ ...rows[0], slot: kept, block: undefined })
  // The chain was undone further than that after all.
  deep.state.number = 75n
  await deep.transactions.doubt(FIXING_ID, 75n)
  await deep.transactions.tend()
  expect(deep.pursuits[1]?.[0]).toEqual(kept)
})

test('where something was mined is known for sixteen blocks, however few can be undone: an endpoint may be behind', async () => {
  const intents = intentMemory([open()])
  let number = 10n
  const chain = { outlook: async () => ({ ...OUTLOOK, number }), pursue: async () => DONE }
  const transactions = transactionsOf(intents, { chain, confirmations: 1 })
  const settled = async (at: bigint): Promise<'clear' | 'wait'> => {
    number = at
    await transactions.tend()
    // As of a snapshot of the block before it was mined.
    return transactions.settle(FIXING_ID, 9n)
  }
  expect([await settled(11n), await settled(25n), intents.get(KEY)?.block]).toEqual(['wait', 'wait', 10n])
  expect([await settled(26n), intents.get(KEY)?.block]).toEqual(['clear', undefined])
})

test('what was mined long ago and undone while the node was off is sent again', async () => {
  const { intents, transactions, state, lines } = on(
    [{ kind: 'pending' }],
    [open({ state: 'done', moved: 4n, block: 10n })],
  )
  state.number = 5_000n
  await transactions.tend()
  expect(intents.get(KEY)).toMatchObject({ state: 'signed', block: undefined, slot: slot() })
  expect(lines()).toHaveLength(1)
})

test('writes every further version down before it leaves, and says why', async () => {
  const { intents, transactions, pursuits, lines } = on([], [open()])
  await transactions.tend()
  const record = pursuits[0]?.[1].record
  await record?.(slot(3, 2))
  expect(intents.get(KEY)).toMatchObject({
    hash: hashOf(2),
    slot: { versions: [{ hash: hashOf(1) }, { hash: hashOf(2) }] },
  })
  const cancelled = slot(3, 3)
  await record?.({
    ...cancelled,
    versions: cancelled.versions.map((v, i) => (i === 2 ? { ...v, cancels: 'StaleRound' } : v)),
  })
  expect(lines()).toEqual([
    'replace: The contribute with nonce 3 offers 1000000000 wei per gas, 100000000 of it a tip.',
    'cancel: The contribute with nonce 3: StaleRound A transfer offers 1000000000 wei per gas, 100000000 of it a tip.',
  ])
})

test('the nonces of all that is unfinished are taken, whatever it was mined in', async () => {
  const rows = [
    open(),
    open({ key: 'b', nonce: 4, state: 'done', block: 9n }),
    open({ key: 'c', nonce: 2, state: 'done' }),
  ]
  const { transactions } = on([DONE], rows)
  let nonces: ReadonlySet<number> | undefined
  await transactions.attempt({ ...PLAN, round: 2 }, async (terms) => {
    nonces = terms.nonces()
    return { kind: 'refused', reason: 'no' }
  })
  expect(nonces).toEqual(new Set([3, 4]))
})

test('while the operator has halted it only what collects may leave, and no allowance but none', async () => {
  const vetoes: unknown[] = []
  const { transactions } = on([DONE], [], 'drill')
  const ask = async ({ veto }: Terms): Promise<Sent> => {
    vetoes.push(veto())
    return { kind: 'refused', reason: veto() ?? 'no' }
  }
  const staking = ['propose', 'contribute', 'appeal', 'wrap', 'approve', 'attest', 'roster'] as const
  for (const action of [...staking, 'open', 'draw', 'reseed', 'close', 'readmit'] as const) {
    await transactions.attempt({ ...PLAN, action }, ask)
  }
  expect(new Set(vetoes)).toEqual(new Set(['halted by the operator']))
  vetoes.splice(0)
  const collecting = ['claim', 'reward', 'approve', 'commit', 'reveal', 'resolve', 'withdraw'] as const
  for (const action of collecting) await transactions.attempt({ ...PLAN, action, amount: 0n }, ask)
  expect(vetoes).toEqual(collecting.map(() => undefined))
})

test('a halt is no refusal that anything is put off for', async () => {
  const { transactions } = on([DONE])
  const halted = async (): Promise<Sent> => ({ kind: 'refused', reason: 'halted by the operator' })
  expect((await transactions.attempt(PLAN, halted)).kind).toBe('refused')
  expect((await transactions.attempt(PLAN, halted)).kind).toBe('refused')
})

test('waits 1, 3, 7 … seconds, ten minutes at most, while the chain refuses the same', async () => {
  const { intents, transactions } = on([])
  const refuse = async (): Promise<Sent> => ({ kind: 'refused', reason: 'no' })
  const tries: bigint[] = []
  for (let now = 100n; now < 3_000n; now += 1n) {
    if ((await transactions.attempt({ ...PLAN, at: now }, refuse)).kind !== 'later') tries.push(now)
  }
  const pauses = tries.slice(1).map((time, i) => time - (tries[i] ?? 0n))
  expect(pauses.slice(0, 10)).toEqual([1n, 3n, 7n, 15n, 31n, 63n, 127n, 255n, 511n, 600n])
  expect(new Set(pauses.slice(9))).toEqual(new Set([600n]))
  // What never left is not written down.
  expect(intents.log).toEqual([])
})

test('waits for an eighth of what is left until the deadline at most', async () => {
  const { transactions } = on([])
  const refuse = async (): Promise<Sent> => ({ kind: 'refused', reason: 'no' })
  const tries: bigint[] = []
  for (let now = 100n; now < 1_000n; now += 1n) {
    if ((await transactions.attempt({ ...PLAN, at: now, deadline: 900n }, refuse)).kind !== 'later') tries.push(now)
  }
  const pauses = tries.slice(1).map((time, i) => time - (tries[i] ?? 0n))
  // After 100, 101, 104, 111, 126, 157 comes 157 + 63, then an eighth of 680, of 595 …
  expect(pauses.slice(0, 8)).toEqual([1n, 3n, 7n, 15n, 31n, 63n, 85n, 74n])
  expect(pauses.at(-1)).toBe(1n)
})

test('waits as long for what was refused after it was signed, also when it was started again', async () => {
  const intents = intentMemory()
  const tries: bigint[] = []
  const refusing = {
    chain: {
      pursue: async () => ({ kind: 'refused', reason: 'reverted on chain', block: 1n, hash: hashOf(1) }) as const,
    },
  }
  for (let now = 100n; now < 160n; now += 1n) {
    const { kind } = await transactionsOf(intents, refusing).attempt({ ...PLAN, at: now }, async ({ record }) => {
      await record(slot())
      return SENT
    })
    if (kind !== 'later') tries.push(now)
  }
  expect(tries).toEqual([100n, 101n, 104n, 111n, 126n, 157n])
  expect(intents.of(FIXING_ID).map(({ state, reason }) => [state, reason])).toEqual(
    tries.map(() => ['failed', 'reverted on chain']),
  )
})

test('forgets what was refused of a fixing that is over', async () => {
  const { transactions } = on([])
  const done: Sent = { kind: 'done', moved: 4n }
  await transactions.attempt(PLAN, async () => ({ kind: 'refused', reason: 'no' }))
  expect((await transactions.attempt(PLAN, async () => done)).kind).toBe('later')
  transactions.forget(FIXING_ID)
  expect((await transactions.attempt(PLAN, async () => done)).kind).toBe('done')
})

test('does not wait when something else is tried, or after a success', async () => {
  const { transactions } = on([])
  const done: Sent = { kind: 'done', moved: 4n }
  await transactions.attempt(PLAN, async () => ({ kind: 'refused', reason: 'no' }))
  expect((await transactions.attempt(PLAN, async () => done)).kind).toBe('later')
  expect((await transactions.attempt({ ...PLAN, round: 2 }, async () => done)).kind).toBe('done')
  expect((await transactions.attempt({ ...PLAN, at: 101n }, async () => done)).kind).toBe('done')
  expect((await transactions.attempt({ ...PLAN, at: 101n }, async () => done)).kind).toBe('done')
})
