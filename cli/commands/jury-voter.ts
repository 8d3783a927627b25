import type { Command } from 'commander'
import { type Address, zeroAddress } from 'viem'
import { readStanding } from '#client/juror.ts'
import { setVoterCall } from '#client/jury-calls.ts'
import { address } from '../arguments.ts'
import type { Connection } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { type Jury, trialMoment } from '../court/jury-court.ts'
import { ownCases } from '../court/own-cases.ts'
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
  return async ({ jury, connection, account }) => {
    const who = voter === zeroAddress ? 'nobody else' : voter
    return {
      steps: [{ label: `name ${who}`, call: setVoterCall(jury.address, voter) }],
      amount: 0n,
      lines: [
        `voter     ${who} commits for the account's seats in jury ${jury.address}`,
        ...(await unrevealedLines(connection, jury, account, voter)),
      ],
      question: `Let ${who} vote?`,
      after: [`Done. Look: ${connection.paste('jury', 'status')}`],
    }
  }
}

/** Who must still reveal what is committed for the account's seats, which the new voter cannot: it has no salt of them. */
async function unrevealedLines(
  connection: Connection,
  jury: Jury,
  account: Address,
  voter: Address,
): Promise<readonly string[]> {
  const { voter: old } = await readStanding(connection.chain, jury.address, account)
  if ((old ?? zeroAddress) === voter) return []
  const whose = old === undefined ? account : `${old} (or ${account}, if that has committed them)`
  const { cases } = await ownCases(connection, jury, account)()
  return cases.flatMap(({ trial }) => {
    const { seats, snapshot, state } = trial
    const hidden = seats.filter(({ juror, committed }) => juror === account && committed !== undefined)
    if (hidden.length === 0 || snapshot.atTime >= state.revealEnd) return []
    const [numbers, end] = [hidden.map(({ seat }) => seat).join(', '), trialMoment(state.revealEnd, trial)]
    return [
      `reveal    ${whose} must still reveal seats ${numbers} of fixing ${snapshot.id}, before ${end}: no other key can, and their stakes are lost`,
    ]
  })
}
