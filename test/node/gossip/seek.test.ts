import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { bytesToHex } from 'viem/utils'
import { expect, test } from 'vitest'
import { openAddressBook } from '../../../node/gossip/address-book.ts'
import type { Host } from '../../../node/gossip/host.ts'
import { seekPeers } from '../../../node/gossip/seek.ts'
import { reportedBy } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { temporaryFolder } from '../temporary.ts'
import { networkIdentity, openPeer } from './peer.ts'

async function unknownPeer(): Promise<PeerId> {
  return peerIdFromPrivateKey((await networkIdentity()).privateKey)
}

function unknownPeers(count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, async () => (await unknownPeer()).toString()))
}

const SOON = { interval: 50 }
const DHT = { mdns: false, dht: true, privateAddresses: false }

test('R-415 finds its peers again without any bootstrap, by the address book', async () => {
  const addressBook = join(temporaryFolder(), 'peers.json')
  const [ann, bob] = [await openPeer(), await openPeer()]
  const first = await openPeer({ network: { addressBook } })
  for (const peer of [ann, bob]) first.connect(peer)
  await expect.poll(() => first.network.peers.connected, SOON).toBe(2)
  await first.stop()
  await expect.poll(() => ann.network.peers.connected, SOON).toBe(0)
  const again = await openPeer({ network: { addressBook } })
  await expect.poll(() => again.network.peers.connected, SOON).toBe(2)
  // Without a book nobody is found.
  const other = await openPeer()
  await expect.poll(() => again.network.peers.connected, SOON).toBe(2)
  expect(other.network.peers.connected).toBe(0)
})

test('R-415 finds the one of its book that answers, though eight that are gone come before it', async () => {
  const addressBook = join(temporaryFolder(), 'peers.json')
  const ann = await openPeer()
  const book = await openAddressBook(addressBook, () => false)
  book.note(ann.network.peerId, ann.address.replace(/\/p2p\/.*$/, ''), 1n)
  for (let i = 0; i < 8; i += 1) book.note((await unknownPeer()).toString(), '/ip4/127.0.0.1/tcp/1', 2n)
  await book.save()
  await openPeer({ network: { addressBook } })
  await expect.poll(() => ann.network.peers.connected, SOON).toBe(1)
})

test('R-415 calls a registered reporter that is gone until it is back', async () => {
  const ann = await networkIdentity()
  const node = await openPeer({ registered: new Set([ann.peerId]) })
  const before = await openPeer(ann)
  // She calls; her own signature says where she can be called.
  before.connect(node)
  await expect.poll(() => node.network.peers.connected, SOON).toBe(1)
  const [, port = ''] = /\/tcp\/(\d+)/.exec(before.address) ?? []
  before.say(await reportedBy(0))
  await expect.poll(() => node.held.length, SOON).toBe(1)
  await before.stop()
  await expect.poll(() => node.network.peers.connected, SOON).toBe(0)
  await openPeer({ ...ann, network: { listen: [`/ip4/127.0.0.1/tcp/${port}`] } })
  await expect.poll(() => node.network.peers.connected, SOON).toBe(1)
})

test('finds a registered reporter by the hash table of the nodes, knowing her peer id alone', async () => {
  const ann = await networkIdentity()
  const middle = await openPeer({ network: { discovery: DHT } })
  const herself = await openPeer({ ...ann, network: { discovery: DHT } })
  const node = await openPeer({ registered: new Set([ann.peerId]), network: { discovery: DHT } })
  herself.connect(middle)
  node.connect(middle)
  await expect.poll(() => [herself, node].map(({ network }) => network.peers.connected), SOON).toEqual([2, 2])
})

test('finds a peer of the same local network that nobody named, by multicast', async () => {
  // Of a deployment of its own, so that no other test on this machine is found.
  const oracle = bytesToHex(crypto.getRandomValues(new Uint8Array(20)))
  const network = { deployment: { chainId: 31_337, oracle }, discovery: { ...DHT, dht: false, mdns: true } }
  const [ann, bob] = [await openPeer({ network }), await openPeer({ network })]
  const stranger = await openPeer()
  await expect.poll(() => [ann.network.peers.connected, bob.network.peers.connected], SOON).toEqual([1, 1])
  expect(stranger.network.peers.connected).toBe(0)
})

