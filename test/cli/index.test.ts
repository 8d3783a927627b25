import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { indexId, parseIndexDocument } from '#protocol/index-document.ts'
import { openVenue, openVenueOf } from '../node/source/venue.ts'
import { documentJson, sourceJson } from '../protocol/index-documents.ts'
import { assize } from './command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'assize-index-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** 11 March 2023, 12:00 UTC. */
const MATURITY = 1_678_536_000n

function written(name: string, json: unknown): string {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(json))
  return file
}

const run = (...args: string[]) => assize(['index', ...args])

test('new writes a document that check accepts under the same id, and never over a file', async () => {
  const file = join(folder, 'new.json')
  const args = ['new', '--base', 'ETH', '--quote', 'USD', '--bounds', '10..1000000', '--out', file]
  const made = await run(...args)
  expect(made.exitCode).toBe(0)
  const document = parseIndexDocument(JSON.parse(readFileSync(file, 'utf8')))
  expect(made.out).toBe(`${file}: index ${indexId(document)}`)
  expect(document.sources.map(({ id }) => id)).toEqual(['coinbase', 'kraken', 'bitstamp', 'gemini'])
  const checked = await run('check', file, '--strict', '--json')
  expect({ exitCode: checked.exitCode, ...JSON.parse(checked.out) }).toMatchObject({
    exitCode: 0,
    version: 1,
    indexId: indexId(document),
    warnings: [],
  })
  const again = await run(...args)
  expect([again.exitCode, again.err]).toEqual([
    2,
    `error: Expected to create ${file}, got a file that is there. Name another; nothing is overwritten.`,
  ])
})

test('new converts what is in another currency, by a venue that it is told', async () => {
  const pair = ['--base', 'ETH', '--quote', 'USD', '--venues', 'coinbase,binanceus:USDT', '--interval', '3600']
  const { exitCode, out } = await run('new', ...pair, '--convert', 'kraken:USDT', '--json')
  expect(exitCode).toBe(0)
  const { document, indexId: id, file } = JSON.parse(out)
  expect([id, file]).toEqual([indexId(parseIndexDocument(document)), null])
  expect(document.sources).toMatchObject([
    { id: 'coinbase', quote: 'USD', url: expect.stringContaining('/products/ETH-USD/candles?granularity=3600&') },
    {
      id: 'binanceus-usdt',
      quote: 'USDT',
      convert: { source: 'usdt-usd' },
      url: expect.stringContaining('interval=1h'),
    },
    { id: 'usdt-usd', base: 'USDT', quote: 'USD', pointers: { rows: '/result/USDT~1USD', time: '/0', close: '/4' } },
  ])
  const without = await run('new', ...pair)
  expect([without.exitCode, without.out]).toEqual([2, ''])
  expect(without.err).toContain('Expected --convert to name a venue for USDT, got none. Add --convert VENUE:USDT')
})

test.each([
  [
    ['--venues', 'mtgox'],
    'Expected venues among coinbase, kraken, bitstamp, gemini, bitfinex, binanceus, got "mtgox".',
  ],
  [['--venues', 'Kraken'], 'Expected venues such as kraken or kraken:USDT, got "Kraken".'],
  [['--interval', '61'], 'Expected --interval of 60, 300, 900, 3600 seconds, got 61.'],
  [['--bounds', '1-2'], 'Expected bounds such as 100..100000, got "1-2".'],
  [['--bounds', '2..1'], 'sources.0.bounds is wrong: has min above max.'],
  [['--base', 'eth'], 'base is wrong: is not 1 to 20 capital letters and digits.'],
  [['--samples', '0'], 'Expected at least 1, got 0.'],
  [
    ['--samples', '1440'],
    'Expected fewer than 300 samples with coinbase, got 1440. Coinbase Exchange gives 300 candles at once. ' +
      'Take a longer --interval, or other --venues.',
  ],
  [['--venues', 'kraken,bitstamp', '--samples', '720'], 'Expected fewer than 720 samples with kraken, got 720.'],
  [
    ['--venues', 'binanceus:USDT', '--convert', 'kraken:USDT', '--samples', '999'],
    'Expected fewer than 720 samples with kraken, got 999.',
  ],
])('new refuses %s, exit 2', async (args, message) => {
  const { exitCode, out, err } = await run('new', '--base', 'ETH', '--quote', 'USD', ...args)
  expect([exitCode, out]).toEqual([2, ''])
  expect(err).toContain(message)
})

