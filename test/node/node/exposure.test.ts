import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { OracleEvent } from '../../../node/chain/port.ts'
import type { JurorView } from '../../../node/juror/standing.ts'
import { proposalRoom, stakeElsewhere, spendable } from '../../../node/node/exposure.ts'
import { track, type Tracked } from '../../../node/node/tracked.ts'
import type { Intent } from '../../../node/store/intent-table.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { intentMemory, plenty, transactionsOf } from '../memories.ts'
import { FIXING, keyOf } from '../reporters.ts'
import { snapshotOf } from '../snapshots.ts'

const SELF = keyOf('sender').address
const DOCUMENT = threeSamples([
  sourceJson('a', { url: 'http://127.0.0.1:1', pointers: { rows: '/rows', time: '/0', close: '/1' } }),
])
const idOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const DISPUTED = snapshotOf({ round: 1, bond: 5n, leader: 7n, deadline: FIXING.maturity + 86_400n })

const proposed = (n: number, from: Hex, bond: bigint): OracleEvent => {
  return { name: 'proposed', block: 1n, id: idOf(n), from, value: 7n, bond }
}
const sent = (n: number, changes: Partial<Intent>): Intent => ({
  key: `${idOf(n)}:000000`,
  fixingId: idOf(n),
  action: 'contribute',
  kind: 'stake',
  round: 1,
  value: 9n,
  amount: 100n,
  state: 'signed',
  nonce: n,
  at: 0n,
  ...changes,
})

/** What is at stake in other fixings than the first. */
function elsewhere(
  events: readonly OracleEvent[],
  intents: readonly Intent[],
  changes: Partial<Tracked>[] = [],
  unread: readonly Hex[] = [],
  { settled = [], unheld = [] }: { readonly settled?: readonly Hex[]; readonly unheld?: readonly Hex[] } = {},
): bigint {
  const tracked = new Map(
    [1, 2, 3].map((n) => {
      const known = track({ id: idOf(n), fixing: FIXING, document: DOCUMENT })
      return [idOf(n), { ...known, ...changes[n - 1] }] as const
    }),
  )
  const transactions = transactionsOf(intentMemory(intents))
  const parts = {
    chain: { account: SELF } as never, // nothing else is looked at
    watch: { events: (id: Hex) => events.filter((event) => event.id === id) } as never, // nothing else is looked at
    transactions,
    collateral: { ...plenty(transactions), upcoming: (id: Hex) => (id === idOf(1) ? 1_000n : 0n) },
  }
  const untracked = (ids: readonly Hex[]) =>
    new Map(ids.map((id) => [id, { fixing: FIXING, isSettled: settled.includes(id) }] as const))
  return stakeElsewhere(parts, { tracked, unread: untracked(unread), unheld: untracked(unheld) }, idOf(1))
}

test('adds up what the log and its own transactions say of all others, and what is about to be staked there', () => {
  const events = [
    proposed(1, SELF, 1n),
    proposed(2, SELF, 20n),
    proposed(2, keyOf('ann').address, 4n),
    proposed(3, SELF, 3n),
  ]
  expect(elsewhere(events, [])).toBe(1_023n)
  expect(elsewhere(events, [sent(1, {}), sent(2, {})])).toBe(1_123n)
  // What was mined took less; what failed took nothing.
  expect(elsewhere(events, [sent(2, { state: 'done', moved: 60n }), sent(3, { state: 'failed' })])).toBe(1_083n)
})

test('of fixings whose logs are not read yet counts what its own transactions have put in and not taken out', () => {
  const claim = sent(5, { key: `${idOf(5)}:000001`, action: 'claim', state: 'done', moved: 90n })
  const intents = [
    sent(4, { state: 'done', moved: 60n }),
    sent(4, { key: `${idOf(4)}:000001`, action: 'appeal', kind: 'appeal', amount: 7n }),
    sent(5, { state: 'done', moved: 50n }),
    claim,
    sent(6, { state: 'failed' }),
  ]
  expect(elsewhere([], intents, [], [4, 5, 6].map(idOf))).toBe(1_067n)
  expect(elsewhere([], intents, [], [4, 5, 6].map(idOf), { settled: [idOf(4)] })).toBe(1_000n)
  // Nor are those whose documents were taken away.
  expect(elsewhere([], intents, [], [], { unheld: [4, 5].map(idOf) })).toBe(1_067n)
  // What is followed counts once, and what is asked about not at all.
  expect(elsewhere([], [...intents, sent(1, {}), sent(2, {})], [], [1, 2, 4].map(idOf))).toBe(1_167n)
})

test('what is settled is at stake no more', () => {
  const events = [proposed(2, SELF, 20n), proposed(3, SELF, 3n)]
  const settled = { ...DISPUTED, phase: 'settled' } as const
  expect(elsewhere(events, [], [{}, { snapshot: settled }, { snapshot: DISPUTED }])).toBe(1_003n)
  expect(elsewhere(events, [], [{}, { isClosed: true }, {}])).toBe(1_003n)
})

test('keeps back twice the gas of every vote that is still to be sent', async () => {
  const asked: unknown[] = []
  const chain = {
    spendable: async (...limits: readonly bigint[]) => {
      asked.push(limits)
      return 7n
    },
  } as never // nothing else is looked at
  const collateral = { lastBlock: () => 8n } as never // nothing else is asked of it
  const view = {
    seats: 2,
    late: 0,
    unread: 0,
    unserved: [],
    deadline: undefined,
    failing: 0,
    dear: 0,
    toSend: 3,
    unseen: 0,
  }
  const jurorOf = (seen: JurorView) => ({ look: () => undefined, idle: async () => undefined, view: () => seen })
  expect(await spendable({ chain, collateral, juror: jurorOf(view) })).toBe(7n)
  // Three votes of 100 000 gas, as of the last block that changed anything.
  expect(asked).toEqual([[600_000n, 8n]])
  // As long as a jury was not looked at, it is not known how many there are.
  expect(await spendable({ chain, collateral, juror: jurorOf({ ...view, unseen: 1 }) })).toBe(0n)
})

test('proposals leave half of everything to disputes', () => {
  expect(proposalRoom(10n, 0n)).toBe(5n)
  expect(proposalRoom(10n, 5n)).toBe(0n)
  expect(proposalRoom(10n, 7n)).toBe(-2n)
})
