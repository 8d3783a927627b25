import type { Command } from 'commander'
import type { Address, LocalAccount } from 'viem'
import { calledFunction } from '#client/called-function.ts'
import {
  cancel,
  type Cancelled,
  isEmpty,
  readWaiting,
  replacingFees,
  usualLimit,
  type Waiting,
} from '#client/cancel.ts'
import { type Chain, DeadRpcError } from '#client/chain.ts'
import { WaitingTransactionError } from '#client/errors.ts'
import { CANCEL_GAS } from '#client/fees.ts'
import { type Outlook, readOutlook } from '#client/transaction.ts'
import { LAG_MS, lookFor, requireNoneWaiting } from '#client/waiting.ts'
import { smaller } from '#protocol/rational.ts'
import { ether } from '../arguments.ts'
import { confirm } from '../chain/action.ts'
import { openChain, requireFresh } from '../chain/connection.ts'
import { openSigner } from '../chain/signer.ts'
import { cancelCommand, type SenderFlags } from '../chain/waiting.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { ETHER, formatAmount, formatGwei } from '../format.ts'
import { addChainOption, addEndpointOption, addKeyOptions, addSendingOptions } from '../options.ts'

type Flags = SenderFlags & {
  readonly account?: Address
  /** Wei. */
  readonly max?: bigint
  readonly maxAge: number
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

/** What is to be cancelled, and what that costs; fees are wei per gas, costs wei. */
type Plan = {
  readonly account: Address
  readonly outlook: Outlook
  readonly waiting: readonly Waiting[]
  /** The most that a replacement offers. */
  readonly limit: bigint
  readonly costs: { readonly likely: bigint; readonly most: bigint }
}

/** What nodes send, and what is lost if it comes too late. */
const NODE_CALLS: Readonly<Record<string, string>> = {
  commit: "the seat's stake",
  reveal: "the seat's stake",
  attest: 'the reward',
  proposeAttested: 'the reward',
}

const EXPLANATION = `
Every transaction of the account that the endpoint has and no block has is replaced by an empty one with the same nonce at a higher fee, the
last first. Of all that have one nonce only one is ever mined: what was cancelled costs nothing but the gas of the empty one, and the
command that sent it can be repeated. What was mined before it could be replaced is named: it is done, look before you repeat. Exit 1: so
it was with one of them at least, or some still wait. Where nothing waits nothing is known of what was sent: it may be mined, or waits where
the endpoint does not show it. In JSON isRepeatable says whether what was sent can be repeated without a look.

Not with the key of a node that runs: it replaces its own, and both would outbid each other. A juror's vote that is taken back and then
comes too late costs the seat's stake.

Examples:
  assize cancel
  assize cancel --dry-run --account 0x34…
  assize cancel --max 0.01eth --yes`

/** Adds `assize cancel`: frees the nonces of transactions that nobody mines. */
export function defineCancel(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = addEndpointOption(program.command('cancel'))
  addKeyOptions(addChainOption(command)).option(
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
  const outlook = await lookForWaiting(chain, address)
  requireFresh(outlook.time, context.now(), flags.maxAge)
  const waiting = await readWaiting(chain, address, outlook)
  const plan = planOf(address, outlook, waiting, flags.max)
  for (const line of planLines(plan, chain)) {
    if (flags.json === true) context.io.err(line)
    else context.io.out(line)
  }
  const ended = account === undefined ? undefined : await carryOut(plan, chain, account, flags, context)
  const isRepeatable =
    ended !== undefined && ended.every(({ kind }) => kind === 'cancelled') && (await isFree(chain, address))
  report(plan, { ended, isRepeatable }, chain, flags, context)
  return ended === undefined || isRepeatable ? EXIT.ok : EXIT.failed
}

/** Looks for ten seconds for something that waits: one machine of an endpoint may lag. Throws DeadRpcError. */
async function lookForWaiting(chain: Chain, account: Address): Promise<Outlook> {
  const found = await lookFor(chain, LAG_MS, async () => {
    const outlook = await readOutlook(chain, account)
    return outlook.pending > outlook.mined ? outlook : undefined
  })
  return found ?? readOutlook(chain, account)
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

function planLines({ account, waiting, costs }: Plan, { rpcUrl }: Chain): string[] {
  if (waiting.length === 0) {
    return [
      `Nothing of ${account} waits at ${rpcUrl}.`,
      'What was sent is mined, dropped, or not shown by this endpoint: look before you repeat it, as with assize fixing show ID.',
    ]
  }
  return [
    `account   ${account}`,
    ...waiting.map((one) => `waits     nonce ${one.nonce}: ${describe(one)}`),
    ...nodeCalls(waiting).map(
      (name) => `node      ${name} is what nodes send, and replace themselves: too late it costs ${NODE_CALLS[name]}`,
    ),
    `steps     an empty transaction for each nonce, the last first: only one of both is ever mined`,
    `gas       about ${formatAmount(costs.likely, ETHER)}, at most ${formatAmount(costs.most, ETHER)}`,
  ]
}

/** The functions of {@link NODE_CALLS} that wait. */
function nodeCalls(waiting: readonly Waiting[]): string[] {
  const names = waiting.flatMap(({ transaction }) => calledFunction(transaction?.input ?? '0x') ?? [])
  return [...new Set(names)].filter((name) => Object.hasOwn(NODE_CALLS, name))
}

/** What waits, as far as the endpoint tells. */
function describe({ transaction }: Waiting): string {
  if (transaction === undefined) return 'the endpoint does not tell what'
  const { hash, to, input, value, maxFeePerGas, gasPrice = 0n } = transaction
  const name = calledFunction(input) ?? (input === '0x' ? 'a transfer' : 'a call')
  const what = to === null ? 'a new contract' : isEmpty(transaction) ? 'an empty transaction' : `${name} to ${to}`
  const worth = value === 0n ? '' : ` with ${formatAmount(value, ETHER)}`
  return `${what}${worth}, at most ${formatGwei(maxFeePerGas ?? gasPrice)} gwei per gas, ${hash}`
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

/** How each nonce ended, undefined where nothing was sent; and whether what was sent can be repeated without a look. */
type Outcome = { readonly ended: readonly Cancelled[] | undefined; readonly isRepeatable: boolean }

function report(plan: Plan, outcome: Outcome, chain: Chain, flags: Flags, context: Context): void {
  const { io } = context
  const { ended } = outcome
  if (flags.json === true) {
    io.out(JSON.stringify(documentOf(plan, outcome, chain), undefined, 2))
    return
  }
  if (plan.waiting.length === 0) return
  if (ended === undefined) io.out('Nothing was sent.')
  else for (const line of [...ended.map(endLine), ...nextLines(ended, outcome.isRepeatable, flags)]) io.out(line)
}

function endLine(end: Cancelled): string {
  switch (end.kind) {
    case 'cancelled':
      return `nonce ${end.nonce}: cancelled in block ${end.block}, ${end.hash}`
    case 'mined':
      return `nonce ${end.nonce}: too late, in block ${end.block} there is ${end.hash}`
    case 'used':
      return `nonce ${end.nonce}: used, by ${end.hash ?? 'what the endpoint does not tell'}`
    case 'pending':
      return `nonce ${end.nonce}: still waits, replaced by ${end.hash}`
    case 'kept':
      return `nonce ${end.nonce}: may be mined yet. ${end.why.message}`
  }
}

function nextLines(ended: readonly Cancelled[], isRepeatable: boolean, flags: SenderFlags): string[] {
  const some = (...kinds: readonly Cancelled['kind'][]): boolean => ended.some(({ kind }) => kinds.includes(kind))
  const lines: string[] = []
  if (some('mined')) lines.push('What was too late is done: look at what it did before you repeat anything.')
  if (some('used')) lines.push('What was used may be done: look before you repeat anything.')
  if (some('pending', 'kept')) lines.push(`Offer more: ${cancelCommand(flags)}`)
  if (lines.length > 0) return lines
  if (!isRepeatable) return ['Nothing of it was done, but more may wait by now: look with --dry-run before you repeat.']
  return [
    'Nothing waits any more as far as the endpoint shows, and nothing of it was done: what sent it can be repeated.',
  ]
}

function documentOf(
  { account, waiting, costs }: Plan,
  { ended, isRepeatable }: Outcome,
  { chainId }: Chain,
): Record<string, unknown> {
  return {
    version: 1,
    chainId,
    action: 'cancel',
    account,
    gas: { likely: costs.likely.toString(), most: costs.most.toString() },
    isSent: ended !== undefined,
    isRepeatable,
    transactions: waiting.map(({ nonce, transaction }, i) => {
      const end = ended?.[i]
      return {
        nonce,
        waiting: transaction?.hash ?? null,
        call: transaction === undefined ? null : (calledFunction(transaction.input) ?? null),
        end: end?.kind ?? null,
        transaction: end !== undefined && 'hash' in end ? (end.hash ?? null) : null,
        block: end !== undefined && 'block' in end ? Number(end.block) : null,
        error: end !== undefined && 'why' in end ? end.why.message : null,
      }
    }),
  }
}
