import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPrivateIp } from '@libp2p/utils'

/**
 * Looks names up as `net.connect` does, and finds nothing private unless `mayBePrivate` says so of the name: else a stranger's
 * name could lead to any door of our own network. What was looked at is what is dialled, whatever the name means a moment later.
 */
export function publicLookup(
  mayBePrivate: (host: string) => boolean,
  lookup: LookupFunction = systemLookup,
): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, [])
      const all: LookupAddress[] = typeof found === 'string' ? [{ address: found, family: 0 }] : found
      const usable = mayBePrivate(host) ? all : all.filter(({ address }) => isPrivateIp(address) !== true)
      const [first] = usable
      if (first === undefined) return callback(new PrivateNameError(host), [])
      if (options.all === true) callback(null, usable)
      else callback(null, first.address, first.family)
    })
  }
}

/** A name that somebody told leads into a private network. */
export class PrivateNameError extends Error {
  override readonly name = 'Gossip.PrivateNameError'
  constructor(host: string) {
    super(
      `Expected a public address for ${host}, got none. Name the peer in bootstrap, or set discovery.private_addresses.`,
    )
  }
}
