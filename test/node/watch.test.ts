import { expect, test } from 'vitest'
import type { OracleEvent } from '../../node/chain/port.ts'
import { FIXING, FIXING_ID } from './reporters.ts'
import { created, KNOWN, proposed, world } from './watch/written-chain.ts'

test('finds fixings of held documents once, and remembers where it stopped', async () => {
  const stranger: OracleEvent = {
    name: 'created',
    block: 5n,
    id: `0x${'02'.repeat(32)}`,
    fixing: { ...FIXING, indexId: `0x${'99'.repeat(32)}` },
  }
  const { state, found, start, memory } = world([created(4n), stranger])
  const watch = await start()
  expect(await watch.look()).toEqual({
    head: { number: 10n, time: 100n },
    isNew: true,
    isUndone: false,
    found: [{ id: FIXING_ID, fixing: FIXING, block: 4n }],
  })
  expect(await watch.look()).toMatchObject({ isNew: false, found: [] })
  state.head = { number: 11n, time: 101n }
  expect(await watch.look()).toMatchObject({ isNew: true, found: [] })
  expect(found).toHaveLength(1)
  expect(memory.next).toBe(3n)
  expect(state.ranges).toEqual([
    [3n, 10n],
    [3n, 11n],
  ])
})

test('finds a fixing that it is to follow at the next block, once, though nobody announced it, and keeps it on disk', async () => {
  const { state, start, memory, found } = world([proposed(9n, 1n), proposed(11n, 2n)])
  const watch = await start()
  await watch.look()
  expect(watch.events(FIXING_ID)).toEqual([])
  const judged = { id: FIXING_ID, fixing: FIXING, block: 10n }
  watch.follow(judged)
  watch.follow(judged)
  expect((await watch.look()).found).toEqual([])
  state.head = { number: 11n, time: 110n }
  memory.isFull = true
  await expect(watch.look()).rejects.toThrow('disk full')
  memory.isFull = false
  expect((await watch.look()).found).toEqual([judged])
  expect(found).toEqual([judged])
  expect(watch.events(FIXING_ID).map(({ block }) => block)).toEqual([9n, 11n])
  // Announced afterwards, or said again, it is the same.
  state.events = [...state.events, created(12n)]
  watch.follow(judged)
  state.head = { number: 12n, time: 120n }
  expect((await watch.look()).found).toEqual([])
  expect(found).toEqual([judged])
})

test('a fixing that is followed with its earlier events has them before those that are read, until the chain is undone', async () => {
  const { state, start, memory } = world([created(4n), proposed(45n, 2n)], { number: 50n, time: 500n })
  memory.next = 40n
  const watch = await start()
  expect(watch.nextBlock()).toBe(40n)
  watch.follow({ id: FIXING_ID, fixing: FIXING, block: 4n }, [created(4n), proposed(9n, 1n)])
  expect((await watch.look()).found).toHaveLength(1)
  expect(watch.events(FIXING_ID)).toEqual([created(4n), proposed(9n, 1n), proposed(45n, 2n)])
  expect(watch.nextBlock()).toBe(40n)
  state.head = { number: 90n, time: 900n }
  await watch.look()
  expect([watch.nextBlock(), watch.events(FIXING_ID).length]).toEqual([59n, 3])
  state.fork = 'b'
  state.head = { number: 91n, time: 910n }
  await watch.look()
  expect(watch.events(FIXING_ID)).toEqual([created(4n), proposed(45n, 2n)])
})

test('what is over is found again neither by its announcement nor by being followed, unless the chain is undone', async () => {
  const { state, start, closed } = world([created(4n)])
  closed.add(FIXING_ID)
  const watch = await start()
  watch.follow({ id: FIXING_ID, fixing: FIXING, block: 4n })
  expect((await watch.look()).found).toEqual([])
  state.head = { number: 40n, time: 400n }
  await watch.look()
  state.fork = 'b'
  state.head = { number: 41n, time: 410n }
  expect((await watch.look()).found.map(({ id }) => id)).toEqual([FIXING_ID])
})

test('reads the last 32 blocks again, so that what was reorganised away disappears', async () => {
  const { state, start, memory } = world([created(4n), proposed(99n, 1n)], { number: 100n, time: 100n })
  const watch = await start()
  await watch.look()
  expect(memory.next).toBe(69n)
  expect(watch.events(FIXING_ID).map(({ name }) => name)).toEqual(['created', 'proposed'])
  state.events = [created(4n), proposed(100n, 2n)]
  state.head = { number: 101n, time: 101n }
  await watch.look()
  expect(watch.events(FIXING_ID)).toEqual([created(4n), proposed(100n, 2n)])
  expect(state.ranges.at(-1)).toEqual([69n, 101n])
  const version = watch.version(FIXING_ID)
  // With nothing in its place.
  state.events = [created(4n)]
  state.head = { number: 102n, time: 102n }
  await watch.look()
  expect(watch.events(FIXING_ID)).toEqual([created(4n)])
  expect(watch.version(FIXING_ID)).not.toBe(version)
})

