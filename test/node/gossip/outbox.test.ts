import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { PeerId } from '@libp2p/interface'
import { type Hex, numberToHex } from 'viem'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { createOutbox, type Outbox, type Outgoing } from '../../../node/gossip/outbox.ts'
import { patientClock } from '../patient-clock.ts'
import { SILENT } from '../silent-log.ts'
import { networkIdentity, TOPICS } from './peer.ts'

const ending: AbortController[] = []

afterEach(() => {
  for (const controller of ending.splice(0)) controller.abort()
})

type Scene = {
  readonly outbox: Outbox
  /** What left, as `topic fixing`, or what else the bytes say. */
  readonly sent: readonly string[]
  /** So many peers are subscribed to everything. */
  readonly peers: (count: number) => void
  /** Whether a message is refused from now on, as gossipsub does. */
  readonly refuse: (text: string | undefined) => void
  /** Ends the sleep of 100 ms, if any, and waits for what follows. */
  readonly look: () => Promise<void>
  /** Sleeps so far. */
  readonly sleeps: () => number
  readonly stop: () => void
}

async function scene(): Promise<Scene> {
  const controller = new AbortController()
  ending.push(controller)
  const clock = patientClock()
  const peer = peerIdFromPrivateKey((await networkIdentity()).privateKey)
  const sent: string[] = []
  let [subscribed, refusal, sleeps]: [PeerId[], string | undefined, number] = [[], undefined, 0]
  const outbox = createOutbox({
    pubsub: {
      getSubscribers: () => subscribed,
      async publish(topic, data) {
        if (refusal !== undefined) throw new Error(refusal)
        sent.push(`${topic.split('/').at(-1)} ${new TextDecoder().decode(data)}`)
        return { recipients: subscribed }
      },
    },
    topics: TOPICS,
    clock: {
      monotonicMs: () => clock.monotonicMs(),
      sleep(ms, signal) {
        sleeps += 1
        return clock.sleep(ms, signal)
      },
    },
    log: SILENT,
    signal: controller.signal,
  })
  return {
    outbox,
    sent,
    peers: (count) => void (subscribed = Array.from({ length: count }, () => peer)),
    refuse: (text) => void (refusal = text),
    async look() {
      await nextTurn()
      clock.wake()
      await nextTurn()
    },
    sleeps: () => sleeps,
    stop: () => controller.abort(),
  }
}

const fixing = (n: number): Hex => numberToHex(n, { size: 32 })

function outgoing(n: number, more: Partial<Outgoing> = {}): Outgoing {
  const bytes = new TextEncoder().encode(`${n}`)
  return { topic: 'observation', subject: 'observation', fixingId: fixing(n), bytes, wantedPeers: 1, ...more }
}

const saying = (text: string): Pick<Outgoing, 'bytes'> => ({ bytes: new TextEncoder().encode(text) })

test('looks for company once for all that waits, and not at all when nothing does', async () => {
  const { outbox, sent, look, peers, sleeps } = await scene()
  for (let n = 0; n < 500; n += 1) outbox.put(outgoing(n))
  for (let i = 0; i < 10; i += 1) await look()
  expect(sleeps()).toBe(11)
  peers(1)
  await look()
  expect(sent).toEqual(Array.from({ length: 500 }, (_, n) => `observation ${n}`))
  await look()
  expect(sleeps()).toBe(11)
})

test('what comes when nothing waits leaves at once', async () => {
  const { outbox, sent, peers } = await scene()
  peers(1)
  outbox.put(outgoing(1))
  expect(sent).toEqual(['observation 1'])
  await nextTurn()
  outbox.put(outgoing(2))
  expect(sent).toEqual(['observation 1', 'observation 2'])
})

