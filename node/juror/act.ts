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
import { clerkPay } from '#protocol/jury.ts'
import type { ClerkMove } from '#protocol/jury-case.ts'
import type { CourtCase } from '../chain/court-port.ts'
import type { ChainPort, Head } from '../chain/port.ts'
import type { Plan, Transactions } from '../chain/transactions.ts'
import type { Journal } from '../journal.ts'
import type { KnownCase } from '../store/jury-table.ts'
import type { CaseDecision, OwnSeat } from './decide.ts'
import type { Openings, Round, Votes } from './votes.ts'

/** A case at one block, and what is ours in it. */
export type Scene = {
  readonly known: KnownCase
  readonly snapshot: FixingSnapshot
  readonly trial: CourtCase
  readonly terms: JuryTerms
  readonly head: Head
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
}

/**
 * Carries a decision out, seat by seat. A vote may cost in gas what its seat has at stake; what moves the case on, what it is
 * paid and the operator's limit. Throws DeadRpcError and the keys' errors.
 */
export async function act(components: ActComponents, scene: Scene, decision: CaseDecision): Promise<void> {
  const { action } = decision
  if (action === 'none') return say(components, scene, 'none', decision.reason)
  if (action === 'commit') return commit(components, scene, decision)
  if (action === 'reveal') return reveal(components, scene, decision)
  if (isUnderWay(components, scene, action, 0)) return
  const call = await callOf(components, scene, action)
  if (call === undefined)
    return say(components, scene, 'none', `The header of block ${scene.trial.state.seedBlock} cannot be had.`)
  const isPaid = action === 'draw' || action === 'resolve'
  const pay = isPaid ? clerkPay(scene.known.fixing.arbitrationFee, scene.terms.seats) : 0n
  await send(components, scene, {
    action,
    seat: 0,
    call,
    deadline: undefined,
    maxGasCost: components.maxGasWei + pay,
    reason: decision.reason,
  })
}

async function commit(
  components: ActComponents,
  scene: Scene,
  { seats, value, deadline, reason }: Extract<CaseDecision, { action: 'commit' }>,
): Promise<void> {
  const { chain, votes } = components
  const { known, head, round, terms } = scene
  const due = scene.seats.filter(({ seat }) => seats.includes(seat) && !isUnderWay(components, scene, 'commit', seat))
  if (due.length === 0) return
  // On disk before anything leaves.
  const prepared = await votes.prepare(round, due, value, head.time)
  await Promise.all(
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
}

async function reveal(
  components: ActComponents,
  scene: Scene,
  { seats, deadline, reason }: Extract<CaseDecision, { action: 'reveal' }>,
): Promise<void> {
  const { known, openings, terms } = scene
  const due = seats.flatMap((seat) => openings.get(seat) ?? [])
  await Promise.all(
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
}

/** Undefined if no endpoint gives the header that draws. */
async function callOf(
  { chain }: ActComponents,
  { known, trial, terms }: Scene,
  move: ClerkMove,
): Promise<Call | undefined> {
  const { jury, fixing } = known
  switch (move) {
    case 'readmit':
      // As many at once as a round returns: the operator's limit of gas is meant for one move.
      return readmitCall(jury, terms.seats)
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

async function send(components: ActComponents, scene: Scene, sending: Sending): Promise<void> {
  const { chain, transactions } = components
  const { known, head } = scene
  const { action, seat, call, deadline, maxGasCost, reason } = sending
  const plan: Plan = {
    fixingId: known.id,
    action,
    kind: 'stake',
    round: scene.round.round,
    value: BigInt(seat),
    amount: 0n,
    at: head.time,
    deadline,
  }
  const sent = await transactions.attempt(plan, (terms) => chain.court(known.jury).send(call, { ...terms, maxGasCost }))
  const what = action === 'commit' || action === 'reveal' ? ` Seat ${seat}.` : ''
  if (sent.kind === 'done') await say(components, scene, action, `${reason}${what}`)
  else if (sent.kind === 'refused')
    await say(components, scene, 'refused', `${action}:${what} Refused: ${sent.reason}.`)
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

function say({ journal }: ActComponents, { known }: Scene, action: string, reason: string): Promise<void> {
  const fixingId: Hex = known.id
  return journal.write({ stage: 'juror', fixingId, action, reason })
}
