import type { Command } from 'commander'
import type { Hex } from 'viem'
import { fundCall } from '#client/oracle-writer.ts'
import { perform } from '../chain/action.ts'
import { type Amount, amount, baseUnits, hash } from '../arguments.ts'
import { claimCommand, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing, readAgain } from '../fixing/fixing-source.ts'
import { formatAmount } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import { phaseRefusal } from '../chain/stale.ts'

type Flags = NetworkFlags & SigningFlags

const EXAMPLES = `
Examples:
  assize fund 0x12ab… 0.1eth
  assize fund 0x12ab… "500 gwei" --dry-run --account 0x34…`

/** Adds `assize fund`: raises the reward of a prompt, right proposal. */
export function defineFund(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('fund')
    .argument('<fixing>', 'its id', hash)
    .argument('<amount>', 'such as 0.1eth', amount)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, asked: Amount, flags: Flags) => done(await fundReward(id, asked, flags, context)))
}

async function fundReward(id: Hex, asked: Amount, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { token, oracle } = connection
  const funded = baseUnits(asked, token)
  if (funded === 0n) throw new InputError('Expected an amount above zero, got 0.', 'Give any amount.')
  const { fixing, view } = await findFixing(connection, id)
  requireFresh(view.snapshot.atTime, context.now(), flags.maxAge)
  const requireUnsettled = (snapshot: typeof view.snapshot): void => {
    if (snapshot.phase === 'settled') throw phaseRefusal(snapshot, connection)
  }
  requireUnsettled(view.snapshot)
  const signer = await openSigner(flags, context)
  const performed = await perform(
    {
      steps: [{ label: `fund ${formatAmount(funded, token)}`, call: fundCall(oracle, fixing, funded) }],
      amount: funded,
      claims: 1,
      lines: [
        `fund      ${formatAmount(funded, token)} for fixing ${id}`,
        'used      if the first value wins: nothing at maturity, growing to all of it after 6 h; or by a request',
        'back      whatever was not used, by the claim after the settlement',
      ],
      question: `Give ${formatAmount(funded, token)}?`,
      recheck: async () => requireUnsettled(await readAgain(connection, fixing)),
    },
    { connection, signer, flags, context },
  )
  const lines = [`Funded. Afterwards: ${claimCommand(connection, id)}`]
  reportPerformed(performed, { action: 'fund', id, amount: funded }, { connection, flags, context, lines })
  return EXIT.ok
}
