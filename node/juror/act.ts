import type { Hex } from 'viem'
import { HeaderUnknownError } from '#client/block-header.ts'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { JurySeat, JuryTerms } from '#client/jury.ts'
import {
  closeCaseCall,
  commitCall,
  drawCall,
  openCaseCall,
  readmitCall,
  reseedCall,
  resolveCall,
  revealCall,
} from '#client/jury-calls.ts'
import type { Call } from '#client/send.ts'
import { clerkPay, MOST_STAKES } from '#protocol/jury.ts'
import type { ClerkMove } from '#protocol/jury-case.ts'
import { larger } from '#protocol/rational.ts'
import type { CourtCase } from '../chain/court-port.ts'
import type { ChainPort, PassingRefusal } from '../chain/port.ts'
import type { Plan, Transactions } from '../chain/transactions.ts'
import type { Journal } from '../journal.ts'
import type { KnownCase } from '../store/jury-table.ts'
import type { CaseDecision, OwnSeat } from './decide.ts'
import type { AtStake, Docket } from './docket.ts'
import type { Openings, Round, Votes } from './votes.ts'

const DAY = 86_400n

/** A case at one block, and what is ours in it. */
export type Scene = {
  readonly known: KnownCase
  readonly snapshot: FixingSnapshot
  readonly trial: CourtCase
  readonly terms: JuryTerms
  readonly docket: Pick<Docket, 'head' | 'behind'>
  readonly round: Round
  /** Seats that this node votes for. */
  readonly seats: readonly JurySeat[]
  /** These, and those that it has voted for before another did. */
  readonly own: readonly OwnSeat[]
  /** What opens their commitments, by seat. */
  readonly openings: Openings
}

/** What a decision is carried out with. */
export type ActComponents = {
  readonly chain: Pick<ChainPort, 'chainId' | 'court'>
  readonly votes: Votes
  readonly transactions: Transactions
  readonly journal: Journal
  readonly maxGasWei: bigint
  /** What this node has in the fixing, bond-token wei. */
  readonly staked: (id: Hex) => bigint
}

/** What came of a decision: 'dear' = something was refused since its gas costs more than it may, 'later' = that is not told yet. */
export type Carried = 'clear' | 'dear' | 'later'

/**
 * Carries a decision out, seat by seat. A vote may cost in gas what its seat has at stake; what moves the case on, what it is
 * paid, the operator's limit and what is {@link atRisk} in it and in the cases that wait for it. Throws DeadRpcError and the keys' errors.
 */
export async function act(components: ActComponents, scene: Scene, decision: CaseDecision): Promise<Carried> {
  switch (decision.action) {
    case 'none':
      return say(components, scene, 'none', decision.reason)
    case 'commit':
      return commit(components, scene, decision)
    case 'reveal':
      return reveal(components, scene, decision)
    default:
      return moveOn(components, scene, decision)
  }
}

async function moveOn(
  components: ActComponents,
  scene: Scene,
  { action, deadline, reason }: Extract<CaseDecision, { action: ClerkMove }>,
): Promise<Carried> {
  if (isUnderWay(components, scene, action, 0)) return 'clear'
  const call = await callOf(components, scene, action)
  if (call === undefined)
    return say(components, scene, 'none', `The header of block ${scene.trial.state.seedBlock} cannot be had.`)
  const isPaid = action === 'draw' || action === 'resolve'
  // A jury that cannot rule any more, or does not, is not paid.
  const pay = isPaid && deadline !== undefined ? clerkPay(scene.known.fixing.arbitrationFee, scene.terms.seats) : 0n
  const held = [...ownStake(components, scene, deadline), ...(await scene.docket.behind(scene.known, action))]
  const { time } = scene.docket.head
  const maxGasCost = components.maxGasWei + pay + sumOf(held.map((one) => atRisk(one, time)))
  const first = held.map((one) => one.deadline).toSorted((a, b) => (a < b ? -1 : 1))[0]
  return send(components, scene, { action, seat: 0, call, deadline: first, maxGasCost, reason })
}

/**
 * What this node loses if the jury does not rule on the case: its seats' shares of the fee and its stake in the fixing. Not its seats'
 * stakes: these come back. Nothing without a deadline.
 */
function ownStake({ staked }: ActComponents, { known, seats, terms }: Scene, deadline: bigint | undefined): AtStake[] {
  if (deadline === undefined) return []
  return [{ deadline, amount: staked(known.id) + BigInt(seats.length) * terms.seatFee }]
}

/**
 * What counts by now of what is at stake, wei: all of it on the last day before the deadline, and with n days left a part in n, as
 * gas may be cheaper by then.
 */
