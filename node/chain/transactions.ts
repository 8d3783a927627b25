import type { Hex } from 'viem'
import type { Clock } from '../clock.ts'
import type { Halt } from '../halt.ts'
import type { Journal } from '../journal.ts'
import type { Intent, IntentTable } from '../store/intent-table.ts'
import type { Slot } from '../store/slot.ts'
import type { ChainPort, Ended, Fate, PassingRefusal, Sent, Terms } from './port.ts'

/** What one transaction is to do. */
export type Plan = Pick<Intent, 'fixingId' | 'action' | 'kind' | 'round' | 'value' | 'amount' | 'at' | 'deadline'>

/** What came of trying; 'later' = it is still on its way, or the same was refused not long ago. */
export type Attempted = Ended | { readonly kind: 'later' }

/** Every transaction of the node goes through here, is written down before it leaves, and is seen through. */
export interface Transactions {
  /**
   * Finds out what became of the fixing's transactions whose end is not known: after a crash, or when they were not mined
   * in time. 'wait' while one may still be mined. Throws DeadRpcError.
   */
  settle(fixingId: Hex): Promise<'clear' | 'wait'>
  /**
   * Carries out the plan with `send`, unless it keeps being refused, and waits a while for it to be mined. What is refused
   * before it was signed leaves nothing on disk, however often it is tried. A failure to reach the chain throws.
   */
  attempt(plan: Plan, send: (terms: Terms) => Promise<Sent>): Promise<Attempted>
  /** Looks after everything that may still be mined, or undone: one look at a time. Throws DeadRpcError. */
  tend(): Promise<void>
  /** The chain was undone further than was thought possible: looks again at what had ended of the fixing, as of `block`. */
  doubt(fixingId: Hex, block: bigint): Promise<void>
  /** All that was ever signed for the fixing, oldest first. */
  of(fixingId: Hex): readonly Intent[]
  /** Forgets what was refused of a fixing that is over. */
  forget(fixingId: Hex): void
}

