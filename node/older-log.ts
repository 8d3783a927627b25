import type { Hex } from 'viem'
import type { ChainPort, OracleEvent } from './chain/port.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import { type FoundFixing, PART_BLOCKS, type Watch } from './watch.ts'
import { withHosts } from './with-hosts.ts'

/** A fixing of older blocks, and what was logged of it before the block at which the watch goes on. */
export type RecalledFixing = FoundFixing & { readonly log: readonly OracleEvent[] }

/** Where it is remembered what was found in blocks that are looked through again. */
export interface OlderMemory {
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
 * on. What was found is followed with all of its events, and not before: a log with a gap would hide stakes.
 */
export function createOlderLog(
  { chain, watch, memory, clock, log, signal }: OlderComponents,
  sought: Sought,
  firstBlock: bigint,
): OlderLog {
  const indices = new Set(sought.indices)
  const found = new Map<Hex, FoundFixing>(sought.fixings.map((one) => [one.id, one]))
  const own = new Map<Hex, readonly OracleEvent[]>()
  const firsts = [...(indices.size === 0 ? [] : [firstBlock]), ...sought.fixings.map(({ block }) => block)]
  let at = firsts.reduce((least, block) => (block < least ? block : least), firsts[0] ?? firstBlock)
  let isOver = firsts.length === 0
  /** What the last failure said; undefined: the last reading succeeded. */
  let failure: string | undefined
  let isReading = false
  let [pauseMs, nextMs] = [PAUSE_MS as number, 0]

  const isFar = (): boolean => !isOver && watch.nextBlock() - at > NEAR_BLOCKS
  const read = async (to: bigint): Promise<void> => {
    if (at > to) return
    const wanted = { isTracked: (id: Hex) => found.has(id), isHeld: (id: Hex) => indices.has(id) }
    const events = await chain.events(at, to, wanted)
    for (const event of events) {
      if (event.name !== 'created' || !indices.has(event.fixing.indexId)) continue
      const { id, fixing, block } = event
      const known = found.get(id)
      // Anybody may create it again, at any time.
      if (known === undefined || block < known.block) found.set(id, { id, fixing, block })
    }
    for (const [id, more] of Map.groupBy(events, (event) => event.id)) {
      if (found.has(id)) own.set(id, [...(own.get(id) ?? []), ...more])
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
