import type { Address, TransactionReceipt } from 'viem'
import { readPurse } from '#client/bond-token.ts'
import { latestBlock } from '#client/chain.ts'
import { type GasFee, readGasFee, rehearse, typicalGas } from '#client/rehearsal.ts'
import { GAS_MARGIN_PERCENT } from '#client/send.ts'
import { approveCall, wrapCall } from '#client/weth.ts'
import { baseUnits } from '../arguments.ts'
import { type Connection, requireFresh } from './connection.ts'
import { confirm } from './confirm.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { ETHER, formatAmount } from '../format.ts'
import { type Funding, fundingOf, requireFunds } from './funding.ts'
import type { Signer } from './signer.ts'
import { wrapped } from '../wrapped.ts'
import { type Sending, sendSteps, type Step } from './send-steps.ts'
import { requireNoneWaiting } from './waiting.ts'

/** What somebody is about to do. */
export type Action = {
  readonly steps: readonly Step[]
  /** What the oracle, or `taker` instead, takes: base units of the bond token; nothing by default. */
  readonly amount?: bigint
  /** What was typed, base units, which is held against --max where more cannot be taken; `amount` by default. */
  readonly asked?: bigint
  readonly taker?: { readonly name: string; readonly address: Address }
  /** What is done with what is given, for errors: `stake` by default. */
  readonly verb?: string
  /** How many claims will be needed to get it back: their gas is counted; none by default. */
  readonly claims?: number
  /** What can be gained at least if it goes well, base units; left out or undefined where nothing is meant to be gained. */
  readonly gain?: bigint | undefined
  /** What it is about, what can be won and lost. */
  readonly lines: readonly string[]
  readonly question: string
  /** Throws RefusedError if the chain moved on since the action was thought out; left out where simulating again tells. */
  readonly recheck?: () => Promise<void>
}

/** An action with what it left out. */
type WholeAction = Action & Required<Pick<Action, 'amount' | 'claims' | 'verb'>>

/** What an action costs, wei. */
export type Costs = {
  /** If gas stays as dear as it is. */
  readonly likely: bigint
  /** At the dearest that the transactions offer. */
  readonly most: bigint
  /** Of `likely`, the claim that comes later. */
  readonly later: bigint
}

/** What was done: every step that was sent, in order; none after --dry-run. */
export type Performed = {
  readonly costs: Costs
  readonly steps: readonly Step[]
  readonly sent: readonly TransactionReceipt[]
}

export type Performer = Sending & { readonly signer: Signer }

/** What claiming one receipt takes, gas: the dearest in test/bench/gas.json, rounded up. */
const RECEIPT_CLAIM_GAS = 62_000n

/**
 * Simulates the action, says what it costs and asks; then looks again, simulates again, sends and waits for every receipt.
 * Nothing is sent if the money does not suffice, --max is exceeded or cannot be held to, the person says no, the chain moved on, its newest block is
 * older than --max-age, or a transaction of the account waits, which may be the same. Warning: {@link InFlightError} means that one may be mined yet.
 */
export async function perform(given: Action, performer: Performer): Promise<Performed> {
  const action: WholeAction = { amount: 0n, claims: 0, verb: 'stake', ...given }
  const { connection, signer, flags, context } = performer
  await requireReady(performer)
  const spender = takerOf(action, connection).address
  const purse = await readPurse(connection.chain, connection.token.address, signer.address, spender)
  const steps = [...fundingSteps(action, performer, fundingOf(action.amount, purse, connection.token)), ...action.steps]
  const { costs } = await estimateWithin(action, steps, performer, purse)
  for (const line of [...action.lines, ...costLines(action, steps, costs, performer)]) {
    if (flags.json === true) context.io.err(line)
    else for (const part of wrapped(line, context.io)) context.io.out(part)
  }
  if (flags.dryRun === true || signer.account === undefined) return { costs, steps, sent: [] }
  await confirm(action.question, performer)
  await requireReady(performer)
  await action.recheck?.()
  // Simulates again: gas may be dearer than it was when the question was put.
  const { gas } = await estimateWithin(action, steps, performer, purse)
  const sent = await sendSteps(steps, performer, signer.account, (before) =>
    requireRestWithinMax(action, gas, before, performer),
  )
  return { costs, steps, sent }
}

/** Throws RefusedError for an endpoint that fell behind, WaitingTransactionError while a transaction of the account waits. */
async function requireReady({ connection: { chain }, signer, flags, context }: Performer): Promise<void> {
  const { time } = await latestBlock(chain)
  requireFresh(time, context.now(), flags.maxAge)
  // What is only simulated can be repeated at any time.
  if (flags.dryRun !== true) await requireNoneWaiting(chain, signer.address, flags)
}

function takerOf({ taker }: Action, { oracle }: Connection): NonNullable<Action['taker']> {
  return taker ?? { name: 'the oracle', address: oracle }
}

function fundingSteps(action: WholeAction, { connection }: Performer, { wrap, approve, isReset }: Funding): Step[] {
  const { token } = connection
  const { amount } = action
  const { name, address } = takerOf(action, connection)
  const steps: Step[] = []
  if (wrap > 0n) steps.push({ label: `wrap ${formatAmount(wrap, ETHER)}`, call: wrapCall(token.address, wrap) })
  if (isReset) steps.push({ label: `let ${name} take nothing`, call: approveCall(token.address, address, 0n) })
  if (approve > 0n) {
    const label = `let ${name} take ${formatAmount(amount, { ...token, isWeth: false })}`
    steps.push({ label, call: approveCall(token.address, address, approve) })
  }
  return steps
}

