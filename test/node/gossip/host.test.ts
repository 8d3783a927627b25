import { expect, test } from 'vitest'
import { bytesToHex } from 'viem/utils'
import { createHost } from '../../../node/gossip/host.ts'
import { messageId } from '../../../node/gossip/message-id.ts'
import { systemClock } from '../../../node/clock.ts'
import { networkIdentity, TOPICS } from './peer.ts'

/** What gossipsub's class has beyond its interface. */
type Inside = {
  readonly opts: {
    readonly scoreThresholds: { readonly graylistThreshold: number }
    msgIdFn(message: { readonly topic: string; readonly data: Uint8Array }): Uint8Array
    fastMsgIdFn(message: { readonly topic: string; readonly data: Uint8Array }): string
  }
  readonly score: {
    addPeer(peer: string): void
    addIP(peer: string, address: string): void
    rejectInvalidMessage(peer: string, topic: string): void
    score(peer: string): number
  }
}

/** gossipsub as a node makes it whose operator says nothing; it is not started. */
async function insideOf(registered: readonly string[] = []): Promise<Inside> {
  const { privateKey } = await networkIdentity()
  const host = await createHost({
    privateKey,
    listen: [],
    topics: TOPICS,
    isRegistered: (peer) => registered.includes(peer),
    isQuarantined: () => false,
    test: false,
    clock: systemClock(),
  })
  const { pubsub } = host.services
  if (!hasInside(pubsub)) throw new Error('Expected the class of gossipsub, got another.')
  return pubsub
}

function hasInside(pubsub: object): pubsub is Inside {
  return 'opts' in pubsub && 'score' in pubsub
}

test('R-415 listens to any number of peers of one address, a relay or a NAT, and not to one that sends bad messages', async () => {
  const reporters = Array.from({ length: 64 }, (_, i) => `reporter ${i}`)
  const { score, opts } = await insideOf(reporters)
  for (const peer of [...reporters, 'stranger', 'hostile']) {
    score.addPeer(peer)
    score.addIP(peer, '203.0.113.7')
  }
  for (let sent = 0; sent < 2; sent += 1) score.rejectInvalidMessage('hostile', TOPICS.observation)
  expect(reporters.map((peer) => score.score(peer))).toEqual(reporters.map(() => 10))
  expect(score.score('stranger')).toBe(0)
  expect(score.score('hostile')).toBe(-240)
  expect(opts.scoreThresholds.graylistThreshold).toBe(-80)
})

test('R-416 gossips what is rare and valuable: to all at once, remembered for two minutes and recognised for ten', async () => {
  const { opts } = await insideOf()
  expect(opts).toMatchObject({
    globalSignaturePolicy: 'StrictNoSign',
    allowedTopics: Object.values(TOPICS),
    D: 8,
    Dlo: 6,
    Dhi: 12,
    heartbeatInterval: 1_000,
    floodPublish: true,
    mcacheLength: 130,
    mcacheGossip: 120,
    seenTTL: 600_000,
    maxInboundDataLength: 524_288,
    allowPublishToZeroTopicPeers: false,
    runOnLimitedConnection: true,
    fallbackToFloodsub: false,
    emitSelf: false,
  })
  const message = { topic: TOPICS.report, data: Uint8Array.of(1, 2, 3) }
  const id = messageId(message.topic, message.data)
  expect([opts.msgIdFn(message), opts.fastMsgIdFn(message)]).toEqual([id, bytesToHex(id)])
})
