import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { exchanges, type OHLCV } from 'ccxt'
import { expect, test, vi } from 'vitest'
import { fetchSamples, type SampleOptions } from '#node/source'
import { CCXT_VERSION } from '../../../node/source/ccxt.ts'
import { threeSamples } from '../../protocol/index-documents.ts'
import { fakeClock } from '../fake-clock.ts'
import { type ExchangeServer, openExchange } from './exchange-server.ts'

const MATURITY = 1_000_020n
const OPENS = [MATURITY - 180n, MATURITY - 120n, MATURITY - 60n]

/** Hand-made after Kraken's documentation: what ccxt needs of /AssetPairs to know one market. Not recorded anywhere. */
const PAIR = {
  altname: 'ETHUSD',
  wsname: 'ETH/USD',
  aclass_base: 'currency',
  base: 'XETH',
  aclass_quote: 'currency',
  quote: 'ZUSD',
  pair_decimals: 2,
  lot_decimals: 8,
  lot_multiplier: 1,
  leverage_buy: [],
  leverage_sell: [],
  fees: [[0, 0.26]],
  fees_maker: [[0, 0.16]],
  ordermin: '0.01',
  status: 'online',
}
const ASSETS = {
  XETH: { aclass: 'currency', altname: 'ETH', decimals: 10, display_decimals: 5 },
  ZUSD: { aclass: 'currency', altname: 'USD', decimals: 4, display_decimals: 2 },
}
const ok = (result: unknown): string => JSON.stringify({ error: [], result })

/** Hand-made candles, the closes as they stand. */
function candles(rows: readonly (readonly [open: bigint, close: string])[]): string {
  const text = rows.map(([open, close]) => `[${open},"1","9","1",${close},"2","3.5",4]`).join(',')
  return `{"error":[],"result":{"XETHZUSD":[${text}],"last":${MATURITY}}}`
}

const KRAKEN = {
  '/0/public/Assets': ok(ASSETS),
  '/0/public/AssetPairs': ok({ XETHZUSD: PAIR }),
  '/0/public/OHLC': candles([
    [(OPENS[0] ?? 0n) - 60n, '"1999"'],
    [OPENS[0] ?? 0n, '"2000.10"'],
    [OPENS[1] ?? 0n, '2000.100000000000000000001'],
    [OPENS[2] ?? 0n, '1.5e-9'],
    [MATURITY, '"2001"'],
  ]),
}

function options(exchange?: ExchangeServer): SampleOptions {
  const fetch = exchange === undefined ? {} : { fetch: exchange.fetch }
  return { clock: fakeClock(), signal: new AbortController().signal, random: () => 0.5, ...fetch }
}

function documentOf(changes: Record<string, unknown> = {}): ReturnType<typeof threeSamples> {
  const every = { id: 'kraken', venue: 'Kraken', quote: 'USD', timeoutMs: 5_000, maxBytes: 100_000 }
  return threeSamples([{ ...every, kind: 'ccxt', exchange: 'kraken', symbol: 'ETH/USD', ...changes }])
}

test('reads an exchange over TLS through ccxt, every digit as it was written', async () => {
  const exchange = await openExchange('api.kraken.com', KRAKEN)
  const { samples, failures, records } = await fetchSamples(documentOf(), MATURITY, options(exchange))
  expect(failures).toEqual([])
  expect(samples).toEqual([
    { sourceId: 'kraken', quote: 'USD', closes: ['2000.10', '2000.100000000000000000001', '1.5e-9'] },
  ])
  expect(records).toMatchObject([
    { sourceId: 'kraken', origin: 'ccxt kraken ETH/USD', body: JSON.stringify([KRAKEN['/0/public/OHLC']]) },
  ])
  const asked = exchange.requests.find((path) => path.includes('OHLC'))
  expect(asked).toMatch(/^api\.kraken\.com\/0\/public\/OHLC\?/)
  expect(new URLSearchParams(asked?.split('?')[1]).get('interval')).toBe('1')
})

