import type { Address } from 'viem'
import { type Chain, latestBlock } from '#client/chain.ts'
import { type Membership, readMemberships } from '#client/membership.ts'
import { readRegistryTerms, type RegistryTerms } from '#client/registry-terms.ts'
import type { Context } from '../context.ts'
import { addressFrom } from '../environment.ts'
import { InputError, RefusedError } from '../errors.ts'

/** A registry that was found to be there, with who is in it now. */
export type Registry = {
  readonly address: Address
  readonly terms: RegistryTerms
  readonly members: readonly Membership[]
  /** Of the newest block, Unix seconds. */
  readonly time: bigint
}

/** Opens the registry that flag or environment names. Throws InputError, NoCodeError, NotRegistryError, DeadRpcError. */
export async function openRegistry(chain: Chain, named: Address | undefined, { env }: Context): Promise<Registry> {
  const address = named ?? addressFrom(env, 'ASSIZE_REGISTRY')
  if (address === undefined) {
    throw new InputError(
      'Expected the address of a registry, got none.',
      'Give it with --registry, or in ASSIZE_REGISTRY.',
    )
  }
  const terms = await readRegistryTerms(chain, address)
  const { time } = await latestBlock(chain)
  return { address, terms, members: await readMemberships(chain, address, time), time }
}

/** The reporter of that index. Throws InputError for a place that nobody has. */
export function memberOf({ members }: Registry, index: number): Membership {
  const member = members.find((one) => one.index === index)
  if (member !== undefined) return member
  const there = members.map((one) => one.index).join(', ')
  throw new InputError(
    `Expected the index of a reporter, got ${index}, which nobody has.`,
    there === '' ? 'Nobody is registered.' : `These are taken: ${there}. See assize reporters.`,
  )
}

/** Throws RefusedError for a reporter that leaves, or has left. */
export function requireStaying({ inactiveTime }: Membership): void {
  if (inactiveTime === undefined) return
  throw new RefusedError('Expected a reporter that stays, got one that is leaving.', 'Register another.')
}
