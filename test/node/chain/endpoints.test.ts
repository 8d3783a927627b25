import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { DeadRpcError } from '#client/chain.ts'
import { openEndpoints } from '../../../node/chain/endpoints.ts'
import type { ChainPort, EndpointPort, Fate, NonceFate, Terms } from '../../../node/chain/port.ts'
import { fakeClock } from '../fake-clock.ts'
import type { Slot } from '../../../node/store/slot.ts'
import { FakeWorld } from '../node/fake-world.ts'
import { FIXING, MATURITY, reporterKey, ROOT, WAD } from '../reporters.ts'

const TRUTH = 2_500n * WAD
const LIE = 3_000n * WAD
const PAUSE_MS = 15_000
const ACCOUNT = reporterKey(0).address
const ATTESTATION = { value: TRUTH, observationsRoot: ROOT, proposer: ACCOUNT, signers: 1n, count: 1 }

/** So many endpoints, each a world of its own, which all say the same at first. */
async function setUp(count: number, agreement: number) {
  const worlds = Array.from({ length: count }, () => new FakeWorld(FIXING, MATURITY))
  const asked = worlds.map(() => 0)
  const outvoted: string[] = []
  const blocksAsked: bigint[] = []
  const clock = fakeClock(MATURITY)
  const endpoints = worlds.map((world, i) => ({
    url: `e${i}`,
    open: async (): Promise<EndpointPort> => {
      asked[i] = (asked[i] ?? 0) + 1
      if (world.isDead) throw new DeadRpcError(`e${i}`, 'no answer')
      const port = world.endpoint(ACCOUNT)
      return {
        ...port,
        block: (number) => (blocksAsked.push(number), port.block(number)),
        snapshot: (...args) => ((asked[i] = (asked[i] ?? 0) + 1), port.snapshot(...args)),
      }
    },
  }))
  const onOutvoted = (url: string): void => void outvoted.push(url)
  const { signal } = new AbortController()
  const open = (): Promise<ChainPort> => openEndpoints(endpoints, { agreement, clock, signal, onOutvoted, ...SENDING })
  return {
    worlds,
    asked,
    blocksAsked,
    outvoted,
    clock,
    open,
    world: (i: number) => worlds[i] ?? new FakeWorld(FIXING, MATURITY),
  }
}

/** Everything that is under way has come. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const leaderOf = async (chain: ChainPort): Promise<bigint> =>
  (await chain.snapshot(FIXING, { number: 1n, time: MATURITY })).facts.leader
const SENDING = {
  account: privateKeyToAccount(reporterKey(0).privateKey),
  contracts: { oracle: FIXING.arbitrator, registry: FIXING.backup },
  caps: { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 10n },
}
/** Under which it is sent; says what was written down. */
function termsOf(slots: Slot[] = []): Terms {
  return {
    record: async (slot) => void slots.push(slot),
    nonces: () => new Set(),
    veto: () => undefined,
    standing: async () => undefined,
  }
}

test('believes what two of three say, wherever the third stands, and names it', async () => {
  for (const liar of [0, 1, 2]) {
    const { worlds, world, outvoted, open } = await setUp(3, 2)
    for (const honest of worlds) honest.facts = { leader: TRUTH, round: 1 }
    const chain = await open()
    world(liar).facts = { leader: LIE, round: 1 }
    expect(await leaderOf(chain)).toBe(TRUTH)
    await settled()
    expect(outvoted).toEqual([`e${liar}`])
  }
})

test('says nothing while two contradict each other, or all three', async () => {
  const { world, outvoted, open } = await setUp(2, 2)
  const chain = await open()
  world(0).facts = { leader: LIE, round: 1 }
  await expect(leaderOf(chain)).rejects.toMatchObject({ name: 'Chain.DisagreementError', sides: [['e0'], ['e1']] })
  const three = await setUp(3, 2)
  const other = await three.open()
  three.world(0).facts = { leader: LIE, round: 1 }
  three.world(1).facts = { leader: TRUTH, round: 1 }
  await expect(leaderOf(other)).rejects.toMatchObject({ name: 'Chain.DisagreementError' })
  expect([...outvoted, ...three.outvoted]).toEqual([])
})

