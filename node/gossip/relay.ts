import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { dcutr } from '@libp2p/dcutr'
import type { ConnectionGater, PeerId } from '@libp2p/interface'

/** Whether a node carries connections of others, and whether others carry its own. */
export type RelayOptions = {
  /** Carries connections of reporters that cannot be called. */
  readonly serve: boolean
  /** Peers that may be called through this node at once. */
  readonly reservations: number
  /** Relays through which this node can be called: multiaddrs with a peer id. */
  readonly via: readonly string[]
}

/** One relayed connection: a day of gossip is a few megabytes; whoever is cut off dials again. */
const CONNECTION_MS = 3_600_000
const CONNECTION_BYTES = 67_108_864n
/** The part of the reservations that peers who are not reporters may hold: a quarter. */
const STRANGERS_PART = 4

/** What libp2p runs so that this node carries others, is carried, and leaves a relay for a direct connection. */
export function relayServices({ serve, reservations }: RelayOptions): Record<string, unknown> {
  return {
    // Who calls through a relay must take the direct call that answers it.
    dcutr: dcutr(),
    ...(serve
      ? {
          relay: circuitRelayServer({
            reservations: {
              maxReservations: reservations,
              defaultDurationLimit: CONNECTION_MS,
              defaultDataLimit: CONNECTION_BYTES,
            },
          }),
        }
      : {}),
  }
}

/**
 * Whom a relay serves. Reporters and peers that the operator named have its reservations but for a quarter, and only
 * connections to one or from one of them are carried: it is no proxy for anybody else.
 */
export function relayRules(
  { serve, reservations }: RelayOptions,
  isPreferred: (peer: string) => boolean,
  host: () => { readonly services: object },
): ConnectionGater {
  if (!serve) return {}
  const isServed = (peer: PeerId): boolean => isPreferred(peer.toString())
  return {
    denyInboundRelayReservation(source) {
      if (isServed(source)) return false
      const strangers = reservedBy(host().services).filter((peer) => !isPreferred(peer) && peer !== source.toString())
      return strangers.length >= Math.floor(reservations / STRANGERS_PART)
    },
    denyOutboundRelayedConnection: (source, destination) => !isServed(source) && !isServed(destination),
  }
}

/** The peers that hold a reservation. */
function reservedBy(services: object): string[] {
  const relay = 'relay' in services ? services.relay : undefined
  const isRelay = typeof relay === 'object' && relay !== null && 'reservations' in relay
  return isRelay ? [...(relay.reservations as ReadonlyMap<PeerId, unknown>).keys()].map(String) : []
}