test('check warns of what is valid but weak, each by its field', async () => {
  const sources = [
    sourceJson('alpha', { url: 'http://venue.example/a' }),
    sourceJson('beta', { url: 'https://venue.example/b', bounds: { min: '1', max: '2' }, quote: 'USDC' }),
    sourceJson('rate', { url: 'https://rates.example/', bounds: { min: '1', max: '2' }, base: 'EUR' }),
  ]
  const file = written('weak.json', documentJson(sources, { noisePpm: 250 }))
  const { exitCode, out, err } = await run('check', file)
  expect(exitCode).toBe(0)
  expect(out.split('\n').at(-1)).toMatch(/^index 0x[0-9a-f]{64}$/)
  expect(err.split('\n')).toEqual([
    'warning: sources: only 1 can count: with fewer than 3 one alone moves the median.',
    'warning: noisePpm: four times 250 ppm reach the separation of 1000 ppm: no node will ever dispute.',
    'warning: sources.0.bounds: none: an absurd close counts like any other.',
    'warning: sources.0.url: http: anyone on the way can write it.',
    'warning: sources.1.convert: none: in USDC it never counts.',
    'warning: sources.1.venue: repeats venue.example: it counts twice.',
    'warning: sources.2.base: converts nothing: no source names it.',
  ])
  expect((await run('check', file, '--strict')).exitCode).toBe(1)
  expect((await run('check', file, '--separation-ppm', '1100')).err).not.toContain('noisePpm')
})

test('check warns of a converter through which half of what counts goes, of two sources at least', async () => {
  const checked = async (quotes: readonly string[]): Promise<string> => {
    const bounds = { min: '1', max: '2' }
    const own = quotes.map((quote, i) =>
      sourceJson(`s${i}`, {
        url: `https://s${i}.example/`,
        bounds,
        quote,
        ...(quote === 'USD' ? {} : { convert: { source: quote.toLowerCase() } }),
      }),
    )
    const rates = [...new Set(quotes)]
      .filter((quote) => quote !== 'USD')
      .map((base) => sourceJson(base.toLowerCase(), { url: `https://${base}.example/`, bounds, base }))
    const aggregation = { kind: 'clamped-geometric-mean', clampPpm: 5_000, minSources: quotes.length }
    return (await run('check', written('rates.json', documentJson([...rates, ...own], { aggregation })))).err
  }
  const warning = 'warning: sources.0.base: converts so many that it alone moves the median.'
  expect(await checked(['USDT', 'USDT', 'USDT'])).toBe(warning)
  expect(await checked(['USDT', 'USDT', 'USD', 'USD'])).toBe(warning)
  expect(await checked(['USDT', 'USDT', 'USD', 'USD', 'USD'])).toBe('')
  expect(await checked(['USDT', 'USD', 'USD'])).toBe('')
  expect(await checked(['USDT', 'USDC', 'USD'])).toBe('')
  expect((await checked(['USDT'])).split('\n')).not.toContain(warning)
})

test('check warns of a mistyped field of a URL', async () => {
  const source = (id: string, query: string) =>
    sourceJson(id, { url: `https://${id}.example/{base}-{quote}?${query}`, bounds: { min: '1', max: '2' } })
  const sources = [
    source('a', 'from={strat}&since={strat}&to={END}'),
    source('b', 'a={start}&b={end}&c={}'),
    source('c', ''),
  ]
  const aggregation = { kind: 'clamped-geometric-mean', clampPpm: 5_000, minSources: 2 }
  const file = written('fields.json', documentJson(sources, { aggregation }))
  const { exitCode, err } = await run('check', file, '--strict')
  expect([exitCode, err.split('\n')]).toEqual([
    1,
    [
      'warning: sources.0.url: {strat} is no field of a URL: it stays as it is.',
      'warning: sources.0.url: {END} is no field of a URL: it stays as it is.',
    ],
  ])
})

