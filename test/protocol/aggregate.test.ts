import { fc, test as fuzz } from '@fast-check/vitest'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { aggregate, sampleOpens, type SourceSamples } from '#protocol/aggregate.ts'
import { INVALID } from '#protocol/fixing.ts'
import { parseIndexDocument } from '#protocol/index-document.ts'
import { isAllOf, leavesOf, samplesTree, sourcesRoot } from '#protocol/samples.ts'
import { documentJson, sourceJson, threeSamples } from './index-documents.ts'
import { readVectors } from './vectors.ts'

type Row = {
  name: string
  document: unknown
  kind: 'value' | 'abstain'
  maturity: Hex
  opens: Hex[]
  samples: { sourceId: string; quote: string; closes: (string | null)[] }[]
  sourcesRoot: Hex
  used: string[]
  value: Hex
}

const rows = readVectors<Row>('aggregate', 'aggregates')

function samplesOf(row: Row): SourceSamples[] {
  return row.samples.map((sample) => ({ ...sample, closes: sample.closes.map((close) => close ?? undefined) }))
}

test.each(rows)('R-407, R-451 the value, the sources that count and the root of the samples: $name', (row) => {
  const document = parseIndexDocument(row.document)
  const opens = sampleOpens(document, BigInt(row.maturity))
  const result = aggregate(document, samplesOf(row))
  expect({
    opens,
    root: sourcesRoot(samplesOf(row), opens),
    kind: result.kind,
    value: result.kind === 'value' ? result.value : 0n,
    used: result.kind === 'value' ? result.used.map(({ sourceId }) => sourceId) : [],
  }).toEqual({
    opens: row.opens.map(BigInt),
    root: row.sourcesRoot,
    kind: row.kind,
    value: BigInt(row.value),
    used: row.used,
  })
})

fuzz.prop([fc.constantFrom(...rows), fc.func(fc.nat())])('the order of the samples changes nothing', (row, order) => {
  const document = parseIndexDocument(row.document)
  const opens = sampleOpens(document, BigInt(row.maturity))
  const shuffled = samplesOf(row).toSorted((a, b) => order(a.sourceId) - order(b.sourceId))
  expect(aggregate(document, shuffled)).toEqual(aggregate(document, samplesOf(row)))
  expect(sourcesRoot(shuffled, opens)).toBe(row.sourcesRoot)
})

const usd = (sourceId: string, ...closes: (string | undefined)[]): SourceSamples => ({ sourceId, quote: 'USD', closes })

test('R-451 abstains naming the candle and the sources that lack it', () => {
  const document = threeSamples([sourceJson('alpha'), sourceJson('beta'), sourceJson('gamma')], 2)
  const samples = [usd('alpha', '10', '10', '10'), usd('gamma', '10', undefined, '10')]
  expect(aggregate(document, samples)).toEqual({
    kind: 'abstain',
    reason: 'Candle 1 of 3 has 1 of the 2 sources it needs; missing: beta, gamma.',
    dropped: [
      { sourceId: 'beta', reason: 'no samples' },
      { sourceId: 'gamma', reason: "lacks candle 1 of the window's 3" },
    ],
  })
})

test('R-451 names a source that lacks candles, once, also where the others are enough', () => {
  const document = threeSamples(['alpha', 'beta', 'empty', 'late', 'none'].map((id) => sourceJson(id)))
  const result = aggregate(document, [
    usd('alpha', '10', '10', '10'),
    usd('beta', undefined, '10', undefined),
    usd('empty', undefined, undefined, undefined),
    usd('late', undefined, undefined, '10'),
  ])
  expect(result).toEqual({
    kind: 'value',
    value: 10n * 10n ** 18n,
    used: [{ sourceId: 'alpha' }, { sourceId: 'beta' }, { sourceId: 'late' }],
    dropped: [
      { sourceId: 'beta', reason: "lacks candles 0, 2 of the window's 3" },
      { sourceId: 'empty', reason: 'has no candle of the window' },
      { sourceId: 'late', reason: "lacks candles 0-1 of the window's 3" },
      { sourceId: 'none', reason: 'no samples' },
    ],
  })
})

test('names no more than eight stretches of missing candles, and how many are left', () => {
  const document = parseIndexDocument(documentJson([sourceJson('alpha'), sourceJson('beta')]))
  const whole = Array.from({ length: 30 }, () => '10')
  const gaps = whole.map((close, i) => (i % 3 === 1 ? close : undefined))
  expect(aggregate(document, [usd('alpha', ...whole), usd('beta', ...gaps)]).dropped).toEqual([
    {
      sourceId: 'beta',
      reason: "lacks candles 0, 2-3, 5-6, 8-9, 11-12, 14-15, 17-18, 20-21 and 5 more of the window's 30",
    },
  ])
})

