import { expect, test } from 'vitest'
import type { BeforeSend, Fate, Sent } from '../../../node/chain/port.ts'
import { createTransactions, type Plan } from '../../../node/chain/transactions.ts'
import type { Intent } from '../../../node/store/intent-table.ts'
import { intentMemory } from '../memories.ts'
import { FIXING_ID } from '../reporters.ts'

const PLAN: Plan = {
  fixingId: FIXING_ID,
  action: 'contribute',
  kind: 'stake',
  round: 1,
  value: 7n,
  amount: 5n,
  at: 100n,
}
const SIGNED = { hash: `0x${'0a'.repeat(32)}`, nonce: 3 } as const
const DONE: Sent = { kind: 'done', moved: 4n }

const never = { fate: async (): Promise<Fate> => ({ kind: 'pending' }) }
const open = (changes: Partial<Intent> = {}): Intent => ({
  ...PLAN,
  key: `${FIXING_ID}:000000`,
  state: 'signed',
  ...SIGNED,
  ...changes,
})

test('writes the hash down before the transaction leaves, and its end afterwards', async () => {
  const intents = intentMemory()
  const order: string[] = []
  const sent = await createTransactions(never, intents).attempt(PLAN, async (beforeSend) => {
    order.push(`planned ${intents.log.length}`)
    await beforeSend(SIGNED)
    order.push(`leaves ${intents.log.at(-1)?.state} ${intents.log.at(-1)?.nonce}`)
    return DONE
  })
  expect(sent).toEqual(DONE)
  expect(order).toEqual(['planned 0', 'leaves signed 3'])
  expect(intents.of(FIXING_ID)).toEqual([{ ...PLAN, ...SIGNED, key: `${FIXING_ID}:000000`, state: 'done', moved: 4n }])
})

test('leaves the intent open when the chain goes away in the middle, and finds out later', async () => {
  const intents = intentMemory()
  let fate: Fate = { kind: 'pending' }
  const transactions = createTransactions({ fate: async () => fate }, intents)
  const dying = transactions.attempt(PLAN, async (beforeSend) => {
    await beforeSend(SIGNED)
    throw new Error('dead')
  })
  await expect(dying).rejects.toThrow('dead')
  expect(await transactions.settle(FIXING_ID)).toBe('wait')
  expect(intents.of(FIXING_ID)[0]?.state).toBe('signed')
  fate = DONE
  expect(await transactions.settle(FIXING_ID)).toBe('clear')
  expect(intents.of(FIXING_ID)[0]).toMatchObject({ state: 'done', moved: 4n })
})

test.each<[string, Intent, Fate, Partial<Intent>]>([
  ['mined', open(), DONE, { state: 'done', moved: 4n }],
  [
    'refused on chain',
    open(),
    { kind: 'refused', reason: 'reverted on chain' },
    { state: 'failed', reason: 'reverted on chain' },
  ],
  ['never sent', open(), { kind: 'dropped' }, { state: 'failed', reason: 'never sent' }],
  [
    'never signed',
    open({ state: 'planned', hash: undefined, nonce: undefined }),
    DONE,
    { state: 'failed', reason: 'stopped before signing' },
  ],
])('after a crash, an intent that was %s is settled', async (_what, intent, fate, want) => {
  const intents = intentMemory([intent])
  expect(await createTransactions({ fate: async () => fate }, intents).settle(FIXING_ID)).toBe('clear')
  expect(intents.of(FIXING_ID)).toEqual([{ ...intent, ...want }])
})

test('asks nothing about intents that have ended', async () => {
  const intents = intentMemory([open({ state: 'done' }), open({ key: 'x', state: 'failed' })])
  const asking = createTransactions(
    {
      fate: async () => {
        throw new Error('asked')
      },
    },
    intents,
  )
  expect(await asking.settle(FIXING_ID)).toBe('clear')
})

test('waits 1, 3, 7 … seconds, ten minutes at most, while the chain refuses the same', async () => {
  const intents = intentMemory()
  const transactions = createTransactions(never, intents)
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

test('waits as long for what was refused after it was signed, also when it was started again', async () => {
  const intents = intentMemory()
  const refuse = async (beforeSend: BeforeSend): Promise<Sent> => {
    await beforeSend(SIGNED)
    return { kind: 'refused', reason: 'reverted' }
  }
  const tries: bigint[] = []
  for (let now = 100n; now < 160n; now += 1n) {
    const { kind } = await createTransactions(never, intents).attempt({ ...PLAN, at: now }, refuse)
    if (kind !== 'later') tries.push(now)
  }
  expect(tries).toEqual([100n, 101n, 104n, 111n, 126n, 157n])
  expect(intents.of(FIXING_ID).map(({ state, reason }) => [state, reason])).toEqual(
    tries.map(() => ['failed', 'reverted']),
  )
})

test('forgets what was refused of a fixing that is over', async () => {
  const transactions = createTransactions(never, intentMemory())
  await transactions.attempt(PLAN, async () => ({ kind: 'refused', reason: 'no' }))
  expect((await transactions.attempt(PLAN, async () => DONE)).kind).toBe('later')
  transactions.forget(FIXING_ID)
  expect((await transactions.attempt(PLAN, async () => DONE)).kind).toBe('done')
})

test('does not wait when something else is tried, or after a success', async () => {
  const intents = intentMemory()
  const transactions = createTransactions(never, intents)
  const refuse = async (): Promise<Sent> => ({ kind: 'refused', reason: 'no' })
  await transactions.attempt(PLAN, refuse)
  expect((await transactions.attempt(PLAN, async () => DONE)).kind).toBe('later')
  expect((await transactions.attempt({ ...PLAN, round: 2 }, async () => DONE)).kind).toBe('done')
  expect((await transactions.attempt({ ...PLAN, at: 101n }, async () => DONE)).kind).toBe('done')
  expect((await transactions.attempt({ ...PLAN, at: 101n }, async () => DONE)).kind).toBe('done')
})
