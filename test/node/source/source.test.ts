import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { reread } from '#node/reread'
import { fetchSamples, type SampleOptions } from '#node/source'
import { aggregate } from '#protocol/aggregate.ts'
import { formatValue } from '#protocol/decimal.ts'
import { type IndexDocument, indexId, parseIndexDocument } from '#protocol/index-document.ts'
import { loadIndexDocuments } from '../../../node/source/index-dir.ts'
import { documentJson, sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { fakeClock } from '../fake-clock.ts'
import { temporaryFolder } from '../temporary.ts'
import { openVenue, openVenueOf } from './venue.ts'

/** A whole number of minutes. */
const MATURITY = 1_000_020n
const OPENS = [MATURITY - 180n, MATURITY - 120n, MATURITY - 60n]

function options(csvFile?: string): SampleOptions {
  return { clock: fakeClock(), signal: new AbortController().signal, random: () => 0.5, csvFile }
}

/** A source whose rows are [time, close]. */
function pairs(id: string, url: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return sourceJson(id, { url, pointers: { rows: '/rows', time: '/0', close: '/1' }, ...changes })
}

const rows = (entries: readonly (readonly [bigint, string])[]): string =>
  `{"rows":[${entries.map(([time, close]) => `[${time},${close}]`).join(',')}]}`

test('reads closes exactly as the venue printed them, in the order of the candles', async () => {
  const venue = await openVenueOf(
    rows([
      [OPENS[2] ?? 0n, '1e2'],
      [OPENS[0] ?? 0n, '100.10'],
      [OPENS[1] ?? 0n, '"100.123456789012345678901"'],
      [MATURITY, '999'],
    ]),
  )
  const document = threeSamples([pairs('a', `${venue.url}/{base}-{quote}/{start}/{end}`)])
  const sampling = await fetchSamples(document, MATURITY, options())
  expect(sampling.opens).toEqual(OPENS)
  // The candle that opens at maturity is look-ahead.
  expect(sampling.samples).toEqual([
    { sourceId: 'a', quote: 'USD', closes: ['100.10', '100.123456789012345678901', '1e2'] },
  ])
  expect(sampling.failures).toEqual([])
  expect(venue.paths).toEqual([`/ETH-USD/${OPENS[0]}/${MATURITY}`])
})

test('asks and reads in milliseconds where the venue does', async () => {
  const venue = await openVenueOf(rows([[(OPENS[1] ?? 0n) * 1000n, '7']]))
  const document = threeSamples([pairs('a', `${venue.url}/?from={start}&to={end}`, { timeUnit: 'milliseconds' })])
  const { samples } = await fetchSamples(document, MATURITY, options())
  expect(samples[0]?.closes).toEqual([undefined, '7', undefined])
  expect(venue.paths).toEqual([`/?from=${OPENS[0]}000&to=${MATURITY}000`])
})

test('R-451 a candle opens at a number, however it is written', async () => {
  const [first = 0n, second = 0n, third = 0n] = OPENS
  const times = (unit: bigint): string[] => [`${first * unit}.0`, `${second * unit}e0`, `${third * unit}0E-1`]
  const json = (unit: bigint): string =>
    `{"rows":[${times(unit)
      .map((time, i) => `[${time},${i + 1}]`)
      .join(',')}]}`
  const csv = ['time,a_ethusd', ...times(1n).map((time, i) => `${time},${i + 1}`), `${first}.5,9`].join('\n')
  const [seconds, milliseconds, table] = [
    await openVenueOf(json(1n)),
    await openVenueOf(json(1_000n)),
    await openVenueOf(csv),
  ]
  const document = threeSamples([
    pairs('a', seconds.url),
    pairs('b', milliseconds.url, { timeUnit: 'milliseconds' }),
    csvSource({ url: table.url }),
  ])
  const { samples, failures } = await fetchSamples(document, MATURITY, options())
  expect([samples.map(({ closes }) => closes), failures]).toEqual([
    [
      ['1', '2', '3'],
      ['1', '2', '3'],
      ['1', '2', '3'],
    ],
    [],
  ])
})

test.each([
  [['100.00', '100.0', '1e2'], '1e2'],
  [['1e2', '100.00', '100.0'], '1e2'],
  [['1.00e2', '100.0', '10.0e1'], '100.0'],
  [['12E0', '1.2e1', '12.0'], '12.0'],
])('R-451 of equal closes of a candle, %j, the shorter counts, then the first as text', async (closes, taken) => {
  const venue = await openVenueOf(rows(closes.map((close) => [OPENS[0] ?? 0n, close])))
  const { samples } = await fetchSamples(threeSamples([pairs('a', venue.url)]), MATURITY, options())
  expect(samples[0]?.closes).toEqual([taken, undefined, undefined])
})

test('R-451 a row without a number for a time is no candle, and takes no other candle away', async () => {
  const [first = 0n, second = 0n] = OPENS
  const json = await openVenueOf(
    `{"rows":[["total",9],[${first},"1"],["2023-03-11T11:58:00Z",9],[${second},"2"],["1e99",9]]}`,
  )
  const csv = await openVenueOf(`time,a_ethusd\n# by hand,9\n${first},1\n,9\n${second},2\n`)
  const sources = [pairs('json', json.url), csvSource({ url: `${csv.url}/x.csv` })]
  const { samples, failures } = await fetchSamples(threeSamples(sources), MATURITY, options())
  expect(failures).toEqual([])
  expect(samples.map(({ sourceId, closes }) => [sourceId, closes])).toEqual([
    ['json', ['1', '2', undefined]],
    ['replay', ['1', '2', undefined]],
  ])
})

test('R-451 a row that is no candle takes no other candle away, whatever is wrong with it', async () => {
  const [first = 0n, second = 0n] = OPENS
  const shapes = `null,[],{},"x",7,[null,9],[true,9],[[${first}],9],[${first},{}],[${first},false],[${second}]`
  const json = await openVenueOf(`{"rows":[${shapes},[${first},"1"],${shapes},[${second},"2"],${shapes}]}`)
  const notes = '# closes of the hour, in USD, from the venue\n'
  const torn = `${first}\n${second},9,5\n,,,\n \n`
  const csv = await openVenueOf(`${notes}time,a_ethusd\n${notes}${first},1\n${torn}time,a_ethusd\n${second},2\n${torn}`)
  const sources = [pairs('json', json.url), csvSource({ url: `${csv.url}/x.csv` })]
  const { samples, failures } = await fetchSamples(threeSamples(sources), MATURITY, options())
  expect([samples.map(({ closes }) => closes), failures]).toEqual([
    [
      ['1', '2', undefined],
      ['1', '2', undefined],
    ],
    [],
  ])
})

test('R-451 the header of a CSV is the first line that names both columns, and nothing before it is a candle', async () => {
  const [first = 0n, second = 0n, third = 0n] = OPENS
  const before = `closes of the hour\n${first},9\ntime,close\n`
  // A later line that names them, in another order, is no header.
  const csv = `${before}time,a_ethusd\n${second},2\na_ethusd,time\n7,${first}\n${third},3\n`
  const table = await openVenueOf(csv)
  const { samples, failures } = await fetchSamples(
    threeSamples([csvSource({ url: `${table.url}/x.csv` })]),
    MATURITY,
    options(),
  )
  expect([samples.map(({ closes }) => closes), failures]).toEqual([[[undefined, '2', '3']], []])
})

test.each([
  [['"one"', '0', '12', '"12.0"', '1e61', '500', '"-1"'], '12'],
  [['"one"', '0', '500'], '0'],
])('R-451 a close that does not count, of %j, stands behind one that does', async (closes, taken) => {
  for (const order of [closes, closes.toReversed()]) {
    const venue = await openVenueOf(rows(order.map((close) => [OPENS[0] ?? 0n, close])))
    const document = threeSamples([pairs('a', venue.url, { bounds: { min: '1', max: '100' } })])
    const { samples, failures } = await fetchSamples(document, MATURITY, options())
    expect([samples[0]?.closes, failures]).toEqual([[taken, undefined, undefined], []])
  }
})

test('R-451 a text longer than a number, or not Unicode, is no close, and keeps no evidence of the others from being read', async () => {
  const [first = 0n, second = 0n, third = 0n] = OPENS
  const most = `100.${'0'.repeat(76)}`
  const json = await openVenueOf(
    rows([
      [first, most],
      [second, `${most}0`],
      [third, '"\\ud800"'],
    ]),
  )
  const table = await openVenueOf(`time,a_ethusd\n${first},${most}\n${second},${most}0\n${third},1\n`)
  const sources = [pairs('json', json.url), csvSource({ url: `${table.url}/x.csv` })]
  const { samples, records, failures } = await fetchSamples(threeSamples(sources), MATURITY, options())
  const closes = [
    [most, undefined, undefined],
    [most, undefined, '1'],
  ]
  expect([samples.map((one) => one.closes), failures]).toEqual([closes, []])
  const again = records.map(({ sourceId, body = '' }) => reread(threeSamples(sources), MATURITY, { sourceId, body }))
  expect(again).toEqual(closes.map((each) => ({ kind: 'closes', closes: each })))
})

test('leaves out candles that a venue says were empty', async () => {
  const venue = await openVenueOf(
    rows([
      [OPENS[0] ?? 0n, 'null'],
      [OPENS[1] ?? 0n, '""'],
      [OPENS[2] ?? 0n, '3'],
    ]),
  )
  const { samples } = await fetchSamples(threeSamples([pairs('a', venue.url)]), MATURITY, options())
  expect(samples[0]?.closes).toEqual([undefined, undefined, '3'])
})

test('names each source that failed and why, and keeps the others', async () => {
  const good = await openVenueOf(rows([[OPENS[0] ?? 0n, '1']]))
  const garbage = await openVenueOf('<html>')
  const shape = await openVenueOf('{"rows":{}}')
  const noTime = await openVenueOf('{"rows":[[null,1]]}')
  const noClose = await openVenueOf(`{"rows":[[${OPENS[0]},{}]]}`)
  const twice = await openVenueOf(
    rows([
      [OPENS[0] ?? 0n, '1'],
      [OPENS[0] ?? 0n, '2'],
    ]),
  )
  const down = await openVenue((_request, response) => response.writeHead(500).end())
  const sources = Object.entries({ good, garbage, shape, noTime, noClose, twice, down })
  const document = threeSamples(sources.map(([id, { url }]) => pairs(id.toLowerCase(), url)))
  const { samples, failures, records } = await fetchSamples(document, MATURITY, options())
  expect(samples.map(({ sourceId }) => sourceId)).toEqual(['good'])
  expect(records.map(({ sourceId }) => sourceId)).toEqual(['good'])
  expect(failures).toEqual([
    { sourceId: 'garbage', reason: expect.stringContaining('Expected JSON') },
    { sourceId: 'shape', reason: expect.stringContaining('an array at "/rows"') },
    { sourceId: 'notime', reason: expect.stringContaining('a time in digits at "/0" of row 0') },
    { sourceId: 'noclose', reason: expect.stringContaining('a close at "/1" of row 0') },
    { sourceId: 'twice', reason: expect.stringContaining(`at ${OPENS[0]}, got 1 and 2`) },
    { sourceId: 'down', reason: expect.stringContaining('HTTP 500') },
  ])
})

test.each([
  ['a venue that says itself what is wrong', '{"error":["EGeneral:Too many requests"]}', 'an array at "/rows"', ''],
  ['a page of a proxy', '<html>\n  <b>\u001b[2JBusy</b>', 'JSON', '<html> <b>\\u001b[2JBusy</b>'],
  ['nothing', ' ', 'JSON', 'nothing'],
  [
    'times of ISO 8601',
    '{"rows":[["2023-03-11T11:57:00Z","1"]]}',
    'a time in digits at "/0" of row 0',
    '["2023-03-11T11:57:00Z","1"]',
  ],
  ['much', `["${'x'.repeat(200)}"]`, 'an array at "/rows"', `["${'x'.repeat(118)}…`],
])('shows what came where the rows should be: %s', async (_, body, want, got) => {
  const { url } = await openVenueOf(body)
  const { failures } = await fetchSamples(threeSamples([pairs('a', url)]), MATURITY, options())
  expect(failures).toEqual([
    { sourceId: 'a', reason: `Expected ${want} from a, got ${got || body}. Check the source's pointers.` },
  ])
})

test('names the times that came where none is of the window, and keeps the response', async () => {
  const [first = 0n, , last = 0n] = OPENS
  const inMilliseconds = await openVenueOf(
    rows([
      [last * 1000n, '3'],
      [first * 1000n, '1'],
    ]),
  )
  const inSeconds = await openVenueOf(rows([[first - 60n, '1']]))
  const later = await openVenueOf(rows([[MATURITY, '1']]))
  const within = await openVenueOf(rows([[first + 1n, '1']]))
  const document = threeSamples([
    pairs('a', inMilliseconds.url),
    pairs('b', inSeconds.url, { timeUnit: 'milliseconds' }),
    pairs('c', later.url),
    pairs('d', within.url),
  ])
  const { samples, failures, records } = await fetchSamples(document, MATURITY, options())
  const advice = "Check the source's timeUnit and URL."
  expect(failures.map(({ reason }) => reason)).toEqual([
    `Expected rows from 999840 to 1000020 (seconds) from a, got rows from 999840000 to 999960000. ${advice}`,
    `Expected rows from 999840000 to 1000020000 (milliseconds) from b, got rows from 999780 to 999780. ${advice}`,
    `Expected rows from 999840 to 1000020 (seconds) from c, got rows from 1000020 to 1000020. ${advice}`,
  ])
  // They answer all the same, which is what is asked before a maturity.
  expect(samples.map(({ sourceId }) => sourceId)).toEqual(['a', 'b', 'c', 'd'])
  expect(records.map(({ sourceId }) => sourceId)).toEqual(['a', 'b', 'c', 'd'])
  expect(reread(document, MATURITY, { sourceId: 'a', body: records[0]?.body ?? '' })).toEqual({
    kind: 'closes',
    closes: [undefined, undefined, undefined],
  })
})

test('records what was read: origin, size, SHA-256, and a small body', async () => {
  const venue = await openVenueOf('{"rows":[]}')
  const { records } = await fetchSamples(threeSamples([pairs('a', venue.url)]), MATURITY, options())
  expect(records).toEqual([
    {
      sourceId: 'a',
      origin: venue.url,
      // printf '{"rows":[]}' | sha256sum
      sha256: '1633902c6cbba5e7770dbed172df754a25078bb76efe1f23474edc87f1a47655',
      bytes: 11,
      body: '{"rows":[]}',
    },
  ])
})

function csvSource(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'replay',
    venue: 'replay',
    kind: 'csv',
    quote: 'USD',
    timeUnit: 'seconds',
    columns: { time: 'time', close: 'a_ethusd' },
    timeoutMs: 10_000,
    maxBytes: 1_000,
    ...changes,
  }
}

