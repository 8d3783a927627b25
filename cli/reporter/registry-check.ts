import { type Chain, latestBlock } from '#client/chain.ts'
import { type Membership, readMemberships } from '#client/membership.ts'
import { readRegistryTerms } from '#client/registry-terms.ts'
import type { Config } from '#node/config'
import { keystoreAt } from '../chain/signer.ts'
import { failureOf } from '../errors.ts'
import { ETHER, formatAmount, formatTime } from '../format.ts'
import type { Check } from './check.ts'
import { nodesAddress } from './nodes-address.ts'

type RegistryFinding = {
  readonly check: Check
  /** Reporters beside this node's. */
  readonly others: number
}

/** Whether the registry is there, and what it says of the node's key. */
export async function registryCheck(chain: Chain, { registry, key }: Config): Promise<RegistryFinding> {
  try {
    const { time } = await latestBlock(chain)
    const members = await readMemberships(chain, registry, time)
    const signer = nodesAddress(key)
    const { reporters } = await readRegistryTerms(chain, registry)
    const isNameless = key?.kind === 'keystore' && keystoreAt(key.keystore) !== undefined && signer === undefined
    const own = members.find((member) => member.signer === signer)
    const others = members.filter((member) => member !== own && member.stake > 0n && member.inactiveTime === undefined)
    return {
      check: isNameless
        ? {
            what: 'registry',
            state: 'warn',
            found: `${reporters} report; the keystore does not say whose it is`,
            fix: 'See assize reporters.',
          }
        : memberCheck(own, reporters, time),
      others: others.length,
    }
  } catch (error) {
    const fix = 'Correct registry in the configuration.'
    return { check: { what: 'registry', state: 'bad', found: failureOf(error).message, fix }, others: 0 }
  }
}

/** What the registry says at `time` of the reporter whose key this is. */
function memberCheck(own: Membership | undefined, reporters: number, time: bigint): Check {
  const what = 'registry'
  if (own === undefined) {
    const found = `${reporters} report, this key is none of them`
    return { what, state: 'warn', found, fix: 'To register it: assize keys bind, then assize register by the owner.' }
  }
  if (own.stake === 0n)
    return {
      what,
      state: 'bad',
      found: `reporter ${own.index} was slashed`,
      fix: 'Stop it; find out why in assize journal.',
    }
  const leaves =
    own.inactiveTime === undefined
      ? ''
      : `, ${time < own.inactiveTime ? 'leaves' : 'left'} ${formatTime(own.inactiveTime)}`
  const begins = own.activeTime > time ? `, from ${formatTime(own.activeTime)}` : ''
  const found = `reporter ${own.index} with ${formatAmount(own.stake, ETHER)} of ${own.owner}${begins}${leaves}`
  if (own.inactiveTime === undefined) return { what, state: 'ok', found }
  return { what, state: 'warn', found, fix: 'To report on, register another: assize keys new, then assize keys bind.' }
}