test('check warns of windows that are longer than what a venue gives, and of limits that are shorter', async () => {
  const length = async (venues: string, samples: number): Promise<[Record<string, unknown>, string]> => {
    const args = ['--base', 'ETH', '--quote', 'USD', '--bounds', '1..9999', '--venues', venues, '--json']
    const { exitCode, out } = await run('new', ...args, '--samples', samples.toString())
    expect(exitCode).toBe(0)
    const { document } = JSON.parse(out)
    return [document, written('fits.json', document)]
  }
  const [, fits] = await length('bitstamp,bitfinex,binanceus', 999)
  expect(await run('check', fits, '--strict')).toMatchObject({ exitCode: 0, err: '' })
  const [document] = await length('coinbase,kraken,bitstamp,gemini', 299)
  const long = written('long.json', { ...document, sampling: { intervalSeconds: 60, samples: 1_000 } })
  const checked = await run('check', long, '--strict')
  const warning = (i: number, venue: string, rows: number): string =>
    `warning: sources.${i}.url: ${venue} gives ${rows} candles at once, of 1000 it never has all: ` +
    `take ${rows - 1} samples at most.`
  expect([checked.exitCode, checked.err.split('\n')]).toEqual([
    1,
    [
      warning(0, 'Coinbase Exchange', 300),
      warning(1, 'Kraken', 720),
      warning(2, 'Bitstamp', 1_000),
      warning(3, 'Gemini', 1_000),
    ],
  ])
  const [short] = await length('bitstamp,bitfinex,binanceus', 999)
  const text = JSON.stringify(short).replace('limit=1000&start', 'limit=100&start')
  const { err } = await run('check', written('short.json', JSON.parse(text)))
  expect(err).toBe(
    'warning: sources.0.url: Bitstamp gives 100 candles at once, of 999 it never has all: take 99 samples at most.',
  )
})

test('check accepts trades, and warns of a URL that asks for none after the window', async () => {
  const trades = (id: string, url: string) =>
    sourceJson(id, { url, pointers: { rows: '', time: '/2', price: '/0' }, bounds: { min: '1', max: '2' } })
  const sources = [
    trades('alpha', 'https://a.example/?since={start}'),
    trades('beta', 'https://b.example/?from={start}&to={end}'),
    sourceJson('gamma', { url: 'https://c.example/?to={end}', bounds: { min: '1', max: '2' } }),
  ]
  const aggregation = { kind: 'clamped-geometric-mean', clampPpm: 5_000, minSources: 2 }
  const { exitCode, err } = await run('check', written('trades.json', documentJson(sources, { aggregation })))
  expect([exitCode, err]).toEqual([
    0,
    'warning: sources.1.url: up to {end}: the last candle has no close without a later trade.',
  ])
  const both = sourceJson('a', { pointers: { rows: '', time: '/2', close: '/4', price: '/0' } })
  const refused = await run('check', written('both.json', documentJson([both])))
  expect(refused.exitCode).toBe(2)
  expect(refused.err).toContain('got sources.0.pointers: has both "close" of candles and "price" of trades')
})

test('what its author called an index is on the line of its name', async () => {
  const document = documentJson([sourceJson('a')], { name: 'E\nvalue 1', unit: 'U\u001b[8m' })
  const { out } = await run('check', written('lines.json', document))
  expect(out.split('\n')).toContain(String.raw`E\u000avalue 1: U\u001b[8m`)
})

test.each([
  ['{', 'Expected JSON in FILE, got something else. JSON has no comments.'],
  [JSON.stringify(documentJson([sourceJson('a', { timeoutMs: 1 })])), 'got sources.0.timeoutMs: '],
  [JSON.stringify(documentJson([])), 'got sources: '],
  [
    JSON.stringify(documentJson([sourceJson('a', { pointers: { rows: '/\ud800', time: '', close: '' } })])),
    'got sources.0.pointers.rows: is not well-formed Unicode.',
  ],
  [
    JSON.stringify(documentJson([sourceJson('a', { url: 'https://:80/x' })])),
    'got sources.0.url: makes https://:80/x, which is no URL.',
  ],
  ['[]', 'got the document itself: '],
  ['{"noisePpm": 9, "noisePpm": 150}', 'got the document itself: has "noisePpm" twice in one object.'],
])('check refuses %s by its field, exit 2', async (text, message) => {
  const file = join(folder, 'bad.json')
  writeFileSync(file, text)
  const { exitCode, err } = await run('check', file)
  expect(exitCode).toBe(2)
  expect(err).toContain(message.replace('FILE', file))
})

