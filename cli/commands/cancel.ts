import type { Command } from 'commander'
import type { Address, LocalAccount } from 'viem'
import { cancel, type Cancelled, readWaiting, replacingFees, usualLimit, type Waiting } from '#client/cancel.ts'
import { type Chain, DeadRpcError } from '#client/chain.ts'
import { WaitingTransactionError } from '#client/errors.ts'
import { CANCEL_GAS } from '#client/fees.ts'
import { readNonceUse } from '#client/nonce-use.ts'
import { type Outlook, readOutlook } from '#client/transaction.ts'
import { LAG_MS, lookFor, requireNoneWaiting } from '#client/waiting.ts'
import { smaller } from '#protocol/rational.ts'
import { ether, whole } from '../arguments.ts'
import { confirm } from '../chain/confirm.ts'
import { nodeCalls, type Plan, planLines, reportCancelled } from '../chain/cancellation.ts'
import { openChain, requireFresh } from '../chain/connection.ts'
import { openSigner } from '../chain/signer.ts'
import type { SenderFlags } from '../chain/waiting.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { ETHER, formatAmount } from '../format.ts'
import { addChainOption, addEndpointOption, addKeyOptions, addSendingOptions } from '../options.ts'

type Flags = SenderFlags & {
  readonly nonce?: number
  readonly account?: Address
  /** Wei. */
  readonly max?: bigint
  readonly maxAge: number
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

/** How many nonces from the next one on are taken back at most: as many as geth keeps of one account in any case (txpool.accountslots). */
const NONCES_AHEAD = 16

const EXPLANATION = `
Every transaction of the account that the endpoint has and no block has is replaced by an empty one with the same nonce at a higher fee, the
last first. Of all that have one nonce only one is ever mined: what was cancelled costs nothing but the gas of the empty one, and the
command that sent it can be repeated. What was mined before it could be replaced is named: it is done, look before you repeat. Exit 1: so
it was with one of them at least, or some still wait, or nothing waits. Then nothing is known of what was sent: it may be mined, or waits where
the endpoint does not show it. In JSON isRepeatable says whether what was sent can be repeated without a look.

Some endpoints show nothing that waits, as those that keep it from everybody but miners. With --nonce all nonces up to that one count as
waiting, from the first that no block has. The command that sent it says which it is. One that a block has is refused with what has it.

Not with the key of a node that runs: it replaces its own, and both would outbid each other. A juror's vote that is taken back and then
comes too late costs the seat's stake.

Examples:
  assize cancel
  assize cancel --dry-run --account 0x34…
  assize cancel --max 0.01eth --yes
  assize cancel --nonce 7`

/** Adds `assize cancel`: frees the nonces of transactions that nobody mines. */
export function defineCancel(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = addEndpointOption(program.command('cancel'))
  addKeyOptions(addChainOption(command))
    .option('--nonce <n>', 'up to this one at least, though the endpoint shows none that waits', whole)
    .option(
      '--max <amount>',
      'bid up to this for gas in all (default: four times what is usual now, or what waits offers)',
      ether,
    )
  addSendingOptions(command)
    .option('--json', 'print one JSON document on stdout; talk goes to stderr')
    .addHelpText('after', EXPLANATION)
    .action(async (flags: Flags) => done(await cancelWaiting(flags, context)))
}

async function cancelWaiting(flags: Flags, context: Context): Promise<ExitCode> {
  const chain = await openChain(flags, context)
  const { address, account } = await openSigner(flags, context)
  const outlook = await lookForWaiting(chain, address, flags.nonce)
  requireFresh(outlook.time, context.now(), flags.maxAge)
  const waiting = await readWaiting(chain, address, await upToNonce(chain, address, outlook, flags.nonce))
  const plan = planOf(address, outlook, waiting, flags.max)
  for (const line of planLines(plan, chain)) {
    if (flags.json === true) context.io.err(line)
    else context.io.out(line)
  }
  const ended = account === undefined ? undefined : await carryOut(plan, chain, account, flags, context)
  const isRepeatable =
    ended !== undefined && ended.every(({ kind }) => kind === 'cancelled') && (await isFree(chain, address))
  reportCancelled(plan, { ended, isRepeatable }, chain, flags, context)
  // What nothing is known of may be mined: a script that repeats it after exit 0 would stake twice.
  const isDone = ended === undefined ? waiting.length > 0 : isRepeatable
  return isDone ? EXIT.ok : EXIT.failed
}

/** Looks for ten seconds for something that waits, or may with `nonce`: one machine of an endpoint may lag. Throws DeadRpcError. */
async function lookForWaiting(chain: Chain, account: Address, nonce: number | undefined): Promise<Outlook> {
  const found = await lookFor(chain, LAG_MS, async () => {
    const outlook = await readOutlook(chain, account)
    const { mined, pending } = outlook
    const isThere = nonce === undefined ? pending > mined : nonce < mined + NONCES_AHEAD
    return isThere ? outlook : undefined
  })
  return found ?? readOutlook(chain, account)
}

/** The counts with `nonce`, if one is named, as that of what waits. Throws RefusedError if a block has it, InputError if none can soon. */
async function upToNonce(
  chain: Chain,
  account: Address,
  { mined, pending }: Outlook,
  nonce: number | undefined,
): Promise<Pick<Outlook, 'mined' | 'pending'>> {
  if (nonce === undefined) return { mined, pending }
  if (nonce < mined) {
    const use = await readNonceUse(chain, account, nonce)
    const got = use === undefined ? 'one that was used before' : `block ${use.block} has ${use.hash}`
    throw new RefusedError(
      `Expected a nonce that no block has, got ${nonce}: ${got}.`,
      'Nothing was sent. What it did is done: look before you repeat anything.',
    )
  }
  if (nonce < mined + NONCES_AHEAD) return { mined, pending: Math.max(pending, nonce + 1) }
  throw new InputError(
    `Expected a nonce from ${mined} to ${mined + NONCES_AHEAD - 1}, got ${nonce}.`,
    'So many ahead it cannot be mined soon: all before it have to be mined first.',
  )
}

/** Whether the endpoint shows nothing more that waits: what comes behind a missing nonce is shown by none. */
async function isFree(chain: Chain, account: Address): Promise<boolean> {
  try {
    await requireNoneWaiting(chain, account)
    return true
  } catch (error) {
    if (error instanceof WaitingTransactionError || error instanceof DeadRpcError) return false
    throw error
  }
}

/** Throws InputError if --max or the balance does not pay for it, or nothing without blobs can take the place of what waits. */
function planOf(account: Address, outlook: Outlook, waiting: readonly Waiting[], max: bigint | undefined): Plan {
  const withBlobs = waiting.find(({ transaction }) => transaction?.type === 'eip4844')
  if (withBlobs !== undefined) {
    throw new InputError(
      `Expected transactions without blobs, got nonce ${withBlobs.nonce} with some.`,
      'Nothing else takes the place of such a one: replace it with what sent it.',
    )
  }
  const gas = CANCEL_GAS * BigInt(waiting.length)
  if (gas === 0n) return { account, outlook, waiting, limit: 0n, costs: { likely: 0n, most: 0n } }
  const wanted = max === undefined ? usualLimit(waiting, outlook) : max / gas
  const limit = smaller(wanted, outlook.balance / gas)
  const tips = waiting.map((one) => {
    const needed = replacingFees(one, outlook)?.maxFeePerGas ?? 0n
    const fees = replacingFees(one, outlook, limit)
    if (fees !== undefined) return fees.maxPriorityFeePerGas
    const short = formatAmount(gas * needed, ETHER)
    if (outlook.balance < gas * needed)
      throw new InputError(
        `Expected ${short} for gas, got ${formatAmount(outlook.balance, ETHER)}.`,
        'Send the account more ETH.',
      )
    throw new InputError(
      `Expected to spend at most ${formatAmount(gas * limit, ETHER)}, got ${short} for gas.`,
      'Raise --max, or wait until gas is cheaper.',
    )
  })
  const likely = tips.reduce((sum, tip) => sum + CANCEL_GAS * smaller(limit, outlook.baseFee + tip), 0n)
  return { account, outlook, waiting, limit, costs: { likely, most: gas * limit } }
}

/** Asks, looks again and cancels; undefined where nothing is to be sent. Throws RefusedError if all was mined meanwhile. */
async function carryOut(
  { waiting, limit, account }: Plan,
  chain: Chain,
  signer: LocalAccount,
  flags: Flags,
  context: Context,
): Promise<readonly Cancelled[] | undefined> {
  const { length } = waiting
  if (flags.dryRun === true || length === 0) return undefined
  const names = nodeCalls(waiting).join(', ')
  const what = `${length === 1 ? 'it' : `all ${length}`}${names === '' ? '' : `, a node's ${names} too`}`
  await confirm(`Cancel ${what}?`, { flags, context })
  const market = await readOutlook(chain, account)
  if (waiting.every(({ nonce }) => nonce < market.mined)) {
    throw new RefusedError(
      `Expected ${length === 1 ? 'a transaction that waits' : 'transactions that wait'}, got none any more: mined meanwhile.`,
      'Nothing was sent. What it did is done: look before you repeat anything.',
    )
  }
  context.signal.throwIfAborted()
  return cancel(chain, signer, waiting, {
    market,
    limit,
    onSent: (nonce, hash) => context.io.err(`nonce ${nonce}: sent, ${hash}`),
  })
}
