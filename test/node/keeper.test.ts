import { expect, test } from 'vitest'
import type { OwnReceipt } from '../../node/chain/ledger.ts'
import type { Sent } from '../../node/chain/port.ts'
import { createJournal } from '../../node/journal.ts'
import { claimOwn, decideClaims } from '../../node/keeper.ts'
import { fakeClock } from './fake-clock.ts'
import { intentMemory, journalMemory, transactionsOf } from './memories.ts'
import { FIXING, MATURITY, WAD } from './reporters.ts'
import { SILENT } from './silent-log.ts'
import { snapshotOf } from './snapshots.ts'

const LIE = 3_000n * WAD
const TRUTH = 2_500n * WAD
const CANDIDATES = [
  { value: LIE, stake: 25n },
  { value: TRUTH, stake: 50n },
]
const DEADLINE = MATURITY + 86_400n
const ACTIVE = snapshotOf({ round: 2, bond: 25n, leader: TRUTH, deadline: DEADLINE }, { candidates: CANDIDATES })
const BY_TIMEOUT = snapshotOf(
  { round: 2, bond: 25n, leader: TRUTH, deadline: DEADLINE },
  { candidates: CANDIDATES, now: DEADLINE, winner: TRUTH },
)
const BY_RULING = { round: 2, bond: 25n, leader: TRUTH, deadline: DEADLINE, arbitratedAt: MATURITY + 9n, ruling: TRUTH }
const NOBODY = snapshotOf({ ...BY_RULING, ruling: 1n }, { candidates: CANDIDATES })
const EXPIRED = snapshotOf(
  { ...BY_RULING, ruling: 0n },
  { candidates: CANDIDATES, now: MATURITY + 9n + 2n * BigInt(FIXING.arbitrationLimit) },
)
const ARBITRATION = snapshotOf({ ...BY_RULING, ruling: 0n }, { candidates: CANDIDATES })

const receipt = (changes: Partial<OwnReceipt> = {}): OwnReceipt => ({
  kind: 'stake',
  round: 1,
  value: TRUTH,
  amount: 5n,
  isFilled: true,
  ...changes,
})

test.each([
  ['the winner by timeout', BY_TIMEOUT, receipt(), 'claim'],
  ['the winner by ruling', snapshotOf(BY_RULING, { candidates: CANDIDATES, winner: TRUTH }), receipt(), 'claim'],
  ['a loser', BY_TIMEOUT, receipt({ value: LIE, round: 0 }), 'leave'],
  ['a loser when nobody won', NOBODY, receipt({ value: LIE }), 'claim'],
  ['a loser on expiry', EXPIRED, receipt({ value: LIE }), 'claim'],
  ['anything filled before settlement', ACTIVE, receipt(), 'wait'],
  ['anything filled in arbitration', ARBITRATION, receipt(), 'wait'],
  ['an unfilled pot of this round', ACTIVE, receipt({ round: 2, isFilled: false }), 'wait'],
  ['an unfilled pot of an earlier round', ACTIVE, receipt({ round: 1, isFilled: false }), 'claim'],
  ['an unfilled pot in arbitration', ARBITRATION, receipt({ round: 2, isFilled: false }), 'claim'],
  [
    'an unfilled pot of a loser after settlement',
    BY_TIMEOUT,
    receipt({ value: LIE, round: 2, isFilled: false }),
    'claim',
  ],
] as const)('of %s: %s', (_what, snapshot, own, action) => {
  expect(decideClaims(snapshot, [own])).toEqual([{ receipt: own, action, reason: expect.any(String) }])
})

async function run(
  own: readonly OwnReceipt[],
  sent: Sent = { kind: 'done', moved: 8n },
): Promise<{ result: string; claimed: unknown[]; lines: string[] }> {
  const journal = journalMemory()
  const claimed: unknown[] = []
  const chain = {
    claim: async (_fixing: unknown, receiptOf: unknown) => {
      claimed.push(receiptOf)
      return sent
    },
  }
  const transactions = transactionsOf(intentMemory())
  const result = await claimOwn({ chain, journal, transactions }, BY_TIMEOUT, own)
  return { result, claimed, lines: journal.lines.map(({ action, reason }) => `${action}: ${reason}`) }
}

test('claims what pays, leaves what does not, and says when nothing is left', async () => {
  const both = await run([receipt(), receipt({ value: LIE, round: 0 })])
  expect(both).toEqual({
    result: 'acted',
    claimed: [{ kind: 'stake', round: 1, value: TRUTH }],
    lines: [
      `claim: The value won. Paid 8 wei. Receipt: stake of round 1 on ${TRUTH}.`,
      `leave: The value lost: the receipt pays nothing. Receipt: stake of round 0 on ${LIE}.`,
    ],
  })
  expect((await run([receipt({ value: LIE, round: 0 })])).result).toBe('done')
  expect((await run([])).result).toBe('done')
})

test('is not done when the chain refuses a claim', async () => {
  const { result, lines } = await run([receipt()], { kind: 'refused', reason: 'NotSettled' })
  expect(result).toBe('waiting')
  expect(lines).toEqual([`refused: The value won. Refused: NotSettled. Receipt: stake of round 1 on ${TRUTH}.`])
})

test('has nothing left in a receipt of which the account holds none: it was handed on', async () => {
  const { result, lines } = await run([receipt()], { kind: 'refused', reason: 'NothingToClaim' })
  expect(result).toBe('done')
  expect(lines).toEqual([`refused: The value won. Refused: NothingToClaim. Receipt: stake of round 1 on ${TRUTH}.`])
  const both = [receipt(), receipt({ round: 2, isFilled: false })]
  expect((await run(both, { kind: 'refused', reason: 'NothingToClaim' })).result).toBe('done')
})

test('counts its lines under one stage however many receipts there are, and says of each what became of it once', async () => {
  const written: string[] = []
  const memory = { append: async ({ reason }: { reason: string }) => void written.push(reason) }
  const journal = createJournal(memory, fakeClock(), SILENT)
  const chain = { claim: async (): Promise<Sent> => ({ kind: 'done', moved: 8n }) }
  const components = { chain, journal, transactions: transactionsOf(intentMemory()) }
  const own = Array.from({ length: 20 }, (_, i) => receipt({ value: LIE + BigInt(i) }))
  for (let look = 0; look < 3; look += 1) await claimOwn(components, BY_TIMEOUT, own)
  expect(journal.counts()).toEqual([['keep', 'leave', 20]])
  expect(written).toEqual(
    own.map(({ value }) => `The value lost: the receipt pays nothing. Receipt: stake of round 1 on ${value}.`),
  )
})

test('a claim while others dispute has their deadline: nothing else is done about the fixing before it is mined', async () => {
  const intents = intentMemory()
  const chain = { claim: async (): Promise<Sent> => ({ kind: 'done', moved: 8n }) }
  const components = { chain, journal: journalMemory(), transactions: transactionsOf(intents) }
  await claimOwn(components, ACTIVE, [receipt({ round: 1, isFilled: false })])
  await claimOwn(components, BY_TIMEOUT, [receipt({ round: 2 })])
  expect(intents.log.map(({ round, deadline }) => [round, deadline])).toEqual([
    [1, DEADLINE],
    [2, undefined],
  ])
})
