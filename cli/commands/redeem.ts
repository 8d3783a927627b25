import type { Command } from 'commander'
import type { Hex } from 'viem'
import { paidIn, redeemCall, redeemToEtherCall, togetherCall } from '#client/vault.ts'
import { amountOr, hash } from '../arguments.ts'
import { type Action, perform, type Performed } from '../chain/action.ts'
import type { Step } from '../chain/send-steps.ts'
import { requireFresh } from '../chain/connection.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatPaid } from '../format.ts'
import { inParts } from '../in-parts.ts'
import { addSigningOptions, addVaultOptions, type SigningFlags, type VaultFlags } from '../options.ts'
import {
  type Parts,
  partsDocument,
  type Redemption,
  redemptionOf,
  requireSame,
  skippedLines,
  type Sorted,
  sortedOf,
  totalOf,
} from '../vault/redemption.ts'
import {
  findSeries,
  legsText,
  readSeriesView,
  seriesLines,
  type SeriesView,
  vaultDocument,
  vaultFields,
} from '../vault/series-view.ts'
import { movesEther, openVault, type VaultConnection } from '../vault/vault-connection.ts'

type Flags = VaultFlags & SigningFlags & Parts & { readonly all?: true; readonly weth?: true }

/**
 * How many series go in one transaction: none takes 100 000 gas or 700 bytes, of the 16 777 216 gas that a transaction may take (EIP-7825)
 * and the 128 KiB that nodes pass on.
 */
const MOST_TOGETHER = 64

const EXAMPLES = `
As much P as N is paid one to one; what is left of one leg by the settlement, rounded down. Several series go in one transaction, up to ${MOST_TOGETHER} in each.

Examples:
  assize redeem 0x12ab…
  assize redeem 0x12ab… --n all --yes
  assize redeem 0x12ab… 0x34cd… --dry-run --account 0x56…
  assize redeem --all --yes`

/** Adds `assize redeem`: P and N of settled series for what they pay. */
export function defineRedeem(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('redeem')
    .argument('[series...]', 'their ids', (text: string, others: readonly Hex[] | undefined) => [
      ...(others ?? []),
      hash(text),
    ])
    .option('--all', 'every series that was announced of which something is held that pays')
    .option(
      '--p <amount>',
      'of one series so much P, such as 0.5eth, or "all", and N only as --n says',
      amountOr('all'),
    )
    .option('--n <amount>', 'of one series so much N, and P only as --p says (default: all of both)', amountOr('all'))
    .option('--weth', 'be paid in WETH instead of ETH')
  addSigningOptions(addVaultOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (ids: readonly Hex[], flags: Flags) => done(await redeemLegs([...new Set(ids)], flags, context)))
}

async function redeemLegs(ids: readonly Hex[], flags: Flags, context: Context): Promise<ExitCode> {
  requireOneWay(ids, flags)
  const connection = await openVault(flags, context)
  const isEther = movesEther(flags, connection.token)
  const signer = await openSigner(flags, context)
  const views = await viewsOf(ids, connection, signer.address)
  for (const { snapshot } of views) requireFresh(snapshot.atTime, context.now(), flags.maxAge)
  const sorted =
    flags.all === true
      ? sortedOf(views)
      : { payable: views.map((view) => redemptionOf(view, flags, connection)), skipped: [] }
  if (sorted.payable.length === 0) {
    reportNothing(sorted, connection, { flags, context })
    return sorted.skipped.some(({ snapshot }) => snapshot.settlement === undefined) ? EXIT.notFinal : EXIT.ok
  }
  const action: Action = {
    ...actionOf(sorted, isEther, connection),
    recheck: async () => {
      const known = sorted.payable.map(({ view }) => view)
      const read = (view: SeriesView): Promise<SeriesView> => readSeriesView(connection, view, signer.address)
      const now = await inParts(known, read, connection.onPart('series'))
      for (const [i, view] of known.entries()) requireSame(view, now[i] ?? view, connection)
    },
  }
  const performed = await perform(action, { connection, signer, flags, context })
  report(sorted, performed, isEther, connection, { flags, context })
  return EXIT.ok
}

