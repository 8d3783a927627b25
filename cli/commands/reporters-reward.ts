import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { readAttestation } from '#client/attestation.ts'
import { readRegistryOracle } from '#client/registry-terms.ts'
import { fundReportersCall, readReward, refundRewardCall } from '#client/rewards.ts'
import { type Amount, amount, baseUnits, hash } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import { openSigner } from '../chain/signer.ts'
import { phaseRefusal } from '../chain/stale.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { findFixing, type FoundFixing } from '../fixing/fixing-source.ts'
import { formatAmount } from '../format.ts'
import { addRegistrySigningOptions, type RegistrySigningFlags } from '../options.ts'
import { undertake, type Undertaking } from '../chain/undertake.ts'
import { openRegistry } from '../reporter/registry-place.ts'

/** How it is thought out. */
type Think = (setting: {
  readonly connection: Connection
  readonly registry: Address
  readonly found: FoundFixing
  /** What the reporters share by now, base units. */
  readonly reward: bigint
}) => Undertaking | Promise<Undertaking>

/** Adds `assize reporters fund|refund`: pays whoever attests a fixing, or takes back what nobody earned. */
export function defineReportersReward(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const add = (name: string, description: string, example: string): Command => {
    const command = group.command(name).description(description).argument('<fixing>', 'its id', hash)
    return addRegistrySigningOptions(command).addHelpText('after', `\nExamples:${example}`)
  }
  // The list has options of the same names, and would keep them.
  add(
    'fund',
    'Add to what the reporters share who attest the value of a fixing, if it settles within their band.',
    '\n  assize reporters fund 0x12ab… 0.1eth\n  assize reporters fund 0x12ab… 0.1eth --dry-run --account 0x34…',
  )
    .argument('<amount>', 'such as 0.1eth', amount)
    .action(async (id: Hex, added: Amount, _flags: unknown, own: Command) =>
      done(await act('reporters fund', id, funding(added), own.optsWithGlobals<RegistrySigningFlags>(), context)),
    )
  add(
    'refund',
    'Take back what the account has put into the reward of a fixing, if no reporter has earned it.',
    '\n  assize reporters refund 0x12ab…\n  assize reporters refund 0x12ab… --dry-run --account 0x34…',
  ).action(async (id: Hex, _flags: unknown, own: Command) =>
    done(await act('reporters refund', id, refunding, own.optsWithGlobals<RegistrySigningFlags>(), context)),
  )
}

async function act(
  name: string,
  id: Hex,
  think: Think,
  flags: RegistrySigningFlags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain, oracle } = connection
  const { address: registry } = await openRegistry(chain, flags.registry, context)
  const served = await readRegistryOracle(chain, registry)
  if (served !== oracle) {
    throw new InputError(
      `Expected a registry of oracle ${oracle}, got one of ${served}.`,
      'Correct --registry or --oracle.',
    )
  }
  const found = await findFixing(connection, id)
  requireFresh(found.view.snapshot.atTime, context.now(), flags.maxAge)
  const setting = { connection, registry, found, reward: await readReward(chain, registry, id) }
  const deed = await think(setting)
  const signer = await openSigner(flags, context)
  const taker = { name: 'the registry', address: registry }
  return undertake(deed, taker, { action: name, id }, { connection, signer, flags, context })
}

function funding(added: Amount): Think {
  return ({ connection, registry, found: { fixing, view }, reward }) => {
    const { token, paste } = connection
    const more = baseUnits(added, token)
    if (more === 0n) throw new InputError('Expected an amount above zero, got 0.', 'Give any amount.')
    const { id, phase } = view.snapshot
    if (phase === 'settled') throw phaseRefusal(view.snapshot, connection)
    return {
      steps: [{ label: `fund ${formatAmount(more, token)}`, call: fundReportersCall(registry, fixing, more) }],
      amount: more,
      claims: 1,
      lines: [
        `reward    ${formatAmount(reward, token)} for the reporters of fixing ${id}, ${formatAmount(reward + more, token)} then`,
        'used      in equal shares, if a quorum attests a value and the settlement is within its band of it',
        'back      all of it otherwise, to whoever put it in, after the settlement',
      ],
      question: `Give ${formatAmount(more, token)}?`,
      after: [`Funded. If nobody earns it: ${paste('reporters', 'refund', id)}`],
    }
  }
}

const refunding: Think = async ({ connection, registry, found: { fixing, view, events } }) => {
  const { chain, paste } = connection
  const { id, phase } = view.snapshot
  if (phase !== 'settled') {
    throw new RefusedError(
      `Expected a settled fixing, got one that is ${phase}: its reward can still be earned.`,
      `When it settles: ${paste('fixing', 'show', id)}`,
    )
  }
  const attestation = await readAttestation(chain, registry, id, { fromBlock: events[0]?.blockNumber ?? 0n })
  return {
    steps: [{ label: 'take the reward back', call: refundRewardCall(registry, fixing, attestation) }],
    amount: 0n,
    lines: [`refund    what the account has put into the reward of fixing ${id}`],
    question: 'Take it back?',
    after: ['Taken back.'],
  }
}