function csvDocument(changes: Record<string, unknown> = {}): IndexDocument {
  return threeSamples([csvSource(changes)])
}

test('replays a column of a CSV, with gaps, from a file or over HTTP', async () => {
  const csv = `time,b_x,a_ethusd\n${OPENS[0]},9,1.50\r\n${OPENS[1]},9,\n${OPENS[2]},,3\n${MATURITY},9,4\n`
  const file = join(temporaryFolder(), 'prices.csv')
  writeFileSync(file, csv)
  const closes = ['1.50', undefined, '3']
  const fromFile = await fetchSamples(csvDocument(), MATURITY, options(file))
  expect(fromFile.samples).toEqual([{ sourceId: 'replay', quote: 'USD', closes }])
  const venue = await openVenueOf(csv)
  const fromWeb = await fetchSamples(csvDocument({ url: `${venue.url}/x.csv` }), MATURITY, options())
  expect(fromWeb.samples).toEqual([{ sourceId: 'replay', quote: 'USD', closes }])
})

test.each([
  ['no column "a_ethusd"', 'time,b\n', 'a column "a_ethusd"'],
  ['a torn line', `time,a_ethusd\n${OPENS[0]}\n`, '2 fields in a line'],
  ['more than maxBytes', `time,a_ethusd\n${'1,2\n'.repeat(300)}`, 'at most 1000 bytes'],
])('names %s of a CSV', async (_what, csv, reason) => {
  const file = join(temporaryFolder(), 'prices.csv')
  writeFileSync(file, csv)
  const { failures } = await fetchSamples(csvDocument(), MATURITY, options(file))
  expect(failures).toEqual([{ sourceId: 'replay', reason: expect.stringContaining(reason) }])
})

