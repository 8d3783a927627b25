import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { Fixing } from '#protocol/fixing.ts'
import type { Head } from '../../../node/chain/port.ts'
import { createUntracked, type UntrackedFixing } from '../../../node/node/untracked.ts'
import { intentMemory, transactionsOf } from '../memories.ts'
import { FIXING, keyOf } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { snapshotOf } from '../snapshots.ts'

const idOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const DISPUTED = snapshotOf({ round: 1, bond: 5n, leader: 7n, deadline: FIXING.maturity + 86_400n })
const line = { action: 'contribute', kind: 'stake', round: 1, value: 9n, amount: 100n, nonce: 1, at: 0n } as const

test('of fixings that are not tracked it asks those that it has stake in whether they are settled, once a minute', async () => {
  const fixings = [1, 2, 3].map((n): Fixing => ({ ...FIXING, bandPpm: n }))
  const untracked = fixings.map((fixing, i): [Hex, UntrackedFixing] => [idOf(i), { fixing, isSettled: false }])
  const [unread, unheld] = [new Map(untracked.slice(0, 2)), new Map(untracked.slice(2))]
  const staked = [0, 2].map((n) => ({ key: `${idOf(n)}:000000`, fixingId: idOf(n), ...line }))
  const transactions = transactionsOf(intentMemory(staked.map((one) => ({ ...one, state: 'done' }) as const)))
  const asked: [number, bigint][] = []
  const state = { settled: 1, isDead: false }
  const chain = {
    account: keyOf('sender').address,
    async snapshot({ bandPpm }: Fixing, { number }: Head) {
      asked.push([bandPpm, number])
      if (state.isDead && bandPpm === 1) throw new Error('dead')
      return bandPpm === state.settled ? { ...DISPUTED, phase: 'settled' } : DISPUTED
    },
  } as never // nothing else is asked of it
  const { signal } = new AbortController()
  const config = { confirmations: 3 } as never // nothing else is looked at
  const seen = createUntracked({ chain, transactions, config, log: SILENT, signal }, { unread, unheld })
  const lookAt = async (number: bigint, time: bigint): Promise<readonly boolean[]> => {
    seen.look({ number, time })
    seen.look({ number, time })
    await seen.idle()
    return untracked.map(([, { isSettled }]) => isSettled)
  }
  expect(await lookAt(10n, 1_000n)).toEqual([true, false, false])
  expect(await lookAt(11n, 1_059n)).toEqual([true, false, false])
  expect(asked.splice(0)).toEqual([
    [1, 10n],
    [3, 10n],
  ])
  // What cannot be read stays as it was, and what was undone does not.
  Object.assign(state, { settled: 3, isDead: true })
  expect(await lookAt(12n, 1_060n)).toEqual([true, false, true])
  state.isDead = false
  expect(await lookAt(13n, 1_120n)).toEqual([false, false, true])
  // What is settled where it cannot be undone is asked no more, until everything is.
  asked.length = 0
  await lookAt(14n, 1_180n)
  await lookAt(15n, 1_240n)
  await lookAt(16n, 1_300n)
  expect(asked.splice(0).filter(([n]) => n === 3)).toEqual([
    [3, 14n],
    [3, 15n],
  ])
  state.settled = 0
  seen.startOver()
  expect(untracked.some(([, { isSettled }]) => isSettled)).toBe(false)
  // At once, though the last time was a moment ago; what is being asked of the chain before counts for nothing.
  state.settled = 1
  seen.look({ number: 17n, time: 1_301n })
  seen.startOver()
  await seen.idle()
  expect(untracked.some(([, { isSettled }]) => isSettled)).toBe(false)
  expect(await lookAt(17n, 1_302n)).toEqual([true, false, false])
})
