import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { fetchSamples } from '#node/source'
import type { HttpJsonSource } from '#protocol/index-source.ts'
import { httpJsonCloses } from '../../../node/source/http-json.ts'
import { sampleWindow } from '../../../node/source/window.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { fakeClock } from '../fake-clock.ts'
import { openVenueOf } from './venue.ts'

/** 11 March 2023, 12:00 UTC; three candles of a minute, which open at …5820, …5880 and …5940. */
const MATURITY = 1_678_536_000n
const POINTERS = { rows: '/result/ETHUSD', time: '/1', price: '/0' }

/** A price and a time, as JSON writes them. */
type Row = readonly [price: string, time: string]

/** A response, made by hand: no venue's. */
const responseOf = (rows: readonly Row[]): string =>
  `{"result":{"ETHUSD":[${rows.map(([price, time]) => `[${price},${time},"b"]`).join(',')}]}}`

function closesOf(rows: readonly Row[], changes: Record<string, unknown> = {}): readonly (string | undefined)[] {
  const document = threeSamples([sourceJson('tape', { pointers: POINTERS, ...changes })])
  const source = document.sources[0] as HttpJsonSource // the only source is of that kind
  return httpJsonCloses(responseOf(rows), source, sampleWindow(document, MATURITY))
}

/** Two trades of the same last instant and price in the first candle, a tie that is not the last in the second. */
const TAPE: readonly Row[] = [
  ['"99"', '1678535819.9999999'],
  ['"100"', '1678535820'],
  ['"100.10"', '1678535879.5'],
  ['"100.10"', '1678535879.50'],
  ['"101"', '1678535880.1234'],
  ['"102"', '1678535880.1234'],
  ['"103.5"', '1678535881'],
  ['"104"', '1678535999.9999999'],
  ['"200"', '1678536000'],
]
const CLOSES = ['100.10', '103.5', '104']

test('R-454 a close is the price of the last trade at the open or later and before the end, with every digit of a second', () => {
  expect(closesOf(TAPE)).toEqual(CLOSES)
  // At an open it is of that candle; at the end, of the next or of none.
  expect(
    closesOf([
      ['1', '1678535820.0'],
      ['2.50', '1678535880'],
      ['1e2', '1.67853594E+9'],
      ['4', '1678536000.000'],
    ]),
  ).toEqual(['1', '2.50', '1e2'])
  // One and the same number if they were floats.
  expect(
    closesOf([
      ['7', '1678535839.99999999'],
      ['8', '1678535839.999999991'],
      ['9', '1678535880'],
    ]),
  ).toEqual(['8', undefined, undefined])
  // A candle without a trade has no close, however many others have.
  expect(
    closesOf([
      ['1', '1678535819.999'],
      ['2', '1678535940'],
      ['3', '1678536001'],
    ]),
  ).toEqual([undefined, undefined, '2'])
})

test('R-454 times count milliseconds where the source does', () => {
  const rows: Row[] = [
    ['1', '1678535879999'],
    ['2', '1678535879999.5'],
    ['3', '1678535880000'],
    ['4', '1678535940000'],
  ]
  expect(closesOf(rows, { timeUnit: 'milliseconds' })).toEqual(['2', '3', undefined])
  expect(closesOf(rows)).toEqual([undefined, undefined, undefined])
})

fuzz.prop([fc.shuffledSubarray([...TAPE], { minLength: TAPE.length })])(
  'R-454 the order of the rows does not matter',
  (rows) => {
    expect(closesOf(rows)).toEqual(CLOSES)
  },
)

fuzz.prop([
  fc.shuffledSubarray<Row>(
    [
      ['"9"', '1678535830.25'],
      ['"11"', '1678535830.250'],
      ['"10.5"', '1678535830.25'],
      ['"10.5"', '1678535830.250'],
      ['"100"', '1678535829'],
      ['"12.0"', '1678535900'],
      ['"12"', '1678535900'],
      ['"1200e-2"', '1678535900'],
      ['"1"', '1678535900'],
      ['"13.5"', '1678535950'],
      ['"9.5"', '1678535950'],
      ['"14"', '1678536000'],
    ],
    { minLength: 12 },
  ),
])('R-454 of several prices at the last instant the lower median is the close, exactly and in any order', (rows) => {
  expect(closesOf(rows)).toEqual(['10.5', '12', '9.5'])
})

test('R-454 a trade more at the last instant does not take the close away', () => {
  const dust = ['"1"', '1678535879.5'] as const
  expect(closesOf([...TAPE, dust])).toEqual(CLOSES)
})

test('R-454 a page that ends within a candle gives no close that the whole would not', () => {
  const pages = TAPE.map((_, i) => closesOf(TAPE.slice(0, i + 1)))
  const [one, two, three] = CLOSES
  expect(pages).toEqual([
    [undefined, undefined, undefined],
    [undefined, undefined, undefined],
    [undefined, undefined, undefined],
    [undefined, undefined, undefined],
    [one, undefined, undefined],
    [one, undefined, undefined],
    [one, undefined, undefined],
    [one, two, undefined],
    [one, two, three],
  ])
})

test('R-454 a row without a price is passed over, and is no later trade', () => {
  expect(
    closesOf([
      ['1', '1678535821'],
      ['null', '1678535822'],
      ['""', '1678535823'],
      ['2', '1678535881'],
      ['null', '1678535940'],
    ]),
  ).toEqual(['1', undefined, undefined])
  const unread = ['null', '""', '{}', 'true', '"one"', '1e61'].flatMap((price): Row[] =>
    ['1678535879.5', 'null', '"noon"'].map((time) => [price, time]),
  )
  expect(closesOf([...unread, ...TAPE, ...unread])).toEqual(CLOSES)
})

test.each<[string, Row, string]>([
  ['no time', ['1', 'null'], 'a time in digits at "/1" of row 0'],
  ['a time in words', ['1', '"2023-03-11T12:00:00Z"'], 'a time in digits at "/1" of row 0'],
  ['a time without bounds', ['1', '1e99'], 'a time in digits at "/1" of row 0'],
  ['no text for a price', ['{}', '1678535821'], 'a price at "/0" of row 0'],
])('names the pointer of %s', (_what, row, want) => {
  expect(() => closesOf([row])).toThrow(
    expect.objectContaining({
      name: 'Source.JsonShapeError',
      message: expect.stringContaining(`Expected ${want} from`),
    }),
  )
})

test('reads trades from a venue, beside candles of another', async () => {
  const tape = await openVenueOf(responseOf(TAPE.toReversed()))
  const candles = await openVenueOf('[[1678535880,0,0,0,"103"]]')
  const document = threeSamples([
    sourceJson('tape', { url: `${tape.url}/{base}{quote}?since={start}`, pointers: POINTERS }),
    sourceJson('candles', { url: candles.url }),
  ])
  const { samples, failures, records } = await fetchSamples(document, MATURITY, {
    clock: fakeClock(),
    signal: new AbortController().signal,
  })
  expect(failures).toEqual([])
  expect(samples).toEqual([
    { sourceId: 'tape', quote: 'USD', closes: CLOSES },
    { sourceId: 'candles', quote: 'USD', closes: [undefined, '103', undefined] },
  ])
  expect(tape.paths).toEqual(['/ETHUSD?since=1678535820'])
  expect(records[0]?.body).toBe(responseOf(TAPE.toReversed()))
})
