import { expect, test } from 'vitest'
import { parsePriceFile, PriceFileError, readPriceFile } from '../../cli/demo/price-file.ts'

test('reads one venue per column, the quote currency from its name, and leaves gaps', () => {
  const market = parsePriceFile('f.csv', 'time,kraken_btcusd,kraken_btcusdt\n60,1.5,2\n120,,3\n180,4,\n')
  expect(market).toMatchObject({ base: 'BTC', quote: 'USD', origin: 'f.csv' })
  expect(market.venues).toEqual([
    {
      id: 'kraken_btcusd',
      venue: 'kraken',
      base: 'BTC',
      quote: 'USD',
      health: 'sound',
      closes: new Map([
        [60n, '1.5'],
        [180n, '4'],
      ]),
    },
    {
      id: 'kraken_btcusdt',
      venue: 'kraken',
      base: 'BTC',
      quote: 'USDT',
      health: 'sound',
      closes: new Map([
        [60n, '2'],
        [120n, '3'],
      ]),
    },
  ])
  expect(market.clean).toEqual([market.venues[0]?.closes])
})

test('reads a file with a byte order mark and CRLF line ends', () => {
  expect(parsePriceFile('f.csv', '\uFEFFtime,a_ethusd\r\n60,1\r\n').venues[0]?.closes).toEqual(new Map([[60n, '1']]))
})

test.each([
  ['a_bnbusd,b_bnbusdt', undefined, ['BNB/USD', 'BNB/USDT']],
  ['b_bnbusdt,a_bnbusd', undefined, ['BNB/USDT', 'BNB/USD']],
  ['a_bnbusd,a_bnbbusd', undefined, ['BNB/USD', 'BNB/BUSD']],
  ['a_dotusd,b_dotusd,c_dotbtc', undefined, ['DOT/USD', 'DOT/USD', 'DOT/BTC']],
  ['a_ethusd,b_ethbusd', undefined, ['ETH/USD', 'ETH/BUSD']],
  ['b_ethbusd,a_ethusdt', undefined, ['ETH/BUSD', 'ETH/USDT']],
  ['a_btcfdusd,b_btctusd', undefined, ['BTC/FDUSD', 'BTC/TUSD']],
  ['a_bnbusd,b_bnbusd', 'BNB', ['BNB/USD', 'BNB/USD']],
  ['a_ethbusd', 'ETH', ['ETH/BUSD']],
])('reads %s with --base %s as %j', (columns, base, pairs) => {
  const row = `60${',1'.repeat(pairs.length)}`
  const { venues } = parsePriceFile('f.csv', `time,${columns}\n${row}\n`, { base })
  expect(venues.map((venue) => `${venue.base}/${venue.quote}`)).toEqual(pairs)
})

test.each([
  ['bnbusd', 'BN/BUSD or BNB/USD'],
  ['dotusd', 'DO/TUSD or DOT/USD'],
  ['ethbusd', 'ETH/BUSD or ETHB/USD'],
  ['shibusd', 'SHI/BUSD or SHIB/USD'],
  ['usdtusd', 'USD/TUSD or USDT/USD'],
])('asks which of two readings of %s is meant where no other column says it', (pair, readings) => {
  expect(() => parsePriceFile('f.csv', `time,a_${pair},b_${pair}\n60,1,1\n`)).toThrow(
    expect.objectContaining({
      message: `Expected a pair with one reading in line 1, column a_${pair} of f.csv, got ${readings}.`,
      name: 'Demo.TwoReadingsError',
      exitCode: 2,
    }),
  )
})

test('refuses a column that is not of the base named', () => {
  expect(() => parsePriceFile('f.csv', 'time,a_bnbusd,b_ethusd\n60,1,1\n', { base: 'BNB' })).toThrow(
    'Expected a pair of BNB, as --base says, in line 1, column b_ethusd of f.csv, got ETH/USD.',
  )
})

test('keeps every close that the nodes read, as printed', () => {
  const closes = ['1.2345e-06', '2.0E+4', '0.00041234567890123457', '007.5', `1.${'1'.repeat(78)}`, '1e60', '1e-60']
  const rows = closes.map((close, i) => `${60 * (i + 1)},${close}`)
  const [venue] = parsePriceFile('f.csv', `time,a_pepeusd\n${rows.join('\n')}\n`).venues
  expect([...(venue?.closes.values() ?? [])]).toEqual(closes)
})

test.each([
  [1, 3_600, undefined],
  [30, 3_600, undefined],
  // Longer candles than asked for: no window of more than one finds two of them side by side, and the nodes abstain.
  [2, 60, undefined],
  [1, 60, 60],
  [1, 3_601, 3_601],
  [30, 86_400, 86_400],
])('takes no row for a candle of another length: %i of %i s', (samples, intervalSeconds, wanted) => {
  const text = 'time,a_ethusd\n3600,1\n10800,1\n14400,1\n'
  const read = (): unknown => parsePriceFile('f.csv', text, { sampling: { samples, intervalSeconds } })
  if (wanted === undefined) return expect(read).not.toThrow()
  return expect(read).toThrow(
    expect.objectContaining({
      name: 'Demo.CandleLengthError',
      message: `Expected rows ${wanted} s apart, as --interval has it, in line 4, column time of f.csv, got 3600 s.`,
      line: 4,
    }),
  )
})

