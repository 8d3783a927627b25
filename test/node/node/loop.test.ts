import { expect, test } from 'vitest'
import type { Hex } from 'viem'
import { type LoopState, runLoop } from '../../../node/node/loop.ts'
import type { Parts } from '../../../node/node/parts.ts'
import { journalMemory } from '../memories.ts'
import { FIXING, FIXING_ID } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'

test('what follows from an undone chain is done again until it has been done, and nothing else before', async () => {
  const done: string[] = []
  const controller = new AbortController()
  const head = { number: 9n, time: 1_000n }
  const found = [{ id: FIXING_ID, fixing: FIXING, block: 1n }]
  const looks = [
    { head, isNew: true, found, isUndone: true },
    { head, isNew: false, found: [], isUndone: false },
  ]
  let failures = 1
  const nothing = { look: () => undefined, idle: async () => undefined }
  const parts = {
    config: { pollMs: 1, roles: [] },
    log: SILENT,
    signal: controller.signal,
    journal: journalMemory(),
    clock: {
      now: () => 1_000n,
      sleep: async () => {
        if (looks.length === 0) controller.abort()
      },
    },
    halt: { reason: () => undefined },
    chain: { account: undefined, head: async () => head, panel: async () => ({ epoch: 0n, reporters: [] }) },
    known: { note: () => undefined },
    watch: { look: async () => looks.shift() },
    olderLog: { step: async () => void done.push('step'), drop: async () => void done.push('drop') },
    dues: { ...nothing, drop: async (ids: readonly Hex[]) => void done.push(`dues ${ids.length}`) },
    juror: nothing,
    untracked: { ...nothing, startOver: () => undefined },
    rollCall: nothing,
    network: { intake: { recheck: async () => undefined } },
    transactions: { tend: async () => undefined, doubt: async () => undefined, unload: () => undefined },
    store: {
      restoration: { note: async () => undefined },
      fixings: {
        async reopen(ids: readonly Hex[]) {
          failures -= 1
          if (failures >= 0) throw new Error('a row cannot be read')
          done.push(`reopen ${ids.length}`)
        },
        startedOver: async () => void done.push('started over'),
      },
    },
  } as unknown as Parts // nothing else is asked of them
  const state = {
    tracked: new Map(),
    unread: new Map(),
    unheld: new Map(),
    documents: new Map(),
    expected: new Map(),
    isChainAlive: true,
  } as unknown as LoopState // nothing else is looked at
  await runLoop(parts, state, undefined)
  expect(done).toEqual(['drop', 'drop', 'reopen 1', 'dues 1', 'started over', 'step'])
  expect(state.undone).toBe(undefined)
})
