import { expect, test } from 'vitest'
import { sourcesRoot } from '#protocol/samples.ts'
import { observe } from '../../../node/observe/observe.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { FIXING_ID, WAD } from '../reporters.ts'

const DOCUMENT = threeSamples([sourceJson('a'), sourceJson('b')])
const OPENS = [0n, 60n, 120n]
const SAMPLES = [{ sourceId: 'a', quote: 'USD', closes: ['100', '100', '100'] }]
const AT = { fixingId: FIXING_ID, observedAt: 180n }

test('turns samples into an observation under the root of its samples, and names what failed by its own reason', () => {
  const failures = [{ sourceId: 'b', reason: 'HTTP 500' }]
  expect(observe(DOCUMENT, { samples: SAMPLES, failures, opens: OPENS }, AT)).toEqual({
    kind: 'observation',
    observation: { ...AT, value: 100n * WAD, sourcesRoot: sourcesRoot(SAMPLES, OPENS) },
    confidence: { sources: 1, spreadPpm: 0n },
    dropped: [{ sourceId: 'b', reason: 'HTTP 500' }],
  })
})

test('abstains rather than guess, and says why', () => {
  const short = [{ sourceId: 'a', quote: 'USD', closes: ['100', undefined, '100'] }]
  const observed = observe(DOCUMENT, { samples: short, failures: [], opens: OPENS }, AT)
  expect(observed).toMatchObject({ kind: 'abstention', reason: expect.stringContaining('Candle 1 of 3') })
  expect(observed.dropped).toEqual([
    { sourceId: 'a', reason: "lacks candle 1 of the window's 3" },
    { sourceId: 'b', reason: 'no samples' },
  ])
})