test('names endpoints that contradict each other by host alone, and by place where hosts repeat', async () => {
  const worlds = [LIE, TRUTH, 1n].map((leader) => {
    const world = new FakeWorld(FIXING, MATURITY)
    world.facts = { leader, round: 1 }
    return world
  })
  const urls = ['https://a.example/v3/key1', 'https://name:key2@b.example/x', 'https://a.example/?token=key3']
  const endpoints = worlds.map((world, i) => ({ url: urls[i] ?? '', open: async () => world.endpoint(ACCOUNT) }))
  const { signal } = new AbortController()
  const options = { agreement: 2, clock: fakeClock(MATURITY), signal, onOutvoted: () => undefined, ...SENDING }
  const chain = await openEndpoints(endpoints, options)
  await expect(leaderOf(chain)).rejects.toMatchObject({
    sides: [['a.example (1)'], ['b.example'], ['a.example (3)']],
    message: expect.not.stringContaining('key'),
  })
})

test('compares amounts beyond 2^53 to the last wei', async () => {
  const { world, open } = await setUp(2, 2)
  const chain = await open()
  world(0).facts = { bond: 2n ** 64n }
  world(1).facts = { bond: 2n ** 64n + 1n }
  await expect(chain.snapshot(FIXING, { number: 1n, time: MATURITY })).rejects.toMatchObject({
    name: 'Chain.DisagreementError',
  })
})

test('goes on without one that is dead, asks it again after a pause, and stops when too few are left', async () => {
  const { world, asked, clock, open } = await setUp(3, 2)
  world(1).isDead = true
  const chain = await open()
  expect(await leaderOf(chain)).toBe(0n)
  const before = asked[1]
  await leaderOf(chain)
  expect(asked[1]).toBe(before)
  world(1).isDead = false
  clock.pass(PAUSE_MS)
  await leaderOf(chain)
  await settled()
  expect(asked[1]).toBeGreaterThan(before ?? 0)
  world(0).isDead = true
  world(2).isDead = true
  await expect(leaderOf(chain)).rejects.toMatchObject({ name: 'Chain.DeadRpcError' })
})

test('does not start on one of three', async () => {
  const { world, open } = await setUp(3, 2)
  world(0).isDead = true
  world(2).isDead = true
  await expect(open()).rejects.toMatchObject({ name: 'Chain.DeadRpcError' })
})

test('the newest block, and the newest final one, is not asked for again where all say the same', async () => {
  const { world, blocksAsked, open } = await setUp(3, 2)
  const chain = await open()
  const reads = [() => chain.head(), () => chain.finalized()]
  for (const read of reads) expect(await read()).toEqual({ number: 1n, time: MATURITY })
  expect(blocksAsked).toEqual([])
  world(2).mine(MATURITY + 12n)
  for (const read of reads) {
    expect(await read()).toEqual({ number: 1n, time: MATURITY })
    expect(blocksAsked.splice(0)).toContain(1n)
  }
})

test('what fewer say than must agree is no final block, however they agree', async () => {
  const { world, open } = await setUp(3, 2)
  const chain = await open()
  world(0).isFinal = false
  world(1).isFinal = false
  expect(await chain.finalized()).toBe(undefined)
})

test('the newest block is one that as many have as must agree', async () => {
  const { world, open } = await setUp(3, 2)
  const chain = await open()
  // The first has mined one more; the third is far ahead, and lies.
  for (const i of [0, 1]) world(i).mine(MATURITY + 12n)
  world(0).mine(MATURITY + 24n)
  world(2).head = { number: 99n, time: MATURITY + 12n }
  expect(await chain.head()).toEqual({ number: 2n, time: MATURITY + 12n })
})

