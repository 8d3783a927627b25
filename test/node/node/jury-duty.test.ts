import { describe, expect, test } from 'vitest'
import type { Hex } from 'viem'
import { sampleOpens } from '#protocol/aggregate.ts'
import { saltOf } from '#protocol/ballot.ts'
import { INVALID } from '#protocol/fixing.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import { commitmentOf } from '#protocol/jury.ts'
import { createJuryDuty, type JuryDutyParts, readOwn, readSeen, readWithout } from '../../../node/node/jury-duty.ts'
import type { Target } from '../../../node/observe/reporter.ts'
import type { JurorView } from '../../../node/juror/standing.ts'
import type { KnownVote } from '../../../node/store/jury-table.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { intentMemory, journalMemory, transactionsOf } from '../memories.ts'
import { FIXING, FIXING_ID, keyOf, MATURITY, observationOf, WAD } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { snapshotOf } from '../snapshots.ts'

test('what was observed before a restart is read from disk before a vote can be INVALID', async () => {
  const observation = observationOf({ value: 2_500n * WAD })
  const own = { get: async (id: string) => (id === FIXING_ID ? { observation } : undefined) }
  const nothing = { get: async () => undefined }
  const restarted = { view: () => ({}) }
  expect(await readOwn({ reporter: restarted, own }, FIXING_ID, 'clear')).toBe(2_500n * WAD)
  // The document that it was read by is gone, which makes it no other value.
  expect(await readOwn({ reporter: restarted, own }, FIXING_ID, 'unknown')).toBe(2_500n * WAD)
  expect(await readOwn({ reporter: restarted, own: nothing }, FIXING_ID, 'clear')).toBe(undefined)
  expect(await readOwn({ reporter: restarted, own: nothing }, FIXING_ID, 'unknown')).toBe(INVALID)
  const atWork = { view: () => ({ observation: observationOf({ value: WAD }) }) }
  expect(await readOwn({ reporter: atWork, own: nothing }, FIXING_ID, 'unknown')).toBe(WAD)
})

test('what was observed may have been committed to, though the index has too much noise to vote by it', async () => {
  const parts = {
    reporter: { view: () => ({ observation: observationOf({ value: WAD }) }) },
    own: { get: async () => undefined },
  }
  expect(await readOwn(parts, FIXING_ID, 'noisy')).toBe(INVALID)
  expect(await readSeen({ ...parts, observations: { all: () => [] } }, FIXING_ID)).toEqual([WAD])
})

const JURY = '0x00000000000000000000000000000000000000aa'
const COMMIT_END = MATURITY + 200_000n
const NUMBER = 2_500n * WAD
const ACCOUNT = keyOf('sender').address
const SIGNATURE: Hex = `0x${'11'.repeat(65)}`

type Duty = {
  readonly noisePpm?: number
  readonly lag?: bigint
  /** What its seat is committed to, by a vote that the store has not. */
  readonly committed?: Hex
  readonly archive?: () => Promise<unknown>
  readonly document?: IndexDocument
  readonly journal?: ReturnType<typeof journalMemory>
  /** Whether the index document is in its folder. */
  readonly isHeld?: boolean
}

/**
 * A juror with one seat, which has not committed unless it is said to what, in a case of the tests' fixing, whose index has so much noise and whose sources say
 * {@link NUMBER}; its clock is `lag` seconds behind the chain.
 */
function dutyWith({
  noisePpm = 150,
  lag = 0n,
  document = threeSamples([sourceJson('a')]),
  committed,
  archive = async () => undefined,
  journal = journalMemory(),
  isHeld = true,
}: Duty) {
  const voted: bigint[] = []
  const kept: KnownVote[] = []
  let time = MATURITY
  let isRead = false
  const state = { stage: 'voting', round: 0, seedBlock: 5n, commitEnd: COMMIT_END, revealEnd: COMMIT_END + 9n } as const
  const court = {
    terms: async () => SMALL_JURY,
    opened: async () => [],
    trial: async () => ({ state, seats: [{ seat: 1, juror: ACCOUNT, committed, value: undefined }] }),
    voters: async () => [undefined],
    send: async () => ({ kind: 'refused', reason: 'a test' }),
  }
  const parts = {
    config: {
      juror: { juries: [JURY], principals: [], isClerk: false },
      policy: { maxGasWei: 0n, stageDelaySeconds: 1 },
      roles: ['juror'],
      fromBlock: 1n,
      confirmations: 64,
    },
    clock: { now: () => time - lag },
    chain: { account: ACCOUNT, chainId: 31_337, court: () => court, snapshot: async () => snapshotOf({}) },
    store: {
      juries: {
        cases: async () => [{ jury: JURY, id: FIXING_ID, fixing: FIXING, block: 1n }],
        nextBlock: async () => 1n,
        extend: async () => undefined,
        keep: async (votes: readonly KnownVote[]) => {
          kept.push(...votes)
          voted.push(...votes.map(({ value }) => value))
        },
        votes: async () => kept,
        startOver: async () => false,
      },
      own: { get: async () => undefined },
      signers: { all: async () => [] },
      samples: { get: archive },
      observations: { all: () => [] },
    },
    keys: { signBallot: async () => SIGNATURE },
    transactions: transactionsOf(intentMemory()),
    journal,
    log: SILENT,
    signal: new AbortController().signal,
    reporter: {
      // Before a vote ends nothing is to wait for long.
      attend: ({ isPressing }: Target) => void (isRead ||= isPressing),
      view: () => (isRead ? { observation: observationOf({ value: NUMBER }) } : {}),
    },
    watch: { follow: () => undefined, events: () => [] },
  }
  const documents = new Map(isHeld ? [[FIXING.indexId, { ...document, noisePpm }]] : [])
  const known = { tracked: new Map(), documents }
  // What a juror's looks touch of a node's parts, and no more.
  const juror = createJuryDuty(parts as unknown as JuryDutyParts, known)
  const look = async (at: bigint): Promise<readonly bigint[]> => {
    time = at
    juror.look({ number: 11n, time })
    await juror.idle()
    return voted.splice(0)
  }
  /** Looks once what it voted is on the chain. */
  const lookAgain = async (): Promise<JurorView> => {
    committed = kept.map((vote) => commitmentOf({ ...vote, chainId: 31_337, juror: ACCOUNT })).at(-1)
    await look(time)
    return juror.view()
  }
  return { look, lookAgain }
}