test('keeps what has settled when it is no longer read', async () => {
  const { state, start } = world([created(4n), proposed(5n, 1n)], { number: 10n, time: 1n })
  const watch = await start()
  for (const number of [10n, 40n, 90n, 200n]) {
    state.head = { number, time: number }
    await watch.look()
  }
  expect(state.ranges.at(-1)).toEqual([59n, 200n])
  expect(watch.events(FIXING_ID)).toEqual([created(4n), proposed(5n, 1n)])
})

test('a case that is heard of does not take the earlier events away from what is followed with them', async () => {
  const { start, memory } = world([], { number: 50n, time: 500n })
  memory.next = 40n
  const watch = await start()
  watch.follow(KNOWN, [created(4n)])
  watch.follow({ ...KNOWN, block: 30n })
  expect((await watch.look()).found).toEqual([KNOWN])
  expect(watch.events(FIXING_ID)).toEqual([created(4n)])
})

test('changes nothing when the chain or the disk fails, and finds everything afterwards', async () => {
  const { state, start, memory } = world([created(4n)])
  const watch = await start()
  state.isDead = true
  await expect(watch.look()).rejects.toThrow('dead')
  state.isDead = false
  memory.isFull = true
  await expect(watch.look()).rejects.toThrow('disk full')
  memory.isFull = false
  expect((await watch.look()).found).toHaveLength(1)
})

test('does not find a fixing again that it was told to forget', async () => {
  const { state, start } = world([created(4n)])
  const watch = await start()
  await watch.look()
  watch.forget(FIXING_ID)
  state.head = { number: 11n, time: 101n }
  expect((await watch.look()).found).toEqual([])
  expect(watch.events(FIXING_ID)).toEqual([])
})

test("a fixing's version changes when its log does, and with nothing else", async () => {
  const { state, start } = world([created(4n)], { number: 10n, time: 100n })
  const watch = await start()
  expect(watch.version(FIXING_ID)).toBe(undefined)
  const at = async (number: bigint, events: OracleEvent[]): Promise<number | undefined> => {
    state.head = { number, time: 10n * number }
    state.events = events
    await watch.look()
    return watch.version(FIXING_ID)
  }
  const first = await at(11n, [created(4n)])
  // Time passes, and what was logged is too deep to be read again.
  expect([await at(12n, [created(4n)]), await at(60n, [created(4n)])]).toEqual([first, first])
  const proposedOnce = await at(61n, [created(4n), proposed(61n, 1n)])
  expect(proposedOnce).not.toBe(first)
  expect(await at(62n, [created(4n), proposed(61n, 1n)])).toBe(proposedOnce)
  // Another block in its place has as many events, and another value.
  const replaced = await at(63n, [created(4n), proposed(61n, 2n)])
  expect(replaced).not.toBe(proposedOnce)
  const settled = await at(99n, [created(4n), proposed(61n, 2n)])
  expect(settled).toBe(replaced)
  expect(await at(100n, [created(4n), proposed(61n, 2n)])).toBe(replaced)
  state.fork = 'b'
  expect(await at(140n, [created(4n), proposed(61n, 2n)])).not.toBe(replaced)
  expect(watch.events(FIXING_ID)).toHaveLength(2)
})

test('believes no chain that ends before a block that was thought to stay', async () => {
  const { state, start } = world([created(4n)], { number: 50n, time: 500n })
  const watch = await start()
  await watch.look()
  state.head = { number: 17n, time: 170n }
  await expect(watch.look()).rejects.toMatchObject({ name: 'Watch.ShortChainError' })
  state.head = { number: 18n, time: 180n }
  expect((await watch.look()).isUndone).toBe(false)
})

test('a newest block that was replaced by another of the same height and time is new', async () => {
  const { state, start } = world([created(4n)], { number: 10n, time: 100n, hash: '0xa10' })
  const watch = await start()
  await watch.look()
  expect((await watch.look()).isNew).toBe(false)
  state.head = { number: 10n, time: 100n, hash: '0xb10' }
  expect((await watch.look()).isNew).toBe(true)
})

test('reads a long stretch part by part, and goes on where it failed without losing what it had found', async () => {
  const [early, late] = [created(5_000n), created(15_000n, `0x${'03'.repeat(32)}`)]
  const { state, memory, start } = world([early, proposed(5_001n, 7n), late], { number: 25_000n, time: 100n })
  const watch = await start()
  const { events } = state
  state.events = new Proxy(events, {
    get(target, name, receiver) {
      if (name === 'filter' && state.ranges.length === 2) throw new Error('dead')
      return Reflect.get(target, name, receiver) as unknown
    },
  })
  await expect(watch.look()).rejects.toThrow('dead')
  expect(memory.next).toBe(10_003n)
  state.events = events
  const { found } = await watch.look()
  expect(found.map(({ block }) => block)).toEqual([5_000n, 15_000n])
  expect(state.ranges).toEqual([
    [3n, 10_002n],
    [10_003n, 20_002n],
    [10_003n, 20_002n],
    [20_003n, 25_000n],
  ])
  expect(memory.next).toBe(24_969n)
  expect(watch.events(FIXING_ID).map(({ block }) => block)).toEqual([5_000n, 5_001n])
})