test('the time of the newest block is what as many say as must agree', async () => {
  for (const liar of [0, 1, 2]) {
    const { worlds, world, outvoted, open } = await setUp(3, 2)
    const chain = await open()
    for (const each of worlds) each.mine(MATURITY + 12n)
    world(liar).head = { number: 2n, time: 0n }
    for (const each of worlds) each.isFinal = true
    expect(await chain.head()).toEqual({ number: 2n, time: MATURITY + 12n })
    expect(await chain.finalized()).toEqual({ number: 2n, time: MATURITY + 12n })
    await settled()
    expect(new Set(outvoted)).toEqual(new Set([`e${liar}`]))
  }
})

test('an endpoint that fails, refuses or is of another chain does not keep the node from acting', async () => {
  const { signal } = new AbortController()
  const [one, two] = [new FakeWorld(FIXING, MATURITY), new FakeWorld(FIXING, MATURITY)]
  const refusing: EndpointPort = {
    ...one.endpoint(ACCOUNT),
    bond: () => Promise.reject(new Error('limit exceeded')),
    tryOut: async () => ({ kind: 'refused', reason: 'WrongPhase' }),
  }
  const fail = (): Promise<EndpointPort> => Promise.reject(new Error('Expected chain 1, got chain 5.'))
  const chain = await openEndpoints(
    [
      { url: 'wrong', open: fail },
      { url: 'refusing', open: async () => refusing },
      { url: 'sound', open: async () => two.endpoint(ACCOUNT) },
      { url: 'other', open: async () => ({ ...two.endpoint(ACCOUNT), broadcast: async () => 'known' as const }) },
    ],
    { agreement: 2, clock: fakeClock(MATURITY), signal, onOutvoted: () => undefined, ...SENDING },
  )
  expect(await chain.bond(FIXING)).toBe(FIXING.minBond)
  expect(await chain.propose(FIXING, TRUTH, WAD, termsOf())).toEqual({ kind: 'sent' })
  expect(two.raws).toHaveLength(1)
})

test('what all refuse is refused', async () => {
  const { signal } = new AbortController()
  const world = new FakeWorld(FIXING, MATURITY)
  const refusing: EndpointPort = {
    ...world.endpoint(ACCOUNT),
    tryOut: async () => ({ kind: 'refused', reason: 'WrongPhase' }),
  }
  const chain = await openEndpoints(
    ['a', 'b'].map((url) => ({ url, open: async () => refusing })),
    { agreement: 1, clock: fakeClock(MATURITY), signal, onOutvoted: () => undefined, ...SENDING },
  )
  const sent = chain.propose(FIXING, TRUTH, WAD, termsOf())
  expect(await sent).toEqual({ kind: 'refused', reason: 'WrongPhase' })
})

test('nobody waits long for an endpoint that hangs', async () => {
  const { signal } = new AbortController()
  const world = new FakeWorld(FIXING, MATURITY)
  const hanging: EndpointPort = { ...world.endpoint(ACCOUNT), head: () => new Promise(() => undefined) }
  const ports = [hanging, world.endpoint(ACCOUNT), world.endpoint(ACCOUNT)]
  const clock = fakeClock(MATURITY)
  const chain = await openEndpoints(
    ports.map((port, i) => ({ url: `e${i}`, open: async () => port })),
    { agreement: 2, clock, signal, onOutvoted: () => undefined, ...SENDING },
  )
  expect(await chain.head()).toEqual(world.head)
  expect(clock.sleeps).toEqual([2_000])
  // Not again for a while.
  expect(await chain.head()).toEqual(world.head)
  expect(clock.sleeps).toEqual([2_000])
  clock.pass(PAUSE_MS)
  expect(await chain.head()).toEqual(world.head)
  expect(clock.sleeps).toEqual([2_000, 2_000])
})

