import { setImmediate } from 'node:timers/promises'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { Sampling } from '#node/source'
import type { Observation, SignedObservation } from '#protocol/observation.ts'
import { observe } from '../../../node/observe/observe.ts'
import {
  createReporter,
  type Own,
  type Reporter,
  type ReporterComponents,
  type Target,
} from '../../../node/observe/reporter.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { fakeClock, type FakeClock } from '../fake-clock.ts'
import { journalMemory } from '../memories.ts'
import { FIXING, FIXING_ID, MATURITY, observationOf, reportedBy, WAD } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'

const TARGET: Target = {
  id: FIXING_ID,
  fixing: FIXING,
  document: threeSamples([sourceJson('a')]),
  isReporter: true,
  isTrusted: true,
  isPressing: false,
}
const GOOD: Sampling = {
  opens: [0n, 60n, 120n],
  samples: [{ sourceId: 'a', quote: 'USD', closes: ['100', '100', '100'] }],
  failures: [],
  records: [],
}
const BAD: Sampling = { ...GOOD, samples: [], failures: [{ sourceId: 'a', reason: 'HTTP 500' }] }

const SURE = { sources: 4, spreadPpm: 9n }

type Desk = {
  readonly reporter: Reporter
  readonly clock: FakeClock
  /** What happened, in order. */
  readonly order: string[]
  readonly own: Map<Hex, Own>
  readonly samplings: Sampling[]
  readonly attend: (target?: Target) => Promise<void>
}

function desk(samplings: Sampling[], changes: Partial<ReporterComponents> = {}): Desk {
  const clock = fakeClock(MATURITY)
  const order: string[] = []
  const own = new Map<Hex, Own>()
  const journal = journalMemory()
  const reporter = createReporter({
    clock,
    signal: new AbortController().signal,
    journal: {
      ...journal,
      write: async (line) => void order.push(`journal ${line.action}`),
    },
    log: SILENT,
    observe,
    date: () => clock.now(),
    sample: async () => {
      order.push('sample')
      return samplings.shift() ?? BAD
    },
    own: {
      put: async (row) => {
        order.push('keep own')
        own.set(row.observation.fixingId, row)
      },
      get: async (id) => own.get(id),
    },
    archive: async () => void order.push('archive'),
    sign: async (observation): Promise<SignedObservation> => {
      order.push(`sign ${observation.value}`)
      return { ...observation, signature: (await reportedBy(0)).signed.signature }
    },
    kept: () => undefined,
    hear: async () => undefined,
    keep: async () => {
      order.push('publish')
      return true
    },
    onChange: () => undefined,
    ...changes,
  })
  return {
    reporter,
    clock,
    order,
    own,
    samplings,
    attend: async (target = TARGET) => {
      reporter.attend(target)
      await reporter.idle()
    },
  }
}

test('keeps its observation on disk before it signs it, and publishes it once', async () => {
  const { order, attend, reporter } = desk([GOOD])
  await attend()
  await attend()
  expect(order).toEqual([
    'sample',
    'archive',
    'keep own',
    'journal observe',
    `sign ${100n * WAD}`,
    'publish',
    'journal sign',
  ])
  expect(reporter.view(FIXING_ID).observation).toMatchObject({ value: 100n * WAD, observedAt: MATURITY })
})

test('signs nothing as long as its observation is not on disk, and publishes nothing', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { promise: written, resolve: write } = Promise.withResolvers<void>()
  const put = async (): Promise<void> => {
    ask()
    await written
    order.push('keep own')
  }
  const { order, attend, reporter } = desk([GOOD], { own: { put, get: async () => undefined } })
  const attended = attend()
  await asked
  // Whoever did not wait for the disk has signed by then.
  await setImmediate()
  expect(order).toEqual(['sample', 'archive'])
  expect(reporter.view(FIXING_ID)).toEqual({})
  write()
  await attended
  expect(order.slice(2)).toEqual(['keep own', 'journal observe', `sign ${100n * WAD}`, 'publish', 'journal sign'])
})

test('abstains with a reason and tries again later and later, until the sources are back', async () => {
  const { order, attend, reporter, clock, samplings } = desk([])
  await attend()
  expect(reporter.view(FIXING_ID).abstained).toEqual({
    reason: expect.stringContaining('Candle 0 of 3'),
    dropped: [{ sourceId: 'a', reason: 'HTTP 500' }],
  })
  await attend()
  expect(order).toEqual(['sample', 'archive', 'journal abstain'])
  clock.pass(499)
  await attend()
  expect(order).toHaveLength(3)
  clock.pass(1)
  await attend()
  expect(order.splice(3)).toEqual(['sample', 'journal abstain'])
  clock.pass(999)
  await attend()
  expect(order).toHaveLength(3)
  samplings.push(GOOD)
  clock.pass(1)
  await attend()
  expect(order).toContain('publish')
  expect(reporter.view(FIXING_ID)).toMatchObject({ observation: { value: 100n * WAD } })
  expect(reporter.view(FIXING_ID).abstained).toBe(undefined)
})

