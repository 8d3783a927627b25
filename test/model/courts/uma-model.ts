import { type Address, type Hex, encodeAbiParameters, keccak256 } from 'viem'
import type { Model } from '../model.ts'
import { Refused, type Words } from '../result.ts'
import { rule } from '../settling.ts'
import { INVALID } from '../terms.ts'
import { ArbitratorModel, type CourtCall } from './arbitrator-model.ts'
import { NOBODY } from './erc792-model.ts'
import type { CourtRules } from './rules.ts'
import type { UmaAction, UmaTerms } from './terms.ts'
import { ASSERT_TRUTH } from './uma-contracts.ts'

/** An assertion at UMA, and what the adapter knows it by; `fixing` is undefined of those that were not made through it. */
export type Assertion = {
  readonly id: Hex
  readonly fixing: number | undefined
  readonly asserter: Address
  readonly value: bigint
  readonly bond: bigint
  readonly assertedAt: bigint
  readonly expiry: bigint
  disputer: Address | undefined
  /** What the voters found, once they have. */
  vote: 'true' | 'false' | undefined
  isSettled: boolean
}

type Case = { asserter: Address; value: bigint }

/** An adapter to UMA as R-521 and IUmaArbitrator's comments describe it, and UMA's optimistic oracle, from its source. */
export class UmaModel extends ArbitratorModel<UmaTerms> {
  readonly cases: readonly Case[]
  readonly assertions = new Map<Hex, Assertion>()
  private readonly claims: ReadonlyMap<string, Hex>

  constructor(oracle: Model, terms: UmaTerms, rules: CourtRules, claims: ReadonlyMap<string, Hex>) {
    super(oracle, terms, rules)
    this.cases = oracle.fixings.map(() => ({ asserter: NOBODY, value: 0n }))
    this.claims = claims
  }

  act({ sender, action }: CourtCall): Words {
    const call = action as UmaAction // a history has one arbitrator
    switch (call.name) {
      case 'assertValue':
        return this.assertValue(sender, call.fixing, call.value)
      case 'assertTruth':
        return this.assertTruth(sender, call.fixing, call.value)
      case 'disputeAssertion':
        return this.dispute(sender, call.assertion)
      case 'pushPrice':
        this.assertion(call.assertion).vote = call.verdict
        return []
      case 'settleAssertion':
        return this.settle(call.assertion)
      case 'assertionResolvedCallback':
      case 'assertionDisputedCallback':
        throw new Refused('NotTheCourt', [sender])
      case 'bring':
        return this.bring(call.fixing)
    }
  }

  /** The ends of liveness; and where a turn becomes too short for another. */
  override moments(): bigint[] {
    const lives = [...this.assertions.values()].flatMap(({ isSettled, expiry }) => (isSettled ? [] : [expiry]))
    const ends = this.oracle.fixings.map((_, fixing) => this.turnEnd(fixing)).filter((end) => end > 0n)
    return [...lives, ...ends.map((end) => end - this.terms.liveness)]
  }

  /** What an assertion takes now, wei. */
  price(): bigint {
    return this.rules.bond(this.terms.leastBond, this.terms.courtBond)
  }

  caseAt(fixing: number): Case {
    const found = this.cases[fixing]
    if (found === undefined) throw new RangeError(`Expected fixing ${fixing} in the history.`)
    return found
  }

  private assertValue(sender: Address, fixing: number, value: bigint): Words {
    if (value === 0n) throw new Refused('ValueZero')
    const id = this.oracle.id(fixing)
    const end = this.turnEnd(fixing)
    if (end === 0n) throw new Refused('NotItsTurn', [id])
    if (this.caseAt(fixing).asserter !== NOBODY) throw new Refused('AlreadyRuled', [id])
    const { now } = this.oracle
    const expiry = now + this.terms.liveness
    if (!this.rules.isBefore(expiry, end)) throw new Refused('TurnEndsBefore', [expiry, end])
    const assertion = this.lodge({ maker: this.terms.address, payer: sender, fixing, value, bond: this.price() })
    this.assertions.set(assertion, { ...this.assertion(assertion), fixing })
    this.emit('Asserted', id, assertion, sender, value, expiry)
    return [assertion]
  }

  /** The same claim at UMA by somebody himself, who names the adapter to be called back. */
  private assertTruth(sender: Address, fixing: number, value: bigint): Words {
    return [this.lodge({ maker: sender, payer: sender, fixing, value, bond: this.terms.courtBond })]
  }

