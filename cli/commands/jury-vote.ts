import { type Command, InvalidArgumentError } from 'commander'
import { type Address, type Hex, zeroHash } from 'viem'
import type { JurySeat } from '#client/jury.ts'
import { commitCall, revealCall, type SeatVote } from '#client/jury-calls.ts'
import { ballotToSign, saltOf } from '#protocol/ballot.ts'
import { formatValue } from '#protocol/decimal.ts'
import { INVALID } from '#protocol/fixing.ts'
import { committedValue } from '#protocol/jury.ts'
import { type Action, perform, type Step } from '../chain/action.ts'
import { address, hash, indexValue } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatIndexValue, formatMoment, formatPercent } from '../format.ts'
import { findTrial, requireStage, type Trial } from '../court/jury-court.ts'
import { ownSeats } from '../court/jury-lines.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner, type Signer } from '../chain/signer.ts'
import { viewerAmong } from '../court/own-cases.ts'

type Flags = NetworkFlags & SigningFlags & { readonly jury?: Address; readonly seat?: readonly number[] }

const SALTS = `
The salts are made of a signature of your key for this jury, fixing and round, so that the same key finds them again. The value is not kept
anywhere: note what you committed to.`

/** Adds `assize jury commit|reveal`: the votes of seats that the account commits for. */
export function defineJuryVote(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const commit = group
    .command('commit')
    .description(
      'Commit your seats to the value that you have read, unseen by the others; may be repeated until the end.',
    )
    .argument('<fixing>', 'its id', hash)
    .argument('<value>', 'in index units, or INVALID if you cannot read it', indexValue)
  addVoteOptions(commit)
    .addHelpText(
      'after',
      `${SALTS}\n\nExamples:\n  assize jury commit 0x12ab… 2500.10\n  assize jury commit 0x12ab… INVALID --seat 3,17`,
    )
    .action(async (id: Hex, value: bigint, flags: Flags) => done(await commitSeats({ id, value }, flags, context)))
  const reveal = group
    .command('reveal')
    .description('Reveal what your seats committed to, once the time to commit is over. Who does not loses the stake.')
    .argument('<fixing>', 'its id', hash)
    .argument('[value]', 'what was committed to (default: tries the candidates, and INVALID)', indexValue)
  addVoteOptions(reveal)
    .addHelpText('after', `${SALTS}\n\nExamples:\n  assize jury reveal 0x12ab… 2500.10\n  assize jury reveal 0x12ab…`)
    .action(async (id: Hex, value: bigint | undefined, flags: Flags) =>
      done(await revealSeats({ id, value }, flags, context)),
    )
}

function addVoteOptions(command: Command): Command {
  command
    .option('--seat <list>', 'only these of your seats, by their numbers', seats)
    .option('--jury <address>', "which of the fixing's two, if both are juries", address)
  return addSigningOptions(addNetworkOptions(command))
}

type Asked = { readonly id: Hex; readonly value: bigint | undefined }