test('archives an abstention again only if it has another reason, or the sources said something else', async () => {
  const record = { sourceId: 'a', origin: 'https://a.example', sha256: '01', bytes: 9 }
  const said: readonly (readonly [Sampling, isArchived: boolean])[] = [
    [BAD, true],
    [BAD, false],
    [{ ...BAD, failures: [{ sourceId: 'a', reason: 'HTTP 429' }] }, true],
    [BAD, true],
    [{ ...BAD, records: [record] }, true],
    [{ ...BAD, records: [{ ...record }] }, false],
    [{ ...BAD, records: [{ ...record, sha256: '02' }] }, true],
  ]
  const { order, attend, clock } = desk(said.map(([sampling]) => sampling))
  for (const [, isArchived] of said) {
    await attend()
    expect(order.splice(0).includes('archive')).toBe(isArchived)
    clock.pass(60_000)
  }
})

test('archives an abstention again that the store did not take', async () => {
  let isFull = true
  const archived: unknown[] = []
  const { attend, clock } = desk([], {
    archive: async (_id, record) => {
      if (isFull) throw new Error('no room')
      archived.push(record)
    },
  })
  await attend()
  isFull = false
  clock.pass(60_000)
  await attend()
  expect(archived).toMatchObject([{ failures: BAD.failures }])
})

test('asks the less often the longer ago a fixing matured, each minute while a deadline runs, and each minute for its signature', async () => {
  let isRefused = true
  const { order, attend, clock, samplings } = desk([], {
    sign: async (observation): Promise<SignedObservation> => {
      order.push('sign')
      if (isRefused) throw new Error('refused')
      return { ...observation, signature: (await reportedBy(0)).signed.signature }
    },
  })
  for (let tries = 0; tries < 20; tries += 1) {
    await attend()
    clock.pass(60_000)
  }
  clock.set(MATURITY + 3_600n)
  const asked = async (target?: Target): Promise<string[]> => {
    order.splice(0)
    await attend(target)
    return order.filter((what) => what === 'sample' || what === 'sign')
  }
  expect(await asked()).toEqual([])
  expect(await asked({ ...TARGET, isPressing: true })).toEqual(['sample'])
  clock.pass(449_999)
  expect(await asked()).toEqual([])
  clock.pass(1)
  samplings.push(GOOD)
  expect(await asked()).toEqual(['sample', 'sign'])
  clock.pass(59_999)
  expect(await asked()).toEqual([])
  clock.pass(1)
  isRefused = false
  expect(await asked()).toEqual(['sign'])
})

test('signs nothing that is dated before the maturity, to which a clock was set back, and signs at the next try', async () => {
  let time = MATURITY - 1n
  const { order, attend, clock } = desk([GOOD, GOOD], { date: () => time })
  await attend()
  expect(order).toEqual(['sample'])
  time = MATURITY
  clock.pass(500)
  await attend()
  expect(order.slice(1)).toEqual([
    'sample',
    'archive',
    'keep own',
    'journal observe',
    `sign ${100n * WAD}`,
    'publish',
    'journal sign',
  ])
})

test('signs the very observation it kept before a crash, without asking the sources again', async () => {
  const { order, own, attend } = desk([GOOD])
  own.set(FIXING_ID, { observation: observationOf({ value: 7n }), confidence: SURE })
  await attend()
  expect(order).toEqual(['sign 7', 'publish', 'journal sign'])
})

test('signs nothing when its own signed observation came back from peers', async () => {
  const { order, attend, reporter } = desk([GOOD], { kept: () => observationOf({ value: 8n }) })
  await attend()
  expect(order).toEqual([])
  expect(reporter.view(FIXING_ID).observation?.value).toBe(8n)
})

test.each(['its sources were asked', 'peers were heard'] as const)(
  'signs nothing when its own signed observation came back from peers while %s',
  async (when) => {
    let kept: Observation | undefined
    const comeBack = (moment: typeof when): void => {
      if (moment === when) kept = observationOf({ value: 8n })
    }
    const { order, attend, reporter } = desk([], {
      sample: async () => {
        comeBack('its sources were asked')
        return GOOD
      },
      hear: async () => comeBack('peers were heard'),
      kept: () => kept,
    })
    await attend()
    await attend()
    expect(order).toEqual(['archive', 'keep own', 'journal observe'])
    expect(reporter.view(FIXING_ID)).toEqual({ observation: kept, confidence: undefined })
  },
)

