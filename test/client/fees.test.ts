import { expect, test } from 'vitest'
import { capsOfCalls, firstFees, isStuck, raisedFees } from '#client/fees.ts'

const GWEI = 10n ** 9n
const CAPS = { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: 4n * GWEI }
const fees = (maxFee: bigint, tip: bigint) => ({ maxFeePerGas: maxFee, maxPriorityFeePerGas: tip })

test('offers twice the base fee and the usual tip, within the caps and what it may cost', () => {
  expect(firstFees({ baseFee: 20n * GWEI, tip: GWEI }, CAPS, undefined)).toEqual(fees(41n * GWEI, GWEI))
  expect(firstFees({ baseFee: 60n * GWEI, tip: GWEI }, CAPS, undefined)).toEqual(fees(100n * GWEI, GWEI))
  expect(firstFees({ baseFee: 20n * GWEI, tip: GWEI }, CAPS, 30n * GWEI)).toEqual(fees(30n * GWEI, GWEI))
})

test('offers nothing where base fee and tip of now are more than it may', () => {
  expect(firstFees({ baseFee: 99n * GWEI, tip: GWEI }, CAPS, undefined)).toEqual(fees(100n * GWEI, GWEI))
  expect(firstFees({ baseFee: 99n * GWEI, tip: GWEI + 1n }, CAPS, undefined)).toBe(undefined)
  expect(firstFees({ baseFee: 29n * GWEI, tip: GWEI + 1n }, CAPS, 30n * GWEI)).toBe(undefined)
})

test('a replacement offers an eighth more of both, rounded up, and what the market asks for by now', () => {
  const calm = { baseFee: GWEI, tip: GWEI }
  const options = { limit: undefined, pace: 'patient' as const }
  expect(raisedFees(fees(41n * GWEI, GWEI), calm, CAPS, options)).toEqual(fees(46_125_000_000n, 1_125_000_000n))
  expect(raisedFees(fees(9n, 1n), { baseFee: 1n, tip: 0n }, CAPS, options)).toEqual(fees(11n, 2n))
  expect(raisedFees(fees(0n, 0n), { baseFee: 0n, tip: 0n }, CAPS, options)).toEqual(fees(1n, 1n))
  const dear = { baseFee: 30n * GWEI, tip: 2n * GWEI }
  expect(raisedFees(fees(41n * GWEI, GWEI), dear, CAPS, options)).toEqual(fees(62n * GWEI, 2n * GWEI))
})

test('doubles the tip if it is urgent', () => {
  const market = { baseFee: GWEI, tip: GWEI }
  const urgent = { limit: undefined, pace: 'urgent' as const }
  expect(raisedFees(fees(3n * GWEI, GWEI), market, CAPS, urgent)).toEqual(fees(4n * GWEI, 2n * GWEI))
  expect(raisedFees(fees(9n * GWEI, GWEI), market, CAPS, urgent)).toEqual(fees(10_125_000_000n, 2n * GWEI))
})

test('offers all that it may in all once the tip cannot be raised by another eighth', () => {
  const market = { baseFee: GWEI, tip: GWEI }
  const urgent = { limit: undefined, pace: 'urgent' as const }
  expect(raisedFees(fees(9n * GWEI, 3n * GWEI), market, CAPS, urgent)).toEqual(fees(100n * GWEI, 4n * GWEI))
  expect(raisedFees(fees(9n * GWEI, 3n * GWEI), market, CAPS, { ...urgent, limit: 30n * GWEI })).toEqual(
    fees(30n * GWEI, 4n * GWEI),
  )
  // 4 / 1.125 = 3.55…
  const tipOf = (tip: bigint) => firstFees({ baseFee: 20n * GWEI, tip }, CAPS, undefined)
  expect(tipOf(3_555_555_555n)).toEqual(fees(43_555_555_555n, 3_555_555_555n))
  expect(tipOf(3_555_555_556n)).toEqual(fees(100n * GWEI, 3_555_555_556n))
  expect(tipOf(9n * GWEI)).toEqual(fees(100n * GWEI, 4n * GWEI))
})

test('leaves room within the caps for the cancellation of whatever offers the most that it may', () => {
  const own = capsOfCalls(CAPS)
  expect(own).toEqual(fees(88_888_888_888n, 3_555_555_555n))
  const market = { baseFee: 300n * GWEI, tip: 50n * GWEI }
  const last = { maxFeePerGas: own.maxFeePerGas, maxPriorityFeePerGas: own.maxPriorityFeePerGas }
  expect(raisedFees(last, market, own, { limit: undefined, pace: 'urgent' })).toBe(undefined)
  expect(raisedFees(last, market, CAPS, { limit: undefined, pace: 'urgent' })).toEqual(fees(100n * GWEI, 4n * GWEI))
})

test('is stuck where base fee and its own tip are more than it offers', () => {
  const stuck = [23n, 24n, 25n].map((maxFee) => isStuck(fees(maxFee * GWEI, 4n * GWEI), { baseFee: 20n * GWEI }))
  expect(stuck).toEqual([true, false, false])
})

test('there is no replacement where an eighth more is more than caps or limit allow', () => {
  const market = { baseFee: GWEI, tip: GWEI }
  const options = { limit: undefined, pace: 'urgent' as const }
  // 100 / 1.125 = 88.88…, 4 / 1.125 = 3.55…
  expect(raisedFees(fees(88_888_888_888n, GWEI), market, CAPS, options)?.maxFeePerGas).toBe(99_999_999_999n)
  expect(raisedFees(fees(88_888_888_889n, GWEI), market, CAPS, options)).toBe(undefined)
  expect(raisedFees(fees(10n * GWEI, 3_555_555_555n), market, CAPS, options)?.maxPriorityFeePerGas).toBe(4n * GWEI)
  expect(raisedFees(fees(10n * GWEI, 3_555_555_556n), market, CAPS, options)).toBe(undefined)
  expect(raisedFees(fees(10n * GWEI, GWEI), market, CAPS, { ...options, limit: 11n * GWEI })).toBe(undefined)
})
