import type { Command } from 'commander'
import type { Address } from 'viem'
import { isCouncil, readOwed, withdrawFeesCall } from '#client/council.ts'
import { type Action, perform } from '../chain/action.ts'
import { address } from '../arguments.ts'
import { openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { noCouncil } from '../court/council-court.ts'
import { RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatPaid } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'

type Flags = NetworkFlags & SigningFlags

/** Adds `assize council claim`: takes out a member's shares of the fees. */
export function defineCouncilClaim(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('claim')
    .description('Take out your shares of the fees.')
    .argument('<council>', 'its address', address)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', '\nExamples:\n  assize council claim 0x56…')
    .action(async (council: Address, flags: Flags) => done(await claimShares(council, flags, context)))
}

async function claimShares(council: Address, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain, token } = connection
  if (!(await isCouncil(chain, council))) throw noCouncil([council])
  const signer = await openSigner(flags, context)
  const owed = await readOwed(chain, council, signer.address)
  if (owed === 0n) {
    throw new RefusedError(
      `Expected fees of ${signer.address} in council ${council}, got none.`,
      'Who signed a ruling that was brought has a share of its fee.',
    )
  }
  const amount = formatAmount(owed, token)
  const action: Action = {
    steps: [{ label: `withdraw ${amount}`, call: withdrawFeesCall(council) }],
    gain: owed,
    lines: [`claim     ${amount} of fees from council ${council}`],
    question: `Take out ${amount}?`,
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const lines = [`Claimed ${formatPaid(owed, token)}.`]
  const deed = { action: 'council claim', arbitrator: council, taken: performed.sent.length === 0 ? undefined : owed }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}
