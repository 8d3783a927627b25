import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { eventsOf } from '#client/fixing-log.ts'
import { claimCall } from '#client/oracle-writer.ts'
import { unwrapCall, wethBalance } from '#client/weth.ts'
import { type Action, perform, type Performed } from '../chain/action.ts'
import type { Step } from '../chain/send-steps.ts'
import { hash } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing } from '../fixing/fixing-source.ts'
import { formatAmount, formatPaid } from '../format.ts'
import { type Held, heldAnywhere, heldOf, receiptDocument, receiptName, trialText } from '../fixing/held.ts'
import type { Io } from '../io.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { openSigner } from '../chain/signer.ts'
import { fittedRows } from '../table.ts'

type Flags = NetworkFlags & SigningFlags & { readonly all?: true; readonly unwrap?: true }

/** Receipts that pay now; the others are skipped. */
type Sorted = { readonly payable: readonly (Held & { readonly paid: bigint })[]; readonly skipped: readonly Held[] }

/** What is to be done: the claims, and how much WETH becomes ETH after them. Wei. */
type Plan = Sorted & {
  readonly total: bigint
  /** The account's WETH before that; 0 where stake is in another token. */
  readonly held: bigint
  /** What was paid; where nothing pays, all that is held. 0 without --unwrap. */
  readonly unwrapped: bigint
}