async function commitSeats(
  { id, value }: { readonly id: Hex; readonly value: bigint },
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain, token, paste } = connection
  const trial = await findTrial(connection, id, flags.jury)
  requireFresh(trial.snapshot.atTime, context.now(), flags.maxAge)
  requireCommitting(trial, connection)
  const signer = await openSigner(flags, context)
  const own = await seatsOf(trial, signer, flags, connection)
  const saltFor = await saltsOf(trial, signer, connection)
  const named = formatIndexValue(value, 18)
  const { jury, state, fixing } = trial
  const steps = own.map(({ seat, juror }): Step => {
    const vote: SeatVote = { fixingId: id, round: state.round, seat, juror, value, salt: saltFor(seat) }
    return { label: `commit seat ${seat}`, call: commitCall(chain.chainId, jury.address, vote) }
  })
  const stake = formatAmount(jury.terms.seatStake * BigInt(own.length), token)
  const band = formatPercent(BigInt(Math.floor(fixing.separationPpm / 2)))
  const action: Action = {
    ...freeOfCharge(steps),
    lines: [
      `commit    ${named} for ${own.length} of your seats of fixing ${id}, round ${state.round}`,
      `reveal    from ${when(state.commitEnd, trial)} to ${when(state.revealEnd, trial)}: note the value`,
      `risk      ${stake} if you do not reveal in time, or are more than ${band} from the verdict`,
    ],
    question: `Commit to ${named}?`,
    recheck: async () => requireCommitting(await findTrial(connection, id, jury.address), connection),
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const reveal = paste('jury', 'reveal', id, formatValue(value))
  const lines = [`Committed. From ${when(state.commitEnd, trial)} to ${when(state.revealEnd, trial)}: ${reveal}`]
  const deed = { action: 'jury commit', id, arbitrator: jury.address, value, round: state.round }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

async function revealSeats({ id, value }: Asked, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const trial = await findTrial(connection, id, flags.jury)
  requireFresh(trial.snapshot.atTime, context.now(), flags.maxAge)
  requireRevealing(trial, connection)
  const signer = await openSigner(flags, context)
  if (signer.account === undefined) {
    throw new InputError('Expected the key that committed, got an address.', 'The salts are made with it: --keystore.')
  }
  const own = (await seatsOf(trial, signer, flags, connection)).filter(({ committed }) => committed !== undefined)
  const { jury, state } = trial
  if (own.length === 0) {
    throw new RefusedError(
      'Expected a seat of yours that has committed and not revealed, got none.',
      `Look: ${connection.paste('jury', 'status', id)}`,
    )
  }
  const openings = openingsOf(trial, own, await saltsOf(trial, signer, connection), { value, connection })
  const steps = openings.map((vote) => ({
    label: `reveal ${formatIndexValue(vote.value, 18)} of seat ${vote.seat}`,
    call: revealCall(jury.address, vote),
  }))
  const action: Action = {
    ...freeOfCharge(steps),
    lines: [`reveal    ${openings.length} seats of fixing ${id}, before ${when(state.revealEnd, trial)}`],
    question: 'Reveal?',
    recheck: async () => requireRevealing(await findTrial(connection, id, jury.address), connection),
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const resolve = connection.paste('jury', 'resolve', id)
  const lines = [`Revealed. From ${when(state.revealEnd, trial)} on, or once all have revealed: ${resolve}`]
  const deed = { action: 'jury reveal', id, arbitrator: jury.address, round: state.round }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

/** The votes that were committed to: of the value given, else of whichever of candidates and INVALID fits. */
function openingsOf(
  { jury, snapshot, state }: Trial,
  own: readonly JurySeat[],
  saltFor: (seat: number) => Hex,
  { value, connection }: { readonly value: bigint | undefined; readonly connection: Connection },
): SeatVote[] {
  const values = value === undefined ? [...snapshot.candidates.map((one) => one.value), INVALID] : [value]
  const ballot = { fixingId: snapshot.id, round: state.round }
  const round = { chainId: connection.chain.chainId, jury: jury.address, ...ballot }
  return own.map((one) => {
    const { seat, juror } = one
    const salt = saltFor(seat)
    const found = committedValue(round, one, salt, values)
    if (found !== undefined) return { ...ballot, seat, juror, value: found, salt }
    const tried = values.map((each) => formatIndexValue(each, 18)).join(', ')
    throw new InputError(
      `Expected the value that seat ${seat} committed to, got ${tried}.`,
      'Give the value as it was committed to; a seat that somebody else committed is left out with --seat.',
    )
  })
}

/** The salt of each seat; zeros for who only simulates. */
async function saltsOf(
  { jury, snapshot, state }: Trial,
  { account }: Signer,
  { chain }: Connection,
): Promise<(seat: number) => Hex> {
  if (account === undefined) return () => zeroHash
  const place = { chainId: chain.chainId, jury: jury.address }
  const ballot = { fixingId: snapshot.id, round: state.round }
  const signature = await account.signTypedData(ballotToSign(place, ballot))
  return (seat) => saltOf(signature, seat)
}

/** The seats that the account commits for, or those of them that were named. Throws InputError for none. */
async function seatsOf(
  { jury, seats: all, snapshot }: Trial,
  signer: Signer,
  { seat: named }: Flags,
  connection: Connection,
): Promise<readonly JurySeat[]> {
  const jurors = [...new Set(all.map(({ juror }) => juror))]
  const own = ownSeats(all, await viewerAmong(connection, jury.address, jurors, signer.address))
  const stranger = named?.find((seat) => !own.some((one) => one.seat === seat))
  if (own.length > 0 && stranger === undefined) {
    return own.filter(({ seat }) => named === undefined || named.includes(seat))
  }
  throw new InputError(
    `Expected ${stranger === undefined ? 'a seat' : `seat ${stranger}`} of ${signer.address}, or one it votes for, got ${
      own.length === 0 ? 'none' : own.map(({ seat }) => seat).join(', ')
    }.`,
    `Look: ${connection.paste('jury', 'status', snapshot.id)}`,
  )
}

function requireCommitting(trial: Trial, connection: Connection): void {
  requireStage(trial, ['voting'], connection.paste)
  const { state, snapshot } = trial
  if (snapshot.atTime < state.commitEnd) return
  throw new RefusedError(
    `Expected time before ${when(state.commitEnd, trial)}, got the time to reveal.`,
    `Reveal what was committed to: ${connection.paste('jury', 'reveal', snapshot.id, 'VALUE')}`,
  )
}

function requireRevealing(trial: Trial, connection: Connection): void {
  requireStage(trial, ['voting'], connection.paste)
  const { state, snapshot } = trial
  const { atTime } = snapshot
  if (atTime < state.commitEnd) {
    throw new RefusedError(
      `Expected the time to reveal, got the time to commit, until ${when(state.commitEnd, trial)}.`,
      'Come back then: before, others could copy you.',
    )
  }
  if (atTime < state.revealEnd) return
  throw new RefusedError(
    `Expected time before ${when(state.revealEnd, trial)}, got a later one: the seat has lost its stake.`,
    `End the round: ${connection.paste('jury', 'resolve', snapshot.id)}`,
  )
}

function freeOfCharge(steps: readonly Step[]): Pick<Action, 'steps' | 'amount' | 'claims' | 'gain'> {
  return { steps, amount: 0n, claims: 0, gain: undefined }
}

function when(time: bigint, { snapshot }: Trial): string {
  return formatMoment(time, snapshot.atTime)
}

/** Numbers of seats with commas between them. */
function seats(text: string): number[] {
  const numbers = text.split(',').map((part) => (/^\d{1,2}$/.test(part.trim()) ? Number(part) : Number.NaN))
  if (numbers.some((number) => Number.isNaN(number))) {
    throw new InvalidArgumentError(`Expected numbers of seats such as 3,17, got "${text}".`)
  }
  return numbers
}
