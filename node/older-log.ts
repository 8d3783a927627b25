import type { Hex } from 'viem'
import type { ChainPort, OracleEvent } from './chain/port.ts'
import type { Clock } from './clock.ts'
import { withHosts } from './ground/with-hosts.ts'
import type { Log } from './log.ts'
import { PART_BLOCKS, type Watch } from './watch.ts'
import type { FoundFixing } from './watch/memory.ts'

/** A fixing of older blocks, and what was logged of it before the block at which the watch goes on. */
export type RecalledFixing = FoundFixing & { readonly log: readonly OracleEvent[] }

/** What is looked for, and from which block on: what was read for it is of no use for anything else. */
export type Search = { readonly indices: readonly Hex[]; readonly fixings: readonly Hex[]; readonly firstBlock: bigint }

/** What was found of one fixing in some blocks; `from` is the place of the first of the events in its log. */
export type FoundPart = FoundFixing & { readonly from: number; readonly events: readonly OracleEvent[] }

/** How far a search got: before the block `nextBlock` there is nothing else. */
export type Progress = { readonly nextBlock: bigint; readonly found: readonly RecalledFixing[] }

/** Where it is remembered what was found in blocks that are looked through again. */
export interface OlderMemory {
  /** How far the same search got before, undefined for nowhere; how far any other got is forgotten. */
  resume(search: Search): Promise<Progress | undefined>
  /** Remembers what was found before `nextBlock` since the last time, and that everything was read up to there: all or nothing. */
  advance(search: Search, nextBlock: bigint, parts: readonly FoundPart[]): Promise<void>
  /** Remembers them, and that nothing is to be looked for any more: both or neither. */
  recall(found: readonly RecalledFixing[]): Promise<void>
  /** Whether the fixing was found before, and nothing is left to be done about it. */
  isClosed(id: Hex): Promise<boolean>
}

/** The blocks that the watch read before the documents of some indices were held, or of which it has not kept what was logged. */
export interface OlderLog {
  /**
   * Between two looks of the watch. Has the older blocks read in the background, and what was found there followed once they are
   * read up to where the watch goes on. A failure is logged, and tried again at one of the next calls.
   */
  step(): Promise<void>
  /** The watch has read everything again, from the beginning: nothing is to be looked for any more. */
  drop(): Promise<void>
  /** What is not followed, and why: the last time, these blocks could not be read. Undefined: they could, or all of them were. */
  problem(): string | undefined
}

/** What is looked for in older blocks. */
export type Sought = {
  /** Whose fixings are to be found. */
  readonly indices: readonly Hex[]
  /** Those that are known, and whose events are to be read. */
  readonly fixings: readonly FoundFixing[]
}

/** What looking through older blocks takes. */
export type OlderComponents = {
  readonly chain: Pick<ChainPort, 'events'>
  readonly watch: Pick<Watch, 'nextBlock' | 'follow'>
  readonly memory: OlderMemory
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly log: Log
  readonly signal: AbortSignal
}

/** So few blocks before where the watch goes on are read between two looks: what is read beside them never quite gets there. */
const NEAR_BLOCKS = 100n
/** After a failure it is tried again after the first of these, then after twice as long each time, up to the second. */
const [PAUSE_MS, LONGEST_PAUSE_MS] = [15_000, 600_000] as const

/**
 * Looks for what is `sought`, new fixings from `firstBlock` on, known ones from where they were announced, up to where the watch goes
 * on; after a restart from where it was. What was found is followed with all of its events, and not before: a log with a gap would
 * hide stakes.
 */
