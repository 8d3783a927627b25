import type { Address } from 'viem'
import { type Action, perform, type Performer } from '../chain/action.ts'
import { type Deed, reportPerformed } from '../chain/report.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'

/** What is about to be done at a registry, and what people read once it is done. */
export type RegistryDeed = Pick<Action, 'steps' | 'amount' | 'claims' | 'lines' | 'question'> & {
  readonly after: readonly string[]
}

/** Asks, does it and reports it as `reported`. Throws as {@link perform}. */
export async function performAtRegistry(
  { after, ...deed }: RegistryDeed,
  address: Address,
  reported: Omit<Deed, 'amount'>,
  performer: Performer,
): Promise<ExitCode> {
  const { connection, flags, context } = performer
  const action: Action = {
    ...deed,
    taker: { name: 'the registry', address },
    gain: undefined,
  }
  const performed = await perform(action, performer)
  reportPerformed(performed, { ...reported, amount: deed.amount }, { connection, flags, context, lines: after })
  return EXIT.ok
}
