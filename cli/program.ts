import { Command, CommanderError } from 'commander'
import { defineClaim } from './commands/claim.ts'
import { defineCollect } from './commands/collect.ts'
import { defineAppeal, defineContribute } from './commands/contribute.ts'
import { defineDemo } from './commands/demo.ts'
import { defineDevnet } from './commands/devnet.ts'
import { defineFixing } from './commands/fixing.ts'
import { defineFund } from './commands/fund.ts'
import { defineGriefing } from './commands/griefing.ts'
import { defineIncome } from './commands/income.ts'
import { defineNode } from './commands/node.ts'
import { definePropose } from './commands/propose.ts'
import { defineRequest } from './commands/request.ts'
import { defineStatus } from './commands/status.ts'
import type { Context } from './context.ts'
import { failureDocument, failureLine, failureOf } from './errors.ts'
import { EXIT, type ExitCode } from './exit-code.ts'

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed
  2    bad input or configuration; nothing was changed
  3    the reporters abstained: the index cannot be served
  8    not final yet (status --exit-code; claim, when nothing is due yet)
  130  interrupted`

const COMMANDS = [
  defineDemo,
  defineNode,
  defineStatus,
  defineFixing,
  definePropose,
  defineContribute,
  defineAppeal,
  defineClaim,
  defineFund,
  defineRequest,
  defineCollect,
  defineDevnet,
  defineGriefing,
  defineIncome,
]

/** Runs one command line and returns its exit code. Never throws and never ends the process. */
export async function run(args: readonly string[], context: Context): Promise<ExitCode> {
  const { io } = context
  let exitCode: ExitCode = EXIT.ok
  const program = new Command('assize')
    .description('A slow, contestable oracle network for index values at maturity.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
      outputError: () => undefined, // reported once, below
    })
    .showHelpAfterError(false)
    .addHelpText('after', EXIT_CODES)
  const done = (code: ExitCode): void => {
    exitCode = code
  }
  for (const define of COMMANDS) define(program, context, done)
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
