import { DeadRpcError } from '#client/chain.ts'
import type { Head } from '../chain/port.ts'
import type { ChainClock, Clock } from '../clock.ts'
import { StoreClosedError } from '../store/database.ts'
import { agreedTime } from './agreed-time.ts'
import { attend } from './attend.ts'
import { isDue, noteLook } from './due.ts'
import { failStartOver, isStoreGone, type LookFailure, noteFailure, noteSuccess } from './look-failure.ts'
import { targetOf } from './observing.ts'
import type { Parts } from './parts.ts'
import { ShortChainError } from '../watch.ts'
import type { FoundFixing } from '../watch/memory.ts'
import type { WhenFree } from './places.ts'
import { refreshSigners } from './refresh-signers.ts'
import type { Roster } from './rosters.ts'
import { track, type Tracked } from './tracked.ts'
import type { UntrackedFixing } from './untracked.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { Hex } from 'viem'

/** What the loop sees; shared with the views. */
export type LoopState = {
  readonly tracked: Map<Hex, Tracked>
  readonly unread: Map<Hex, UntrackedFixing>
  /** Known from before, of indices whose documents are not held, with transactions of this node: nothing else is done about them. */
  readonly unheld: Map<Hex, UntrackedFixing>
  readonly documents: ReadonlyMap<Hex, IndexDocument>
  /** The newest block up to which the log was looked at; undefined before the first. */
  head: Head | undefined
  /** The newest block, by which is dated what is observed: that of {@link LoopState.head}, or a later one while the log cannot be read. */
  newest: Head | undefined
  /** Why the last look at the chain failed; undefined: it succeeded. */
  failure: LookFailure | undefined
  /** When these were read, in periods of chain time; undefined before the first time. */
  signersPeriod: bigint | undefined
  /** Whether this node's key reports now, as of then; undefined without the role, or before the first time. */
  isRegistered: boolean | undefined
  /** Those who will report, by the maturity that is near. */
  readonly expected: Map<bigint, Roster>
  /** When samples of fixings that closed long ago were last deleted, in periods of chain time; undefined before the first time. */
  prunedPeriod: bigint | undefined
  /** What was found when all was read again, since the chain was undone, until all that follows from it is done; else undefined. */
  undone: readonly FoundFixing[] | undefined
  /** Why the operator has stopped all new stake, as of the last look; undefined: it has not. */
  halted: string | undefined
  /** Passes over a fixing that failed since the start. */
  failedPasses: number
  /** Answers of endpoints since the start that the others contradicted. */
  outvoted: number
  /** Passes over fixings wait for a place: thousands may be open, and all of them look at a new block. */
  readonly whenFree: WhenFree
}

const LONGEST_PAUSE_MS = 30_000
const RETRY_MS = 1_000
const DAY_SECONDS = 86_400n
/** How often it is looked for samples that nobody asks for any more, chain time. */
const PRUNE_SECONDS = 3_600n
/** Fixings that are over and still shown. */
const SHOWN_CLOSED = 100

/**
 * Looks at the chain every `poll_ms`, and attends to every fixing that deserves it, each on its own. A chain that does
 * not answer is asked less and less often, up to every 30 s. Ends when `parts.signal` aborts. Throws StoreCorruptError, StoreDiskError.
 */
export async function runLoop(parts: Parts, state: LoopState, follow: ChainClock | undefined): Promise<void> {
  const { clock, signal, config } = parts
  let pauseMs = config.pollMs
  while (!signal.aborted) {
    try {
      throwStoreFailure(parts)
      await noteHalt(parts, state)
      await look(parts, state, follow)
      await parts.olderLog.step()
      noteSuccess(parts, state)
      pauseMs = config.pollMs
    } catch (error) {
      if (signal.aborted || error instanceof StoreClosedError) break
      if (isStoreGone(error)) throw error
      noteFailure(parts, state, error)
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      // An endpoint that is far behind what was seen says nothing of now.
      if (!(error instanceof ShortChainError)) await lookWithoutLog(parts, state, follow)
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined)
  }
  await Promise.all([
    parts.juror.idle(),
    parts.dues.idle(),
    parts.untracked.idle(),
    ...[...state.tracked.values()].map(async ({ busy }) => busy),
  ])
}

