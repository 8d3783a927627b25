import type { Command } from 'commander'
import { readStanding } from '#client/juror.ts'
import { readPool } from '#client/jury.ts'
import { stayOutCall, unstakeSeatsCall, withdrawIdleCall } from '#client/jury-calls.ts'
import { positive } from '../arguments.ts'
import type { Step } from '../chain/action.ts'
import type { Context } from '../context.ts'
import {
  addPoolOptions,
  changePool,
  MOST_STAKES,
  type PoolFlags,
  requireOpenPool,
  type ThinkPool,
} from '../court/pool-change.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatAmount, formatPaid } from '../format.ts'

/** Adds `assize jury leave`: takes stakes out of the pool. */
export function defineJuryLeave(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('leave')
    .description('Take stakes out of the pool and to your account; those with a seat stay until its round is over.')
    .argument('[stakes]', 'how many (default: all)', positive)
  addPoolOptions(command, ['assize jury leave', 'assize jury leave 2']).action(
    async (count: number | undefined, flags: PoolFlags) =>
      done(await changePool('leave', leaving(count), flags, context)),
  )
}

function leaving(count: number | undefined): ThinkPool {
  return async ({ connection, jury, account }) => {
    const { chain, token, paste } = connection
    const { seatStake } = jury.terms
    const { newcomers, idle } = await readStanding(chain, jury.address, account)
    const pool = await readPool(chain, jury.address)
    const places = pool.flatMap((juror, place) => (juror === account ? [place] : []))
    // Those that are to come come as they went in, together.
    const coming = count === undefined ? newcomers : 0
    const going = places.slice(-Math.min(count ?? MOST_STAKES, MOST_STAKES, places.length || 1))
    if (going.length < (count ?? 0) || (going.length === 0 && coming === 0)) {
      throw new RefusedError(
        `Expected ${count ?? 'any'} stakes of ${account} in the pool, got ${places.length}.`,
        `Those with a seat come back when its round is over. Look: ${paste('jury', 'status')}`,
      )
    }
    if (going.length > 0) await requireOpenPool(connection, jury)
    const total = seatStake * BigInt(going.length + coming) + idle
    const steps: Step[] = [
      ...(coming > 0 ? [{ label: `keep ${coming} out`, call: stayOutCall(jury.address) }] : []),
      ...(going.length > 0 ? [{ label: `take ${going.length} out`, call: unstakeSeatsCall(jury.address, going) }] : []),
      { label: `withdraw ${formatAmount(total, token)}`, call: withdrawIdleCall(jury.address) },
    ]
    return {
      steps,
      amount: 0n,
      lines: [
        `leave     jury ${jury.address} with ${going.length + coming} stakes, ${formatAmount(total, token)} in all`,
      ],
      question: `Take out ${formatAmount(total, token)}?`,
      after: [`Taken out: ${formatPaid(total, token)}.`],
    }
  }
}
