import { setTimeout as pause } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, test } from 'vitest'
import type { Clock } from '../../../node/clock.ts'
import type { Host } from '../../../node/gossip/host.ts'
import { dropSlowReaders } from '../../../node/gossip/slow-readers.ts'
import { SILENT } from '../silent-log.ts'
import { openHostile } from './peer.ts'

const SOON = { timeout: 60_000, interval: 20 }
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A clock on which a second is a millisecond; `looks` counts what was waited for. */
function fastClock(): Clock & { readonly looks: () => number } {
  let monotonic = 0
  return {
    now: () => 0n,
    monotonicMs: () => monotonic,
    looks: () => monotonic / 1_000,
    async sleep(ms, signal) {
      await pause(ms / 1_000, undefined, { signal })
      monotonic += ms
    },
  }
}

/** A host whose slow readers are looked for, and a stream of it to a client that does not read. */
async function unread(): Promise<{ stream: Stream; server: Host; client: Host; clock: ReturnType<typeof fastClock> }> {
  const [server, client] = [await openHostile(), await openHostile()]
  await client.handle('/test', (stream) => stream.pause())
  const address = client.getMultiaddrs()[0]
  if (address === undefined) throw new Error('listening')
  const stream = await server.dialProtocol(address, '/test')
  const clock = fastClock()
  const controller = new AbortController()
  const watching = dropSlowReaders(server, { clock, log: SILENT, signal: controller.signal })
  closing.push(async () => {
    controller.abort()
    await watching
  })
  return { stream, server, client, clock }
}

test('ends a connection at once for which two megabytes wait', async () => {
  const { stream, server, client, clock } = await unread()
  stream.send(new Uint8Array(4_000_000))
  await expect.poll(() => [server, client].map((host) => host.getConnections().length), SOON).toEqual([0, 0])
  expect(clock.looks()).toBeLessThan(29)
})

test('gives a peer half a minute to read the rest, and ends the connection then', async () => {
  const { stream, server, clock } = await unread()
  const start = clock.looks()
  stream.send(new Uint8Array(1_500_000))
  await expect.poll(() => server.getConnections().length, SOON).toBe(0)
  expect(clock.looks() - start).toBeGreaterThanOrEqual(30)
})

test('leaves a peer alone for which little waits, and one that reads in the end', async () => {
  const { stream, server, client, clock } = await unread()
  const quiet = await server.dialProtocol(client.getMultiaddrs()[0] ?? multiaddr('/'), '/test')
  quiet.send(new Uint8Array(300_000))
  stream.send(new Uint8Array(1_000_000))
  const theirs = (): Stream[] => client.getConnections().flatMap(({ streams }) => streams)
  const slow = (): Stream | undefined =>
    theirs().find(({ protocol, id }) => protocol === '/test' && id === stream.id) ?? undefined
  await expect.poll(() => slow() !== undefined, SOON).toBe(true)
  slow()?.addEventListener('message', () => undefined)
  slow()?.resume()
  await expect.poll(() => stream.writeBufferLength, SOON).toBe(0)
  const end = clock.looks() + 100
  await expect.poll(() => clock.looks() > end, SOON).toBe(true)
  expect(server.getConnections()).toHaveLength(1)
})
