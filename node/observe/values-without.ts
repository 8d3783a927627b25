import { setImmediate } from 'node:timers/promises'
import { aggregate, type SourceSamples } from '#protocol/aggregate.ts'
import type { IndexDocument } from '#protocol/index-document.ts'

/** Readings that are tried at most: all that leave out one or two of ten sources, and some more. */
const MOST = 64

/**
 * What the document makes of the samples without one of their sources, and without two: what is read while these are down. Each value
 * once, of at most 64 such readings, those without one source first. Other work goes on between two of them: of a long window each takes
 * a second.
 */
export async function valuesWithout(
  document: IndexDocument,
  samples: readonly SourceSamples[],
): Promise<readonly bigint[]> {
  const values = new Set<bigint>()
  for (const fewer of readingsWithout(samples).slice(0, MOST)) {
    await setImmediate()
    const made = aggregate(document, fewer)
    if (made.kind === 'value') values.add(made.value)
  }
  return [...values]
}

function readingsWithout(samples: readonly SourceSamples[]): SourceSamples[][] {
  const one = samples.map((_, i) => samples.toSpliced(i, 1))
  const two = samples.flatMap((_, i) => samples.slice(0, i).map((__, j) => samples.toSpliced(i, 1).toSpliced(j, 1)))
  return [...one, ...two]
}
