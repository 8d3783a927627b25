import type { Outlook } from '#client/transaction.ts'
import { larger, smaller } from '#protocol/rational.ts'
import type { FeeLimits } from '../config/fees.ts'
import type { Fees, Version } from '../store/slot.ts'

/** The fees at the newest block, wei per gas. */
export type Market = Pick<Outlook, 'baseFee' | 'tip'>

/** Before a deadline that is nearer than this, a transaction is replaced with every block, seconds. */
export const URGENT_SECONDS = 600n
/** How long a transaction may stay unmined before it is replaced, seconds: three blocks of Ethereum. */
const PATIENCE_SECONDS = 36n
/** A replacement has to offer more by an eighth, both in all and to the miner: nodes ask for a tenth. */
const RAISE_NUMERATOR = 9n
const RAISE_DENOMINATOR = 8n

/**
 * What a new transaction offers: enough for a base fee that doubles, within the caps and `limit` (wei per gas; undefined:
 * no other), and all that these allow if no replacement could follow. Undefined if that does not pay the base fee and
 * the usual tip of now.
 */
export function firstFees(
  { baseFee, tip: usual }: Market,
  caps: FeeLimits,
  limit: bigint | undefined,
): Fees | undefined {
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
  caps: FeeLimits,
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
export function capsOfCalls({ maxFeePerGas, maxPriorityFeePerGas }: FeeLimits): FeeLimits {
  return { maxFeePerGas: lowered(maxFeePerGas), maxPriorityFeePerGas: lowered(maxPriorityFeePerGas) }
}

/** Whether the newest block would not have taken it: it pays the base fee, and the tip that it offers, no more. */
export function isStuck({ maxFeePerGas, maxPriorityFeePerGas }: Fees, { baseFee }: Pick<Market, 'baseFee'>): boolean {
  return maxFeePerGas < baseFee + maxPriorityFeePerGas
}

/** A tip that cannot be raised any more must not keep the base fee from being paid. */
function offer(
  { tip, wanted, most }: { readonly tip: bigint; readonly wanted: bigint; readonly most: bigint },
  caps: FeeLimits,
): Fees {
  const isLast = raised(tip) > smaller(caps.maxPriorityFeePerGas, most)
  return { maxFeePerGas: isLast ? most : smaller(wanted, most), maxPriorityFeePerGas: tip }
}

/** Whether a transaction that is still unmined at `now` (the newest block's time) is to be replaced. */
export function isOverdue({ at }: Pick<Version, 'at'>, now: bigint, urgentTime: bigint | undefined): boolean {
  return isUrgent(now, urgentTime) ? now > at : now >= at + PATIENCE_SECONDS
}

/** Whether the deadline, if there is one, is near. */
export function isUrgent(now: bigint, deadline: bigint | undefined): boolean {
  return deadline !== undefined && deadline <= now + URGENT_SECONDS
}

/** Rounded up, and more in any case. */
function raised(fee: bigint): bigint {
  return fee === 0n ? 1n : (fee * RAISE_NUMERATOR + RAISE_DENOMINATOR - 1n) / RAISE_DENOMINATOR
}

/** The most that {@link raised} makes no more than `fee` of. */
function lowered(fee: bigint): bigint {
  return (fee * RAISE_DENOMINATOR) / RAISE_NUMERATOR
}
