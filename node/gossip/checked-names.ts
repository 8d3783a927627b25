import type { LookupFunction } from 'node:net'
import type { PeerInfo } from '@libp2p/interface'
import { getNetConfig, isNetworkAddress, isPrivate } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { addNewest } from '../ground/newest.ts'

/** Names that peers say they can be called by: this node tells others only of those that it has looked up itself. */
export interface CheckedNames {
  /** Looks the names among what the peer says of itself up, after those that came before. Never throws. */
  check(peer: string, addresses: readonly Multiaddr[]): Promise<void>
  /** The peer as others may hear of it: without private addresses, and names that were not found to be public. */
  toTell(peer: PeerInfo): PeerInfo
}

const NAMES_PER_PEER = 4
const MAX_WAITING = 64
const MAX_NAMES = 512

/**
 * Names looked up by `lookup`, which must find nothing private; those of a peer that `isOurs` says, the node itself or one that the
 * operator named, need no looking up.
 */
export function createCheckedNames(isOurs: (peer: string) => boolean, lookup: LookupFunction): CheckedNames {
  const found = new Set<string>()
  let tail: Promise<void> = Promise.resolve()
  let waiting = 0
  const lookUp = async (peer: string, name: string): Promise<void> => {
    const key = `${peer} ${name}`
    // Found again it is the newest; a name that leads elsewhere by now is forgotten.
    found.delete(key)
    if (!(await leadsSomewhere(lookup, name))) return
    addNewest(found, key, MAX_NAMES)
  }
  return {
    async check(peer, addresses) {
      const names = new Set(addresses.flatMap((address) => nameIn(address) ?? []))
      for (const name of [...names].slice(0, NAMES_PER_PEER)) {
        // Strangers come by the hundred, and say what they like.
        if (waiting >= MAX_WAITING) return
        waiting += 1
        tail = tail.then(() => lookUp(peer, name)).finally(() => void (waiting -= 1))
      }
      await tail
    },
    toTell(peer) {
      const id = peer.id.toString()
      const mayTell = (address: Multiaddr): boolean => {
        const name = nameIn(address)
        return !isPrivate(address) && (name === undefined || isOurs(id) || found.has(`${id} ${name}`))
      }
      return { ...peer, multiaddrs: peer.multiaddrs.filter(mayTell) }
    },
  }
}

/** The name that an address begins with; undefined of one that begins with an IP address. */
function nameIn(address: Multiaddr): string | undefined {
  if (!isNetworkAddress(address)) return undefined
  const { type, host } = getNetConfig(address)
  return type === 'ip4' || type === 'ip6' ? undefined : host
}

function leadsSomewhere(lookup: LookupFunction, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    lookup(name, { all: true }, (error) => resolve(error === null))
  })
}
