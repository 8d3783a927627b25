import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { createSchedule } from '../../../node/sync/schedule.ts'

const idOf = (i: number): Hex => `0x${i.toString(16).padStart(64, '0')}`

/** A clock that a test moves: who sleeps wakes when it has come so far. */
function movedClock() {
  let now = 0
  let asleep: { readonly atMs: number; readonly wake: () => void }[] = []
  return {
    monotonicMs: () => now,
    sleep: (ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        const one = { atMs: now + ms, wake: resolve }
        asleep.push(one)
        signal.addEventListener('abort', () => {
          asleep = asleep.filter((other) => other !== one)
          reject(new Error('woken'))
        })
      }),
    timers: () => asleep.length,
    async pass(ms: number): Promise<void> {
      for (const end = now + ms; now < end;) {
        now += 1
        const due = asleep.filter(({ atMs }) => atMs <= now)
        asleep = asleep.filter(({ atMs }) => atMs > now)
        for (const { wake } of due) wake()
        await new Promise((resolve) => void setImmediate(resolve))
      }
    },
  }
}

function scheduled(times: { readonly afterMs: readonly number[]; readonly everyMs: number }) {
  const clock = movedClock()
  const controller = new AbortController()
  const runs: number[] = []
  const run = (): void => void runs.push(clock.monotonicMs())
  const schedule = createSchedule({ clock, signal: controller.signal, run }, times)
  return { clock, runs, schedule, stop: () => controller.abort() }
}

test('syncs when a fixing opens, then as the schedule says, then every so often until it is settled', async () => {
  const { clock, runs, schedule } = scheduled({ afterMs: [200, 500], everyMs: 1_000 })
  schedule.open(idOf(1))
  await clock.pass(3_600)
  // What is due at once comes with the clock's next move.
  expect(runs).toEqual([1, 200, 500, 1_500, 2_500, 3_500])
  schedule.close(idOf(1))
  await clock.pass(2_000)
  expect(runs).toHaveLength(6)
  expect(clock.timers()).toBe(0)
})

test('one timer and few syncs serve however many fixings are open', async () => {
  const { clock, runs, schedule } = scheduled({ afterMs: [150], everyMs: 1_000 })
  for (let i = 0; i < 500; i += 1) {
    schedule.open(idOf(i))
    expect(clock.timers()).toBe(1)
    await clock.pass(1)
  }
  await clock.pass(600)
  // The last opened at 499 ms, and was served at once and 150 ms later, with all that were due by then.
  expect(runs).toEqual([1, 101, 201, 301, 401, 501, 601, 701])
})

test('a fixing that opens later is synced for at once, though the next sync is far', async () => {
  const { clock, runs, schedule } = scheduled({ afterMs: [], everyMs: 1_000 })
  schedule.open(idOf(1))
  await clock.pass(300)
  schedule.open(idOf(2))
  schedule.open(idOf(2))
  await clock.pass(1_100)
  expect(runs).toEqual([1, 301, 1_301])
  // One of the two is still open.
  schedule.close(idOf(1))
  await clock.pass(1_000)
  expect(runs).toEqual([1, 301, 1_301, 2_301])
})

test('fixings that open one after the other are each synced for when they are due, and no more once they are settled', async () => {
  const { clock, runs, schedule } = scheduled({ afterMs: [500, 200], everyMs: 1_000 })
  schedule.open(idOf(1))
  await clock.pass(150)
  schedule.open(idOf(2))
  schedule.open(idOf(3))
  await clock.pass(150)
  schedule.close(idOf(1))
  schedule.close(idOf(3))
  await clock.pass(1_400)
  // At 200 for the first and at 350 for the second, not so soon after the last; at 650 for the second, and at 500 for none.
  expect(runs).toEqual([1, 151, 251, 351, 650, 1_650])
})

test('nothing is synced for any more once the node stops', async () => {
  const { clock, runs, schedule, stop } = scheduled({ afterMs: [5], everyMs: 10 })
  schedule.open(idOf(1))
  await clock.pass(2)
  stop()
  schedule.open(idOf(2))
  await clock.pass(500)
  expect([runs, clock.timers()]).toEqual([[1], 0])
})