/** What transactions are sent and looked after with. */
export type TransactionsComponents = {
  readonly chain: Pick<ChainPort, 'account' | 'outlook' | 'pursue'>
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

/** How often, and when last, a plan was refused before it was signed. */
type Refusals = { readonly count: number; readonly at: bigint }

/** How long whoever sent a transaction waits for it; it is looked after beyond that. */
const PATIENCE_MS = 45_000

/**
 * INVARIANT: no transaction leaves before its hash and nonce are on disk, and nothing else is sent for what it was to do
 * until its nonce was used, by it or by something of ours.
 */
export function createTransactions(components: TransactionsComponents): Transactions {
  const { intents, halt, clock, signal, pollMs } = components
  const refused = new Map<Hex, Map<string, Refusals>>()
  /** Keys of those that somebody waits for. */
  const awaited = new Set<string>()
  let tending: Promise<void> | undefined
  let seen = -1n
  const look = async (): Promise<void> => {
    seen = (await sweep(components, awaited, seen)) ?? seen
  }
  const tend = (): Promise<void> => {
    tending ??= look().finally(() => {
      tending = undefined
    })
    return tending
  }
  /** Waits until it ended, or has taken too long. */
  const follow = async (key: string): Promise<Attempted> => {
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
  return {
    tend,
    of: (fixingId) => intents.of(fixingId),
    forget: (fixingId) => void refused.delete(fixingId),
    async doubt(fixingId, block) {
      for (const intent of intents.of(fixingId)) {
        const hasEnded = intent.state === 'done' || intent.state === 'failed'
        if (hasEnded && intent.nonce !== undefined) await intents.put({ ...intent, block })
      }
    },
    async settle(fixingId) {
      if (!intents.of(fixingId).some(isOpen)) return 'clear'
      await tend()
      return intents.of(fixingId).some(isOpen) ? 'wait' : 'clear'
    },
    async attempt(plan, send) {
      const known = intents.of(plan.fixingId)
      const subject = `${plan.action}:${plan.kind}:${plan.round}:${plan.value}`
      const unsigned = refused.get(plan.fixingId)?.get(subject)
      if (plan.at < retryTime(known, plan, unsigned)) return { kind: 'later' }
      const key = `${plan.fixingId}:${known.length.toString().padStart(6, '0')}`
      awaited.add(key)
      try {
        const sent = await send({
          record: (slot) => intents.put(signedIntent({ ...plan, key }, slot)),
          nonces: () => new Set(unfinishedOf(components).flatMap(({ nonce }) => nonce ?? [])),
          veto: () => vetoOf(plan, halt),
        })
        const ended = sent.kind === 'sent' ? await follow(key) : sent
        if (ended.kind === 'done') {
          refused.get(plan.fixingId)?.delete(subject)
          if (sent.kind === 'done') await intents.put({ ...plan, key, state: 'done', moved: sent.moved })
        } else if (sent.kind === 'refused' && sent.reason !== HALTED) {
          const ofFixing = refused.get(plan.fixingId) ?? new Map<string, Refusals>()
          refused.set(plan.fixingId, ofFixing.set(subject, { count: (unsigned?.count ?? 0) + 1, at: plan.at }))
        }
        return ended
      } finally {
        awaited.delete(key)
      }
    },
  }
}

const HALTED = 'halted by the operator' satisfies PassingRefusal

/** Only what collects is sent while the operator has stopped all new stake. */
function vetoOf({ action, amount }: Pick<Intent, 'action' | 'amount'>, halt: Halt): string | undefined {
  const isRevoking = action === 'approve' && amount === 0n
  if (action === 'claim' || action === 'reward' || isRevoking) return undefined
  return halt.reason() === undefined ? undefined : HALTED
}

function isOpen({ state }: Intent): boolean {
  return state === 'signed'
}

function signedIntent(intent: Omit<Intent, 'state'>, slot: Slot): Intent {
  const { key, fixingId, action, kind, round, value, amount, at, deadline } = intent
  const plan = { key, fixingId, action, kind, round, value, amount, at, deadline }
  return { ...plan, state: 'signed', hash: slot.versions.at(-1)?.hash, nonce: slot.nonce, slot }
}

/**
 * Looks once after everything that is unfinished, in the order of nonces. What was mined is looked at again with every
 * block, since a block can be undone. Returns the newest block, undefined if there was nothing to look after.
 */
async function sweep(
  components: TransactionsComponents,
  awaited: ReadonlySet<string>,
  seen: bigint,
): Promise<bigint | undefined> {
  const { chain, intents, confirmations } = components
  const unfinished = unfinishedOf(components)
  if (unfinished.length === 0) return undefined
  const outlook = await chain.outlook()
  let isNext = true
  let failure: unknown
  for (const [i, intent] of unfinished.entries()) {
    if (!isOpen(intent) && outlook.number === seen) continue
    if (intent.nonce === undefined) {
      // Written by an older version before it was signed: nothing can have left.
      await intents.put({ ...intent, state: 'failed', reason: 'stopped before signing' })
      continue
    }
    if (intent.block !== undefined && outlook.number >= intent.block + BigInt(confirmations)) {
      await intents.put({ ...intent, slot: prunedOf(intent), block: undefined })
      continue
    }
    try {
      const fate = await chain.pursue(slotOf(intent), {
        outlook,
        isNext,
        urgentTime: nearestDeadline(unfinished.slice(i)),
        veto: () => vetoOf(intent, components.halt),
        record: (slot) => replace(components, intent, slot),
      })
      if (fate.kind === 'pending') isNext = false
      await note(components, intent, fate, awaited)
    } catch (error) {
      // A signer that is down must not hide what became of the others.
      failure ??= error
      isNext = false
    }
  }
  if (failure !== undefined) throw failure
  return outlook.number
}

/** Those of another key, which this data_dir was used with before, are nobody's business any more. */
function unfinishedOf({ intents, chain }: TransactionsComponents): readonly Intent[] {
  if (chain.account === undefined) return []
  return intents.unfinished().filter(({ slot }) => slot?.from === undefined || slot.from === chain.account)
}

function slotOf({ nonce = 0, slot, hash }: Intent): Slot {
  const old = hash === undefined ? [] : [{ hash, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n, at: 0n }]
  return slot ?? { nonce, versions: old }
}

/** Enough to find it by, and to use its nonce up if its block was undone after all. */
function prunedOf({ slot }: Intent): Slot | undefined {
  if (slot === undefined) return undefined
  const versions = slot.versions.map((version) => ({ ...version, raw: undefined }))
  return { nonce: slot.nonce, from: slot.from, versions }
}

/** What waits for a nonce waits for all before it. */
function nearestDeadline(waiting: readonly Intent[]): bigint | undefined {
  const deadlines = waiting.filter(isOpen).flatMap(({ deadline }) => deadline ?? [])
  return deadlines.toSorted((a, b) => (a < b ? -1 : 1))[0]
}

async function replace({ intents, journal }: TransactionsComponents, intent: Intent, slot: Slot): Promise<void> {
  await intents.put(signedIntent(intent, slot))
  const { cancels, maxFeePerGas, maxPriorityFeePerGas } = slot.versions.at(-1) ?? {}
  const name = `The ${intent.action} with nonce ${slot.nonce}`
  const offer = `${maxFeePerGas} wei per gas, ${maxPriorityFeePerGas} of it a tip`
  await journal.write({
    stage: 'transaction',
    fixingId: intent.fixingId,
    action: cancels === undefined ? 'replace' : 'cancel',
    reason: cancels === undefined ? `${name} offers ${offer}.` : `${name}: ${cancels} A transfer offers ${offer}.`,
  })
}

/** Writes down what became of it, if that is news. */
async function note(
  { intents, journal }: TransactionsComponents,
  before: Intent,
  fate: Fate,
  awaited: ReadonlySet<string>,
): Promise<void> {
  const intent = intents.get(before.key) ?? before
  const { fixingId, action, nonce } = intent
  const say = (what: string, reason: string): Promise<void> =>
    journal.write({
      stage: 'transaction',
      fixingId,
      action: what,
      reason: `The ${action} with nonce ${nonce} ${reason}.`,
    })
  if (fate.kind === 'pending') {
    if (isOpen(before)) return
    await intents.put({ ...intent, state: 'signed', block: undefined, moved: undefined, reason: undefined })
    return say('undone', 'was mined in a block that is not part of the chain any more')
  }
  const { block, hash } = fate
  const isKnown = !isOpen(before) && block === before.block && hash === before.hash
  if (isKnown) return
  if (fate.kind === 'done')
    await intents.put({ ...intent, state: 'done', block, hash, moved: fate.moved, reason: undefined })
  else await intents.put(failedIntent(intent, fate))
  // Whoever waits for it says it in its own words.
  if (awaited.has(before.key)) return
  return fate.kind === 'done' ? say('mined', `was mined in block ${block}`) : say('failed', `failed: ${fate.reason}`)
}

function failedIntent(intent: Intent, { reason, block, hash }: Extract<Fate, { readonly kind: 'refused' }>): Intent {
  // Where another took the nonce there is nothing to look after any more.
  const slot = block === undefined ? undefined : intent.slot
  return { ...intent, state: 'failed', block, hash: hash ?? intent.hash, slot, moved: undefined, reason }
}

/** The longest pause between two tries of the same thing, seconds. */
const MAX_PAUSE_SECONDS = 600n
/** Of the time that is left until a deadline, no pause takes more than this part. */
const PAUSES_PER_DEADLINE = 8n

/**
 * When the plan may be tried (again), Unix seconds: at once the first time, then after 1, 3, 7 … seconds, ten minutes or
 * an eighth of what is left at most, for as long as it keeps being refused.
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
  const last = signedAt > unsignedAt ? signedAt : unsignedAt
  const left = plan.deadline === undefined ? MAX_PAUSE_SECONDS : (plan.deadline - last) / PAUSES_PER_DEADLINE
  const most = left > MAX_PAUSE_SECONDS ? MAX_PAUSE_SECONDS : left > 1n ? left : 1n
  const pause = 2n ** BigInt(Math.min(count, 16)) - 1n
  return last + (pause < most ? pause : most)
}
