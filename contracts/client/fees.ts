import { larger, smaller } from '#protocol/rational.ts'
import type { Outlook } from './transaction.ts'

/** What a transaction offers at most, wei per gas. */
export type Fees = { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }

/** The fees at the newest block, wei per gas. */
export type Market = Pick<Outlook, 'baseFee' | 'tip'>

/** Gas of a transfer to oneself, which uses a nonce up. */
export const CANCEL_GAS = 21_000n

/** A replacement has to offer more by an eighth, both in all and to the miner: nodes ask for a tenth. */
const RAISE_NUMERATOR = 9n
const RAISE_DENOMINATOR = 8n

/**
 * What a new transaction offers: enough for a base fee that doubles, within the caps and `limit` (wei per gas; undefined:
 * no other), and all that these allow if no replacement could follow. Undefined if that does not pay the base fee and
 * the usual tip of now.
 */
export function firstFees({ baseFee, tip: usual }: Market, caps: Fees, limit: bigint | undefined): Fees | undefined {
  const most = smaller(caps.maxFeePerGas, limit ?? caps.maxFeePerGas)
  const tip = smaller(usual, caps.maxPriorityFeePerGas)
  if (baseFee + tip > most) return undefined
  return offer({ tip, wanted: 2n * baseFee + tip, most }, caps)
}

/**
 * What a replacement offers: an eighth more than before and whatever the market asks for; twice the tip if it is urgent;
 * all that caps and `limit` allow if no other could follow. Undefined if they do not allow an eighth more.
 */
export function raisedFees(
  last: Fees,
  { baseFee, tip: usual }: Market,
  caps: Fees,
  { limit, pace }: { readonly limit: bigint | undefined; readonly pace: 'patient' | 'urgent' },
): Fees | undefined {
  const most = smaller(caps.maxFeePerGas, limit ?? caps.maxFeePerGas)
  const leastFee = raised(last.maxFeePerGas)
  const leastTip = raised(last.maxPriorityFeePerGas)
  if (leastFee > most || leastTip > smaller(caps.maxPriorityFeePerGas, most)) return undefined
  const wanted = larger(pace === 'urgent' ? 2n * last.maxPriorityFeePerGas : leastTip, usual)
  const tip = smaller(larger(leastTip, wanted), smaller(caps.maxPriorityFeePerGas, most))
  return offer({ tip, wanted: larger(leastFee, 2n * baseFee + tip), most }, caps)
}

/**
 * What all but cancellations may offer: a cancellation, which has to offer an eighth more of both than what it takes back,
 * still fits into `caps`.
 */
export function capsOfCalls({ maxFeePerGas, maxPriorityFeePerGas }: Fees): Fees {
  return { maxFeePerGas: lowered(maxFeePerGas), maxPriorityFeePerGas: lowered(maxPriorityFeePerGas) }
}

/** Whether the newest block would not have taken it: it pays the base fee, and the tip that it offers, no more. */
export function isStuck({ maxFeePerGas, maxPriorityFeePerGas }: Fees, { baseFee }: Pick<Market, 'baseFee'>): boolean {
  return maxFeePerGas < baseFee + maxPriorityFeePerGas
}

/** A tip that cannot be raised any more must not keep the base fee from being paid. */
function offer(
  { tip, wanted, most }: { readonly tip: bigint; readonly wanted: bigint; readonly most: bigint },
  caps: Fees,
): Fees {
  const isLast = raised(tip) > smaller(caps.maxPriorityFeePerGas, most)
  return { maxFeePerGas: isLast ? most : smaller(wanted, most), maxPriorityFeePerGas: tip }
}

/** Rounded up, and more in any case. */
function raised(fee: bigint): bigint {
  return fee === 0n ? 1n : (fee * RAISE_NUMERATOR + RAISE_DENOMINATOR - 1n) / RAISE_DENOMINATOR
}

/** The most that {@link raised} makes no more than `fee` of. */
function lowered(fee: bigint): bigint {
  return (fee * RAISE_DENOMINATOR) / RAISE_NUMERATOR
}
