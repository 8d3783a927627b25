import type { Address } from 'viem'
import type { ChainPort } from '../chain/port.ts'
import type { KnownCase } from '../store/jury-table.ts'
import { isAmong } from './among.ts'
import type { Docket } from './docket.ts'

/** Whose stakes are told from those that this node serves with. */
export type UnservedComponents = {
  readonly chain: Pick<ChainPort, 'account' | 'court'>
  /** Whose voter this node's account is with its operator's consent. */
  readonly principals: readonly Address[]
  /** Every key that this node has had. */
  readonly ownKeys: () => Promise<readonly Address[]>
}

/** Whether an account of this node's operator is served in a jury. */
export type Service = {
  readonly juror: Address
  /** Whether this node has its consent to vote for it, or is another key of the node. */
  readonly kind: 'principal' | 'key'
  /** Whom it names its voter there: this node's account, another, which may be itself, or nobody. */
  readonly names: 'node' | 'other' | 'nobody'
  /** Whether it has stakes in the pool, or about to be back in it, or seats. */
  readonly hasStake: boolean
}

/** An account whose seats in a jury this node does not vote for, though its operator may think so. */
export type Unserved = Pick<Service, 'juror' | 'kind'> & {
  readonly jury: Address
  /** Whether it counts on this node in another jury: it names it there, or may, where that was not looked at. */
  readonly isElsewhere: boolean
}

/** Looks now and then how the operator's other accounts stand in juries. */
export interface Services {
  /**
   * How they stand in the jury, whose cases that were opened are `opened`; undefined where that was looked at not long ago: it reads the
   * whole pool. Throws DeadRpcError.
   */
  look(
    jury: Address,
    opened: readonly KnownCase[],
    docket: Pick<Docket, 'head' | 'look'>,
  ): Promise<readonly Service[] | undefined>
}

/** How often it is looked, chain time. */
const LOOK_SECONDS = 600n

/** Nothing was looked at yet. */
export function createServices(components: UnservedComponents): Services {
  const lookedAt = new Map<Address, bigint>()
  return {
    async look(jury, opened, docket) {
      const { number, time } = docket.head
      const last = lookedAt.get(jury)
      if (last !== undefined && time >= last && time < last + LOOK_SECONDS) return undefined
      // What cannot be read its own look says.
      const looks = await Promise.allSettled(opened.map((one) => docket.look(one)))
      const seated = looks
        .flatMap((look) => (look.status === 'fulfilled' ? [look.value.trial] : []))
        .flatMap(({ state, seats }) => (state.stage === 'voting' ? seats.map(({ juror }) => juror) : []))
      const services = await servicesIn(components, jury, seated, number)
      lookedAt.set(jury, time)
      return services
    },
  }
}

/**
 * How the operator's other accounts stand in `jury` at a block, where `seated` have seats; of those keys that the node had before, those
 * that have stakes and are no principals. Throws DeadRpcError.
 */
export async function servicesIn(
  { chain, principals, ownKeys }: UnservedComponents,
  jury: Address,
  seated: readonly Address[],
  atBlock: bigint,
): Promise<readonly Service[]> {
  const keys = (await ownKeys()).filter((key) => !isAmong(key, [chain.account, ...principals]))
  const accounts = [...principals, ...keys]
  if (accounts.length === 0) return []
  const court = chain.court(jury)
  const [voters, pool, returned] = await Promise.all([
    court.voters(accounts, atBlock),
    court.pool(atBlock),
    court.returned(atBlock),
  ])
  const staked = [...new Set([...pool, ...returned, ...seated])]
  return accounts.map((juror, i) => ({
    juror,
    kind: isAmong(juror, principals) ? 'principal' : 'key',
    names: whoIs(voters[i], chain.account),
    hasStake: isAmong(juror, staked),
  }))
}

/** Whom a juror names whose voter is `voter`, as the node of `account` sees it. */
export function whoIs(voter: Address | undefined, account: Address | undefined): Service['names'] {
  if (voter === undefined) return 'nobody'
  return isAmong(account, [voter]) ? 'node' : 'other'
}

/**
 * Whom this node does not vote for, by how its operator's other accounts stand in `juries`, which are all of the node's if `isWhole`: those
 * that have stakes and name nobody; keys that name it and are no principals; and principals that name it in no jury. Who names
 * another, itself too, is that one's.
 */
export function unservedOf(juries: ReadonlyMap<Address, readonly Service[]>, isWhole: boolean): readonly Unserved[] {
  const all = [...juries].flatMap(([jury, services]) => services.map((one) => ({ ...one, jury })))
  const named = new Set(all.flatMap(({ juror, names }) => (names === 'node' ? [juror] : [])))
  return all
    .filter(({ juror, kind, names, hasStake }) => {
      if (kind === 'key') return hasStake && names !== 'other'
      return (hasStake && names === 'nobody') || (isWhole && !named.has(juror))
    })
    .map(({ jury, juror, kind }) => ({ jury, juror, kind, isElsewhere: !isWhole || named.has(juror) }))
}
