import type { Address, Hex } from 'viem'
import { type Chain, latestBlock } from '#client/chain.ts'
import { requireCode } from '#client/code-at.ts'
import { isJury, readWaiting } from '#client/juror.ts'
import { type JurySeat, type JuryTerms, readCase, readJuryTerms, readSeats, readStaked } from '#client/jury.ts'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { hasRoom, type Staked, whyNotTaken } from '#protocol/jury.ts'
import { type ClerkMove, haveRevealed, type JuryCase, moveOf } from '#protocol/jury-case.ts'
import { turnEndOf } from '#protocol/phase.ts'
import type { Connection } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { addressFrom } from '../environment.ts'
import { InputError, RefusedError } from '../errors.ts'
import { findFixing } from '../fixing/fixing-source.ts'
import { formatMoment } from '../format.ts'
import { inTurn } from './in-turn.ts'

/** A jury that was found to be there. */
export type Jury = { readonly address: Address; readonly terms: JuryTerms }

/** A fixing before a jury, as of the newest block. */
export type Trial = {
  readonly jury: Jury
  readonly fixing: Fixing
  readonly snapshot: FixingSnapshot
  readonly state: JuryCase
  /** Of the present round; none before the draw. */
  readonly seats: readonly JurySeat[]
  /** The newest block. */
  readonly block: bigint
  /** The case that is to be drawn first; undefined unless this one waits for its draw, or is to be opened. */
  readonly firstToDraw: Hex | undefined
  /** What the jury has for it; undefined unless it is to be opened, now. */
  readonly staked: Staked | undefined
}

/** The jury that the flag or ASSIZE_JURY names. Throws InputError. */
export async function openJury({ chain }: Connection, named: Address | undefined, context: Context): Promise<Jury> {
  const address = named ?? addressFrom(context.env, 'ASSIZE_JURY')
  if (address === undefined) {
    throw new InputError('Expected the address of a jury, got none.', 'Give it with --jury, or in ASSIZE_JURY.')
  }
  await requireJury(chain, address)
  return { address, terms: await readJuryTerms(chain, address) }
}

/** The address, if a jury is there. Throws InputError for another contract, NoCodeError, DeadRpcError. */
export async function requireJury(chain: Chain, address: Address): Promise<Address> {
  await requireCode(chain, 'a JuryArbitrator', address)
  if (await isJury(chain, address)) return address
  throw new InputError(
    `Expected a JuryArbitrator at ${address}, got another contract.`,
    'Check the address: "assize fixing show" names the two that rule on a fixing.',
  )
}

/**
 * The fixing and its case before the jury whose turn it is, or before the one that was named. Throws InputError if neither
 * arbitrator nor backup is a jury.
 */
export async function findTrial(connection: Connection, id: Hex, named: Address | undefined): Promise<Trial> {
  const { fixing, view } = await findFixing(connection, id, named)
  const { snapshot } = view
  const address = await juryFor(connection, snapshot, named)
  const terms = await readJuryTerms(connection.chain, address)
  return { ...(await readTrial(connection, { address, terms }, snapshot)), fixing, snapshot }
}

/** Reads where the case stands. */
async function readTrial(
  connection: Connection,
  jury: Jury,
  snapshot: FixingSnapshot,
): Promise<Omit<Trial, 'fixing' | 'snapshot'>> {
  const { chain } = connection
  const { id } = snapshot
  const { number } = await latestBlock(chain)
  const state = await readCase(chain, jury.address, id)
  const seats = await readSeats(chain, jury.address, id, state.round)
  const isToOpen = state.stage === 'none' || state.stage === 'hung'
  const [firstToDraw] = isToOpen || state.stage === 'waiting' ? await readWaiting(chain, jury.address) : []
  const isNow = isToOpen && turnEnd({ jury, snapshot }) !== undefined
  const staked = isNow ? await readStakedIn(connection, jury) : undefined
  return { jury, state, seats, block: number, firstToDraw, staked }
}

/** The jury's log says which cases there are. */
async function readStakedIn({ chain, readJuryLog }: Connection, { address, terms }: Jury): Promise<Staked> {
  const ids = new Set((await readJuryLog(address)).opened.map(({ id }) => id))
  return readStaked(chain, address, { seats: terms.seats, ids: [...ids] })
}

/** Stakes that are to be in the pool again before the case is opened; none unless it is to be. */
export function returnedTo({ staked }: Pick<Trial, 'staked'>): number {
  return staked?.returned ?? 0
}

/** First second at which the jury cannot rule any more; undefined while it cannot. */
export function turnEnd({ jury, snapshot }: Pick<Trial, 'jury' | 'snapshot'>): bigint | undefined {
  return turnEndOf(jury.address, snapshot)
}

/** Whether no other case of the jury is to be drawn before. */
export function isNext({ snapshot, firstToDraw }: Pick<Trial, 'snapshot' | 'firstToDraw'>): boolean {
  return firstToDraw === undefined || firstToDraw === snapshot.id
}

/** What moves the case on, whoever does it; undefined while nothing can. */
export function nextMove(trial: Trial): ClerkMove | undefined {
  const { jury, fixing, snapshot, state, seats, block, staked } = trial
  const move = moveOf({
    now: snapshot.atTime,
    block,
    state,
    terms: jury.terms,
    turnEnd: turnEnd(trial),
    isRevealed: haveRevealed(seats),
    isNext: isNext(trial),
    returned: returnedTo(trial),
    hasRoom: staked !== undefined && hasRoom(jury.terms, staked),
  })
  const isOpening = move === 'open' || move === 'readmit'
  return isOpening && whyNotTaken(fixing, jury.terms) !== undefined ? undefined : move
}

/** A time of the case for people, as of the block that it was read at. */
export function trialMoment(time: bigint, { snapshot }: Pick<Trial, 'snapshot'>): string {
  return formatMoment(time, snapshot.atTime)
}

/** Throws RefusedError unless the case is in the stage that this needs. */
export function requireStage(
  { state, snapshot }: Trial,
  want: readonly JuryCase['stage'][],
  paste: Connection['paste'],
): void {
  if (want.includes(state.stage)) return
  throw new RefusedError(
    `Expected a case that is ${want.map(stageName).join(' or ')}, got one that is ${stageName(state.stage)}.`,
    `What can be done: ${paste('jury', 'status', snapshot.id)}`,
  )
}

/** A stage as people say it. */
export function stageName(stage: JuryCase['stage']): string {
  return stage === 'none' ? 'not opened' : stage === 'waiting' ? 'waiting for its draw' : stage
}

/** What to add to a command line about the case so that it is of this jury, whichever of the two it would be of by itself. */
export function juryWords({ jury, snapshot }: Pick<Trial, 'jury' | 'snapshot'>): readonly string[] {
  const [first] = inTurn(snapshot)
  return jury.address === first ? [] : ['--jury', jury.address]
}

async function juryFor({ chain }: Connection, snapshot: FixingSnapshot, named: Address | undefined): Promise<Address> {
  const { arbitrator, backup } = snapshot.fixing
  if (named !== undefined && named !== arbitrator && named !== backup) {
    throw new InputError(
      `Expected one of the two that rule on ${snapshot.id}, ${arbitrator} or ${backup}, got ${named}.`,
      'Leave --jury out.',
    )
  }
  const asked = named === undefined ? inTurn(snapshot) : [named]
  for (const one of asked) if (await isJury(chain, one)) return one
  throw new InputError(
    `Expected a fixing that a jury rules on, got ${asked.join(' and ')}, which are none.`,
    'If it is a council: assize council.',
  )
}
