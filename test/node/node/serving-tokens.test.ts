import { setImmediate } from 'node:timers/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { hexToBytes } from 'viem'
import { expect, test } from 'vitest'
import type { Host } from '../../../node/gossip/host.ts'
import type { Rate } from '../../../node/gossip/token-bucket.ts'
import { bytesOfPeer } from '../../../node/node/network-host.ts'
import { servingTokens } from '../../../node/node/serving-tokens.ts'
import { type Channel, openChannel } from '../../../node/sync/channel.ts'
import { encodeMessage } from '../../../node/sync/messages.ts'
import { SAMPLES_PROTOCOL } from '../../../node/sync/samples.ts'
import { SYNC_PROTOCOL } from '../../../node/sync/sync.ts'
import { openHostile, openPeer } from '../gossip/peer.ts'
import { patientClock } from '../patient-clock.ts'
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

const OPEN = (): boolean => false
const CALLER = '192.0.2.1'

/** Their tokens, by a clock that stands still; none of the peers is preferred but those named. */
function tokensBy(rate: Rate, preferred: ReadonlySet<string> = new Set(), signal: AbortSignal = NEVER) {
  const clock = patientClock()
  const tokens = servingTokens({ rate, maxPeers: 10, isPreferred: (peer) => preferred.has(peer), clock, signal })
  /** Lets so much time pass for those who wait. */
  const pass = async (ms: number): Promise<void> => {
    for (let i = 0; i < ms / 100; i += 1) {
      clock.wake()
      await setImmediate()
    }
  }
  return { tokens, pass }
}

test('R-416 gives strangers together as many tokens as one that is preferred, and counts who waits', () => {
  const { tokens } = tokensBy({ capacity: 4, perSecond: 2 }, new Set([ANN]))
  const taken = (peer: string): number =>
    Array.from({ length: 9 }, () => tokens.of(peer, CALLER)(OPEN)).filter((token) => token === true).length
  expect([taken(EVE), taken(MALLORY), taken(ANN)]).toEqual([4, 0, 4])
  expect(tokens.waited).toEqual({ strangers: 14, reporters: 5 })
})

test('R-416 serves strangers in turn by where they call from, and there by peer, however many requests one of them has', async () => {
  const { tokens, pass } = tokensBy({ capacity: 1, perSecond: 10 })
  const served = new Map<string, number>()
  const request = async (peer: string, place: string): Promise<void> => {
    while (await tokens.of(peer, place)(OPEN)) served.set(peer, (served.get(peer) ?? 0) + 1)
  }
  for (let stream = 0; stream < 15; stream += 1) void request(EVE, CALLER)
  void request(MALLORY, CALLER)
  void request(ANN, '192.0.2.2')
  await pass(6_000)
  // The first comes before anybody waits.
  expect(Object.fromEntries(served)).toEqual({ [EVE]: 16, [MALLORY]: 15, [ANN]: 30 })
})

test('R-416 who waits for its turn and goes away has none, and leaves the token to the next', async () => {
  const { tokens, pass } = tokensBy({ capacity: 1, perSecond: 10 })
  let isGone = false
  const served: string[] = []
  const request = async (name: string, peer: string): Promise<void> => {
    const isOver = (): boolean => name === 'gone' && isGone
    served.push(`${name} ${await tokens.of(peer, CALLER)(isOver)}`)
  }
  for (const name of ['first', 'gone', 'gone']) void request(name, EVE)
  void request('patient', MALLORY)
  isGone = true
  await pass(100)
  expect(served).toEqual(['first true', 'gone false', 'gone false', 'patient true'])
})

test('lets 4096 wait and no more, and nobody once the node stops', async () => {
  const stopping = new AbortController()
  const { tokens } = tokensBy({ capacity: 1, perSecond: 10 }, new Set(), stopping.signal)
  const first = tokens.of(EVE, CALLER)(OPEN)
  const waiting = Array.from({ length: 4_096 }, async () => tokens.of(EVE, CALLER)(OPEN))
  expect([first, tokens.of(MALLORY, CALLER)(OPEN)]).toEqual([true, false])
  stopping.abort()
  const outcomes = await Promise.allSettled(waiting)
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(4_096)
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
  'R-416 %s answers a stranger with a new key no more than all strangers, and a reporter and a named peer beside them',
  async (protocol, request, capacity, perSecond) => {
    const registered = new Set<`0x${string}`>()
    let nowMs = 0
    const there = await openPeer({ registered, monotonicMs: () => nowMs })
    const open = async (host: Host): Promise<Channel> =>
      openChannel(await host.dialProtocol(multiaddr(there.address), protocol))
    const [ann, bob, eve, mallory] = [
      await openHostile(),
      await openHostile(),
      await openHostile(),
      await openHostile(),
    ]
    registered.add(bytesOfPeer(ann.peerId.toString()))
    there.connect({ address: bob.getMultiaddrs()[0]?.toString() ?? '' })
    await ask(await open(eve), request, capacity)
    const waiting = await open(mallory)
    let isAnswered = false
    await waiting.send(request)
    const answer = waiting.receive(NEVER).finally(() => {
      isAnswered = true
    })
    await ask(await open(ann), request, 100)
    await ask(await open(bob), request, 100)
    expect(isAnswered).toBe(false)
    nowMs += 1_000 / perSecond
    expect(await answer).toBeDefined()
    const name = protocol === SYNC_PROTOCOL ? 'sync' : 'samples'
    expect(there.network.waited()).toContainEqual([name, 'strangers', 1])
    expect(there.network.waited()).toContainEqual([name, 'reporters', 0])
  },
)
