import type { Hex } from 'viem'
import type { Clock } from '../clock.ts'
import type { Halt } from '../halt.ts'
import type { Journal } from '../journal.ts'
import type { Intent, IntentTable } from '../store/intent-table.ts'
import type { ChainPort, Ended, Sent, Terms } from './port.ts'
import type { Outlook } from '#client/transaction.ts'
import { type Refusals, retryTime } from './retry.ts'
import { createStrangers, UNKNOWN } from './strangers.ts'
import { contestedOf, heldUp } from './outbid.ts'
import { HALTED, isOf, isOpen, isStaking, signedIntent, sweep, unfinishedOf, vetoOf } from './tend.ts'

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

/** Why a nonce is used up. */
const REASONS = {
  // Nothing behind a nonce that is used by nobody is ever mined.
  fill: 'Nothing was signed with the next nonce, and transactions wait behind it: a transfer to itself uses it.',
  outbid:
    'A vote whose time runs out waits behind a transaction that this store does not know: a transfer to itself that offers more takes its nonce.',
} as const

/** How long whoever sent a transaction waits for it; it is looked after beyond that. */
const PATIENCE_MS = 45_000
/** So many blocks later, what takes a nonce before a vote that is due is not on its way any more. */
const STUCK_BLOCKS = 2n

/**
 * INVARIANT: no transaction leaves before its hash and nonce are on disk, and nothing else is sent for what it was to do
 * until its nonce was used, by it or by something of ours.
 */
