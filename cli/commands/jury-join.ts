import type { Command } from 'commander'
import { type JurorStanding, readStanding } from '#client/juror.ts'
import { readReturned } from '#client/jury.ts'
import { stakeSeatsCall } from '#client/jury-calls.ts'
import { MOST_STAKES } from '#protocol/jury.ts'
import { positive } from '../arguments.ts'
import type { Context } from '../context.ts'
import { addPoolOptions, changePool, type PoolFlags, returnedLines, type ThinkPool } from '../court/pool-change.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatAmount, formatDuration, formatMoment, formatTime } from '../format.ts'

/** Adds `assize jury join`: puts stakes into the pool that jurors are drawn from. */
export function defineJuryJoin(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('join')
    .description('Put stakes into the pool that jurors are drawn from; each may get a seat.')
    .argument('<stakes>', 'how many, each of the size that "jury status" shows', positive)
  addPoolOptions(command, ['assize jury join 4']).action(async (count: number, flags: PoolFlags) =>
    done(await changePool('join', joining(count), flags, context)),
  )
}

function joining(count: number): ThinkPool {
  return async ({ connection, jury, account, time }) => {
    const { chain, token, paste } = connection
    const { seatStake, warmUp } = jury.terms
    const standing = await readStanding(chain, jury.address, account)
    const { idle, newcomers } = standing
    if (count + newcomers > MOST_STAKES) {
      throw new RefusedError(
        `Expected at most ${MOST_STAKES} stakes to come, got ${count + newcomers}.`,
        'Put them in in parts: admit those that have warmed up before.',
      )
    }
    const returned = await readReturned(chain, jury.address)
    const all = seatStake * BigInt(count)
    const amount = idle < all ? all - idle : 0n
    const admitTime = time + BigInt(warmUp)
    return {
      steps: [
        { label: `stake ${count} of ${formatAmount(seatStake, token)}`, call: stakeSeatsCall(jury.address, count) },
      ],
      amount,
      lines: [
        `join      jury ${jury.address} with ${count} stakes of ${formatAmount(seatStake, token)}`,
        `stake     ${formatAmount(all, token)}${amount < all ? `, ${formatAmount(all - amount, token)} of which is idle there` : ''}`,
        `seats     a stake can be drawn from ${formatTime(admitTime)} on, once it is admitted (warm-up ${formatDuration(BigInt(warmUp))})`,
        ...waitingAgain(standing, time, admitTime).map((line) => `${line}: ${paste('jury', 'admit')}`),
        ...returnedLines(returned, account),
        'risk      a seat that does not reveal, is too far from the verdict, or cannot read an index that others can, loses its stake to the others',
      ],
      question: `Stake ${formatAmount(all, token)}?`,
      after: [
        `Staked. From ${formatTime(admitTime)} on: ${paste('jury', 'admit')}`,
        `Look: ${paste('jury', 'status')}`,
        `A node with the role "juror" votes by itself. Without one wait for your seats, always: ${paste('jury', 'status', '--until-due')}`,
      ],
    }
  }
}

/** What becomes of the stakes that are on their way already: all that an account has to come is admitted at one time, that of the last. */
function waitingAgain({ newcomers, admitTime }: JurorStanding, time: bigint, next: bigint): string[] {
  if (newcomers === 0) return []
  const those = `again     ${newcomers} that wait already start anew, until ${formatTime(next)}`
  return admitTime <= time
    ? [`${those}, though they have warmed up; admit them before`]
    : [`${those} instead of ${formatMoment(admitTime, time)}; or join once these are admitted`]
}
