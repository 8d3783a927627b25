import { Command, CommanderError } from 'commander'
import { defineBackup } from './commands/backup.ts'
import { defineClaim } from './commands/claim.ts'
import { defineCollect } from './commands/collect.ts'
import { defineAppeal, defineContribute } from './commands/contribute.ts'
import { defineCompletion } from './commands/completion.ts'
import { defineCouncil } from './commands/council.ts'
import { defineDeploy } from './commands/deploy.ts'
import { defineDemo } from './commands/demo.ts'
import { defineDevnet } from './commands/devnet.ts'
import { defineDifferences } from './commands/differences.ts'
import { defineDoctor } from './commands/doctor.ts'
import { defineEvidence } from './commands/evidence.ts'
import { defineExplain } from './commands/explain.ts'
import { defineFixing } from './commands/fixing.ts'
import { defineFund } from './commands/fund.ts'
import { defineGriefing } from './commands/griefing.ts'
import { defineHalt } from './commands/halt.ts'
import { defineIncome } from './commands/income.ts'
import { defineIndex } from './commands/index-group.ts'
import { defineJournal } from './commands/journal.ts'
import { defineJury } from './commands/jury.ts'
import { defineKeys } from './commands/keys.ts'
import { defineMembership } from './commands/membership.ts'
import { defineNode } from './commands/node.ts'
import { definePropose } from './commands/propose.ts'
import { defineReceipts } from './commands/receipts.ts'
import { defineRegister } from './commands/register.ts'
import { defineReporters } from './commands/reporters.ts'
import { defineRequest } from './commands/request.ts'
import { defineSigner } from './commands/signer.ts'
import { defineStatus } from './commands/status.ts'
import { defineUma } from './commands/uma.ts'
import { defineVerify } from './commands/verify.ts'
import { defineWatch } from './commands/watch.ts'
import type { Context } from './context.ts'
import { failureDocument, failureLine, failureOf } from './errors.ts'
import { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-code.ts'

const EXIT_CODES = [
  '\nExit codes:',
  ...EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning.replaceAll('`', '')}`),
].join('\n')

const COMMANDS = [
  defineDemo,
  defineKeys,
  defineRegister,
  defineMembership,
  defineReporters,
  defineNode,
  defineDoctor,
  defineJournal,
  defineDifferences,
  defineEvidence,
  defineHalt,
  defineBackup,
  defineSigner,
  defineStatus,
  defineVerify,
  defineWatch,
  defineFixing,
  definePropose,
  defineContribute,
  defineAppeal,
  defineClaim,
  defineReceipts,
  defineFund,
  defineRequest,
  defineCollect,
  defineJury,
  defineCouncil,
  defineUma,
  defineDeploy,
  defineDevnet,
  defineExplain,
  defineGriefing,
  defineIncome,
  defineIndex,
  defineCompletion,
]

/** Runs one command line and returns its exit code. Never throws and never ends the process. */
export async function run(args: readonly string[], context: Context): Promise<ExitCode> {
  const { io } = context
  let exitCode: ExitCode = EXIT.ok
  const program = programOf(context, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    const failure = failureOf(error)
    if (args.includes('--json')) io.out(failureDocument(failure))
    io.err(failureLine(failure, io))
    return failure.exitCode
  }
}

/** Every command with its options, as the parser, the help and the completions have them. */
export function programOf(context: Context, done: (code: ExitCode) => void): Command {
  const { io } = context
  const program = new Command('assize')
    .description('A slow, contestable oracle network for index values at maturity.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
      outputError: () => undefined, // reported once, by run
    })
    .showHelpAfterError(false)
    .addHelpText('after', EXIT_CODES)
  for (const define of COMMANDS) define(program, context, done)
  return program
}
