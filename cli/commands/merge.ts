import type { Command } from 'commander'
import type { Hex } from 'viem'
import { mergeCall, mergeToEtherCall } from '#client/vault.ts'
import { type Amount, amountOr, baseUnits, hash } from '../arguments.ts'
import { perform } from '../chain/action.ts'
import { requireFresh } from '../chain/connection.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatPaid } from '../format.ts'
import { addSigningOptions, addVaultOptions, type SigningFlags, type VaultFlags } from '../options.ts'
import {
  findSeries,
  legsText,
  readSeriesView,
  requireSameLegs,
  seriesLines,
  type SeriesView,
  vaultFields,
} from '../vault/series-view.ts'
import { movesEther, openVault, type VaultConnection } from '../vault/vault-connection.ts'

type Flags = VaultFlags & SigningFlags & { readonly weth?: true }

/** What was asked for: an amount of each leg, or as much as there is of both. */
type Asked = Amount | 'all'

const EXAMPLES = `
At any time, before the maturity and after the settlement too. One leg alone is redeemed, once there is a settlement.

Examples:
  assize merge 0x12ab… 1eth
  assize merge 0x12ab… all --yes
  assize merge 0x12ab… all --dry-run --account 0x34…`

/** Adds `assize merge`: as much P as N for the collateral. */
export function defineMerge(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('merge')
    .argument('<series>', 'its id', hash)
    .argument('<amount>', 'of P and of N, such as 0.5eth, or "all": as much as there is of both', amountOr('all'))
    .option('--weth', 'be paid in WETH instead of ETH')
  addSigningOptions(addVaultOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, asked: Asked, flags: Flags) => done(await mergeLegs(id, asked, flags, context)))
}

async function mergeLegs(id: Hex, asked: Asked, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openVault(flags, context)
  const { token, vault } = connection
  const isEther = movesEther(flags, token)
  const signer = await openSigner(flags, context)
  const view = await findSeries(connection, id, signer.address)
  requireFresh(view.snapshot.atTime, context.now(), flags.maxAge)
  const merged = mergeable(view, asked, connection)
  const shown = formatAmount(merged, token)
  const legs = legsText({ p: merged, n: merged }, token)
  const call = isEther ? mergeToEtherCall : mergeCall
  const performed = await perform(
    {
      steps: [{ label: `merge ${legs}`, call: call(vault, view.series, merged) }],
      gain: merged,
      lines: [...seriesLines(view, connection), `give      ${legs}`, `get       ${shown}`],
      question: `Merge ${legs} into ${shown}?`,
      recheck: async () => requireSameLegs(view, await readSeriesView(connection, view, signer.address), connection),
    },
    { connection, signer, flags, context },
  )
  const burned = { p: merged.toString(), n: merged.toString() }
  const more = { ...vaultFields(connection), legs: [{ series: id, fixing: view.fixingId, ...burned }] }
  const lines = [`Merged into ${isEther ? shown : formatPaid(merged, token)}.`]
  reportPerformed(performed, { action: 'merge', amount: merged, more }, { connection, flags, context, lines })
  return EXIT.ok
}

/** How much of both legs is merged. Throws RefusedError where there is not as much. */
function mergeable({ id, legs = { p: 0n, n: 0n } }: SeriesView, asked: Asked, connection: VaultConnection): bigint {
  const { token, pasteVault } = connection
  const most = legs.p < legs.n ? legs.p : legs.n
  const wanted = asked === 'all' ? most : baseUnits(asked, token)
  if (asked !== 'all' && wanted === 0n)
    throw new InputError('Expected an amount above zero, got 0.', 'Merge any amount.')
  if (most > 0n && wanted <= most) return wanted
  const held = legsText(legs, token, token.decimals)
  throw new RefusedError(
    `Expected as much P as N to merge${asked === 'all' ? '' : `, ${legsText({ p: wanted, n: wanted }, token, token.decimals)}`}, got ${held}.`,
    most > 0n
      ? `As much as there is of both: ${pasteVault('merge', id, 'all')}`
      : `One leg alone is paid once there is a settlement: ${pasteVault('redeem', id)}`,
  )
}
