import { aggregate } from '#protocol/aggregate.ts'
import { differencesOf, samplesOf } from '#protocol/samples.ts'
import type { DifferencesView } from '../http/node-view.ts'
import { archivedSamples } from '../observe/archived.ts'
import type { Parts } from './parts.ts'
import type { Tracked } from './tracked.ts'

/** Why the observation of `signer` differs from this node's own; undefined if it is not held, or is of nobody known. */
export async function differencesWith(
  { store, network, reporter }: Pick<Parts, 'store' | 'network' | 'reporter'>,
  { id, document, fixing }: Pick<Tracked, 'id' | 'document' | 'fixing'>,
  signer: string,
): Promise<DifferencesView | undefined> {
  const held = store.observations.all(id).find((one) => one.signer.toLowerCase() === signer.toLowerCase())
  if (held === undefined) return undefined
  const { sourcesRoot, value } = held.signed
  const own = reporter.view(id).observation
  const ours = archivedSamples(await store.samples.get(id))?.leaves
  const maxLeaves = document.sources.length * document.sampling.samples
  const theirs =
    own?.sourcesRoot === sourcesRoot ? ours : await network.samples({ fixingId: id, sourcesRoot }, maxLeaves)
  const known = { signer: held.signer, sourcesRoot, value, ...(own === undefined ? {} : { ownValue: own.value }) }
  if (theirs === undefined) return { kind: 'unknown', ...known }
  const result = aggregate(document, samplesOf(document, theirs, fixing.maturity))
  return {
    kind: 'compared',
    ...known,
    // A reporter whose own samples make another value than it signed cannot have followed the document.
    ...(result.kind === 'value' ? { recomputed: result.value } : {}),
    differences: differencesOf(ours ?? [], theirs),
  }
}
