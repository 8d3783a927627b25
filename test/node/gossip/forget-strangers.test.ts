import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { join } from 'node:path'
import { bytesToHex } from 'viem/utils'
import { expect, test } from 'vitest'
import { systemClock } from '../../../node/clock.ts'
import { openAddressBook } from '../../../node/gossip/address-book.ts'
import type { Host } from '../../../node/gossip/host.ts'
import { gatherCompany } from '../../../node/node/network-host.ts'
import { SILENT } from '../silent-log.ts'
import { temporaryFolder } from '../temporary.ts'
import { DEPLOYMENT, openHostile, TOPICS } from './peer.ts'

const SOON = { interval: 50 }
const ADDRESS = '/ip4/192.0.2.1/tcp/4001'

const newPeer = async (): Promise<PeerId> => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))

/** What the host knows of. */
async function knownTo(host: Host): Promise<Set<string>> {
  return new Set((await host.peerStore.all()).map(({ id }) => id.toString()))
}

test('forgets keys that come and go but for the last 512, and nobody that it is to keep', async () => {
  const [registered, named, noted] = [await newPeer(), await newPeer(), await newPeer()]
  const file = join(temporaryFolder(), 'peers.json')
  const book = await openAddressBook(file, () => false)
  book.note(noted.toString(), ADDRESS, 1n)
  await book.save()
  const controller = new AbortController()
  const clock = systemClock()
  // Every ten seconds is every second here.
  const sleep: typeof clock.sleep = async (ms, signal) => clock.sleep(ms / 10, signal)
  const registeredId = bytesToHex(registered.toMultihash().bytes)
  const company = await gatherCompany(
    {
      privateKey: await generateKeyPair('Ed25519'),
      isRegistered: (peer) => peer === registeredId,
      registered: () => [registeredId],
      clock: { ...clock, sleep },
      log: SILENT,
      signal: controller.signal,
    },
    {
      deployment: DEPLOYMENT,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      bootstrap: [`${ADDRESS}/p2p/${named.toString()}`],
      test: true,
      schedule: { afterMs: [], everyMs: 600_000 },
      addressBook: file,
    },
    TOPICS,
    () => false,
  )
  const { host } = company
  try {
    await company.start()
    for (const id of [registered, named]) await host.peerStore.merge(id, { multiaddrs: [multiaddr(ADDRESS)] })
    const call = async (): Promise<Host> => {
      const caller = await openHostile()
      await caller.dial(host.getMultiaddrs())
      await expect.poll(() => knownTo(host), SOON).toContain(caller.peerId.toString())
      return caller
    }
    const staying = await call()
    const gone: string[] = []
    for (let i = 0; i < 8; i += 1) {
      const caller = await call()
      gone.push(caller.peerId.toString())
      await caller.stop()
    }
    const last: string[] = []
    for (let i = 0; i < 512; i += 1) {
      const id = await newPeer()
      await host.peerStore.merge(id, { multiaddrs: [multiaddr(ADDRESS)] })
      last.push(id.toString())
    }
    const kept = [registered, named, noted, staying.peerId].map(String)
    await expect.poll(() => knownTo(host), SOON).toEqual(new Set([...kept, ...last]))
    expect(gone).toHaveLength(8)
  } finally {
    controller.abort()
    await company.stop()
  }
})
