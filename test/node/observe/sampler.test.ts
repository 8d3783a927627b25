import { expect, test } from 'vitest'
import { fetchSamples, type Sampling } from '#node/source'
import { sampleOpens } from '#protocol/aggregate.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { Clock } from '../../../node/clock.ts'
import { createSampler, type Sample } from '../../../node/observe/sampler.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { fakeClock, type FakeClock } from '../fake-clock.ts'
import { FIXING, MATURITY } from '../reporters.ts'
import { openVenue } from '../source/venue.ts'

const DOCUMENT = threeSamples([sourceJson('a'), sourceJson('b')])
const WHOLE = samplingOf({ a: ['1', '2', '3'], b: ['1', '2', '3'] })
const FAILED: Sampling = { ...samplingOf({ a: ['1', '2', '3'] }), failures: [{ sourceId: 'b', reason: 'HTTP 429' }] }

function samplingOf(closes: Record<string, (string | undefined)[]>): Sampling {
  const samples = Object.entries(closes).map(([sourceId, each]) => ({ sourceId, quote: 'USD', closes: each }))
  return { opens: [], samples, failures: [], records: [] }
}

type Asked = {
  readonly maturity?: bigint
  readonly isTrusted?: boolean
  readonly isPressing?: boolean
  readonly tries?: number
}

type Desk = {
  readonly clock: FakeClock
  /** The maturities of the readings that began, in order. */
  readonly begun: bigint[]
  /** Ends the reading that began first of those that have not ended. */
  readonly end: (sampling?: Sampling | Error) => Promise<void>
  /** Ends the wait of every place that is taken. */
  readonly tire: () => Promise<void>
  readonly sample: (changes?: Asked) => Promise<Sampling>
}

/** Two readings at once, which end when the test says so. */
function desk(): Desk {
  const clock = fakeClock(MATURITY)
  const begun: bigint[] = []
  const running: PromiseWithResolvers<Sampling>[] = []
  const bored: (() => void)[] = []
  const patient: Clock = {
    ...clock,
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        bored.push(resolve)
        signal.addEventListener('abort', () => reject(new Error('aborted')))
      }),
  }
  const sample: Sample = createSampler({
    clock: patient,
    atOnce: 2,
    read: (_document: IndexDocument, maturity) => {
      begun.push(maturity)
      const reading = Promise.withResolvers<Sampling>()
      running.push(reading)
      return reading.promise
    },
  })
  return {
    clock,
    begun,
    async end(sampling = WHOLE) {
      const reading = running.shift()
      if (sampling instanceof Error) reading?.reject(sampling)
      else reading?.resolve(sampling)
      await settled()
    },
    async tire() {
      for (const end of bored.splice(0)) end()
      await settled()
    },
    sample: ({ maturity = MATURITY, isTrusted = false, isPressing = false, tries = 0 } = {}) =>
      sample({ fixing: { ...FIXING, maturity }, document: DOCUMENT, isTrusted, isPressing }, tries),
  }
}

/** Everything that waits for nothing but promises has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** The maturity so many candles later. */
const later = (candles: number): bigint => MATURITY + 60n * BigInt(candles)

test('asks a venue once for any number of fixings of one index and maturity', async () => {
  const opens = [MATURITY - 180n, MATURITY - 120n, MATURITY - 60n]
  const rows = `[${opens.map((open) => `[${open},0,0,0,100]`).join(',')}]`
  const venue = await openVenue((_request, response) => response.end(rows))
  const document = threeSamples(['a', 'b', 'c'].map((id) => sourceJson(id, { url: `${venue.url}/${id}` })))
  const clock = fakeClock(MATURITY)
  const read = (one: IndexDocument, maturity: bigint): Promise<Sampling> =>
    fetchSamples(one, maturity, { clock, signal: new AbortController().signal })
  const sample = createSampler({ clock, read, atOnce: 4 })
  const ask = (): Promise<Sampling> => sample({ fixing: FIXING, document, isTrusted: false, isPressing: false }, 0)
  const all = await Promise.all(Array.from({ length: 500 }, ask))
  all.push(await ask())
  expect(venue.paths.toSorted()).toEqual(['/a', '/b', '/c'])
  expect(new Set(all.map(({ samples }) => samples.length))).toEqual(new Set([3]))
})

test('gives the same of maturities whose windows have the same candles, and reads another window anew', async () => {
  const { begun, end, sample } = desk()
  const [first, second, third] = [sample(), sample({ maturity: MATURITY + 59n }), sample({ maturity: MATURITY + 60n })]
  await end()
  await end(FAILED)
  expect(await Promise.all([first, second, third])).toEqual([WHOLE, WHOLE, FAILED])
  expect(begun).toEqual([MATURITY, MATURITY + 60n])
})

test('keeps what is whole, and what is not until its pause is over, which is twice as long each time', async () => {
  const { begun, clock, end, sample } = desk()
  const first = sample()
  await end(FAILED)
  expect(await first).toEqual(FAILED)
  clock.pass(499)
  expect(await sample()).toEqual(FAILED)
  expect(begun).toHaveLength(1)
  clock.pass(1)
  const second = sample()
  const lacking = samplingOf({ a: ['1', '2', '3'], b: ['1', '2', undefined] })
  await end(lacking)
  expect(await second).toEqual(lacking)
  clock.pass(999)
  expect(await sample()).toEqual(lacking)
  expect(begun).toHaveLength(2)
  clock.pass(1)
  const third = sample()
  await end(WHOLE)
  expect(await third).toEqual(WHOLE)
  clock.pass(86_400_000)
  expect(await sample()).toEqual(WHOLE)
  expect(begun).toHaveLength(3)
})

