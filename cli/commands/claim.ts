import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { eventsOf } from '#client/fixing-log.ts'
import { claimCall } from '#client/oracle-writer.ts'
import { unwrapCall } from '#client/weth.ts'
import { type Action, perform, type Performed, type Step } from '../chain/action.ts'
import { hash } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing } from '../fixing/fixing-source.ts'
import { formatAmount, formatColumns } from '../format.ts'
import { type Held, heldAnywhere, heldOf, receiptDocument, receiptName, trialText } from '../fixing/held.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { openSigner } from '../chain/signer.ts'

type Flags = NetworkFlags & SigningFlags & { readonly all?: true; readonly unwrap?: true }

/** Receipts that pay now; the others are skipped. */
type Sorted = { readonly payable: readonly (Held & { readonly paid: bigint })[]; readonly skipped: readonly Held[] }

const EXAMPLES = `
Examples:
  assize claim 0x12ab…
  assize claim --all --unwrap --yes
  assize claim 0x12ab… --dry-run --account 0x34…`

/** Adds `assize claim`: burns receipts for what they pay. */
export function defineClaim(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('claim')
    .description(
      `Claim every receipt that pays, of one fixing or of all. Exit ${EXIT.notFinal}: some are not due yet, none is.`,
    )
    .argument('[fixing]', 'its id', hash)
    .option('--all', 'every fixing that was created')
    .option('--unwrap', 'turn what was paid into ETH')
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex | undefined, flags: Flags) => done(await claimReceipts(id, flags, context)))
}

async function claimReceipts(id: Hex | undefined, flags: Flags, context: Context): Promise<ExitCode> {
  if ((id === undefined) === (flags.all !== true)) {
    const got = id === undefined ? 'neither' : 'both'
    throw new InputError(
      `Expected a fixing or --all, got ${got}.`,
      'Name the one whose receipts to claim, or say --all.',
    )
  }
  const connection = await openOracle(flags, context)
  if (flags.unwrap === true && !connection.token.isWeth) {
    throw new InputError(`Expected stake in WETH with --unwrap, got ${connection.token.symbol}.`, 'Leave --unwrap out.')
  }
  const one = id === undefined ? undefined : await findFixing(connection, id)
  const signer = await openSigner(flags, context)
  const sorted = sort(
    one === undefined
      ? await heldAnywhere(connection, await connection.readLog(), signer.address)
      : await heldOf(connection, { ...one, id: one.view.snapshot.id }, signer.address),
  )
  if (sorted.payable.length === 0) {
    report(sorted, undefined, { connection, flags, context, account: signer.address })
    return sorted.skipped.some(({ trial }) => trial.kind === 'refused') ? EXIT.notFinal : EXIT.ok
  }
  const performed = await perform(actionOf(sorted, flags, connection), { connection, signer, flags, context })
  report(sorted, performed, { connection, flags, context, account: signer.address })
  return EXIT.ok
}

function sort(held: readonly Held[]): Sorted {
  return {
    payable: held.flatMap((one) =>
      one.trial.kind === 'paid' && one.trial.paid > 0n ? [{ ...one, paid: one.trial.paid }] : [],
    ),
    skipped: held.filter(({ trial }) => trial.kind === 'refused' || trial.paid === 0n),
  }
}

function actionOf(sorted: Sorted, { unwrap }: Flags, { oracle, token }: Connection): Action {
  const { payable } = sorted
  const total = payable.reduce((sum, { paid }) => sum + paid, 0n)
  const steps: Step[] = payable.map((held) => ({
    label: `claim ${formatAmount(held.paid, token)} for ${receiptName(held)}`,
    call: claimCall(oracle, held.fixing, held),
  }))
  if (unwrap === true)
    steps.push({ label: `unwrap ${formatAmount(total, token)}`, call: unwrapCall(token.address, total) })
  return {
    steps,
    amount: 0n,
    claims: 0,
    gain: total,
    lines: [...heldLines(sorted, token), `total     ${formatAmount(total, token)}`],
    question: `Claim ${formatAmount(total, token)}?`,
  }
}

function heldLines({ payable, skipped }: Sorted, token: Connection['token']): string[] {
  const row = (held: Held): string[] => [
    held.id,
    receiptName(held),
    formatAmount(held.amount, token),
    trialText(held, token),
  ]
  return formatColumns([
    ...payable.map(row),
    ...skipped.map((held) => [...row(held).slice(0, -1), `skipped: ${trialText(held, token)}`]),
  ])
}

type Setting = {
  readonly connection: Connection
  readonly flags: Flags
  readonly context: Context
  readonly account: Address
}

function report(
  sorted: Sorted,
  performed: Performed | undefined,
  { connection, flags, context, account }: Setting,
): void {
  const { io } = context
  const { chain, oracle, token } = connection
  const paid = (performed?.sent ?? [])
    .flatMap(({ logs }) => eventsOf(oracle, logs))
    .reduce((sum, event) => (event.eventName === 'Claimed' ? sum + event.args.paid : sum), 0n)
  if (flags.json === true) {
    io.out(
      JSON.stringify(documentOf(sorted, performed, { chainId: chain.chainId, oracle, account, paid }), undefined, 2),
    )
    return
  }
  if (performed === undefined) {
    for (const line of heldLines(sorted, token)) io.out(line)
    io.out(sorted.skipped.length === 0 ? `${account} holds no receipts there: nothing to claim.` : 'Nothing pays now.')
  } else if (performed.sent.length === 0) io.out('Nothing was sent.')
  else
    io.out(
      `Claimed ${formatAmount(paid, token)}${flags.unwrap === true || !token.isWeth ? '' : ' (as WETH; --unwrap makes ETH of it)'}.`,
    )
}

function documentOf(
  { payable, skipped }: Sorted,
  performed: Performed | undefined,
  {
    paid,
    ...place
  }: { readonly chainId: number; readonly oracle: Address; readonly account: Address; readonly paid: bigint },
): Record<string, unknown> {
  const receipt = (held: Held): Record<string, unknown> => ({ fixing: held.id, ...receiptDocument(held) })
  return {
    version: 1,
    ...place,
    action: 'claim',
    claims: payable.map((held, i) => ({
      ...receipt(held),
      pays: held.paid.toString(),
      transaction: performed?.sent[i]?.transactionHash ?? null,
    })),
    skipped: skipped.map((held) => ({
      ...receipt(held),
      reason: held.trial.kind === 'refused' ? held.trial.errorName : 'Lost',
    })),
    paid: paid.toString(),
    gas:
      performed === undefined
        ? null
        : { likely: performed.costs.likely.toString(), most: performed.costs.most.toString() },
    isSent: (performed?.sent.length ?? 0) > 0,
  }
}
