import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { address, hash } from '../arguments.ts'
import { viewerOf } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { addVaultOptions, type VaultFlags } from '../options.ts'
import { findSeries, seriesDocument, seriesLines, vaultDocument } from '../vault/series-view.ts'
import { openVault } from '../vault/vault-connection.ts'

type Flags = VaultFlags & { readonly account?: Address }

const EXAMPLES = `
Examples:
  assize series show 0x12ab…
  assize series show 0x12ab… --account 0x34… --json`

/** Adds `assize series show`: everything of one series. */
export function defineSeriesShow(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('show')
    .description('One series: strike, fixing, what P and N pay, how much more can be split, what an account holds.')
    .argument('<series>', 'its id', hash)
    .option('--account <address>', 'whose (default: $ASSIZE_ACCOUNT, else that of $ASSIZE_KEYSTORE)', address)
  addVaultOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, flags: Flags) => done(await showSeries(id, flags, context)))
}

async function showSeries(id: Hex, flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context
  const holder = viewerOf(flags.account, context)
  const connection = await openVault(flags, context)
  const view = await findSeries(connection, id, holder)
  if (flags.json === true) {
    const document = { ...vaultDocument(connection), account: holder ?? null, ...seriesDocument(view, connection) }
    io.out(JSON.stringify(document, undefined, 2))
  } else for (const line of seriesLines(view, connection)) io.out(line)
  return EXIT.ok
}
