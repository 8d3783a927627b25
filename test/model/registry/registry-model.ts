import type { Address, Hex } from 'viem'
import type { OwnerMood } from '../accounts.ts'
import type { Model } from '../model.ts'
import { type ModelEvent, Refused, type Words } from '../result.ts'
import type { Domain } from './digests.ts'
import { type Deployed, type Member, Membership, NEVER } from './membership.ts'
import type { RegistryRules } from './rules.ts'

/** What one fixing's reporters attested and earn. */
export type Reported = {
  value: bigint
  signers: bigint
  /** How many signed, 0 for none. */
  count: bigint
  /** The reward, shares that are paid included, wei. */
  reward: bigint
  readonly funded: Map<Address, bigint>
  readonly paid: Set<bigint>
  paidOut: bigint
}

/** What surrounds the registry in one step. */
export type Weather = { readonly skew: bigint; readonly mood: OwnerMood }

/**
 * Everything that a registry knows, written from docs/spec.md and the comments of IReporterRegistry. The
 * oracle is the model of the dispute; tokens and time are its.
 */
export class RegistryModel {
  readonly oracle: Model
  readonly membership: Membership
  readonly deployed: Deployed
  readonly domain: Domain
  readonly rules: RegistryRules
  readonly reported: readonly Reported[]
  /** The owner that is a contract. */
  readonly contractOwner: Address
  weather: Weather = { skew: 0n, mood: 'approves' }
  private events: ModelEvent[] = []

  constructor(oracle: Model, deployed: Deployed, contractOwner: Address, rules: RegistryRules) {
    this.oracle = oracle
    this.deployed = deployed
    this.rules = rules
    this.membership = new Membership(deployed, rules)
    this.domain = { chainId: oracle.deployment.chainId, registry: deployed.address }
    this.contractOwner = contractOwner
    this.reported = oracle.fixings.map(() => {
      return { value: 0n, signers: 0n, count: 0n, reward: 0n, funded: new Map(), paid: new Set(), paidOut: 0n }
    })
  }

  get now(): bigint {
    return this.oracle.now
  }

  reportedOf(fixing: number): Reported {
    const reported = this.reported[fixing]
    if (reported === undefined) throw new RangeError(`Expected fixing ${fixing} in the history.`)
    return reported
  }

  /** the settlement as its id alone tells it; undefined also for a fixing that nobody touched. */
  knownSettlement(fixing: number): bigint | undefined {
    const dispute = this.oracle.dispute(fixing)
    const isKnown = dispute.round > 0 || dispute.arbitratedAt > 0n
    return isKnown ? dispute.settlement(this.now) : undefined
  }

  requireUnsettled(fixing: number): void {
    if (this.knownSettlement(fixing) !== undefined) throw new Refused('AlreadySettled', [this.oracle.id(fixing)])
  }

  /** The settlement. Refuses before it exists. */
  settlement(fixing: number): bigint {
    const settlement = this.oracle.dispute(fixing).settlement(this.now)
    if (settlement === undefined) throw new Refused('NotSettled', [this.oracle.id(fixing)])
    return settlement
  }

  /** The member that was at `place` of the roster of `maturity`. Refuses if it has withdrawn. */
  memberAt(place: bigint, maturity: bigint): Member {
    const member = this.memberIfThere(place, maturity)
    if (member === undefined) throw new Refused('ReporterGone', [place])
    return member
  }

  /** The member that was at `place` of the roster of `maturity`, unless it has withdrawn. */
  memberIfThere(place: bigint, maturity: bigint): Member | undefined {
    const roster = this.membership.rosterOf(maturity)
    const then = roster?.members[Number(place)]
    const now = then && this.membership.members[then.index]
    return now !== undefined && this.rules.wasThere(now.activeTime, maturity) ? now : undefined
  }

  /** Ends a membership at the next change, if it has not ended yet. */
  end(member: Member): void {
    if (member.inactiveTime !== NEVER) return
    const time = this.membership.changeTime(this.now)
    this.membership.leave(member, time)
    const withdrawableTime = this.rules.withdrawableTime(time, this.deployed.unbondingDelay)
    this.emit('LeavingStarted', BigInt(member.index), time, withdrawableTime)
  }

  /** Takes exactly `amount` or refuses. */
  pull(from: Address, amount: bigint): void {
    this.requireFunds(from, amount)
    const arrived = amount + this.weather.skew
    const got = arrived > 0n ? arrived : 0n
    if (got !== amount) throw new Refused('StakeMismatch', [got, amount])
    this.move(from, this.deployed.address, amount)
  }

  requireFunds(from: Address, amount: bigint): void {
    const held = this.oracle.fundsOf(from)
    if (held < amount) throw new Refused('ERC20InsufficientBalance', [from, held, amount])
  }

  pay(to: Address, amount: bigint): void {
    this.move(this.deployed.address, to, amount)
  }

  move(from: Address, to: Address, amount: bigint): void {
    this.oracle.funds.set(from, this.oracle.fundsOf(from) - amount)
    this.oracle.funds.set(to, this.oracle.fundsOf(to) + amount)
  }

  emit(name: string, ...args: Words): void {
    this.events.push({ name, args })
  }

  takeEvents(): ModelEvent[] {
    const { events } = this
    this.events = []
    return events
  }
}

/** How many bits are set. */
export function bitsIn(signers: bigint): bigint {
  return BigInt(signers.toString(2).replaceAll('0', '').length)
}

/** The places of a mask of 256 bits, in order. */
export function placesIn(mask: bigint): bigint[] {
  return Array.from({ length: 256 }, (_, place) => BigInt(place)).filter((place) => isAmong(mask, place))
}

/** Whether `place` is one of `signers`. */
export function isAmong(signers: bigint, place: bigint): boolean {
  return place < 256n && ((signers >> place) & 1n) === 1n
}

/** A field's name as the contract's errors have it. */
export function fieldName(field: string): Hex {
  return `0x${Buffer.from(field).toString('hex').padEnd(64, '0')}`
}
