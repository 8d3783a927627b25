import type { Hex } from 'viem'
import type { Clock } from '../clock.ts'
import type { Halt } from '../ground/halt.ts'
import type { Journal } from '../journal.ts'
import type { Intent, IntentTable } from '../store/intent-table.ts'
import type { Slot } from '../store/slot.ts'
import { freshLooks } from './fresh-look.ts'
import { createIntentKeys } from './intent-keys.ts'
import { createLook, type LookComponents } from './look.ts'
import type { ChainPort, Ended, Sent, Terms } from './port.ts'
import { createUnsignedRefusals, retryTime, type UnsignedRefusals } from './retry.ts'
import { createStrangers, UNKNOWN } from './strangers.ts'
import { HALTED, isOf, isOpen, signedIntent } from './tend.ts'
import { termsOf } from './terms.ts'

/** What one transaction is to do. */
export type Plan = Pick<Intent, 'fixingId' | 'action' | 'kind' | 'round' | 'value' | 'amount' | 'at' | 'deadline'>

/** What came of trying; 'later' = it is still on its way, or the same was refused not long ago. */
export type Attempted = Ended | { readonly kind: 'later' }

/** Every transaction of the node goes through here, is written down before it leaves, and is seen through. */
export interface Transactions {
  /**
   * Finds out what became of the fixing's transactions whose end is not known: after a crash, or when they were not mined
   * in time. 'wait' while one may still be mined, or was in a block after `seen`: what was decided by that one could double it.
   * Throws DeadRpcError.
   */
  settle(fixingId: Hex, seen: bigint): Promise<'clear' | 'wait'>
  /**
   * Carries out the plan with `send`, unless it keeps being refused, and waits a while for it to be mined. What is refused
   * before it was signed leaves nothing on disk, however often it is tried. A failure to reach the chain throws.
   */
  attempt(plan: Plan, send: (terms: Terms) => Promise<Sent>): Promise<Attempted>
  /**
   * Looks after everything that may still be mined, or undone: one look at a time, which begins after the call, so that it sees
   * what the caller has seen. Until the account was once seen without transactions that nothing is known of here, it looks for
   * these too. Throws DeadRpcError.
   */
  tend(): Promise<void>
  /** The first nonce that waits on the chain and that nothing here was signed with: nothing is staked. Undefined: none. */
  unknownNonce(): number | undefined
  /** The chain was undone further than was thought possible: looks again at what had ended of the fixing, as of `block`. */
  doubt(fixingId: Hex, block: bigint): Promise<void>
  /**
   * All that was ever signed for the fixing with this key, oldest first: of one that is not followed only after
   * {@link Transactions.settle}.
   */
  of(fixingId: Hex): readonly Intent[]
  /** Forgets what was refused of a fixing that is over. */
  forget(fixingId: Hex): void
  /** Lets go of what is final of all fixings that are not followed, until it is needed. */
  unload(isFollowed: (fixingId: Hex) => boolean): void
}

/** What transactions are sent and looked after with. */
export type TransactionsComponents = {
  readonly chain: Pick<ChainPort, 'account' | 'outlook' | 'pursue' | 'fillNonce'>
  readonly intents: IntentTable
  readonly journal: Journal
  readonly halt: Halt
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>
  readonly signal: AbortSignal
  /** How often it is looked whether a transaction was mined, milliseconds. */
  readonly pollMs: number
  /** Blocks that may still be undone. */
  readonly confirmations: number
}

/** How long whoever sent a transaction waits for it; it is looked after beyond that. */
const PATIENCE_MS = 45_000

/**
 * INVARIANT: no transaction leaves before its hash and nonce are on disk, and nothing else is sent for what it was to do
 * until its nonce was used, by it or by something of ours.
 */
