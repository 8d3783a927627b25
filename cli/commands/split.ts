import type { Command } from 'commander'
import type { Hex } from 'viem'
import { splitCall, splitEtherCall } from '#client/vault.ts'
import { type Amount, amount, baseUnits, hash } from '../arguments.ts'
import { type Action, perform } from '../chain/action.ts'
import { requireFresh } from '../chain/connection.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import { requireTrusted } from '../chain/trust.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatMoment } from '../format.ts'
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
import { formatLeg, movesEther, openVault, type VaultConnection } from '../vault/vault-connection.ts'

type Flags = VaultFlags & SigningFlags & { readonly weth?: true }

const EXAMPLES = `
Until the maturity, and no more than the arbitrators of the fixing secure. A vault of WETH takes ETH; any other is allowed just what it takes.

Examples:
  assize split 0x12ab… 1eth
  assize split 0x12ab… 250usdc --max 250usdc --yes
  assize split 0x12ab… "0.5 eth" --dry-run --account 0x34…`

/** Adds `assize split`: collateral for as much P and N. */
export function defineSplit(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('split')
    .argument('<series>', 'its id', hash)
    .argument('<amount>', 'such as 0.5eth', amount)
    .option('--weth', 'give WETH that is held, of which what is missing is wrapped, instead of ETH')
  addSigningOptions(addVaultOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, asked: Amount, flags: Flags) => done(await splitCollateral(id, asked, flags, context)))
}

async function splitCollateral(id: Hex, asked: Amount, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openVault(flags, context)
  const { token, pasteVault } = connection
  const given = baseUnits(asked, token)
  if (given === 0n) throw new InputError('Expected an amount above zero, got 0.', 'Split any amount.')
  const isEther = movesEther(flags, token)
  const signer = await openSigner(flags, context)
  const view = await findSeries(connection, id, signer.address)
  requireFresh(view.snapshot.atTime, context.now(), flags.maxAge)
  requireTrusted(view.series.fixing, flags.arbitrators, context.env)
  requireRoom(view, given, connection, context.now())
  const action: Action = {
    ...actionOf(view, given, isEther, connection),
    recheck: async () => {
      const now = await readSeriesView(connection, view, signer.address)
      requireRoom(now, given, connection, context.now())
      requireSameLegs(view, now, connection)
    },
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const legs = { p: given.toString(), n: given.toString() }
  const more = { ...vaultFields(connection), legs: [{ series: id, fixing: view.fixingId, ...legs }] }
  const lines = [
    `Split. You hold ${legsText(sumOf(view, given), token)}. Back, both together: ${pasteVault('merge', id, 'all')}`,
  ]
  reportPerformed(performed, { action: 'split', amount: given, more }, { connection, flags, context, lines })
  return EXIT.ok
}

function sumOf({ legs = { p: 0n, n: 0n } }: SeriesView, given: bigint): { readonly p: bigint; readonly n: bigint } {
  return { p: legs.p + given, n: legs.n + given }
}

/** Throws RefusedError from the maturity on, and for more than the arbitrators secure. */
function requireRoom(view: SeriesView, given: bigint, { token, pasteVault }: VaultConnection, now: bigint): void {
  const { id, capacity, series, snapshot } = view
  const { maturity } = series.fixing
  const show = pasteVault('series', 'show', id)
  // A transaction comes after both clocks.
  if (capacity === undefined || now >= maturity) {
    throw new RefusedError(
      `Expected a series before its maturity, got one that matured ${formatMoment(maturity, snapshot.atTime)}.`,
      `Splitting ended then: buy P or N, or split a later series. What they pay: ${show}`,
    )
  }
  const { held, most, room } = capacity
  if (given <= room) return
  const [left, all, inside, wanted] = [room, most, held, given].map((one) => formatAmount(one, token, token.decimals))
  throw new RefusedError(
    `Expected at most ${left} more, got ${wanted}: the arbitrators of the fixing secure ${all}, and ${inside} is taken.`,
    room === 0n ? `Nothing more can be split. Look later: ${show}` : `Split less. How much is left: ${show}`,
  )
}

function actionOf(
  view: SeriesView,
  given: bigint,
  isEther: boolean,
  connection: VaultConnection,
): Omit<Action, 'recheck'> {
  const { token, vault } = connection
  const { series } = view
  const shown = formatAmount(given, token)
  const legs = [formatLeg(given, 'P', token), formatLeg(given, 'N', token)].join(' and ')
  return {
    steps: [
      {
        label: `split ${shown}`,
        call: isEther ? splitEtherCall(vault, series, given) : splitCall(vault, series, given),
      },
    ],
    ...(isEther ? {} : { amount: given, taker: { name: 'the vault', address: vault } }),
    verb: 'split',
    lines: [
      ...seriesLines(view, connection),
      `give      ${shown}`,
      `get       ${legs}, which together merge into ${shown} at any time`,
    ],
    question: `Split ${shown} into ${legs}?`,
  }
}
