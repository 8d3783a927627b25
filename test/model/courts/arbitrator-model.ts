import type { Address } from 'viem'
import type { Model } from '../model.ts'
import type { ModelEvent, Words } from '../result.ts'
import type { CourtRules } from './rules.ts'
import type { ArbitratorTerms, CourtAction, CourtStep } from './terms.ts'

/** A step that calls the arbitrator or its court. */
export type CourtCall = CourtStep & { readonly action: CourtAction }

/**
 * What all arbitrators have in common, written from section 10 of docs/spec.md and the comments of their interfaces. The oracle is
 * the model of the dispute; tokens and time are its.
 */
export abstract class ArbitratorModel<Terms extends ArbitratorTerms = ArbitratorTerms> {
  readonly oracle: Model
  readonly terms: Terms
  protected readonly rules: CourtRules
  private events: ModelEvent[] = []

  constructor(oracle: Model, terms: Terms, rules: CourtRules) {
    this.oracle = oracle
    this.terms = terms
    this.rules = rules
  }

  /** Does what the step asks, or refuses before anything has changed. */
  abstract act(step: CourtCall): Words

  /** What corrupting it costs for a fixing, wei. */
  costOfCorruption(fixing: number): bigint {
    return this.rules.cost(this.terms, this.oracle.fixing(fixing))
  }

  takeEvents(): ModelEvent[] {
    const { events } = this
    this.events = []
    return events
  }

  /** First second at which the arbitrator cannot rule on the fixing any more; 0 while it cannot. */
  turnEnd(fixing: number): bigint {
    const { now } = this.oracle
    const dispute = this.oracle.dispute(fixing)
    if (dispute.phase(now) !== 'Arbitration' || dispute.currentArbitrator(now) !== this.terms.address) return 0n
    const end = dispute.arbitratedAt + dispute.fixing.arbitrationLimit
    return this.rules.isBefore(now, end) ? end : end + dispute.fixing.arbitrationLimit
  }

  /** Instants at which something changes, beside those of the fixings. */
  moments(): bigint[] {
    return []
  }

  protected pay(to: Address, amount: bigint): void {
    this.move(this.terms.address, to, amount)
  }

  /** Moves bond token. */
  protected move(from: Address, to: Address, amount: bigint): void {
    const { funds } = this.oracle
    funds.set(from, this.oracle.fundsOf(from) - amount)
    funds.set(to, this.oracle.fundsOf(to) + amount)
  }

  protected emit(name: string, ...args: Words): Words {
    this.events.push({ name, args })
    return []
  }
}
