import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import type { Call } from '#client/send.ts'
import { type Action, perform, type Performed } from '../chain/action.ts'
import type { Step } from '../chain/send-steps.ts'
import { address, hash } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import { onFreshPool } from './fresh-pool.ts'
import { findTrial, type Trial } from './jury-court.ts'

type MoveFlags = NetworkFlags & SigningFlags & { readonly jury?: Address; readonly header?: string }

/** One thing that anybody can do about a case. */
export type Move = {
  readonly name: string
  readonly description: string
  /** Adds the options that only this one has. */
  readonly addOptions?: (command: Command) => void
  /** How these are given, after command and fixing. */
  readonly examples?: readonly string[]
  /** Throws RefusedError, in words, for what the jury would refuse. */
  readonly check: (trial: Trial, connection: Connection) => Promise<void>
  /** What has to be sent before it, in order. */
  readonly before?: (trial: Trial) => readonly Step[]
  readonly call: (trial: Trial, connection: Connection, flags: MoveFlags) => Promise<Call>
  readonly lines: (trial: Trial, connection: Connection) => readonly string[]
  readonly after: (performed: Performed, trial: Trial) => string
}

/** Adds the command of a move: `assize jury NAME <fixing>`. */
export function defineMove(move: Move, group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command(move.name)
    .description(move.description)
    .argument('<fixing>', 'its id', hash)
    .option('--jury <address>', "which of the fixing's two, if both are juries", address)
  move.addOptions?.(command)
  const examples = ['', ...(move.examples ?? []), '--dry-run --account 0x34…'].map((flags) =>
    `\n  assize jury ${move.name} 0x12ab… ${flags}`.trimEnd(),
  )
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', `\nExamples:${examples.join('')}`)
    .action(async (id: Hex, flags: MoveFlags) => done(await makeMove(move, id, flags, context)))
}

async function makeMove(move: Move, id: Hex, flags: MoveFlags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  return onFreshPool(() => makeMoveNow(move, id, connection, { flags, context }), flags, context)
}

async function makeMoveNow(
  move: Move,
  id: Hex,
  connection: Connection,
  { flags, context }: { readonly flags: MoveFlags; readonly context: Context },
): Promise<ExitCode> {
  const trial = await findTrial(connection, id, flags.jury)
  requireFresh(trial.snapshot.atTime, context.now(), flags.maxAge)
  await move.check(trial, connection)
  const signer = await openSigner(flags, context)
  const action: Action = {
    steps: [
      ...(move.before?.(trial) ?? []),
      { label: `${move.name} the case`, call: await move.call(trial, connection, flags) },
    ],
    lines: [
      `${move.name.padEnd(9)} the case of fixing ${id} before jury ${trial.jury.address}`,
      ...move.lines(trial, connection),
    ],
    question: 'Do it?',
    recheck: async () => move.check(await findTrial(connection, id, trial.jury.address), connection),
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const next = `Look again: ${connection.paste('jury', 'status', id)}`
  const lines = [move.after(performed, trial), next]
  const deed = { action: `jury ${move.name}`, id, arbitrator: trial.jury.address }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}
