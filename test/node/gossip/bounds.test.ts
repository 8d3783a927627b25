import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { messageId } from '../../../node/gossip/message-id.ts'
import { createParking } from '../../../node/gossip/parking.ts'
import { createQuarantine } from '../../../node/gossip/quarantine.ts'
import { scoring } from '../../../node/gossip/score.ts'
import { createTokenBuckets } from '../../../node/gossip/token-bucket.ts'
import { topicsOf } from '../../../node/gossip/topics.ts'

const message = (peer: string, n: number): { peer: string; topic: string; bytes: Uint8Array } => ({
  peer,
  topic: 't',
  bytes: Uint8Array.of(n),
})

test('keeps parked messages within both bounds, dropping the oldest', () => {
  const parking = createParking({ maxTotal: 4, maxPerPeer: 2 })
  for (const n of [1, 2, 3]) parking.park(message('a', n))
  expect(parking.size).toBe(2)
  for (const n of [4, 5]) parking.park(message('b', n))
  parking.park(message('c', 6))
  expect(parking.takeAll()).toEqual([message('a', 3), message('b', 4), message('b', 5), message('c', 6)])
  expect(parking.size).toBe(0)
})

test('who fills a full room loses what is its own, and none of the others', () => {
  const parking = createParking({ maxTotal: 6, maxPerPeer: 5 })
  parking.park(message('honest', 0))
  for (let n = 1; n <= 100; n += 1) parking.park(message(n % 2 === 0 ? 'hostile' : 'accomplice', n))
  expect(parking.size).toBe(6)
  expect(parking.takeAll()).toContainEqual(message('honest', 0))
  expect(parking.size).toBe(0)
  parking.park(message('honest', 0))
  expect(parking.size).toBe(1)
})

test('parks a message once, whoever sends it', () => {
  const parking = createParking({ maxTotal: 4, maxPerPeer: 2 })
  parking.park(message('a', 1))
  parking.park(message('b', 1))
  expect(parking.takeAll()).toEqual([message('a', 1)])
})

test('gives each peer its tokens back over time, up to its capacity', () => {
  const buckets = createTokenBuckets({ capacity: 2, perSecond: 1 }, 10)
  expect([0, 0, 0].map((ms) => buckets.take('a', ms))).toEqual([true, true, false])
  expect(buckets.take('b', 0)).toBe(true)
  expect(buckets.take('a', 999)).toBe(false)
  expect(buckets.take('a', 1_000)).toBe(true)
  expect([100_000, 100_000, 100_000].map((ms) => buckets.take('a', ms))).toEqual([true, true, false])
})

test('remembers a bounded number of peers, those used last', () => {
  const buckets = createTokenBuckets({ capacity: 1, perSecond: 0 }, 2)
  buckets.take('a', 0)
  buckets.take('b', 0)
  buckets.take('a', 0)
  buckets.take('c', 0)
  // b was used longest ago and starts full again; a did not.
  expect(buckets.take('a', 0)).toBe(false)
  expect(buckets.take('b', 0)).toBe(true)
})

test('quarantines a peer at its second bad message, for an hour', () => {
  const quarantine = createQuarantine(10)
  expect(quarantine.blame('a', 0)).toBe(false)
  expect(quarantine.has('a', 0)).toBe(false)
  expect(quarantine.blame('a', 1_000)).toBe(true)
  expect(quarantine.has('a', 3_600_999)).toBe(true)
  expect(quarantine.has('a', 3_601_000)).toBe(false)
  expect(quarantine.has('b', 1_000)).toBe(false)
})

test('quarantines a peer at its 32nd message of nobody, or fewer and a bad one', () => {
  const quarantine = createQuarantine(10)
  const doubts = Array.from({ length: 32 }, () => quarantine.doubt('a', 0))
  expect(doubts.indexOf(true)).toBe(31)
  expect(quarantine.blame('b', 0)).toBe(false)
  const after = Array.from({ length: 16 }, () => quarantine.doubt('b', 0))
  expect(after.indexOf(true)).toBe(15)
})

test('condemns a peer at once', () => {
  const quarantine = createQuarantine(10)
  quarantine.condemn('a', 0)
  expect([quarantine.has('a', 0), quarantine.has('a', 3_600_000), quarantine.has('b', 0)]).toEqual([true, false, false])
})

test('R-416 identifies a message by topic and data, the signature included', () => {
  const data = Uint8Array.of(1, 2, 3)
  const want = createHash('sha256').update('topic').update(Uint8Array.of(0)).update(data).digest().subarray(0, 20)
  expect(Buffer.from(messageId('topic', data))).toEqual(want)
  expect(messageId('topi', Uint8Array.of(99, 0, 1))).not.toEqual(messageId('topic', Uint8Array.of(1)))
})

test('R-416 names four topics per deployment', () => {
  expect(topicsOf({ chainId: 1, oracle: '0xABCDEF0123456789abcdef0123456789abcdef01' })).toEqual({
    observation: '/assize/1/1-abcdef01/observation',
    report: '/assize/1/1-abcdef01/report',
    evidence: '/assize/1/1-abcdef01/evidence',
    presence: '/assize/1/1-abcdef01/presence',
  })
})

test('scores every topic, so that a bad message costs something on each', () => {
  const topics = topicsOf({ chainId: 1, oracle: '0xABCDEF0123456789abcdef0123456789abcdef01' })
  const { scoreParams, scoreThresholds } = scoring({ topics, isRegistered: (peer) => peer === 'registered' })
  expect(Object.keys(scoreParams.topics ?? {})).toEqual(Object.values(topics))
  for (const topic of Object.values(scoreParams.topics ?? {})) {
    const { topicWeight, invalidMessageDeliveriesWeight } = topic
    expect(topicWeight * invalidMessageDeliveriesWeight).toBeLessThan(scoreThresholds.publishThreshold ?? 0)
    expect(4 * topicWeight * invalidMessageDeliveriesWeight).toBeLessThan(scoreThresholds.graylistThreshold ?? 0)
    expect(topic.meshMessageDeliveriesWeight).toBe(0)
  }
  expect(scoreParams.appSpecificScore?.('registered')).toBe(10)
  expect(scoreParams.appSpecificScore?.('stranger')).toBe(0)
})
