import { expect, test, vi } from 'vitest'
import { chainClock, systemClock } from '../../node/clock.ts'

test('stands at zero until the first block, then follows blocks and never goes back', () => {
  const clock = chainClock()
  expect(clock.now()).toBe(0n)
  clock.advance(100n)
  expect(clock.now()).toBe(100n)
  clock.advance(99n)
  expect(clock.now()).toBe(100n)
})

test('does not go back when the system time is set back by a little, and follows a correction', () => {
  vi.useFakeTimers({ now: 1_700_000_000_999, toFake: ['Date'] })
  try {
    const clock = systemClock()
    expect(clock.now()).toBe(1_700_000_000n)
    vi.setSystemTime(1_699_999_970_000)
    expect(clock.now()).toBe(1_700_000_000n)
    vi.setSystemTime(1_700_000_001_000)
    expect(clock.now()).toBe(1_700_000_001n)
    // A year ahead, and set right.
    vi.setSystemTime(1_731_536_000_000)
    expect(clock.now()).toBe(1_731_536_000n)
    vi.setSystemTime(1_700_000_002_000)
    expect(clock.now()).toBe(1_700_000_002n)
    vi.setSystemTime(1_699_999_971_000)
    expect(clock.now()).toBe(1_699_999_971n)
  } finally {
    vi.useRealTimers()
  }
})

test('ends a sleep at once when it is aborted', async () => {
  const controller = new AbortController()
  const slept = systemClock().sleep(60_000, controller.signal)
  controller.abort()
  await expect(slept).rejects.toMatchObject({ name: 'AbortError' })
})
