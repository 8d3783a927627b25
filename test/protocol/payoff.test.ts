import { fc, test as fuzz } from '@fast-check/vitest'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import { payoff, redeemed } from '#protocol/payoff.ts'
import { readVectors, toNumber } from './vectors.ts'

type Row = Record<
  'collateral' | 'invalidSharePpm' | 'n' | 'nAmount' | 'p' | 'pAmount' | 'redeemed' | 'settlement' | 'strike',
  Hex
> & { name: string }

test.each(readVectors<Row>('payoff', 'payoffs'))('P, N and redemption (R-603): $name', (row) => {
  const terms = {
    strike: BigInt(row.strike),
    settlement: BigInt(row.settlement),
    invalidSharePpm: toNumber(row.invalidSharePpm),
  }
  expect({
    ...payoff({ ...terms, collateral: BigInt(row.collateral) }),
    paid: redeemed({ ...terms, pAmount: BigInt(row.pAmount), nAmount: BigInt(row.nAmount) }),
  }).toEqual({ p: BigInt(row.p), n: BigInt(row.n), paid: BigInt(row.redeemed) })
})

const value = fc.bigInt({ min: 1n, max: INVALID - 1n })
const amount = fc.bigInt({ min: 0n, max: 2n ** 128n })
const terms = fc.record({
  strike: value,
  settlement: fc.oneof(value, fc.constant(INVALID)),
  invalidSharePpm: fc.integer({ min: 0, max: 1_000_000 }),
})

fuzz.prop([terms, amount, amount, amount])(
  'no order of redemptions pays out more than the collateral',
  (t, all, a, b) => {
    const p = all === 0n ? 0n : a % all
    const n = all === 0n ? 0n : b % all
    const first = redeemed({ ...t, pAmount: p, nAmount: n })
    const rest = redeemed({ ...t, pAmount: all - p, nAmount: all - n })
    expect(first + rest).toBeLessThanOrEqual(all)
    expect(first + rest).toBeGreaterThanOrEqual(all - 3n)
  },
)

fuzz.prop([terms, amount])('a pair is worth exactly its collateral', (t, collateral) => {
  const { p, n } = payoff({ ...t, collateral })
  expect(p + n).toBe(collateral)
  expect(redeemed({ ...t, pAmount: collateral, nAmount: collateral })).toBe(collateral)
})

const TERMS = { strike: 1n, settlement: INVALID, invalidSharePpm: 0 }

test.each(readVectors<{ name: string; invalidSharePpm: Hex }>('payoff', 'refused'))(
  "refuses a share of P's as the contract does: $name",
  ({ invalidSharePpm }) => {
    const share = toNumber(invalidSharePpm)
    const refused = `Expected invalidSharePpm from 0 to 1000000, got ${share}.`
    expect(() => payoff({ ...TERMS, collateral: 100n, invalidSharePpm: share })).toThrow(refused)
    expect(() => redeemed({ ...TERMS, pAmount: 0n, nAmount: 5n, invalidSharePpm: share })).toThrow(refused)
  },
)

test.each([
  ['invalidSharePpm', 0.5, '0 to 1000000'],
  ['invalidSharePpm', -1, '0 to 1000000'],
  ['invalidSharePpm', Number.NaN, '0 to 1000000'],
  ['strike', 0n, `1 to ${INVALID}`],
  ['strike', INVALID + 1n, `1 to ${INVALID}`],
  ['settlement', 0n, `1 to ${INVALID}`],
  ['settlement', INVALID + 1n, `1 to ${INVALID}`],
  ['settlement', undefined, `1 to ${INVALID}`],
])('refuses a series whose %s is %s', (term, got, range) => {
  const given = { ...TERMS, [term]: got }
  const refused = `Expected ${term} from ${range}, got ${got}.`
  expect(() => payoff({ ...given, collateral: 100n })).toThrow(refused)
  expect(() => redeemed({ ...given, pAmount: 1n, nAmount: 1n })).toThrow(refused)
})

test.each([-1n, 2n ** 256n])('refuses an amount of %s', (got) => {
  const range = `from 0 to ${2n ** 256n - 1n}, got ${got}.`
  expect(() => payoff({ ...TERMS, collateral: got })).toThrow(`Expected collateral ${range}`)
  expect(() => redeemed({ ...TERMS, pAmount: got, nAmount: 0n })).toThrow(`Expected pAmount ${range}`)
  expect(() => redeemed({ ...TERMS, pAmount: 0n, nAmount: got })).toThrow(`Expected nAmount ${range}`)
})
