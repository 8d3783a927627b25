import { type Command, Option } from 'commander'
import { type Address, getAddress, type Hex, zeroAddress } from 'viem'
import { receiptTransferCall } from '#client/oracle-writer.ts'
import { formatValue } from '#protocol/decimal.ts'
import type { Kind } from '#protocol/fixing.ts'
import { type Action, perform } from '../chain/action.ts'
import { address, type Amount, amount, baseUnits, hash, indexValue, whole } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing } from '../fixing/fixing-source.ts'
import { formatAmount } from '../format.ts'
import { type Held, heldOf, receiptName } from '../fixing/held.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'

type Which = { readonly kind?: Kind; readonly round?: number; readonly value?: bigint; readonly amount?: Amount }
type Flags = NetworkFlags & SigningFlags & Which

const EXAMPLES = `
Whoever holds a receipt claims with it: what is handed on is gone, with all that it may pay. Of several receipts of one fixing, say which.

Examples:
  assize receipts transfer 0x12ab… 0x34…
  assize receipts transfer 0x12ab… 0x34… --kind stake --round 1 --value 2500.10 --amount 0.05eth
  assize receipts transfer 0x12ab… 0x34… --dry-run --account 0x56…`

/** Adds `assize receipts transfer`: hands a receipt on, whole or in part. */
export function defineReceiptsTransfer(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('transfer')
    .description('Hand a receipt on to another account, whole or in part.')
    .argument('<fixing>', 'its id', hash)
    .argument('<to>', 'who gets it', address)
    .addOption(new Option('--kind <kind>', 'which, of several').choices(['stake', 'appeal', 'request', 'fund']))
    .option('--round <n>', 'which, of several', whole)
    .option('--value <value>', 'which, of several: in index units, or INVALID', indexValue)
    .option('--amount <amount>', 'only so much of it, such as 0.05eth (default: all)', amount)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, to: Address, flags: Flags) => done(await transfer(id, to, flags, context)))
}

async function transfer(id: Hex, to: Address, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const signer = await openSigner(flags, context)
  requireRecipient(to, signer.address, connection.oracle)
  const found = await findFixing(connection, id)
  requireFresh(found.view.snapshot.atTime, context.now(), flags.maxAge)
  const held = chosen(await heldOf(connection, { ...found, id }, signer.address), flags, connection)
  const handed = flags.amount === undefined ? held.amount : baseUnits(flags.amount, connection.token)
  requireHeld(handed, held, connection)
  const action = actionOf(held, to, handed, connection)
  const performed = await perform(action, { connection, signer, flags, context })
  const lines = [`Handed on. ${to} claims it now.`]
  const deed = { action: 'transfer', id, value: held.value, round: held.round, amount: handed }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

function requireRecipient(to: Address, own: Address, oracle: Address): void {
  const recipient = getAddress(to)
  const got =
    recipient === zeroAddress
      ? 'nobody'
      : recipient === oracle
        ? 'the oracle'
        : recipient === own
          ? 'itself'
          : undefined
  if (got === undefined) return
  throw new InputError(`Expected another account to hand it to, got ${got}.`, 'Check the address.')
}

/** The one receipt that was meant. */
function chosen(all: readonly Held[], { kind, round, value }: Which, connection: Connection): Held {
  const fitting = all.filter(
    (held) =>
      (kind === undefined || held.kind === kind) &&
      (round === undefined || held.round === round) &&
      (value === undefined || held.value === value),
  )
  const [one, ...others] = fitting
  if (one !== undefined && others.length === 0) return one
  const list = (held: readonly Held[]): string => held.map(flagsOf).join('; ')
  if (one !== undefined) {
    throw new InputError(`Expected one receipt, got ${fitting.length}.`, `Say which: ${list(fitting)}`)
  }
  throw new InputError(
    'Expected a receipt of that fixing that the account holds, got none.',
    all.length === 0 ? `See ${connection.paste('receipts')}` : `It holds: ${list(all)}`,
  )
}

function flagsOf({ kind, round, value }: Held): string {
  return `--kind ${kind} --round ${round}${value === 0n ? '' : ` --value ${formatValue(value)}`}`
}

function requireHeld(handed: bigint, held: Held, { token }: Connection): void {
  if (handed > 0n && handed <= held.amount) return
  const most = formatAmount(held.amount, token, token.decimals)
  throw new InputError(
    `Expected an amount above zero and at most ${most}, got ${formatAmount(handed, token, token.decimals)}.`,
    'Leave --amount out to hand on all.',
  )
}

function actionOf(held: Held, to: Address, handed: bigint, { oracle, token }: Connection): Action {
  const what = `${formatAmount(handed, token)} of ${receiptName(held)}`
  return {
    steps: [{ label: `hand on ${what}`, call: receiptTransferCall(oracle, held.id, held, { to, amount: handed }) }],
    lines: [`receipt   ${what}, fixing ${held.id}`, `to        ${to}, for good`],
    question: `Hand it on to ${to}?`,
  }
}