test('waits a minute at most before what is not whole is read again, or an eighth of its age unless a deadline presses', async () => {
  const { begun, clock, end, sample } = desk()
  const readAgain = async (asked: Asked = {}): Promise<boolean> => {
    const before = begun.length
    void sample(asked)
    if (begun.length > before) await end(FAILED)
    return begun.length > before
  }
  for (let tries = 1; tries <= 20; tries += 1) {
    expect(await readAgain()).toBe(true)
    clock.pass(60_000)
  }
  clock.set(MATURITY + 3_600n)
  expect([await readAgain(), await readAgain({ isPressing: true })]).toEqual([false, true])
  clock.pass(449_999)
  expect(await readAgain()).toBe(false)
  clock.pass(1)
  expect(await readAgain()).toBe(true)
})

test('keeps what it read only once the last candle has been closed for a minute: venues correct those', async () => {
  const { begun, clock, end, sample } = desk()
  const fresh = { ...WHOLE, opens: sampleOpens(DOCUMENT, MATURITY) }
  for (const seconds of [0n, 59n, 61n, 3_600n]) {
    clock.set(MATURITY + seconds)
    clock.pass(60_000)
    void sample()
    await end(fresh)
  }
  expect(begun).toHaveLength(3)
})

test('reads for as many windows at once as it may, and first for what the operator trusts', async () => {
  const { begun, end, sample } = desk()
  void sample({ maturity: later(0) })
  void sample({ maturity: later(1) })
  void sample({ maturity: later(2) })
  void sample({ maturity: later(3) })
  void sample({ maturity: later(4), isTrusted: true })
  // Somebody who is trusted waits for what others came for.
  void sample({ maturity: later(3), isTrusted: true })
  expect(begun).toEqual([later(0), later(1)])
  for (let i = 0; i < 5; i += 1) await end()
  expect(begun).toEqual([later(0), later(1), later(3), later(4), later(2)])
})

test('reads first what was tried least, of what is trusted alike: what cannot be read keeps nothing waiting that can', async () => {
  const { begun, end, sample } = desk()
  const asked: readonly (readonly [candles: number, tries: number, isTrusted?: boolean])[] = [
    [0, 0],
    [1, 0],
    [2, 9, true],
    [3, 5, true],
    [4, 5, true],
    [5, 0],
    [6, 0, true],
    // Another of the same window is new to it.
    [2, 1, true],
  ]
  for (const [candles, tries, isTrusted = false] of asked) void sample({ maturity: later(candles), tries, isTrusted })
  for (let i = 0; i < 7; i += 1) await end()
  expect(begun).toEqual([0, 1, 6, 2, 3, 4, 5].map(later))
})

test('reads first what presses, of what is trusted alike, however often it was tried', async () => {
  const { begun, end, sample } = desk()
  for (const candles of [0, 1]) void sample({ maturity: later(candles) })
  void sample({ maturity: later(2), isTrusted: true })
  void sample({ maturity: later(3), isTrusted: true, isPressing: true, tries: 20 })
  void sample({ maturity: later(4), isPressing: true })
  void sample({ maturity: later(5), isTrusted: true, tries: 2 })
  // Its deadline begins while it waits.
  void sample({ maturity: later(5), isTrusted: true, isPressing: true, tries: 9 })
  for (let i = 0; i < 6; i += 1) await end()
  expect(begun).toEqual([0, 1, 5, 3, 2, 4].map(later))
})

test('lets others begin beside a reading that takes long, and gives it to whoever waits all the same', async () => {
  const { begun, end, sample, tire } = desk()
  const slow = [sample({ maturity: later(0) }), sample({ maturity: later(1) })]
  void sample({ maturity: later(2) })
  expect(begun).toHaveLength(2)
  await tire()
  expect(begun).toEqual([later(0), later(1), later(2)])
  await end()
  await end()
  expect(await Promise.all(slow)).toEqual([WHOLE, WHOLE])
})

test('what fails is told to those who wait for it alone, and nothing is kept of it', async () => {
  const { begun, end, sample } = desk()
  const [first, same, other] = [sample(), sample(), sample({ maturity: later(1) })]
  const failing = Promise.allSettled([first, same])
  await end(new Error('stopped'))
  const reason = new Error('stopped')
  expect(await failing).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ])
  await end()
  expect(await other).toEqual(WHOLE)
  const again = sample()
  await end()
  expect(await again).toEqual(WHOLE)
  expect(begun).toEqual([later(0), later(1), later(0)])
})

test('keeps the readings that were asked for last', async () => {
  const { begun, end, sample } = desk()
  for (let i = 0; i < 32; i += 1) {
    void sample({ maturity: later(i) })
    await end()
  }
  await sample({ maturity: later(0) })
  void sample({ maturity: later(32) })
  await end()
  await sample({ maturity: later(0) })
  expect(begun).toHaveLength(33)
  void sample({ maturity: later(1) })
  expect(begun).toHaveLength(34)
})
