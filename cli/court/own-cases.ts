import type { Address, Hex } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { type OpenedCase, readVoters, type VoteEvent } from '#client/juror.ts'
import { type JurySeat, readCases, readSeats } from '#client/jury.ts'
import { readFixing } from '#client/oracle-reader.ts'
import type { Connection } from '../chain/connection.ts'
import { formatMoment } from '../format.ts'
import { handsOf, hiddenSeats, OWN_HANDS, type Round } from './hands.ts'
import type { Jury, Trial } from './jury-court.ts'
import {
  ownSeats,
  seatsToReveal,
  trialSteps,
  type UnaskedSeats,
  unaskedSeats,
  unaskedStep,
  type Viewer,
  type Voter,
} from './jury-lines.ts'

/** What seats have to do now, and before when, Unix seconds. */
export type Due = { readonly act: 'commit' | 'reveal'; readonly deadline: bigint }

/** A case that runs, in which the viewer has seats, or had when they were committed; nothing is `due` while they have done what they can do now. */
export type OwnCase = { readonly trial: Trial; readonly viewer: Viewer; readonly due: Due | undefined }

/** The viewer's cases as of the newest block, whose time is `time`, and seats of who has named it the voter unasked. */
export type OwnCases = {
  readonly time: bigint
  readonly cases: readonly OwnCase[]
  readonly unasked: readonly UnaskedSeats[]
}

/** Blocks that may still be undone are read again. */
const UNSURE_BLOCKS = 64n

/**
 * Looks, whenever it is asked, for the running cases of the jury in which the voter has seats, or jurors that it votes for and is the voter of, or
 * was when they were committed; what is due first comes first. The jury's log is read once. Throws DeadRpcError, MadeUpCaseError.
 */
export function ownCases(connection: Connection, jury: Jury, voter: Voter): () => Promise<OwnCases> {
  const known = new Map<Hex, OpenedCase>()
  let votes: readonly VoteEvent[] = []
  let next: bigint | undefined
  return async () => {
    const { number, time } = await latestBlock(connection.chain)
    const from = next ?? 0n
    const log = await connection.readJuryLog(jury.address, next)
    for (const one of log.opened) known.set(one.id, one)
    votes = [...votes.filter(({ block }) => block < from), ...log.votes]
    next = number > UNSURE_BLOCKS ? number - UNSURE_BLOCKS : 0n
    const opened = [...known.values()]
    const states = await readCases(
      connection.chain,
      jury.address,
      opened.map(({ id }) => id),
    )
    const cases: OwnCase[] = []
    const unasked: UnaskedSeats[] = []
    for (const [i, one] of opened.entries()) {
      const state = states[i]
      if (state?.stage !== 'voting') continue
      const found = await readOwn(connection, { ...one, jury, state, block: number }, voter, votes)
      if (found.own !== undefined) cases.push(found.own)
      unasked.push(...found.unasked)
    }
    return { time, cases: cases.toSorted((a, b) => Number(endOf(a) - endOf(b))), unasked }
  }
}

/** As {@link viewerAmong}, with whose hands have cast the votes of the round. Throws DeadRpcError. */
export async function viewerOfRound(
  connection: Connection,
  { jury, snapshot, state, seats }: Trial,
  voter: Voter | undefined,
): Promise<Viewer> {
  const viewer = await viewerAmong(connection, jury.address, seats, voter)
  const mayRun = state.stage === 'voting' && hiddenSeats(seats).length > 0
  if (voter === undefined || !mayRun) return viewer
  const { votes } = await connection.readJuryLog(jury.address)
  return withHands(viewer, { id: snapshot.id, state, seats }, voter, votes)
}

/** The account, and those of the jurors on `seats` that it votes for and commits for now; and the seats of others that have named it. Throws DeadRpcError. */
export async function viewerAmong(
  { chain }: Connection,
  jury: Address,
  seats: readonly JurySeat[],
  voter: Voter | undefined,
): Promise<Viewer> {
  if (voter === undefined) return { account: undefined, principals: [], unasked: [], ...OWN_HANDS }
  const { account } = voter
  const jurors = [...new Set(seats.map(({ juror }) => juror))]
  const voters = await readVoters(chain, jury, jurors)
  const named = jurors.filter((juror, i) => juror === account || voters[i] === account)
  // INVARIANT: nobody's seats become the account's by his naming it: it says itself whom it votes for.
  const principals = named.filter((juror) => isAsked(juror, voter))
  const unasked = seats.filter(({ juror }) => named.includes(juror) && !isAsked(juror, voter)).map(({ seat }) => seat)
  return { account, principals, unasked, ...OWN_HANDS }
}

/** In whose hands the votes are; of a juror that it does not say it votes for the viewer has none to open. */
function withHands(viewer: Viewer, round: Round, voter: Voter, votes: readonly VoteEvent[]): Viewer {
  const { principals, unasked } = viewer
  const jurors = new Map(round.seats.map(({ seat, juror }) => [seat, juror]))
  const hands = handsOf(round, votes, { account: voter.account, principals })
  const isOurs = (seat: number): boolean => isAsked(jurors.get(seat), voter)
  return {
    ...viewer,
    ...hands,
    former: hands.former.filter(isOurs),
    unasked: [...new Set([...unasked, ...hands.former.filter((seat) => !isOurs(seat))])],
  }
}

function isAsked(juror: Address | undefined, { account, votesFor }: Voter): boolean {
  return juror !== undefined && (juror === account || votesFor.includes(juror))
}

