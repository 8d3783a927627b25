import type { Hex } from 'viem'
import type { PresenceBook, VerifiedPresence } from '../gossip/presence.ts'

/** Who said to be there, of fixings that are about to mature: in memory, since it is of no use afterwards. */
export interface Roll extends PresenceBook {
  /** Keeps the first of each reporter at each call. */
  add(presence: VerifiedPresence): void
  /** Forgets a fixing that has matured. */
  forget(fixingId: Hex): void
}

/** Bounded by the reporters: two presences of each for a fixing. */
export function createRoll(): Roll {
  const rolls = new Map<Hex, Map<string, VerifiedPresence>>()
  return {
    heard: (fixingId) => [...(rolls.get(fixingId)?.values() ?? [])],
    add(presence) {
      const { fixingId } = presence.signed
      const heard = rolls.get(fixingId) ?? new Map<string, VerifiedPresence>()
      rolls.set(fixingId, heard)
      const key = `${presence.reporterIndex}:${presence.call}`
      if (!heard.has(key)) heard.set(key, presence)
    },
    forget: (fixingId) => void rolls.delete(fixingId),
  }
}
