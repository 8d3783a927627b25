import type { Hex } from 'viem'
import type { IntentTable } from '../store/intent-table.ts'

/** Under which keys intents are written down: a fixing's are numbered, and those of every fixing that gets one are at hand. */
export interface IntentKeys {
  /** Those of what somebody waits for, and will say itself what became of. */
  readonly awaited: ReadonlySet<string>
  /** Whether anything of the fixing is awaited. */
  isBusy(fixingId: Hex): boolean
  /** Behind everything that was signed for the fixing, and everything that is about to be: several may be sent side by side. */
  next(fixingId: Hex): string
  /** Does `work` with the next key of the fixing, which is awaited meanwhile. */
  during<T>(fixingId: Hex, work: (key: string) => Promise<T>): Promise<T>
}

/** None is awaited yet. */
export function createIntentKeys(intents: Pick<IntentTable, 'of'>): IntentKeys {
  const awaited = new Set<string>()
  const next = (fixingId: Hex): string => {
    const taken = [...intents.of(fixingId).map(({ key }) => key), ...awaited]
      .filter((key) => isOfFixing(key, fixingId))
      .map((key) => Number(key.slice(fixingId.length + 1)))
    return `${fixingId}:${(Math.max(-1, ...taken) + 1).toString().padStart(6, '0')}`
  }
  return {
    awaited,
    isBusy: (fixingId) => [...awaited].some((key) => isOfFixing(key, fixingId)),
    next,
    async during(fixingId, work) {
      const key = next(fixingId)
      awaited.add(key)
      try {
        return await work(key)
      } finally {
        awaited.delete(key)
      }
    },
  }
}

function isOfFixing(key: string, fixingId: Hex): boolean {
  return key.startsWith(`${fixingId}:`)
}
