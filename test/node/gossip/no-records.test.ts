import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { PeerId } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { expect, test } from 'vitest'
import { systemClock } from '../../../node/clock.ts'
import { createHost, type Host } from '../../../node/gossip/host.ts'
import { networkIdentity, openHostile, TOPICS } from './peer.ts'

const KAD = TOPICS.observation.replace(/observation$/, 'kad')
/** Of kad-dht's dht.proto. */
const TYPE = { putValue: 0, getValue: 1, addProvider: 2, getProviders: 3, ping: 5 } as const
const TOLD = multiaddr('/ip4/192.0.2.77/tcp/4001')

/** A field of a protobuf message, of fewer than 128 bytes. */
function field(number: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of((number << 3) | 2, bytes.length), bytes)
}

function message(type: number, ...fields: readonly Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(1 << 3, type), ...fields)
}

/** What the peer answers to the last of the messages; undefined if it ends the stream instead. */
async function ask(host: Host, peer: PeerId, ...messages: readonly Uint8Array[]): Promise<string | undefined> {
  const stream = lpStream(await host.dialProtocol(peer, KAD))
  try {
    for (const one of messages) await stream.write(one)
    return bytesToHex((await stream.read()).subarray())
  } catch {
    return undefined
  }
}

test('keeps nothing that a stranger hands to its hash table', async () => {
  const host = await createHost({
    ...(await networkIdentity()),
    clock: systemClock(),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    topics: TOPICS,
    isRegistered: () => false,
    isQuarantined: () => false,
    test: true,
    discovery: { mdns: false, dht: true, privateAddresses: false },
  })
  try {
    await host.start()
    const stranger = await openHostile()
    await stranger.dial(host.getMultiaddrs())
    const cid = CID.createV1(0x55, identity.digest(utf8ToBytes('anything'))).bytes
    const provider = concatBytes(field(1, stranger.peerId.toMultihash().bytes), field(2, TOLD.bytes))
    const { publicKey } = (await networkIdentity()).privateKey
    const [key, value] = [
      concatBytes(utf8ToBytes('/pk/'), publicKey.toMultihash().bytes),
      publicKeyToProtobuf(publicKey),
    ]
    const record = concatBytes(field(1, key), field(2, value))

    // To the first there is no answer: once the ping behind it is answered, or the stream is ended, it was dealt with.
    const ping = message(TYPE.ping)
    await ask(stranger, host.peerId, message(TYPE.addProvider, field(2, cid), field(9, provider)), ping)
    await ask(stranger, host.peerId, message(TYPE.putValue, field(2, key), field(3, record)))

    const [providers, found] = [message(TYPE.getProviders, field(2, cid)), message(TYPE.getValue, field(2, key))]
    expect({
      providers: await ask(stranger, host.peerId, providers),
      value: await ask(stranger, host.peerId, found),
    }).toEqual({ providers: bytesToHex(providers), value: bytesToHex(found) })
  } finally {
    await host.stop()
  }
})