test('votes INVALID, whatever it reads, where the separation is not above four times the noise of the index (R-502)', async () => {
  const vote = async (noisePpm: number): Promise<readonly bigint[]> => {
    const { look } = dutyWith({ noisePpm })
    await look(MATURITY)
    return look(MATURITY + 60n)
  }
  // By ratio: 1 + 0.001 > (1 + 0.00025)^2 (1 + noise)^2, so that 249 ppm are few enough and 250 are not.
  expect(FIXING.separationPpm).toBe(1_000)
  expect(await vote(249)).toEqual([NUMBER])
  expect(await vote(250)).toEqual([INVALID])
})

test.each([
  ['its index document is not held', { isHeld: false }, 1],
  ['the index has too much noise, as every node says', { noisePpm: 250 }, 0],
])('a seat that is voted INVALID as %s', async (_, duty, unread) => {
  const { look, lookAgain } = dutyWith(duty)
  expect(await look(MATURITY)).toEqual([INVALID])
  expect(await lookAgain()).toMatchObject({ seats: 1, late: 0, unread })
})

describe('what is read of fewer sources', () => {
  const document = threeSamples(['a', 'b', 'c', 'd', 'e'].map((id) => sourceJson(id)))
  const opens = sampleOpens(document, MATURITY).map(String)
  const samples = ['1', '2', '4', '8', '16'].map((close, i) => {
    return { sourceId: 'abcde'[i], quote: 'USD', closes: [close, close, close] }
  })
  const observation = { sourcesRoot: '0x' }
  const archived = { opens, samples, observation }

  test('is the medians without one of them, and then without two', async () => {
    const read = (record: unknown, known?: IndexDocument) =>
      readWithout({ get: async () => record }, known, { id: FIXING_ID, fixing: FIXING })
    expect(await read(archived, document)).toEqual([6, 5, 3, 8, 4, 2].map((value) => BigInt(value) * WAD))
    expect(await read({ opens, samples }, document)).toBe(undefined)
    expect(await read(undefined, document)).toBe(undefined)
    expect(await read(archived)).toBe(undefined)
  })

  test('may have been committed to before the store was lost, and is revealed', async () => {
    const vote = { chainId: 31_337, jury: JURY, fixingId: FIXING_ID, round: 0, seat: 1, juror: ACCOUNT } as const
    const committedTo = (value: bigint): Hex => commitmentOf({ ...vote, value, salt: saltOf(SIGNATURE, 1) })
    const carriedOut = async (value: bigint, records: unknown[]): Promise<readonly string[]> => {
      const journal = journalMemory()
      const asked: unknown[] = []
      const archive = async (): Promise<unknown> => {
        const [record] = records.splice(0, 1)
        asked.push(record)
        return record
      }
      const { look } = dutyWith({ document, committed: committedTo(value), archive, journal })
      for (const at of [MATURITY, COMMIT_END, COMMIT_END + 1n]) await look(at)
      return [`asked ${asked.length}`, ...journal.lines.map(({ reason }) => reason)]
    }
    const committed = 'All seats of ours are committed.'
    const revealed = 'reveal: Seat 1. Refused: a test.'
    const foreign = 'A seat is committed to what this node does not know.'
    expect(await carriedOut(3n * WAD, [archived])).toEqual(['asked 1', committed, revealed, revealed])
    // Nothing was observed yet when it was asked first.
    expect(await carriedOut(3n * WAD, [undefined, archived])).toEqual(['asked 2', committed, revealed, revealed])
    expect(await carriedOut(7n * WAD, [archived])).toEqual(['asked 1', committed, foreign, foreign])
  })
})

test('asks the sources also by a clock that is far behind the chain, and votes what they say', async () => {
  const { look } = dutyWith({ lag: 1_000_000n })
  await look(MATURITY)
  expect(await look(COMMIT_END - 500n)).toEqual([NUMBER])
})

test('asks no source before the maturity by the chain', async () => {
  const { look } = dutyWith({})
  await look(MATURITY - 1n)
  expect(await look(MATURITY - 1n)).toEqual([])
})