test('sends the same through all, and is not kept waiting by one that is dead or hangs', async () => {
  const { signal } = new AbortController()
  const worlds = [0, 1, 2].map(() => new FakeWorld(FIXING, MATURITY))
  const ports = worlds.map((world) => world.endpoint(ACCOUNT))
  const dead: EndpointPort = {
    ...worlds[0]!.endpoint(ACCOUNT),
    broadcast: () => Promise.reject(new DeadRpcError('dead', 'no answer')),
  }
  const hanging: EndpointPort = { ...worlds[0]!.endpoint(ACCOUNT), broadcast: () => new Promise(() => undefined) }
  const chain = await openEndpoints(
    [dead, hanging, ...ports].map((port, i) => ({ url: `e${i}`, open: async () => port })),
    { agreement: 3, clock: fakeClock(MATURITY), signal, onOutvoted: () => undefined, ...SENDING },
  )
  const slots: Slot[] = []
  expect(await chain.propose(FIXING, TRUTH, WAD, termsOf(slots))).toEqual({ kind: 'sent' })
  await settled()
  const raw = slots[0]?.versions[0]?.raw
  expect(worlds.map(({ raws }) => raws)).toEqual([[raw], [raw], [raw]])
})

/** One endpoint per entry, each a sound one with these changes, of which two must agree; the clock waits for whoever answers soon. */
async function openThree(changes: readonly ((sound: EndpointPort) => Partial<EndpointPort>)[]) {
  const worlds = changes.map(() => new FakeWorld(FIXING, MATURITY))
  const sleep = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await settled()
  }
  const clock = { ...fakeClock(MATURITY), sleep }
  const ports = worlds.map((world, i) => {
    const port = world.endpoint(ACCOUNT)
    return { ...port, ...changes[i]?.(port) }
  })
  const chain = await openEndpoints(
    ports.map((port, i) => ({ url: `e${i}`, open: async () => port })),
    { agreement: 2, clock, signal: new AbortController().signal, onOutvoted: () => undefined, ...SENDING },
  )
  return { chain, worlds }
}

const nothing = (): Partial<EndpointPort> => ({})
const GWEI = 10n ** 9n

test('the two fastest do not decide on block, nonce, fee or gas while the third still has time', async () => {
  const behind = (port: EndpointPort): Partial<EndpointPort> => ({
    outlook: async () => ({ ...(await port.outlook()), number: 0n, time: 0n, baseFee: 1n, tip: 0n, balance: 0n }),
    tryOut: async () => ({ kind: 'runs', estimate: 21_000n, limit: 21_000n }),
  })
  const slow = (port: EndpointPort): Partial<EndpointPort> => ({
    head: async () => (await settled(), port.head()),
    outlook: async () => (await settled(), port.outlook()),
    tryOut: async (call) => (await settled(), port.tryOut(call)),
  })
  const { chain, worlds } = await openThree([behind, nothing, slow])
  for (const world of worlds.slice(1)) world.mine(MATURITY + 12n)
  expect(await chain.head()).toEqual({ number: 2n, time: MATURITY + 12n })
  expect(await chain.outlook()).toEqual(worlds[1]?.outlook)
  const slots: Slot[] = []
  await chain.propose(FIXING, TRUTH, WAD, termsOf(slots))
  expect(slots[0]?.call?.gas).toBe(150_000n)
  expect(slots[0]?.versions[0]).toMatchObject({ maxFeePerGas: 2_100_000_000n, maxPriorityFeePerGas: 100_000_000n })
})

test('while one does not answer, no other takes the newest block back, nor the fee further than it can have fallen', async () => {
  const { chain, worlds } = await openThree([nothing, nothing, nothing])
  const [first, second, third] = worlds
  for (const world of worlds) for (const i of [1n, 2n, 3n]) world.mine(MATURITY + 12n * i)
  const before = await chain.outlook()
  const newest = await chain.head()
  expect([newest.number, before.number, before.baseFee]).toEqual([4n, 4n, GWEI])
  if (first === undefined || second === undefined || third === undefined) throw new Error('three')
  third.isDead = true
  second.head = { number: 3n, time: MATURITY + 24n }
  expect(await chain.head()).toEqual(newest)
  expect(await chain.outlook()).toEqual(before)
})

test('believes that the newest block went back when all endpoints say so', async () => {
  const { chain, worlds } = await openThree([nothing, nothing, nothing])
  for (const world of worlds) for (const i of [1n, 2n, 3n]) world.mine(MATURITY + 12n * i)
  expect((await chain.head()).number).toBe(4n)
  for (const world of worlds) world.head = { number: 3n, time: MATURITY + 24n }
  expect((await chain.head()).number).toBe(3n)
})

