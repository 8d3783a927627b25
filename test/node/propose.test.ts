import type { Address, Hex } from 'viem'
import { concatHex, keccak256 } from 'viem/utils'
import { expect, test } from 'vitest'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { Sent } from '../../node/chain/port.ts'
import { createTransactions } from '../../node/chain/transactions.ts'
import { decideProposal, proposalRank, proposeOn, type ProposalView } from '../../node/propose.ts'
import { intentMemory, journalMemory } from './memories.ts'
import { FIXING, FIXING_ID, MATURITY, reporterKey, WAD } from './reporters.ts'
import { snapshotOf } from './snapshots.ts'

const OWN = 2_500n * WAD

function view(changes: Partial<ProposalView> = {}): ProposalView {
  return {
    fixing: FIXING,
    now: MATURITY,
    rank: 0,
    own: OWN,
    reportValue: OWN,
    bond: 10n,
    maxBond: 10n,
    stageDelaySeconds: 60,
    ...changes,
  }
}

test('proposes the report that agrees, when it is its turn and within its means', () => {
  expect(decideProposal(view())).toMatchObject({ action: 'propose', value: OWN, bond: 10n })
})

test.each<[string, Partial<ProposalView>, string]>([
  ['an own observation', { own: undefined }, 'No own observation'],
  ['a quorum', { reportValue: undefined }, 'No quorum yet'],
  ['its turn', { rank: 2, now: MATURITY + 119n }, 'The turn of rank 2'],
  ['a readable bond', { bond: undefined }, 'cannot be read'],
  ['the means', { bond: 11n }, 'above what policy and balance allow'],
])('does nothing without %s', (_what, changes, reason) => {
  expect(decideProposal(view(changes))).toEqual({ action: 'none', reason: expect.stringContaining(reason) })
})

test('takes its turn at maturity plus its rank times the delay', () => {
  expect(decideProposal(view({ rank: 2, now: MATURITY + 120n })).action).toBe('propose')
})

test('agrees with a report within a quarter of the separation of its own, by ratio and exactly', () => {
  // Separation 1 000 ppm: a quarter of it of 2 500 is 0.625.
  const quarter = (625n * WAD) / 1_000n
  expect(decideProposal(view({ reportValue: OWN + quarter })).action).toBe('propose')
  expect(decideProposal(view({ reportValue: OWN + quarter + 1n })).action).toBe('none')
  expect(decideProposal(view({ own: OWN + quarter, reportValue: OWN })).action).toBe('propose')
  expect(decideProposal(view({ own: OWN + quarter + 1n, reportValue: OWN })).action).toBe('none')
})

test('ranks reporters by keccak256(fixing ‖ signer), differently for every fixing', () => {
  const signers = [0, 1, 2, 3, 4].map((i) => reporterKey(i).address)
  const ranks = (id: Hex): number[] => signers.map((signer) => proposalRank(id, signers, signer))
  const byHash = (id: Hex): Address[] =>
    signers.toSorted((a, b) => (BigInt(keccak256(concatHex([id, a]))) < BigInt(keccak256(concatHex([id, b]))) ? -1 : 1))
  const other: Hex = `0x${'12'.repeat(32)}`
  for (const id of [FIXING_ID, other]) expect(ranks(id)).toEqual(signers.map((signer) => byHash(id).indexOf(signer)))
  expect(ranks(FIXING_ID)).not.toEqual(ranks(other))
  expect(proposalRank(FIXING_ID, signers.slice(1), signers[0] ?? '0x')).toBeLessThanOrEqual(4)
})

async function run(
  look: () => ProposalView,
  options: { readonly phase?: FixingSnapshot; readonly sent?: Sent } = {},
): Promise<{ result: string; lines: string[]; proposals: bigint[] }> {
  const { phase = snapshotOf({}), sent = { kind: 'done', moved: 10n } } = options
  const intents = intentMemory()
  const journal = journalMemory()
  const proposals: bigint[] = []
  const chain = {
    head: async () => ({ number: 5n, time: MATURITY }),
    snapshot: async () => phase,
    propose: async (_fixing: unknown, value: bigint) => {
      proposals.push(value)
      return sent
    },
    fate: async () => ({ kind: 'dropped' as const }),
  }
  const components = {
    chain,
    journal,
    transactions: createTransactions(chain, intents),
    catchUp: async () => undefined,
  }
  const result = await proposeOn(components, FIXING_ID, look)
  return { result, lines: journal.lines.map(({ action, reason }) => `${action}: ${reason}`), proposals }
}

test('sends one proposal and journals it', async () => {
  const { result, lines, proposals } = await run(view)
  expect(result).toBe('acted')
  expect(proposals).toEqual([OWN])
  expect(lines).toEqual([`propose: Rank 0, and the report agrees. Staked 10 wei on ${OWN}.`])
})

test('does not send when another was first, or when what peers know changes the report', async () => {
  const active = snapshotOf({ round: 1, bond: 1n, leader: OWN, deadline: MATURITY + 999n })
  const late = await run(view, { phase: active })
  expect(late).toMatchObject({ result: 'idle', proposals: [], lines: ['none: The fixing is active by now.'] })
  const looks = [view(), view({ reportValue: OWN + 1n })]
  expect(await run(() => looks.shift() ?? view())).toMatchObject({ result: 'idle', proposals: [] })
})

test('journals what the chain refuses as an outcome', async () => {
  const { result, lines } = await run(view, { sent: { kind: 'refused', reason: 'WrongPhase' } })
  expect(result).toBe('idle')
  expect(lines).toEqual([`refused: Proposal of ${OWN}: WrongPhase.`])
})
