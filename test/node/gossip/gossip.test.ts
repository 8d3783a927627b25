import { multiaddr } from '@multiformats/multiaddr'
import { bytesToHex, type Hex, hexToBytes } from 'viem'
import { expect, test } from 'vitest'
import type { VerifiedPartial } from '../../../node/gossip/cosigning.ts'
import type { Host } from '../../../node/gossip/host.ts'
import { DOMAIN, FIXING_ID, MATURITY, presentBy, reportedBy, reporterKey, signedBy } from '../reporters.ts'
import { openHostile, openPeer, type Peer, TOPICS } from './peer.ts'

const SOON = { interval: 20 }

async function openPeers(count: number): Promise<Peer[]> {
  const peers = await Promise.all(Array.from({ length: count }, () => openPeer()))
  for (const [i, peer] of peers.entries()) for (const other of peers.slice(0, i)) peer.connect(other)
  await expect.poll(() => peers.every(({ network }) => network.peers.connected >= count - 1), SOON).toBe(true)
  return peers
}

/** Connects, and waits until the peer's subscription is known. */
async function dial(host: Host, peer: Peer): Promise<void> {
  await host.dial(multiaddr(peer.address))
  await expect
    .poll(() => host.services.pubsub.getSubscribers(TOPICS.observation).map(String), SOON)
    .toContain(peer.network.peerId)
}

test('brings every observation of five nodes to every one of them', async () => {
  const peers = await openPeers(5)
  const observations = await Promise.all(peers.map((_, i) => reportedBy(i, { value: BigInt(i + 1) })))
  for (const [i, peer] of peers.entries()) {
    const observation = observations[i]
    if (observation !== undefined) peer.say(observation, 4)
  }
  const values = (peer: Peer): bigint[] => peer.held.map(({ signed }) => signed.value).toSorted((a, b) => Number(a - b))
  await expect.poll(() => peers.map(values), SOON).toEqual(peers.map(() => [1n, 2n, 3n, 4n, 5n]))
})

test('waits for company before it publishes, since nothing can be published twice', async () => {
  const lonely = await openPeer()
  lonely.say(await reportedBy(0))
  const friend = await openPeer({ context: {} })
  friend.connect(lonely)
  await expect.poll(() => friend.held.length, SOON).toBe(1)
})

test('says nothing more of a fixing once it is closed, and what else it had to say to the first who comes', async () => {
  const lonely = await openPeer()
  lonely.say(await reportedBy(0))
  lonely.network.close(FIXING_ID)
  const presence = await presentBy(0)
  lonely.network.publishPresence(presence, 1, new AbortController().signal)
  const friend = await openHostile()
  const heard: string[] = []
  friend.services.pubsub.addEventListener('message', ({ detail: { topic } }) => heard.push(topic))
  await friend.dial(multiaddr(lonely.address))
  await expect.poll(() => heard, SOON).toContain(TOPICS.presence)
  expect(heard).toEqual([TOPICS.presence])
})

test('relays through a peer in the middle', async () => {
  const [left, middle, right] = [await openPeer(), await openPeer(), await openPeer()]
  left.connect(middle)
  right.connect(middle)
  await expect.poll(() => middle.network.peers.connected, SOON).toBe(2)
  // The middle relays what comes once its mesh has formed; what came before is for sync to bring.
  const waiting = [0, 1, 2, 3, 4, 5, 6]
  const sayNext = async (): Promise<number> => {
    const index = waiting.shift()
    if (index !== undefined) left.say(await reportedBy(index))
    return right.held.length
  }
  await expect.poll(sayNext, { interval: 1_000 }).toBeGreaterThan(0)
})

test('what was signed for each of two proposers while nobody was there leaves once somebody is', async () => {
  const peer = await openPeer()
  const parts = (['11', '22'] as const).map((byte): VerifiedPartial => {
    const digest: Hex = `0x${byte.repeat(32)}`
    return { fixingId: FIXING_ID, digest, place: 0, signature: '0x', bytes: hexToBytes(digest) }
  })
  for (const part of parts) peer.network.publishPartial(part, 1)
  const stranger = await openHostile()
  const heard = new Set<string>()
  stranger.services.pubsub.addEventListener('message', ({ detail }) => heard.add(bytesToHex(detail.data)))
  await dial(stranger, peer)
  await expect.poll(() => [...heard].toSorted(), SOON).toEqual(parts.map(({ digest }) => digest))
})

