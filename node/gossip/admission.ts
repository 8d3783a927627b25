import type { MultiaddrConnection, PeerId } from '@libp2p/interface'
import { getNetConfig, isNetworkAddress } from '@libp2p/utils'
import type { Clock } from '../clock.ts'
import { placeOf } from './network-place.ts'
import { MAX_WAITING_BYTES } from './slow-readers.ts'
import { createTokenBuckets } from './token-bucket.ts'

/** How many connections a node holds, and of whom. */
export type ConnectionLimits = {
  /** Altogether, in both directions. */
  readonly max: number
  /** Of these only for registered reporters and peers that the operator named. Less than `max`. */
  readonly reserved: number
  /** From one IP address at once; of IPv6, from one network of 64 bits. */
  readonly perAddress: number
  /** From one IP address, or network of 64 bits, in a second. */
  readonly perAddressPerSecond: number
}

/** Who may hold a connection to this node. */
export interface Admission {
  /** Whether a call may be taken, its peer not being known yet. */
  admitsCall(connection: MultiaddrConnection): boolean
  /** Whether the peer, which has proved its key, may keep the connection. */
  admitsPeer(peer: PeerId, connection: MultiaddrConnection): boolean
}

/** Connections to one peer: one in each direction, one relayed, and one that is about to replace another. */
const PER_PEER = 4
/** Places whose pace is remembered. */
const MAX_PACES = 4_096

/**
 * Counts connections from when they are admitted until they close, so that many at once pass no limit. INVARIANT: a peer that is not
 * preferred is never admitted beyond `max - reserved` of such: whoever makes many keys leaves room for the reporters. Who was preferred
 * and is no longer keeps its connection, and counts as one of them.
 */
export function createAdmission(
  limits: ConnectionLimits,
  isPreferred: (peer: string) => boolean,
  clock: Pick<Clock, 'monotonicMs'>,
): Admission {
  const { perAddressPerSecond } = limits
  const paces = createTokenBuckets({ capacity: perAddressPerSecond, perSecond: perAddressPerSecond }, MAX_PACES)
  const calls = new Map<string, number>()
  const held = new Map<MultiaddrConnection, string>()
  const countOf = (is: (peer: string) => boolean): number => [...held.values()].filter(is).length
  return {
    admitsCall(connection) {
      bound(connection)
      const place = callerOf(connection)
      // Through a relay all have the relay's address; the relay has limits of its own.
      if (place === undefined) return true
      const open = calls.get(place) ?? 0
      if (open >= limits.perAddress) return false
      if (!paces.take(place, clock.monotonicMs())) return false
      calls.set(place, open + 1)
      whenClosed(connection, () => {
        const left = (calls.get(place) ?? 1) - 1
        if (left === 0) calls.delete(place)
        else calls.set(place, left)
      })
      return true
    },
    admitsPeer(peer, connection) {
      bound(connection)
      const id = peer.toString()
      if (countOf((other) => other === id) >= PER_PEER) return false
      const strangers = limits.max - limits.reserved
      if (!isPreferred(id) && countOf((other) => !isPreferred(other)) >= strangers) return false
      held.set(connection, id)
      whenClosed(connection, () => held.delete(connection))
      return true
    },
  }
}

/** Answers to pings, and what else libp2p sends by itself, would pile up for a peer that has them sent and does not read. */
function bound(connection: MultiaddrConnection): void {
  connection.maxWriteBufferLength = MAX_WAITING_BYTES
}

function whenClosed(connection: MultiaddrConnection, then: () => void): void {
  connection.addEventListener('close', then, { once: true })
}

/** Where a direct connection comes from, as calls are counted. */
export function callerOf({ remoteAddr }: Pick<MultiaddrConnection, 'remoteAddr'>): string | undefined {
  const isRelayed = remoteAddr.getComponents().some(({ name }) => name === 'p2p-circuit')
  return isRelayed || !isNetworkAddress(remoteAddr) ? undefined : placeOf(getNetConfig(remoteAddr).host)
}
