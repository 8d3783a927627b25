import { multiaddr } from '@multiformats/multiaddr'
import { hexToBytes } from 'viem'
import { expect, test } from 'vitest'
import type { Host } from '../../../node/gossip/host.ts'
import { bytesOfPeer } from '../../../node/node/network-host.ts'
import { servingTokens } from '../../../node/node/serving-tokens.ts'
import { type Channel, openChannel } from '../../../node/sync/channel.ts'
import { encodeMessage } from '../../../node/sync/messages.ts'
import { SAMPLES_PROTOCOL } from '../../../node/sync/samples.ts'
import { SYNC_PROTOCOL } from '../../../node/sync/sync.ts'
import { fakeClock } from '../fake-clock.ts'
import { openHostile, openPeer } from '../gossip/peer.ts'
import { FIXING_ID } from '../reporters.ts'

const NEVER = new AbortController().signal
const SAMPLES_REQUEST = Buffer.concat([hexToBytes(FIXING_ID), hexToBytes(FIXING_ID), Buffer.alloc(4)])
const SYNC_REQUEST = encodeMessage({ kind: 'have?', fixingId: FIXING_ID })

/** Some peer ids, as libp2p writes them. */
const [ANN, EVE, MALLORY] = [
  '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5',
  '12D3KooWJRSrypvnpHgc6ZAgyCni4KcSmbV7uGRaMw5LgMKT18fq',
  '12D3KooWQ89dv9rxYd3vjFp3k6kVcGBNXDLxfQPXq4YBgGVqVkXY',
]

test('R-416 gives strangers together as many tokens as one reporter, and takes of a stranger that waits none of its own', () => {
  const clock = fakeClock()
  const reporters = new Set([bytesOfPeer(ANN)])
  const isRegistered = (peerId: `0x${string}`): boolean => reporters.has(peerId)
  const tokensOf = servingTokens({ rate: { capacity: 4, perSecond: 2 }, maxPeers: 10, isRegistered, clock })
  const taken = (peer: string): number => {
    const take = tokensOf(peer)
    return Array.from({ length: 9 }, take).filter(Boolean).length
  }
  expect([taken(EVE), taken(MALLORY), taken(ANN)]).toEqual([4, 0, 4])
  clock.pass(500)
  expect([taken(MALLORY), taken(EVE), taken(ANN)]).toEqual([1, 0, 1])
  reporters.add(bytesOfPeer(MALLORY))
  // Of its own four it has spent one: what it was refused as a stranger cost it nothing.
  expect(taken(MALLORY)).toBe(3)
})

/** Asks so often, and reads every answer. */
async function ask(channel: Channel, request: Uint8Array, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await channel.send(request)
    expect(await channel.receive(NEVER)).toBeDefined()
  }
}

test.each([
  [SAMPLES_PROTOCOL, SAMPLES_REQUEST, 128, 8],
  [SYNC_PROTOCOL, SYNC_REQUEST, 512, 64],
])(
  '%s answers a stranger with a new key no more than all strangers, and a reporter beside them',
  async (protocol, request, capacity, perSecond) => {
    const registered = new Set<`0x${string}`>()
    let nowMs = 0
    const there = await openPeer({ registered, monotonicMs: () => nowMs })
    const open = async (host: Host): Promise<Channel> =>
      openChannel(await host.dialProtocol(multiaddr(there.address), protocol))
    const [ann, eve, mallory] = [await openHostile(), await openHostile(), await openHostile()]
    registered.add(bytesOfPeer(ann.peerId.toString()))
    await ask(await open(eve), request, capacity)
    const waiting = await open(mallory)
    let isAnswered = false
    await waiting.send(request)
    const answer = waiting.receive(NEVER).finally(() => {
      isAnswered = true
    })
    await ask(await open(ann), request, 100)
    expect(isAnswered).toBe(false)
    nowMs += 1_000 / perSecond
    expect(await answer).toBeDefined()
  },
)
