import type { Hex } from 'viem'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

/** One line: an action, or a decision not to act, with its reason. */
export type JournalLine = {
  readonly stage: string
  readonly fixingId?: Hex
  readonly action: string
  readonly reason: string
}

/** Where lines are kept. */
export interface JournalMemory {
  append(line: JournalLine & { readonly time: bigint }): Promise<unknown>
}

/** Everything the node did and decided not to do, once per change. */
export interface Journal {
  /** Writes the line unless the stage's last line about the fixing said the same. */
  write(line: JournalLine): Promise<void>
}

/** Writes to `memory` and, for whoever watches, to the log. */
export function createJournal(memory: JournalMemory, clock: Clock, log: Log): Journal {
  const latest = new Map<string, string>()
  return {
    async write(line) {
      const subject = `${line.stage} ${line.fixingId ?? ''}`
      const said = `${line.action} ${line.reason}`
      if (latest.get(subject) === said) return
      latest.set(subject, said)
      log.info(line, 'journal')
      await memory.append({ ...line, time: clock.now() })
    },
  }
}
