import { expect, test } from 'vitest'
import { catchUpOnOld } from '../../../node/node/network-wait.ts'
import type { Network } from '../../../node/node/network.ts'
import { fakeClock, type FakeClock } from '../fake-clock.ts'
import { FIXING } from '../reporters.ts'

/** What catches up by this clock, and how often it did. */
function hearing(clock: FakeClock) {
  const state = { syncs: 0 }
  const sync = {
    now: async () => {
      state.syncs += 1
    },
  }
  const network = { sync } as unknown as Network // nothing else is asked of it
  return { state, hear: catchUpOnOld({ network, clock, signal: new AbortController().signal }) }
}

test('catches up on what matured before the node ran, not on what matured since', async () => {
  const clock = fakeClock(1_000n)
  const { state, hear } = hearing(clock)
  await hear({ ...FIXING, maturity: 999n })
  expect(state.syncs).toBe(1)
  clock.pass(100_000)
  clock.set(1_000n + BigInt(clock.monotonicMs() / 1_000))
  await hear({ ...FIXING, maturity: 1_001n })
  expect(state.syncs).toBe(1)
  await hear({ ...FIXING, maturity: 999n })
  expect(state.syncs).toBe(2)
})

test('catches up by a clock that follows the chain and stood at nothing, however long its next block takes', async () => {
  const clock = fakeClock(0n)
  const { state, hear } = hearing(clock)
  clock.set(1_002n)
  clock.pass(3_000)
  await hear({ ...FIXING, maturity: 1_000n })
  expect(state.syncs).toBe(1)
  clock.set(1_014n)
  clock.pass(12_000)
  await hear({ ...FIXING, maturity: 1_003n })
  expect(state.syncs).toBe(1)
  clock.pass(3_600_000)
  await hear({ ...FIXING, maturity: 1_002n })
  expect(state.syncs).toBe(2)
})

test('catches up on what matured before the node ran by a clock that was set right since', async () => {
  const clock = fakeClock(1_000n)
  const { state, hear } = hearing(clock)
  clock.set(5_000n)
  clock.pass(1_000)
  await hear({ ...FIXING, maturity: 4_900n })
  expect(state.syncs).toBe(1)
})
