import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import { amount, baseUnits, duration, type Endpoints, gwei, instant, sourceEndpoint } from '../../cli/arguments.ts'
import { InputError } from '../../cli/errors.ts'

const WETH = { symbol: 'WETH', decimals: 18, isWeth: true }
const USDC = { symbol: 'USDC', decimals: 6, isWeth: false }

describe('amounts', () => {
  test.each([
    ['0.1', WETH, 10n ** 17n],
    ['25 eth', WETH, 25n * 10n ** 18n],
    ['25ETH', WETH, 25n * 10n ** 18n],
    ['0.000000000000000001 weth', WETH, 1n],
    ['500gwei', WETH, 500n * 10n ** 9n],
    ['7 wei', WETH, 7n],
    ['2500.10', USDC, 2_500_100_000n],
    ['3 usdc', USDC, 3_000_000n],
  ])('%j are so many base units', (text, token, expected) => {
    expect(baseUnits(amount(text), token)).toBe(expected)
  })

  test.each(['', '-1', '.5', '1,5', 'eth', '1 eth eth', '١'])('refuses %j', (text) => {
    expect(() => amount(text)).toThrow(InvalidArgumentError)
  })

  test.each([
    ['1 eth', USDC],
    ['1e18', WETH],
    ['0x10', WETH],
    ['0.0000001', USDC],
    ['0.1 wei', WETH],
    ['1 usdc', WETH],
  ])('refuses %j of a token that has no such unit or digit', (text, token) => {
    expect(() => baseUnits(amount(text), token)).toThrow(InputError)
  })
})

test.each([
  ['500', 500n * 10n ** 9n],
  ['0.5', 5n * 10n ** 8n],
  ['500 gwei', 500n * 10n ** 9n],
  ['0.000000002eth', 2n * 10n ** 9n],
  ['7wei', 7n],
])('%j is so much where gwei are counted', (text, wei) => {
  expect(gwei(text)).toBe(wei)
})

test.each([
  ['90s', 90],
  ['90', 90],
  ['10min', 600],
  ['24h', 86_400],
  ['2 d', 172_800],
])('%j is so many seconds', (text, seconds) => {
  expect(duration(text)).toBe(seconds)
})

test('more than half of the endpoints that are given of one chain must agree', () => {
  const texts = ['1=https://a', '10=https://b', '1=https://c', '1=https://A:443/', '1=https://d']
  const endpoints = texts.reduce<Endpoints>((others, text) => sourceEndpoint(text, others), new Map())
  expect(endpoints).toEqual(
    new Map([
      [1, { urls: ['https://a', 'https://c', 'https://d'], agreement: 2 }],
      [10, { urls: ['https://b'], agreement: 1 }],
    ]),
  )
})

describe('instants', () => {
  test.each([
    ['1743148800', 1_743_148_800n],
    ['2025-03-28T08:00Z', 1_743_148_800n],
    ['2025-03-28 08:00:00 UTC', 1_743_148_800n],
    ['2025-03-28T09:00:00+01:00', 1_743_148_800n],
  ])('%j is an instant', (text, seconds) => {
    expect(instant(text)).toBe(seconds)
  })

  // A date without a zone would mean another instant on every machine.
  test.each(['2025-03-28', '2025-03-28T08:00', '2025-13-28T08:00Z', 'tomorrow', '-5'])('refuses %j', (text) => {
    expect(() => instant(text)).toThrow(InvalidArgumentError)
  })
})
