import type { Address, Hex } from 'viem'
import type { OwnerMood } from '../accounts.ts'
import { Refused, type Words } from '../result.ts'
import { rule } from '../settling.ts'
import { hashText, typedDigest } from '../typed-data.ts'
import { ArbitratorModel, type CourtCall } from './arbitrator-model.ts'
import type { Brought, CouncilAction, CouncilTerms } from './terms.ts'

const RULING = hashText('Ruling(bytes32 fixingId,uint128 value)')

type Submission = CouncilAction & { readonly name: 'submit' }

/** A council as R-510 and ICouncilArbitrator's comments describe it. */
export class CouncilModel extends ArbitratorModel<CouncilTerms> {
  readonly owed = new Map<Address, bigint>()

  act({ sender, action, mood = 'approves' }: CourtCall): Words {
    const call = action as CouncilAction // a history has one arbitrator
    return call.name === 'submit' ? this.submit(call, mood) : this.withdraw(sender)
  }

  /** What a member signs to rule `value` on a fixing. */
  digest(fixing: number, value: bigint): Hex {
    return digestOf(this.oracle.deployment.chainId, this.terms.address, this.oracle.id(fixing), value)
  }

  private submit({ fixing, value, signatures }: Submission, mood: OwnerMood): Words {
    if (value === 0n) throw new Refused('RulingZero')
    const { threshold, address } = this.terms
    const digest = this.digest(fixing, value)
    this.requireOrder(signatures)
    const counted = signatures.filter((brought) => this.isSigned(brought, digest, mood))
    const got = BigInt(counted.length)
    if (!this.rules.isEnough(got, threshold)) throw new Refused('TooFewSignatures', [got, threshold])
    rule(this.oracle, address, fixing, value)
    const fee = this.oracle.fixing(fixing).arbitrationFee
    const shares = this.rules.shares(fee, got)
    for (const [at, { index }] of counted.entries()) this.credit(this.member(index), shares[at] ?? 0n)
    const signed = counted.reduce((bits, { index }) => bits | (1n << index), 0n)
    return this.emit('CouncilRuled', this.oracle.id(fixing), value, signed, fee)
  }

  private withdraw(sender: Address): Words {
    const amount = this.owedTo(sender)
    if (amount === 0n) throw new Refused('NothingToWithdraw', [sender])
    this.owed.set(sender, 0n)
    this.pay(sender, amount)
    this.emit('FeeWithdrawn', sender, amount)
    return [amount]
  }

  owedTo(account: Address): bigint {
    return this.owed.get(account) ?? 0n
  }

  private requireOrder(signatures: readonly Brought[]): void {
    const count = BigInt(this.terms.members.length)
    let previous: bigint | undefined
    for (const { index } of signatures) {
      if (index >= count) throw new Refused('UnknownSigner', [index, count])
      if (previous !== undefined && index <= previous) throw new Refused('SignersNotAscending', [previous, index])
      previous = index
    }
  }

  private isSigned({ index, signed }: Brought, digest: Hex, mood: OwnerMood): boolean {
    const member = this.member(index)
    if (this.isContract(member)) return mood === 'approves'
    return signed.by === member && signed.digest === digest && this.rules.counts(signed.form)
  }

  private isContract(member: Address): boolean {
    return member === this.terms.contractMember
  }

  private member(index: bigint): Address {
    return this.terms.members[Number(index)] ?? this.terms.address
  }

  private credit(member: Address, amount: bigint): void {
    this.owed.set(member, this.owedTo(member) + amount)
  }
}

/** The digest of a ruling on a fixing, for one council on one chain. */
export function digestOf(chainId: bigint, council: Address, id: Hex, value: bigint): Hex {
  return typedDigest({ name: 'Assize Council', chainId, contract: council }, RULING, [id, value])
}
