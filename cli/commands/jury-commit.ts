import type { Command } from 'commander'
import type { Hex } from 'viem'
import { commitCall, type SeatVote } from '#client/jury-calls.ts'
import { formatValue } from '#protocol/decimal.ts'
import { INVALID } from '#protocol/fixing.ts'
import { type Action, perform } from '../chain/action.ts'
import type { Step } from '../chain/send-steps.ts'
import { hash, indexValue } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatIndexValue, formatPercent } from '../format.ts'
import { findTrial, requireStage, type Trial, trialMoment } from '../court/jury-court.ts'
import { noiseLines, noiseOf } from '../court/noise.ts'
import { forWords } from '../court/jury-lines.ts'
import { addVoteOptions, ownSeatsOf, saltsOf, type VoteFlags } from '../court/own-votes.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'

/** Adds `assize jury commit`: commits the seats that the account votes for. */
export function defineJuryCommit(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('commit')
    .description(
      'Commit your seats to the value that you have read, unseen by the others; may be repeated until the end.',
    )
    .argument('<fixing>', 'its id', hash)
    .argument('<value>', 'in index units, or INVALID if you cannot read it', indexValue)
  addVoteOptions(command, [
    'assize jury commit 0x12ab… 2500.10',
    'assize jury commit 0x12ab… INVALID --seat 3,17',
    'assize jury commit 0x12ab… 2500.10 --for 0x34…',
  ]).action(async (id: Hex, value: bigint, flags: VoteFlags) => done(await commitSeats({ id, value }, flags, context)))
}

async function commitSeats(
  { id, value }: { readonly id: Hex; readonly value: bigint },
  flags: VoteFlags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain, token, paste } = connection
  const trial = await findTrial(connection, id, flags.jury)
  requireFresh(trial.snapshot.atTime, context.now(), flags.maxAge)
  requireCommitting(trial, connection)
  const signer = await openSigner(flags, context)
  const own = await ownSeatsOf(trial, signer, flags, connection)
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
    steps,
    lines: [
      `commit    ${named} for ${own.length} of your seats of fixing ${id}, round ${state.round}`,
      `reveal    from ${trialMoment(state.commitEnd, trial)} to ${trialMoment(state.revealEnd, trial)}: note the value`,
      ...(value === INVALID ? [] : noiseLines(await noiseOf(fixing, context))),
      `risk      ${stake} if you do not reveal in time, or are more than ${band} from the verdict`,
    ],
    question: `Commit to ${named}?`,
    recheck: async () => requireCommitting(await findTrial(connection, id, jury.address), connection),
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const principals = own.map(({ juror }) => juror)
  // Whoever has named seats means no other: another of the same juror may hold another value.
  const which =
    flags.seat === undefined
      ? forWords({ account: signer.address, principals: [...new Set(principals)] })
      : ['--seat', own.map(({ seat }) => seat).join(',')]
  const reveal = paste('jury', 'reveal', id, formatValue(value), ...which)
  const lines = [
    `Committed. From ${trialMoment(state.commitEnd, trial)} to ${trialMoment(state.revealEnd, trial)}: ${reveal}`,
  ]
  const deed = { action: 'jury commit', id, arbitrator: jury.address, value, round: state.round }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

function requireCommitting(trial: Trial, connection: Connection): void {
  requireStage(trial, ['voting'], connection.paste)
  const { state, snapshot } = trial
  if (snapshot.atTime < state.commitEnd) return
  throw new RefusedError(
    `Expected time before ${trialMoment(state.commitEnd, trial)}, got the time to reveal.`,
    `Reveal what was committed to: ${connection.paste('jury', 'reveal', snapshot.id, 'VALUE')}`,
  )
}
