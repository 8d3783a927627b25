import type { Hex } from 'viem'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

/** One line: an action, or a decision not to act, with its reason. */
export type JournalLine = {
  /** One of a few: a metric has a series for each. */
  readonly stage: string
  readonly fixingId?: Hex
  /** Of several things of one stage and fixing the one that it is about: told apart by it, not written, since the reason says it. */
  readonly subject?: string
  readonly action: string
  readonly reason: string
}

/** Where lines are kept. */
export interface JournalMemory {
  append(line: Omit<JournalLine, 'subject'> & { readonly time: bigint }): Promise<unknown>
}

/** Everything the node did and decided not to do, once per change. */
export interface Journal {
  /**
   * Writes the line unless the stage's last line about the fixing, and the subject, said the same. As long as nothing is done, each reason
   * for it is written once an hour, and {@link MOST_REASONS} of an action in all: what others answer may change at every look.
   */
  write(line: JournalLine): Promise<void>
  /** What the stage last said of the fixing since the start. */
  last(stage: string, fixingId: Hex): JournalLine | undefined
  /** Forgets what was said last of the fixing; the lines stay. */
  forget(fixingId: Hex): void
  /** How many lines were written since the start, by stage and action. */
  counts(): readonly (readonly [stage: string, action: string, count: number])[]
}

/** Actions that say that nothing was done. */
const NOTHING_DONE: ReadonlySet<string> = new Set(['none', 'wait', 'abstain', 'leave', 'refuse', 'refused'])
const HOUR = 3_600n
/** Lines an hour of an action while nothing is done: more than the reasons that the node itself has, fewer than an endpoint can make up. */
const MOST_REASONS = 10

/** What was said last of a subject, and which reasons for doing nothing were written within the hour. */
type Said = {
  readonly line: JournalLine
  readonly isWritten: boolean
  readonly recent: readonly { readonly action: string; readonly reason: string; readonly at: bigint }[]
}

/** Writes to `memory` and, for whoever watches, to the log. */
export function createJournal(memory: JournalMemory, clock: Clock, log: Log): Journal {
  const latest = new Map<string, Map<string, Said>>()
  const counts = new Map<string, Map<string, number>>()
  return {
    async write({ subject, ...line }) {
      const about = line.fixingId ?? ''
      const lines = latest.get(about) ?? new Map<string, Said>()
      latest.set(about, lines)
      const key = subject === undefined ? line.stage : `${line.stage} ${subject}`
      const time = clock.now()
      const said = saidNow(lines.get(key), line, time)
      if (said === undefined) return
      lines.set(key, said)
      if (!said.isWritten) return
      log.info(line, 'journal')
      await memory.append({ ...line, time })
      const ofStage = counts.get(line.stage) ?? new Map<string, number>()
      counts.set(line.stage, ofStage.set(line.action, (ofStage.get(line.action) ?? 0) + 1))
    },
    last: (stage, fixingId) => latest.get(fixingId)?.get(stage)?.line,
    forget: (fixingId) => void latest.delete(fixingId),
    counts: () =>
      [...counts].flatMap(([stage, actions]) => [...actions].map(([action, count]) => [stage, action, count] as const)),
  }
}

/** What is to be remembered of the line, and whether it is written; undefined if it says what was written last. */
function saidNow(before: Said | undefined, line: JournalLine, now: bigint): Said | undefined {
  const { action, reason } = line
  if (before?.isWritten === true && before.line.action === action && before.line.reason === reason) return undefined
  if (!NOTHING_DONE.has(action)) return { line, isWritten: true, recent: [] }
  const recent = before?.recent.filter(({ at }) => now - at < HOUR) ?? []
  const alike = recent.filter((one) => one.action === action)
  const isHeld = alike.length >= MOST_REASONS || alike.some((one) => one.reason === reason)
  return isHeld
    ? { line, isWritten: false, recent }
    : { line, isWritten: true, recent: [...recent, { action, reason, at: now }] }
}
