import type { Address, Hex } from 'viem'
import { formatValue } from '#protocol/decimal.ts'
import { blocksTime, lastDrawBlock, SEED_DELAY } from '#protocol/jury.ts'
import type { ClerkMove } from '#protocol/jury-case.ts'
import type { JurySeat } from '#client/jury.ts'
import type { Connection } from '../chain/connection.ts'
import { formatColumns, formatDuration, formatIndexValue, formatMoment } from '../format.ts'
import { type Hands, hiddenSeats } from './hands.ts'
import { isNext, juryWords, nextMove, returnedTo, stageName, type Trial, turnEnd } from './jury-court.ts'
import { shortageLines } from './pool-size.ts'
import type { NextStep } from '../fixing/next-steps.ts'

/** An account, and the other jurors that it says it votes for: anybody can name it his voter. */
export type Voter = { readonly account: Address; readonly votesFor: readonly Address[] }

/** Whose seats are told from others'. */
export type Viewer = Hands & {
  readonly account: Address | undefined
  /** Jurors that the account commits for, itself included. */
  readonly principals: readonly Address[]
  /** Seats of jurors that have named it their voter, or had when they were committed, and that it does not say it votes for. */
  readonly unasked: readonly number[]
}

/** What the account is to add to a command line to vote for all its principals. */
export function forWords({ account, principals }: Pick<Viewer, 'account' | 'principals'>): readonly string[] {
  const others = principals.filter((juror) => juror !== account)
  return others.length === 0 ? [] : ['--for', others.join(',')]
}

/** A case for people: where it stands, its `cautions`, its times, its seats. */
export function trialLines(trial: Trial, viewer: Viewer, cautions: readonly string[]): string[] {
  const { jury, snapshot, state, seats } = trial
  const { id, phase, atTime, settlement } = snapshot
  const end = turnEnd(trial)
  const turn = end === undefined ? '' : `: it is this jury's turn until ${formatMoment(end, atTime)}`
  const settled = settlement === undefined ? '' : ` at ${formatIndexValue(settlement, 18)}`
  return [
    `jury      ${jury.address}, ${jury.terms.seats} seats, ${jury.terms.quorum} of which must reveal`,
    `fixing    ${id}`,
    `phase     ${phase}${settled}${turn}`,
    `case      ${stageName(state.stage)}${state.stage === 'none' ? '' : `, round ${state.round}`}`,
    ...seedLines(trial),
    ...shortageLines(trial),
    ...cautions,
    ...(state.stage === 'voting'
      ? [
          `commit    before ${formatMoment(state.commitEnd, atTime)}`,
          `reveal    from then, before ${formatMoment(state.revealEnd, atTime)}`,
        ]
      : []),
    ...(seats.length === 0 ? [] : ['', ...seatLines(seats, viewer)]),
  ]
}

/** What people are offered: who opens a case puts in first what is to be in the pool again. */
type Offered = Exclude<ClerkMove, 'readmit'>

/** What moves a case on, as people say it. */
const MOVE_NAMES: Readonly<Record<Offered, string>> = {
  open: 'have jurors drawn',
  draw: 'draw the jurors',
  reseed: 'give it another seed',
  close: 'end it without a verdict',
  resolve: 'end the round',
}

/** What can be done about a case now, with commands to paste. */
export function trialSteps(trial: Trial, viewer: Viewer, paste: Connection['paste']): NextStep[] {
  const { snapshot, state, seats, firstToDraw } = trial
  const { id, atTime } = snapshot
  const step = (what: string, ...words: string[]): NextStep[] => [{ what, command: paste('jury', ...words) }]
  const here = [id, ...juryWords(trial)]
  const own = ownSeats(seats, viewer)
  const next = nextMove(trial)
  const move: Offered | undefined = next === 'readmit' ? 'open' : next
  if (move !== undefined) return step(MOVE_NAMES[move], move, ...here)
  const isHeldUp = state.stage === 'waiting' || returnedTo(trial) > 0
  if (isHeldUp && firstToDraw !== undefined && !isNext(trial))
    return step('see the case that is first', 'status', firstToDraw)
  if (state.stage !== 'voting') return []
  if (atTime < state.commitEnd && own.length > 0) {
    const read = { what: 'read the index as it was', command: paste('verify', id) }
    return [read, ...step('commit what you read', 'commit', id, 'VALUE', ...forWords(viewer))]
  }
  if (atTime < state.commitEnd) return []
  const due = seatsToReveal(seats, viewer)
  if (due.length === 0) return []
  const isSure = due.some(({ seat }) => !viewer.doubtful.includes(seat))
  const named = viewer.closed.length === 0 ? forWords(viewer) : ['--seat', due.map(({ seat }) => seat).join(',')]
  return step(isSure ? 'reveal it' : 'reveal it, if this account has committed it', 'reveal', id, 'VALUE', ...named)
}

/** Seats of a juror in a running case that the account may vote for, and does not say it does. */
export type UnaskedSeats = { readonly fixing: Hex; readonly juror: Address; readonly seats: readonly number[] }