test('names every source and every close that does not count, and why', () => {
  const document = threeSamples([
    sourceJson('alpha'),
    sourceJson('bounded', { bounds: { min: '9', max: '11.5' } }),
    sourceJson('converted', { quote: 'USDT', convert: { source: 'usdt-usd' } }),
    sourceJson('foreign', { quote: 'USDC' }),
    sourceJson('long'),
    sourceJson('mislabelled'),
    sourceJson('twice'),
    sourceJson('usdt-usd', { base: 'USDT' }),
  ])
  const result = aggregate(document, [
    usd('zeta', '1', '1', '1'),
    usd('twice', '10', '10', '10'),
    usd('twice', '10', '10', '10'),
    usd('usdt-usd', '1', undefined, '0'),
    { ...usd('mislabelled', '10', '10', '10'), quote: 'USDC' },
    usd('long', '10', '10', '10', '10'),
    { ...usd('foreign', '99', '99', '99'), quote: 'USDC' },
    { ...usd('converted', '10', '10', '10'), quote: 'USDT' },
    usd('bounded', '9', '11.5', '11.500001'),
    usd('alpha', '10', '10', 'ten'),
    usd('alien', '1', '1', '1'),
  ])
  expect(result).toEqual({
    kind: 'abstain',
    reason:
      'Candle 2 of 3 has 0 of the 1 sources it needs; missing: alpha, bounded, converted, foreign, long, mislabelled, twice.',
    dropped: [
      { sourceId: 'alien', reason: 'not a source of the document' },
      { sourceId: 'zeta', reason: 'not a source of the document' },
      {
        sourceId: 'alpha',
        reason: 'candle 2: Expected a decimal number such as 20156.55, got "ten". Write it as digits with one point.',
      },
      { sourceId: 'bounded', reason: 'candle 2: close 11.500001 is outside 9 .. 11.5' },
      { sourceId: 'long', reason: 'has 4 candles, the window has 3' },
      { sourceId: 'mislabelled', reason: 'samples are in USDC, the document says USD' },
      { sourceId: 'twice', reason: 'sampled 2 times' },
      { sourceId: 'usdt-usd', reason: "lacks candle 1 of the window's 3" },
      { sourceId: 'usdt-usd', reason: 'candle 2: close 0 is not above zero' },
      { sourceId: 'converted', reason: 'candles 1-2: "usdt-usd" has no close to convert with' },
      { sourceId: 'foreign', reason: 'quoted in USDC, not USD, and the document names no source to convert it' },
    ],
  })
})

test('a conversion source converts and does not count', () => {
  const document = threeSamples([
    sourceJson('converted', { quote: 'USDT', convert: { source: 'usdt-usd' } }),
    sourceJson('usdt-usd', { base: 'USDT' }),
  ])
  const samples = [usd('usdt-usd', '0.5', '0.5', '0.5'), { ...usd('converted', '10', '10', '10'), quote: 'USDT' }]
  expect(aggregate(document, samples)).toEqual({
    kind: 'value',
    value: 5n * 10n ** 18n,
    used: [{ sourceId: 'converted' }],
    dropped: [],
  })
})

test.each([
  ['1e-19', '0'],
  ['1e50', `${10n ** 68n}`],
])('abstains from a mean that is no value: %s', (close, units) => {
  expect(aggregate(threeSamples([sourceJson('alpha')]), [usd('alpha', close, close, close)])).toEqual({
    kind: 'abstain',
    reason: `The mean is ${units} units of 1e-18, which is no value of an index.`,
    dropped: [],
  })
  expect(10n ** 68n).toBeGreaterThan(INVALID)
})

test('R-451 the last candle closes at maturity: one that opens then is look-ahead', () => {
  const opens = sampleOpens(parseIndexDocument(documentJson([sourceJson('alpha')])), 1_678_536_000n)
  expect([opens.length, opens[0], opens.at(-1)]).toEqual([30, 1_678_536_000n - 1_800n, 1_678_536_000n - 60n])
})

test('raw samples have no root without a close', () => {
  expect(() => samplesTree([usd('alpha', undefined)], [0n])).toThrow(
    expect.objectContaining({ name: 'Samples.NoSamplesError' }),
  )
})

/** As long as a word, or two, and longer; not only digits. */
const closeText = fc.string({ unit: 'grapheme', maxLength: 70 })

fuzz.prop([fc.array(fc.tuple(closeText, closeText), { minLength: 1, maxLength: 9 })])(
  'R-407 the root of the samples is that of OpenZeppelin’s tree',
  (closes) => {
    const opens = closes.map((_, i) => 60n * BigInt(i))
    const samples = [0, 1].map((at) => usd(`${'a'.repeat(31)}${at}`.slice(at), ...closes.map((both) => both[at])))
    expect(sourcesRoot(samples, opens)).toBe(samplesTree(samples, opens).root)
  },
)

test('R-407 nobody has all leaves of a root of half a character: another text is written as the same bytes', () => {
  const leaves = leavesOf([usd('alpha', '\ufffd')], [60n])
  const root = sourcesRoot([usd('alpha', '\ufffd')], [60n])
  expect(isAllOf(leaves, root)).toBe(true)
  expect(isAllOf([['alpha', 60n, '\ud800']], root)).toBe(false)
})

test('R-407 the root of the samples commits to the text of a close, not only to its number', () => {
  const roots = ['10.0', '10.00', '10'].map((close) => sourcesRoot([usd('alpha', close)], [60n]))
  expect(
    new Set([...roots, sourcesRoot([usd('beta', '10')], [60n]), sourcesRoot([usd('alpha', '10')], [120n])]).size,
  ).toBe(5)
})
