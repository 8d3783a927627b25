import type { Command } from 'commander'
import type { Address } from 'viem'
import type { Membership } from '#client/membership.ts'
import { readUnbondingDelay } from '#client/registry-terms.ts'
import { address } from '../arguments.ts'
import { openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatMoment, type Token } from '../format.ts'
import { addNetworkOptions, addRegistryOption, type NetworkFlags } from '../options.ts'
import { defineReportersReward } from './reporters-reward.ts'
import { openRegistry } from '../reporter/registry-place.ts'
import { fittedRows } from '../table.ts'

type Flags = NetworkFlags & { readonly registry?: Address; readonly owner?: Address }

const EXAMPLES = `
Examples:
  assize reporters
  assize reporters --owner 0x34… --json`

/** Adds `assize reporters`: who is registered, since when, with how much stake; and what pays them. */
export function defineReporters(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program.command('reporters').option('--owner <address>', 'only those of this owner', address)
  addRegistryOption(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await listReporters(flags, context)))
  defineReportersReward(command, context, done)
}

async function listReporters(flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context
  const { chain, token, paste } = await openOracle(flags, context)
  const registry = await openRegistry(chain, flags.registry, context)
  const delay = await readUnbondingDelay(chain, registry.address)
  const members = registry.members.filter(({ owner }) => flags.owner === undefined || owner === flags.owner)
  if (flags.json === true) {
    const reporters = members.map((member) => memberDocument(member, delay))
    io.out(JSON.stringify({ version: 1, chainId: chain.chainId, registry: registry.address, reporters }, undefined, 2))
    return EXIT.ok
  }
  if (members.length === 0) io.out('Nobody is registered there.')
  const rows = members.map((member) => cellsOf(member, registry.time, delay, token))
  const head = ['index', 'signer', 'owner', 'stake', 'state']
  const table = fittedRows({ head, rows }, io)
  if (members.length > 0) for (const line of [...table.head, ...table.rows.flat()]) io.out(line)
  io.out(`The least stake is ${formatAmount(registry.terms.minStake, token)}. To join: ${paste('register', 'CONSENT')}`)
  return EXIT.ok
}

function cellsOf(member: Membership, time: bigint, delay: bigint, token: Token): string[] {
  const { index, signer, owner, stake } = member
  return [String(index), signer, owner, formatAmount(stake, token), stateOf(member, time, delay)]
}

/** Where a membership stands, in words. */
function stateOf({ activeTime, inactiveTime, stake }: Membership, time: bigint, delay: bigint): string {
  if (stake === 0n) return 'slashed'
  if (inactiveTime === undefined)
    return time < activeTime
      ? `reports from ${formatMoment(activeTime, time)}`
      : `since ${formatMoment(activeTime, time)}`
  if (time < inactiveTime) return `leaves ${formatMoment(inactiveTime, time)}`
  const free = inactiveTime + delay
  return time < free ? `left; its stake is free ${formatMoment(free, time)}` : 'left; its stake can be withdrawn'
}

function memberDocument(member: Membership, delay: bigint): Record<string, unknown> {
  const { index, owner, signer, peerId, stake, activeTime, inactiveTime } = member
  return {
    index,
    owner,
    signer,
    peerId,
    stake: stake.toString(),
    activeTime: Number(activeTime),
    inactiveTime: inactiveTime === undefined ? null : Number(inactiveTime),
    withdrawableTime: inactiveTime === undefined ? null : Number(inactiveTime + delay),
  }
}