/** A store that did not take something, whoever wrote it, takes nothing more until it is opened again: nobody waits for that in vain. */
function throwStoreFailure({ store }: Parts): void {
  const failure = store.failure()
  if (failure !== undefined) throw failure
}

/** The switch is looked at before every transaction; here it is only told. */
async function noteHalt({ halt, journal }: Parts, state: LoopState): Promise<void> {
  const reason = halt.reason()
  if (reason === state.halted) return
  const said =
    reason === undefined
      ? { action: 'resume', reason: 'Staking goes on.' }
      : { action: 'halt', reason: `Nothing new is staked: ${reason}` }
  await journal.write({ stage: 'halt', ...said })
  state.halted = reason
}

async function look(parts: Parts, state: LoopState, follow: ChainClock | undefined): Promise<void> {
  const { head, isNew, found, isUndone } = await parts.watch.look()
  // Before anything that can fail: what was found is not found again.
  takeUp(state, found, isUndone)
  if (isUndone) state.undone = [...(state.undone ?? []), ...found]
  // INVARIANT: no pass begins before all of it is done: a look tells of it once.
  if (state.undone !== undefined) await startOver(parts, state, head, state.undone).catch(failStartOver)
  follow?.advance(head.time)
  const time = agreedTime(parts.clock.now(), head)
  if (time !== undefined) await parts.store.restoration.note(time)
  if (time !== undefined) await pruneSamples(parts, state, time)
  await refreshSigners(parts, state, head)
  state.head = head
  state.newest = head
  tend(parts)
  if (isNew || found.length > 0) await parts.network.intake.recheck()
  parts.rollCall.look(head, isNew)
  if (isNew) parts.juror.look(head)
  if (isNew) parts.dues.look(head)
  if (isNew) parts.untracked.look(head)
  for (const tracked of state.tracked.values()) visit(parts, state, tracked, head, isNew)
  forgetOldest(parts, state)
}

/** Responses of venues are most of what a fixing leaves on disk. What cannot be deleted keeps nothing else from being done. */
async function pruneSamples({ config, log, store }: Parts, state: LoopState, time: bigint): Promise<void> {
  const period = time / PRUNE_SECONDS
  if (state.prunedPeriod === period) return
  state.prunedPeriod = period
  try {
    await store.samples.prune(time, BigInt(config.keepSamplesDays) * DAY_SECONDS)
  } catch (error) {
    if (isStoreGone(error)) throw error
    log.warn({ err: error }, 'samples of fixings that closed long ago cannot be deleted')
  }
}

function takeUp({ tracked, unread, documents }: LoopState, found: readonly FoundFixing[], isUndone: boolean): void {
  for (const { id, fixing } of found) {
    const document = documents.get(fixing.indexId)
    if (document !== undefined) tracked.set(id, track({ id, fixing, document }))
    unread.delete(id)
  }
  // All was read: what was not found is not of this chain.
  if (isUndone) unread.clear()
}

/**
 * What needs nothing that the oracle logged goes on while that cannot be read: what was sent is seen through, and seats in juries are
 * served. Does not throw.
 */
async function lookWithoutLog(parts: Parts, state: LoopState, follow: ChainClock | undefined): Promise<void> {
  try {
    const head = await parts.chain.head()
    follow?.advance(head.time)
    state.newest = head
    tend(parts)
    parts.juror.look(head)
  } catch (error) {
    parts.log.debug({ err: error }, 'the newest block cannot be read')
  }
}

/** In the background: a transaction that does not get mined must not keep anything else waiting. */
function tend({ transactions, log }: Parts): void {
  transactions.tend().catch((error: unknown) => log.debug({ err: error }, 'transactions cannot be looked after'))
}

