import type { Command } from 'commander'
import type { Address } from 'viem'
import { readStanding } from '#client/juror.ts'
import { admitCall } from '#client/jury-calls.ts'
import { address } from '../arguments.ts'
import type { Context } from '../context.ts'
import { addPoolOptions, changePool, type PoolFlags, requireOpenPool, type ThinkPool } from '../court/pool-change.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatMoment } from '../format.ts'

/** Adds `assize jury admit`: lets stakes be drawn that have warmed up. */
export function defineJuryAdmit(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('admit')
    .description('Let stakes that have warmed up be drawn from now on: your own, or those of anyone.')
    .argument('[juror]', 'whose (default: your own)', address)
  addPoolOptions(command, ['assize jury admit', 'assize jury admit 0x34…']).action(
    async (juror: Address | undefined, flags: PoolFlags) =>
      done(await changePool('admit', admitting(juror), flags, context)),
  )
}

function admitting(named: Address | undefined): ThinkPool {
  return async ({ connection, jury, account, time }) => {
    const juror = named ?? account
    const { newcomers, admitTime } = await readStanding(connection.chain, jury.address, juror)
    if (newcomers === 0 || admitTime > time) {
      const [got, hint] =
        newcomers === 0
          ? ['none that wait', 'Put some in: assize jury join STAKES']
          : [`${newcomers} from ${formatMoment(admitTime, time)} on`, 'Come back then.']
      throw new RefusedError(`Expected stakes of ${juror} that have warmed up, got ${got}.`, hint)
    }
    await requireOpenPool(connection, jury)
    return {
      steps: [{ label: `admit ${newcomers} stakes`, call: admitCall(jury.address, juror) }],
      amount: 0n,
      lines: [`admit     ${newcomers} stakes of ${juror}: they can be drawn from then on`],
      question: 'Admit them?',
      after: [`In the pool. Look: ${connection.paste('jury', 'status')}`],
    }
  }
}
