import { expect, test } from 'vitest'
import { DeadRpcError } from '#client/chain.ts'
import { openEndpoints } from '../../../node/chain/endpoints.ts'
import type { ChainPort } from '../../../node/chain/port.ts'
import { fakeClock } from '../fake-clock.ts'
import { FakeWorld } from '../node/fake-world.ts'
import { FIXING, MATURITY, reporterKey, WAD } from '../reporters.ts'

const TRUTH = 2_500n * WAD
const LIE = 3_000n * WAD
const PAUSE_MS = 15_000
const ACCOUNT = reporterKey(0).address

/** So many endpoints, each a world of its own, which all say the same at first. */
async function setUp(count: number, agreement: number) {
  const worlds = Array.from({ length: count }, () => new FakeWorld(FIXING, MATURITY))
  const asked = worlds.map(() => 0)
  const outvoted: string[] = []
  const clock = fakeClock(MATURITY)
  const endpoints = worlds.map((world, i) => ({
    url: `e${i}`,
    open: async (): Promise<ChainPort> => {
      asked[i] = (asked[i] ?? 0) + 1
      if (world.isDead) throw new DeadRpcError(`e${i}`, 'no answer')
      const port = world.as(ACCOUNT)
      return { ...port, snapshot: (...args) => ((asked[i] = (asked[i] ?? 0) + 1), port.snapshot(...args)) }
    },
  }))
  const onOutvoted = (url: string): void => void outvoted.push(url)
  const { signal } = new AbortController()
  const open = (): Promise<ChainPort> => openEndpoints(endpoints, { agreement, clock, signal, onOutvoted })
  return { worlds, asked, outvoted, clock, open, world: (i: number) => worlds[i] ?? new FakeWorld(FIXING, MATURITY) }
}

/** Everything that is under way has come. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const leaderOf = async (chain: ChainPort): Promise<bigint> => (await chain.snapshot(FIXING, 1n)).facts.leader
const nothing = async (): Promise<void> => undefined

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

test('compares amounts beyond 2^53 to the last wei', async () => {
  const { world, open } = await setUp(2, 2)
  const chain = await open()
  world(0).facts = { bond: 2n ** 64n }
  world(1).facts = { bond: 2n ** 64n + 1n }
  await expect(chain.snapshot(FIXING, 1n)).rejects.toMatchObject({ name: 'Chain.DisagreementError' })
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
  const refusing: ChainPort = {
    ...one.as(ACCOUNT),
    bond: () => Promise.reject(new Error('limit exceeded')),
    propose: async () => ({ kind: 'refused', reason: 'WrongPhase' }),
  }
  const fail = (): Promise<ChainPort> => Promise.reject(new Error('Expected chain 1, got chain 5.'))
  const chain = await openEndpoints(
    [
      { url: 'wrong', open: fail },
      { url: 'refusing', open: async () => refusing },
      { url: 'sound', open: async () => two.as(ACCOUNT) },
    ],
    { agreement: 2, clock: fakeClock(MATURITY), signal, onOutvoted: () => undefined },
  )
  expect(await chain.bond(FIXING)).toBe(FIXING.minBond)
  expect(await chain.propose(FIXING, TRUTH, WAD, { beforeSend: nothing })).toMatchObject({ kind: 'done' })
  expect(two.sent).toHaveLength(1)
})

test('what all refuse is refused', async () => {
  const { signal } = new AbortController()
  const world = new FakeWorld(FIXING, MATURITY)
  const refusing: ChainPort = { ...world.as(ACCOUNT), propose: async () => ({ kind: 'refused', reason: 'WrongPhase' }) }
  const chain = await openEndpoints(
    ['a', 'b'].map((url) => ({ url, open: async () => refusing })),
    { agreement: 1, clock: fakeClock(MATURITY), signal, onOutvoted: () => undefined },
  )
  const sent = chain.propose(FIXING, TRUTH, WAD, { beforeSend: nothing })
  expect(await sent).toEqual({ kind: 'refused', reason: 'WrongPhase' })
})

test('a transaction that one endpoint still has is pending, whatever the others say', async () => {
  const { world, open } = await setUp(3, 2)
  const chain = await open()
  expect(await chain.fate({ hash: '0x01', nonce: 1 })).toEqual({ kind: 'dropped' })
  world(2).fate = { kind: 'pending' }
  expect(await chain.fate({ hash: '0x01', nonce: 1 })).toEqual({ kind: 'pending' })
})

test('nobody waits long for an endpoint that hangs', async () => {
  const { signal } = new AbortController()
  const world = new FakeWorld(FIXING, MATURITY)
  const hanging: ChainPort = { ...world.as(ACCOUNT), head: () => new Promise(() => undefined) }
  const ports = [hanging, world.as(ACCOUNT), world.as(ACCOUNT)]
  const clock = fakeClock(MATURITY)
  const chain = await openEndpoints(
    ports.map((port, i) => ({ url: `e${i}`, open: async () => port })),
    { agreement: 2, clock, signal, onOutvoted: () => undefined },
  )
  expect(await chain.head()).toEqual(world.head)
  expect(clock.sleeps).toEqual([250])
})

test('sends through the first that answers, and once only: what was signed is not sent through another', async () => {
  const { world, open } = await setUp(2, 1)
  const chain = await open()
  world(0).isDead = true
  expect(await chain.propose(FIXING, TRUTH, WAD, { beforeSend: nothing })).toMatchObject({ kind: 'done' })
  expect([world(0).sent.length, world(1).sent.length]).toEqual([0, 1])

  const dying: ChainPort = {
    ...world(0).as(ACCOUNT),
    async propose(_fixing, _value, _bond, { beforeSend }) {
      await beforeSend({ hash: '0x01', nonce: 1 })
      throw new DeadRpcError('e0', 'no answer')
    },
  }
  const healthy = world(1)
  const { signal } = new AbortController()
  const options = { agreement: 1, clock: fakeClock(MATURITY), signal, onOutvoted: () => undefined }
  const both = await openEndpoints(
    [
      { url: 'e0', open: async () => dying },
      { url: 'e1', open: async () => healthy.as(ACCOUNT) },
    ],
    options,
  )
  await expect(both.propose(FIXING, TRUTH, WAD, { beforeSend: nothing })).rejects.toMatchObject({
    name: 'Chain.DeadRpcError',
  })
  expect(healthy.sent.length).toBe(1)
})

test('asks whoever was outvoted last', async () => {
  const { worlds, world, open } = await setUp(3, 2)
  for (const honest of worlds) honest.facts = { leader: TRUTH, round: 1 }
  world(0).facts = { leader: LIE, round: 1 }
  const chain = await open()
  await leaderOf(chain)
  await settled()
  await chain.propose(FIXING, TRUTH, WAD, { beforeSend: nothing })
  expect(worlds.map(({ sent }) => sent.length)).toEqual([0, 1, 0])
})