test('disconnects a peer at its second bad message, keeps it away, and goes on', async () => {
  const [peer, friend] = await openPeers(2)
  if (peer === undefined || friend === undefined) throw new Error('two peers')
  const hostile = await openHostile()
  await dial(hostile, peer)
  const { pubsub } = hostile.services
  await pubsub.publish(TOPICS.observation, new Uint8Array(7))
  await expect.poll(() => peer.network.intake.counts.get('length'), SOON).toBe(1)
  const foreign = await signedBy(reporterKey(0), {}, { ...DOMAIN, chainId: 1 })
  await pubsub.publish(TOPICS.observation, foreign.bytes)
  await expect.poll(() => hostile.getConnections().length, SOON).toBe(0)
  expect(peer.network.intake.counts.get('not-a-reporter')).toBe(1)
  await hostile.dial(multiaddr(peer.address)).catch(() => undefined)
  await expect.poll(() => hostile.getConnections().length, SOON).toBe(0)
  friend.say(await reportedBy(1))
  await expect.poll(() => peer.held.length, SOON).toBe(1)
  // Nothing of it was relayed.
  expect([...friend.network.intake.counts.keys()]).toEqual([])
})

test('rejects a message of 500 kB unread, and reads no further from a peer that sends more than 512 KiB', async () => {
  const [peer, friend] = await openPeers(2)
  if (peer === undefined || friend === undefined) throw new Error('two peers')
  const [large, larger] = [await openHostile(), await openHostile()]
  await dial(large, peer)
  await large.services.pubsub.publish(TOPICS.observation, new Uint8Array(500_000))
  await expect.poll(() => peer.network.intake.counts.get('length'), SOON).toBe(1)
  await dial(larger, peer)
  await larger.services.pubsub.publish(TOPICS.observation, new Uint8Array(600_000))
  await larger.services.pubsub.publish(TOPICS.observation, (await reportedBy(2)).bytes)
  friend.say(await reportedBy(1))
  await expect.poll(() => peer.held.map(({ reporterIndex }) => reporterIndex), SOON).toEqual([1])
  expect(peer.network.intake.counts.get('length')).toBe(1)
})

test('cannot be made to ignore an honest message by a badly signed copy that comes first', async () => {
  const peer = await openPeer()
  const hostile = await openHostile()
  await dial(hostile, peer)
  const honest = await reportedBy(0)
  const forged = honest.bytes.slice()
  forged[140] = (forged[140] ?? 0) ^ 1
  await hostile.services.pubsub.publish(TOPICS.observation, forged)
  await expect.poll(() => [...peer.network.intake.counts.values()].reduce((sum, count) => sum + count, 0), SOON).toBe(1)
  await hostile.services.pubsub.publish(TOPICS.observation, honest.bytes)
  await expect.poll(() => peer.held.length, SOON).toBe(1)
})

test('spreads the proof when a reporter tells two peers different things', async () => {
  const [left, right, third] = await openPeers(3)
  if (left === undefined || right === undefined || third === undefined) throw new Error('three peers')
  const [toLeft, toRight] = [await reportedBy(5), await reportedBy(5, { value: 9n })]
  const [liar, accomplice] = [await openHostile(), await openHostile()]
  await dial(liar, left)
  await dial(accomplice, right)
  await Promise.all([
    liar.services.pubsub.publish(TOPICS.observation, toLeft.bytes),
    accomplice.services.pubsub.publish(TOPICS.observation, toRight.bytes),
  ])
  await expect.poll(() => [left, right, third].map(({ proofs }) => proofs.length), SOON).toEqual([1, 1, 1])
  for (const { proofs } of [left, right, third]) {
    const values = proofs.flatMap(({ first, second }) => [first.signed.value, second.signed.value])
    expect(new Set(values)).toEqual(new Set([toLeft.signed.value, 9n]))
  }
})

test('R-414 what a reporter says of itself reaches every node through one that relays it, and junk does not', async () => {
  const context = { now: () => MATURITY - 590n }
  const [left, middle, right] = [await openPeer({ context }), await openPeer({ context }), await openPeer({ context })]
  left.connect(middle)
  right.connect(middle)
  await expect.poll(() => middle.network.peers.connected, SOON).toBe(2)
  const hostile = await openHostile()
  await dial(hostile, middle)
  const forged = await presentBy(5, { reporter: reporterKey(6).address })
  await hostile.services.pubsub.publish(TOPICS.presence, forged.bytes)
  await expect.poll(() => middle.network.intake.counts.get('not-the-reporter'), SOON).toBe(1)
  // The middle relays what comes once its mesh has formed.
  const waiting = [0, 1, 2, 3, 4]
  const sayNext = async (): Promise<number> => {
    const index = waiting.shift()
    const never = new AbortController().signal
    if (index !== undefined) left.network.publishPresence(await presentBy(index), 1, never)
    return right.roll.heard(FIXING_ID).length
  }
  await expect.poll(sayNext, { interval: 1_000 }).toBeGreaterThan(0)
  const heard = [...left.roll.heard(FIXING_ID), ...middle.roll.heard(FIXING_ID), ...right.roll.heard(FIXING_ID)]
  expect(heard.map(({ reporterIndex }) => reporterIndex)).not.toContain(5)
  expect(right.network.intake.counts.get('not-the-reporter')).toBe(undefined)
})
