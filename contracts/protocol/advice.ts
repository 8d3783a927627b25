import { appealStake, bondFor, stakesOf } from './bond.ts'
import { lieRoutes, type LieRoute } from './corruption.ts'
import { corruptionOf, crowdOf, type Corruption, type Crowd } from './crowd.ts'
import { DEFAULT_PARAMETERS, MAX_LEADERS, worstCaseSeconds } from './fixing.ts'
import {
  type Delay,
  delaysOf,
  type GriefingTerms,
  historiesOf,
  type HonestCapital,
  honestCapitalOf,
} from './griefing.ts'
import { type BondReason, type Needs, type Parameters, parametersFor } from './parameters.ts'
import { ceilingOf, PPM } from './rational.ts'
import { quorumSize } from './report.ts'

/** What is not as it should be, or has to be looked after by whoever relies on the fixing. */
export type Caution =
  | 'capital-lacks'
  | 'capital-unknown'
  | 'bond-below-share'
  | 'unsecured'
  | 'corruption-unknown'
  | 'inflatable'
  | 'unreported'
  | 'hurried'

/** Parameters for the needs, and what they do. Amounts are bond-token wei. */
export type Advice = {
  readonly parameters: Parameters
  /** The parameters with all of the value as open interest. */
  readonly terms: GriefingTerms
  readonly bondReason: BondReason
  readonly honest: HonestCapital
  /** What the first answer to a lie earns if nothing follows, before gas; wei. */
  readonly answerGain: bigint
  /** What an appeal takes, F included: the least and the most over every order of leaders. */
  readonly appeal: readonly [least: bigint, most: bigint]
  readonly worstSeconds: bigint
  /** How far from the truth P1 lets a leader pass, ppm rounded up (economics.md, section 6). */
  readonly precisionPpm: bigint
  /** So much of the value a settlement within that can move, wei, rounded up. */
  readonly shading: bigint
  readonly delays: readonly Delay[]
  readonly lies: readonly LieRoute[]
  readonly crowd: Crowd
  /** With what corruption costs, or with 0 if nobody knows. */
  readonly corruption: Corruption
  readonly quorum: Quorum
  readonly cautions: readonly Caution[]
}

/** How many reporters sign a report, and what a false one and two contradicting ones cost those who sign. */
export type Quorum = {
  readonly signers: number
  /** The stake behind one report, wei. */
  readonly stake: bigint
  /** How many sign both of two reports, at least: equivocation, provable by anyone. */
  readonly equivocators: number
  /** Their stake, wei. */
  readonly equivocatorStake: bigint
}

/** What the parameters for these needs do. Throws UnmetNeedError where none can meet them. */
export function adviceFor(needs: Needs): Advice {
  const { parameters, bondReason } = parametersFor(needs)
  const terms: GriefingTerms = { ...parameters, openInterest: needs.isReported ? needs.value : 0n }
  const precisionPpm = precisionOf(parameters.separationPpm, needs.noisePpm)
  return {
    parameters,
    terms,
    bondReason,
    honest: honestCapitalOf(terms),
    answerGain: answerGain(bondFor(terms)),
    appeal: appealsOf(terms),
    worstSeconds: worstCaseSeconds(terms),
    precisionPpm,
    shading: ceilingOf({ n: needs.value * precisionPpm, d: PPM }),
    delays: delaysOf(terms),
    lies: lieRoutes(terms, 'lie'),
    crowd: crowdOf(terms, needs.fixings, needs.capital ?? 0n),
    corruption: corruptionOf(terms, needs.fixings, needs.corruption ?? 0n),
    quorum: quorumOf(needs),
    cautions: cautionsOf(needs, terms),
  }
}

/** `(1 + s)(1 + delta)^3 - 1`, ppm, rounded up. */
function precisionOf(separationPpm: number, noisePpm: number): bigint {
  const reach = (PPM + BigInt(separationPpm)) * (PPM + BigInt(noisePpm)) ** 3n
  return ceilingOf({ n: reach, d: PPM ** 3n }) - PPM
}

/** Four fifths of d: of the lie's d a fifth burns. Rounded down, as the oracle pays. */
function answerGain(bond: bigint): bigint {
  return bond - bond / 5n
}

function appealsOf(terms: GriefingTerms): readonly [bigint, bigint] {
  const bond = bondFor(terms)
  const stakes = Array.from({ length: MAX_LEADERS - 1 }, (_, i) => i + 2)
    .flatMap((round) => historiesOf(round))
    .map((history) => appealStake(stakesOf(bond, history).total) + terms.arbitrationFee)
  return [
    stakes.reduce((least, one) => (one < least ? one : least)),
    stakes.reduce((most, one) => (one > most ? one : most)),
  ]
}

function quorumOf({ reporters, reporterStake }: Needs): Quorum {
  const signers = quorumSize(reporters)
  const equivocators = 2 * signers - reporters
  return {
    signers,
    stake: BigInt(signers) * reporterStake,
    equivocators,
    equivocatorStake: BigInt(equivocators) * reporterStake,
  }
}

function cautionsOf(needs: Needs, terms: GriefingTerms): readonly Caution[] {
  const { total } = honestCapitalOf(terms)
  const { netCost } = corruptionOf(terms, needs.fixings, needs.corruption ?? 0n)
  const lacks = needs.capital !== undefined && needs.capital < needs.fixings * total
  const all: readonly (readonly [Caution, boolean])[] = [
    ['capital-lacks', lacks],
    ['capital-unknown', needs.capital === undefined],
    ['bond-below-share', bondFor(terms) < (needs.value * BigInt(needs.bondSharePpm)) / PPM],
    ['unsecured', needs.corruption !== undefined && netCost < needs.fixings * needs.value],
    ['corruption-unknown', needs.corruption === undefined],
    ['inflatable', terms.bondPpm > 0],
    ['unreported', !needs.isReported],
    ['hurried', needs.calmSeconds < DEFAULT_PARAMETERS.firstWindow],
  ]
  return all.filter(([, holds]) => holds).map(([caution]) => caution)
}