export function createTransactions(components: TransactionsComponents): Transactions {
  const { chain, intents } = components
  const keys = createIntentKeys(intents)
  const strangers = createStrangers(components.journal)
  const refusals = createUnsignedRefusals()
  const sending: Sending = { ...components, keys, strangers, refusals }
  const tend = freshLooks(createLook(sending))
  const of = (fixingId: Hex): readonly Intent[] => intents.of(fixingId).filter((intent) => isOf(intent, chain.account))
  return {
    tend,
    unknownNonce: () => strangers.first(),
    of,
    forget: (fixingId) => refusals.forget(fixingId),
    unload: (isFollowed) => intents.unload((fixingId) => keys.isBusy(fixingId) || isFollowed(fixingId)),
    async doubt(fixingId, block) {
      await load(intents, fixingId)
      for (const intent of of(fixingId)) {
        const hasEnded = intent.state === 'done' || intent.state === 'failed'
        if (hasEnded && intent.nonce !== undefined) await intents.put({ ...intent, block })
      }
    },
    async settle(fixingId, seenBlock) {
      await load(intents, fixingId)
      if (of(fixingId).some(isOpen)) await tend()
      const isUnseen = (intent: Intent): boolean =>
        isOpen(intent) || (intent.block !== undefined && intent.block > seenBlock)
      return of(fixingId).some(isUnseen) ? 'wait' : 'clear'
    },
    async attempt(plan, send) {
      // INVARIANT: no key is given that something on disk has.
      await load(intents, plan.fixingId)
      if (plan.at < retryTime(of(plan.fixingId), plan, refusals.of(plan))) return { kind: 'later' }
      return keys.during(plan.fixingId, async (key) => {
        const sent = await sign(sending, { ...plan, key }, send)
        const ended = sent.kind === 'sent' ? await follow(sending, key, tend) : sent
        await note(sending, { ...plan, key }, { sent, ended })
        return ended
      })
    },
  }
}

/** What one intent passes through. */
type Sending = LookComponents & { readonly refusals: UnsignedRefusals }

/** A plan and the key that it is written down under. */
type KeyedPlan = Plan & Pick<Intent, 'key'>

/** Has what was signed for the fixing at hand: when this resolves, and nothing is waited for since. */
async function load(intents: IntentTable, fixingId: Hex): Promise<void> {
  while (!intents.isLoaded(fixingId)) await intents.load(fixingId)
}

/** Has it signed, written down, and sent on its way, if nothing speaks against it. */
function sign(sending: Sending, plan: KeyedPlan, send: (terms: Terms) => Promise<Sent>): Promise<Sent> {
  const record = (slot: Slot): Promise<void> => sending.intents.put(signedIntent(plan, slot))
  return send({ ...termsOf(sending, plan), record })
}

/** Waits until it ended, or has taken too long. */
async function follow(
  { intents, clock, signal, pollMs }: Sending,
  key: string,
  tend: () => Promise<void>,
): Promise<Attempted> {
  const endMs = clock.monotonicMs() + PATIENCE_MS
  for (;;) {
    // An endpoint that does not answer now may do so in a moment; what was signed is on disk.
    await tend().catch(() => undefined)
    const { state, moved, reason } = intents.get(key) ?? {}
    if (state === 'done') return { kind: 'done', moved: moved ?? 0n }
    if (state === 'failed') return { kind: 'refused', reason: reason ?? 'failed' }
    if (clock.monotonicMs() >= endMs) return { kind: 'later' }
    await clock.sleep(pollMs, signal)
  }
}

/** Keeps what came of it, as far as looking after what was signed has not. */
async function note(
  { intents, refusals }: Sending,
  plan: KeyedPlan,
  { sent, ended }: { readonly sent: Sent; readonly ended: Attempted },
): Promise<void> {
  if (ended.kind === 'done') {
    refusals.clear(plan)
    if (sent.kind === 'done') await intents.put({ ...plan, state: 'done', moved: sent.moved })
  } else if (sent.kind === 'refused' && sent.reason !== HALTED && sent.reason !== UNKNOWN) {
    refusals.add(plan)
  }
}
