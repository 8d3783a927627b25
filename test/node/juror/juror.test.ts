import { describe, expect, test } from 'vitest'
import type { Address, Hex } from 'viem'
import { INVALID } from '#protocol/fixing.ts'
import type { Staked } from '#protocol/jury.ts'
import type { JuryCase } from '#protocol/jury-case.ts'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import type { Plan } from '../../../node/chain/transactions.ts'
import { createJournal, type JournalLine, type JournalMemory } from '../../../node/journal.ts'
import { fakeClock } from '../fake-clock.ts'
import { intentMemory, transactionsOf } from '../memories.ts'
import { FIXING, FIXING_ID, keyOf, WAD } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { snapshotOf } from '../snapshots.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'
import { chainOf, HEAD, JURY, jurorWith, NO_CASES } from './juror-with.ts'

test.each(['terms', 'opened', 'trial', 'voters'])('a look that fails at %s shows until one succeeds', async (what) => {
  const broken = new Set([what])
  const juror = jurorWith(broken)
  juror.look(HEAD)
  await juror.idle()
  expect(juror.view()).toMatchObject({ failing: 1, seats: 0 })
  broken.clear()
  juror.look(HEAD)
  await juror.idle()
  expect(juror.view()).toEqual({
    failing: 0,
    dear: 0,
    seats: 1,
    late: 0,
    unread: 0,
    unserved: [],
    deadline: 90_000n,
    toSend: 2,
    unseen: 0,
  })
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

test('a case is closed so many blocks after it was first seen to be over, on the chain that stays', async () => {
  const closed: bigint[] = []
  let [isUndone, block] = [false, 0n]
  const state = { stage: 'decided', round: 0, seedBlock: 5n, commitEnd: 1n, revealEnd: 2n } as const
  const court: Partial<CourtPort> = {
    terms: async () => SMALL_JURY,
    opened: async () => [],
    trial: async () => ({ state, seats: [] }),
  }
  const juror = jurorWith(new Set(), undefined, {
    chain: chainOf(court),
    table: {
      ...NO_CASES,
      cases: async () => [{ jury: JURY, id: FIXING_ID, fixing: FIXING, block: 1n }],
      close: async () => void closed.push(block),
      startOver: async () => isUndone,
    },
  })
  const lookAt = async (number: bigint): Promise<void> => {
    block = number
    juror.look({ number, time: HEAD.time })
    await juror.idle()
  }
  for (const number of [10n, 73n]) await lookAt(number)
  isUndone = true
  await lookAt(20n)
  isUndone = false
  for (const number of [74n, 83n]) await lookAt(number)
  expect(closed).toEqual([])
  await lookAt(84n)
  expect(closed).toEqual([84n])
})

test('stakes of a key that the node had before, and of who names another voter, show while nobody votes for them, looked at every ten minutes', async () => {
  const [old, cold, other] = [keyOf('old').address, keyOf('cold').address, keyOf('other').address]
  const account = keyOf('sender').address
  let [voter, pool]: [Address, readonly Address[]] = [old, [other]]
  let reads = 0
  const state = { stage: 'voting', round: 0, seedBlock: 5n, commitEnd: 90_000n, revealEnd: 130_000n } as const
  const court: Partial<CourtPort> = {
    terms: async () => SMALL_JURY,
    opened: async () => [],
    trial: async () => ({ state, seats: [{ seat: 1, juror: old, committed: undefined, value: undefined }] }),
    voters: async (jurors) => jurors.map((juror) => (juror === cold ? voter : undefined)),
    returned: async () => [],
    async pool() {
      reads += 1
      return pool
    },
  }
  const juror = jurorWith(new Set(), undefined, {
    principals: [cold],
    ownKeys: async () => [account, old],
    chain: chainOf(court),
  })
  const unservedAt = async (time: bigint): Promise<readonly unknown[]> => {
    juror.look({ number: 10n, time })
    await juror.idle()
    return juror.view().unserved.map((one) => one.juror)
  }
  // A seat of the old key runs, none of its stakes is in the pool.
  expect(await unservedAt(1_000n)).toEqual([cold, old])
  ;[voter, pool] = [account, [other, cold]]
  expect(await unservedAt(1_599n)).toEqual([cold, old])
  expect(reads).toBe(1)
  expect(await unservedAt(1_600n)).toEqual([old])
  expect(reads).toBe(2)
  expect(juror.view()).toMatchObject({ failing: 0, seats: 0 })
})

test.each([
  ['decided', ['kept', 'lost', 'lost']],
  ['hung', ['kept', 'kept', 'lost']],
] as const)(
  'the journal says once of each seat that it votes for what became of its stake: %s',
  async (stage, want) => {
    const said: JournalLine[] = []
    const memory: JournalMemory = { append: async (line) => void said.push(line) }
    const journal = createJournal(memory, fakeClock(HEAD.time), SILENT)
    const account = keyOf('sender').address
    const [cold, other] = [keyOf('cold').address, keyOf('other').address]
    const values = [2_500n * WAD, INVALID, undefined, 2_500n * WAD]
    const seats = values.map((value, seat) => ({
      seat,
      juror: [cold, account, account][seat] ?? other,
      committed: undefined,
      value,
    }))
    const state = { stage, round: stage === 'hung' ? 1 : 0, seedBlock: 5n, commitEnd: 1n, revealEnd: 2n } as const
    const court: Partial<CourtPort> = {
      terms: async () => SMALL_JURY,
      opened: async () => [],
      trial: async () => ({ state, seats }),
      waiting: async () => [],
      returned: async () => [],
      staked: async () => ({ pool: 0, returned: 0, seated: 0, waiting: 0 }),
      voters: async () => [account],
      pool: async () => [],
    }
    const juror = jurorWith(new Set(), undefined, {
      journal,
      principals: [cold],
      chain: chainOf(court),
    })
    for (const number of [10n, 11n]) {
      juror.look({ number, time: HEAD.time })
      await juror.idle()
    }
    const lines = said.filter(({ reason }) => reason.startsWith('Seat'))
    expect(lines.map(({ action, fixingId }) => [action, fixingId])).toEqual(want.map((action) => [action, FIXING_ID]))
  },
)

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
    chain: chainOf(court, {
      snapshot: async () => snapshotOf({ arbitratedAt }, { now: HEAD.time }),
    }),
    juries: [FIXING.arbitrator],
    table: {
      ...NO_CASES,
      cases: async () => [{ jury: FIXING.arbitrator, id: FIXING_ID, fixing: FIXING, block: 1n }],
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
      chain: chainOf(court, {
        snapshot: async () => snapshotOf({ arbitratedAt }, { now, fixing: { ...FIXING, arbitrator: JURY } }),
      }),
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

describe('a case that others wait behind may cost as much as what waits', () => {
  const DAY = 86_400n
  const ETHER = 10n ** 18n
  const LIMIT = 10n ** 16n
  const PAY = (4n * FIXING.arbitrationFee) / 11n
  const [AHEAD, BEHIND]: [Hex, Hex] = [`0x${'aa'.repeat(32)}`, `0x${'bb'.repeat(32)}`]
  const NONE = { stage: 'none', round: 0, seedBlock: 0n, commitEnd: 0n, revealEnd: 0n } as const
  const waiting = (seedBlock: bigint): JuryCase => ({ ...NONE, stage: 'waiting', seedBlock })
  const over: JuryCase = { ...NONE, stage: 'voting', commitEnd: 1n, revealEnd: 2n }
  const seat = { seat: 0, juror: keyOf('other').address, committed: undefined, value: undefined }
  /** The jury's turn on the case behind; on the one ahead it began 20 days earlier, and it is as long. */
  const arbitratedAt = 30n * DAY
  const turnEnd = arbitratedAt + BigInt(FIXING.arbitrationLimit)
  const votesTime = BigInt(SMALL_JURY.commitTime + SMALL_JURY.revealTime)
  const seedTime = votesTime + 3n * DAY

  type Scene = {
    readonly ahead: JuryCase
    readonly behind: JuryCase
    readonly staked?: Partial<Staked>
    /** Where its turn on the case ahead begins. */
    readonly earlier?: bigint
    /** That wait between the two. */
    readonly others?: readonly Hex[]
  }
  type Tried = {
    readonly call: string
    readonly isBehind: boolean
    readonly maxGasCost: bigint | undefined
    readonly deadline: bigint | undefined
  }

  /** What a clerk tries that has 3 ETH in the case behind alone, both having been opened in this order. */
  async function triedAt(
    now: bigint,
    block: bigint,
    { ahead, behind, staked, earlier = arbitratedAt, others = [] }: Scene,
  ) {
    const tried: Tried[] = []
    const states = new Map([
      [AHEAD, ahead],
      [BEHIND, behind],
    ])
    const counts = { pool: 9, returned: 0, seated: 0, waiting: 0, ...staked }
    const court: Partial<CourtPort> = {
      terms: async () => SMALL_JURY,
      opened: async () => [],
      trial: async (id) => ({ state: states.get(id) ?? NONE, seats: states.get(id) === over ? [seat] : [] }),
      voters: async () => [undefined],
      waiting: async () => [
        ...(ahead.stage === 'waiting' ? [AHEAD] : []),
        ...others,
        ...(behind.stage === 'waiting' ? [BEHIND] : []),
      ],
      returned: async () => Array.from({ length: counts.returned }, () => keyOf('other').address),
      pool: async () => [keyOf('other').address],
      staked: async () => counts,
      header: async () => '0xc0',
      async send({ name }, { maxGasCost }) {
        tried.push({ call: name, isBehind: plan?.fixingId === BEHIND, maxGasCost, deadline: plan?.deadline })
        return { kind: 'refused', reason: 'Client.DearGasError' }
      },
    }
    const transactions = transactionsOf(intentMemory())
    let plan: Plan | undefined
    const juror = jurorWith(new Set(), undefined, {
      isClerk: true,
      maxGasWei: LIMIT,
      staked: (id) => (id === BEHIND ? 3n * ETHER : 0n),
      juries: [FIXING.arbitrator],
      chain: chainOf(court, {
        head: async () => ({ number: block, time: now }),
        snapshot: async (fixing) =>
          snapshotOf({ arbitratedAt: fixing.indexId === AHEAD ? earlier : arbitratedAt }, { now, fixing }),
      }),
      table: {
        ...NO_CASES,
        cases: async () =>
          [AHEAD, BEHIND].map((id) => ({ jury: FIXING.arbitrator, id, fixing: { ...FIXING, indexId: id }, block: 1n })),
      },
      transactions: {
        ...transactions,
        attempt: (next, send) =>
          transactions.attempt(next, (terms) => {
            plan = next
            return send(terms)
          }),
      },
    })
    juror.look({ number: block, time: now })
    await juror.idle()
    // Both at once, in any order.
    return tried.toSorted((a, b) => Number(a.isBehind) - Number(b.isBehind))
  }

  const both = (seedBlock: bigint) => ({ ahead: waiting(seedBlock), behind: waiting(seedBlock) })

  test('a draw, though this node has nothing in what is drawn, the more the nearer the seed behind it is to being forgotten', async () => {
    // 8 191 blocks of 12 s from the seed's on, in the last of which it can be drawn, are a day and some.
    const lives = 8_191n * 12n
    const now = arbitratedAt + DAY
    const early = LIMIT + PAY + (3n * ETHER * DAY) / lives
    expect(await triedAt(now, 501n, both(500n))).toEqual([
      { call: 'draw', isBehind: false, maxGasCost: early, deadline: now + lives },
    ])
    expect(await triedAt(now, 500n + 8_191n, both(500n))).toEqual([
      { call: 'draw', isBehind: false, maxGasCost: LIMIT + PAY + 3n * ETHER, deadline: now + 12n },
    ])
  })

  test('another seed, as long as there is time for the votes behind it', async () => {
    const block = 500n + 8_192n
    const late = turnEnd - seedTime
    expect(await triedAt(late - 4n * DAY, block, both(500n))).toEqual([
      { call: 'reseed', isBehind: false, maxGasCost: LIMIT + (3n * ETHER) / 4n, deadline: late },
    ])
    const longer = { ...both(500n), earlier: arbitratedAt + DAY }
    expect(await triedAt(late - 1n, block, longer)).toEqual([
      { call: 'reseed', isBehind: false, maxGasCost: LIMIT + 3n * ETHER, deadline: late },
    ])
    // What waits can only be closed itself.
    expect(await triedAt(late, block, longer)).toEqual([
      { call: 'reseed', isBehind: false, maxGasCost: LIMIT, deadline: late + DAY },
    ])
  })

  test('closing what is over', async () => {
    const earlier = arbitratedAt - BigInt(FIXING.arbitrationLimit)
    const now = arbitratedAt + DAY
    expect(await triedAt(now, 500n + 8_191n, { ...both(500n), earlier })).toEqual([
      { call: 'close', isBehind: false, maxGasCost: LIMIT + 3n * ETHER, deadline: now + 12n },
    ])
  })

  test('resolving a round whose seats the pool is too small without, and no other', async () => {
    const scene = { ahead: over, behind: NONE, staked: { pool: 2, seated: 3 } }
    const late = turnEnd - seedTime
    expect(await triedAt(late - 2n * DAY, 600n, scene)).toEqual([
      { call: 'resolve', isBehind: false, maxGasCost: LIMIT + PAY + (3n * ETHER) / 2n, deadline: late },
    ])
    expect(await triedAt(late - 2n * DAY, 600n, { ...scene, staked: { pool: 3, seated: 3 } })).toEqual([
      { call: 'resolve', isBehind: false, maxGasCost: LIMIT + PAY, deadline: turnEnd },
      { call: 'open', isBehind: true, maxGasCost: LIMIT + (3n * ETHER) / 2n, deadline: late },
    ])
  })

  test('of several moves that it waits for, each a part: all together cost no more than what is in it', async () => {
    const late = turnEnd - seedTime
    const lives = 500n + 8_191n
    // Who opened three cases first has them drawn for a third each.
    const others = ['cc', 'dd'].map((byte): Hex => `0x${byte.repeat(32)}`)
    expect(await triedAt(arbitratedAt + DAY, lives, { ...both(500n), others })).toMatchObject([
      { call: 'draw', maxGasCost: LIMIT + PAY + ETHER },
    ])
    // Two draws, and the rounds of four cases.
    const scene = { ahead: over, behind: NONE, staked: { pool: 2, waiting: 2, seated: 4 * SMALL_JURY.seats - 1 } }
    expect(await triedAt(late - 1n, 600n, scene)).toMatchObject([
      { call: 'resolve', maxGasCost: LIMIT + PAY + (3n * ETHER) / 8n },
    ])
  })

  test('a draw while stakes that were returned keep what waits from being opened', async () => {
    const late = turnEnd - seedTime
    const scene = { ahead: waiting(500n), behind: NONE, staked: { waiting: 1 } }
    const tried = { call: 'draw', isBehind: false, deadline: late - 2n * DAY + 12n }
    expect(await triedAt(late - 2n * DAY, 500n + 8_191n, { ...scene, staked: { returned: 1, waiting: 1 } })).toEqual([
      { ...tried, maxGasCost: LIMIT + PAY + (3n * ETHER) / 2n },
    ])
    expect((await triedAt(late - 2n * DAY, 500n + 8_191n, scene))[0]).toEqual({ ...tried, maxGasCost: LIMIT + PAY })
  })

  test('bringing returned stakes back, whichever case does it for all', async () => {
    const late = turnEnd - seedTime
    const scene = { ahead: NONE, behind: NONE, staked: { returned: 1 } }
    expect(await triedAt(late - 2n * DAY, 600n, scene)).toMatchObject([
      { call: 'readmit', isBehind: false, maxGasCost: LIMIT + (3n * ETHER) / 2n },
    ])
    // To open the one does nothing for the other.
    expect(await triedAt(late - 2n * DAY, 600n, { ahead: NONE, behind: NONE })).toMatchObject([
      { call: 'open', isBehind: false, maxGasCost: LIMIT },
      { call: 'open', isBehind: true, maxGasCost: LIMIT + (3n * ETHER) / 2n },
    ])
  })
})
