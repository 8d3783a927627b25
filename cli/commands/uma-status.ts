import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { address, hash } from '../arguments.ts'
import { openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { stepLines } from '../fixing/next-steps.ts'
import { addNetworkOptions, type NetworkFlags } from '../options.ts'
import { findHearing } from '../court/uma-court.ts'
import { hearingDocument, hearingLines, hearingSteps } from '../court/uma-lines.ts'

type Flags = NetworkFlags & { readonly adapter?: Address }

const EXAMPLES = `
A false value that nobody disputes in time is the ruling: look as often as the liveness is long, or oftener.

Examples:
  assize uma status 0x12ab…
  assize uma status 0x12ab… --json`

/** Adds `assize uma status`: what is asserted of a fixing, and what can be done. */
export function defineUmaStatus(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('status')
    .description('What is asserted of a fixing at UMA, until when it can be disputed, and what can be done.')
    .argument('<fixing>', 'its id', hash)
    .option('--adapter <address>', "which of the fixing's two, if both ask UMA", address)
  addNetworkOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, flags: Flags) => done(await showHearing(id, flags, context)))
}

async function showHearing(id: Hex, flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context
  const connection = await openOracle(flags, context)
  const hearing = await findHearing(connection, id, flags.adapter)
  if (flags.json === true) {
    io.out(JSON.stringify(hearingDocument(hearing, connection.paste), undefined, 2))
    return EXIT.ok
  }
  for (const line of hearingLines(hearing, connection)) io.out(line)
  for (const line of stepLines(hearingSteps(hearing, connection.paste))) io.out(line)
  return EXIT.ok
}