test('what waited for the first peer leaves within what it takes of one peer, and all of it in the end', async () => {
  const { outbox, sent, look, peers } = await scene()
  for (let n = 0; n < 1_000; n += 1) {
    outbox.put(outgoing(n))
    outbox.put(outgoing(n, { topic: 'report', subject: 'partial' }))
  }
  const left = (topic: string): number => sent.filter((one) => one.startsWith(topic)).length
  peers(1)
  await look()
  expect([left('observation'), left('report')]).toEqual([512, 256])
  for (let i = 0; i < 10; i += 1) await look()
  expect([left('observation'), left('report')]).toEqual([512 + 128, 256 + 32])
  for (let i = 0; i < 225; i += 1) await look()
  expect([left('observation'), left('report')]).toEqual([1_000, 1_000])
  expect(new Set(sent).size).toBe(2_000)
})

test('waits five seconds for as many peers as are wanted, and then for one', async () => {
  const { outbox, sent, look, peers } = await scene()
  outbox.put(outgoing(1, { wantedPeers: 4 }))
  outbox.put(outgoing(2, { wantedPeers: 2 }))
  peers(2)
  await look()
  expect(sent).toEqual(['observation 2'])
  for (let i = 0; i < 48; i += 1) await look()
  expect(sent).toEqual(['observation 2'])
  await look()
  expect(sent).toEqual(['observation 2', 'observation 1'])
  peers(0)
  outbox.put(outgoing(3, { wantedPeers: 0 }))
  for (let i = 0; i < 60; i += 1) await look()
  expect(sent).toEqual(['observation 2', 'observation 1'])
})

test('of one subject the newest alone leaves, and each subject of a fixing', async () => {
  const { outbox, sent, look, peers } = await scene()
  outbox.put(outgoing(1))
  outbox.put(outgoing(1, { topic: 'report', subject: 'request', ...saying('first call') }))
  outbox.put(outgoing(1, { topic: 'report', subject: 'request', ...saying('second call') }))
  outbox.put(outgoing(1, { topic: 'report', subject: 'partial', ...saying('part') }))
  outbox.put(outgoing(1, { topic: 'evidence', subject: 'evidence 1', ...saying('of 1') }))
  outbox.put(outgoing(1, { topic: 'evidence', subject: 'evidence 2', ...saying('of 2') }))
  peers(1)
  await look()
  expect(sent).toEqual(['observation 1', 'report second call', 'report part', 'evidence of 1', 'evidence of 2'])
})

test('sends nothing of a fixing that it was told to forget, and nothing that came to its end', async () => {
  const { outbox, sent, look, peers } = await scene()
  const until = new AbortController()
  outbox.put(outgoing(1))
  outbox.put(outgoing(2, { topic: 'presence', subject: 'presence', until: until.signal }))
  outbox.put(outgoing(3))
  outbox.forget(fixing(1))
  until.abort()
  peers(1)
  await look()
  expect(sent).toEqual(['observation 3'])
})

test('keeps what waits of 16 384 fixings, and leaves what waited longest to sync', async () => {
  const { outbox, sent, look, peers } = await scene()
  for (let n = 0; n <= 16_384; n += 1) outbox.put(outgoing(n))
  peers(1)
  await look()
  expect(sent[0]).toBe('observation 1')
})

test('keeps what gossipsub found nobody for, and gives up what it has sent before or cannot send', async () => {
  const { outbox, sent, look, peers, refuse, sleeps } = await scene()
  peers(1)
  refuse('PublishError.NoPeersSubscribedToTopic')
  outbox.put(outgoing(1))
  await look()
  refuse(undefined)
  await look()
  expect(sent).toEqual(['observation 1'])
  for (const text of ['PublishError.Duplicate', 'too large']) {
    refuse(text)
    outbox.put(outgoing(2))
    await look()
    refuse(undefined)
    await look()
  }
  expect(sent).toEqual(['observation 1'])
  expect(sleeps()).toBe(2)
})

test('sends nothing once the node has stopped', async () => {
  const { outbox, sent, look, peers, stop } = await scene()
  outbox.put(outgoing(1))
  stop()
  peers(1)
  await look()
  outbox.put(outgoing(2))
  await look()
  expect(sent).toEqual([])
})
