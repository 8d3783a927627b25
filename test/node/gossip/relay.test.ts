import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { Hex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../node/clock.ts'
import { createHost, type Host, type HostOptions } from '../../../node/gossip/host.ts'
import { type RelayOptions, relayRules } from '../../../node/gossip/relay.ts'
import { reportedBy } from '../reporters.ts'
import { networkIdentity, openPeer, type Peer, TOPICS } from './peer.ts'

const SOON = { interval: 50 }
const opened: Host[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (host) => host.stop()))
})

const SERVE = { serve: true, reservations: 8, via: [] }

/** A relay of the registered that has no part in gossip, and a reporter that can be called through it alone. */
async function hidden(registered: Set<Hex>): Promise<{ relay: string; ann: Peer }> {
  const identity = await networkIdentity()
  registered.add(identity.peerId)
  const relay = await openHost({
    listen: ['/ip4/127.0.0.1/tcp/0'],
    relay: SERVE,
    isRegistered: (peer) => registered.has(bytesToHex(peerIdFromString(peer).toMultihash().bytes)),
  })
  const address = relay.getMultiaddrs()[0]?.toString() ?? ''
  const ann = await openPeer({ ...identity, network: { listen: [], relay: guestOf(address) } })
  await expect.poll(() => ann.network.multiaddrs, SOON).toHaveLength(1)
  return { relay: address, ann }
}

const guestOf = (relay: string): RelayOptions => ({ serve: false, reservations: 1, via: [relay] })

/** A host alone, which is stopped after the test. */
async function openHost(options: Partial<HostOptions> = {}): Promise<Host> {
  const clock = systemClock()
  const base = { topics: TOPICS, listen: [], isRegistered: () => false, isQuarantined: () => false, test: true }
  const host = await createHost({ clock, ...base, ...(await networkIdentity()), ...options })
  await host.start()
  opened.push(host)
  return host
}

test('R-415 a reporter that listens nowhere is called through a relay that both know, and heard over it', async () => {
  const registered = new Set<Hex>()
  const { relay, ann } = await hidden(registered)
  // It knows the relay and, from the registry, her peer id.
  const node = await openPeer({ registered, network: { bootstrap: [relay] } })
  await expect.poll(() => [node, ann].map(({ network }) => network.peers.connected), SOON).toEqual([2, 2])
  ann.say(await reportedBy(0))
  await expect.poll(() => node.held.map(({ reporterIndex }) => reporterIndex), SOON).toEqual([0])
  node.say(await reportedBy(1))
  await expect.poll(() => ann.held.map(({ reporterIndex }) => reporterIndex), SOON).toEqual([0, 1])
})

test('R-415 who comes late gets by sync over a relayed connection what was said before', async () => {
  const registered = new Set<Hex>()
  const { relay, ann } = await hidden(registered)
  ann.held.push(await reportedBy(0), await reportedBy(1))
  const node = await openPeer({ registered, network: { bootstrap: [relay] } })
  await expect
    .poll(() => node.held.map(({ reporterIndex }) => reporterIndex).toSorted((a, b) => a - b), SOON)
    .toEqual([0, 1])
})

test('R-415 a relay carries nobody to nobody, but anyone to reporters', async () => {
  const { relay, ann } = await hidden(new Set())
  const guest = await openPeer({ network: { listen: [], relay: guestOf(relay) } })
  await expect.poll(() => guest.network.multiaddrs, SOON).toHaveLength(1)
  const caller = await openHost()
  await expect(caller.dial(multiaddr(guest.network.multiaddrs[0]))).rejects.toThrow('PERMISSION_DENIED')
  await caller.dial(multiaddr(ann.network.multiaddrs[0]))
  expect(caller.getPeers().map(String)).toContain(ann.network.peerId)
})

test('R-415 strangers hold a quarter of the reservations at most', async () => {
  const peers = await Promise.all(Array.from({ length: 4 }, () => openHost()))
  const [reporter, first, second, third] = peers.map(({ peerId }) => peerId)
  const reservations = new Map([
    [reporter, {}],
    [first, {}],
  ])
  const isReporter = (peer: string): boolean => peer === String(reporter)
  const rules = relayRules(SERVE, isReporter, () => ({ services: { relay: { reservations } } }))
  const denies = (peer: PeerId): unknown => rules.denyInboundRelayReservation?.(peer)
  if (second === undefined || third === undefined || reporter === undefined) throw new Error('four peers')
  expect(denies(second)).toBe(false)
  reservations.set(second, {})
  expect(denies(third)).toBe(true)
  // Who has one may renew it, and a reporter always finds room.
  expect([denies(second), denies(reporter)]).toEqual([false, false])
})
