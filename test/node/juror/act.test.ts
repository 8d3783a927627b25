import { describe, expect, test } from 'vitest'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import type { Plan } from '../../../node/chain/transactions.ts'
import { act, type ActComponents, type Scene } from '../../../node/juror/act.ts'
import type { CaseDecision } from '../../../node/juror/decide.ts'
import type { Intent } from '../../../node/store/intent-table.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'
import { intentMemory, journalMemory, transactionsOf } from '../memories.ts'
import { FIXING, FIXING_ID, keyOf } from '../reporters.ts'
import { snapshotOf } from '../snapshots.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const ACCOUNT = keyOf('sender').address
const HEAD = { number: 10n, time: 1_000n }
const SALT = `0x${'5a'.repeat(32)}` as const
const SEATS = [1, 2].map((seat) => ({ seat, juror: ACCOUNT, committed: undefined, value: undefined }))
/** The case is in its second round. */
const ROUND = { chainId: 31_337, jury: JURY, fixingId: FIXING_ID, round: 1 } as const

const SCENE: Scene = {
  known: { jury: JURY, id: FIXING_ID, fixing: FIXING, block: 1n },
  snapshot: snapshotOf({}),
  trial: {
    state: { stage: 'voting', round: 1, seedBlock: 5n, commitEnd: 90_000n, revealEnd: 130_000n },
    seats: SEATS,
  },
  terms: SMALL_JURY,
  docket: { head: HEAD, behind: async () => [] },
  round: ROUND,
  seats: SEATS,
  own: [],
  openings: new Map(
    SEATS.map(({ seat }) => [seat, { fixingId: FIXING_ID, seat, value: 7n, salt: SALT, isKept: true }]),
  ),
}
const REASON = 'As a test says.'
const COMMIT: CaseDecision = { action: 'commit', seats: [1, 2], value: 7n, deadline: 90_000n, reason: REASON }
const REVEAL: CaseDecision = { action: 'reveal', seats: [1, 2], deadline: 130_000n, reason: REASON }
const RESOLVE: CaseDecision = { action: 'resolve', deadline: undefined, reason: REASON }

/** What was signed long enough ago to be tried again if it were not under way. */
function signedFor(action: Intent['action'], { seat = 1, round = 1 } = {}): Intent {
  const key = `${FIXING_ID}:00000${seat}`
  const subject = { fixingId: FIXING_ID, action, kind: 'stake', round, value: BigInt(seat), amount: 0n } as const
  return { ...subject, key, state: 'signed', nonce: 3, hash: SALT, at: 0n }
}

/** What is sent for a decision while those are on their way: what, with the seat, how long, and for how much gas at most. */
async function sentFor(decision: CaseDecision, signed: readonly Intent[] = []) {
  const sent: unknown[] = []
  const transactions = transactionsOf(intentMemory(signed))
  let plan: Plan | undefined
  const court: Pick<CourtPort, 'send'> = {
    async send(_, { maxGasCost }) {
      sent.push({ action: plan?.action, seat: plan?.value, round: plan?.round, deadline: plan?.deadline, maxGasCost })
      return { kind: 'done', moved: 0n }
    },
  }
  const components: ActComponents = {
    chain: { chainId: 31_337, court: () => court as CourtPort },
    votes: {
      prepare: async (round, seats, value) =>
        seats.map(({ seat, juror }) => ({ ...round, seat, juror, value, salt: SALT })),
      openings: async () => new Map(),
      kept: async () => new Map(),
      forget: () => undefined,
    },
    transactions: {
      ...transactions,
      attempt: (next, send) =>
        transactions.attempt(next, (terms) => {
          plan = next
          return send(terms)
        }),
    },
    journal: journalMemory(),
    maxGasWei: 5n,
    staked: () => 0n,
  }
  expect(await act(components, SCENE, decision)).toBe('clear')
  return sent
}

describe('a vote', () => {
  test.each([COMMIT, REVEAL])(
    'is sent for each seat, may cost what the seat has at stake, and no more: $action',
    async (decision) => {
      const { action, deadline } = decision
      const rest = { action, round: 1, deadline, maxGasCost: SMALL_JURY.seatStake }
      expect(await sentFor(decision)).toEqual([
        { ...rest, seat: 1n },
        { ...rest, seat: 2n },
      ])
    },
  )

  test.each([COMMIT, REVEAL])('that may still be mined is not sent again: $action', async (decision) => {
    const { action } = decision
    expect(await sentFor(decision, [signedFor(action)])).toMatchObject([{ seat: 2n }])
    expect(await sentFor(decision, [signedFor(action), signedFor(action, { seat: 2 })])).toEqual([])
  })

  test('of an earlier round, or of another kind, does not keep one back', async () => {
    expect(await sentFor(COMMIT, [signedFor('commit', { round: 0 })])).toHaveLength(2)
    expect(await sentFor(REVEAL, [signedFor('commit')])).toHaveLength(2)
  })
})

test('a move that may still be mined is not sent again, that of an earlier round is no matter', async () => {
  expect(await sentFor(RESOLVE)).toEqual([
    { action: 'resolve', seat: 0n, round: 1, deadline: undefined, maxGasCost: 5n },
  ])
  expect(await sentFor(RESOLVE, [signedFor('resolve', { seat: 0 })])).toEqual([])
  expect(await sentFor(RESOLVE, [signedFor('resolve', { seat: 0, round: 0 })])).toHaveLength(1)
})
