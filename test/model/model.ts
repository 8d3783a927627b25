import type { Address, Hex } from 'viem'
import { firstOutOfBounds } from './bounds.ts'
import { Dispute } from './dispute.ts'
import { Receipts } from './receipts.ts'
import { type ModelEvent, Refused, type Words } from './result.ts'
import { RULES, type Rules } from './rules.ts'
import { type Fixing, type Key, MAX_BOND, PHASES, type Phase, fixingIdOf, keyText, receiptIdOf } from './terms.ts'

/** What surrounds the oracle and may be hostile. */
export type Surroundings = {
  /** The open interest that `source` reports on a fixing; undefined if it cannot be read. */
  readonly readInterest: (source: Address, fixing: number) => bigint | undefined
  /** How much more than told (less, if negative) arrives when the token is pulled, wei. */
  readonly skew: () => bigint
  /** Whether `party` reverts when its tokens move. */
  readonly refuses: (party: Address) => boolean
}

export type Deployment = { readonly chainId: bigint; readonly oracle: Address; readonly sink: Address }

/**
 * Everything that the oracle of `protocol.md` sections 3 to 5 and 9 knows, written from that text alone; `play` acts on
 * it. Time is the public field `now`, seconds.
 */
export class Model {
  now = 0n
  /** How many receipts the last claim burned. */
  lastBurned = 0n
  readonly rules: Rules
  readonly deployment: Deployment
  readonly fixings: readonly Fixing[]
  readonly ids: readonly Hex[]
  readonly disputes: readonly Dispute[]
  readonly receipts = new Receipts()
  readonly funds: Map<Address, bigint>
  private readonly surroundings: Surroundings
  private readonly receiptIds = new Map<string, bigint>()
  private events: ModelEvent[] = []

  constructor(
    deployment: Deployment,
    fixings: readonly Fixing[],
    funds: ReadonlyMap<Address, bigint>,
    surroundings: Surroundings,
    rules: Rules = RULES,
  ) {
    this.deployment = deployment
    this.fixings = fixings
    this.ids = fixings.map((fixing) => fixingIdOf(deployment.chainId, deployment.oracle, fixing))
    this.disputes = fixings.map((fixing) => new Dispute(fixing, rules))
    this.funds = new Map(funds)
    this.surroundings = surroundings
    this.rules = rules
  }

  receiptId(fixing: number, key: Key): bigint {
    const text = `${fixing}:${keyText(key)}`
    const id = this.receiptIds.get(text) ?? receiptIdOf(this.id(fixing), key)
    this.receiptIds.set(text, id)
    return id
  }

  id(fixing: number): Hex {
    return at(this.ids, fixing)
  }

  fixing(index: number): Fixing {
    return at(this.fixings, index)
  }

  dispute(fixing: number): Dispute {
    return at(this.disputes, fixing)
  }

  fundsOf(holder: Address): bigint {
    return this.funds.get(holder) ?? 0n
  }

  /** The view `bond`: d for a proposal made now, or what `propose` would revert with. */
  bond(fixing: number, maxBond = MAX_BOND): bigint {
    this.requireParameters(fixing)
    const { openInterest, minBond, bondPpm } = this.fixing(fixing)
    const reading = BigInt(openInterest) === 0n ? 0n : this.surroundings.readInterest(openInterest, fixing)
    if (reading === undefined) throw new Refused('OpenInterestUnreadable', [openInterest])
    const bond = this.rules.bond(minBond, bondPpm, reading)
    if (bond > maxBond) throw new Refused('BondAboveMax', [bond, maxBond])
    if (bond > MAX_BOND) throw new Refused('BondAboveMax', [bond, MAX_BOND])
    return bond
  }

  requireParameters(fixing: number): void {
    const broken = firstOutOfBounds(this.fixing(fixing))
    if (broken === undefined) return
    const { field, got, min, max } = broken
    const name: Hex = `0x${Buffer.from(field).toString('hex').padEnd(64, '0')}`
    throw new Refused('ParameterOutOfBounds', [name, got, min, max])
  }

  requirePhase(dispute: Dispute, want: Phase): void {
    if (dispute.phase(this.now) !== want) throw this.wrongPhase(dispute, want)
  }

  wrongPhase(dispute: Dispute, want: Phase): Refused {
    return new Refused('WrongPhase', [BigInt(PHASES.indexOf(dispute.phase(this.now))), BigInt(PHASES.indexOf(want))])
  }

  requireSettled(fixing: number): void {
    if (this.dispute(fixing).phase(this.now) !== 'Settled') throw new Refused('NotSettled', [this.id(fixing)])
  }

  /** The payee's own refusal; before anything changes, because a refused call changes nothing. */
  requirePayable(payee: Address, amount: bigint): void {
    if (amount > 0n && this.surroundings.refuses(payee)) throw new Refused('PaymentRefused')
  }

  /** takes exactly `amount` or refuses. */
  pull(from: Address, dispute: Dispute, amount: bigint): void {
    this.requirePayable(from, amount)
    const held = this.fundsOf(from)
    if (held < amount) throw new Refused('ERC20InsufficientBalance', [from, held, amount])
    const arrived = amount + this.surroundings.skew()
    const got = arrived > 0n ? arrived : 0n
    if (got !== amount) throw new Refused('TransferMismatch', [got, amount])
    this.funds.set(from, held - amount)
    this.funds.set(this.deployment.oracle, this.fundsOf(this.deployment.oracle) + amount)
    dispute.deposits += amount
  }

  pay(to: Address, dispute: Dispute, amount: bigint): void {
    this.funds.set(this.deployment.oracle, this.fundsOf(this.deployment.oracle) - amount)
    this.funds.set(to, this.fundsOf(to) + amount)
    dispute.payments += amount
  }

  emit(name: string, ...args: Words): void {
    this.events.push({ name, args })
  }

  /** Every event since the last call: the protocol's own in order, then those of the receipts. */
  takeEvents(): ModelEvent[] {
    const events = [...this.events, ...this.receipts.takeEvents()]
    this.events = []
    return events
  }
}

/** An element that must be there. */
function at<T>(list: readonly T[], index: number): T {
  const element = list[index]
  if (element === undefined) throw new RangeError(`Expected element ${index} of ${list.length}.`)
  return element
}
