import { expect, test } from 'vitest'
import type { OwnReceipt } from '../../node/chain/ledger.ts'
import type { Attestation } from '#client/registry.ts'
import type { Sent, Terms } from '../../node/chain/port.ts'
import { createTransactions } from '../../node/chain/transactions.ts'
import { claimOwn, claimShare, decideClaims, shareOf, type ShareView } from '../../node/keeper.ts'
import { intentMemory, journalMemory } from './memories.ts'
import { FIXING, MATURITY, reporterKey, WAD } from './reporters.ts'
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
    fate: async () => ({ kind: 'dropped' as const }),
  }
  const transactions = createTransactions(chain, intentMemory())
  const result = await claimOwn({ chain, journal, transactions }, BY_TIMEOUT, own)
  return { result, claimed, lines: journal.lines.map(({ action, reason }) => `${action}: ${reason}`) }
}

test('claims what pays, leaves what does not, and says when nothing is left', async () => {
  const both = await run([receipt(), receipt({ value: LIE, round: 0 })])
  expect(both).toEqual({
    result: 'acted',
    claimed: [{ kind: 'stake', round: 1, value: TRUTH }],
    lines: ['claim: The value won. Paid 8 wei.', 'leave: The value lost: the receipt pays nothing.'],
  })
  expect((await run([receipt({ value: LIE, round: 0 })])).result).toBe('done')
  expect((await run([])).result).toBe('done')
})

test('is not done when the chain refuses a claim', async () => {
  const { result, lines } = await run([receipt()], { kind: 'refused', reason: 'NothingToClaim' })
  expect(result).toBe('waiting')
  expect(lines).toEqual(['refused: The value won. Refused: NothingToClaim.'])
})

const ATTESTATION: Attestation = { value: TRUTH, proposer: reporterKey(0).address, signers: 0b1101n, count: 3 }

function shareView(changes: Partial<ShareView> = {}): ShareView {
  return { snapshot: BY_TIMEOUT, attestation: ATTESTATION, place: 2, reward: 32n, ...changes }
}

test.each<[string, Partial<ShareView>, bigint]>([
  ['a third, rounded down', {}, 10n],
  ['what is within the band of the settlement', { attestation: { ...ATTESTATION, value: TRUTH + WAD } }, 10n],
  ['nothing outside the band', { attestation: { ...ATTESTATION, value: LIE } }, 0n],
  ['nothing if it did not sign', { place: 1 }, 0n],
  ['nothing if it is not in the roster', { place: undefined }, 0n],
  ['nothing if nothing was attested', { attestation: undefined }, 0n],
  ['nothing before the settlement', { snapshot: ACTIVE }, 0n],
  ['nothing of INVALID', { snapshot: EXPIRED }, 0n],
])('an attester earns %s', (_, changes, share) => {
  expect(shareOf(shareView(changes))).toBe(share)
})

async function runShare(
  sent: Sent,
  changes: Partial<ShareView> = {},
): Promise<{ results: string[]; claims: unknown[]; lines: string[] }> {
  const journal = journalMemory()
  const claims: unknown[] = []
  const chain = {
    claimReward: async (_fixing: unknown, { signers }: Attestation, place: number, { maxGasCost }: Terms) => {
      claims.push([signers, place, maxGasCost])
      return sent
    },
    fate: async () => ({ kind: 'dropped' as const }),
  }
  const components = { chain, journal, transactions: createTransactions(chain, intentMemory()) }
  const results = [await claimShare(components, shareView(changes)), await claimShare(components, shareView(changes))]
  return { results, claims, lines: journal.lines.map(({ action, reason }) => `${action}: ${reason}`) }
}

test('claims its share once, for less gas than it is worth', async () => {
  expect(await runShare({ kind: 'done', moved: 10n })).toEqual({
    results: ['acted', 'done'],
    claims: [[ATTESTATION.signers, 2, 10n]],
    lines: ['claim: Our co-signature earned 10 wei for the owner.'],
  })
})

test('leaves a share that was paid already, costs too much, or is none', async () => {
  expect(await runShare({ kind: 'refused', reason: 'RewardAlreadyPaid' })).toMatchObject({
    results: ['done', 'done'],
    lines: ['refused: A share of 10 wei for our co-signature: RewardAlreadyPaid.'],
  })
  expect(await runShare({ kind: 'done', moved: 0n }, { place: 1 })).toEqual({
    results: ['done', 'done'],
    claims: [],
    lines: [],
  })
})
