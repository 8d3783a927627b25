import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, test } from 'vitest'
import type { Clock } from '../../../node/clock.ts'
import type { Host } from '../../../node/gossip/host.ts'
import { dropSlowReaders } from '../../../node/gossip/slow-readers.ts'
import { SILENT } from '../silent-log.ts'
import { openHostile } from './peer.ts'

const SOON = { interval: 20 }
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A clock that stands still between looks; `look` has the next ones come, one after the other. */
function steppedClock(): Clock & { readonly look: (times?: number) => Promise<void> } {
  let monotonic = 0
  let asleep = Promise.withResolvers<() => void>()
  return {
    now: () => 0n,
    monotonicMs: () => monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve())
        asleep.resolve(() => {
          monotonic += ms
          resolve()
        })
      }),
    async look(times = 1) {
      for (let i = 0; i < times; i += 1) {
        const wake = await asleep.promise
        asleep = Promise.withResolvers()
        wake()
        await asleep.promise
      }
    },
  }
}

/** A host whose slow readers are looked for, and a stream of it to a client that does not read. */
async function unread(): Promise<{
  stream: Stream
  server: Host
  client: Host
  clock: ReturnType<typeof steppedClock>
}> {
  const [server, client] = [await openHostile(), await openHostile()]
  await client.handle('/test', (stream) => stream.pause())
  const address = client.getMultiaddrs()[0]
  if (address === undefined) throw new Error('listening')
  const stream = await server.dialProtocol(address, '/test')
  const clock = steppedClock()
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
  await clock.look()
  await expect.poll(() => [server, client].map((host) => host.getConnections().length), SOON).toEqual([0, 0])
})

test('gives a peer half a minute to read the rest, and ends the connection then', async () => {
  const { stream, server, clock } = await unread()
  stream.send(new Uint8Array(1_500_000))
  // It is seen at the first of them.
  await clock.look(30)
  expect([stream.status, server.getConnections().length]).toEqual(['open', 1])
  await clock.look()
  await expect.poll(() => server.getConnections().length, SOON).toBe(0)
})

test('leaves a peer alone for which little waits, and one that reads in the end', async () => {
  const { stream, server, client, clock } = await unread()
  const quiet = await server.dialProtocol(client.getMultiaddrs()[0] ?? multiaddr('/'), '/test')
  quiet.send(new Uint8Array(300_000))
  stream.send(new Uint8Array(1_000_000))
  await clock.look(29)
  const theirs = (): Stream[] => client.getConnections().flatMap(({ streams }) => streams)
  const slow = (): Stream | undefined =>
    theirs().find(({ protocol, id }) => protocol === '/test' && id === stream.id) ?? undefined
  await expect.poll(() => slow() !== undefined, SOON).toBe(true)
  slow()?.addEventListener('message', () => undefined)
  slow()?.resume()
  await expect.poll(() => stream.writeBufferLength, SOON).toBe(0)
  await clock.look(100)
  expect(stream.status).toBe('open')
  expect(server.getConnections()).toHaveLength(1)
})
