import type { Command } from 'commander'
import { type Address, zeroAddress } from 'viem'
import { readStanding } from '#client/juror.ts'
import { setVoterCall } from '#client/jury-calls.ts'
import { address } from '../arguments.ts'
import type { Connection } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { type Jury, trialMoment } from '../court/jury-court.ts'
import { type Cast, castsOf, hiddenSeats } from '../court/hands.ts'
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
      after: [`Done. Look: ${connection.paste('jury', 'status')}`, ...consentLines(voter, account, connection)],
    }
  }
}

/** What a voter other than the account has to say itself: anybody can name it. */
function consentLines(voter: Address, account: Address, { paste }: Connection): readonly string[] {
  if (voter === zeroAddress || voter === account) return []
  return [
    `It votes for nobody by being named: its node has ${account} in juror.for, or with its key: ${paste('jury', 'status', '--for', account)}`,
  ]
}

/** Who must still reveal what is committed for the account's seats, which the new voter cannot unless it has committed them: it has no salt of them. */
async function unrevealedLines(
  connection: Connection,
  jury: Jury,
  account: Address,
  voter: Address,
): Promise<readonly string[]> {
  const { voter: old = zeroAddress } = await readStanding(connection.chain, jury.address, account)
  if (old === voter) return []
  const { cases } = await ownCases(connection, jury, { account, votesFor: [] })()
  const { votes } = cases.length === 0 ? { votes: [] } : await connection.readJuryLog(jury.address)
  return cases.flatMap(({ trial }) => {
    const { seats, snapshot, state } = trial
    if (snapshot.atTime >= state.revealEnd) return []
    const casts = castsOf({ id: snapshot.id, state, seats }, votes)
    const hidden = hiddenSeats(seats).filter(({ juror }) => juror === account)
    const byVoter = Map.groupBy(hidden, ({ seat }) => voterThen(casts.get(seat), old))
    return [...byVoter]
      .filter(([then]) => then !== voter || then === zeroAddress)
      .map(([then, group]) => {
        const whose = then === zeroAddress ? account : `${then} (or ${account}, if that has committed them)`
        const numbers = group.map(({ seat }) => seat).join(', ')
        const end = trialMoment(state.revealEnd, trial)
        return `reveal    ${whose} must still reveal seats ${numbers} of fixing ${snapshot.id}, before ${end}: no other key can, and their stakes are lost`
      })
  })
}

/** Who was the voter when a seat was committed, the zero address for nobody; `old`: who is by now. */
function voterThen(cast: Cast | undefined, old: Address): Address {
  return cast?.voter ?? (cast?.isNamedSince === true ? zeroAddress : old)
}
