import { boughtRulings, lieRoutes } from './corruption.ts'
import { honestCapitalOf, type GriefingTerms } from './griefing.ts'

/** Many fixings with the same terms that mature at once, and what honest capital of a given size can do for them. */
export type Crowd = {
  readonly fixings: bigint
  /** Honest capital that suffices whatever happens, wei. */
  readonly total: bigint
  /** Of it, what must move within the first window, wei. */
  readonly firstAnswers: bigint
  /** How many fixings the given capital defends against any attacker. */
  readonly defended: bigint
  /** In the others a lie wins. */
  readonly undefended: bigint
  /** What the capital leaves for one of the undefended, wei; less than what defends one. */
  readonly rest: bigint
  /** What a lie where the rest answers must stake, wei; 0 if all are defended. */
  readonly lieAgainstRest: bigint
  /** What lies in all of the undefended must stake at once: it comes back, wei. */
  readonly lieCapital: bigint
}

/** What corruption of one arbitrator is worth, wei: it settles a lie in every fixing that the arbitrator serves. */
export type Corruption = {
  /** What the game pays in one fixing for a bought ruling, whoever proposed, less F, which the arbitrator has. */
  readonly gain: bigint
  /** The same for an attacker that is the arbitrator, or shares its fees: F more. */
  readonly gainAsArbitrator: bigint
  /**
   * What lies in all of the fixings together cost at the least: the price of corruption less what the game pays for them
   * to whoever is the arbitrator. Not above zero: corruption pays for itself. Without reward pots: a lie that was
   * proposed first and wins has its fixing's as well.
   */
  readonly netCost: bigint
}

/**
 * What `honestCapital` wei can do for `fixings` that mature together, a lie being proposed first. The capital is allotted
 * before the lies are seen: as much to a fixing as defends it, what is left to one more, nothing to the others.
 */
export function crowdOf(terms: GriefingTerms, fixings: bigint, honestCapital: bigint): Crowd {
  const { bond, firstAnswer, total } = honestCapitalOf(terms)
  const affordable = honestCapital / total
  const defended = affordable < fixings ? affordable : fixings
  const undefended = fixings - defended
  const rest = undefended === 0n ? 0n : honestCapital - defended * total
  const lieAgainstRest = undefended === 0n ? 0n : stakeOfLie(terms, rest)
  return {
    fixings,
    total: fixings * total,
    firstAnswers: fixings * firstAnswer,
    defended,
    undefended,
    rest,
    lieAgainstRest,
    lieCapital: undefended === 0n ? 0n : (undefended - 1n) * bond + lieAgainstRest,
  }
}

/** What corruption of an arbitrator that serves `fixings` with the same terms costs, at this price of it, wei. */
export function corruptionOf(terms: GriefingTerms, fixings: bigint, price: bigint): Corruption {
  const gains = (['lie', 'truth'] as const).flatMap((opening) => boughtRulings(terms, opening).map(({ gain }) => gain))
  const gain = gains.reduce((most, one) => (one > most ? one : most))
  const gainAsArbitrator = gain + terms.arbitrationFee
  return { gain, gainAsArbitrator, netCost: price - fixings * gainAsArbitrator }
}

/** What the attacker stakes in one fixing against so much honest capital, which must not always suffice. */
function stakeOfLie(terms: GriefingTerms, honestCapital: bigint): bigint {
  const route = lieRoutes(terms, 'lie').find(({ from, below }) => from <= honestCapital && honestCapital < below)
  if (route === undefined) throw new RangeError(`Expected capital that a lie can exhaust, got ${honestCapital} wei.`)
  return route.capital
}
