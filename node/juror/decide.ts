import { INVALID } from '#protocol/fixing.ts'
import { type CaseStanding, type ClerkMove, moveEnd, moveOf } from '#protocol/jury-case.ts'

/** A seat that this node votes for, or has voted for. */
export type OwnSeat = {
  readonly seat: number
  /**
   * What it is committed to: nothing, what this node has voted, what the same key has voted elsewhere (by hand, or before the store
   * was lost), what either has voted for a juror that another votes for since, or something that this node does not know.
   */
  readonly vote:
    { readonly kind: 'none' | 'foreign' } | { readonly kind: 'own' | 'elsewhere' | 'former'; readonly value: bigint }
  readonly isRevealed: boolean
}

/** What a juror looks at. Times are Unix seconds. */
export type CaseView = CaseStanding & {
  readonly own: readonly OwnSeat[]
  /**
   * What this node has read of the index, now or before a restart: INVALID for one that it does not know or that is too noisy for the
   * fixing's separation, undefined for nothing.
   */
  readonly reading: bigint | undefined
  /** Whether the index has too much noise for the fixing's separation: INVALID is what every node votes then. */
  readonly isNoisy: boolean
  /** When this process first looked at the case, Unix seconds: it may not have asked the sources before. */
  readonly seenSince: bigint
  /** When this node's turn comes to move the case on; undefined: never. */
  readonly clerkTime: bigint | undefined
}

/** What to do about a case now. */
export type CaseDecision =
  | {
      readonly action: 'commit'
      readonly seats: readonly number[]
      readonly value: bigint
      readonly deadline: bigint
      readonly reason: string
    }
  | {
      readonly action: 'reveal'
      readonly seats: readonly number[]
      readonly deadline: bigint
      readonly reason: string
    }
  | {
      readonly action: ClerkMove
      /** When it is too late for the jury to rule; undefined: nothing is lost by waiting. */
      readonly deadline: bigint | undefined
      readonly reason: string
    }
  | { readonly action: 'none'; readonly reason: string }

/** What a process that has just begun may take to ask the sources, and what a vote takes to be mined, seconds. */
const SETTLING = 600n

const UNREADABLE = 'The index is unknown here, cannot be read, or has too much noise for the separation (R-502).'

/** What a juror does: its own votes first, then whatever moves the case on, in its turn. */
export function decideCase(view: CaseView): CaseDecision {
  if (view.state.stage !== 'voting') return decideClerk(view)
  const vote = decideVote(view)
  return vote.action === 'none' ? decideClerk(view, vote.reason) : vote
}

/** What a case's votes are watched by. */
export type Watched = Pick<CaseView, 'now' | 'state' | 'terms' | 'own' | 'isNoisy'>

/**
 * Seats that somebody has to look at: in the last quarter of its time those whose commitment, or revealing, is missing; at any time
 * those that are committed to what this node cannot open.
 */
export function lateSeats({ now, state, terms, own }: Omit<Watched, 'isNoisy'>): number {
  if (state.stage !== 'voting' || now >= state.revealEnd) return 0
  const isCommitting = now < state.commitEnd
  const [end, time] = isCommitting ? [state.commitEnd, terms.commitTime] : [state.revealEnd, terms.revealTime]
  const isLast = end - now <= BigInt(time) / 4n
  return own.filter(({ vote, isRevealed }) => {
    if (isRevealed) return false
    if (vote.kind === 'foreign') return true
    return isLast && (vote.kind === 'none') === isCommitting
  }).length
}

/**
 * Seats that this node has committed to INVALID for want of reading, and still may commit to another value: they lose their stakes to
 * whoever can read the index.
 */
export function unreadSeats({ now, state, own, isNoisy }: Omit<Watched, 'terms'>): number {
  if (isNoisy || state.stage !== 'voting' || now >= state.commitEnd) return 0
  return own.filter(isUnread).length
}

/** The end by which a seat of this node still has to commit, for want of reading again, or reveal; undefined for none. */
export function nextDeadline(watched: Omit<Watched, 'terms'>): bigint | undefined {
  const { now, state, own } = watched
  if (state.stage !== 'voting' || now >= state.revealEnd) return undefined
  if (unreadSeats(watched) > 0) return state.commitEnd
  const isOpen = own.some(({ vote }) => vote.kind === 'none' || vote.kind === 'foreign')
  if (now < state.commitEnd && isOpen) return state.commitEnd
  return own.some(({ vote, isRevealed }) => vote.kind !== 'none' && !isRevealed) ? state.revealEnd : undefined
}

/** How many commitments and reveals of the case's seats are still to be sent. */
export function votesToSend({ now, state, own }: Omit<Watched, 'terms' | 'isNoisy'>): number {
  if (state.stage !== 'voting' || now >= state.revealEnd) return 0
  const isCommitting = now < state.commitEnd
  return own
    .filter(({ isRevealed }) => !isRevealed)
    .map(({ vote }) => (vote.kind !== 'none' ? 1 : isCommitting ? 2 : 0))
    .reduce<number>((sum, one) => sum + one, 0)
}

function decideVote(view: CaseView): CaseDecision {
  const { now, state, own } = view
  if (own.length === 0) return none('No seat of ours.')
  if (now < state.commitEnd) return decideCommit(view)
  if (now >= state.revealEnd) return none('The time to reveal is over.')
  const isKnown = ({ vote }: OwnSeat): boolean => vote.kind !== 'none' && vote.kind !== 'foreign'
  const due = own.filter((one) => isKnown(one) && !one.isRevealed).map(({ seat }) => seat)
  if (due.length > 0) return { action: 'reveal', seats: due, deadline: state.revealEnd, reason: 'The time to reveal.' }
  const isLost = own.some(({ vote, isRevealed }) => vote.kind === 'foreign' && !isRevealed)
  return none(isLost ? 'A seat is committed to what this node does not know.' : 'All that can be revealed is.')
}

function decideCommit({ now, state, terms, own, reading, seenSince }: CaseView): CaseDecision {
  // Sources may come back: INVALID only once half of the time is over, and never instead of a number.
  const half = state.commitEnd - BigInt(terms.commitTime) / 2n
  const patienceEnd = earlier(later(half, seenSince + SETTLING), state.commitEnd - SETTLING)
  const value = reading ?? (now >= patienceEnd ? INVALID : undefined)
  if (value === undefined) return none(`Nothing is read of the index yet; at ${patienceEnd} that is INVALID.`)
  const due = own.filter(({ vote }) => {
    if (vote.kind === 'none') return true
    // Only an INVALID that this node has voted gives way: whatever else is there somebody has chosen, with the same key.
    return isUnread({ vote }) && value !== INVALID
  })
  if (due.length === 0) return none('All seats of ours are committed.')
  const reason = value === INVALID ? UNREADABLE : 'What this node has read of the index.'
  return { action: 'commit', seats: due.map(({ seat }) => seat), value, deadline: state.commitEnd, reason }
}

function isUnread({ vote }: Pick<OwnSeat, 'vote'>): boolean {
  return vote.kind === 'own' && vote.value === INVALID
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b)

function decideClerk(view: CaseView, otherwise = 'Nothing to do.'): CaseDecision {
  const { now, clerkTime } = view
  const move = moveOf(view)
  if (move === undefined || clerkTime === undefined) return none(otherwise)
  if (now < clerkTime) return none(`The turn to ${move} begins at ${clerkTime}.`)
  return { action: move, deadline: moveEnd(move, view), reason: `Nobody else has done so.` }
}

function none(reason: string): CaseDecision {
  return { action: 'none', reason }
}
