import { fc, test as fuzz } from '@fast-check/vitest'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { canonicalIndex, IndexDocumentError, indexId, parseIndexDocument } from '#protocol/index-document.ts'
import { warningsOf } from '#protocol/index-warnings.ts'
import { documentJson, sourceJson } from './index-documents.ts'
import { readVectors } from './vectors.ts'

const rows = readVectors<{ name: string; canonical: string; document: Record<string, unknown>; indexId: Hex }>(
  'index-document',
  'documents',
)

test.each(rows)('the canonical text and id of a document: $name (R-450)', ({ canonical, document, indexId: id }) => {
  const parsed = parseIndexDocument(document)
  expect({ canonical: canonicalIndex(parsed), id: indexId(parsed) }).toEqual({ canonical, id })
  expect(parsed).toEqual(document)
})

fuzz.prop([fc.constantFrom(...rows), fc.func(fc.nat())])(
  'the order of a document’s keys does not change its id',
  ({ document, indexId: id }, order) => {
    const keys = Object.keys(document).toSorted((a, b) => order(a) - order(b))
    const reordered = Object.fromEntries(keys.map((key) => [key, document[key]]))
    expect(indexId(parseIndexDocument(reordered))).toBe(id)
  },
)

const alpha = sourceJson('alpha')
const beta = sourceJson('beta', { quote: 'USDC', convert: { source: 'usdc-usd' } })
const usdc = sourceJson('usdc-usd', { base: 'USDC' })
const aggregation = { kind: 'clamped-geometric-mean', clampPpm: 5_000, minSources: 1 }
const csv = { ...sourceJson('beta', { kind: 'csv', columns: { time: 'time', close: 'c' } }), pointers: undefined }

const FEED = '0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419'
const every = { id: 'alpha', venue: 'alpha', quote: 'USD', timeoutMs: 5_000 }
const feed = { ...every, kind: 'chainlink', chainId: 1, finalitySeconds: 60, feed: FEED, maxAgeSeconds: 3_900 }
const exchange = { ...every, kind: 'ccxt', maxBytes: 100_000, exchange: 'kraken', symbol: 'ETH/USD' }
const columns = { time: 'time', close: 'c' }
const table = { ...every, kind: 'csv', timeUnit: 'seconds', maxBytes: 100_000, columns }
const bounds = { min: '1', max: '2' }
const ODD = { intervalSeconds: 61, samples: 30 }

test('accepts as many closes as a peer can be asked for', () => {
  const sources = Array.from({ length: 12 }, (_, i) => sourceJson(`s${i}`))
  const { sampling } = parseIndexDocument(documentJson(sources, { sampling: { intervalSeconds: 60, samples: 1_000 } }))
  expect(sampling.samples).toBe(1_000)
})

test('accepts a document whose source is converted by another', () => {
  expect(parseIndexDocument(documentJson([alpha, beta, usdc])).sources.map(({ id }) => id)).toEqual([
    'alpha',
    'beta',
    'usdc-usd',
  ])
})

