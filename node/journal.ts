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
  /** Writes the line unless the stage's last line about the fixing, and the subject, said the same. */
  write(line: JournalLine): Promise<void>
  /** What the stage last said of the fixing since the start. */
  last(stage: string, fixingId: Hex): JournalLine | undefined
  /** Forgets what was said last of the fixing; the lines stay. */
  forget(fixingId: Hex): void
  /** How many lines were written since the start, by stage and action. */
  counts(): readonly (readonly [stage: string, action: string, count: number])[]
}

/** Writes to `memory` and, for whoever watches, to the log. */
export function createJournal(memory: JournalMemory, clock: Clock, log: Log): Journal {
  const latest = new Map<string, Map<string, JournalLine>>()
  const counts = new Map<string, Map<string, number>>()
  return {
    async write({ subject, ...line }) {
      const about = line.fixingId ?? ''
      const lines = latest.get(about) ?? new Map<string, JournalLine>()
      latest.set(about, lines)
      const key = subject === undefined ? line.stage : `${line.stage} ${subject}`
      const last = lines.get(key)
      if (last?.action === line.action && last.reason === line.reason) return
      lines.set(key, line)
      log.info(line, 'journal')
      await memory.append({ ...line, time: clock.now() })
      const ofStage = counts.get(line.stage) ?? new Map<string, number>()
      counts.set(line.stage, ofStage.set(line.action, (ofStage.get(line.action) ?? 0) + 1))
    },
    last: (stage, fixingId) => latest.get(fixingId)?.get(stage),
    forget: (fixingId) => void latest.delete(fixingId),
    counts: () =>
      [...counts].flatMap(([stage, actions]) => [...actions].map(([action, count]) => [stage, action, count] as const)),
  }
}
