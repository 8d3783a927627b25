import { z } from 'zod'
import { count, flag } from './fields.ts'
import { peers } from './places.ts'

/** `[gossip]`: how messages travel. */
export const GOSSIP = z.strictObject({
  /** Loopback mode: many peers may share one address. Never on an open network. */
  test: flag.default(false),
  /** Sync is repeated this long after a maturity was noticed, milliseconds of real time. */
  sync_after_ms: z.array(count(1, 3_600_000)).max(32).default([2_000, 5_000, 15_000, 60_000]),
  /** …and this often from then on, until the fixing is settled. */
  sync_every_ms: count(100, 86_400_000).default(600_000),
  /** How long a proposer waits for co-signatures before a quorum will do, or a plain proposal: milliseconds of real time. */
  cosign_ms: count(1, 3_600_000).default(30_000),
})

/** `[discovery]`: how peers are found beside `bootstrap`, the address book and what peers say of themselves. */
export const DISCOVERY = z.strictObject({
  /** By multicast in the local network. */
  mdns: flag.default(false),
  /** By a distributed hash table of the deployment's nodes. */
  dht: flag.default(false),
  /** Dial private addresses that others tell, too: in a network of one's own. With `mdns` always. */
  private_addresses: flag.default(false),
})

/** `[connections]`: how many, and of whom. */
export const CONNECTIONS = z
  .strictObject({
    max: count(8, 10_000).default(320),
    /** Of `max` only for registered reporters and for peers of `bootstrap` and `POST /peers`. */
    reserved: count(0, 9_999).default(200),
    /** From one IP address at once. */
    per_address: count(1, 10_000).default(8),
    /** From one IP address in a second. */
    per_address_per_second: count(1, 10_000).default(5),
  })
  .refine(({ max, reserved }) => reserved < max, { path: ['reserved'], error: 'less than connections.max' })

/** `[relay]`: connections through others, for nodes that cannot be called. */
export const RELAY = z.strictObject({
  /** Carry connections of reporters that cannot be called. */
  serve: flag.default(false),
  /** How many peers may be called through this node at once. */
  reservations: count(1, 10_000).default(64),
  /** Relays through which this node can be called: multiaddrs with /p2p/ and a peer id. */
  via: peers.default([]),
})

/** Those tables, checked. */
export type NetworkConfig = {
  readonly gossip: {
    readonly test: boolean
    readonly syncAfterMs: readonly number[]
    readonly syncEveryMs: number
    readonly cosignMs: number
  }
  readonly discovery: { readonly mdns: boolean; readonly dht: boolean; readonly privateAddresses: boolean }
  readonly connections: {
    readonly max: number
    readonly reserved: number
    readonly perAddress: number
    readonly perAddressPerSecond: number
  }
  readonly relay: z.output<typeof RELAY>
}

/** The tables as the node takes them. */
export function networkConfig(settings: {
  readonly gossip: z.output<typeof GOSSIP>
  readonly discovery: z.output<typeof DISCOVERY>
  readonly connections: z.output<typeof CONNECTIONS>
  readonly relay: z.output<typeof RELAY>
}): NetworkConfig {
  const { gossip, discovery, connections, relay } = settings
  return {
    gossip: {
      test: gossip.test,
      syncAfterMs: gossip.sync_after_ms,
      syncEveryMs: gossip.sync_every_ms,
      cosignMs: gossip.cosign_ms,
    },
    discovery: { mdns: discovery.mdns, dht: discovery.dht, privateAddresses: discovery.private_addresses },
    connections: {
      max: connections.max,
      reserved: connections.reserved,
      perAddress: connections.per_address,
      perAddressPerSecond: connections.per_address_per_second,
    },
    relay,
  }
}
