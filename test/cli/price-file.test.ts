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

const MISTAKES: readonly [what: string, text: string, message: string][] = [
  ['an empty file', '', 'Expected a header "time,venue_pair,…" in line 1, column time of f.csv, got an empty file.'],
  ['no header', '60,1\n120,2\n', 'Expected "time" in line 1, column 1 of f.csv, got "60".'],
  ['no venue', 'time\n60\n', 'Expected a column "venue_pair" in line 1, column 2 of f.csv, got none.'],
  ['no rows', 'time,a_ethusd\n', 'Expected at least one row of closes in line 2, column time of f.csv, got none.'],
  [
    'a column without a pair',
    'time,kraken\n60,1\n',
    'Expected a name "venue_pair" in line 1, column 2 of f.csv, got "kraken".',
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
    "Expected a pair of ETH, as the first column's in line 1, column a_btcusd of f.csv, got BTC.",
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