test.each([
  ['an exchange that ccxt does not know', { exchange: 'nowhere' }, {}, 'no exchange "nowhere" in ccxt'],
  ['a symbol that the exchange does not have', { symbol: 'ETH/EUR' }, {}, 'BadSymbol'],
  ['an error in the answer', {}, { '/0/public/OHLC': '{"error":["EGeneral:Temporary lockout"]}' }, 'Temporary lockout'],
  ['no JSON', {}, { '/0/public/OHLC': '<html>' }, 'something that is no JSON'],
  ['a failing server', {}, { '/0/public/OHLC': 503 }, 'HTTP 503 (attempt 3)'],
  ['more bytes than may be', { maxBytes: 1_000 }, { '/0/public/Assets': 'x'.repeat(1_001) }, 'more than 1000 bytes'],
])('names %s', async (_what, changes, answers, reason) => {
  const exchange = await openExchange('api.kraken.com', { ...KRAKEN, ...answers })
  const { samples, failures } = await fetchSamples(documentOf(changes), MATURITY, options(exchange))
  expect(samples).toEqual([])
  expect(failures).toEqual([{ sourceId: 'kraken', reason: expect.stringContaining(reason) }])
})

test('keeps the response of every page, and nothing else that ccxt asked for', async () => {
  const pages = [
    candles([[OPENS[0] ?? 0n, '"1"']]),
    candles([[OPENS[1] ?? 0n, '"2"']]),
    candles([[OPENS[2] ?? 0n, '"3"']]),
  ]
  const exchange = await openExchange('api.kraken.com', { ...KRAKEN, '/0/public/OHLC': pages })
  const { samples, records } = await fetchSamples(documentOf(), MATURITY, options(exchange))
  expect(samples).toMatchObject([{ closes: ['1', '2', '3'] }])
  const body = JSON.stringify(pages)
  const sha256 = createHash('sha256').update(body).digest('hex')
  expect(records).toEqual([{ sourceId: 'kraken', origin: 'ccxt kraken ETH/USD', sha256, bytes: body.length, body }])
})

test('R-451 a row that is no candle takes no other candle away, nor the next page', async () => {
  const [first = 0, second = 0, third = 0] = OPENS.map((open) => Number(open) * 1_000)
  const none = [Number.NaN, undefined, Number.POSITIVE_INFINITY, 1e300, -1, first - 60_000, first + 0.5, third + 60_000]
  const row = (time: number | undefined, close: string): unknown[] => [time, '1', '9', '1', close, '2']
  const nothing = none.map((time) => row(time, '9'))
  const pages = new Map<number | undefined, unknown[]>([
    [first, [...nothing, row(first, '1'), ...nothing]],
    [second, [...nothing, row(third, '3'), row(second, '2'), ...nothing]],
  ])
  const asked: unknown[] = []
  const spy = vi
    .spyOn(exchanges.kraken.prototype, 'fetchOHLCV')
    .mockImplementation(async (_symbol, _timeframe, since) => {
      asked.push(since)
      return (pages.get(since) ?? []) as OHLCV[] // the reader makes texts of numbers
    })
  try {
    const { samples, failures } = await fetchSamples(documentOf(), MATURITY, options())
    expect([samples[0]?.closes, failures, asked]).toEqual([['1', '2', '3'], [], [first, second]])
  } finally {
    spy.mockRestore()
  }
})

test('does not talk to a server that cannot prove the exchange’s name', async () => {
  const exchange = await openExchange('api.kraken.example', KRAKEN)
  const { failures } = await fetchSamples(documentOf(), MATURITY, options(exchange))
  expect(failures[0]?.reason).toContain("does not match certificate's altnames")
})

/** A process whose module resolution has no ccxt. */
const WITHOUT_CCXT = `
import { registerHooks } from 'node:module'
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'ccxt') return next(specifier, context)
    throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
  },
})
const { fetchSamples } = await import('#node/source')
const clock = { now: () => 0n, monotonicMs: () => 0, sleep: async () => undefined }
const document = JSON.parse(process.argv[1])
const { failures } = await fetchSamples(document, ${MATURITY}n, { clock, signal: new AbortController().signal })
console.log(JSON.stringify(failures))
`

test('without the package names the command that installs the very version that is tested here', async () => {
  const args = ['--input-type=module', '--eval', WITHOUT_CCXT, JSON.stringify(documentOf())]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const reason = `Expected the package ccxt, got none. Install it: npm install --save-exact ccxt@${CCXT_VERSION}`
  expect(JSON.parse(stdout)).toEqual([{ sourceId: 'kraken', reason }])
  const { peerDependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect([peerDependencies.ccxt, devDependencies.ccxt]).toEqual([CCXT_VERSION, CCXT_VERSION])
})