test('what is discovered last is dialled first, whatever was discovered in a year before it', async () => {
  const ids = await Promise.all(Array.from({ length: 4_100 }, unknownPeer))
  const last = ids.slice(-8).map(String)
  const dialled: string[] = []
  const controller = new AbortController()
  const { signal } = controller
  const host = Object.assign(new EventTarget(), {
    peerId: await unknownPeer(),
    getPeers: () => [],
    dial: async (peer: PeerId) => void dialled.push(peer.toString()),
  })
  const discover = (id: PeerId): boolean => host.dispatchEvent(new CustomEvent('peer:discovery', { detail: { id } }))
  const clock = {
    now: () => 0n,
    monotonicMs: () => 0,
    async sleep() {
      if (dialled.length > 0) controller.abort()
      else for (const id of ids) discover(id)
    },
  }
  const [registered, isQuarantined, relays] = [() => [], () => false, []]
  const book = await openAddressBook(undefined, () => false)
  await seekPeers({
    host: host as unknown as Host,
    registered,
    isQuarantined,
    book,
    relays,
    clock,
    log: SILENT,
    signal,
  })
  expect(dialled).toEqual(last.toReversed())
})

test('keeps 512 peers with four addresses each, and forgets strangers before reporters', async () => {
  const file = join(temporaryFolder(), 'peers.json')
  const [reporter = '', ...strangers] = await unknownPeers(601)
  const book = await openAddressBook(file, (peer) => peer === reporter)
  for (let i = 0; i < 6; i += 1) book.note(reporter, `/ip4/192.0.2.1/tcp/${i + 1}`, 1n)
  for (const stranger of strangers) book.note(stranger, '/ip4/192.0.2.2/tcp/1', 2n)
  await book.save()
  const again = await openAddressBook(file, () => false)
  expect(again.entries()).toEqual(book.entries())
  expect(again.entries()).toHaveLength(512)
  expect(again.entries()[0]).toEqual({ peer: strangers.at(-1), addresses: ['/ip4/192.0.2.2/tcp/1'], time: 2 })
  expect(again.entries().at(-1)).toEqual({
    peer: reporter,
    addresses: [6, 5, 4, 3].map((port) => `/ip4/192.0.2.1/tcp/${port}`),
    time: 1,
  })
})

test('notes no address of more than 512 characters, and reads a full book of the longest', async () => {
  const file = join(temporaryFolder(), 'peers.json')
  const [last = '', ...peers] = await unknownPeers(513)
  const [first = ''] = peers
  const book = await openAddressBook(file, () => false)
  for (const peer of peers) {
    for (let n = 0; n < 4; n += 1) book.note(peer, `/dns4/${n}`.padEnd(512, '\u0001'), 1n)
  }
  book.note(first, '/dns4/'.padEnd(513, 'a'), 2n)
  book.note(last, '/dns4/'.padEnd(513, 'a'), 2n)
  expect(book.entries().find(({ peer }) => peer === first)?.time).toBe(1)
  await book.save()
  const again = await openAddressBook(file, () => false)
  expect(again.entries()).toHaveLength(512)
  expect(again.entries()).toEqual(book.entries())
})

test('leaves out of the file what is no entry, and nothing else', async () => {
  const file = join(temporaryFolder(), 'peers.json')
  const peers = await unknownPeers(2)
  const good = peers.map((peer, time) => ({ peer, addresses: ['/ip4/192.0.2.1/tcp/1'], time }))
  const strange = { ...good[0], peer: 'nobody' }
  const bad = [strange, { ...good[0], addresses: ['a'.repeat(513)] }, {}, undefined, 7, { ...good[0], more: 1 }]
  writeFileSync(file, JSON.stringify({ version: 1, peers: [good[0], ...bad, good[1]] }))
  expect((await openAddressBook(file, () => false)).entries()).toEqual(good.toReversed())
})

test('writes what could not be written as soon as it can be, though nothing new is noted, and leaves nothing half written', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'peers.json')
  const [peer = ''] = await unknownPeers(1)
  const book = await openAddressBook(file, () => false)
  book.note(peer, '/ip4/192.0.2.1/tcp/1', 1n)
  mkdirSync(file)
  await expect(book.save()).rejects.toMatchObject({ code: 'EISDIR' })
  expect(readdirSync(folder)).toEqual(['peers.json'])
  rmdirSync(file)
  await book.save()
  expect((await openAddressBook(file, () => false)).entries()).toEqual(book.entries())
})

test('starts with an empty book where the file is not one', async () => {
  const file = join(temporaryFolder(), 'peers.json')
  for (const text of ['', '{"version":1,"peers":[{}]}', '[]', '\u0000']) {
    writeFileSync(file, text)
    expect((await openAddressBook(file, () => false)).entries()).toEqual([])
  }
})
