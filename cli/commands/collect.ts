import type { Command } from 'commander'
import type { Hex } from 'viem'
import { eventsOf } from '#client/fixing-log.ts'
import { collectCall } from '#client/oracle-writer.ts'
import { perform } from '../chain/action.ts'
import { hash } from '../arguments.ts'
import { openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing } from '../fixing/fixing-source.ts'
import { formatAmount } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'

type Flags = NetworkFlags & SigningFlags

const EXAMPLES = `
Examples:
  assize collect 0x12ab…
  assize collect 0x12ab… --yes --json`

/** Adds `assize collect`: sends the sink what was forfeited. */
export function defineCollect(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program.command('collect').argument('<fixing>', 'its id', hash)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: Hex, flags: Flags) => done(await collectShare(id, flags, context)))
}

async function collectShare(id: Hex, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { oracle, token, paste } = connection
  const { fixing, view } = await findFixing(connection, id)
  if (view.snapshot.phase !== 'settled') {
    throw new RefusedError(
      `Expected a settled fixing, got one that is ${view.snapshot.phase}.`,
      `When it settles: ${paste('fixing', 'show', id)}`,
    )
  }
  const signer = await openSigner(flags, context)
  const performed = await perform(
    {
      steps: [{ label: "send the sink's share", call: collectCall(oracle, fixing) }],
      lines: [`collect   the sink's share of fixing ${id}: it pays you nothing`],
      question: 'Send it?',
    },
    { connection, signer, flags, context },
  )
  const sent = performed.sent
    .flatMap(({ logs }) => eventsOf(oracle, logs))
    .find(({ eventName }) => eventName === 'Collected')
  const toSink = sent?.eventName === 'Collected' ? sent.args.toSink : undefined
  const lines = toSink === undefined ? [] : [`The sink received ${formatAmount(toSink, token)}.`]
  reportPerformed(
    performed,
    { action: 'collect', id, amount: 0n, taken: toSink },
    { connection, flags, context, lines },
  )
  return EXIT.ok
}
