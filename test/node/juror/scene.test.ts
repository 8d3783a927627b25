import { expect, test } from 'vitest'
import type { Address } from 'viem'
import type { JurySeat, JuryTerms } from '#client/jury.ts'
import { INVALID } from '#protocol/fixing.ts'
import { commitmentOf } from '#protocol/jury.ts'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { sceneOf } from '../../../node/juror/scene.ts'
import { createVotes, type Round } from '../../../node/juror/votes.ts'
import { localKeys } from '../../../node/sign/keys.ts'
import type { KnownVote } from '../../../node/store/jury-table.ts'
import { FIXING, FIXING_ID, keyOf, WAD } from '../reporters.ts'
import { snapshotOf } from '../snapshots.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const ROUND: Round = { chainId: 31_337, jury: JURY, fixingId: FIXING_ID, round: 0 }
const [HOT, COLD, OTHER] = [keyOf('hot'), keyOf('cold').address, keyOf('other').address]
const KEYS = localKeys(HOT)
const VALUE = 2_500n * WAD
const TERMS = { seats: 3 } as JuryTerms

/** What the account `HOT` sees of seats 1 to 3, which `COLD` has and HOT has committed to `VALUE` while it was the voter. */
async function seenBy(now: { voter: Address; principals: readonly Address[]; isStoreLost: boolean }) {
  const kept: KnownVote[] = []
  const table = {
    keep: async (votes: readonly KnownVote[]) => void kept.push(...votes),
    votes: async () => (now.isStoreLost ? [] : kept),
  }
  const votes = createVotes({ table, keys: KEYS })
  const empty = [1, 2, 3].map((seat): JurySeat => ({ seat, juror: COLD, committed: undefined, value: undefined }))
  const prepared = await votes.prepare(ROUND, empty, VALUE, 1n)
  const seats = empty.map((seat, i): JurySeat => {
    const vote = prepared[i]
    if (vote === undefined) throw new Error('no vote')
    // The voter that was named since has replaced the third.
    return { ...seat, committed: i === 2 ? `0x${'12'.repeat(32)}` : commitmentOf({ ...vote, ...ROUND }) }
  })
  const court: Partial<CourtPort> = { voters: async () => [now.voter] }
  const state = { stage: 'voting', round: 0, seedBlock: 5n, commitEnd: 90_000n, revealEnd: 130_000n } as const
  const scene = await sceneOf(
    {
      chain: { account: HOT.address, chainId: 31_337, court: () => court as CourtPort },
      votes,
      principals: now.principals,
    },
    {
      known: { jury: JURY, id: FIXING_ID, fixing: FIXING, block: 1n },
      snapshot: snapshotOf({}),
      trial: { state, seats },
      terms: TERMS,
      docket: { head: { number: 10n, time: 95_000n }, behind: async () => [] },
    },
    [INVALID, VALUE],
  )
  return { own: scene.own, votesFor: scene.seats.length, opened: [...scene.openings.keys()] }
}

const former = (seat: number) => ({ seat, isRevealed: false, vote: { kind: 'former', value: VALUE } })

test('what was committed for a juror that names another voter since is still known by what was kept, with or without consent', async () => {
  for (const principals of [[COLD], []])
    expect(await seenBy({ voter: OTHER, principals, isStoreLost: false })).toEqual({
      own: [former(1), former(2)],
      votesFor: 0,
      opened: [1, 2],
    })
})

test('the key finds it again without the store, for the jurors that it votes for by consent', async () => {
  expect((await seenBy({ voter: OTHER, principals: [COLD], isStoreLost: true })).own).toEqual([former(1), former(2)])
  expect((await seenBy({ voter: OTHER, principals: [], isStoreLost: true })).own).toEqual([])
})

test('while it is the voter, what it cannot open is foreign', async () => {
  const { own, votesFor } = await seenBy({ voter: HOT.address, principals: [COLD], isStoreLost: false })
  expect(votesFor).toBe(3)
  expect(own.map(({ vote }) => vote.kind)).toEqual(['own', 'own', 'foreign'])
})
