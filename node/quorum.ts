import type { Address, Hex } from 'viem'
import { buildReport, type Report, type ReporterObservation } from '#protocol/report.ts'
import type { SignedObservation } from '#protocol/observation.ts'

/** What a report is computed from. */
export type QuorumInput = {
  readonly fixingId: Hex
  /** Registry indices at the fixing's maturity, ascending. */
  readonly reporters: readonly number[]
  /** Verified observations, at most one per reporter. */
  readonly observations: readonly ReporterObservation[]
  /** Registry indices of reporters who were proven to equivocate: they count for nobody. */
  readonly equivocators: ReadonlySet<number>
  readonly epoch: bigint
  readonly proposer: Address
}

/** A report with the registry indices behind it, or how many observations are missing. */
export type Quorum =
  | { readonly kind: 'report'; readonly report: Report; readonly signers: readonly number[] }
  | { readonly kind: 'short'; readonly have: number; readonly need: number }

/**
 * The report of more than two thirds of the reporters: the same to the last digit on every node that holds the
 * same observations. Registry indices may have gaps; the report numbers the reporters of its epoch without them.
 */
export function quorumOf(input: QuorumInput): Quorum {
  const place = new Map(input.reporters.map((index, i) => [index, i]))
  const observations = input.observations.flatMap((observation) => {
    const i = place.get(observation.reporterIndex)
    return i === undefined || input.equivocators.has(observation.reporterIndex) ? [] : [new Placed(i, observation)]
  })
  const result = buildReport({
    epoch: input.epoch,
    fixingId: input.fixingId,
    observations,
    proposer: input.proposer,
    reporterCount: input.reporters.length,
  })
  if (result.kind === 'short') return result
  return { ...result, signers: result.signers.flatMap((i) => input.reporters[i] ?? []) }
}

/**
 * An observation at its reporter's place in the roster. What was signed is asked for each time: the store has the bytes and reads them anew,
 * and a report, of which a node keeps one of every open fixing, would else keep all of it until somebody asks for its root.
 */
class Placed implements ReporterObservation {
  readonly reporterIndex: number
  readonly #observation: ReporterObservation
  constructor(place: number, observation: ReporterObservation) {
    this.reporterIndex = place
    this.#observation = observation
  }
  get signed(): SignedObservation {
    return this.#observation.signed
  }
}
