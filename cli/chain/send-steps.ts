import type { Address, Hash, TransactionReceipt } from 'viem'
import { sendingAs } from '#client/chain.ts'
import { UnconfirmedError } from '#client/errors.ts'
import { type Call, send } from '#client/send.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { ETHER, formatAmount } from '../format.ts'
import type { NetworkFlags, SigningFlags } from '../options.ts'
import { claimCommand, type Connection } from './connection.ts'
import type { Signer } from './signer.ts'
import { cancelCommand } from './waiting.ts'

/** One transaction, and what it does in words: `wrap 0.2 ETH`. */
export type Step = { readonly label: string; readonly call: Call }

/** What steps are sent with. */
export type Sending = {
  readonly connection: Connection
  readonly flags: SigningFlags & Pick<NetworkFlags, 'rpc' | 'chainId' | 'json'>
  readonly context: Context
}

/**
 * Sends the steps one after another and waits for each receipt; `check` is asked before each, given what was sent. Throws what it throws,
 * {@link InFlightError}, {@link HalfDoneError}, and what `send` throws for the first.
 */
export async function sendSteps(
  steps: readonly Step[],
  { connection, context, flags }: Sending,
  account: NonNullable<Signer['account']>,
  check: (sent: readonly TransactionReceipt[]) => Promise<void>,
): Promise<TransactionReceipt[]> {
  const chain = sendingAs(connection.chain, account)
  const sent: TransactionReceipt[] = []
  for (const { label, call } of steps) {
    try {
      await check(sent)
      context.io.err(`${label} ...`)
      const onSent = (hash: Hash): void => context.io.err(`${label}: sent, ${hash}`)
      const receipt = await send(chain, call, { signal: context.signal, onSent })
      context.io.err(`${label}: in block ${receipt.blockNumber}, ${receipt.transactionHash}`)
      sent.push(receipt)
    } catch (error) {
      if (error instanceof UnconfirmedError)
        throw new InFlightError(sent.length, steps, error, cancelCommand(flags, error.nonce))
      if (sent.length === 0) throw error
      throw new HalfDoneError(sent.length, steps, keptText(steps, sent.length, connection, account.address), error)
    }
  }
  return sent
}

/** Where WETH is that the steps done have left, and how it becomes ETH; empty for none. */
function keptText(steps: readonly Step[], done: number, connection: Connection, account: Address): string {
  const unwrapping = `once nothing pays any more ${claimCommand(connection, '--all')} makes ETH of`
  const deposited = steps.slice(0, done).find(({ call: { name } }) => name === 'deposit')?.call.value
  if (deposited !== undefined) {
    const amount = formatAmount(deposited, { ...ETHER, symbol: 'WETH', isWeth: false })
    return `The ${amount} are in ${account}; the next try uses them, or ${unwrapping} them.`
  }
  const { token } = connection
  const isUnwrap = ({ call: { name, to } }: Step): boolean =>
    name === 'withdraw' && to === token.address && token.isWeth
  const isLeftWrapped = steps.slice(done).some(isUnwrap)
  return isLeftWrapped ? `What was paid is in ${account} as WETH; ${unwrapping} it.` : ''
}

/** What became of a step is not known: it may be mined yet, and what comes after it was not sent. */
export class InFlightError extends Error {
  override readonly name = 'Cli.InFlightError'
  readonly hash: Hash | undefined
  readonly hint: string
  readonly exitCode = EXIT.failed
  constructor(done: number, steps: readonly Step[], cause: UnconfirmedError, cancelling: string) {
    const { message, hash, hint } = cause
    const parts = [
      ['Done before', steps.slice(0, done)],
      ['In flight', steps.slice(done, done + 1)],
      ['Not sent', steps.slice(done + 1)],
    ] as const
    const said = parts
      .filter(([, some]) => some.length > 0)
      .map(([what, some]) => `${what}: ${some.map(({ label }) => label).join('; ')}.`)
    super([message, ...said].join(' '), { cause })
    this.hash = hash
    this.hint = `${hint} If it stays, take it back, unless a node runs with this key: ${cancelling}`
  }
}

/** A step failed, and was not done, after others were mined. */
export class HalfDoneError extends Error {
  override readonly name = 'Cli.HalfDoneError'
  readonly hint: string
  readonly exitCode: ExitCode
  /** `kept` is what to say of what the steps done have left. */
  constructor(done: number, steps: readonly Step[], kept: string, cause: unknown) {
    const labels = steps.map(({ label }) => label)
    const { message = String(cause), hint = '' } = cause instanceof Error ? (cause as Error & { hint?: string }) : {}
    const isInterrupted = cause instanceof Error && cause.name === 'AbortError'
    const why = isInterrupted ? 'Interrupted.' : message.split('\n', 1)[0]
    const [before, after] = [labels.slice(0, done), labels.slice(done)].map((some) => some.join('; '))
    super(`${why} Done before: ${before}. Not done: ${after}.`, { cause })
    this.exitCode = isInterrupted ? EXIT.interrupted : EXIT.failed
    this.hint = [kept, hint].filter((text) => text !== '').join(' ')
  }
}
