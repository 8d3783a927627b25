import { Model } from '../model.ts'
import { play as playOracle } from '../play.ts'
import { Refused, type Result } from '../result.ts'
import { RULES } from '../rules.ts'
import { CouncilModel } from './council-model.ts'
import { Erc792Model } from './erc792-model.ts'
import type { CourtRules } from './rules.ts'
import { type ArbitratorTerms, type CourtStep, type CourtWorld, type History, isCourtAction } from './terms.ts'
import { UmaModel } from './uma-model.ts'

/** The model of any arbitrator. */
export type AnyModel = CouncilModel | Erc792Model | UmaModel

/** The models of an arbitrator and of its oracle, changed step by step. */
export class CourtStage {
  readonly oracle: Model
  readonly arbitrator: AnyModel

  constructor(
    world: CourtWorld,
    { arbitrator, fixings, claims }: Pick<History, 'arbitrator' | 'fixings' | 'claims'>,
    rules: CourtRules,
  ) {
    const surroundings = { readInterest: () => undefined, skew: () => 0n, refuses: () => false }
    this.oracle = new Model(world, fixings, world.funds, surroundings, RULES)
    this.arbitrator = modelOf(this.oracle, termsOf(world, arbitrator), rules, claims)
  }

  play(step: CourtStep): Result {
    const { time, sender, action } = step
    this.oracle.now = time
    if (!isCourtAction(action)) return playOracle(this.oracle, sender, action)
    this.oracle.takeEvents()
    this.arbitrator.takeEvents()
    try {
      const returns = this.arbitrator.act({ ...step, action })
      return { ok: true, returns, events: [...this.arbitrator.takeEvents(), ...this.oracle.takeEvents()] }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { ok: false, error: error.error, args: error.args }
    }
  }
}

/** The arbitrator of that number. */
export function termsOf({ arbitrators }: CourtWorld, number: number): ArbitratorTerms {
  const terms = arbitrators[number]
  if (terms === undefined) throw new RangeError(`Expected arbitrator ${number} in the world.`)
  return terms
}

function modelOf(oracle: Model, terms: ArbitratorTerms, rules: CourtRules, claims: History['claims']): AnyModel {
  switch (terms.kind) {
    case 'council':
      return new CouncilModel(oracle, terms, rules)
    case 'erc792':
      return new Erc792Model(oracle, terms, rules)
    case 'uma':
      return new UmaModel(oracle, terms, rules, claims)
  }
}
