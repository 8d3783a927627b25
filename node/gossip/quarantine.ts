import { putNewest } from '../ground/newest.ts'

/** Which peers are no longer listened to. */
export interface Quarantine {
  has(peer: string, nowMs: number): boolean
  /** Counts one provably bad message; true if that was one too many. */
  blame(peer: string, nowMs: number): boolean
  /** Counts one message that nobody known stands behind; true if that was one too many: 32 are, or fewer and a bad one. */
  doubt(peer: string, nowMs: number): boolean
  /** Stops listening to the peer at once: what it sent can be no mistake. */
  condemn(peer: string, nowMs: number): void
}

/** Provably bad messages after which a peer is quarantined, and for how long. */
const LIMIT = 2
const QUARANTINE_MS = 3_600_000
/** How much of a bad message one of nobody's is. */
const DOUBT = 1 / 16

/** Remembers at most `maxPeers` peers, the ones blamed last. */
export function createQuarantine(maxPeers: number): Quarantine {
  const blamed = new Map<string, { count: number; untilMs: number }>()
  const current = (peer: string, nowMs: number): number => {
    const entry = blamed.get(peer)
    return entry === undefined || entry.untilMs <= nowMs ? 0 : entry.count
  }
  const set = (peer: string, nowMs: number, count: number): void => {
    putNewest(blamed, peer, { count, untilMs: nowMs + QUARANTINE_MS }, maxPeers)
  }
  const add = (peer: string, nowMs: number, weight: number): boolean => {
    const count = current(peer, nowMs) + weight
    set(peer, nowMs, count)
    return count >= LIMIT
  }
  return {
    has: (peer, nowMs) => current(peer, nowMs) >= LIMIT,
    blame: (peer, nowMs) => add(peer, nowMs, 1),
    doubt: (peer, nowMs) => add(peer, nowMs, DOUBT),
    condemn: (peer, nowMs) => set(peer, nowMs, LIMIT),
  }
}
