import type { Address, Hex } from 'viem'
import { formatValue } from '#protocol/decimal.ts'
import type { Prospect } from '#protocol/prospects.ts'
import type { Performed } from './action.ts'
import type { Connection } from './connection.ts'
import type { Context } from '../context.ts'
import { prospectsDocument } from '../fixing/prospect-lines.ts'
import { wrapped } from '../wrapped.ts'

/** What was done, for the report. */
export type Deed = {
  readonly action: string
  /** The fixing; undefined where it is about none. */
  readonly id?: Hex
  /** Who rules, where it is about that. */
  readonly arbitrator?: Address
  /** Whom it is about, where that is a reporter; without an index before it is registered. */
  readonly reporter?: { readonly index: number | undefined; readonly signer: Address }
  readonly value?: bigint
  readonly round?: number
  /** What the oracle takes, base units. */
  readonly amount?: bigint
  readonly prospects?: readonly Prospect[]
  /** What was warned of before it was asked for. */
  readonly warnings?: readonly string[]
  /** What it took, base units; undefined before it was sent. */
  readonly taken?: bigint | undefined
  /** What else the document says, as it says it. */
  readonly more?: Readonly<Record<string, unknown>>
}

type Setting = {
  readonly connection: Connection
  readonly flags: { readonly json?: true }
  readonly context: Context
  /** What people read once something was sent: what became of it, and what to do next. */
  readonly lines: readonly string[]
  /** What they read where nothing was, beside that; nothing by default. */
  readonly unsent?: readonly string[]
}

/** Prints what was done, and what comes next: lines for people, or the one JSON document. */
export function reportPerformed(
  performed: Performed,
  deed: Deed,
  { connection, flags, context, lines, unsent = [] }: Setting,
): void {
  const { io } = context
  if (flags.json === true) {
    io.out(JSON.stringify(documentOf(performed, deed, connection), undefined, 2))
    return
  }
  const said = performed.sent.length === 0 ? ['Nothing was sent.', ...unsent] : lines
  for (const line of said.flatMap((one) => wrapped(one, io))) io.out(line)
}

function documentOf(
  { costs, steps, sent }: Performed,
  deed: Deed,
  { chain, oracle }: Connection,
): Record<string, unknown> {
  const { action, id, arbitrator, reporter, value, round, amount, prospects, warnings, taken, more } = deed
  return {
    version: 1,
    chainId: chain.chainId,
    oracle,
    action,
    ...(id === undefined ? {} : { fixing: id }),
    ...(arbitrator === undefined ? {} : { arbitrator }),
    ...(reporter === undefined ? {} : { reporter: { index: reporter.index ?? null, signer: reporter.signer } }),
    ...(value === undefined ? {} : { value: formatValue(value) }),
    ...(round === undefined ? {} : { round }),
    ...(amount === undefined ? {} : { amount: amount.toString() }),
    ...(prospects === undefined ? {} : { prospects: prospectsDocument(prospects) }),
    ...(warnings === undefined ? {} : { warnings }),
    ...(taken === undefined ? {} : { taken: taken.toString() }),
    ...more,
    gas: { likely: costs.likely.toString(), most: costs.most.toString() },
    isSent: sent.length > 0,
    steps: steps.map(({ label, call }, i) => ({
      call: call.name,
      label,
      transaction: sent[i]?.transactionHash ?? null,
      block: sent[i] === undefined ? null : Number(sent[i].blockNumber),
    })),
  }
}
