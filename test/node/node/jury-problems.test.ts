import { expect, test } from 'vitest'
import { juryProblems } from '../../../node/node/view.ts'
import { keyOf } from '../reporters.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const [ANN, BOB] = [keyOf('ann').address, keyOf('bob').address]
const CALM = { seats: 3, late: 0, unread: 0, unserved: [], deadline: 5n, failing: 0, dear: 0, toSend: 0, unseen: 0 }

test('whoever asks whether the node is ready hears of late seats, of seats at INVALID for want of reading, of looks at juries that fail, and of moves whose gas is too dear', () => {
  expect(juryProblems(CALM)).toEqual([])
  expect(
    juryProblems({
      ...CALM,
      late: 2,
      unread: 3,
      failing: 1,
      dear: 4,
      unseen: 1,
      unserved: [
        { jury: JURY, juror: ANN, kind: 'key', isElsewhere: false },
        { jury: JURY, juror: BOB, kind: 'principal', isElsewhere: false },
      ],
    }),
  ).toEqual([
    expect.stringMatching(/^2 seats in juries .* The next end is 5\.$/),
    expect.stringMatching(/^3 seats in juries stand at INVALID, .*index_dir.* The next end is 5\.$/),
    expect.stringMatching(/^1 looks at juries and their cases failed/),
    expect.stringMatching(
      /^4 cases of juries wait for a move or a vote of this node whose gas costs more than it may: .*arbitrators\.md\.$/,
    ),
    expect.stringMatching(
      new RegExp(
        `^${ANN}, which was the key .* jury ${JURY}, .*not voted for by this node: .*jury leave, then assize jury claim; .*own account`,
      ),
    ),
    expect.stringMatching(
      new RegExp(`^${BOB}, which is in juror.for, .*not voted for by this node in jury ${JURY}: .*assize jury voter`),
    ),
    expect.stringMatching(/^Nothing new is staked: 1 of its juries /),
  ])
})

test('only who counts on the node in no jury is to be taken from juror.for: the node votes for it by that in all of them', () => {
  const problem = (isElsewhere: boolean): string =>
    juryProblems({ ...CALM, unserved: [{ jury: JURY, juror: BOB, kind: 'principal', isElsewhere }] }).join()
  expect(problem(false)).toMatch(/take it from juror\.for\.$/)
  expect(problem(true)).toMatch(/with its own, where it votes itself\.$/)
})
