import { aggregate, type DroppedSource } from '#protocol/aggregate.ts'
import { type Confidence, confidenceOf } from '#protocol/confidence.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { Observation } from '#protocol/observation.ts'
import { sourcesRoot } from '#protocol/samples.ts'
import type { Sampling } from '#node/source'

/** What the sources said: an observation, or why there is none. */
export type Observed =
  | {
      readonly kind: 'observation'
      readonly observation: Observation
      readonly confidence: Confidence
      readonly dropped: readonly DroppedSource[]
    }
  | { readonly kind: 'abstention'; readonly reason: string; readonly dropped: readonly DroppedSource[] }

/**
 * Turns samples into this node's observation of the fixing, exactly; abstains rather than guess. `observedAt` is in Unix
 * seconds. A source that failed is named in `dropped` with its own reason.
 */
export function observe(
  document: IndexDocument,
  sampling: Pick<Sampling, 'samples' | 'failures' | 'opens'>,
  { fixingId, observedAt }: Pick<Observation, 'fixingId' | 'observedAt'>,
): Observed {
  const result = aggregate(document, sampling.samples)
  const failed = new Map(sampling.failures.map(({ sourceId, reason }) => [sourceId, reason]))
  const dropped = result.dropped.map(({ sourceId, reason }) => ({ sourceId, reason: failed.get(sourceId) ?? reason }))
  if (result.kind === 'abstain') return { kind: 'abstention', reason: result.reason, dropped }
  const root = sourcesRoot(sampling.samples, sampling.opens)
  return {
    kind: 'observation',
    observation: { fixingId, value: result.value, observedAt, sourcesRoot: root },
    confidence: confidenceOf(document, sampling.samples),
    dropped,
  }
}
