import type { Address, Hex } from 'viem'
import { buildReport, type Report } from '#protocol/report.ts'
import type { SignedObservation } from '#protocol/observation.ts'

/** What a report is computed from. */
export type QuorumInput = {
  readonly fixingId: Hex
  /** Registry indices at the fixing's maturity, ascending. */
  readonly reporters: readonly number[]
  /** Verified observations, at most one per reporter. */
  readonly observations: readonly { readonly reporterIndex: number; readonly signed: SignedObservation }[]
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
  const observations = input.observations.flatMap(({ reporterIndex, signed }) => {
    const i = place.get(reporterIndex)
    return i === undefined || input.equivocators.has(reporterIndex) ? [] : [{ reporterIndex: i, signed }]
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