test('refuses rows that no candle opens at, and only where all of them are such', () => {
  const read = (text: string): unknown =>
    parsePriceFile('f.csv', `time,a_ethusd\n${text}`, { sampling: { samples: 30, intervalSeconds: 60 } })
  expect(() => read('90,1\n150,1\n')).toThrow(
    'Expected a whole multiple of the 60 s of --interval in line 2, column time of f.csv, got 90.',
  )
  expect(() => read('90,1\n180,1\n')).not.toThrow()
})

const MISTAKES: readonly [what: string, text: string, message: string][] = [
  ['an empty file', '', 'Expected a header "time,venue_pair,…" in line 1, column time of f.csv, got an empty file.'],
  ['no header', '60,1\n120,2\n', 'Expected "time" in line 1, column 1 of f.csv, got "60".'],
  ['no venue', 'time\n60\n', 'Expected a column "venue_pair" in line 1, column 2 of f.csv, got none.'],
  ['no rows', 'time,a_ethusd\n', 'Expected at least one row of closes in line 2, column time of f.csv, got none.'],
  [
    'a column without a pair',
    'time,kraken\n60,1\n',
    'Expected a name "venue_pair" of at most 64 small letters and digits in line 1, column 2 of f.csv, got "kraken".',
  ],
  [
    'an unknown quote currency',
    'time,a_ethxyz\n60,1\n',
    'Expected a pair that ends in one of usdt, usdc, busd, tusd, fdusd, dai, usd, eur, gbp, jpy, chf, btc, eth in line 1, column a_ethxyz of f.csv, got "ethxyz".',
  ],
  [
    'a column twice',
    'time,a_ethusd,a_ethusd\n60,1,1\n',
    'Expected every column once in line 1, column a_ethusd of f.csv, got it twice.',
  ],
  [
    'two bases',
    'time,a_ethusd,a_btcusd\n60,1,1\n',
    "Expected a pair of ETH, as the columns' before it, in line 1, column a_btcusd of f.csv, got BTC/USD.",
  ],
  [
    'too few fields',
    'time,a_ethusd,b_ethusd\n60,1,1\n120,1\n',
    'Expected 3 fields in line 3, column time of f.csv, got 2.',
  ],
  [
    'a bad number',
    'time,a_ethusd\n60,1\n120,1.2.3\n',
    'Expected a decimal above zero in line 3, column a_ethusd of f.csv, got "1.2.3".',
  ],
  [
    'a zero',
    'time,a_ethusd\n60,0.00\n',
    'Expected a decimal above zero in line 2, column a_ethusd of f.csv, got "0.00".',
  ],
  [
    'a negative number',
    'time,a_ethusd\n60,-1\n',
    'Expected a decimal above zero in line 2, column a_ethusd of f.csv, got "-1".',
  ],
  [
    'a bad time',
    'time,a_ethusd\n2023-03-11,1\n',
    'Expected Unix seconds in line 2, column time of f.csv, got "2023-03-11".',
  ],
  [
    'rows out of order',
    'time,a_ethusd\n120,1\n60,1\n',
    'Expected a time after 120 in line 3, column time of f.csv, got 60.',
  ],
  [
    'a name that no source may have',
    `time,${'a'.repeat(58)}_ethusd\n60,1\n`,
    `Expected a name "venue_pair" of at most 64 small letters and digits in line 1, column 2 of f.csv, got "${'a'.repeat(40)}…".`,
  ],
  [
    'a name that begins with a hyphen',
    'time,-a_ethusd\n60,1\n',
    'Expected a name "venue_pair" of at most 64 small letters and digits in line 1, column 2 of f.csv, got "-a_ethusd".',
  ],
  [
    'more columns than an index has sources',
    `time,${Array.from({ length: 65 }, (_, i) => `v${i}_ethusd`).join(',')}\n60${',1'.repeat(65)}\n`,
    'Expected at most 64 columns of closes in line 1, column 66 of f.csv, got 65.',
  ],
  [
    'a number too long to be read',
    `time,a_ethusd\n60,1e61\n`,
    'Expected a decimal above zero in line 2, column a_ethusd of f.csv, got "1e61".',
  ],
  [
    'a number with separators',
    'time,a_ethusd\n60,"1,234.5"\n',
    'Expected 2 fields in line 2, column time of f.csv, got 3.',
  ],
  ['a quoted time', 'time,a_ethusd\n"60",1\n', 'Expected Unix seconds in line 2, column time of f.csv, got ""60"".'],
  [
    'milliseconds',
    'time,a_ethusd\n1678406400000,1\n',
    'Expected Unix seconds in line 2, column time of f.csv, got "1678406400000".',
  ],
  [
    'line ends of an old kind, and what a terminal would obey',
    'time,a_\u001B[31methusd\r60,1\r',
    'Expected a name "venue_pair" of at most 64 small letters and digits in line 1, column 2 of f.csv, got "a_\\u001b[31methusd\\u000d60".',
  ],
  ['an empty line', 'time,a_ethusd\n60,1\n\n', 'Expected 2 fields in line 3, column time of f.csv, got 1.'],
  ['a row twice', 'time,a_ethusd\n60,1\n60,1\n', 'Expected a time after 60 in line 3, column time of f.csv, got 60.'],
]

for (const [what, text, message] of MISTAKES) {
  test(`refuses ${what}, naming line and column`, () => {
    expect(() => parsePriceFile('f.csv', text)).toThrow(PriceFileError)
    expect(() => parsePriceFile('f.csv', text)).toThrow(message)
  })
}

test('refuses a file that is not there', async () => {
  await expect(readPriceFile('/nowhere.csv')).rejects.toMatchObject({
    name: 'Demo.UnreadableFileError',
    message: 'Expected a readable file at /nowhere.csv, got no file.',
    exitCode: 2,
  })
})
