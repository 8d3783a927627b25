import { expect, test } from 'vitest'
import { type Hex, keccak256 } from 'viem'
import type { Log } from '../../../node/log.ts'
import type { Identity } from '../../../node/metrics.ts'
import { type LoopState, runLoop } from '../../../node/node/loop.ts'
import type { Parts } from '../../../node/node/parts.ts'
import { isSettled, track } from '../../../node/node/tracked.ts'
import { createView } from '../../../node/node/view.ts'
import { StoreDiskError } from '../../../node/store/database.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { journalMemory } from '../memories.ts'
import { FIXING, FIXING_ID, MATURITY } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { snapshotOf } from '../snapshots.ts'

const IDENTITY: Identity = {
  version: '1',
  chainId: 1,
  oracle: '0x',
  registry: '0x',
  signer: '',
  verification: { ecdsa: 'portable', bls: 'portable' },
}

/** A loop that finds the chain undone, and fails `failures` times at what follows from that; `slept` is told of every pause. */
function undone(failures: Error[], slept: (state: LoopState, parts: Parts) => Promise<void> = async () => undefined) {
  const done: string[] = []
  const doubted: unknown[] = []
  const logged: string[] = []
  const note = (_: object, said: string): void => void logged.push(said)
  const log: Log = { ...SILENT, info: note, warn: note }
  const controller = new AbortController()
  const head = { number: 9n, time: 1_000n }
  const found = [{ id: FIXING_ID, fixing: FIXING, block: 1n }]
  const looks = [
    { head, isNew: true, found, isUndone: true },
    ...failures.map(() => ({ head, isNew: false, found: [], isUndone: false })),
  ]
  const nothing = { look: () => undefined, idle: async () => undefined }
  const parts = {
    config: { pollMs: 1, roles: [], bootstrap: [], keepSamplesDays: 90 },
    log,
    signal: controller.signal,
    journal: journalMemory(),
    clock: {
      now: () => 1_000n,
      sleep: async () => {
        if (looks.length === 0) controller.abort()
        await slept(state, parts)
      },
    },
    halt: { reason: () => undefined },
    chain: { account: undefined, head: async () => head, panel: async () => ({ epoch: 0n, reporters: [] }) },
    known: { renew: () => undefined },
    watch: { look: async () => looks.shift() },
    olderLog: {
      step: async () => void done.push('step'),
      drop: async () => void done.push('drop'),
      problem: () => undefined,
    },
    dues: { ...nothing, drop: async (ids: readonly Hex[]) => void done.push(`dues ${ids.length}`) },
    juror: { ...nothing, view: () => ({ late: 0, unread: 0, failing: 0, dear: 0, unserved: [], unseen: 0 }) },
    untracked: { ...nothing, startOver: () => undefined },
    rollCall: { ...nothing, clockOffset: () => 0n },
    network: { intake: { recheck: async () => undefined }, peers: { connected: 0, reporters: 0, sought: 0 } },
    transactions: {
      tend: async () => undefined,
      doubt: async (id: Hex, block: bigint) => void doubted.push([id, block]),
      unload: () => undefined,
      unknownNonce: () => undefined,
    },
    store: {
      journal: { newest: async () => [] },
      restoration: { note: async () => undefined, maySign: () => true },
      failure: () => undefined,
      samples: {
        async prune() {
          done.push('prune')
          throw new Error('a row cannot be read')
        },
      },
      fixings: {
        async reopen(ids: readonly Hex[]) {
          const failure = failures.shift()
          if (failure !== undefined) throw failure
          done.push(`reopen ${ids.length}`)
        },
        startedOver: async () => void done.push('started over'),
      },
      juries: { doubt: async () => void done.push('juries') },
    },
  } as unknown as Parts // nothing else is asked of them
  const state = {
    tracked: new Map(),
    unread: new Map(),
    unheld: new Map(),
    documents: new Map(),
    expected: new Map(),
    head,
  } as unknown as LoopState // nothing else is looked at
  return { done, doubted, logged, state, run: () => runLoop(parts, state, undefined) }
}

