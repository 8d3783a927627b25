import type { Command } from 'commander'
import type { Address } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { readWaiting } from '#client/juror.ts'
import { address } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { openSigner } from '../chain/signer.ts'
import { undertake, type Undertaking } from '../chain/undertake.ts'
import { onFreshPool } from './fresh-pool.ts'
import { type Jury, openJury } from './jury-court.ts'

/** Which jury a command about its pool is about, and who signs. */
export type PoolFlags = NetworkFlags & SigningFlags & { readonly jury?: Address }

/** How a change of the pool is thought out: for whom, of which jury. */
export type ThinkPool = (setting: {
  readonly connection: Connection
  readonly jury: Jury
  readonly account: Address
  readonly time: bigint
}) => Promise<Undertaking>

/** Adds the options of a command about the pool, and examples of it. */
export function addPoolOptions(command: Command, examples: readonly string[]): Command {
  command.option('--jury <address>', 'the JuryArbitrator (default: $ASSIZE_JURY)', address)
  return addSigningOptions(addNetworkOptions(command)).addHelpText('after', `\nExamples:\n  ${examples.join('\n  ')}`)
}

/** Thinks the change out, shows it, and carries it out. */
export async function changePool(
  name: string,
  think: ThinkPool,
  flags: PoolFlags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { time } = await latestBlock(connection.chain)
  requireFresh(time, context.now(), flags.maxAge)
  const jury = await openJury(connection, flags.jury, context)
  const signer = await openSigner(flags, context)
  const setting = { connection, jury, account: signer.address, time }
  const taker = { name: 'the jury', address: jury.address }
  const reported = { action: `jury ${name}`, arbitrator: jury.address }
  return onFreshPool(
    async () => undertake(await think(setting), taker, reported, { connection, signer, flags, context }),
    flags,
    context,
  )
}

/** What is said of stakes of the account's that rounds have returned while a draw was due; nothing of none. */
export function returnedLines(returned: readonly Address[], account: Address): string[] {
  const own = returned.filter((juror) => juror === account).length
  if (own === 0) return []
  return [`returned  ${own} more of your stakes, in the pool again before the next case is opened`]
}

/** Throws RefusedError while a case waits for its draw: nothing enters or leaves the pool then. */
export async function requireOpenPool({ chain, paste }: Connection, jury: Jury): Promise<void> {
  const [next] = await readWaiting(chain, jury.address)
  if (next === undefined) return
  throw new RefusedError(
    'Expected a pool that is open, got one that waits for a draw.',
    `Draw first: ${paste('jury', 'draw', next)}`,
  )
}
