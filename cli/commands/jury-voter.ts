import type { Command } from 'commander'
import { type Address, zeroAddress } from 'viem'
import { setVoterCall } from '#client/jury-calls.ts'
import { address } from '../arguments.ts'
import type { Context } from '../context.ts'
import { addPoolOptions, changePool, type PoolFlags, type ThinkPool } from '../court/pool-change.ts'
import type { ExitCode } from '../exit-code.ts'

/** Adds `assize jury voter`: names who votes for a juror. */
export function defineJuryVoter(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('voter')
    .description(
      'Let another account vote for you, such as that of a node: it can take nothing out. 0x0…0 lets nobody.',
    )
    .argument('<account>', 'who', address)
  addPoolOptions(command, ['assize jury voter 0x78…', `assize jury voter ${zeroAddress}`]).action(
    async (voter: Address, flags: PoolFlags) => done(await changePool('voter', naming(voter), flags, context)),
  )
}

function naming(voter: Address): ThinkPool {
  return async ({ jury, connection }) => {
    const who = voter === zeroAddress ? 'nobody else' : voter
    return {
      steps: [{ label: `name ${who}`, call: setVoterCall(jury.address, voter) }],
      amount: 0n,
      lines: [`voter     ${who} commits for the account's seats in jury ${jury.address}`],
      question: `Let ${who} vote?`,
      after: [`Done. Look: ${connection.paste('jury', 'status')}`],
    }
  }
}
