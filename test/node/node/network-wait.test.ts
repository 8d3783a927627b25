import { expect, test } from 'vitest'
import { catchUpOnOld } from '../../../node/node/network-wait.ts'
import type { Network } from '../../../node/node/network.ts'
import { fakeClock } from '../fake-clock.ts'
import { FIXING } from '../reporters.ts'

test('catches up on what matured before the node ran, not on what matured since', async () => {
  const clock = fakeClock(1_000n)
  let syncs = 0
  const sync = {
    now: async () => {
      syncs += 1
    },
  }
  const network = { sync } as unknown as Network // nothing else is asked of it
  const hear = catchUpOnOld({ network, clock, signal: new AbortController().signal })
  await hear({ ...FIXING, maturity: 999n })
  expect(syncs).toBe(1)
  clock.pass(100_000)
  clock.set(1_000n + BigInt(clock.monotonicMs() / 1_000))
  await hear({ ...FIXING, maturity: 1_001n })
  expect(syncs).toBe(1)
  await hear({ ...FIXING, maturity: 999n })
  expect(syncs).toBe(2)
})
