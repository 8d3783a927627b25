import { type Address, type Hex, keccak256 } from 'viem'
import { Refused } from '../result.ts'
import { word } from '../terms.ts'
import type { Secret } from './action.ts'
import { BLS_ORDER, keyOf, sumOf } from './keys.ts'
import type { RegistryRules, Term } from './rules.ts'

/** `type(uint64).max`: a reporter that has not left. */
export const NEVER = (1n << 64n) - 1n

/** A registry as it was deployed; times are seconds, amounts wei. */
export type Deployed = {
  readonly address: Address
  readonly startTime: bigint
  readonly arbitrator: Address
  readonly backup: Address
  readonly minStake: bigint
  readonly epochDuration: bigint
  readonly unbondingDelay: bigint
  readonly minBandPpm: bigint
}

export type Credentials = { readonly signer: Address; readonly secret: Secret; readonly fromTime: bigint }

/** One reporter from its registration to its withdrawal. */
export type Member = {
  readonly index: number
  readonly owner: Address
  readonly activeTime: bigint
  readonly peerId: Hex
  inactiveTime: bigint
  stake: bigint
  /** Every signer and key that it ever had, in order. */
  readonly credentials: Credentials[]
}

export type Roster = { readonly address: Address; readonly members: readonly Member[]; readonly codeHash: Hex }

/** Who reports when (R-408): everybody's whole past, from which every view follows. */
export class Membership {
  readonly deployed: Deployed
  readonly rules: RegistryRules
  /** By index; undefined for one that is vacant. */
  readonly members: (Member | undefined)[] = []
  readonly rosters = new Map<bigint, Roster>()
  private readonly vacant: number[] = []
  private readonly tied = new Map<Address, Member>()
  private readonly changes: bigint[] = []

  constructor(deployed: Deployed, rules: RegistryRules) {
    this.deployed = deployed
    this.rules = rules
  }

  epoch(time: bigint): bigint {
    const { startTime, epochDuration } = this.deployed
    if (time < startTime) throw new Refused('BeforeFirstEpoch', [time, startTime])
    return (time - startTime) / epochDuration
  }

  epochStart(epoch: bigint): bigint {
    return this.deployed.startTime + epoch * this.deployed.epochDuration
  }

  /** When a change made at `now` takes effect. */
  changeTime(now: bigint): bigint {
    const epoch = this.epoch(now)
    return this.rules.changeTime(now, epoch, this.epochStart(epoch + 1n))
  }

  /** Notes that the reporters change at `time`. */
  noteChange(time: bigint): void {
    if (!this.changes.includes(time)) this.changes.push(time)
  }

  /** Since when the reporters at `time` are what they are. */
  sinceTime(time: bigint): bigint {
    this.epoch(time)
    return this.changes.filter((change) => change <= time).at(-1) ?? this.deployed.startTime
  }

  rosterOf(time: bigint): Roster | undefined {
    return this.rosters.get(this.sinceTime(time))
  }

  /** The reporters at `time` who have not withdrawn, in ascending index. */
  at(time: bigint): Member[] {
    return this.members.filter((member) => {
      return member !== undefined && this.rules.isReporting(time, member.activeTime, member.inactiveTime)
    }) as Member[] // without vacant indices
  }

  credentialsAt({ credentials }: Member, time: bigint): Credentials {
    const current = credentials.findLast(({ fromTime }) => fromTime <= time) ?? credentials[0]
    if (current === undefined) throw new RangeError('Expected a member with keys.')
    return current
  }

  /** The secret of the reporter at each place of the roster of `time`, whether published or not. */
  secretsAt(time: bigint): Secret[] {
    return this.at(time).map((member) => this.credentialsAt(member, time).secret)
  }

  /** The earliest time that a roster can still be published for at `now`: the previous epoch's start. */
  minRosterTime(now: bigint): bigint {
    const epoch = this.epoch(now)
    return this.epochStart(epoch === 0n ? 0n : epoch - 1n)
  }

  publish(time: bigint): Roster {
    const members = this.at(time)
    const secrets = members.map((member) => this.credentialsAt(member, time).secret)
    const { address } = this.deployed
    const roster = {
      address: createdBy(address, this.rosters.size + 1),
      members,
      codeHash: keccak256(rosterCode(members, secrets)),
    }
    this.rosters.set(this.sinceTime(time), roster)
    return roster
  }

  /** The member whose signer `signer` is or was, unless it has withdrawn. */
  memberOf(signer: Address): Member | undefined {
    const member = this.tied.get(signer)
    return member !== undefined && this.members[member.index] === member ? member : undefined
  }

  /** From when until when `signer`, which is or was the member's, was it: a signer that is replaced never comes back. */
  termOf({ credentials, inactiveTime }: Member, signer: Address): Term {
    const first = credentials.findIndex((each) => each.signer === signer)
    const next = credentials.findIndex((each, at) => at > first && each.signer !== signer)
    const retiredTime = credentials[next]?.fromTime ?? NEVER
    const endTime = retiredTime < inactiveTime ? retiredTime : inactiveTime
    return { fromTime: credentials[first]?.fromTime ?? NEVER, endTime }
  }

  /** The index that the next reporter gets: the last vacated one, else a new one. */
  nextIndex(): number {
    return this.vacant.at(-1) ?? this.members.length
  }

  join(member: Member): void {
    if (this.vacant.length > 0) this.vacant.pop()
    this.members[member.index] = member
    this.noteChange(member.activeTime)
    for (const { signer } of member.credentials) this.tied.set(signer, member)
  }

  rotate(member: Member, credentials: Credentials): void {
    this.noteChange(credentials.fromTime)
    member.credentials.push(credentials)
    this.tied.set(credentials.signer, member)
  }

  leave(member: Member, time: bigint): void {
    this.noteChange(time)
    member.inactiveTime = time
  }

  vacate(member: Member): void {
    this.members[member.index] = undefined
    this.vacant.push(member.index)
  }
}

/** A roster's bytes: STOP, minus the sum of the keys, then each key with its index (ADR 9). */
function rosterCode(members: readonly Member[], secrets: readonly Secret[]): Hex {
  const minusSum = (BLS_ORDER - sumOf(secrets)) % BLS_ORDER
  const entries = members.map(({ index }, place) => {
    return keyOf(secrets[place] ?? 0n).slice(2) + index.toString(16).padStart(2, '0')
  })
  return `0x00${keyOf(minusSum).slice(2)}${entries.join('')}`
}

/** The address of the contract that `creator` creates with `nonce` < 128: the end of the hash of their RLP list. */
function createdBy(creator: Address, nonce: number): Address {
  return `0x${keccak256(`0xd694${creator.slice(2)}${word(BigInt(nonce)).slice(-2)}`).slice(-40)}`
}