test.each([
  ['no object', '', []],
  ['another version', 'version', documentJson([alpha], { version: 2 })],
  ['an unknown field', 'weight', documentJson([alpha], { weight: 1 })],
  ['no sources', 'sources', documentJson([])],
  ['a fraction', 'noisePpm', documentJson([alpha], { noisePpm: 0.5 })],
  ['a number beyond exact integers', 'noisePpm', documentJson([alpha], { noisePpm: 2 ** 53 })],
  ['a currency in small letters', 'quote', documentJson([alpha], { quote: 'usd' })],
  [
    'more closes than a peer can be asked for',
    'sampling.samples',
    documentJson(
      Array.from({ length: 12 }, (_, i) => sourceJson(`s${i}`)),
      { sampling: { intervalSeconds: 60, samples: 1_001 } },
    ),
  ],
  ['a name that is not Unicode', 'name', documentJson([alpha], { name: '\ud800' })],
  ['rounding up', 'rounding', documentJson([alpha], { rounding: 'up' })],
  ['another aggregation', 'aggregation.kind', documentJson([alpha], { aggregation: { ...aggregation, kind: 'mean' } })],
  ['a clamp of all', 'aggregation.clampPpm', documentJson([alpha], { aggregation: { ...aggregation, clampPpm: 1e6 } })],
  ['no sample', 'sampling.samples', documentJson([alpha], { sampling: { intervalSeconds: 60, samples: 0 } })],
  ['an unknown kind of source', 'sources.0.kind', documentJson([sourceJson('alpha', { kind: 'xml' })])],
  ['a file URL', 'sources.0.url', documentJson([sourceJson('alpha', { url: 'file:///etc/passwd' })])],
  ['a URL that is not Unicode', 'sources.0.url', documentJson([sourceJson('alpha', { url: 'https://x/\ud800' })])],
  ['a URL without host', 'sources.0.url', documentJson([sourceJson('alpha', { url: 'https://:80/x' })])],
  ['a CSV with a URL of no port', 'sources.0.url', documentJson([{ ...table, url: 'https://x:99999/' }])],
  [
    'a URL of no port once filled in',
    'sources.0.url',
    documentJson([sourceJson('alpha', { url: 'https://x:{end}/' })]),
  ],
  ['a JSON source without URL', 'sources.0.url', documentJson([{ ...alpha, url: undefined }])],
  ['a pointer without slash', 'sources.0.pointers.close', documentJson([pointing('4')])],
  ['a pointer that is not Unicode', 'sources.0.pointers.close', documentJson([pointing('/\ud800')])],
  ['a pointer with a bare tilde', 'sources.0.pointers.close', documentJson([pointing('/a~b')])],
  ['a pointer of trades without slash', 'sources.0.pointers.price', documentJson([sold({ price: '0' })])],
  ['candles and trades at once', 'sources.0.pointers', documentJson([sold({ price: '/0', close: '/4' })])],
  ['neither candles nor trades', 'sources.0.pointers', documentJson([sold({})])],
  ['a pointer of nothing known', 'sources.0.pointers.amount', documentJson([sold({ price: '/0', amount: '/1' })])],
  ['a feed in small letters', 'sources.0.feed', documentJson([{ ...feed, feed: FEED.toLowerCase() }])],
  ['a feed that is no address', 'sources.0.feed', documentJson([{ ...feed, feed: '0x5f4e' }])],
  ['no chain', 'sources.0.chainId', documentJson([{ ...feed, chainId: 0 }])],
  ['a candle that ccxt has no name for', 'sampling.intervalSeconds', documentJson([exchange], { sampling: ODD })],
  ['an exchange in capital letters', 'sources.0.exchange', documentJson([{ ...exchange, exchange: 'Kraken' }])],
  ['an exchange with a URL', 'sources.0.url', documentJson([{ ...exchange, url: 'https://x' }])],
  [
    'a CSV source with pointers',
    'sources.0.pointers',
    documentJson([{ ...csv, pointers: { rows: '', time: '', close: '' } }]),
  ],
  ['a bound as a number', 'sources.0.bounds.min', documentJson([bounded(1, '2')])],
  ['a bound of zero', 'sources.0.bounds.min', documentJson([bounded('0', '2')])],
  ['bounds the wrong way round', 'sources.0.bounds', documentJson([bounded('2', '1.99')])],
  ['a repeated source', 'sources.1.id', documentJson([alpha, alpha])],
  ['a conversion by nobody', 'sources.1.convert', documentJson([alpha, beta])],
  [
    'a conversion that is not needed',
    'sources.0.convert',
    documentJson([{ ...alpha, convert: { source: 'usdc-usd' } }, usdc]),
  ],
  [
    'a conversion by a source of the index',
    'sources.1.convert',
    documentJson([alpha, { ...beta, convert: { source: 'alpha' } }]),
  ],
  ['a conversion into another quote', 'sources.1.convert', documentJson([alpha, beta, { ...usdc, quote: 'EUR' }])],
  ['a converted converter', 'sources.0.convert', documentJson([{ ...beta, base: 'WBTC' }, alpha, usdc])],
  [
    'more needed than counted',
    'aggregation.minSources',
    documentJson([alpha, usdc], { aggregation: { ...aggregation, minSources: 2 } }),
  ],
])('refuses a document and names the field: %s', (_name, field, json) => {
  expect(() => parseIndexDocument(json)).toThrow(IndexDocumentError)
  expect(() => parseIndexDocument(json)).toThrow(
    expect.objectContaining({ name: 'IndexDocument.IndexDocumentError', field }),
  )
})

test.each([alpha, table])('accepts a URL that is one only when it is filled in: $kind', (source) => {
  const document = documentJson([{ ...source, url: 'https://{base}.example:{quote}/', quote: '8080', bounds }], {
    quote: '8080',
  })
  expect(warningsOf(parseIndexDocument(document), 1_000).map(({ field }) => field)).toEqual(['sources'])
})

test('the error says what is wrong with the field', () => {
  expect(() => parseIndexDocument(documentJson([sourceJson('alpha', { url: 'https://{base}:{start}/' })]))).toThrow(
    'got one whose sources.0.url is wrong: makes https://ETH:1678532400/, which is no URL.',
  )
  expect(() => parseIndexDocument(documentJson([alpha, beta]))).toThrow(
    'Expected a valid index document, got one whose sources.1.convert is wrong: ' +
      'names "usdc-usd", which is no source of this document.',
  )
})

test.each([
  [{ price: '/0', close: '/4' }, 'has both "close" of candles and "price" of trades'],
  [{}, 'has neither "close" of candles nor "price" of trades'],
])('the error says that pointers to %j are of candles or of trades', (value, reason) => {
  expect(() => parseIndexDocument(documentJson([sold(value)]))).toThrow(
    `Expected a valid index document, got one whose sources.0.pointers is wrong: ${reason}.`,
  )
})

function sold(value: Record<string, string>): Record<string, unknown> {
  return sourceJson('alpha', { pointers: { rows: '', time: '/2', ...value } })
}

function bounded(min: unknown, max: unknown): Record<string, unknown> {
  return sourceJson('alpha', { bounds: { min, max } })
}

function pointing(close: string): Record<string, unknown> {
  return sourceJson('alpha', { pointers: { rows: '/a~1b/0', time: '/~0', close } })
}