export function createTransactions(components: TransactionsComponents): Transactions {
  const { chain, intents, journal, halt, clock, signal, pollMs } = components
  const refused = new Map<Hex, Map<string, Refusals>>()
  /** Keys of those that somebody waits for. */
  const awaited = new Set<string>()
  let tending: Promise<void> | undefined
  /** The look after the one that is under way. */
  let next: Promise<void> | undefined
  let seen = -1n
  const of = (fixingId: Hex): readonly Intent[] => intents.of(fixingId).filter((intent) => isOf(intent, chain.account))
  const nonces = (): ReadonlySet<number> => new Set(unfinishedOf(components).flatMap(({ nonce }) => nonce ?? []))
  const strangers = createStrangers(journal)
  const noteStrangers = (outlook: Outlook): Promise<void> =>
    strangers.note(
      outlook,
      nonces(),
      new Set(contestedOf(unfinishedOf(components)).flatMap(({ nonce }) => nonce ?? [])),
    )
  /** What takes a nonce before ours and is not ours, and in which block it was seen first. */
  let blocking: { readonly nonce: number; readonly since: bigint } | undefined
  const look = async (): Promise<void> => {
    if (chain.account === undefined || (unfinishedOf(components).length === 0 && strangers.areNone())) return
    const outlook = await chain.outlook()
    await sweep(components, awaited, outlook, seen)
    await noteStrangers(outlook)
    seen = outlook.number
    const unfinished = unfinishedOf(components)
    const behind = unfinished.find((intent) => isOpen(intent) && strangers.isCutOff(intent.nonce))
    if (behind !== undefined) await use(undefined, 'fill', behind, outlook.time)
    const nonce = strangers.first()
    if (nonce !== blocking?.nonce) blocking = nonce === undefined ? undefined : { nonce, since: outlook.number }
    // It may be the operator's own, and mined in the next block.
    const isStuck = blocking !== undefined && outlook.number >= blocking.since + STUCK_BLOCKS
    const vote = nonce === undefined || !isStuck ? undefined : heldUp(unfinished, nonce, outlook.time)
    if (vote !== undefined) await use(nonce, 'outbid', vote, outlook.time)
  }
  const begin = (): Promise<void> => {
    tending = look().finally(() => {
      tending = undefined
    })
    return tending
  }
  const tend = (): Promise<void> => {
    if (tending === undefined) return begin()
    // That one may have passed already what has changed since.
    next ??= tending
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return tending ?? begin()
      })
    return next
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
  /** Has what was signed for the fixing at hand: when this resolves, and nothing is waited for since. */
  const load = async (fixingId: Hex): Promise<void> => {
    while (!intents.isLoaded(fixingId)) await intents.load(fixingId)
  }
  /** Behind everything that was signed for the fixing, and everything that is about to be: several may be sent side by side. */
  const keyFor = (fixingId: Hex): string => {
    const keys = [...intents.of(fixingId).map(({ key }) => key), ...awaited]
    const taken = keys
      .filter((key) => key.startsWith(`${fixingId}:`))
      .map((key) => Number(key.slice(fixingId.length + 1)))
    return `${fixingId}:${(Math.max(-1, ...taken) + 1).toString().padStart(6, '0')}`
  }
  /** Uses a nonce, the next or `nonce`, up by a transfer to itself: behind it `waiting` waits. */
  const use = async (
    nonce: number | undefined,
    action: 'fill' | 'outbid',
    { fixingId, deadline }: Intent,
    at: bigint,
  ): Promise<void> => {
    const plan = { fixingId, action, kind: 'stake', round: 0, value: 0n, amount: 0n, at, deadline } as const
    await journal.write({ stage: 'transaction', fixingId, action, reason: REASONS[action] })
    await chain.fillNonce({
      ...termsOf(plan),
      nonce,
      record: (slot) => intents.put(signedIntent({ ...plan, key: keyFor(fixingId) }, slot)),
    })
  }
  const termsOf = (plan: Plan): Omit<Terms, 'record'> => ({
    nonces,
    veto: () => vetoOf(plan, halt),
    async standing(outlook) {
      await noteStrangers(outlook)
      return isStaking(plan) && !strangers.areNone(plan.at) ? UNKNOWN : undefined
    },
  })
  return {
    tend,
    unknownNonce: () => strangers.first(),
    of,
    forget: (fixingId) => void refused.delete(fixingId),
    unload(isFollowed) {
      const busy = new Set([...awaited].map((key) => key.slice(0, key.indexOf(':'))))
      intents.unload((fixingId) => busy.has(fixingId) || isFollowed(fixingId))
    },
    async doubt(fixingId, block) {
      await load(fixingId)
      for (const intent of of(fixingId)) {
        const hasEnded = intent.state === 'done' || intent.state === 'failed'
        if (hasEnded && intent.nonce !== undefined) await intents.put({ ...intent, block })
      }
    },
    async settle(fixingId, seenBlock) {
      await load(fixingId)
      if (of(fixingId).some(isOpen)) await tend()
      const isUnseen = (intent: Intent): boolean =>
        isOpen(intent) || (intent.block !== undefined && intent.block > seenBlock)
      return of(fixingId).some(isUnseen) ? 'wait' : 'clear'
    },
    async attempt(plan, send) {
      // INVARIANT: no key is given that something on disk has.
      await load(plan.fixingId)
      const known = of(plan.fixingId)
      const subject = `${plan.action}:${plan.kind}:${plan.round}:${plan.value}`
      const unsigned = refused.get(plan.fixingId)?.get(subject)
      if (plan.at < retryTime(known, plan, unsigned)) return { kind: 'later' }
      const key = keyFor(plan.fixingId)
      awaited.add(key)
      try {
        const sent = await send({
          ...termsOf(plan),
          record: (slot) => intents.put(signedIntent({ ...plan, key }, slot)),
        })
        const ended = sent.kind === 'sent' ? await follow(key) : sent
        if (ended.kind === 'done') {
          refused.get(plan.fixingId)?.delete(subject)
          if (sent.kind === 'done') await intents.put({ ...plan, key, state: 'done', moved: sent.moved })
        } else if (sent.kind === 'refused' && sent.reason !== HALTED && sent.reason !== UNKNOWN) {
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