test('sample prints what each source gave, the medians, and the value', async () => {
  const rows = (...closes: string[]): string =>
    `[${closes.map((close, i) => `[${MATURITY - 60n * BigInt(closes.length - i)},0,0,0,${close}]`).join(',')}]`
  const [alpha, beta] = [await openVenueOf(rows('10', '20.5')), await openVenueOf(rows('30', '"absurd"'))]
  const down = await openVenue((_request, response) => response.writeHead(404).end())
  const sources = Object.entries({ alpha, beta, down }).map(([id, { url }]) => sourceJson(id, { url }))
  const changes = {
    sampling: { intervalSeconds: 60, samples: 2 },
    aggregation: { kind: 'clamped-geometric-mean', clampPpm: 999_999, minSources: 1 },
  }
  const file = written('sample.json', documentJson(sources, changes))
  const { exitCode, out } = await run('sample', file, '--maturity', '2023-03-11T12:00Z')
  expect(exitCode).toBe(0)
  const lines = out.split('\n')
  expect(lines[0]).toBe('ETH/USD at 2023-03-11 12:00:00 UTC')
  expect(lines.slice(2, 6)).toEqual([
    'source  in   closes  first  last',
    'alpha   USD  2 of 2  10     20.5',
    'beta    USD  2 of 2  30     absurd',
    expect.stringMatching(/^down {4}USD {2}failed .*HTTP 404/),
  ])
  expect(lines.slice(7, 10)).toEqual([
    'candle opens             median  sources  missing',
    '2023-03-11 11:58:00 UTC  20      2        down',
    '2023-03-11 11:59:00 UTC  20.5    1        beta, down',
  ])
  // sqrt(20 * 20.5) = 20.248456731316586933…
  expect(lines.at(-1)).toBe('value 20.248456731316586933 USD per ETH')
  expect(out).toContain('dropped beta: candle 1: Expected a decimal number')
  const { out: json } = await run('sample', file, '--maturity', MATURITY.toString(), '--json')
  expect(JSON.parse(json)).toMatchObject({
    maturity: '1678536000',
    medians: ['20', '20.5'],
    sources: [{ id: 'alpha', closes: ['10', '20.5'], failure: null }, { closes: ['30', 'absurd'] }, { closes: null }],
    value: '20.248456731316586933',
    abstained: null,
    sourcesRoot: expect.stringMatching(/^0x[0-9a-f]{64}$/),
  })
})

test('sample abstains with the reason, exit 3', async () => {
  const venue = await openVenueOf('[]')
  const file = written('empty.json', documentJson([sourceJson('alpha', { url: venue.url })]))
  const { exitCode, out } = await run('sample', file, '--maturity', MATURITY.toString())
  expect(exitCode).toBe(3)
  expect(out.split('\n').at(-1)).toBe('no value: Candle 0 of 30 has 0 of the 1 sources it needs; missing: alpha.')
})

test('sample takes the last window that is over, and refuses one that is not', async () => {
  const venue = await openVenueOf('[]')
  const file = written('now.json', documentJson([sourceJson('alpha', { url: venue.url })]))
  const now = () => 1_000_059n
  const { out } = await assize(['index', 'sample', file, '--json'], {}, { now })
  expect(JSON.parse(out).maturity).toBe('1000020')
  const early = await assize(['index', 'sample', file, '--maturity', '1000060'], {}, { now })
  expect([early.exitCode, early.err]).toEqual([
    1,
    'error: Expected a maturity that is over, got 1970-01-12 13:47:40 UTC. Wait for it, or name an earlier one.',
  ])
})

test('sample refuses an endpoint that is none, exit 2', async () => {
  const { exitCode, err } = await run('sample', 'x.json', '--rpc', 'mainnet')
  expect(exitCode).toBe(2)
  expect(err).toContain('Expected an endpoint such as 1=https://…, got "mainnet".')
})

const REAL = fileURLToPath(new URL('../../../shared/data/btc-minute-venues-2023-03-usdc-depeg.csv', import.meta.url))

test.runIf(existsSync(REAL))('sample replays a CSV: Binance.US of 11 March 2023 at 20 156.55', async () => {
  const source = { id: 'replay', venue: 'Binance.US', kind: 'csv', quote: 'USD', timeUnit: 'seconds', timeoutMs: 1_000 }
  const columns = { time: 'time', close: 'binanceus_btcusd' }
  const file = written('replay.json', documentJson([{ ...source, maxBytes: 10_000_000, columns }], { base: 'BTC' }))
  const { out } = await run('sample', file, '--maturity', MATURITY.toString(), '--prices', REAL)
  expect(out.split('\n').at(-1)).toBe('value 20156.551837963320239502 USD per ETH')
})

test.each(['new', 'check', 'sample'])('%s has a help text with examples', async (name) => {
  const { exitCode, out } = await run(name, '--help')
  expect(exitCode).toBe(0)
  expect(out).toContain(`\n  assize index ${name} `)
})
