import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT } from '../exit-code.ts'
import type { SigningFlags } from '../options.ts'

type Confirmation = {
  readonly flags: Pick<SigningFlags, 'yes'>
  readonly context: Context
  /** What can be done where nobody can be asked; by default that of what sends and can be simulated. */
  readonly remedy?: string
}

/** Asks, unless --yes was given. Throws {@link DeclinedError}, or InputError where nobody can be asked. */
export async function confirm(
  question: string,
  { flags, context, remedy = 'Add --yes to send, or --dry-run to only simulate.' }: Confirmation,
): Promise<void> {
  if (flags.yes === true) return
  if (context.terminal === undefined) {
    throw new InputError('Expected --yes where nobody can be asked, got none.', remedy)
  }
  const answer = await context.terminal.ask(`${question} [y/N] `, context.signal)
  if (!/^y(es)?$/i.test(answer.trim())) throw new DeclinedError()
}

/** The person said no. */
export class DeclinedError extends Error {
  override readonly name = 'Cli.DeclinedError'
  readonly hint = ''
  readonly exitCode = EXIT.interrupted
  constructor() {
    super('Nothing was sent.')
  }
}