test('a base fee that two of three tell falls by an eighth a block at most', async () => {
  let baseFee = 64n
  const fee = (port: EndpointPort): Partial<EndpointPort> => ({
    outlook: async () => ({ ...(await port.outlook()), baseFee }),
  })
  const { chain, worlds } = await openThree([fee, fee, nothing])
  const [first, second, third] = worlds
  if (first === undefined || second === undefined || third === undefined) throw new Error('three')
  await chain.outlook()
  third.isDead = true
  baseFee = 1n
  for (const world of [first, second]) for (const i of [1n, 2n]) world.mine(MATURITY + 12n * i)
  // 64, 56, 49.
  expect((await chain.outlook()).baseFee).toBe(49n)
})

test('gives no transaction more gas than any may take', async () => {
  const greedy = (): Partial<EndpointPort> => ({
    tryOut: async () => ({ kind: 'runs', estimate: 2n ** 25n, limit: 2n ** 26n }),
  })
  const { chain } = await openThree([greedy, greedy, nothing])
  const slots: Slot[] = []
  await chain.propose(FIXING, TRUTH, WAD, termsOf(slots))
  expect(slots[0]?.call?.gas).toBe(16_777_216n)
})

/** A transaction of which each endpoint tells the fate that `fateOf` says, and what comes of a look at it. */
async function sentThree(fateOf: (endpoint: number) => NonceFate) {
  const { chain, worlds } = await openThree([0, 1, 2].map((i) => () => ({ nonceFate: async () => fateOf(i) })))
  const slots: Slot[] = []
  await chain.propose(FIXING, TRUTH, WAD, termsOf(slots))
  const [world, sent] = [worlds[0], slots[0]]
  if (world === undefined || sent === undefined) throw new Error('nothing was signed')
  const pursue = async (): Promise<Fate> => {
    const { outlook } = world
    const fate = await chain.pursue(sent, { ...termsOf(), outlook, urgentTime: undefined, isNext: true })
    await settled()
    return fate
  }
  return { world, sent, pursue }
}
const MINED = { kind: 'mined', hash: '0x01', block: 1n, isSuccess: true, moved: WAD } as const

test('what was mined and undone while one block was the newest is told again', async () => {
  let fate: NonceFate = { kind: 'open' }
  const { world, sent, pursue } = await sentThree(() => fate)
  const look = async (): Promise<unknown> => [(await pursue()).kind, world.raws.length]
  expect(await look()).toEqual(['pending', 1])
  fate = { ...MINED, hash: sent.versions[0]?.hash ?? '0x' }
  expect(await look()).toEqual(['done', 1])
  fate = { kind: 'open' }
  expect(await look()).toEqual(['pending', 2])
})

test('whether a transaction succeeded, and what it moved, is what two of three say, wherever the third stands', async () => {
  const { block, hash } = MINED
  const done = { kind: 'done', moved: WAD, block, hash }
  const reverted: NonceFate = { ...MINED, isSuccess: false, moved: 0n }
  for (const liar of [0, 1, 2]) {
    const told = async (truth: NonceFate, lie: NonceFate): Promise<Fate> =>
      (await sentThree((i) => (i === liar ? lie : truth))).pursue()
    expect(await told(MINED, { ...MINED, isSuccess: false })).toEqual(done)
    expect(await told(MINED, { ...MINED, moved: 0n })).toEqual(done)
    const refused = { kind: 'refused', reason: 'reverted on chain', block, hash }
    expect(await told(reverted, { ...reverted, isSuccess: true })).toEqual(refused)
  }
})

test('what became of a transaction is open while no two agree on whether it succeeded, or on what it moved', async () => {
  for (const other of [{ isSuccess: false }, { moved: 0n }]) {
    const fates: readonly NonceFate[] = [MINED, { ...MINED, ...other }]
    const { pursue } = await sentThree((i) => fates[i] ?? { kind: 'open' })
    expect(await pursue()).toEqual({ kind: 'pending' })
  }
})

