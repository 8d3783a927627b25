import type { LookupFunction } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import type { ConnectionLimits } from '../../../node/gossip/admission.ts'
import { systemClock } from '../../../node/clock.ts'
import { createHost, type Host } from '../../../node/gossip/host.ts'
import { publicLookup } from '../../../node/gossip/public-lookup.ts'
import { reportedBy } from '../reporters.ts'
import { networkIdentity, openHostile, openPeer, type Peer, TOPICS } from './peer.ts'

const SOON = { interval: 20 }
/** Four places for whoever comes, eight for reporters. */
const LIMITS: ConnectionLimits = { max: 12, reserved: 8, perAddress: 100, perAddressPerSecond: 1_000 }
const ATTACKERS = 15

/** Hosts of nobody that connect, as many as get in; they relay nothing. */
async function besiege(victim: Peer): Promise<Host[]> {
  const attackers = await Promise.all(Array.from({ length: ATTACKERS }, () => openHostile()))
  for (const attacker of attackers) await attacker.dial(multiaddr(victim.address)).catch(() => undefined)
  await expect.poll(() => inside(attackers), SOON).toBe(LIMITS.max - LIMITS.reserved)
  return attackers
}

/** How many of them hold a connection that the other side has not closed. */
function inside(attackers: readonly Host[]): number {
  return attackers.filter((attacker) => attacker.getConnections().length > 0).length
}

test('R-415 fifteen attackers that come first leave room for the reporters, whose observations arrive', async () => {
  const [ann, bob] = [await networkIdentity(), await networkIdentity()]
  const registered = new Set([ann.peerId, bob.peerId])
  const victim = await openPeer({ registered, network: { limits: LIMITS } })
  const attackers = await besiege(victim)
  const reporters = [await openPeer(ann), await openPeer(bob)]
  for (const reporter of reporters) reporter.connect(victim)
  const connected = (): number => victim.network.peers.connected
  await expect.poll(connected, SOON).toBe(LIMITS.max - LIMITS.reserved + reporters.length)
  expect(victim.network.peers.reporters).toBe(2)
  for (const [i, reporter] of reporters.entries()) reporter.say(await reportedBy(i))
  const heard = (): number[] => victim.held.map(({ reporterIndex }) => reporterIndex).toSorted((a, b) => a - b)
  await expect.poll(heard, SOON).toEqual([0, 1])
  // What the victim says reaches them, too, past those who relay nothing.
  victim.say(await reportedBy(2), 2)
  const hears = ({ held }: Peer): boolean => held.some(({ reporterIndex }) => reporterIndex === 2)
  await expect.poll(() => reporters.map(hears), SOON).toEqual([true, true])
  expect(inside(attackers)).toBe(LIMITS.max - LIMITS.reserved)
})

test('R-415 a peer that claims to be a reporter without the key of its peer id is a stranger', async () => {
  const ann = await networkIdentity()
  const victim = await openPeer({ registered: new Set([ann.peerId]), network: { limits: LIMITS } })
  await besiege(victim)
  // It knows whom the registry names and says what she signed, but connects with a key of its own.
  const impostor = await openPeer()
  impostor.connect(victim)
  impostor.say(await reportedBy(0))
  const refused = await openHostile()
  await refused.dial(multiaddr(victim.address)).catch(() => undefined)
  await expect.poll(() => refused.getConnections().length, SOON).toBe(0)
  await expect.poll(() => impostor.network.peers.connected, SOON).toBe(0)
  await expect.poll(() => victim.network.peers.connected, SOON).toBe(LIMITS.max - LIMITS.reserved)
  expect(victim.network.peers.reporters).toBe(0)
  // She herself gets in.
  const herself = await openPeer(ann)
  herself.connect(victim)
  await expect.poll(() => victim.network.peers.connected, SOON).toBe(LIMITS.max - LIMITS.reserved + 1)
})

