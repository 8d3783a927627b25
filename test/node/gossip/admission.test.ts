import type { MultiaddrConnection } from '@libp2p/interface'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { placeOf } from '../../../node/gossip/network-place.ts'
import { fakeClock } from '../fake-clock.ts'
import { type Admission, type ConnectionLimits, createAdmission } from '../../../node/gossip/admission.ts'

const LIMITS: ConnectionLimits = { max: 5, reserved: 3, perAddress: 2, perAddressPerSecond: 1_000 }

/** A connection that comes from `address`; `end` closes it. */
function call(address: string): MultiaddrConnection & { end(): void } {
  const events = new EventTarget()
  const connection = Object.assign(events, {
    remoteAddr: multiaddr(address),
    end: () => void events.dispatchEvent(new Event('close')),
  })
  return connection as unknown as MultiaddrConnection & { end(): void }
}

async function newPeer() {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
}

test('R-415 takes so many calls of one address, and as many again as close', () => {
  const admission = createAdmission(LIMITS, () => false, fakeClock())
  const [first, second, third] = [1, 2, 3].map((port) => call(`/ip4/192.0.2.1/tcp/${port}`))
  expect([first, second, third].map((one) => one !== undefined && admission.admitsCall(one))).toEqual([
    true,
    true,
    false,
  ])
  expect(admission.admitsCall(call('/ip4/192.0.2.2/tcp/1'))).toBe(true)
  first?.end()
  expect(admission.admitsCall(call('/ip4/192.0.2.1/tcp/4'))).toBe(true)
  expect(admission.admitsCall(call('/ip4/192.0.2.1/tcp/5'))).toBe(false)
})

test('R-415 counts all addresses of an IPv6 network of 64 bits together, and what is IPv4 as that', () => {
  const admission = createAdmission(LIMITS, () => false, fakeClock())
  const calls = ['2001:471:1:2::1', '2001:471:1:2:ffff:ffff:ffff:ffff', '2001:471:1:2:a::1', '2001:471:1:3::1']
  expect(calls.map((address) => admission.admitsCall(call(`/ip6/${address}/tcp/1`)))).toEqual([true, true, false, true])
  const mapped = ['/ip4/192.0.2.1/tcp/1', '/ip6/::ffff:c000:201/tcp/1', '/ip6/::ffff:c000:201/tcp/2', '/ip6/::1/tcp/1']
  expect(mapped.map((address) => admission.admitsCall(call(address)))).toEqual([true, true, false, true])
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:0201', '192.0.2.1'],
  ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:DB8::1', '2001:db8:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['1::8', '1:0:0:0::/64'],
  ['node.example', 'node.example'],
])('counts calls of %s as of %s', (host, place) => {
  expect(placeOf(host)).toBe(place)
})

test('R-415 takes so many calls of one network in a second, whichever of its addresses they come from', () => {
  const clock = fakeClock()
  const admission = createAdmission({ ...LIMITS, perAddress: 100, perAddressPerSecond: 3 }, () => false, clock)
  const calls = (): boolean[] => [1, 2, 3, 4].map((i) => admission.admitsCall(call(`/ip6/2001:471:1:2::${i}/tcp/1`)))
  expect(calls()).toEqual([true, true, true, false])
  expect(admission.admitsCall(call('/ip6/2001:471:1:3::1/tcp/1'))).toBe(true)
  clock.pass(1_000)
  expect(calls()).toEqual([true, true, true, false])
})

test('counts nobody against the address of the relay that carries them', async () => {
  const admission = createAdmission(LIMITS, () => false, fakeClock())
  const relayed = `/ip4/192.0.2.1/tcp/1/p2p/${(await newPeer()).toString()}/p2p-circuit`
  for (let i = 0; i < 4; i += 1) expect(admission.admitsCall(call(relayed))).toBe(true)
  expect(admission.admitsCall(call('/ip4/192.0.2.1/tcp/2'))).toBe(true)
})

test('R-415 keeps the reserved room for those it prefers, however many others come first', async () => {
  const reporters = await Promise.all([1, 2, 3].map(newPeer))
  const ids = new Set(reporters.map(String))
  const admission = createAdmission(LIMITS, (peer) => ids.has(peer), fakeClock())
  const strangers = await Promise.all([1, 2, 3, 4].map(newPeer))
  const calls = strangers.map(() => call('/ip4/192.0.2.1/tcp/1'))
  const admitted = strangers.map((peer, i) => admits(admission, peer, calls[i]))
  expect(admitted).toEqual([true, true, false, false])
  expect(reporters.map((peer) => admits(admission, peer, call('/ip4/192.0.2.1/tcp/1')))).toEqual([true, true, true])
  calls[0]?.end()
  expect(admits(admission, await newPeer(), call('/ip4/192.0.2.9/tcp/1'))).toBe(true)
})

test('gives no peer more than four connections, a reporter no more either', async () => {
  const peer = await newPeer()
  const admission = createAdmission({ ...LIMITS, max: 100 }, () => true, fakeClock())
  const admitted = [1, 2, 3, 4, 5].map(() => admits(admission, peer, call('/ip4/192.0.2.1/tcp/1')))
  expect(admitted).toEqual([true, true, true, true, false])
})

test('lets two megabytes wait for whoever is admitted, called or calling', async () => {
  const admission = createAdmission(LIMITS, () => false, fakeClock())
  const [inbound, outbound] = [call('/ip4/192.0.2.1/tcp/1'), call('/ip4/192.0.2.2/tcp/1')]
  expect(admission.admitsCall(inbound)).toBe(true)
  expect(admission.admitsPeer(await newPeer(), outbound)).toBe(true)
  expect([inbound, outbound].map((one) => one.maxWriteBufferLength)).toEqual([2_097_152, 2_097_152])
})

test('whoever registers while it is connected leaves its room to others', async () => {
  const ids = new Set<string>()
  const admission = createAdmission(LIMITS, (peer) => ids.has(peer), fakeClock())
  const [ann, bob, cleo] = await Promise.all([1, 2, 3].map(newPeer))
  expect([ann, bob, cleo].map((peer) => admits(admission, peer, call('/ip4/192.0.2.1/tcp/1')))).toEqual([
    true,
    true,
    false,
  ])
  ids.add(String(ann))
  expect(admits(admission, cleo, call('/ip4/192.0.2.1/tcp/1'))).toBe(true)
})

test('whoever is no reporter any more stays connected, and leaves that much less room to others that are none', async () => {
  const former = await Promise.all([1, 2, 3].map(newPeer))
  const ids = new Set(former.map(String))
  const admission = createAdmission(LIMITS, (peer) => ids.has(peer), fakeClock())
  const calls = former.map(() => call('/ip4/192.0.2.1/tcp/1'))
  expect(former.map((peer, i) => admits(admission, peer, calls[i]))).toEqual([true, true, true])
  ids.clear()
  const stranger = await newPeer()
  const comes = (): boolean => admits(admission, stranger, call('/ip4/192.0.2.1/tcp/1'))
  calls[0]?.end()
  // Of strangers there are as many as may be.
  expect(comes()).toBe(false)
  calls[1]?.end()
  expect(comes()).toBe(true)
})

function admits(
  admission: Admission,
  peer: Parameters<Admission['admitsPeer']>[0] | undefined,
  connection: MultiaddrConnection | undefined,
): boolean {
  return peer !== undefined && connection !== undefined && admission.admitsPeer(peer, connection)
}