function atRisk({ deadline, amount }: AtStake, now: bigint): bigint {
  return (amount * DAY) / larger(deadline - now, DAY)
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, one) => sum + one, 0n)
}

async function commit(
  components: ActComponents,
  scene: Scene,
  { seats, value, deadline, reason }: Extract<CaseDecision, { action: 'commit' }>,
): Promise<Carried> {
  const { chain, votes } = components
  const { known, docket, round, terms } = scene
  const due = scene.seats.filter(({ seat }) => seats.includes(seat) && !isUnderWay(components, scene, 'commit', seat))
  if (due.length === 0) return 'clear'
  // On disk before anything leaves.
  const prepared = await votes.prepare(round, due, value, docket.head.time)
  const carried = await Promise.all(
    prepared.map((vote) => {
      const call = commitCall(chain.chainId, known.jury, vote)
      return send(components, scene, {
        action: 'commit',
        seat: vote.seat,
        call,
        deadline,
        maxGasCost: terms.seatStake,
        reason: `${reason} Value ${value}.`,
      })
    }),
  )
  return together(carried)
}

async function reveal(
  components: ActComponents,
  scene: Scene,
  { seats, deadline, reason }: Extract<CaseDecision, { action: 'reveal' }>,
): Promise<Carried> {
  const { known, openings, terms } = scene
  const due = seats.flatMap((seat) => openings.get(seat) ?? [])
  const carried = await Promise.all(
    due
      .filter(({ seat }) => !isUnderWay(components, scene, 'reveal', seat))
      .map((opening) =>
        send(components, scene, {
          action: 'reveal',
          seat: opening.seat,
          call: revealCall(known.jury, opening),
          deadline,
          maxGasCost: terms.seatStake,
          reason: `${reason} Value ${opening.value}.`,
        }),
      ),
  )
  return together(carried)
}

function together(carried: readonly Carried[]): Carried {
  return carried.find((one) => one === 'dear') ?? carried.find((one) => one === 'later') ?? 'clear'
}

/** Undefined if no endpoint gives the header that draws. */
async function callOf({ chain }: ActComponents, { known, trial }: Scene, move: ClerkMove): Promise<Call | undefined> {
  const { jury, fixing } = known
  switch (move) {
    case 'readmit':
      // It costs the same for any number.
      return readmitCall(jury, MOST_STAKES)
    case 'open':
      return openCaseCall(jury, fixing)
    case 'draw': {
      const header = await chain.court(jury).header(trial.state.seedBlock).catch(unlessUnknown)
      return header === undefined ? undefined : drawCall(jury, fixing, header)
    }
    case 'reseed':
      return reseedCall(jury, fixing)
    case 'close':
      return closeCaseCall(jury, fixing)
    case 'resolve':
      return resolveCall(jury, fixing)
  }
}

function unlessUnknown(error: unknown): undefined {
  if (error instanceof HeaderUnknownError) return undefined
  throw error
}

type Sending = {
  readonly action: 'commit' | 'reveal' | ClerkMove
  readonly seat: number
  readonly call: Call
  readonly deadline: bigint | undefined
  readonly maxGasCost: bigint
  readonly reason: string
}

async function send(components: ActComponents, scene: Scene, sending: Sending): Promise<Carried> {
  const { chain, transactions } = components
  const { known, docket } = scene
  const { action, seat, call, deadline, maxGasCost, reason } = sending
  const plan: Plan = {
    fixingId: known.id,
    action,
    kind: 'stake',
    round: scene.round.round,
    value: BigInt(seat),
    amount: 0n,
    at: docket.head.time,
    deadline,
  }
  const sent = await transactions.attempt(plan, (terms) => chain.court(known.jury).send(call, { ...terms, maxGasCost }))
  const what = action === 'commit' || action === 'reveal' ? ` Seat ${seat}.` : ''
  if (sent.kind === 'later') return 'later'
  if (sent.kind === 'done') return say(components, scene, action, `${reason}${what}`)
  await say(components, scene, 'refused', `${action}:${what} Refused: ${sent.reason}.`)
  return sent.reason === ('Client.DearGasError' satisfies PassingRefusal) ? 'dear' : 'clear'
}

/** Whether one that does the same may still be mined. */
function isUnderWay({ transactions }: ActComponents, { known, round }: Scene, action: string, seat: number): boolean {
  return transactions
    .of(known.id)
    .some(
      (intent) =>
        intent.state === 'signed' &&
        intent.action === action &&
        intent.round === round.round &&
        intent.value === BigInt(seat),
    )
}

async function say({ journal }: ActComponents, { known }: Scene, action: string, reason: string): Promise<'clear'> {
  const fixingId: Hex = known.id
  await journal.write({ stage: 'juror', fixingId, action, reason })
  return 'clear'
}