/** Whatever was thought to be final is looked at again, `found` among it, which is tracked: what was over, or is new. */
async function startOver(
  { journal, transactions, store, olderLog, dues, untracked }: Parts,
  state: LoopState,
  head: Head,
  found: readonly FoundFixing[],
): Promise<void> {
  const { tracked } = state
  // At once: a pass on its way may be about to close what it saw on the other chain.
  for (const one of tracked.values()) {
    one.logSeen = undefined
    // What is settled there may be at stake here.
    one.snapshot = undefined
    one.over = undefined
    one.dues = undefined
    one.proposedTime = undefined
  }
  untracked.startOver()
  const reason = `The chain was undone by more than the configured confirmations, and is read again from the beginning.`
  await journal.write({ stage: 'watch', action: 'undone', reason: `${reason} Newest block: ${head.number}.` })
  await olderLog.drop()
  await store.fixings.reopen(found.map(({ id }) => id))
  await dues.drop(found.map(({ id }) => id))
  await store.juries.doubt()
  for (const id of new Set([...tracked.keys(), ...found.map((one) => one.id)])) {
    await transactions.doubt(id, head.number)
  }
  await store.fixings.startedOver()
  state.undone = undefined
}

/** What is over is shown for a while; its rows stay in the store. */
function forgetOldest({ journal, reporter, store, book, transactions }: Parts, state: LoopState): void {
  const closed = [...state.tracked.values()].filter(({ isClosed }) => isClosed)
  for (const { id } of closed.slice(0, Math.max(0, closed.length - SHOWN_CLOSED))) {
    state.tracked.delete(id)
    store.observations.unload(id)
    reporter.forget(id)
    journal.forget(id)
    book.forget(id)
    transactions.forget(id)
  }
  // By its transactions alone it is known what is at stake in one that is not read yet.
  transactions.unload((id) => state.tracked.has(id) || state.unread.has(id) || state.unheld.has(id))
}

/** Starts a pass over the fixing if it is mature, changed, and not being attended to. */
function visit(parts: Parts, state: LoopState, tracked: Tracked, head: Head, isNew: boolean): void {
  const { clock } = parts
  const { id, fixing } = tracked
  // By the chain alone: what is staked, claimed and decided goes by its time.
  if (tracked.isClosed || head.time < fixing.maturity) return
  const target = targetOf(parts, tracked)
  if (target !== undefined) parts.reporter.attend(target)
  if (isNew && isDue(parts, tracked, head)) tracked.isDirty = true
  if (!tracked.isDirty || tracked.busy !== undefined || clock.monotonicMs() < tracked.nextMs) return
  tracked.isDirty = false
  noteLook(parts, tracked, head)
  tracked.busy = state
    .whenFree(async () => (parts.signal.aborted ? undefined : attend(parts, tracked, state.head ?? head)))
    .catch((error: unknown) => {
      state.failedPasses += 1
      tracked.isDirty = true
      tracked.nextMs = clock.monotonicMs() + RETRY_MS
      // The loop itself notices and says when the chain is gone.
      if (!parts.signal.aborted && !(error instanceof DeadRpcError))
        parts.log.error({ err: error, fixingId: id }, 'a pass failed')
    })
    .finally(() => {
      tracked.busy = undefined
    })
}

/** The clock as one that the loop moves, if it follows the chain. */
export function followerOf(clock: Clock): ChainClock | undefined {
  return isChainClock(clock) ? clock : undefined
}

function isChainClock(clock: Clock): clock is ChainClock {
  return 'advance' in clock
}

/** How long a stop waits for a pass in progress; what it sent is on disk. */
const DRAIN_MS = 3_000

/** A pass that waits for a receipt may take minutes; its intent is on disk, and the next start finds out. */
export async function drained(running: Promise<void>, clock: Clock): Promise<void> {
  const patience = new AbortController()
  const bored = clock.sleep(DRAIN_MS, patience.signal).catch(() => undefined)
  await Promise.race([running.catch(() => undefined), bored])
  patience.abort()
}