/** The viewer's {@link Viewer.unasked | unasked} seats of a case, juror by juror. */
export function unaskedSeats(
  fixing: Hex,
  seats: readonly JurySeat[],
  { unasked }: Pick<Viewer, 'unasked'>,
): readonly UnaskedSeats[] {
  const offered = seats.filter(({ seat }) => unasked.includes(seat))
  const jurors = [...new Set(offered.map(({ juror }) => juror))]
  return jurors.map((juror) => ({
    fixing,
    juror,
    seats: offered.filter((one) => one.juror === juror).map(({ seat }) => seat),
  }))
}

/** Where whoever votes for the juror looks. */
export function unaskedStep({ fixing, juror }: UnaskedSeats, paste: Connection['paste']): NextStep {
  return { what: `if you vote for ${juror}`, command: paste('jury', 'status', fixing, '--for', juror) }
}

/** A case as the JSON document has it. */
export function trialDocument(trial: Trial, viewer: Viewer, paste: Connection['paste']): Record<string, unknown> {
  const { snapshot, state, seats } = trial
  const end = turnEnd(trial)
  const own = new Set(ownSeats(seats, viewer).map(({ seat }) => seat))
  const toReveal = new Set(seatsToReveal(seats, viewer).map(({ seat }) => seat))
  const isDrawn = state.stage !== 'none' && state.commitEnd > 0n && seats.length > 0
  return {
    fixing: snapshot.id,
    phase: snapshot.phase,
    turnEnd: end === undefined ? null : Number(end),
    stage: state.stage,
    round: state.round,
    seedBlock: state.seedBlock === 0n ? null : Number(state.seedBlock),
    commitEnd: isDrawn ? Number(state.commitEnd) : null,
    revealEnd: isDrawn ? Number(state.revealEnd) : null,
    seats: seats.map(({ seat, juror, committed, value }) => ({
      seat,
      juror,
      isYours: own.has(seat),
      isYoursToReveal: toReveal.has(seat),
      namesYou: viewer.unasked.includes(seat),
      isCommitted: committed !== undefined || value !== undefined,
      value: value === undefined ? null : formatValue(value),
    })),
    next: [...trialSteps(trial, viewer, paste), ...unaskedSteps(trial, viewer, paste)],
  }
}

/** Where the viewer of a running case looks if it votes for who has named it. */
export function unaskedSteps(
  { snapshot, state, seats }: Trial,
  viewer: Viewer,
  paste: Connection['paste'],
): NextStep[] {
  if (state.stage !== 'voting') return []
  return unaskedSeats(snapshot.id, seats, viewer).map((one) => unaskedStep(one, paste))
}

/** The seats that the viewer commits for. */
export function ownSeats(seats: readonly JurySeat[], { principals }: Viewer): readonly JurySeat[] {
  return seats.filter(({ juror }) => principals.includes(juror))
}

/** The committed seats that the viewer has to reveal: its own, but for what another has committed, and those of jurors whose voter it was. */
export function seatsToReveal(
  seats: readonly JurySeat[],
  { principals, former, closed }: Pick<Viewer, 'principals' | 'former' | 'closed'>,
): readonly JurySeat[] {
  return hiddenSeats(seats).filter(
    ({ seat, juror }) => former.includes(seat) || (principals.includes(juror) && !closed.includes(seat)),
  )
}

/** How long so many blocks take, for people: to the minute, rounded up. */
export function blocksText(count: bigint): string {
  const minutes = (blocksTime(count) + 59n) / 60n
  return formatDuration(minutes * 60n)
}

/** How long the seed of a case that is opened, or opened again, is waited for. */
export function seedWait(): string {
  return `${SEED_DELAY} blocks later, about ${blocksText(SEED_DELAY)}`
}

function seedLines({ state, block }: Trial): string[] {
  if (state.stage !== 'waiting') return []
  const { seedBlock } = state
  if (block <= seedBlock) {
    const left = seedBlock - block + 1n
    return [`seed      block ${seedBlock}, drawn from ${left} blocks from now (about ${blocksText(left)})`]
  }
  const ends = `until block ${lastDrawBlock(seedBlock) + 1n}`
  return [`seed      block ${seedBlock} is there: anyone can draw ${ends}, and is paid four seats' shares for it`]
}

function seatLines(seats: readonly JurySeat[], viewer: Viewer): string[] {
  const own = new Set(ownSeats(seats, viewer).map(({ seat }) => seat))
  const rows = seats.map(({ seat, juror, committed, value }) => [
    `  ${seat}`,
    juror,
    whoseText(seat, own.has(seat), viewer),
    value !== undefined ? `revealed ${formatIndexValue(value, 18)}` : committed === undefined ? '-' : 'committed',
  ])
  return formatColumns([['  seat', 'juror', '', 'vote'], ...rows])
}

function whoseText(seat: number, isOwn: boolean, { former, closed, unasked }: Viewer): string {
  if (isOwn) return closed.includes(seat) ? "yours, another's to reveal" : 'yours'
  if (former.includes(seat)) return 'yours to reveal'
  return unasked.includes(seat) ? 'names you' : ''
}
