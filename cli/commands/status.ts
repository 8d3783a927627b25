import type { Command } from 'commander'
import type { Hex } from 'viem'
import { hash } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing, readViews } from '../fixing/fixing-source.ts'
import { type FixingView, renderView, viewDocument } from '../fixing/fixing-view.ts'
import { addNodesNetworkOptions, type NetworkFlags } from '../options.ts'

type Flags = NetworkFlags & {
  fixing?: Hex
  exitCode?: true
}

const EXAMPLES = `
Examples:
  assize status
  assize status --config node.toml
  assize status --fixing 0x12ab… --exit-code --json`

/** Adds `assize status`: where fixings stand, read from the chain without a key. */
export function defineStatus(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('status')
    .option('--fixing <id>', 'one fixing by its id (default: every one that was created)', hash)
  addNodesNetworkOptions(command)
    .addHelpText('after', EXAMPLES)
    .option('--exit-code', `exit ${EXIT.notFinal} unless every fixing shown is settled`)
    .action(async (flags: Flags) => done(await showStatus(flags, context)))
}

async function showStatus(flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context
  const connection = await openOracle(flags, context)
  const { chain, oracle } = connection
  const views = await viewsOf(connection, flags.fixing)
  if (flags.json === true) {
    const fixings = views.map(viewDocument)
    io.out(JSON.stringify({ version: 1, chainId: chain.chainId, oracle, fixings }, undefined, 2))
  } else {
    io.out(
      views.length === 0
        ? 'No fixing was created here.'
        : views.map((view) => renderView(view, connection.token, io)).join('\n\n'),
    )
  }
  const isFinal = views.every(({ snapshot }) => snapshot.phase === 'settled')
  return flags.exitCode === true && !isFinal ? EXIT.notFinal : EXIT.ok
}

/** All fixings, or the one that is wanted, of which no other's log is read. */
async function viewsOf(connection: Connection, wanted: Hex | undefined): Promise<FixingView[]> {
  if (wanted === undefined) return readViews(connection, await connection.readLog())
  return [(await findFixing(connection, wanted)).view]
}
