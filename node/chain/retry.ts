import type { Intent } from '../store/intent-table.ts'
import type { Plan } from './transactions.ts'

/** How often, and when last, a plan was refused before it was signed. */
export type Refusals = { readonly count: number; readonly at: bigint }

/** The longest pause between two tries of the same thing, seconds. */
const MAX_PAUSE_SECONDS = 600n
/** Of the time that is left until a deadline, no pause takes more than this part. */
const PAUSES_PER_DEADLINE = 8n

/**
 * When the plan may be tried (again), Unix seconds: at once the first time, then after 1, 3, 7 … seconds, ten minutes or
 * an eighth of what is left at most, for as long as it keeps being refused.
 */
export function retryTime(intents: readonly Intent[], plan: Plan, unsigned: Refusals | undefined): bigint {
  const same = intents.filter(
    ({ action, kind, round, value }) =>
      action === plan.action && kind === plan.kind && round === plan.round && value === plan.value,
  )
  const lastGood = same.findLastIndex(({ state }) => state === 'done')
  const failures = same.slice(lastGood + 1)
  const count = failures.length + (unsigned?.count ?? 0)
  if (count === 0) return 0n
  const [signedAt, unsignedAt] = [failures.at(-1)?.at ?? 0n, unsigned?.at ?? 0n]
  const last = signedAt > unsignedAt ? signedAt : unsignedAt
  const left = plan.deadline === undefined ? MAX_PAUSE_SECONDS : (plan.deadline - last) / PAUSES_PER_DEADLINE
  const most = left > MAX_PAUSE_SECONDS ? MAX_PAUSE_SECONDS : left > 1n ? left : 1n
  const pause = 2n ** BigInt(Math.min(count, 16)) - 1n
  return last + (pause < most ? pause : most)
}
