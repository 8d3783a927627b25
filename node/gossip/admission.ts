import type { MultiaddrConnection, PeerId } from '@libp2p/interface'
import { getNetConfig, isNetworkAddress } from '@libp2p/utils'
import { MAX_WAITING_BYTES } from './slow-readers.ts'

/** How many connections a node holds, and of whom. */
export type ConnectionLimits = {
  /** Altogether, in both directions. */
  readonly max: number
  /** Of these only for registered reporters and peers that the operator named. Less than `max`. */
  readonly reserved: number
  /** From one IP address at once. */
  readonly perAddress: number
  /** From one IP address in a second. */
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

/**
 * Counts connections from when they are admitted until they close, so that many at once pass no limit. INVARIANT: peers that
 * are not preferred never hold more than `max - reserved`: whoever makes many keys leaves room for the reporters.
 */
export function createAdmission(limits: ConnectionLimits, isPreferred: (peer: string) => boolean): Admission {
  const calls = new Map<string, number>()
  const held = new Map<MultiaddrConnection, string>()
  const countOf = (is: (peer: string) => boolean): number => [...held.values()].filter(is).length
  return {
    admitsCall(connection) {
      bound(connection)
      const address = addressOf(connection)
      // Through a relay all have the relay's address; the relay has limits of its own.
      if (address === undefined) return true
      const open = calls.get(address) ?? 0
      if (open >= limits.perAddress) return false
      calls.set(address, open + 1)
      whenClosed(connection, () => {
        const left = (calls.get(address) ?? 1) - 1
        if (left === 0) calls.delete(address)
        else calls.set(address, left)
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

/** The IP address of a direct connection. */
function addressOf({ remoteAddr }: MultiaddrConnection): string | undefined {
  const isRelayed = remoteAddr.getComponents().some(({ name }) => name === 'p2p-circuit')
  return isRelayed || !isNetworkAddress(remoteAddr) ? undefined : getNetConfig(remoteAddr).host
}
