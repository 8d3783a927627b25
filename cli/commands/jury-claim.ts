import type { Command } from 'commander'
import { readStanding } from '#client/juror.ts'
import { readReturned } from '#client/jury.ts'
import { withdrawIdleCall } from '#client/jury-calls.ts'
import type { Context } from '../context.ts'
import { addPoolOptions, changePool, type PoolFlags, returnedLines, type ThinkPool } from '../court/pool-change.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatAmount, formatPaid } from '../format.ts'

/** Adds `assize jury claim`: takes out what is idle in a jury. */
export function defineJuryClaim(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('claim')
    .description('Take out what is idle: what seats earned, and stakes that left the pool.')
  addPoolOptions(command, ['assize jury claim', 'assize jury claim --dry-run --account 0x34…']).action(
    async (flags: PoolFlags) => done(await changePool('claim', claiming, flags, context)),
  )
}

const claiming: ThinkPool = async ({ connection, jury, account }) => {
  const { chain, token } = connection
  const { idle } = await readStanding(chain, jury.address, account)
  if (idle === 0n) {
    throw new RefusedError(
      `Expected something of ${account} to be idle, got nothing.`,
      'What a seat earns is idle once its round is over; stakes go back into the pool.',
    )
  }
  return {
    steps: [{ label: `withdraw ${formatAmount(idle, token)}`, call: withdrawIdleCall(jury.address) }],
    amount: 0n,
    lines: [
      `claim     ${formatAmount(idle, token)} that is idle in jury ${jury.address}`,
      ...returnedLines(await readReturned(chain, jury.address), account),
    ],
    question: `Take out ${formatAmount(idle, token)}?`,
    after: [`Claimed ${formatPaid(idle, token)}.`],
  }
}
