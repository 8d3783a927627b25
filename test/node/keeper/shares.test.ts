import { expect, test } from 'vitest'
import type { Attestation } from '#client/attestation.ts'
import { INVALID } from '#protocol/fixing.ts'
import type { Sent, Terms } from '../../../node/chain/port.ts'
import { createJournal } from '../../../node/journal.ts'
import { claimShares, shareOf, type ShareView, worthOf } from '../../../node/keeper/shares.ts'
import { fakeClock } from '../fake-clock.ts'
import { intentMemory, transactionsOf } from '../memories.ts'
import { FIXING, FIXING_ID, MATURITY, reporterKey, WAD } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'

const TRUTH = 2_500n * WAD
const SETTLED = MATURITY + 86_400n
const ATTESTATION: Attestation = {
  value: TRUTH,
  observationsRoot: `0x${'5a'.repeat(32)}`,
  proposer: reporterKey(0).address,
  signers: 0b1101n,
  count: 3,
}
const DEAR: Sent = { kind: 'refused', reason: 'Client.DearGasError' }

function viewOf(changes: Partial<ShareView> = {}): ShareView {
  return {
    fixingId: FIXING_ID,
    fixing: FIXING,
    settlement: TRUTH,
    settledTime: SETTLED,
    attestation: ATTESTATION,
    place: 2,
    places: [2],
    reward: 32n,
    stageDelaySeconds: 600,
    ...changes,
  }
}

test.each<[string, Partial<ShareView>, bigint]>([
  ['a third, rounded down', {}, 10n],
  ['what is within the band of the settlement', { attestation: { ...ATTESTATION, value: TRUTH + WAD } }, 10n],
  ['nothing outside the band', { attestation: { ...ATTESTATION, value: 3_000n * WAD } }, 0n],
  ['nothing if it did not sign', { place: 1 }, 0n],
  ['nothing of INVALID', { settlement: INVALID }, 0n],
])('an attester earns %s', (_, changes, share) => {
  expect(shareOf(viewOf(changes))).toBe(share)
})

test('one claim is worth what the reporters of one owner earned together', () => {
  expect(worthOf(viewOf({ places: [0, 1, 2] }))).toBe(20n)
  expect(worthOf(viewOf({ place: 1, places: [0, 1, 2] }))).toBe(0n)
})

/** A keeper whose claims come to `sent`, one after the other, the last for ever; the registry would pay `unpaid`. */
function keeper(sent: readonly Sent[], unpaid?: bigint) {
  const intents = intentMemory()
  const lines: string[] = []
  const claims: unknown[] = []
  const memory = { append: async (line: { action: string; reason: string }) => void lines.push(line.reason) }
  const chain = {
    unpaid: async () => unpaid,
    claimRewards: async (_: unknown, { signers }: Attestation, places: readonly number[], { maxGasCost }: Terms) => {
      claims.push([signers, places, maxGasCost])
      return sent[Math.min(claims.length, sent.length) - 1] ?? DEAR
    },
  }
  const journal = createJournal(memory, fakeClock(), SILENT)
  const components = { chain, journal, transactions: transactionsOf(intents) }
  return {
    intents,
    lines,
    claims,
    claim: (after: bigint, changes: Partial<ShareView> = {}) =>
      claimShares(components, viewOf(changes), SETTLED + after),
  }
}

test('claims its share once, for less gas than it is worth', async () => {
  const { claim, claims, lines } = keeper([{ kind: 'done', moved: 10n }])
  expect([await claim(0n), await claim(1n)]).toEqual(['acted', 'done'])
  expect(claims).toEqual([[ATTESTATION.signers, [2], 10n]])
  expect(lines).toEqual(['Our co-signature earned 10 wei for the owner.'])
})

test('waits for cheaper gas for as long as it takes, and leaves one line of it', async () => {
  const { claim, claims, lines, intents } = keeper([DEAR, DEAR, DEAR, DEAR, { kind: 'done', moved: 10n }])
  const results: string[] = []
  // Once a block, for an hour.
  for (let after = 0n; after < 3_600n; after += 12n) results.push(await claim(after))
  expect(results.slice(0, 3)).toEqual(['dear', 'dear', 'dear'])
  expect(results).toContain('acted')
  expect(claims).toHaveLength(5)
  expect(lines).toEqual([
    'A share of 10 wei for our co-signature: Client.DearGasError.',
    'Our co-signature earned 10 wei for the owner.',
  ])
  expect(intents.log.map(({ state }) => state)).toEqual(['done'])
})

test('gives up what was paid already, and asks for nothing where there is nothing', async () => {
  const paid = keeper([{ kind: 'refused', reason: 'RewardAlreadyPaid' }])
  expect(await paid.claim(0n)).toBe('done')
  expect(paid.lines).toEqual(['A share of 10 wei for our co-signature: RewardAlreadyPaid.'])
  const unsigned = keeper([DEAR])
  expect(await unsigned.claim(0n, { place: 1, places: [1] })).toBe('done')
  expect([unsigned.claims, unsigned.lines]).toEqual([[], []])
})

test('claims in one transaction for all reporters of an owner, and the next of them only if it must', async () => {
  const all = { places: [0, 1, 2, 3] }
  const first = keeper([{ kind: 'done', moved: 30n }])
  expect(await first.claim(0n, { ...all, place: 0 })).toBe('acted')
  // Place 1 did not sign.
  expect(first.claims).toEqual([[ATTESTATION.signers, [0, 2, 3], 30n]])

  const second = keeper([{ kind: 'done', moved: 20n }], 20n)
  expect(await second.claim(599n, all)).toBe('waiting')
  expect(await second.claim(600n, all)).toBe('acted')
  // The registry leaves out what the first was paid.
  expect(second.claims).toEqual([[ATTESTATION.signers, [0, 2, 3], 20n]])

  const third = keeper([DEAR], 0n)
  expect(await third.claim(1_200n, { ...all, place: 3 })).toBe('done')
  expect(third.claims).toEqual([])
})
