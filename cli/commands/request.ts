import type { Command } from 'commander'
import type { Hex } from 'viem'
import { type FixingSnapshot, readPot } from '#client/oracle-reader.ts'
import { requestCall } from '#client/oracle-writer.ts'
import { requestRepayment } from '#protocol/payout.ts'
import { graceEnd } from '#protocol/phase.ts'
import { type Action, perform } from '../chain/action.ts'
import { hash } from '../arguments.ts'
import { claimCommand, type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing, readAgain } from '../fixing/fixing-source.ts'
import { formatAmount, formatColumns, formatGain, formatMoment } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import { phaseRefusal } from '../chain/stale.ts'
import { requireTrusted } from '../chain/trust.ts'

type Flags = NetworkFlags & SigningFlags

const EXAMPLES = `
Examples:
  assize request 0x12ab…
  assize request 0x12ab… --dry-run --account 0x34…`

/** Adds `assize request`: sends a fixing that nobody proposed to the arbitrator. */
export function defineRequest(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program.command('request').argument('<fixing>', 'its id', hash)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, flags: Flags) => done(await requestRuling(id, flags, context)))
}

async function requestRuling(id: Hex, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain, oracle, paste } = connection
  const { fixing, view } = await findFixing(connection, id)
  requireFresh(view.snapshot.atTime, context.now(), flags.maxAge)
  requireTrusted(fixing, flags.arbitrators, context.env)
  requireGraceOver(view.snapshot, connection)
  const { filled } = await readPot(chain, oracle, fixing, { kind: 'fund', round: 0, value: 0n })
  const signer = await openSigner(flags, context)
  const action = actionOf(connection, view.snapshot, filled)
  const performed = await perform(action, { connection, signer, flags, context })
  const lines = [`Requested. Look again: ${paste('fixing', 'show', id)}`, `Afterwards: ${claimCommand(connection, id)}`]
  reportPerformed(performed, { action: 'request', id, amount: action.amount }, { connection, flags, context, lines })
  return EXIT.ok
}

function actionOf(connection: Connection, { id, fixing }: FixingSnapshot, rewardPot: bigint) {
  const { oracle, token } = connection
  const fee = fixing.arbitrationFee
  const repaid = requestRepayment(fee, rewardPot)
  const rows = [
    ['How it can end', 'comes back', 'gain'],
    ['the arbitrator rules', formatAmount(repaid, token), formatGain(repaid, fee, token)],
    ['nobody rules', formatAmount(fee, token), formatGain(fee, fee, token)],
  ]
  const source = `up to 1.5 times that comes back from the reward pot (${formatAmount(rewardPot, token)})`
  return {
    steps: [{ label: 'request a ruling', call: requestCall(oracle, fixing) }],
    amount: fee,
    claims: 1,
    lines: [
      `request   a ruling on fixing ${id} by ${fixing.arbitrator}`,
      `stake     ${formatAmount(fee, token)}, the fee; ${source}`,
      '',
      ...formatColumns(rows).map((line) => `  ${line}`),
      '',
    ],
    question: `Pay ${formatAmount(fee, token)}?`,
    recheck: async () => requireGraceOver(await readAgain(connection, fixing), connection),
  } satisfies Action
}

/** Throws RefusedError unless a ruling can be requested. */
function requireGraceOver(snapshot: FixingSnapshot, connection: Connection): void {
  const { id, phase, fixing, atTime, facts } = snapshot
  const { paste } = connection
  if (phase === 'active') {
    throw new RefusedError(
      `Expected a fixing that nobody proposed, got one in round ${facts.round}.`,
      `To have it ruled on, dispute it: ${paste('fixing', 'show', id)}`,
    )
  }
  if (phase !== 'open') throw phaseRefusal(snapshot, connection)
  const end = graceEnd(fixing)
  if (atTime >= end) return
  throw new RefusedError(
    `Expected the proposal grace to be over, got its end at ${formatMoment(end, atTime)}.`,
    `Propose instead: ${paste('propose', id, 'VALUE')}`,
  )
}
