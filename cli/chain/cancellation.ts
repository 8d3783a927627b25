import type { Address } from 'viem'
import { calledFunction } from '#client/called-function.ts'
import { type Cancelled, isEmpty, type Waiting } from '#client/cancel.ts'
import type { Chain } from '#client/chain.ts'
import type { Outlook } from '#client/transaction.ts'
import type { Context } from '../context.ts'
import { ETHER, formatAmount, formatGwei } from '../format.ts'
import { cancelCommand, type SenderFlags } from './waiting.ts'

/** What is to be cancelled, and what that costs; fees are wei per gas, costs wei. */
export type Plan = {
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

/** What is to be cancelled and what it costs, in words. */
export function planLines({ account, outlook, waiting, costs }: Plan, { rpcUrl }: Chain): string[] {
  if (waiting.length === 0) {
    return [
      `Nothing of ${account} waits at ${rpcUrl}.`,
      'What was sent is mined, dropped, or not shown by this endpoint: look before you repeat it, as with assize fixing show ID.',
    ]
  }
  return [
    `account   ${account}`,
    ...waiting.map((one) => `waits     nonce ${one.nonce}: ${describe(one, outlook)}`),
    ...nodeCalls(waiting).map(
      (name) => `node      ${name} is what nodes send, and replace themselves: too late it costs ${NODE_CALLS[name]}`,
    ),
    `steps     an empty transaction for each nonce, the last first: only one of both is ever mined`,
    `gas       about ${formatAmount(costs.likely, ETHER)}, at most ${formatAmount(costs.most, ETHER)}`,
  ]
}

/** The functions that nodes call of those that wait. */
export function nodeCalls(waiting: readonly Waiting[]): string[] {
  const names = waiting.flatMap(({ transaction }) => calledFunction(transaction?.input ?? '0x') ?? [])
  return [...new Set(names)].filter((name) => Object.hasOwn(NODE_CALLS, name))
}

/** What waits, as far as the endpoint tells. */
function describe({ nonce, transaction }: Waiting, { pending }: Plan['outlook']): string {
  if (transaction === undefined)
    return nonce < pending ? 'the endpoint does not tell what' : 'the endpoint does not show it'
  const { hash, to, input, value, maxFeePerGas, gasPrice = 0n } = transaction
  const name = calledFunction(input) ?? (input === '0x' ? 'a transfer' : 'a call')
  const what = to === null ? 'a new contract' : isEmpty(transaction) ? 'an empty transaction' : `${name} to ${to}`
  const worth = value === 0n ? '' : ` with ${formatAmount(value, ETHER)}`
  return `${what}${worth}, at most ${formatGwei(maxFeePerGas ?? gasPrice)} gwei per gas, ${hash}`
}

/** How each nonce ended, undefined where nothing was sent; and whether what was sent can be repeated without a look. */
export type Outcome = { readonly ended: readonly Cancelled[] | undefined; readonly isRepeatable: boolean }

/** Says how it ended, or prints the one document that --json promises. */
export function reportCancelled(
  plan: Plan,
  outcome: Outcome,
  chain: Chain,
  flags: SenderFlags & { readonly json?: true },
  { io }: Context,
): void {
  const { ended } = outcome
  if (flags.json === true) {
    io.out(JSON.stringify(documentOf(plan, outcome, chain), undefined, 2))
    return
  }
  if (plan.waiting.length === 0) return
  if (ended === undefined) io.out('Nothing was sent.')
  else for (const line of [...ended.map(endLine), ...nextLines(plan, ended, outcome.isRepeatable, flags)]) io.out(line)
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

function nextLines(
  { outlook, waiting }: Plan,
  ended: readonly Cancelled[],
  isRepeatable: boolean,
  flags: SenderFlags,
): string[] {
  const some = (...kinds: readonly Cancelled['kind'][]): boolean => ended.some(({ kind }) => kinds.includes(kind))
  const hidden = waiting.filter(({ nonce }) => nonce >= outlook.pending)
  const lines: string[] = []
  if (some('mined')) lines.push('What was too late is done: look at what it did before you repeat anything.')
  if (some('used')) lines.push('What was used may be done: look before you repeat anything.')
  if (some('pending', 'kept')) lines.push(`Offer more: ${cancelCommand(flags, hidden.at(-1)?.nonce)}`)
  if (lines.length > 0) return lines
  if (!isRepeatable) return ['Nothing of it was done, but more may wait by now: look with --dry-run before you repeat.']
  if (hidden.length > 0) {
    return [
      `Nothing that had ${nonces(waiting)} was done or will be: what sent it can be repeated, unless it had another.`,
    ]
  }
  return [
    'Nothing waits any more as far as the endpoint shows, and nothing of it was done: what sent it can be repeated.',
  ]
}

function nonces(waiting: readonly Waiting[]): string {
  const [first, last] = [waiting[0]?.nonce, waiting.at(-1)?.nonce]
  return first === last ? `nonce ${first}` : `the nonces ${first} to ${last}`
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