const EXAMPLES = `
Where stake is in WETH, so is what is paid, unless --unwrap is given. Repeated with it, where nothing pays any more, it makes
ETH of all the WETH that the account holds, whatever that is from.

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
    .option('--unwrap', 'turn what was paid into ETH; where nothing pays, the WETH that the account holds')
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
  const receipts =
    one === undefined
      ? await heldAnywhere(connection, await connection.readLog(), signer.address)
      : await heldOf(connection, { ...one, id: one.view.snapshot.id }, signer.address)
  const plan = await planOf(sort(receipts), flags, connection, signer.address)
  const setting = { connection, flags, context, account: signer.address, which: id ?? '--all' }
  const isIdle = plan.payable.length === 0 && plan.unwrapped === 0n
  const performed = isIdle ? undefined : await perform(actionOf(plan, setting), { connection, signer, flags, context })
  report(plan, performed, setting)
  return plan.payable.length === 0 && isEarly(plan) ? EXIT.notFinal : EXIT.ok
}

async function planOf(sorted: Sorted, flags: Flags, { chain, token }: Connection, account: Address): Promise<Plan> {
  const total = sorted.payable.reduce((sum, { paid }) => sum + paid, 0n)
  const held = token.isWeth ? await wethBalance(chain, token.address, account) : 0n
  // A fixing that is named and not due yet is claimed by the same command later: that is no order about all that is held.
  const left = flags.all !== true && isEarly(sorted) ? 0n : held
  const toUnwrap = sorted.payable.length === 0 ? left : total
  return { ...sorted, total, held, unwrapped: flags.unwrap === true ? toUnwrap : 0n }
}

/** Whether some receipts are not due yet. */
function isEarly({ skipped }: Sorted): boolean {
  return skipped.some(({ trial }) => trial.kind === 'refused')
}

function sort(held: readonly Held[]): Sorted {
  return {
    payable: held.flatMap((one) =>
      one.trial.kind === 'paid' && one.trial.paid > 0n ? [{ ...one, paid: one.trial.paid }] : [],
    ),
    skipped: held.filter(({ trial }) => trial.kind === 'refused' || trial.paid === 0n),
  }
}

function actionOf(plan: Plan, { connection: { oracle, token }, context: { io }, account }: Setting): Action {
  const { payable, total, unwrapped } = plan
  const steps: Step[] = payable.map((held) => ({
    label: `claim ${formatAmount(held.paid, token)} for ${receiptName(held)}`,
    call: claimCall(oracle, held.fixing, held),
  }))
  if (unwrapped > 0n)
    steps.push({ label: `unwrap ${formatAmount(unwrapped, token)}`, call: unwrapCall(token.address, unwrapped) })
  if (payable.length === 0) {
    const amount = formatAmount(unwrapped, { ...token, isWeth: false })
    return {
      steps,
      lines: [...heldLines(plan, token, io), `unwrap    ${amount}, all that ${account} holds`],
      question: `Make ETH of ${amount}?`,
    }
  }
  return {
    steps,
    gain: total,
    lines: [...heldLines(plan, token, io), `total     ${formatAmount(total, token)}`],
    question: `Claim ${formatAmount(total, token)}?`,
  }
}

function heldLines({ payable, skipped }: Sorted, token: Connection['token'], io: Io): string[] {
  const row = (held: Held): string[] => [
    held.id,
    receiptName(held),
    formatAmount(held.amount, token),
    trialText(held, token),
  ]
  const rows = [
    ...payable.map(row),
    ...skipped.map((held) => [...row(held).slice(0, -1), `skipped: ${trialText(held, token)}`]),
  ]
  return fittedRows({ rows }, io).rows.flat()
}

type Setting = {
  readonly connection: Connection
  readonly flags: Flags
  readonly context: Context
  readonly account: Address
  /** What was to be claimed: a fixing's id, or --all. */
  readonly which: string
}

function report(plan: Plan, performed: Performed | undefined, setting: Setting): void {
  const { connection, flags, context, account } = setting
  const { io } = context
  const { chain, oracle } = connection
  const paid = (performed?.sent ?? [])
    .flatMap(({ logs }) => eventsOf(oracle, logs))
    .reduce((sum, event) => (event.eventName === 'Claimed' ? sum + event.args.paid : sum), 0n)
  if (flags.json === true) {
    io.out(JSON.stringify(documentOf(plan, performed, { chainId: chain.chainId, oracle, account, paid }), undefined, 2))
    return
  }
  for (const line of performed === undefined ? idleLines(plan, setting) : doneLines(plan, performed, paid, setting))
    io.out(line)
}

function idleLines(plan: Plan, setting: Setting): string[] {
  const why =
    plan.skipped.length === 0 ? `${setting.account} holds no receipts there: nothing to claim.` : 'Nothing pays now.'
  return [...heldLines(plan, setting.connection.token, setting.context.io), why, ...leftLines(plan.held, plan, setting)]
}

function doneLines(plan: Plan, { sent }: Performed, paid: bigint, setting: Setting): string[] {
  const { payable, held, unwrapped } = plan
  const { token } = setting.connection
  if (sent.length === 0) return ['Nothing was sent.']
  const done =
    payable.length === 0
      ? `Unwrapped ${formatAmount(unwrapped, token)}.`
      : `Claimed ${unwrapped > 0n ? formatAmount(paid, token) : formatPaid(paid, token)}.`
  return [done, ...leftLines(held + paid - unwrapped, plan, setting)]
}

/** What of the account is WETH still, and the command that makes ETH of it; no line for none. */
function leftLines(left: bigint, plan: Plan, { connection: { token, paste }, account, which }: Setting): string[] {
  if (left <= 0n) return []
  const amount = formatAmount(left, { ...token, isWeth: false })
  return [
    `${account} holds ${amount}. To have it as ETH: ${paste('claim', isEarly(plan) ? '--all' : which, '--unwrap')}`,
  ]
}

function documentOf(
  { payable, skipped, unwrapped }: Plan,
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
    ...(unwrapped === 0n
      ? {}
      : {
          unwrap: {
            amount: unwrapped.toString(),
            transaction: performed?.sent[payable.length]?.transactionHash ?? null,
          },
        }),
    gas:
      performed === undefined
        ? null
        : { likely: performed.costs.likely.toString(), most: performed.costs.most.toString() },
    isSent: (performed?.sent.length ?? 0) > 0,
  }
}
