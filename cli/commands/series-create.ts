import type { Command } from 'commander'
import type { Hex } from 'viem'
import { createSeriesCall, type Series, seriesId } from '#client/vault.ts'
import { formatValue } from '#protocol/decimal.ts'
import { INVALID } from '#protocol/fixing.ts'
import { hash, indexValue, percent } from '../arguments.ts'
import { perform } from '../chain/action.ts'
import { requireFresh } from '../chain/connection.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing } from '../fixing/fixing-source.ts'
import { formatMoment } from '../format.ts'
import { addSigningOptions, addVaultOptions, type SigningFlags, type VaultFlags } from '../options.ts'
import { readSeriesView, seriesLines, type SeriesView, vaultFields } from '../vault/series-view.ts'
import { openVault, type VaultConnection } from '../vault/vault-connection.ts'

type Flags = VaultFlags & SigningFlags & { readonly invalidShare: bigint }
type Asked = { readonly fixing: Hex; readonly strike: bigint }

const WHOLE_PPM = 1_000_000n

const EXAMPLES = `
The id follows from the terms: what was announced already is the same series. It is announced before anybody splits, so that it can be found.

Examples:
  assize series create 0x12ab… 2500 --invalid-share 50%
  assize series create 0x12ab… 1750.5 --invalid-share 70 --dry-run --account 0x34…`

/** Adds `assize series create`: announces a strike on a fixing. */
export function defineSeriesCreate(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('create')
    .description('Announce a series: one strike on one fixing, and what P gets if no value is settled.')
    .argument('<fixing>', 'its id', hash)
    .argument('<strike>', 'in index units', indexValue)
    .requiredOption('--invalid-share <percent>', 'what P gets of a unit at INVALID; N gets the rest', percent)
  addSigningOptions(addVaultOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (fixing: Hex, strike: bigint, flags: Flags) => {
      done(await createSeries({ fixing, strike }, flags, context))
    })
}

async function createSeries(asked: Asked, flags: Flags, context: Context): Promise<ExitCode> {
  requireTerms(asked, flags)
  const connection = await openVault(flags, context)
  const { chain, vault, pasteVault } = connection
  const { fixing, view } = await findFixing(connection, asked.fixing)
  const series: Series = { fixing, strike: asked.strike, invalidSharePpm: Number(flags.invalidShare) }
  const id = seriesId(series, { chainId: chain.chainId, vault })
  const announced = { id, fixingId: asked.fixing, series, block: view.snapshot.atBlock }
  const shown = await readSeriesView(connection, announced, undefined)
  requireFresh(shown.snapshot.atTime, context.now(), flags.maxAge)
  const [known] = await connection.readSeries(vault, id)
  if (known !== undefined) {
    throw new RefusedError(
      `Expected terms that were not announced, got those of series ${id}, announced in block ${known.block}.`,
      `Use it: ${pasteVault('series', 'show', id)}`,
    )
  }
  requirePending(shown, connection, context.now())
  const signer = await openSigner(flags, context)
  const performed = await perform(
    {
      steps: [{ label: 'announce the series', call: createSeriesCall(vault, series) }],
      lines: seriesLines(shown, connection),
      question: 'Announce it?',
      recheck: async () =>
        requirePending(await readSeriesView(connection, announced, undefined), connection, context.now()),
    },
    { connection, signer, flags, context },
  )
  const { strike, invalidSharePpm } = series
  const more = { ...vaultFields(connection), series: id, strike: formatValue(strike), invalidSharePpm }
  const deed = { action: 'create-series', id: asked.fixing, more }
  const lines = [`Announced series ${id}. Next: ${pasteVault('split', id, 'AMOUNT')}`]
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

/** Throws InputError for a strike or a share that no series has. */
function requireTerms({ strike }: Asked, { invalidShare }: Flags): void {
  if (strike === INVALID)
    throw new InputError('Expected a value as the strike, got INVALID.', 'Give it in index units.')
  if (invalidShare >= 0n && invalidShare <= WHOLE_PPM) return
  throw new InputError(
    `Expected --invalid-share from 0 to 100 %, got ${Number(invalidShare) / 10_000} %.`,
    'Correct it.',
  )
}

/** Throws RefusedError from the maturity on, when nothing can be split. */
function requirePending({ snapshot, series }: SeriesView, { paste }: VaultConnection, now: bigint): void {
  const { maturity } = series.fixing
  if (snapshot.phase === 'pending' && now < maturity) return
  throw new RefusedError(
    `Expected a fixing before its maturity, got one that matured ${formatMoment(maturity, snapshot.atTime)}.`,
    `Nothing could be split any more. Choose another: ${paste('fixing', 'list', '--phase', 'pending')}`,
  )
}