  private lodge(made: {
    readonly maker: Address
    readonly payer: Address
    readonly fixing: number
    readonly value: bigint
    readonly bond: bigint
  }): Hex {
    const { maker, payer, fixing, value, bond } = made
    const { liveness, address, court } = this.terms
    const assertedAt = this.oracle.now
    const claim = this.claims.get(claimKey(fixing, value)) ?? '0x'
    const fields = [claim, bond, assertedAt, liveness, this.terms.token, address, NOBODY, ASSERT_TRUTH, maker] as const
    const id = keccak256(encodeAbiParameters(ASSERTION, fields))
    const isKnown = this.assertions.has(id)
    // The adapter takes the bond before it asks UMA; who asserts there himself is asked for it last.
    if (maker !== payer) this.requireFunds(payer, bond)
    if (isKnown) throw refusal('Assertion already exists')
    this.requireFunds(payer, bond)
    this.move(payer, court, bond)
    const expiry = assertedAt + liveness
    const open = { disputer: undefined, vote: undefined, isSettled: false }
    this.assertions.set(id, { id, fixing: undefined, asserter: payer, value, bond, assertedAt, expiry, ...open })
    return id
  }

  private dispute(sender: Address, id: Hex): Words {
    const assertion = this.assertions.get(id)
    if (assertion === undefined) throw refusal('Assertion does not exist')
    if (assertion.disputer !== undefined) throw refusal('Assertion already disputed')
    if (assertion.expiry <= this.oracle.now) throw refusal('Assertion is expired')
    this.requireFunds(sender, assertion.bond)
    this.move(sender, this.terms.court, assertion.bond)
    assertion.disputer = sender
    return assertion.fixing === undefined ? [] : this.emit('Disputed', this.oracle.id(assertion.fixing), id)
  }

  private settle(id: Hex): Words {
    const assertion = this.assertions.get(id)
    if (assertion === undefined) throw refusal('Assertion does not exist')
    if (assertion.isSettled) throw refusal('Assertion already settled')
    const { court, store } = this.terms
    const { bond, disputer, asserter, expiry, vote } = assertion
    if (disputer === undefined && this.oracle.now < expiry) throw refusal('Assertion not expired')
    if (disputer !== undefined && vote === undefined) throw new Refused('Nothing')
    const isTrue = disputer === undefined || vote === 'true'
    const fee = disputer === undefined ? 0n : bond / 2n
    this.move(court, store, fee)
    this.move(court, isTrue ? asserter : (disputer ?? asserter), disputer === undefined ? bond : 2n * bond - fee)
    assertion.isSettled = true
    return this.resolved(assertion, isTrue)
  }

  /** UMA tells the adapter. */
  private resolved({ id, fixing, asserter, value }: Assertion, isTrue: boolean): Words {
    if (fixing === undefined) return []
    const trial = this.caseAt(fixing)
    if (this.rules.isRuling(isTrue, trial.asserter !== NOBODY)) Object.assign(trial, { asserter, value })
    return this.emit('Resolved', this.oracle.id(fixing), id, isTrue)
  }

  private bring(fixing: number): Words {
    const { asserter, value } = this.caseAt(fixing)
    if (asserter === NOBODY) throw new Refused('NotRuled', [this.oracle.id(fixing)])
    rule(this.oracle, this.terms.address, fixing, value)
    this.pay(asserter, this.oracle.fixing(fixing).arbitrationFee)
    return []
  }

  private assertion(id: Hex): Assertion {
    const found = this.assertions.get(id)
    if (found === undefined) throw new RangeError(`Expected assertion ${id} at UMA.`)
    return found
  }

  private requireFunds(from: Address, amount: bigint): void {
    const held = this.oracle.fundsOf(from)
    if (held < amount) throw new Refused('ERC20InsufficientBalance', [from, held, amount])
  }
}

/** What names a claim among those of a history. */
export function claimKey(fixing: number, value: bigint): string {
  return `${fixing}/${value === INVALID ? 'INVALID' : value}`
}

const ASSERTION = ['bytes', 'uint256', 'uint256', 'uint64', 'address', 'address', 'address', 'bytes32', 'address'].map(
  (type) => ({ type }),
)

/** A reason as Solidity's `require` gives it. */
function refusal(reason: string): Refused {
  const digits = Buffer.from(reason).toString('hex')
  const words = digits.padEnd(64 * Math.ceil(digits.length / 64), '0').match(/.{64}/g) ?? []
  return new Refused('Error', [32n, BigInt(reason.length), ...words.map((each) => BigInt(`0x${each}`))])
}