test('names a CSV that is not there, and one that nobody configured', async () => {
  const missing = await fetchSamples(csvDocument(), MATURITY, options('/nowhere.csv'))
  expect(missing.failures[0]?.reason).toContain('a readable file /nowhere.csv')
  const unset = await fetchSamples(csvDocument(), MATURITY, options())
  expect(unset.failures[0]?.reason).toContain('a csv_file in the configuration')
})

test('throws only when the node stops', async () => {
  const venue = await openVenue(() => undefined)
  const controller = new AbortController()
  const document = threeSamples([pairs('a', venue.url)])
  const started = fetchSamples(document, MATURITY, { ...options(), signal: controller.signal })
  controller.abort()
  await expect(started).rejects.toMatchObject({ name: 'AbortError' })
})

const REAL = fileURLToPath(new URL('../../../../shared/data/btc-minute-venues-2023-03-usdc-depeg.csv', import.meta.url))

test.runIf(existsSync(REAL))('replays Binance.US of 11 March 2023 to 20 156.55', async () => {
  const json = documentJson(
    [
      {
        id: 'binanceus',
        venue: 'Binance.US',
        kind: 'csv',
        quote: 'USD',
        timeUnit: 'seconds',
        columns: { time: 'time', close: 'binanceus_btcusd' },
        timeoutMs: 1_000,
        maxBytes: 10_000_000,
      },
    ],
    { base: 'BTC' },
  )
  const document = parseIndexDocument(json)
  const { samples } = await fetchSamples(document, 1_678_536_000n, options(REAL))
  const result = aggregate(document, samples)
  expect(result.kind === 'value' && formatValue(result.value)).toMatch(/^20156\.55/)
})

