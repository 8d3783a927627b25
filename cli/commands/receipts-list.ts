import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { address, hash } from '../arguments.ts'
import { claimCommand, type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatPpm, type Token } from '../format.ts'
import type { Io } from '../io.ts'
import { fittedRows } from '../table.ts'
import { heldAnywhere, receiptDocument, receiptName, trialText } from '../fixing/held.ts'
import { type Valued, valuedOf } from '../fixing/valued.ts'
import { addNetworkOptions, type NetworkFlags } from '../options.ts'
import { viewerOf } from '../chain/signer.ts'

type Flags = NetworkFlags & { readonly account?: Address }

const EXAMPLES = `
What a receipt pays if its value wins is of the stakes as they stand; more stake can make it more, not less. The odds are what the stakes imply.

Examples:
  assize receipts list
  assize receipts 0x12ab… --account 0x34…
  assize receipts --json`

/** Adds `assize receipts list`: what an account holds, fixing by fixing. */
export function defineReceiptsList(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('list', { isDefault: true })
    .description('Every receipt of an account: what it pays now, or what it would pay, with the odds.')
    .argument('[fixing]', 'only of this one', hash)
    .option('--account <address>', 'whose (default: $ASSIZE_ACCOUNT, else that of $ASSIZE_KEYSTORE)', address)
  addNetworkOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex | undefined, flags: Flags) => done(await listReceipts(id, flags, context)))
}

async function listReceipts(id: Hex | undefined, flags: Flags, context: Context): Promise<ExitCode> {
  const holder = viewerOf(flags.account, context)
  if (holder === undefined) {
    throw new InputError('Expected an account, got none.', 'Give it with --account, or in ASSIZE_ACCOUNT.')
  }
  const connection = await openOracle(flags, context)
  const events = await connection.readLog(id)
  const held = await heldAnywhere(connection, events, holder)
  const valued = await valuedOf(held, connection, events)
  const { io } = context
  if (flags.json === true) io.out(JSON.stringify(documentOf(valued, connection, holder), undefined, 2))
  else for (const line of linesOf(valued, connection, holder, io)) io.out(line)
  return EXIT.ok
}

function linesOf(valued: readonly Valued[], { token, paste }: Connection, holder: Address, io: Io): string[] {
  if (valued.length === 0) return [`${holder} holds no receipts there.`]
  const rows = valued.map((one) => [one.id, receiptName(one), formatAmount(one.amount, token), worthText(one, token)])
  const payable = valued.some(({ trial }) => trial.kind === 'paid' && trial.paid > 0n)
  const [first] = valued
  return [
    ...fittedRows({ rows }, io).rows.flat(),
    ...(payable ? [`Take what pays: ${claimCommand({ token, paste }, '--all')}`] : []),
    `Hand one on: ${paste('receipts', 'transfer', first?.id ?? '', 'ADDRESS')}`,
  ]
}

function worthText(one: Valued, token: Token): string {
  const now = trialText(one, token)
  if (one.worth === undefined) return now
  const { ifRight, isLeast } = one.worth
  const chance = one.oddsPpm === undefined ? '' : ` (odds ${formatPpm(Number(one.oddsPpm))})`
  return `${now}; ${isLeast ? 'at least ' : ''}${formatAmount(ifRight, token)} if it wins${chance}`
}

function documentOf(
  valued: readonly Valued[],
  { chain, oracle, token }: Connection,
  account: Address,
): Record<string, unknown> {
  return {
    version: 1,
    chainId: chain.chainId,
    oracle,
    token: { address: token.address, symbol: token.symbol, decimals: token.decimals },
    account,
    receipts: valued.map((one) => ({
      fixing: one.id,
      ...receiptDocument(one),
      pays: one.trial.kind === 'paid' ? one.trial.paid.toString() : null,
      refusal: one.trial.kind === 'refused' ? one.trial.errorName : null,
      ifRight: one.worth?.ifRight.toString() ?? null,
      isLeast: one.worth?.isLeast ?? null,
      oddsPpm: one.oddsPpm === undefined ? null : Number(one.oddsPpm),
    })),
  }
}
