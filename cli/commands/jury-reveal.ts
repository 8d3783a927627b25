import type { Command } from 'commander'
import type { Hex } from 'viem'
import type { JurySeat } from '#client/jury.ts'
import { revealCall, type SeatVote } from '#client/jury-calls.ts'
import { INVALID } from '#protocol/fixing.ts'
import { committedValue } from '#protocol/jury.ts'
import { type Action, perform } from '../chain/action.ts'
import { hash, indexValue } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatIndexValue } from '../format.ts'
import { findTrial, requireStage, type Trial, trialMoment } from '../court/jury-court.ts'
import { ownSeats } from '../court/jury-lines.ts'
import { viewerAmong } from '../court/own-cases.ts'
import { addVoteOptions, saltsOf, type VoteFlags } from '../court/own-votes.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner, type Signer } from '../chain/signer.ts'

/** Adds `assize jury reveal`: reveals what the seats committed to. */
export function defineJuryReveal(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('reveal')
    .description('Reveal what your seats committed to, once the time to commit is over. Who does not loses the stake.')
    .argument('<fixing>', 'its id', hash)
    .argument('[value]', 'what was committed to (default: tries the candidates, and INVALID)', indexValue)
  addVoteOptions(command, ['assize jury reveal 0x12ab… 2500.10', 'assize jury reveal 0x12ab…']).action(
    async (id: Hex, value: bigint | undefined, flags: VoteFlags) =>
      done(await revealSeats({ id, value }, flags, context)),
  )
}

type Asked = { readonly id: Hex; readonly value: bigint | undefined }

async function revealSeats({ id, value }: Asked, flags: VoteFlags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const trial = await findTrial(connection, id, flags.jury)
  requireFresh(trial.snapshot.atTime, context.now(), flags.maxAge)
  requireRevealing(trial, connection)
  const signer = await openSigner(flags, context)
  if (signer.account === undefined) {
    throw new InputError('Expected the key that committed, got an address.', 'The salts are made with it: --keystore.')
  }
  const { jury, state } = trial
  const openings = await openingsOf(trial, signer, { value, flags, connection })
  const steps = openings.map((vote) => ({
    label: `reveal ${formatIndexValue(vote.value, 18)} of seat ${vote.seat}`,
    call: revealCall(jury.address, vote),
  }))
  const action: Action = {
    steps,
    lines: [`reveal    ${openings.length} seats of fixing ${id}, before ${trialMoment(state.revealEnd, trial)}`],
    question: 'Reveal?',
    recheck: async () => requireRevealing(await findTrial(connection, id, jury.address), connection),
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const resolve = connection.paste('jury', 'resolve', id)
  const lines = [`Revealed. From ${trialMoment(state.revealEnd, trial)} on, or once all have revealed: ${resolve}`]
  const deed = { action: 'jury reveal', id, arbitrator: jury.address, round: state.round }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

/**
 * The votes that the key has committed to, whoever votes for the seats since: of the value given, else of whichever of candidates and
 * INVALID fits. Throws InputError for a seat that it votes for, or that was named, and does not open; RefusedError for none at all.
 */
async function openingsOf(
  trial: Trial,
  signer: Signer,
  { value, flags, connection }: Pick<Asked, 'value'> & { readonly flags: VoteFlags; readonly connection: Connection },
): Promise<SeatVote[]> {
  const { jury, snapshot, state } = trial
  const values = value === undefined ? [...snapshot.candidates.map((one) => one.value), INVALID] : [value]
  const tried = values.map((each) => formatIndexValue(each, 18)).join(', ')
  const ballot = { fixingId: snapshot.id, round: state.round }
  const round = { chainId: connection.chain.chainId, jury: jury.address, ...ballot }
  const isNamed = ({ seat }: JurySeat): boolean => flags.seat?.includes(seat) ?? false
  const hidden = trial.seats.filter((one) => one.committed !== undefined && (flags.seat === undefined || isNamed(one)))
  const saltFor = await saltsOf(trial, signer, connection)
  const openings = hidden.flatMap((one): SeatVote[] => {
    const { seat, juror } = one
    const salt = saltFor(seat)
    const found = committedValue(round, one, salt, values)
    return found === undefined ? [] : [{ ...ballot, seat, juror, value: found, salt }]
  })
  const voter = { account: signer.address, votesFor: flags.for ?? [] }
  const own = ownSeats(hidden, await viewerAmong(connection, jury.address, hidden, voter))
  const due = flags.seat === undefined ? own : hidden
  const unopened = due.find(({ seat }) => !openings.some((one) => one.seat === seat))
  if (unopened !== undefined)
    throw new InputError(
      `Expected the value that seat ${unopened.seat} committed to, got ${tried}.`,
      'Give the value as it was committed to; a seat that somebody else committed is left out with --seat.',
    )
  if (openings.length > 0) return openings
  throw new RefusedError(
    `Expected a seat that this key has committed to ${tried}, and that is not revealed, got none.`,
    `Look: ${connection.paste('jury', 'status', snapshot.id)}`,
  )
}

function requireRevealing(trial: Trial, connection: Connection): void {
  requireStage(trial, ['voting'], connection.paste)
  const { state, snapshot } = trial
  const { atTime } = snapshot
  if (atTime < state.commitEnd) {
    throw new RefusedError(
      `Expected the time to reveal, got the time to commit, until ${trialMoment(state.commitEnd, trial)}.`,
      'Come back then: before, others could copy you.',
    )
  }
  if (atTime < state.revealEnd) return
  throw new RefusedError(
    `Expected time before ${trialMoment(state.revealEnd, trial)}, got a later one: the seat has lost its stake.`,
    `End the round: ${connection.paste('jury', 'resolve', snapshot.id)}`,
  )
}