function requireOneWay(ids: readonly Hex[], { all, p, n }: Flags): void {
  if ((ids.length === 0) === (all !== true)) {
    const got = ids.length === 0 ? 'neither' : 'both'
    throw new InputError(`Expected a series or --all, got ${got}.`, 'Name those to redeem, or say --all.')
  }
  if ((p === undefined && n === undefined) || ids.length === 1) return
  throw new InputError(
    `Expected one series with --p or --n, got ${all === true ? 'all' : ids.length}.`,
    'Name one, or leave both out to redeem all of both legs.',
  )
}

/** Those that are named, else all of which the account holds something. */
async function viewsOf(ids: readonly Hex[], connection: VaultConnection, holder: Hex): Promise<SeriesView[]> {
  const onPart = connection.onPart('series')
  if (ids.length > 0) return inParts(ids, (id) => findSeries(connection, id, holder), onPart)
  const announced = await connection.readSeries(connection.vault)
  const views = await inParts(announced, (one) => readSeriesView(connection, one, holder), onPart)
  return views.filter(({ legs }) => legs !== undefined && legs.p + legs.n > 0n)
}

function actionOf(
  { payable, skipped }: Sorted,
  isEther: boolean,
  connection: VaultConnection,
): Omit<Action, 'recheck'> {
  const { token } = connection
  const total = totalOf(payable)
  const lines = payable.flatMap((one) => [
    ...seriesLines(one.view, connection),
    `give      ${legsText(one.legs, token)}`,
    `get       ${formatAmount(one.pays, token)}`,
  ])
  const what = legsOf(payable, connection)
  const parts = Array.from({ length: Math.ceil(payable.length / MOST_TOGETHER) }, (_, i) =>
    payable.slice(i * MOST_TOGETHER, (i + 1) * MOST_TOGETHER),
  )
  return {
    steps: parts.map((part) => stepOf(part, isEther, connection)),
    gain: total,
    lines: [
      ...lines,
      ...skippedLines(skipped, connection),
      ...(payable.length > 1 ? [`total     ${formatAmount(total, token)}`] : []),
    ],
    question: `Redeem ${what} for ${formatAmount(total, token)}?`,
  }
}

/** What is given, in words. */
function legsOf(payable: readonly Redemption[], { token }: VaultConnection): string {
  const [only, ...others] = payable
  return only === undefined || others.length > 0 ? `legs of ${payable.length} series` : legsText(only.legs, token)
}

/** The transaction that redeems all of them. */
function stepOf(payable: readonly Redemption[], isEther: boolean, connection: VaultConnection): Step {
  const { vault } = connection
  const callOf = isEther ? redeemToEtherCall : redeemCall
  const calls = payable.map(({ view, legs }) => callOf(vault, view.series, legs))
  const label = `redeem ${legsOf(payable, connection)}`
  const [only, ...others] = calls
  return { label, call: only !== undefined && others.length === 0 ? only : togetherCall(vault, calls) }
}

type Setting = { readonly flags: Flags; readonly context: Context }

function report(
  { payable, skipped }: Sorted,
  performed: Performed,
  isEther: boolean,
  connection: VaultConnection,
  { flags, context }: Setting,
): void {
  const { token, vault } = connection
  const paid = paidIn(
    vault,
    performed.sent.flatMap(({ logs }) => logs),
  )
  const more = { ...vaultFields(connection), ...partsDocument({ payable, skipped }), paid: paid.toString() }
  const lines = [`Redeemed for ${isEther ? formatAmount(paid, token) : formatPaid(paid, token)}.`]
  reportPerformed(
    performed,
    { action: 'redeem', amount: totalOf(payable), more },
    { connection, flags, context, lines },
  )
}

/** What is said where nothing pays now. */
function reportNothing(sorted: Sorted, connection: VaultConnection, { flags, context: { io } }: Setting): void {
  if (flags.json === true) {
    const { version, chainId, oracle, ...fields } = vaultDocument(connection)
    const empty = {
      amount: '0',
      ...fields,
      ...partsDocument(sorted),
      paid: '0',
      gas: { likely: '0', most: '0' },
      isSent: false,
      steps: [],
    }
    io.out(JSON.stringify({ version, chainId, oracle, action: 'redeem', ...empty }, undefined, 2))
    return
  }
  for (const line of skippedLines(sorted.skipped, connection)) io.out(line)
  io.out(sorted.skipped.length === 0 ? 'Nothing is held there: nothing to redeem.' : 'Nothing pays now.')
}
