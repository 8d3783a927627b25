import { bytesToHex } from 'viem/utils'
import { messageId } from './message-id.ts'

/** A message that could not be judged yet: early, or for a fixing not known here. */
export type ParkedMessage = { readonly peer: string; readonly topic: string; readonly bytes: Uint8Array }

/** A bounded waiting room. */
export interface Parking {
  readonly size: number
  /** Keeps the message unless it is there; beyond a bound, the peer's (or everyone's) oldest makes room. */
  park(message: ParkedMessage): void
  /** Empties the room, oldest first. */
  takeAll(): readonly ParkedMessage[]
}

/** Room for `maxTotal` messages, `maxPerPeer` of one peer. */
export function createParking(bounds: { readonly maxTotal: number; readonly maxPerPeer: number }): Parking {
  const parked = new Map<string, ParkedMessage>()
  const dropOldest = (isCandidate: (message: ParkedMessage) => boolean): void => {
    for (const [id, message] of parked) {
      if (!isCandidate(message)) continue
      parked.delete(id)
      return
    }
  }
  return {
    get size() {
      return parked.size
    },
    park(message) {
      const id = bytesToHex(messageId(message.topic, message.bytes))
      if (parked.has(id)) return
      const fromPeer = [...parked.values()].filter(({ peer }) => peer === message.peer).length
      if (fromPeer >= bounds.maxPerPeer) dropOldest(({ peer }) => peer === message.peer)
      else if (parked.size >= bounds.maxTotal) dropOldest(() => true)
      parked.set(id, message)
    },
    takeAll() {
      const messages = [...parked.values()]
      parked.clear()
      return messages
    },
  }
}