test('loads index documents by id, and names the file of a bad one', async () => {
  const folder = temporaryFolder()
  const document = threeSamples([pairs('a', 'http://127.0.0.1/')])
  writeFileSync(join(folder, 'eth.json'), JSON.stringify(document, undefined, 2))
  writeFileSync(join(folder, 'notes.txt'), 'not a document')
  expect(await loadIndexDocuments(folder)).toEqual(new Map([[indexId(document), document]]))
  const bad = join(folder, 'bad.json')
  writeFileSync(bad, JSON.stringify({ ...document, base: 'eth' }))
  await expect(loadIndexDocuments(folder)).rejects.toMatchObject({
    name: 'IndexDir.IndexFileError',
    file: bad,
    message: expect.stringContaining('base'),
  })
  writeFileSync(bad, JSON.stringify({ ...document, sources: [pairs('a', 'http://127.0.0.1/\ud800')] }))
  await expect(loadIndexDocuments(folder)).rejects.toMatchObject({
    name: 'IndexDir.IndexFileError',
    file: bad,
    message: expect.stringContaining('sources.0.url'),
  })
  writeFileSync(bad, JSON.stringify(document).replace('{', '{"noisePpm":9,'))
  await expect(loadIndexDocuments(folder)).rejects.toMatchObject({
    name: 'IndexDir.IndexFileError',
    file: bad,
    message: expect.stringContaining('has "noisePpm" twice'),
  })
  writeFileSync(bad, '{')
  await expect(loadIndexDocuments(folder)).rejects.toMatchObject({ file: bad })
  rmSync(bad)
  mkdirSync(bad)
  await expect(loadIndexDocuments(folder)).rejects.toMatchObject({ name: 'IndexDir.IndexFileError', file: bad })
  await expect(loadIndexDocuments(join(folder, 'none'))).rejects.toMatchObject({ file: join(folder, 'none') })
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('not a document')
})
