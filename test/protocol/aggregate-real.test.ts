import { expect, test } from 'vitest'
import { aggregate, sampleOpens } from '#protocol/aggregate.ts'
import { formatValue } from '#protocol/decimal.ts'
import { parseIndexDocument } from '#protocol/index-document.ts'
import { documentJson, sourceJson } from './index-documents.ts'
import { readCloses, windowOf, type Closes } from './real-data.ts'

/** Expected values: the calculation of `test/vectors/generate/index.py` over the same rows. */
const depeg = readCloses('btc-minute-venues-2023-03-usdc-depeg.csv')
const hourly = readCloses('eth-hourly-venues-2022q1.csv')

const MINUTES = { samples: 30, intervalSeconds: 60 }
const HOURS = { samples: 24, intervalSeconds: 3_600 }

type Case = {
  readonly name: string
  readonly closes: Closes
  readonly maturity: bigint
  readonly sampling: typeof MINUTES
  readonly minSources: number
  readonly quoteOf: (column: string) => string
  readonly value: string
  readonly used: readonly string[]
}

const fromName = (column: string): string => column.slice(column.indexOf('_') + 4).toUpperCase()
const always = (): string => 'USD'

const ofDepeg = { maturity: 1_678_536_000n, sampling: MINUTES, minSources: 1 }
const ofHourly = { maturity: 1_645_671_600n, sampling: HOURS }
const cases: Case[] = [
  ...casesOf(depeg, (closes) => [
    {
      ...ofDepeg,
      closes,
      name: 'only Binance.US BTC/USD is in dollars',
      quoteOf: fromName,
      value: '20156.551837963320239502',
      used: ['binanceus_btcusd'],
    },
    {
      ...ofDepeg,
      closes,
      name: 'a coin taken for a dollar would print 5 % too high',
      quoteOf: always,
      value: '21130.614715242111676266',
      used: closes.columns,
    },
  ]),
  ...casesOf(hourly, (closes) => [
    {
      ...ofHourly,
      closes,
      minSources: 2,
      name: 'two venues in dollars',
      quoteOf: fromName,
      value: '2660.136835821244674752',
      used: ['gemini_ethusd', 'binanceus_ethusd'],
    },
    {
      ...ofHourly,
      closes,
      minSources: 5,
      name: 'seven columns',
      quoteOf: always,
      value: '2659.47785386849040499',
      used: closes.columns,
    },
  ]),
]

function casesOf(closes: Closes | undefined, list: (closes: Closes) => Case[]): Case[] {
  return closes === undefined ? [] : list(closes)
}

test('prints the reference values of real maturities, wherever their closes are at hand', () => {
  const printed = cases.map(({ name, closes, maturity, sampling, minSources, quoteOf }) => {
    const sources = closes.columns.map((column) => sourceJson(column, { quote: quoteOf(column) }))
    const aggregation = { kind: 'clamped-geometric-mean', clampPpm: 5_000, minSources }
    const document = parseIndexDocument(documentJson(sources, { sampling, aggregation }))
    const result = aggregate(document, windowOf(closes, sampleOpens(document, maturity), quoteOf))
    const used = result.kind === 'value' ? result.used.map(({ sourceId }) => sourceId) : []
    return { name, value: result.kind === 'value' ? formatValue(result.value) : result.reason, used }
  })
  expect(printed).toEqual(cases.map(({ name, value, used }) => ({ name, value, used })))
})
