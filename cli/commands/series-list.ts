import type { Command } from 'commander'
import type { Address } from 'viem'
import { address } from '../arguments.ts'
import { viewerOf } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatColumns, formatIndexValue, formatTime } from '../format.ts'
import { inParts } from '../in-parts.ts'
import { addVaultOptions, type VaultFlags } from '../options.ts'
import {
  legsText,
  readSeriesView,
  seriesDocument,
  type SeriesView,
  vaultDocument,
  worthOf,
} from '../vault/series-view.ts'
import { openVault, type VaultConnection } from '../vault/vault-connection.ts'

type Flags = VaultFlags & { readonly account?: Address }

const EXAMPLES = `
Examples:
  assize series list
  assize series list --vault 0x12… --from-block 19000000 --json`

/** Adds `assize series list`: one line for each series that the vault announced. */
export function defineSeriesList(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('list')
    .description('Every series that a vault announced: strike, maturity or what P and N pay, what an account holds.')
    .option('--account <address>', 'whose (default: $ASSIZE_ACCOUNT, else that of $ASSIZE_KEYSTORE)', address)
  addVaultOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await listSeries(flags, context)))
}

async function listSeries(flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context
  const holder = viewerOf(flags.account, context)
  const connection = await openVault(flags, context)
  const announced = await connection.readSeries(connection.vault)
  const views = await inParts(announced, (one) => readSeriesView(connection, one, holder), connection.onPart('series'))
  if (flags.json === true) {
    const series = views.map((view) => seriesDocument(view, connection))
    io.out(JSON.stringify({ ...vaultDocument(connection), account: holder ?? null, series }, undefined, 2))
  } else if (views.length === 0) io.out('No series was announced here.')
  else for (const line of formatColumns(views.map((view) => cellsOf(view, connection)))) io.out(line)
  return EXIT.ok
}

function cellsOf(view: SeriesView, { token }: VaultConnection): string[] {
  const { id, series, snapshot, capacity, legs } = view
  const worth = worthOf(view, token)
  const stands =
    worth === undefined
      ? `${snapshot.phase}, ${capacity === undefined ? 'matured' : 'matures'} ${formatTime(series.fixing.maturity)}`
      : `settled, 1 P pays ${formatAmount(worth.p, token)}, 1 N ${formatAmount(worth.n, token)}`
  const held = legs === undefined || legs.p + legs.n === 0n ? [] : [`holds ${legsText(legs, token)}`]
  return [id, `strike ${formatIndexValue(series.strike)}`, [stands, ...held].join('; ')]
}