test('what follows from an undone chain is done again until it has been done, and nothing else before', async () => {
  const { done, state, run } = undone([new Error('a row cannot be read')])
  await run()
  expect(done).toEqual(['drop', 'drop', 'reopen 1', 'dues 1', 'juries', 'started over', 'prune', 'step'])
  expect(state.undone).toBe(undefined)
})

test('of an undone chain nothing is believed of any fixing that is tracked, whether it was found again or not', async () => {
  const { doubted, state, run } = undone([])
  const other = keccak256(FIXING_ID)
  const tracked = {
    ...track({ id: other, fixing: FIXING, document: threeSamples([sourceJson('a')]) }),
    logSeen: 3,
    // Settled there, it may be at stake here, and what was proposed there was not here.
    snapshot: snapshotOf({ round: 1, leader: 1n, deadline: MATURITY + 60n }),
    proposedTime: 900n,
    over: { block: 8n, time: 990n, log: 2 },
  }
  state.tracked.set(other, tracked)
  expect(isSettled(tracked)).toBe(true)
  await run()
  const nothing = { logSeen: undefined, snapshot: undefined, proposedTime: undefined, over: undefined }
  expect(tracked).toMatchObject(nothing)
  expect(doubted).toEqual([
    [other, 9n],
    [FIXING_ID, 9n],
  ])
})

test('what keeps it from being done is said to be that, once, and not that the chain does not answer', async () => {
  const said: unknown[] = []
  const failures = [1, 2].map((n) => new Error(`a row cannot be read (${n})`))
  const { logged, run } = undone(failures, async (state, parts) => {
    const { ready, chain, problems } = await createView(parts, state, IDENTITY).readiness()
    said.push({ ready, chain, problems })
  })
  await run()
  const problem = (n: number): string =>
    `Expected to do all that follows from an undone chain, got "a row cannot be read (${n})". It is tried again.`
  expect(said).toEqual([
    { ready: false, chain: true, problems: [problem(1)] },
    { ready: false, chain: true, problems: [problem(2)] },
    { ready: true, chain: true, problems: [] },
  ])
  expect(logged).toEqual([
    'what follows from an undone chain cannot be done',
    'samples of fixings that closed long ago cannot be deleted',
    'what follows from an undone chain is done',
  ])
})

test('a store whose disk fails ends the loop as that, whatever was to be done', async () => {
  const failure = new StoreDiskError('/data', 'no space left', {})
  await expect(undone([failure]).run()).rejects.toBe(failure)
})

test('is not ready from when the disk did not take something until it ends, and says why', async () => {
  const failure = new StoreDiskError('/data', 'no space left', {})
  const said: unknown[] = []
  const { run } = undone([], async (state, parts) => {
    const failed: Parts = { ...parts, store: { ...parts.store, failure: () => failure } }
    for (const one of [parts, failed]) {
      const { ready, store, problems } = await createView(one, state, IDENTITY).readiness()
      said.push({ ready, store, problems })
    }
  })
  await run()
  expect(said).toEqual([
    { ready: true, store: true, problems: [] },
    {
      ready: false,
      store: false,
      problems: ['The store cannot be read or written: check the disk of data_dir, and start again.'],
    },
  ])
})

test('ends when the disk did not take something, whoever wrote it: nothing more is taken until the store is opened again', async () => {
  const failure = new StoreDiskError('signed.jsonl', 'no space left on device', {})
  let looks = 0
  const parts = {
    config: { pollMs: 1 },
    signal: new AbortController().signal,
    halt: { reason: () => undefined },
    watch: {
      async look() {
        looks += 1
        throw new Error('the loop goes on')
      },
    },
    store: { failure: () => failure },
  } as unknown as Parts // nothing else is asked of them
  const state = {} as unknown as LoopState // it is not looked at
  await expect(runLoop(parts, state, undefined)).rejects.toBe(failure)
  expect(looks).toBe(0)
})