export async function startOlderLog(
  { chain, watch, memory, clock, log, signal }: OlderComponents,
  sought: Sought,
  firstBlock: bigint,
): Promise<OlderLog> {
  const indices = new Set(sought.indices)
  const firsts = [...(indices.size === 0 ? [] : [firstBlock]), ...sought.fixings.map(({ block }) => block)]
  const first = firsts.reduce((least, block) => (block < least ? block : least), firsts[0] ?? firstBlock)
  const search = { indices: sought.indices, fixings: sought.fixings.map(({ id }) => id), firstBlock: first }
  // What was read is of the chain that the watch has read: were that undone, everything would be read again.
  const before = await memory.resume(search)
  const recalled = (before?.found ?? []).map(({ id, fixing, block }) => ({ id, fixing, block }))
  const known = [...sought.fixings, ...recalled]
  const found = new Map<Hex, FoundFixing>(known.map((one) => [one.id, one]))
  const own = new Map<Hex, readonly OracleEvent[]>(before?.found.map((one) => [one.id, one.log]))
  let at = before?.nextBlock ?? first
  let isOver = firsts.length === 0
  /** What was begun to be remembered last. */
  let writing: Promise<void> = Promise.resolve()
  /** What the last failure said; undefined: the last reading succeeded. */
  let failure: string | undefined
  let isReading = false
  let [pauseMs, nextMs] = [PAUSE_MS as number, 0]

  /** The fixing as it is known by these events, too; undefined if it is none that is sought. */
  const announcedIn = (id: Hex, events: readonly OracleEvent[]): FoundFixing | undefined => {
    const one = found.get(id)
    const created = events.find((event) => event.name === 'created' && indices.has(event.fixing.indexId))
    // Anybody may create it again, at any time.
    if (created?.name !== 'created' || (one !== undefined && one.block <= created.block)) return one
    return { id, fixing: created.fixing, block: created.block }
  }
  const isFar = (): boolean => !isOver && watch.nextBlock() - at > NEAR_BLOCKS
  const read = async (to: bigint): Promise<void> => {
    if (at > to) return
    const wanted = { isTracked: (id: Hex) => found.has(id), isHeld: (id: Hex) => indices.has(id) }
    const events = await chain.events(at, to, wanted)
    if (isOver) return
    const parts = [...Map.groupBy(events, ({ id }) => id)].flatMap(([id, more]) => {
      const one = announcedIn(id, more)
      return one === undefined ? [] : [{ ...one, from: own.get(id)?.length ?? 0, events: more }]
    })
    writing = memory.advance(search, to + 1n, parts)
    await writing
    if (isOver) return
    for (const { from: _, events: more, ...one } of parts) {
      found.set(one.id, one)
      own.set(one.id, [...(own.get(one.id) ?? []), ...more])
    }
    at = to + 1n
    pauseMs = PAUSE_MS
    failure = undefined
  }
  const readParts = async (): Promise<void> => {
    while (!signal.aborted && isFar()) {
      const next = watch.nextBlock()
      await read((at + PART_BLOCKS < next ? at + PART_BLOCKS : next) - 1n)
    }
  }
  /** INVARIANT: no look is on its way, so that the watch goes on exactly where these events end. */
  const join = async (): Promise<void> => {
    await read(watch.nextBlock() - 1n)
    const open: RecalledFixing[] = []
    for (const one of found.values()) {
      if (!(await memory.isClosed(one.id))) open.push({ ...one, log: own.get(one.id) ?? [] })
    }
    await memory.recall(open)
    for (const { log: earlier, ...one } of open) watch.follow(one, earlier)
    end()
    log.info({ found: open.length }, 'the older blocks have been read')
  }
  const end = (): void => {
    isOver = true
    failure = undefined
    found.clear()
    own.clear()
  }
  /** Does it, unless it fails. */
  const attempt = async (run: () => Promise<void>): Promise<void> => {
    isReading = true
    try {
      await run()
    } catch (error) {
      nextMs = clock.monotonicMs() + pauseMs
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      if (isOver || signal.aborted) return
      failure = withHosts(error instanceof Error ? error.message : String(error))
      log.warn({ err: error, block: at.toString() }, 'older blocks cannot be read')
    } finally {
      isReading = false
    }
  }
  return {
    async step() {
      if (isOver || isReading || signal.aborted || clock.monotonicMs() < nextMs) return
      if (!isFar()) return attempt(join)
      // In the background: what is followed already must not wait. It does not throw.
      void attempt(readParts)
    },
    async drop() {
      if (isOver) return
      end()
      // It would be found again, and is of another chain.
      await writing.catch(() => undefined)
      await memory.recall([])
    },
    problem() {
      if (failure === undefined) return undefined
      const what = [
        ...(indices.size === 0 ? [] : [`what was created for ${indices.size} indices whose documents are new here`]),
        ...(sought.fixings.length === 0 ? [] : [`${sought.fixings.length} fixings whose logs were not kept`]),
      ]
      return `Not followed yet: ${what.join(', ')}. Blocks from ${at} on cannot be read: ${failure}`
    },
  }
}
