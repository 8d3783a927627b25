import { expect, test } from 'vitest'
import { download } from '../../../node/source/download.ts'
import { fakeClock, type FakeClock } from '../fake-clock.ts'
import { openVenue, openVenueOf } from './venue.ts'

const LIMITS = { timeoutMs: 60_000, maxBytes: 100 }

function context(random = 0.5): { clock: FakeClock; signal: AbortSignal; random: () => number } {
  return { clock: fakeClock(), signal: new AbortController().signal, random: () => random }
}

test('takes a body of exactly the cap, and refuses one byte more without asking again', async () => {
  const full = await openVenueOf('x'.repeat(100))
  expect(await download(full.url, LIMITS, context())).toBe('x'.repeat(100))
  const over = await openVenueOf('x'.repeat(101))
  await expect(download(over.url, LIMITS, context())).rejects.toMatchObject({
    name: 'Source.DownloadError',
    reason: 'more than 100 bytes',
    attempts: 1,
  })
  expect(over.paths).toHaveLength(1)
})

test('stops reading an endless body at the cap', async () => {
  let isClosed = false
  const venue = await openVenue((_request, response) => {
    const timer = setInterval(() => response.write('x'.repeat(50)), 1)
    response.on('close', () => {
      isClosed = true
      clearInterval(timer)
    })
  })
  await expect(download(venue.url, LIMITS, context())).rejects.toMatchObject({ reason: 'more than 100 bytes' })
  await expect.poll(() => isClosed).toBe(true)
})

test('asks again after a failure that may pass, with a growing, jittered pause', async () => {
  let asked = 0
  const venue = await openVenue((_request, response) => {
    asked += 1
    response.writeHead(asked < 3 ? 503 : 200).end('fine')
  })
  const calm = context(0.5)
  expect(await download(venue.url, LIMITS, calm)).toBe('fine')
  expect(calm.clock.sleeps).toEqual([250, 500])
  asked = 0
  const eager = context(0)
  await download(venue.url, LIMITS, eager)
  expect(eager.clock.sleeps).toEqual([125, 250])
})

test.each([
  [503, 3],
  [429, 3],
  [408, 3],
  [404, 1],
  [400, 1],
])('gives up on HTTP %i after %i tries and says so', async (status, tries) => {
  const venue = await openVenue((_request, response) => response.writeHead(status).end())
  await expect(download(venue.url, LIMITS, context())).rejects.toMatchObject({
    reason: `HTTP ${status}`,
    attempts: tries,
  })
  expect(venue.paths).toHaveLength(tries)
})

test('names a timeout, and a venue that is not there', async () => {
  const silent = await openVenue(() => undefined)
  await expect(download(silent.url, { ...LIMITS, timeoutMs: 50 }, context())).rejects.toMatchObject({
    reason: 'no answer in 50 ms',
  })
  await expect(download('http://127.0.0.1:9', LIMITS, context())).rejects.toMatchObject({
    reason: expect.stringMatching(/ECONNREFUSED|bad port/),
  })
})

test('ends at once when the node stops', async () => {
  const venue = await openVenue(() => undefined)
  const controller = new AbortController()
  const started = download(venue.url, LIMITS, { ...context(), signal: controller.signal })
  controller.abort()
  await expect(started).rejects.toMatchObject({ name: 'AbortError' })
})