/** The cases for people, each with its commands to paste. */
export function ownCaseLines(
  { cases, time, unasked }: OwnCases,
  account: Address,
  paste: Connection['paste'],
): string[] {
  const none = cases.length === 0 ? ['', `No seat of ${account} in a case that runs.`] : []
  const own = cases.flatMap(({ trial, viewer, due }) => {
    const steps = trialSteps(trial, viewer, paste)
    return [
      '',
      `Case ${trial.snapshot.id}, ${countsText(trial, viewer)}`,
      `  now       ${dueText({ trial, viewer, due }, time)}`,
      ...steps.map(({ what, command }) => `  ${what}  ${command}`),
    ]
  })
  const others = unasked.flatMap((seats) => {
    const { what, command } = unaskedStep(seats, paste)
    return [`  case ${seats.fixing}: seats ${seats.seats.join(', ')} of ${seats.juror}`, `  ${what}  ${command}`]
  })
  const head =
    others.length === 0 ? [] : ['', `Seats of others, who have named ${account} their voter, which anybody can`]
  return [...none, ...own, ...head, ...others]
}

/** The cases as the JSON document has them. */
export function ownCasesDocument({ cases }: OwnCases, paste: Connection['paste']): readonly Record<string, unknown>[] {
  return cases.map(({ trial, viewer, due }) => ({
    fixing: trial.snapshot.id,
    round: trial.state.round,
    seats: ownSeats(trial.seats, viewer).map(({ seat }) => seat),
    formerSeats: viewer.former,
    closedSeats: viewer.closed,
    due: due?.act ?? null,
    deadline: due === undefined ? null : Number(due.deadline),
    commitEnd: Number(trial.state.commitEnd),
    revealEnd: Number(trial.state.revealEnd),
    next: trialSteps(trial, viewer, paste),
  }))
}

/** Seats of others as the JSON document has them. */
export function unaskedDocument({ unasked }: OwnCases, paste: Connection['paste']): readonly Record<string, unknown>[] {
  return unasked.map((seats) => ({ ...seats, next: [unaskedStep(seats, paste)] }))
}

type RunningCase = Pick<OpenedCase, 'id' | 'fixing'> & Pick<Trial, 'jury' | 'state' | 'block'>

async function readOwn(
  connection: Connection,
  { id, fixing, jury, state, block }: RunningCase,
  voter: Voter,
  votes: readonly VoteEvent[],
): Promise<{ readonly own: OwnCase | undefined; readonly unasked: readonly UnaskedSeats[] }> {
  const { chain, oracle } = connection
  const seats = await readSeats(chain, jury.address, id, state.round)
  const present = await viewerAmong(connection, jury.address, seats, voter)
  const viewer = withHands(present, { id, state, seats }, voter, votes)
  const unasked = unaskedSeats(id, seats, viewer)
  if (viewer.principals.length + viewer.former.length === 0) return { own: undefined, unasked }
  const snapshot = await readFixing(chain, oracle, fixing)
  const trial = { jury, fixing, snapshot, state, seats, block, firstToDraw: undefined, staked: undefined }
  return { own: { trial, viewer, due: dueOf(trial, viewer) }, unasked }
}

/** What of a case that runs waits for the viewer's seats; undefined for nothing. */
export function dueOf({ state, snapshot, seats }: Trial, viewer: Viewer): Due | undefined {
  const own = ownSeats(seats, viewer)
  const { commitEnd, revealEnd } = state
  if (snapshot.atTime < commitEnd) {
    const isOpen = own.some(({ committed, value }) => committed === undefined && value === undefined)
    return isOpen ? { act: 'commit', deadline: commitEnd } : undefined
  }
  const isHidden = snapshot.atTime < revealEnd && seatsToReveal(seats, viewer).length > 0
  return isHidden ? { act: 'reveal', deadline: revealEnd } : undefined
}

function countsText({ seats }: Trial, viewer: Viewer): string {
  const own = ownSeats(seats, viewer).length
  const { former, closed } = viewer
  return [
    `${own} of its ${seats.length} seats ${own === 1 ? 'is' : 'are'} yours`,
    ...(former.length === 0
      ? []
      : [`${former.length} more to reveal: committed while you voted for the juror, who has another voter since`]),
    ...(closed.length === 0
      ? []
      : [`${closed.length} of them another's to reveal: committed before you voted for the juror`]),
  ].join(', ')
}

function dueText({ trial: { state, seats }, viewer, due }: OwnCase, time: bigint): string {
  const [commitEnd, revealEnd] = [formatMoment(state.commitEnd, time), formatMoment(state.revealEnd, time)]
  if (due !== undefined)
    return `${due.act} before ${formatMoment(due.deadline, time)}, or the stakes of the seats are lost`
  const isAnothers = viewer.closed.length > 0 && seatsToReveal(seats, viewer).length === 0
  if (time < state.commitEnd) {
    const again = isAnothers ? ` by whoever has committed, or by you if you commit again before ${commitEnd}` : ''
    return `committed; reveal from ${commitEnd}, before ${revealEnd}${again}`
  }
  const hidden = isAnothers ? ` for you: whoever has committed must reveal, or the stakes of the seats are lost` : ''
  return `nothing${hidden}; the round ends ${revealEnd}, or once all have revealed`
}

function endOf({ trial, due }: OwnCase): bigint {
  return due?.deadline ?? trial.state.revealEnd
}
