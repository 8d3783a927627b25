import type { Version } from '../store/slot.ts'

/** Before a deadline that is nearer than this, a transaction is replaced with every block, seconds. */
export const URGENT_SECONDS = 600n
/** How long a transaction may stay unmined before it is replaced, seconds: three blocks of Ethereum. */
const PATIENCE_SECONDS = 36n

/** Whether a transaction that is still unmined at `now` (the newest block's time) is to be replaced. */
export function isOverdue({ at }: Pick<Version, 'at'>, now: bigint, urgentTime: bigint | undefined): boolean {
  return isUrgent(now, urgentTime) ? now > at : now >= at + PATIENCE_SECONDS
}

/** Whether the deadline, if there is one, is near. */
export function isUrgent(now: bigint, deadline: bigint | undefined): boolean {
  return deadline !== undefined && deadline <= now + URGENT_SECONDS
}