test('what one saw mined is not taken for replaced, however many say that it was', async () => {
  let third: NonceFate = MINED
  const { world, pursue } = await sentThree((i) => (i === 2 ? third : { kind: 'superseded' }))
  const look = async (): Promise<string> => {
    world.mine(world.head.time + 12n)
    return (await pursue()).kind
  }
  // More blocks than it takes to believe that another has its nonce.
  for (let block = 0; block < 5; block += 1) expect(await look()).toBe('pending')
  third = { kind: 'open' }
  expect([await look(), await look(), await look(), await look()]).toEqual(['pending', 'pending', 'pending', 'refused'])
})

test('what two refuse a third does not make leave', async () => {
  const refusing = (): Partial<EndpointPort> => ({ tryOut: async () => ({ kind: 'refused', reason: 'WrongPhase' }) })
  const { chain } = await openThree([nothing, refusing, refusing])
  expect(await chain.propose(FIXING, TRUTH, WAD, termsOf())).toEqual({ kind: 'refused', reason: 'WrongPhase' })
})

test('what is to be kept back from stakes is told to every endpoint', async () => {
  const short = (): Partial<EndpointPort> => ({ spendable: async (keptGas = 0n) => 100n - keptGas })
  const { chain } = await openThree([short, short, short])
  expect(await chain.spendable(7n)).toBe(93n)
})

test('what the account holds is said by as many as must agree that have seen the block', async () => {
  const behind = (): Partial<EndpointPort> => ({
    holdings: async (_, since = 0n) => (since > 7n ? undefined : HELD),
    spendable: async (_, since = 0n) => (since > 7n ? undefined : 5n),
  })
  const { chain } = await openThree([behind, behind, () => ({ holdings: async () => HELD, spendable: async () => 5n })])
  expect([await chain.spendable(0n, 7n), await chain.spendable(0n, 8n)]).toEqual([5n, undefined])
  expect([await chain.holdings('oracle', 7n), await chain.holdings('oracle', 8n)]).toEqual([HELD, undefined])
})
const HELD = { held: 1n, allowance: 2n }

test('amounts that change with every block are what two of three say at least, wherever the third stands', async () => {
  const lies: readonly Partial<EndpointPort>[] = [
    {
      bond: async () => 0n,
      unpaid: async () => 0n,
      spendable: async () => 0n,
      holdings: async () => ({ held: 0n, allowance: 0n }),
      incentives: async () => ({ rewardPot: 0n, attestersReward: 0n, isRosterPublished: true, gasFee: 0n }),
    },
    {
      bond: async () => 10n ** 30n,
      unpaid: async () => 10n ** 30n,
      spendable: async () => 10n ** 30n,
      holdings: async () => ({ held: 10n ** 30n, allowance: 10n ** 30n }),
      incentives: async () => ({ rewardPot: WAD, attestersReward: WAD, isRosterPublished: true, gasFee: WAD }),
    },
    { bond: async () => undefined, unpaid: async () => undefined },
  ]
  for (const lie of lies) {
    const { chain, worlds } = await openThree([() => lie, nothing, nothing])
    expect(await chain.bond(FIXING)).toBe(FIXING.minBond)
    for (const world of worlds) world.unpaid = 7n
    expect(await chain.unpaid(FIXING, ATTESTATION, [0])).toBe(7n)
    expect(await chain.spendable()).toBe(100n * WAD)
    expect(await chain.holdings('oracle')).toEqual({ held: 1_000n * WAD, allowance: 1_000n * WAD })
    const none = { rewardPot: 0n, attestersReward: 0n, isRosterPublished: false, gasFee: 1n }
    expect(await chain.incentives(FIXING)).toEqual(none)
  }
  const unreadable = { bond: async () => undefined, unpaid: async () => undefined }
  const { chain } = await openThree([() => unreadable, () => unreadable, nothing])
  expect(await chain.bond(FIXING)).toBe(undefined)
  expect(await chain.unpaid(FIXING, ATTESTATION, [0])).toBe(undefined)
})
