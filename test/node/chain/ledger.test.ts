import { expect, test } from 'vitest'
import { ledgerOf } from '../../../node/chain/ledger.ts'
import type { OracleEvent } from '../../../node/chain/port.ts'
import { FIXING_ID, keyOf } from '../reporters.ts'

const ANN = keyOf('ann').address
const BOB = keyOf('bob').address
const at = { block: 1n, id: FIXING_ID }

const contributed = (
  from: typeof ANN,
  kind: 'stake' | 'appeal',
  round: number,
  value: bigint,
  taken: bigint,
  filled: bigint,
): OracleEvent => ({ ...at, name: 'contributed', from, kind, round, value, taken, filled })

const GAME: readonly OracleEvent[] = [
  { ...at, name: 'proposed', from: BOB, value: 3_000n, bond: 25n },
  contributed(ANN, 'stake', 1, 2_500n, 10n, 10n),
  contributed(ANN, 'stake', 1, 2_600n, 1n, 1n),
  contributed(BOB, 'stake', 1, 2_500n, 20n, 30n),
  contributed(ANN, 'stake', 1, 2_500n, 20n, 50n),
  { ...at, name: 'led', round: 2, value: 2_500n },
  contributed(ANN, 'appeal', 2, 3_000n, 3n, 3n),
  contributed(ANN, 'appeal', 2, 2_500n, 11n, 11n),
  { ...at, name: 'arbitrated', cause: 'appeal' },
]

test('adds up the pots of every round', () => {
  expect(ledgerOf(GAME, ANN).pots).toEqual([
    { kind: 'stake', round: 1, value: 2_500n, filled: 50n },
    { kind: 'stake', round: 1, value: 2_600n, filled: 1n },
    { kind: 'appeal', round: 2, value: 3_000n, filled: 3n },
    { kind: 'appeal', round: 2, value: 2_500n, filled: 11n },
  ])
})

test("adds up the account's own receipts, and which of their pots filled", () => {
  expect(ledgerOf(GAME, ANN).own).toEqual([
    { kind: 'stake', round: 1, value: 2_500n, amount: 30n, isFilled: true },
    { kind: 'stake', round: 1, value: 2_600n, amount: 1n, isFilled: false },
    { kind: 'appeal', round: 2, value: 3_000n, amount: 3n, isFilled: false },
    { kind: 'appeal', round: 2, value: 2_500n, amount: 11n, isFilled: true },
  ])
  expect(ledgerOf(GAME, BOB).own).toEqual([
    { kind: 'stake', round: 0, value: 3_000n, amount: 25n, isFilled: true },
    { kind: 'stake', round: 1, value: 2_500n, amount: 20n, isFilled: true },
  ])
  expect(ledgerOf(GAME, undefined).own).toEqual([])
})

test('knows of what the account was given that no event tells, and whether its pot filled', () => {
  const given = [
    { kind: 'stake', round: 0, value: 70n, amount: 1n },
    { kind: 'stake', round: 1, value: 71n, amount: 2n },
  ] as const
  const led = { name: 'led', block: 9n, id: FIXING_ID, round: 2, value: 71n } as const
  expect(ledgerOf([led], ANN, given).own).toEqual(given.map((line) => ({ ...line, isFilled: true })))
  expect(ledgerOf([], ANN, given).own.map(({ isFilled }) => isFilled)).toEqual([true, false])
  const logged = ledgerOf(GAME, ANN).own
  expect(ledgerOf(GAME, ANN, logged).own).toEqual(logged)
})

test('forgets what the account claimed, and nothing else', () => {
  const claimed: OracleEvent = { ...at, name: 'claimed', holder: ANN, kind: 'stake', round: 1, value: 2_600n }
  const others: OracleEvent = { ...at, name: 'claimed', holder: BOB, kind: 'stake', round: 1, value: 2_500n }
  const fund: OracleEvent = { ...at, name: 'claimed', holder: ANN, kind: 'fund', round: 0, value: 0n }
  const { own, claimed: lines } = ledgerOf([...GAME, claimed, others, fund], ANN)
  expect(own.map(({ value }) => value)).toEqual([2_500n, 3_000n, 2_500n])
  expect(lines).toEqual([{ kind: 'stake', round: 1, value: 2_600n }])
})

test('does not take a requested arbitration for a filled appeal', () => {
  const requested = [
    contributed(ANN, 'appeal', 2, 7n, 1n, 1n),
    { ...at, name: 'arbitrated', cause: 'request' } as const,
  ]
  expect(ledgerOf(requested, ANN).own[0]?.isFilled).toBe(false)
})
