import { z } from 'zod'
import { count, flag } from './fields.ts'
import { peers } from './places.ts'

/** `[gossip]`: how messages travel. */
export const GOSSIP = z.strictObject({
  test: flag.default(false).describe('loopback mode: many peers may share one address. Never on an open network'),
  sync_after_ms: z
    .array(count(1, 3_600_000))
    .max(32)
    .default([2_000, 5_000, 15_000, 60_000])
    .describe('sync is repeated so long after a maturity was noticed, milliseconds of real time'),
  sync_every_ms: count(100, 86_400_000)
    .default(600_000)
    .describe('and so often from then on, until the fixing is settled, milliseconds'),
  cosign_ms: count(1, 3_600_000)
    .default(30_000)
    .describe(
      'how long a proposer waits for co-signatures before a quorum will do, or a plain proposal, milliseconds of real time',
    ),
})

/** `[discovery]`: how peers are found beside `bootstrap`, the address book and what peers say of themselves. */
export const DISCOVERY = z.strictObject({
  mdns: flag.default(false).describe('find peers by multicast in the local network'),
  dht: flag.default(false).describe("find peers by a distributed hash table of the deployment's nodes"),
  private_addresses: flag
    .default(false)
    .describe("dial private addresses that others tell, too: in a network of one's own. With discovery.mdns always"),
})

/** `[connections]`: how many, and of whom. */
export const CONNECTIONS = z
  .strictObject({
    max: count(8, 10_000).default(320).describe('how many connections at most'),
    reserved: count(0, 9_999)
      .default(200)
      .describe(
        'how many of connections.max are only for registered reporters and for peers of bootstrap and POST /peers',
      ),
    per_address: count(1, 10_000).default(8).describe('how many connections from one IP address at once'),
    per_address_per_second: count(1, 10_000)
      .default(5)
      .describe('how many connections from one IP address in a second'),
  })
  .refine(({ max, reserved }) => reserved < max, { path: ['reserved'], error: 'less than connections.max' })

/** `[relay]`: connections through others, for nodes that cannot be called. */
export const RELAY = z.strictObject({
  serve: flag.default(false).describe('carry connections of reporters that cannot be called'),
  reservations: count(1, 10_000).default(64).describe('how many peers may be called through this node at once'),
  via: peers.default([]).describe('relays through which this node can be called: multiaddrs with /p2p/ and a peer id'),
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
