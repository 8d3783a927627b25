import { expect, test } from 'vitest'
import { aggregate, type SourceSamples } from '#protocol/aggregate.ts'
import { leavesOf, sourcesRoot } from '#protocol/samples.ts'
import { differencesWith } from '../../../node/node/differences.ts'
import { archivedSamples } from '../../../node/observe/archived.ts'
import { openStore } from '../../../node/store/store.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { FIXING_ID, reportedBy } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'

/** A whole number of minutes. */
const MATURITY = 1_000_020n
const OPENS = [MATURITY - 180n, MATURITY - 120n, MATURITY - 60n]
const document = threeSamples([sourceJson('alpha'), sourceJson('beta')])

function samplesOf(alpha: (string | undefined)[], beta: (string | undefined)[]): SourceSamples[] {
  return Object.entries({ alpha, beta }).map(([sourceId, closes]) => ({ sourceId, quote: 'USD', closes }))
}

function valueOf(samples: SourceSamples[]): bigint {
  const result = aggregate(document, samples)
  return result.kind === 'value' ? result.value : 0n
}

const OURS = samplesOf(['10', '10', '10'], ['10', '10.0', '10'])
const THEIRS = samplesOf(['10', '10', '12'], ['10', '10', undefined])

test('R-412 says in which candle of which source two observations differ, and whether theirs follows from its samples', async () => {
  const store = await openStore(temporaryFolder())
  await store.observations.load(FIXING_ID)
  const theirs = await reportedBy(1, { value: valueOf(THEIRS), sourcesRoot: sourcesRoot(THEIRS, OPENS) })
  await store.observations.add(theirs)
  const observation = {
    fixingId: FIXING_ID,
    value: valueOf(OURS),
    observedAt: MATURITY,
    sourcesRoot: sourcesRoot(OURS, OPENS),
  }
  await store.samples.put(FIXING_ID, { opens: OPENS, samples: OURS, observation })
  const asked: unknown[] = []
  const parts = {
    store,
    reporter: { view: () => ({ observation }) },
    network: {
      samples: async (...args: unknown[]) => {
        asked.push(args)
        return leavesOf(THEIRS, OPENS)
      },
    },
  } as unknown as Parameters<typeof differencesWith>[0]
  const tracked = { id: FIXING_ID, document, fixing: { maturity: MATURITY } } as Parameters<typeof differencesWith>[1]
  const found = await differencesWith(parts, tracked, theirs.signer.toLowerCase())
  expect(found).toEqual({
    kind: 'compared',
    signer: theirs.signer,
    sourcesRoot: theirs.signed.sourcesRoot,
    value: theirs.signed.value,
    ownValue: observation.value,
    recomputed: theirs.signed.value,
    differences: [
      { sourceId: 'alpha', open: OPENS[2], ours: '10', theirs: '12' },
      { sourceId: 'beta', open: OPENS[1], ours: '10.0', theirs: '10' },
      { sourceId: 'beta', open: OPENS[2], ours: '10', theirs: undefined },
    ],
  })
  // At most what the document has: two sources of three candles.
  expect(asked).toEqual([[{ fixingId: FIXING_ID, sourcesRoot: theirs.signed.sourcesRoot }, 6]])
  expect(await differencesWith(parts, tracked, '0x00')).toBe(undefined)
  expect(archivedSamples(await store.samples.get(FIXING_ID))).toEqual({
    sourcesRoot: observation.sourcesRoot,
    leaves: leavesOf(OURS, OPENS),
  })
  expect(archivedSamples({ opens: [], samples: [], abstained: {} })).toBe(undefined)
  await store.close()
})