/** What an action costs, and the gas of each of its steps. */
type Estimate = { readonly costs: Costs; readonly gas: readonly bigint[] }

/** Simulates the steps. Throws InputError if the money does not suffice, or as {@link requireWithinMax}; RefusedError if --max cannot be held to. */
async function estimateWithin(
  action: WholeAction,
  steps: readonly Step[],
  performer: Performer,
  purse: Parameters<typeof requireFunds>[1],
): Promise<Estimate> {
  const { connection, signer, flags } = performer
  const fee = await readGasFee(connection.chain)
  // What a first look can say without simulating, so that a lack of money is named as such.
  const least = fee.most * BigInt(steps.length) * 21_000n
  const calls = steps.map(({ call }) => call)
  const reserve = mostOf(action, calls.map(typicalGas), fee)
  const { amount, verb } = action
  const need = { amount, verb, along: alongOf(action) }
  requireFunds({ ...need, gas: least, reserve }, purse, connection.token)
  const { gas, isComplete } = await rehearse(connection.chain, signer.address, calls)
  const most = mostOf(action, gas, fee)
  requireFunds({ ...need, gas: most, reserve: most > reserve ? most : reserve }, purse, connection.token)
  if (!isComplete && flags.max !== undefined && connection.token.isWeth) throw unknownGas()
  requireWithinMax(action, most, performer)
  const later = fee.likely * laterGas(action)
  return { costs: { likely: fee.likely * sum(gas) + later, most, later }, gas }
}

/** What is said where gas is to be held against --max and is not known. */
export function unknownGas(): RefusedError {
  return new RefusedError(
    'Expected an endpoint that simulates to hold the gas against --max, got one that does not.',
    'Use another with --rpc, or leave --max out.',
  )
}

/** What gas comes to at the dearest that transactions offer now, wei, the claims later included. */
function mostOf(action: WholeAction, gas: readonly bigint[], fee: GasFee): bigint {
  return (fee.most * (sum(gas) + laterGas(action)) * GAS_MARGIN_PERCENT) / 100n
}

function laterGas({ claims }: WholeAction): bigint {
  return BigInt(claims) * RECEIPT_CLAIM_GAS
}

/** The ether that the steps of the action itself send along, wei: what wraps some for it is none of them. */
function alongOf({ steps }: Action): bigint {
  return sum(steps.map(({ call: { value = 0n } }) => value))
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, one) => total + one, 0n)
}

/** As {@link requireWithinMax}, after `sent`: gas may be dearer than it was when the first step was sent. */
async function requireRestWithinMax(
  action: WholeAction,
  gas: readonly bigint[],
  sent: readonly TransactionReceipt[],
  performer: Performer,
): Promise<void> {
  if (performer.flags.max === undefined || sent.length === 0) return
  const paid = sum(sent.map(({ gasUsed, effectiveGasPrice }) => gasUsed * effectiveGasPrice))
  const fee = await readGasFee(performer.connection.chain)
  requireWithinMax(action, paid + mostOf(action, gas.slice(sent.length), fee), performer)
}

/** Throws InputError if more than --max may be spent; `gas`, wei, counts where it is paid in what is staked. */
function requireWithinMax(action: WholeAction, gas: bigint, { connection, flags }: Performer): void {
  const given = action.amount + alongOf(action)
  const { asked = given, verb } = action
  if (flags.max === undefined) return
  const { token } = connection
  const max = baseUnits(flags.max, token)
  const cost = token.isWeth ? given + gas : given
  const spent = asked > cost ? asked : cost
  if (spent <= max) return
  const withGas = token.isWeth && spent === cost ? ` with gas (at most ${formatAmount(gas, ETHER)})` : ''
  throw new InputError(
    `Expected to spend at most ${formatAmount(max, token)}, got ${formatAmount(spent, token)}${withGas}.`,
    `Raise --max, or ${verb} less.`,
  )
}

function costLines(
  { amount, gain, claims }: WholeAction,
  steps: readonly Step[],
  { likely, most }: Costs,
  { connection, context }: Performer,
): string[] {
  const { token } = connection
  const later = claims > 0 ? ', the claim later included' : ''
  const lines = [
    `steps     ${steps.map(({ label }) => label).join('; ')}`,
    `gas       about ${formatAmount(likely, ETHER)}, at most ${formatAmount(most, ETHER)}${later}`,
  ]
  if (amount > 0n && !token.isWeth) lines.push(`token     taken in ${token.symbol}: nothing is wrapped`)
  if (gain !== undefined && token.isWeth && likely >= gain) {
    const text = `Gas eats the gain: about ${formatAmount(likely, ETHER)} of gas to win ${formatAmount(gain, token)}.`
    lines.push(context.io.paint('bad', text))
  }
  return lines
}

/** The action with warnings that whoever is asked sees last, in the question itself. */
export function warned<T extends Pick<Action, 'lines' | 'question'>>(
  action: T,
  warnings: readonly string[],
  { io }: Pick<Context, 'io'>,
): T {
  const shown = warnings.map((text) => io.paint('bad', `WARNING: ${text}`))
  return { ...action, lines: [...action.lines, ...shown], question: [...shown, action.question].join(' ') }
}
