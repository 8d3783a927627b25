import { EXIT, type ExitCode } from '../exit-code.ts'
import { type Action, perform, type Performer } from './action.ts'
import { type Deed, reportPerformed } from './report.ts'

/** What is about to be done at a contract other than the oracle, and what people read once it is done. */
export type Undertaking = Pick<Action, 'steps' | 'claims' | 'lines' | 'question'> & {
  /** What `taker` takes, base units; reported, even if it is nothing. */
  readonly amount: bigint
  readonly after: readonly string[]
}

/** Asks, does it at `taker` and reports it as `reported`. Throws as {@link perform}. */
export async function undertake(
  { after, ...deed }: Undertaking,
  taker: NonNullable<Action['taker']>,
  reported: Omit<Deed, 'amount'>,
  performer: Performer,
): Promise<ExitCode> {
  const { connection, flags, context } = performer
  const performed = await perform({ ...deed, taker }, performer)
  reportPerformed(performed, { ...reported, amount: deed.amount }, { connection, flags, context, lines: after })
  return EXIT.ok
}
