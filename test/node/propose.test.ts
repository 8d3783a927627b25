import type { Address, Hex } from 'viem'
import { concatHex, keccak256 } from 'viem/utils'
import { expect, test } from 'vitest'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { CosignedReport } from '#client/cosigned-report.ts'
import type { Sent, Terms } from '../../node/chain/port.ts'
import { decideProposal, proposalRank, proposeOn, type ProposalView, type Way } from '../../node/propose.ts'
import { intentMemory, journalMemory, plenty, transactionsOf } from './memories.ts'
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

test('does nothing when the report is farther than a quarter of the separation from its own', () => {
  // Separation 1 000 ppm: a quarter of it of 2 500 is 0.625.
  const quarter = (625n * WAD) / 1_000n
  expect(decideProposal(view({ reportValue: OWN + quarter })).action).toBe('propose')
  expect(decideProposal(view({ reportValue: OWN + quarter + 1n })).action).toBe('none')
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

const PLAIN: Way = { kind: 'plain', maxGasCost: 7n }
const ATTESTED: Way = {
  kind: 'attest',
  maxGasCost: 9n,
  cosigned: {
    report: { value: OWN, observationsRoot: FIXING_ID, proposer: reporterKey(0).address },
    signature: '0x',
    signers: 7n,
  },
  reason: '3 of 3 co-signed.',
}

async function run(
  look: () => ProposalView,
  options: {
    readonly phase?: FixingSnapshot
    readonly sent?: Sent
    readonly way?: Way
    readonly rooms?: bigint[]
  } = {},
): Promise<{ result: string; lines: string[]; proposals: unknown[]; refusals: number; ways: number }> {
  const { phase = snapshotOf({}), sent = { kind: 'done', moved: 10n }, way = PLAIN } = options
  const intents = intentMemory()
  const journal = journalMemory()
  const proposals: unknown[] = []
  let refusals = 0
  let ways = 0
  const chain = {
    head: async () => ({ number: 5n, time: MATURITY }),
    snapshot: async () => phase,
    propose: async (_fixing: unknown, value: bigint, _bond: bigint, { maxGasCost }: Terms) => {
      proposals.push([value, maxGasCost])
      return sent
    },
    proposeAttested: async (_fixing: unknown, { signers }: CosignedReport, _bond: bigint, { maxGasCost }: Terms) => {
      proposals.push(['attested', signers, maxGasCost])
      return sent
    },
  }
  const components = {
    chain,
    journal,
    collateral: plenty(transactionsOf(intents)),
    catchUp: async () => undefined,
    room: () => options.rooms?.shift() ?? 10n ** 30n,
    chooseWay: async () => {
      ways += 1
      return way
    },
    onRefused: () => void (refusals += 1),
  }
  const result = await proposeOn(components, FIXING_ID, look)
  return { result, lines: journal.lines.map(({ action, reason }) => `${action}: ${reason}`), proposals, refusals, ways }
}

test('sends one proposal and journals it', async () => {
  const { result, lines, proposals } = await run(view)
  expect(result).toBe('acted')
  expect(proposals).toEqual([[OWN, 7n]])
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

test('proposes through the registry what was co-signed, and plainly ever after a refusal', async () => {
  const attested = await run(view, { way: ATTESTED })
  expect(attested).toMatchObject({ result: 'acted', proposals: [['attested', 7n, 9n]], refusals: 0 })
  expect(attested.lines).toEqual([
    `propose-attested: Rank 0, and the report agrees. 3 of 3 co-signed. Staked 10 wei on ${OWN}.`,
  ])
  const refused = await run(view, { way: ATTESTED, sent: { kind: 'refused', reason: 'RosterMissing' } })
  expect(refused).toMatchObject({ result: 'idle', refusals: 1, lines: [`refused: Proposal of ${OWN}: RosterMissing.`] })
  expect((await run(view, { sent: { kind: 'refused', reason: 'WrongPhase' } })).refusals).toBe(0)
})

test('sends nothing while co-signatures are waited for', async () => {
  const waiting = await run(view, { way: { kind: 'wait', reason: '2 of 3 co-signed.' } })
  expect(waiting).toMatchObject({ result: 'idle', proposals: [], lines: ['none: 2 of 3 co-signed.'] })
})

test('proposes no bond that all fixings together have no room for, before it asks for co-signatures or after', async () => {
  const { bond = 0n } = view()
  const full = await run(view, { rooms: [bond - 1n] })
  const reason = (room: bigint) =>
    `none: The bond of ${bond} wei is more than policy.total_wei leaves for all fixings together, ${room} wei.`
  expect(full).toMatchObject({ result: 'idle', proposals: [], ways: 0, lines: [reason(bond - 1n)] })
  const filled = await run(view, { rooms: [bond, -5n] })
  expect(filled).toMatchObject({ result: 'idle', proposals: [], ways: 1, lines: [reason(-5n)] })
  expect((await run(view, { rooms: [bond, bond] })).proposals).toHaveLength(1)
})
