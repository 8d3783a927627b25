import { expect, test } from 'vitest'
import type { JuryTerms } from '#client/jury.ts'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { DeadRpcError } from '#client/chain.ts'
import { createJuror, type JurorComponents } from '../../../node/juror/juror.ts'
import { intentMemory, journalMemory, transactionsOf } from '../memories.ts'
import { FIXING, FIXING_ID, keyOf } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { snapshotOf } from '../snapshots.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const HEAD = { number: 10n, time: 1_000n }
const TERMS: JuryTerms = {
  seats: 3,
  quorum: 2,
  leastPool: 3,
  leastSeparationPpm: 1_000,
  warmUp: 1,
  seatStake: 1n,
  seatFee: 1n,
  commitTime: 86_400,
  revealTime: 43_200,
}

/** A juror of one jury with one case in which it has a seat; what `broken` names does not answer. */
function jurorWith(broken: Set<string>, heard = { seen: 0 }) {
  const unless = async <T>(what: string, value: T): Promise<T> => {
    if (broken.has(what)) throw new DeadRpcError('http://127.0.0.1:1', 'no answer')
    return value
  }
  const seat = { seat: 1, juror: keyOf('sender').address, committed: undefined, value: undefined }
  const state = { stage: 'voting', round: 0, seedBlock: 5n, commitEnd: 90_000n, revealEnd: 130_000n } as const
  const court: Partial<CourtPort> = {
    terms: () => unless('terms', TERMS),
    opened: () => unless('opened', []),
    trial: () => unless('trial', { state, seats: [seat] }),
    voters: () => unless('voters', [undefined]),
  }
  const components: JurorComponents = {
    chain: {
      account: keyOf('sender').address,
      chainId: 31_337,
      court: () => court as CourtPort,
      head: async () => HEAD,
      snapshot: async () => snapshotOf({}),
    },
    table: {
      cases: async () => [{ jury: JURY, id: FIXING_ID, fixing: FIXING, block: 1n }],
      nextBlock: async () => 1n,
      extend: async () => undefined,
      close: async () => undefined,
      keep: async () => undefined,
      votes: async () => [],
    },
    votes: { prepare: async () => [], openings: async () => new Map(), forget: () => undefined },
    transactions: transactionsOf(intentMemory()),
    journal: journalMemory(),
    log: SILENT,
    signal: new AbortController().signal,
    juries: [JURY],
    principals: [],
    isClerk: false,
    isKeeper: false,
    firstBlock: 1n,
    confirmations: 64,
    maxGasWei: 0n,
    stageDelaySeconds: 1,
    reading: async () => undefined,
    onCase: () => undefined,
    onRunning: () => undefined,
    heard: () => [],
    waiting: () => [],
    onSeen: () => void (heard.seen += 1),
    rank: () => 0,
    now: () => HEAD.time,
  }
  return createJuror(components)
}

test.each(['terms', 'opened', 'trial', 'voters'])('a look that fails at %s shows until one succeeds', async (what) => {
  const broken = new Set([what])
  const juror = jurorWith(broken)
  juror.look(HEAD)
  await juror.idle()
  expect(juror.view()).toMatchObject({ failing: 1, seats: 0 })
  broken.clear()
  juror.look(HEAD)
  await juror.idle()
  expect(juror.view()).toEqual({ failing: 0, seats: 1, late: 0, deadline: 90_000n, toSend: 2, unseen: 0 })
})

test('says once that it has seen its juries, and not before a look at all of them succeeded', async () => {
  const broken = new Set(['opened'])
  const heard = { seen: 0 }
  const juror = jurorWith(broken, heard)
  expect(juror.view()).toMatchObject({ unseen: 1, toSend: 0 })
  for (const [unseen, seen] of [
    [1, 0],
    [0, 1],
    [0, 1],
  ]) {
    juror.look(HEAD)
    await juror.idle()
    expect([juror.view().unseen, heard.seen]).toEqual([unseen, seen])
    broken.clear()
  }
})
