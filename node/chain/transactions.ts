import type { Hex } from 'viem'
import type { Intent, IntentTable } from '../store/intent-table.ts'
import type { BeforeSend, ChainPort, Sent } from './port.ts'

/** What one transaction is to do. */
export type Plan = Pick<Intent, 'fixingId' | 'action' | 'kind' | 'round' | 'value' | 'amount' | 'at'>

/** What came of trying; 'later' = the same was refused not long ago. */
export type Attempted = Sent | { readonly kind: 'later' }

/** Every transaction of the node goes through here, and is written down before it leaves. */
export interface Transactions {
  /**
   * Finds out what became of the fixing's transactions whose end is not known: after a crash, or when a receipt did not
   * come in time. 'wait' while one may still be mined. Throws DeadRpcError.
   */
  settle(fixingId: Hex): Promise<'clear' | 'wait'>
  /**
   * Carries out the plan with `send`, unless it keeps being refused. What is refused before it was signed leaves nothing
   * on disk, however often it is tried. A failure to reach the chain throws and leaves the intent open for `settle`.
   */
  attempt(plan: Plan, send: (beforeSend: BeforeSend) => Promise<Sent>): Promise<Attempted>
  /** All that was ever signed for the fixing, oldest first. */
  of(fixingId: Hex): readonly Intent[]
  /** Forgets what was refused of a fixing that is over. */
  forget(fixingId: Hex): void
}

/** How often, and when last, a plan was refused before it was signed. */
type Refusals = { readonly count: number; readonly at: bigint }

/** INVARIANT: no transaction leaves before its hash and nonce are on disk. */
export function createTransactions(chain: Pick<ChainPort, 'fate'>, intents: IntentTable): Transactions {
  const refused = new Map<Hex, Map<string, Refusals>>()
  return {
    of: (fixingId) => intents.of(fixingId),
    forget: (fixingId) => void refused.delete(fixingId),
    async settle(fixingId) {
      let result: 'clear' | 'wait' = 'clear'
      for (const intent of intents.of(fixingId)) {
        if (intent.state === 'done' || intent.state === 'failed') continue
        const ended = await endOf(chain, intent)
        if (ended === 'pending') result = 'wait'
        else await intents.put({ ...intent, ...ended })
      }
      return result
    },
    async attempt(plan, send) {
      const known = intents.of(plan.fixingId)
      const subject = `${plan.action}:${plan.kind}:${plan.round}:${plan.value}`
      const unsigned = refused.get(plan.fixingId)?.get(subject)
      if (plan.at < retryTime(known, plan, unsigned)) return { kind: 'later' }
      let intent: Intent | undefined
      const key = `${plan.fixingId}:${known.length.toString().padStart(6, '0')}`
      const sent = await send(async ({ hash, nonce }) => {
        intent = { ...plan, key, state: 'signed', hash, nonce }
        await intents.put(intent)
      })
      if (sent.kind === 'done') {
        refused.get(plan.fixingId)?.delete(subject)
        await intents.put({ ...(intent ?? { ...plan, key }), state: 'done', moved: sent.moved })
      } else if (intent !== undefined) {
        await intents.put({ ...intent, state: 'failed', reason: sent.reason })
      } else {
        const ofFixing = refused.get(plan.fixingId) ?? new Map<string, Refusals>()
        refused.set(plan.fixingId, ofFixing.set(subject, { count: (unsigned?.count ?? 0) + 1, at: plan.at }))
      }
      return sent
    },
  }
}

async function endOf(
  chain: Pick<ChainPort, 'fate'>,
  { hash, nonce }: Intent,
): Promise<'pending' | Pick<Intent, 'state' | 'moved' | 'reason'>> {
  // Written by an older version before it was signed: nothing can have left.
  if (hash === undefined || nonce === undefined) return { state: 'failed', reason: 'stopped before signing' }
  const fate = await chain.fate({ hash, nonce })
  if (fate.kind === 'pending') return 'pending'
  if (fate.kind === 'done') return { state: 'done', moved: fate.moved }
  // Its nonce is free, so whatever is sent next excludes it: it cannot be doubled.
  if (fate.kind === 'dropped') return { state: 'failed', reason: 'never sent' }
  return { state: 'failed', reason: fate.reason }
}

/** The longest pause between two tries of the same thing, seconds. */
const MAX_PAUSE_SECONDS = 600n

/**
 * When the plan may be tried (again), Unix seconds: at once the first time, then after 1, 3, 7 … seconds, ten minutes at
 * most, for as long as it keeps being refused.
 */
function retryTime(intents: readonly Intent[], plan: Plan, unsigned: Refusals | undefined): bigint {
  const same = intents.filter(
    ({ action, kind, round, value }) =>
      action === plan.action && kind === plan.kind && round === plan.round && value === plan.value,
  )
  const lastGood = same.findLastIndex(({ state }) => state === 'done')
  const failures = same.slice(lastGood + 1)
  const count = failures.length + (unsigned?.count ?? 0)
  if (count === 0) return 0n
  const [signedAt, unsignedAt] = [failures.at(-1)?.at ?? 0n, unsigned?.at ?? 0n]
  const pause = 2n ** BigInt(Math.min(count, 16)) - 1n
  return (signedAt > unsignedAt ? signedAt : unsignedAt) + (pause < MAX_PAUSE_SECONDS ? pause : MAX_PAUSE_SECONDS)
}
