import { bytesToHex } from 'viem/utils'
import type { CosigningIgnore } from './cosigning.ts'
import { messageId } from './message-id.ts'
import type { PresenceIgnore } from './presence.ts'
import type { IgnoreCode } from './validate.ts'

type Ignored = IgnoreCode | CosigningIgnore | PresenceIgnore | 'signed-twice'

/** What may be known here later. */
const PARKABLE: ReadonlySet<Ignored> = new Set(['unknown-fixing', 'early', 'reporters-unknown', 'unknown-request'])

/** Whether a message that was ignored for this reason should be kept and judged again. */
export function isParkable(code: Ignored): boolean {
  return PARKABLE.has(code)
}

/** A message that could not be judged yet: early, or for a fixing not known here. */
export type ParkedMessage = { readonly peer: string; readonly topic: string; readonly bytes: Uint8Array }

/** A bounded waiting room. */
export interface Parking {
  readonly size: number
  /** Keeps the message unless it is there; beyond a bound, the oldest of its peer, or of the peer with most, makes room. */
  park(message: ParkedMessage): void
  /** Empties the room, oldest first. */
  takeAll(): readonly ParkedMessage[]
}

/** Rooms apart for what is sent apart, so that none is filled by messages of another kind. */
export type Rooms = {
  readonly observation: Parking
  readonly request: Parking
  readonly partial: Parking
  readonly presence: Parking
}

/**
 * Room for `maxTotal` messages, `maxPerPeer` of one peer. INVARIANT: a peer that has fewer than its equal share of a full
 * room loses none to the others.
 */
export function createParking(bounds: { readonly maxTotal: number; readonly maxPerPeer: number }): Parking {
  const parked = new Map<string, ParkedMessage>()
  const ofPeer = new Map<string, Set<string>>()
  const drop = (id: string, peer: string): void => {
    parked.delete(id)
    const own = ofPeer.get(peer)
    own?.delete(id)
    if (own?.size === 0) ofPeer.delete(peer)
  }
  const dropOldestOf = (peer: string): void => {
    const [oldest] = ofPeer.get(peer) ?? []
    if (oldest !== undefined) drop(oldest, peer)
  }
  const fullestPeer = (): string => {
    let [fullest, most] = ['', 0]
    for (const [peer, { size }] of ofPeer) if (size > most) [fullest, most] = [peer, size]
    return fullest
  }
  return {
    get size() {
      return parked.size
    },
    park(message) {
      const id = bytesToHex(messageId(message.topic, message.bytes))
      if (parked.has(id)) return
      if ((ofPeer.get(message.peer)?.size ?? 0) >= bounds.maxPerPeer) dropOldestOf(message.peer)
      else if (parked.size >= bounds.maxTotal) dropOldestOf(fullestPeer())
      parked.set(id, message)
      ofPeer.set(message.peer, (ofPeer.get(message.peer) ?? new Set()).add(id))
    },
    takeAll() {
      const messages = [...parked.values()]
      parked.clear()
      ofPeer.clear()
      return messages
    },
  }
}
