import { blocksTime, caseTime, lastDrawBlock } from './jury.ts'
import { smaller } from './rational.ts'

/** Where a case stands. */
export type JuryStage = 'none' | 'waiting' | 'voting' | 'hung' | 'decided' | 'failed'

/** A case of a jury; before it was opened, all zeros. Times are Unix seconds. */
export type JuryCase = {
  readonly stage: JuryStage
  /** 0, and 1 after the first jury hung. */
  readonly round: number
  readonly seedBlock: bigint
  readonly commitEnd: bigint
  readonly revealEnd: bigint
}

/** The round whose seats the case has: of one that hung the round before, since `round` is the next then. */
export function seatedRound({ stage, round }: Pick<JuryCase, 'stage' | 'round'>): number {
  return stage === 'hung' ? round - 1 : round
}

/** What anybody can do about a case. */
export type ClerkMove = 'readmit' | 'open' | 'draw' | 'reseed' | 'close' | 'resolve'

/** What tells the next move of a case. Times are Unix seconds. */
export type CaseStanding = {
  /** The newest block's. */
  readonly now: bigint
  readonly block: bigint
  readonly state: JuryCase
  /** Of its jury, seconds. */
  readonly terms: { readonly commitTime: number; readonly revealTime: number }
  /** First second at which the jury cannot rule any more; undefined while it cannot. */
  readonly turnEnd: bigint | undefined
  /** Whether every seat has revealed. */
  readonly isRevealed: boolean
  /** Whether no other case of the jury is to be drawn before. */
  readonly isNext: boolean
  /** Stakes that rounds have returned while a draw was due: they are to be in the pool again before a case is opened. */
  readonly returned: number
  /** Whether the pool is large enough for another case once these are in it. */
  readonly hasRoom: boolean
}

/** What moves the case on, whoever does it; undefined while nothing can. */
export function moveOf(standing: CaseStanding): ClerkMove | undefined {
  const { now, block, state, terms, turnEnd, isRevealed, isNext, returned, hasRoom } = standing
  const hasTime = (from: 'seed' | 'votes'): boolean => turnEnd !== undefined && now + caseTime(terms, from) < turnEnd
  switch (state.stage) {
    case 'none':
    case 'hung':
      if (!hasTime('seed') || !hasRoom) return undefined
      if (returned === 0) return 'open'
      // Nothing enters the pool while a draw is due.
      return isNext ? 'readmit' : undefined
    case 'waiting':
      if (!isNext) return undefined
      if (turnEnd === undefined) return 'close'
      if (isForgotten(state, block)) return hasTime('seed') ? 'reseed' : 'close'
      return block > state.seedBlock && hasTime('votes') ? 'draw' : undefined
    case 'voting':
      return isRevealed || now >= state.revealEnd ? 'resolve' : undefined
    case 'decided':
    case 'failed':
      return undefined
  }
}

/**
 * First second at which the move is too late for the jury to rule, Unix seconds; of a draw not after its seed is forgotten, if no slot is
 * missed. Undefined: it is already, or the move does not help it to.
 */
export function moveEnd(
  move: ClerkMove,
  { now, block, state, terms, turnEnd }: Pick<CaseStanding, 'now' | 'block' | 'state' | 'terms' | 'turnEnd'>,
): bigint | undefined {
  if (turnEnd === undefined || move === 'close') return undefined
  if (move === 'resolve') return turnEnd
  if (move !== 'draw') return turnEnd - caseTime(terms, 'seed')
  const seedEnd = now + blocksTime(lastDrawBlock(state.seedBlock) + 1n - block)
  return smaller(turnEnd - caseTime(terms, 'votes'), seedEnd)
}

/**
 * First second at which it is too late for a case that others hold up to be opened, drawn or given another seed, whichever comes next,
 * Unix seconds, as {@link moveEnd} says; undefined if it is too late already, or nothing of the kind is to come.
 */
export function waitEnd(standing: Parameters<typeof moveEnd>[1]): bigint | undefined {
  const { now, block, state } = standing
  const end = ((): bigint | undefined => {
    if (state.stage === 'none' || state.stage === 'hung') return moveEnd('open', standing)
    if (state.stage !== 'waiting') return undefined
    return moveEnd(isForgotten(state, block) ? 'reseed' : 'draw', standing)
  })()
  return end !== undefined && now < end ? end : undefined
}

/** Whether the chain no longer knows the case's seed block at block `block`. */
export function isForgotten({ seedBlock }: Pick<JuryCase, 'seedBlock'>, block: bigint): boolean {
  return block > lastDrawBlock(seedBlock)
}

/** Whether every seat of a round that was drawn has revealed. */
export function haveRevealed(seats: readonly { readonly value: bigint | undefined }[]): boolean {
  return seats.length > 0 && seats.every(({ value }) => value !== undefined)
}
