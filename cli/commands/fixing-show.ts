import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { readSecurity } from '#client/security.ts'
import { address, hash } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing, type FoundFixing } from '../fixing/fixing-source.ts'
import { type FullView, fullDocument, renderFull } from '../fixing/fixing-report.ts'
import { heldOf } from '../fixing/held.ts'
import { addNodesNetworkOptions, type NetworkFlags } from '../options.ts'
import { type Proposable, readProposable } from '../fixing/proposable.ts'
import { viewerOf } from '../chain/signer.ts'

type Flags = NetworkFlags & { readonly account?: Address }

const EXAMPLES = `
Examples:
  assize fixing show 0x12ab…
  assize fixing show 0x12ab… --account 0x34… --json`

/** Adds `assize fixing show`: everything of one fixing, and what can be done about it. */
export function defineFixingShow(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('show')
    .description('Everything of one fixing: parameters, candidates, pots, odds, deadlines, receipts, next commands.')
    .argument('<fixing>', 'its id', hash)
    .option(
      '--account <address>',
      'whose receipts to show (default: $ASSIZE_ACCOUNT, else that of $ASSIZE_KEYSTORE)',
      address,
    )
  addNodesNetworkOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, flags: Flags) => done(await showFixing(id, flags, context)))
}

async function showFixing(id: Hex, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const found = await findFixing(connection, id)
  const holder = viewerOf(flags.account, context)
  const holdings = holder === undefined ? [] : await heldOf(connection, { ...found, id }, holder)
  const [proposable, security] = await Promise.all([
    proposableNow(connection, found),
    readSecurity(connection.chain, connection.oracle, found.fixing),
  ])
  const full: FullView = { ...found, holder, holdings, proposable, security }
  if (flags.json !== true) context.io.out(renderFull(full, connection, context.io))
  else context.io.out(JSON.stringify(fullDocument(full, connection), undefined, 2))
  return EXIT.ok
}

/** What a proposal would stake now, or why none can be made; undefined in phases that have no proposal. */
async function proposableNow(connection: Connection, { fixing, view }: FoundFixing): Promise<Proposable | undefined> {
  const { phase } = view.snapshot
  return phase === 'open' || phase === 'pending' ? readProposable(connection, fixing) : undefined
}
