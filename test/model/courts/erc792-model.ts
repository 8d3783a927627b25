import { type Address, toHex } from 'viem'
import type { Model } from '../model.ts'
import { Refused, type Words } from '../result.ts'
import { rule } from '../settling.ts'
import { ArbitratorModel, type CourtCall } from './arbitrator-model.ts'
import { KlerosCourt, LooseCourt } from './peer-courts.ts'
import type { CourtRules } from './rules.ts'
import type { Erc792Action, Erc792Terms } from './terms.ts'

/** Every value, and INVALID. */
const CHOICES = (1n << 128n) - 1n
export const NOBODY: Address = `0x${'0'.repeat(40)}`

type Case = { opener: Address; isRuled: boolean; value: bigint; disputeId: bigint }

/** An adapter to a court of ERC-792 as R-520 and IErc792Arbitrator's comments describe it, and that court. */
export class Erc792Model extends ArbitratorModel<Erc792Terms> {
  readonly cases: readonly Case[]
  readonly court: KlerosCourt | LooseCourt
  /** What everybody has of the chain's own currency, wei. */
  readonly ether: Map<Address, bigint>
  /** Which fixing a dispute is about. */
  readonly fixings = new Map<bigint, number>()

  constructor(oracle: Model, terms: Erc792Terms, rules: CourtRules) {
    super(oracle, terms, rules)
    this.cases = oracle.fixings.map(() => ({ opener: NOBODY, isRuled: false, value: 0n, disputeId: 0n }))
    this.court = terms.peer === 'kleros' ? new KlerosCourt() : new LooseCourt()
    this.ether = new Map(terms.ether)
  }

  act({ sender, action, wei = 0n }: CourtCall): Words {
    const call = action as Erc792Action // a history has one arbitrator
    switch (call.name) {
      case 'open':
        return this.open(sender, call.fixing, wei)
      case 'appeal':
        return this.appeal(sender, call.fixing, wei)
      case 'submitEvidence': {
        const group = BigInt(this.oracle.id(call.fixing))
        return this.emit('Evidence', this.terms.court, group, sender, toHex(call.evidence))
      }
      case 'rule':
        throw new Refused('NotTheCourt', [sender])
      case 'bring':
        return this.bring(call.fixing)
      case 'createDispute':
        this.send(sender, this.terms.court, wei)
        this.court.next += 1n
        return [this.court.next - 1n]
      case 'setArbitrationCost':
        this.court.cost = call.cost
        return []
      case 'setNext':
        this.court.next = call.disputeId
        return []
      case 'tell':
        return this.deliver(call.disputeId, call.ruling)
      case 'giveRuling':
        return this.giveRuling(sender, call.disputeId, call.ruling)
      case 'executeRuling':
        return this.executeRuling(call.disputeId)
    }
  }

  override moments(): bigint[] {
    const { court } = this
    if (!(court instanceof KlerosCourt)) return []
    return [...this.fixings.keys()].map((disputeId) => court.appealEnd(disputeId)).filter((time) => time > 0n)
  }

  etherOf(account: Address): bigint {
    return this.ether.get(account) ?? 0n
  }

  caseAt(fixing: number): Case {
    const found = this.cases[fixing]
    if (found === undefined) throw new RangeError(`Expected fixing ${fixing} in the history.`)
    return found
  }

  private open(sender: Address, fixing: number, wei: bigint): Words {
    const id = this.oracle.id(fixing)
    const trial = this.caseAt(fixing)
    if (this.turnEnd(fixing) === 0n) throw new Refused('NotItsTurn', [id])
    if (trial.opener !== NOBODY) throw new Refused('AlreadyOpen', [id])
    const { cost, next: disputeId } = this.court
    this.requirePaid(wei, cost)
    if (this.fixings.has(disputeId)) throw new Refused('UnknownDispute', [disputeId])
    this.payCourt(sender, wei, cost)
    Object.assign(trial, { opener: sender, disputeId })
    this.court.next += 1n
    this.fixings.set(disputeId, fixing)
    this.emit('Dispute', this.terms.court, disputeId, 0n, BigInt(id))
    return [disputeId]
  }

  private appeal(sender: Address, fixing: number, wei: bigint): Words {
    const { opener, disputeId } = this.caseAt(fixing)
    if (opener === NOBODY) throw new Refused('NotOpen', [this.oracle.id(fixing)])
    const cost = this.court.appealCost(disputeId)
    this.requirePaid(wei, cost)
    this.court.requireAppealable(disputeId, this.oracle.now)
    this.payCourt(sender, wei, cost)
    this.court.appeal(disputeId)
    return []
  }

  private bring(fixing: number): Words {
    const { isRuled, value, opener } = this.caseAt(fixing)
    if (!isRuled) throw new Refused('NotRuled', [this.oracle.id(fixing)])
    rule(this.oracle, this.terms.address, fixing, value)
    this.pay(opener, this.oracle.fixing(fixing).arbitrationFee)
    return []
  }

  /** The court tells the adapter. */
  private deliver(disputeId: bigint, ruling: bigint): Words {
    const fixing = this.fixings.get(disputeId)
    const trial = fixing === undefined ? undefined : this.caseAt(fixing)
    if (trial === undefined || this.rules.isOver(trial.isRuled)) throw new Refused('UnknownDispute', [disputeId])
    if (ruling > CHOICES) throw new Refused('RulingOutOfBounds', [ruling, CHOICES])
    Object.assign(trial, { isRuled: true, value: this.rules.valueFor(ruling) })
    return this.emit('Ruling', this.terms.court, disputeId, ruling)
  }

  private giveRuling(sender: Address, disputeId: bigint, ruling: bigint): Words {
    if (!(this.court instanceof KlerosCourt)) throw new RangeError('Only the example is given rulings.')
    if (sender !== this.terms.courtOwner) throw new Refused('NotOwner')
    this.court.giveRuling(disputeId, ruling, CHOICES, this.oracle.now)
    return []
  }

  private executeRuling(disputeId: bigint): Words {
    if (!(this.court instanceof KlerosCourt)) throw new RangeError('Only the example executes rulings.')
    const { ruling, told } = this.court.executable(disputeId, this.oracle.now)
    this.deliver(disputeId, ruling)
    told()
    return []
  }

  private requirePaid(wei: bigint, cost: bigint): void {
    if (wei < cost) throw new Refused('PaymentTooLow', [wei, cost])
  }

  /** What was sent beyond the price comes back, or nothing happens. */
  private requireChange(sender: Address, wei: bigint, cost: bigint): void {
    if (wei > cost && this.terms.refusers.includes(sender)) throw new Refused('FailedCall')
  }

  private payCourt(sender: Address, wei: bigint, cost: bigint): void {
    this.requireChange(sender, wei, cost)
    this.send(sender, this.terms.court, this.rules.kept(wei, cost))
  }

  /** A party that is a contract is given what it sends. */
  private send(sender: Address, to: Address, wei: bigint): void {
    const payer = this.terms.refusers.includes(sender) ? this.terms.sponsor : sender
    this.ether.set(payer, this.etherOf(payer) - wei)
    this.ether.set(to, this.etherOf(to) + wei)
  }
}
