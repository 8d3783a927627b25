import type { Command } from 'commander'
import { type Membership, startLeavingCall, topUpCall, withdrawCall } from '#client/membership.ts'
import { readUnbondingDelay } from '#client/registry-terms.ts'
import { type Amount, amount, baseUnits, whole } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatAmount, formatDuration, formatMoment, formatTime } from '../format.ts'
import { addRegistrySigningOptions, type RegistrySigningFlags } from '../options.ts'
import { memberOf, openRegistry, type Registry, requireStaying } from '../reporter/registry-place.ts'
import { openSigner } from '../chain/signer.ts'
import { undertake, type Undertaking } from '../chain/undertake.ts'

/** How what is about to be done to a membership is thought out. */
type Think = (setting: {
  readonly connection: Connection
  readonly registry: Registry
  readonly member: Membership
  readonly delay: bigint
}) => Undertaking

/** Adds `assize unregister`, `assize stake` and `assize unstake`: what an owner can do with a reporter. */
export function defineMembership(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const add = (name: string, help: string): Command => {
    const command = program.command(name).argument('<reporter>', 'its index', whole)
    return addRegistrySigningOptions(command).addHelpText('after', help)
  }
  add(
    'unregister',
    '\nThe node must go on until the reporter has left: it reports until then.\n\nExamples:\n  assize unregister 7\n  assize unregister 7 --dry-run --account 0x34…',
  ).action(async (index: number, flags: RegistrySigningFlags) =>
    done(await act('unregister', index, leaving, flags, context)),
  )
  add('stake', '\nExamples:\n  assize stake 7 1.5eth\n  assize stake 7 1.5eth --dry-run --account 0x34…')
    .argument('<amount>', 'such as 1.5eth', amount)
    .action(async (index: number, added: Amount, flags: RegistrySigningFlags) =>
      done(await act('stake', index, adding(added), flags, context)),
    )
  add('unstake', '\nExamples:\n  assize unstake 7\n  assize unstake 7 --dry-run --account 0x34…').action(
    async (index: number, flags: RegistrySigningFlags) =>
      done(await act('unstake', index, withdrawing, flags, context)),
  )
}

async function act(
  name: string,
  index: number,
  think: Think,
  flags: RegistrySigningFlags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const registry = await openRegistry(connection.chain, flags.registry, context)
  requireFresh(registry.time, context.now(), flags.maxAge)
  const member = memberOf(registry, index)
  const signer = await openSigner(flags, context)
  // Whoever withdraws does the owner a favour; nothing else is for others to do.
  if (name !== 'unstake' && member.owner !== signer.address) {
    throw new InputError(
      `Expected the key of the owner ${member.owner}, got that of ${signer.address}.`,
      'Name its keystore with --keystore; the key of the node is not that of the owner.',
    )
  }
  const delay = await readUnbondingDelay(connection.chain, registry.address)
  const deed = think({ connection, registry, member, delay })
  const reported = { action: name, reporter: { index, signer: member.signer } }
  const taker = { name: 'the registry', address: registry.address }
  return undertake(deed, taker, reported, { connection, signer, flags, context })
}

const leaving: Think = ({ connection, registry, member, delay }) => {
  const { token, paste } = connection
  const { index, signer, stake, inactiveTime } = member
  if (inactiveTime !== undefined) {
    throw new RefusedError(
      `Expected a reporter that is not leaving, got one that ${registry.time < inactiveTime ? 'leaves' : 'left'} ${formatTime(inactiveTime)}.`,
      `Its stake: ${paste('unstake', String(index))}`,
    )
  }
  return {
    steps: [{ label: `end reporter ${index}`, call: startLeavingCall(registry.address, index) }],
    amount: 0n,
    lines: [
      `reporter  ${index}, ${signer}, for good: it cannot come back with this place`,
      `leaves    at the start of the next epoch; its node goes on until then`,
      `stake     ${formatAmount(stake, token)}, free ${formatDuration(delay)} later`,
    ],
    question: `End the membership of reporter ${index}?`,
    after: [`Reporter ${index} leaves. When: ${paste('reporters')}`, `Then: ${paste('unstake', String(index))}`],
  }
}

function adding(added: Amount): Think {
  return ({ connection, registry, member }) => {
    const { token, paste } = connection
    const { index, stake } = member
    const more = baseUnits(added, token)
    if (more === 0n) throw new InputError('Expected an amount above zero, got 0.', 'Give any amount.')
    requireStaying(member)
    return {
      steps: [{ label: `add ${formatAmount(more, token)}`, call: topUpCall(registry.address, index, more) }],
      amount: more,
      lines: [`reporter  ${index}: ${formatAmount(stake, token)} at stake, ${formatAmount(stake + more, token)} then`],
      question: `Add ${formatAmount(more, token)}?`,
      after: [`${formatAmount(stake + more, token)} are at stake. Look: ${paste('reporters')}`],
    }
  }
}

const withdrawing: Think = ({ connection, registry, member, delay }) => {
  const { token, paste } = connection
  const { index, owner, stake, inactiveTime } = member
  if (inactiveTime === undefined) {
    throw new RefusedError(
      'Expected a reporter that has left, got one that stays.',
      `End it: ${paste('unregister', String(index))}`,
    )
  }
  const free = inactiveTime + delay
  if (registry.time < free) {
    throw new RefusedError(
      `Expected a stake that is free, got one that is free ${formatMoment(free, registry.time)}.`,
      'Come back then.',
    )
  }
  return {
    steps: [{ label: `pay ${formatAmount(stake, token)} back`, call: withdrawCall(registry.address, index) }],
    amount: 0n,
    lines: [`reporter  ${index}`, `stake     ${formatAmount(stake, token)} to ${owner}`],
    question: `Pay it back to ${owner}?`,
    after: [`Paid ${formatAmount(stake, token)} back to ${owner}.`],
  }
}
