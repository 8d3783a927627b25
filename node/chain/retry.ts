import type { Hex } from 'viem'
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
  const same = intents.filter((intent) => subjectOf(intent) === subjectOf(plan))
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

/** What was refused before it was signed, which leaves nothing on disk. */
export interface UnsignedRefusals {
  of(plan: Plan): Refusals | undefined
  /** It was refused once more, when it was decided. */
  add(plan: Plan): void
  /** It was not refused any more. */
  clear(plan: Plan): void
  /** Forgets all of the fixing. */
  forget(fixingId: Hex): void
}

/** Nothing was refused yet. */
export function createUnsignedRefusals(): UnsignedRefusals {
  const refused = new Map<Hex, Map<string, Refusals>>()
  const of = (plan: Plan): Refusals | undefined => refused.get(plan.fixingId)?.get(subjectOf(plan))
  return {
    of,
    add(plan) {
      const ofFixing = refused.get(plan.fixingId) ?? new Map<string, Refusals>()
      ofFixing.set(subjectOf(plan), { count: (of(plan)?.count ?? 0) + 1, at: plan.at })
      refused.set(plan.fixingId, ofFixing)
    },
    clear: (plan) => void refused.get(plan.fixingId)?.delete(subjectOf(plan)),
    forget: (fixingId) => void refused.delete(fixingId),
  }
}

/** What is the same thing, however often it is tried. */
function subjectOf({ action, kind, round, value }: Pick<Plan, 'action' | 'kind' | 'round' | 'value'>): string {
  return `${action}:${kind}:${round}:${value}`
}