test.each([
  ['at once', { perAddress: 3, perAddressPerSecond: 1_000 }],
  ['in a second', { perAddress: 100, perAddressPerSecond: 3 }],
])('R-415 takes three calls of one address %s, with room for twelve', async (_, changes) => {
  // However long the calls take to come, they come at one moment.
  const victim = await openPeer({ monotonicMs: () => 0, network: { limits: { ...LIMITS, reserved: 0, ...changes } } })
  const callers = await Promise.all(Array.from({ length: 6 }, () => openHostile()))
  await Promise.allSettled(callers.map((caller) => caller.dial(multiaddr(victim.address))))
  await expect.poll(() => [inside(callers), victim.network.peers.connected], SOON).toEqual([3, 3])
})

test('nobody answers a call to a reporter in her place', async () => {
  const ann = await networkIdentity()
  const liar = await openPeer()
  const claimed = liar.address.replace(/p2p\/.*$/, `p2p/${(await openPeer(ann)).network.peerId}`)
  const host = await openHostile()
  await expect(host.dial(multiaddr(claimed))).rejects.toThrow('does not match expected remote identity key')
  expect(host.getConnections()).toEqual([])
})

test('R-415 knocks at a private address only where the operator sent it, or in a network of its own', async () => {
  const ann = await openPeer()
  const target = multiaddr(ann.address)
  const isHer = (peer: string): boolean => peer === ann.network.peerId
  const options = {
    clock: systemClock(),
    topics: TOPICS,
    listen: [],
    isRegistered: isHer,
    isQuarantined: () => false,
    test: false,
  }
  const privateAddresses = { mdns: false, dht: false, privateAddresses: true }
  const hosts = [
    await createHost({ ...options, ...(await networkIdentity()) }),
    await createHost({ ...options, ...(await networkIdentity()), isNamed: isHer }),
    await createHost({ ...options, ...(await networkIdentity()), discovery: privateAddresses }),
  ]
  try {
    for (const host of hosts) await host.start()
    const dialled = await Promise.allSettled(hosts.map((host) => host.dial(target)))
    expect(dialled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  } finally {
    await Promise.all(hosts.map(async (host) => host.stop()))
  }
})

test('R-415 knocks at no private address behind a name that somebody told', async () => {
  const ann = await openPeer()
  const [, port = ''] = /\/tcp\/(\d+)/.exec(ann.address) ?? []
  const target = multiaddr(`/dns4/node.example/tcp/${port}/p2p/${ann.network.peerId}`)
  const asked: string[] = []
  const lookup: LookupFunction = (name, _options, callback) => {
    asked.push(name)
    callback(null, [{ address: '127.0.0.1', family: 4 }])
  }
  const options = {
    clock: systemClock(),
    topics: TOPICS,
    listen: [],
    isRegistered: () => true,
    isQuarantined: () => false,
    test: false,
    lookup,
  }
  const privateAddresses = { mdns: false, dht: false, privateAddresses: true }
  const hosts = [
    await createHost({ ...options, ...(await networkIdentity()) }),
    await createHost({ ...options, ...(await networkIdentity()), isNamedHost: (name) => name === 'node.example' }),
    await createHost({ ...options, ...(await networkIdentity()), discovery: privateAddresses }),
  ]
  try {
    for (const host of hosts) await host.start()
    const dialled = await Promise.allSettled(hosts.map((host) => host.dial(target)))
    expect(dialled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(asked).toEqual(['node.example', 'node.example', 'node.example'])
  } finally {
    await Promise.all(hosts.map(async (host) => host.stop()))
  }
})

test('of a name with private and public addresses only the public ones are dialled', async () => {
  const found = ['10.0.0.1', '45.10.0.10', '::1', 'fd00::1', '2a00::1'].map((address) => {
    return { address, family: address.includes(':') ? 6 : 4 }
  })
  const lookup = publicLookup(
    (name) => name === 'ours',
    (_name, _options, callback) => callback(null, found),
  )
  const ask = (name: string, all: boolean): Promise<unknown> =>
    new Promise((resolve) => lookup(name, { all }, (error, address, family) => resolve(error ?? [address, family])))
  expect(await ask('theirs', true)).toEqual([[found[1], found[4]], undefined])
  expect(await ask('theirs', false)).toEqual(['45.10.0.10', 4])
  expect(await ask('ours', true)).toEqual([found, undefined])
})
