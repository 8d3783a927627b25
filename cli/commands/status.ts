import type { Command } from 'commander'
import type { Hex } from 'viem'
import { createdIn, potsOf } from '#client/fixing-log.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { hash } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { type FixingView, renderView, viewDocument, viewOf } from '../fixing/fixing-view.ts'
import { inParts } from '../in-parts.ts'
import { addNetworkOptions, type NetworkFlags } from '../options.ts'

type Flags = NetworkFlags & {
  fixing?: Hex
  all?: true
  exitCode?: true
}

const EXAMPLES = `
Examples:
  assize status
  assize status --fixing 0x12ab… --exit-code --json`

/** Adds `assize status`: where fixings stand, read from the chain without a key. */
export function defineStatus(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('status')
    .option('--fixing <id>', 'one fixing by its id', hash)
    .option('--all', 'every fixing that was created (the default)')
  addNetworkOptions(command)
    .addHelpText('after', EXAMPLES)
    .option('--exit-code', `exit ${EXIT.notFinal} unless every fixing shown is settled`)
    .action(async (flags: Flags) => done(await showStatus(flags, context)))
}

async function showStatus(flags: Flags, context: Context): Promise<ExitCode> {
  if (flags.fixing !== undefined && flags.all === true) {
    throw new InputError('Expected --fixing or --all, got both.', 'Leave one of them out.')
  }
  const { io } = context
  const connection = await openOracle(flags, context)
  const { chain, oracle } = connection
  const views = await readViews(connection, flags.fixing)
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

async function readViews(
  { chain, oracle, readLog, onPart }: Connection,
  wanted: Hex | undefined,
): Promise<FixingView[]> {
  const events = await readLog()
  const created = createdIn(events).filter(({ id }) => wanted === undefined || id === wanted)
  if (wanted !== undefined && created.length === 0) {
    throw new InputError(
      `Expected fixing ${wanted} at oracle ${oracle}, got no Created event of it.`,
      'List what is there with --all, or look further back with --from-block.',
    )
  }
  return inParts(
    created,
    async ({ fixing, id }) => {
      const snapshot = await readFixing(chain, oracle, fixing)
      return viewOf(snapshot, potsOf(events, id, snapshot.facts.round))
    },
    onPart,
  )
}
