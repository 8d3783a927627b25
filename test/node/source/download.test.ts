import { expect, test } from 'vitest'
import { download } from '../../../node/source/download.ts'
import { createRests } from '../../../node/source/rests.ts'
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

const ASKED = new Date('2026-01-01T00:00:00Z')

test.each([
  [429, { 'retry-after': '30' }, 30],
  [418, { 'retry-after': '6' }, 6],
  [503, { 'retry-after': ' 86400 ' }, 600],
  [429, { date: ASKED.toUTCString(), 'retry-after': new Date(ASKED.getTime() + 90_000).toUTCString() }, 90],
] as const)('a venue that asks with %i and %o to be let alone is, for %i s', async (status, headers, seconds) => {
  const venue = await openVenue((_request, response) => response.writeHead(status, headers).end())
  const shared = { ...context(), rests: createRests() }
  const first = { reason: `HTTP ${status} and to be let alone for ${seconds} s`, attempts: 1 }
  await expect(download(`${venue.url}/a`, LIMITS, shared)).rejects.toMatchObject(first)
  // Nor is another of its addresses asked.
  shared.clock.pass(seconds * 1_000 - 5_001)
  await expect(download(`${venue.url}/b`, LIMITS, shared)).rejects.toMatchObject({
    reason: 'a venue that asked to be let alone for 6 s more',
    attempts: 0,
  })
  expect(venue.paths).toEqual(['/a'])
  // The last five seconds are waited for.
  shared.clock.pass(1)
  await expect(download(`${venue.url}/b`, LIMITS, shared)).rejects.toMatchObject(first)
  expect(shared.clock.sleeps).toEqual([5_000])
})

test('a venue that asks for a few seconds is asked again after them, and a longer rest that it asked for stays', async () => {
  const answers = [{ 'retry-after': '2' }, {}]
  const venue = await openVenue((_request, response) => {
    const headers = answers.shift()
    response.writeHead(headers?.['retry-after'] === undefined ? 200 : 429, headers).end('1')
  })
  const shared = { ...context(), rests: createRests() }
  expect(await download(venue.url, LIMITS, shared)).toBe('1')
  expect(shared.clock.sleeps).toEqual([2_000])
  shared.rests.rest(venue.url, 600_000, 0)
  shared.rests.rest(`${venue.url}/other`, 1_000, 1_000)
  expect(shared.rests.leftMs(venue.url, 1_000)).toBe(599_000)
})

test('a date to ask again at is measured from now where the response has none', async () => {
  const venue = await openVenue((_request, response) => {
    response.sendDate = false
    response.writeHead(429, { 'retry-after': ASKED.toUTCString() }).end()
  })
  const early = context()
  early.clock.set(BigInt(ASKED.getTime() / 1_000) - 20n)
  await expect(download(venue.url, LIMITS, early)).rejects.toMatchObject({
    reason: 'HTTP 429 and to be let alone for 20 s',
  })
})

test.each([
  [429, '0'],
  [429, 'soon'],
  [429, '-30'],
  [429, 'Thu, 01 Jan 1970 00:00:00 GMT'],
  [500, '30'],
])('a venue that says %i and Retry-After "%s" is asked again as any other', async (status, retryAfter) => {
  const venue = await openVenue((_request, response) => response.writeHead(status, { 'retry-after': retryAfter }).end())
  const shared = { ...context(), rests: createRests() }
  await expect(download(venue.url, LIMITS, shared)).rejects.toMatchObject({ reason: `HTTP ${status}`, attempts: 3 })
  expect(shared.clock.sleeps).toEqual([250, 500])
})