test('takes the observation that came from peers while its own was being signed, which is not published', async () => {
  let kept: Observation | undefined
  const { order, attend, reporter, clock } = desk([GOOD], {
    kept: () => kept,
    keep: async () => {
      kept = observationOf({ value: 8n })
      return false
    },
  })
  await attend()
  expect(order.slice(-2)).toEqual([`sign ${100n * WAD}`, 'journal refused'])
  clock.pass(500)
  await attend()
  expect(order.at(-1)).toBe('journal refused')
  expect(reporter.view(FIXING_ID).observation?.value).toBe(8n)
})

test('hears peers of an old fixing only before it signs', async () => {
  let heard = 0
  const { attend, clock } = desk([GOOD], {
    hear: async () => {
      heard += 1
    },
  })
  await attend({ ...TARGET, isReporter: false })
  expect(heard).toBe(0)
  for (let i = 0; i < 2; i += 1) {
    clock.pass(60_000)
    await attend()
  }
  expect(heard).toBe(1)
})

test('observes without signing when it is no reporter', async () => {
  const { order, attend, reporter } = desk([GOOD])
  await attend({ ...TARGET, isReporter: false })
  expect(order).toEqual(['sample', 'archive', 'keep own', 'journal observe'])
  expect(reporter.view(FIXING_ID).observation?.value).toBe(100n * WAD)
})

test('reads for a vote by a clock that is behind, and reads again before it signs, by the right one', async () => {
  let time = MATURITY - 200_000n
  const other: Sampling = { ...GOOD, samples: [{ sourceId: 'a', quote: 'USD', closes: ['101', '101', '101'] }] }
  const { order, own, attend, reporter, clock } = desk([GOOD, other], { date: () => time })
  await attend({ ...TARGET, isReporter: false })
  expect(order).toEqual(['sample', 'archive', 'journal observe'])
  expect(reporter.view(FIXING_ID).observation?.value).toBe(100n * WAD)
  expect(own.size).toBe(0)
  time = MATURITY
  clock.pass(60_000)
  await attend()
  expect(order.slice(3)).toContain(`sign ${101n * WAD}`)
  expect(own.get(FIXING_ID)?.observation).toMatchObject({ value: 101n * WAD, observedAt: MATURITY })
})

test('signs once what it has observed before it was a reporter, and asks the sources no second time', async () => {
  const { order, attend, clock } = desk([GOOD])
  const observed = ['sample', 'archive', 'keep own', 'journal observe']
  const signed = [...observed, `sign ${100n * WAD}`, 'publish', 'journal sign']
  for (const [isReporter, want] of [
    [false, observed],
    [false, observed],
    [true, signed],
    [false, signed],
    [true, signed],
  ] as const) {
    await attend({ ...TARGET, isReporter })
    expect(order).toEqual(want)
    clock.pass(60_000)
  }
})

test('publishes nothing when the guard refuses, and does not give up watching', async () => {
  const refusing = desk([GOOD], {
    sign: async () => {
      throw new Error('refused')
    },
  })
  await refusing.attend()
  expect(refusing.order).not.toContain('publish')
  expect(refusing.reporter.view(FIXING_ID).observation?.value).toBe(100n * WAD)
})

test('knows how sure its observation is, through a restart, unless it was got back from peers or is another', async () => {
  const now = desk([GOOD])
  await now.attend()
  expect(now.reporter.view(FIXING_ID).confidence).toEqual({ sources: 1, spreadPpm: 0n })
  expect(now.own.get(FIXING_ID)?.confidence).toEqual({ sources: 1, spreadPpm: 0n })
  const observation = observationOf({ value: 7n })
  const before = desk([])
  before.own.set(FIXING_ID, { observation, confidence: SURE })
  await before.attend()
  expect(before.reporter.view(FIXING_ID).confidence).toEqual(SURE)
  for (const [kept, confidence] of [
    [observation, SURE],
    [{ ...observation, value: 8n }, undefined],
    [{ ...observation, observedAt: observation.observedAt + 1n }, undefined],
  ] as const) {
    const signed = desk([], { kept: () => kept })
    signed.own.set(FIXING_ID, { observation, confidence: SURE })
    await signed.attend()
    expect(signed.reporter.view(FIXING_ID)).toEqual({ observation: kept, confidence })
  }
})
