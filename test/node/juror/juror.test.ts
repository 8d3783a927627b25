import { describe, expect, test } from 'vitest'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { DeadRpcError } from '#client/chain.ts'
import { createJuror, type JurorComponents } from '../../../node/juror/juror.ts'
import { intentMemory, journalMemory, transactionsOf } from '../memories.ts'
import { FIXING, FIXING_ID, keyOf } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { snapshotOf } from '../snapshots.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const HEAD = { number: 10n, time: 1_000n }

/** A juror of one jury with one case in which it has a seat; what `broken` names does not answer. */
function jurorWith(broken: Set<string>, heard = { seen: 0 }, changes: Partial<JurorComponents> = {}) {
  const unless = async <T>(what: string, value: T): Promise<T> => {
    if (broken.has(what)) throw new DeadRpcError('http://127.0.0.1:1', 'no answer')
    return value
  }
  const seat = { seat: 1, juror: keyOf('sender').address, committed: undefined, value: undefined }
  const state = { stage: 'voting', round: 0, seedBlock: 5n, commitEnd: 90_000n, revealEnd: 130_000n } as const
  const court: Partial<CourtPort> = {
    terms: () => unless('terms', SMALL_JURY),
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
    votes: {
      prepare: async () => [],
      openings: async () => new Map(),
      kept: async () => new Map(),
      forget: () => undefined,
    },
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
    staked: () => 0n,
    stageDelaySeconds: 1,
    reading: async () => undefined,
    onCase: () => undefined,
    onRunning: () => undefined,
    seen: async () => [],
    waiting: () => [],
    onSeen: () => void (heard.seen += 1),
    rank: () => 0,
    now: () => HEAD.time,
    ...changes,
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
  expect(juror.view()).toEqual({ failing: 0, dear: 0, seats: 1, late: 0, deadline: 90_000n, toSend: 2, unseen: 0 })
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

test('a clerk has jurors drawn once the pool is large enough, with what the running cases of the jury hold, and not before', async () => {
  const asked: unknown[] = []
  const none = { stage: 'none', round: 0, seedBlock: 0n, commitEnd: 0n, revealEnd: 0n } as const
  let pool = 4
  const court: Partial<CourtPort> = {
    terms: async () => SMALL_JURY,
    opened: async () => [],
    trial: async () => ({ state: none, seats: [] }),
    waiting: async () => [],
    returned: async () => [],
    pool: async () => [],
    async staked(...args) {
      asked.push(args)
      return { pool, returned: 0, seated: 5, waiting: 0 }
    },
    send: async (call) => {
      asked.push(call.name)
      return { kind: 'refused', reason: 'a test' }
    },
  }
  const arbitratedAt = HEAD.time - 1n
  const juror = jurorWith(new Set(), undefined, {
    isClerk: true,
    chain: {
      account: keyOf('sender').address,
      chainId: 31_337,
      court: () => court as CourtPort,
      head: async () => HEAD,
      snapshot: async () => snapshotOf({ arbitratedAt }, { now: HEAD.time }),
    },
    juries: [FIXING.arbitrator],
    table: {
      cases: async () => [{ jury: FIXING.arbitrator, id: FIXING_ID, fixing: FIXING, block: 1n }],
      nextBlock: async () => 1n,
      extend: async () => undefined,
      close: async () => undefined,
      keep: async () => undefined,
      votes: async () => [],
    },
  })
  const look = async (): Promise<unknown[]> => {
    juror.look(HEAD)
    await juror.idle()
    return asked.splice(0)
  }
  const staked = [SMALL_JURY.seats, [FIXING_ID], HEAD.number]
  expect(await look()).toEqual([staked])
  pool = 5
  expect(await look()).toEqual([staked, 'open'])
})

describe('what moves a case on may cost', () => {
  const DAY = 86_400n
  const ETHER = 10n ** 18n
  const LIMIT = 10n ** 16n
  const account = keyOf('sender').address
  // 0.04 ETH for 3 seats and 8 shares of who draws and who resolves.
  const PAY = (4n * FIXING.arbitrationFee) / 11n
  const arbitratedAt = 1_000n
  const turnEnd = arbitratedAt + BigInt(FIXING.arbitrationLimit)

  type Tried = { readonly maxGasCost: bigint | undefined; readonly deadline: bigint | undefined }

  /**
   * A clerk with two of three seats and 3 ETH in the fixing, whose round is over at once. What it tries is refused for `refusal.reason`,
   * unless that is undefined.
   */
  function clerk(reason: string | undefined) {
    const refusal = { reason }
    const state = { stage: 'voting', round: 0, seedBlock: 5n, commitEnd: 1n, revealEnd: 2n } as const
    const seats = [account, account, keyOf('other').address].map((juror, seat) => {
      return { seat, juror, committed: undefined, value: 7n }
    })
    const court: Partial<CourtPort> = {
      terms: async () => SMALL_JURY,
      opened: async () => [],
      trial: async () => ({ state, seats }),
      voters: async () => [undefined, undefined],
      async send(_, { maxGasCost }) {
        tried.push({ maxGasCost, deadline })
        return refusal.reason === undefined ? { kind: 'done', moved: 0n } : { kind: 'refused', reason: refusal.reason }
      },
    }
    const transactions = transactionsOf(intentMemory())
    const tried: Tried[] = []
    let deadline: bigint | undefined
    let now = 0n
    const juror = jurorWith(new Set(), undefined, {
      isClerk: true,
      maxGasWei: LIMIT,
      staked: () => 3n * ETHER,
      chain: {
        account,
        chainId: 31_337,
        court: () => court as CourtPort,
        head: async () => HEAD,
        snapshot: async () => snapshotOf({ arbitratedAt }, { now, fixing: { ...FIXING, arbitrator: JURY } }),
      },
      transactions: {
        ...transactions,
        async attempt(plan, send) {
          ;({ deadline } = plan)
          return transactions.attempt(plan, send)
        },
      },
    })
    const lookAt = async (time: bigint): Promise<readonly Tried[]> => {
      now = time
      juror.look({ number: 10n, time })
      await juror.idle()
      return tried.splice(0)
    }
    return { juror, refusal, lookAt }
  }

  test('what it is paid, the limit, and what the node has in the case, the less the longer the jury can still rule', async () => {
    const own = 3n * ETHER + 2n * SMALL_JURY.seatFee
    const limitAt = async (now: bigint) => (await clerk('Client.DearGasError').lookAt(now))[0]
    expect(await limitAt(turnEnd - 1n)).toEqual({ maxGasCost: LIMIT + PAY + own, deadline: turnEnd })
    expect(await limitAt(turnEnd - DAY)).toEqual({ maxGasCost: LIMIT + PAY + own, deadline: turnEnd })
    expect(await limitAt(turnEnd - 8n * DAY)).toEqual({ maxGasCost: LIMIT + PAY + own / 8n, deadline: turnEnd })
    // The stakes come back whenever it is resolved, and nobody is paid for it then.
    expect(await limitAt(turnEnd)).toEqual({ maxGasCost: LIMIT, deadline: undefined })
  })

  test('no more, and that shows until it is cheaper, also while it is not tried again', async () => {
    const { juror, refusal, lookAt } = clerk('Client.DearGasError')
    expect(await lookAt(turnEnd - 9n * DAY)).toHaveLength(1)
    expect(juror.view().dear).toBe(1)
    expect(await lookAt(turnEnd - 9n * DAY)).toEqual([])
    expect(juror.view().dear).toBe(1)
    refusal.reason = undefined
    expect(await lookAt(turnEnd - 8n * DAY)).toHaveLength(1)
    expect(juror.view().dear).toBe(0)
  })

  test('another refusal is no matter of its price', async () => {
    const { juror, lookAt } = clerk('JuryArbitrator.TooEarly')
    expect(await lookAt(turnEnd - 9n * DAY)).toHaveLength(1)
    expect(juror.view().dear).toBe(0)
  })
})
