import { describe, expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import type { JuryCase } from '#protocol/jury-case.ts'
import {
  type CaseView,
  decideCase,
  lateSeats,
  nextDeadline,
  type OwnSeat,
  unreadSeats,
} from '../../../node/juror/decide.ts'

const COMMIT_END = 100_000n
const REVEAL_END = 143_200n
const VALUE = 2_500n
const DAY = 86_400n
const TERMS = { commitTime: 86_400, revealTime: 43_200 }
const VOTING: JuryCase = { stage: 'voting', round: 0, seedBlock: 500n, commitEnd: COMMIT_END, revealEnd: REVEAL_END }
const EMPTY: OwnSeat = { seat: 3, vote: { kind: 'none' }, isRevealed: false }
const FOREIGN: OwnSeat = { seat: 3, vote: { kind: 'foreign' }, isRevealed: false }
const voted = (value: bigint): OwnSeat => ({ seat: 3, vote: { kind: 'own', value }, isRevealed: false })

function view(changes: Partial<CaseView> = {}): CaseView {
  return {
    now: 20_000n,
    block: 1_000n,
    state: VOTING,
    terms: TERMS,
    turnEnd: 30n * DAY,
    own: [EMPTY],
    reading: VALUE,
    isNoisy: false,
    seenSince: 0n,
    isRevealed: false,
    isNext: true,
    returned: 0,
    hasRoom: true,
    clerkTime: 0n,
    ...changes,
  }
}

describe('while jurors commit', () => {
  test('a seat commits to what was read, at once and up to the last second', () => {
    const want = { action: 'commit', seats: [3], value: VALUE, deadline: COMMIT_END }
    expect(decideCase(view())).toMatchObject(want)
    expect(decideCase(view({ now: COMMIT_END - 1n }))).toMatchObject(want)
    expect(decideCase(view({ now: COMMIT_END })).action).toBe('none')
  })

  test('what cannot be read is INVALID once half of the time is over, and not before', () => {
    // Half of a day before the end.
    const half = COMMIT_END - 43_200n
    expect(decideCase(view({ reading: undefined, now: half - 1n })).action).toBe('none')
    expect(decideCase(view({ reading: undefined, now: half }))).toMatchObject({ action: 'commit', value: INVALID })
  })

  test('a process that has just begun says INVALID only once it can have asked the sources, or at the very end if nothing is on disk', () => {
    const half = COMMIT_END - 43_200n
    const seenSince = half + 100n
    const at = (now: bigint): string => decideCase(view({ reading: undefined, seenSince, now })).action
    expect([at(half), at(seenSince + 599n), at(seenSince + 600n)]).toEqual(['none', 'none', 'commit'])
    const late = COMMIT_END - 300n
    expect(decideCase(view({ reading: undefined, seenSince: late, now: late }))).toMatchObject({ value: INVALID })
    expect(decideCase(view({ reading: VALUE, seenSince: late, now: late }))).toMatchObject({ value: VALUE })
  })

  test('INVALID gives way to a number that is read later; nothing else is replaced', () => {
    expect(decideCase(view({ own: [voted(INVALID)] }))).toMatchObject({ action: 'commit', value: VALUE })
    expect(decideCase(view({ own: [voted(INVALID)], reading: undefined, now: COMMIT_END - 1n })).action).toBe('none')
    expect(decideCase(view({ own: [voted(2_501n)] })).action).toBe('none')
    expect(decideCase(view({ own: [voted(VALUE)] })).action).toBe('none')
    expect(decideCase(view({ own: [FOREIGN] })).action).toBe('none')
  })

  test('an INVALID that somebody has voted elsewhere with the same key stays, and is revealed', () => {
    const own: OwnSeat[] = [{ seat: 3, vote: { kind: 'elsewhere', value: INVALID }, isRevealed: false }]
    expect(decideCase(view({ own })).action).toBe('none')
    expect(decideCase(view({ own, now: COMMIT_END }))).toMatchObject({ action: 'reveal', seats: [3] })
  })
})

describe('while jurors reveal', () => {
  test('a seat of a juror that another votes for since is revealed, and not committed again', () => {
    const own: OwnSeat[] = [{ seat: 3, vote: { kind: 'former', value: INVALID }, isRevealed: false }]
    expect(decideCase(view({ own })).action).toBe('none')
    expect(decideCase(view({ own, now: COMMIT_END }))).toMatchObject({ action: 'reveal', seats: [3] })
    expect(lateSeats(view({ own, now: REVEAL_END - 1n }))).toBe(1)
  })

  test('a seat reveals from the first second to the last', () => {
    const own = [voted(VALUE), { ...voted(VALUE), seat: 5, isRevealed: true }]
    const want = { action: 'reveal', seats: [3], deadline: REVEAL_END }
    expect(decideCase(view({ own, now: COMMIT_END }))).toMatchObject(want)
    expect(decideCase(view({ own, now: REVEAL_END - 1n }))).toMatchObject(want)
    expect(decideCase(view({ own, now: REVEAL_END })).action).toBe('resolve')
  })

  test('a seat that is committed to something unknown is said, not guessed', () => {
    expect(decideCase(view({ own: [FOREIGN], now: COMMIT_END }))).toEqual({
      action: 'none',
      reason: 'A seat is committed to what this node does not know.',
    })
  })

  test('the round is resolved as soon as all have revealed', () => {
    const own = [{ ...voted(VALUE), isRevealed: true }]
    expect(decideCase(view({ own, now: COMMIT_END, isRevealed: true })).action).toBe('resolve')
    expect(decideCase(view({ own, now: COMMIT_END })).action).toBe('none')
  })
})

describe('who moves a case on', () => {
  const at = (stage: JuryCase['stage'], changes: Partial<CaseView> = {}): string =>
    decideCase(view({ state: { ...VOTING, stage }, own: [], ...changes })).action

  test('comes in its turn, or not at all', () => {
    expect(at('none', { clerkTime: 20_000n })).toBe('open')
    expect(at('none', { clerkTime: 20_001n })).toBe('none')
    expect(at('none', { clerkTime: undefined })).toBe('none')
  })

  test('opens while the seed, the votes and a day are left, and opens again what hung', () => {
    // 1.5 days of votes, two for the seed, one to rule.
    const need = DAY + DAY / 2n + 3n * DAY
    expect(at('hung', { turnEnd: 20_000n + need + 1n })).toBe('open')
    expect(at('hung', { turnEnd: 20_000n + need })).toBe('none')
    expect(at('none', { turnEnd: undefined })).toBe('none')
  })

  test('opens no case while the pool is too small, and puts nothing into it for that', () => {
    for (const stage of ['none', 'hung'] as const) {
      expect(at(stage, { hasRoom: false })).toBe('none')
      expect(at(stage, { hasRoom: false, returned: 1 })).toBe('none')
    }
    expect(at('waiting', { block: 501n, hasRoom: false })).toBe('draw')
  })

  test('puts returned stakes into the pool before it opens a case, once no draw is due', () => {
    for (const stage of ['none', 'hung'] as const) {
      expect(at(stage, { returned: 1 })).toBe('readmit')
      expect(at(stage, { returned: 1, isNext: false })).toBe('none')
      // A draw that is due keeps nobody from opening a case if the pool has everything.
      expect(at(stage, { isNext: false })).toBe('open')
      expect(at(stage, { returned: 1, turnEnd: 20_000n + DAY })).toBe('none')
    }
    expect(at('waiting', { block: 501n, returned: 1 })).toBe('draw')
  })

  test('draws while the chain knows the seed, which is 8 191 blocks, in the order of the cases', () => {
    expect(at('waiting', { block: 500n })).toBe('none')
    expect(at('waiting', { block: 501n })).toBe('draw')
    expect(at('waiting', { block: 8_691n })).toBe('draw')
    expect(at('waiting', { block: 8_692n })).toBe('reseed')
    expect(at('waiting', { block: 8_692n, turnEnd: 20_000n })).toBe('close')
    expect(at('waiting', { block: 501n, turnEnd: undefined })).toBe('close')
    expect(at('waiting', { block: 501n, isNext: false })).toBe('none')
  })

  test('a move is too late once the jury cannot rule in time any more', () => {
    const turnEnd = 30n * DAY
    const votes = DAY + DAY / 2n
    const end = (stage: JuryCase['stage'], changes: Partial<CaseView> = {}): unknown => {
      const { deadline } = {
        deadline: undefined,
        ...decideCase(view({ state: { ...VOTING, stage }, own: [], ...changes })),
      }
      return deadline
    }
    // Two days for the seed, one to rule.
    for (const returned of [0, 1]) expect(end('none', { returned })).toBe(turnEnd - votes - 3n * DAY)
    // At block 1000 the seed of block 500 is forgotten in 7 692 blocks; or the votes do not fit any more.
    expect(end('waiting')).toBe(20_000n + 7_692n * 12n)
    expect(end('waiting', { turnEnd: 20_000n + votes + 9n })).toBe(20_009n)
    expect(end('waiting', { block: 8_692n })).toBe(turnEnd - votes - 3n * DAY)
    expect(end('voting', { now: REVEAL_END })).toBe(turnEnd)
    // Nothing is lost by waiting.
    expect(end('voting', { now: REVEAL_END, turnEnd: undefined })).toBe(undefined)
    expect(end('waiting', { turnEnd: undefined })).toBe(undefined)
    expect(end('waiting', { block: 8_692n, turnEnd: 20_000n + DAY })).toBe(undefined)
  })

  test('draws only while the votes end before the turn does', () => {
    const votes = DAY + DAY / 2n
    expect(at('waiting', { block: 501n, turnEnd: 20_000n + votes + 1n })).toBe('draw')
    expect(at('waiting', { block: 501n, turnEnd: 20_000n + votes })).toBe('none')
  })

  test('leaves alone what is over', () => {
    expect(at('decided')).toBe('none')
    expect(at('failed')).toBe('none')
  })
})

test('a seat is late in the last quarter of its time, until it has done what is due', () => {
  const late = (now: bigint, own: OwnSeat): number => lateSeats(view({ now, own: [own] }))
  // A quarter of a day, and of half a day.
  expect(late(COMMIT_END - 21_601n, EMPTY)).toBe(0)
  expect(late(COMMIT_END - 21_600n, EMPTY)).toBe(1)
  expect(late(COMMIT_END - 1n, voted(VALUE))).toBe(0)
  expect(late(COMMIT_END, voted(VALUE))).toBe(0)
  expect(late(REVEAL_END - 10_801n, voted(VALUE))).toBe(0)
  expect(late(REVEAL_END - 10_800n, voted(VALUE))).toBe(1)
  expect(late(REVEAL_END - 1n, { ...voted(VALUE), isRevealed: true })).toBe(0)
  // Who has not committed cannot reveal.
  expect(late(REVEAL_END - 1n, EMPTY)).toBe(0)
  expect(late(REVEAL_END, voted(VALUE))).toBe(0)
})

test('a seat that is committed to what this node cannot open is late at once, and another commitment helps until the end', () => {
  const at = (now: bigint) => [lateSeats(view({ now, own: [FOREIGN] })), nextDeadline(view({ now, own: [FOREIGN] }))]
  expect(at(20_000n)).toEqual([1, COMMIT_END])
  expect(at(COMMIT_END)).toEqual([1, REVEAL_END])
  expect(at(REVEAL_END)).toEqual([0, undefined])
  expect(lateSeats(view({ now: COMMIT_END, own: [{ ...FOREIGN, isRevealed: true }] }))).toBe(0)
})

test('an INVALID of this node for want of reading counts, and is due, until the time to commit ends; not for a noisy index, nor by hand', () => {
  const unread = (now: bigint, changes: Partial<CaseView> = {}) => {
    const seen = view({ now, own: [voted(INVALID), { ...voted(VALUE), seat: 4 }], ...changes })
    return [unreadSeats(seen), nextDeadline(seen)]
  }
  expect(unread(20_000n)).toEqual([1, COMMIT_END])
  expect(unread(COMMIT_END - 1n)).toEqual([1, COMMIT_END])
  expect(unread(COMMIT_END)).toEqual([0, REVEAL_END])
  expect(unread(20_000n, { isNoisy: true })).toEqual([0, REVEAL_END])
  expect(unread(20_000n, { state: { ...VOTING, stage: 'hung' } })).toEqual([0, undefined])
  const byHand: OwnSeat = { seat: 3, vote: { kind: 'elsewhere', value: INVALID }, isRevealed: false }
  expect(unread(20_000n, { own: [byHand] })).toEqual([0, REVEAL_END])
})

test('the next deadline is that of the commitment, then that of the reveal', () => {
  expect(nextDeadline(view())).toBe(COMMIT_END)
  expect(nextDeadline(view({ own: [voted(VALUE)] }))).toBe(REVEAL_END)
  expect(nextDeadline(view({ own: [{ ...voted(VALUE), isRevealed: true }] }))).toBe(undefined)
  expect(nextDeadline(view({ now: REVEAL_END, own: [voted(VALUE)] }))).toBe(undefined)
})
