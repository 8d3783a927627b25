import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { Head, OracleEvent } from '../../node/chain/port.ts'
import { startWatch, type Watch } from '../../node/watch.ts'
import type { FoundFixing } from '../../node/watch/memory.ts'
import { FIXING, FIXING_ID, keyOf } from './reporters.ts'

const created = (block: bigint, id: Hex = FIXING_ID): OracleEvent => ({ name: 'created', block, id, fixing: FIXING })
const proposed = (block: bigint, value: bigint): OracleEvent => ({
  name: 'proposed',
  block,
  id: FIXING_ID,
  from: keyOf('ann').address,
  value,
  bond: 1n,
})

/** What a watch keeps on disk. */
type Disk = {
  next: bigint | undefined
  anchor: Head | undefined
  logs: Map<Hex, readonly OracleEvent[]>
  isUndone: boolean
}

/** A chain whose log tests write; reading it is recorded. */
function world(events: OracleEvent[], head: Head = { number: 10n, time: 100n }) {
  const state = { head, events, ranges: [] as [bigint, bigint][], isDead: false, fork: 'a', forkBlock: 0n }
  const found: FoundFixing[] = []
  const memory: Disk & { isFull: boolean } = {
    next: undefined,
    anchor: undefined,
    logs: new Map(),
    isUndone: false,
    isFull: false,
  }
  /** What was on disk after each write: a restart may begin with any of it. */
  const disks: Disk[] = []
  /** Of each write the fixings of whose logs something was written. */
  const tails: (readonly Hex[])[] = []
  const closed = new Set<Hex>()
  return {
    state,
    memory,
    disks,
    tails,
    closed,
    found,
    start: (open: readonly FoundFixing[] = []): Promise<Watch> =>
      startWatch(
        {
          head: async () => {
            if (state.isDead) throw new Error('dead')
            return state.head
          },
          block: async (number) => {
            const fork = number < state.forkBlock ? 'a' : state.fork
            return { number, time: 10n * number, hash: `0x${fork}${number}` }
          },
          events: async (from, to) => {
            state.ranges.push([from, to])
            return state.events.filter(({ block }) => block >= from && block <= to)
          },
        },
        {
          nextBlock: async () => memory.next,
          anchor: async () => memory.anchor,
          isUndone: async () => memory.isUndone,
          log: async (id) => memory.logs.get(id),
          extend: async (more, next, { anchor, logs, dropped, isUndone }) => {
            if (memory.isFull) throw new Error('disk full')
            found.push(...more)
            memory.next = next
            memory.anchor = anchor ?? memory.anchor
            memory.isUndone ||= isUndone
            tails.push(logs.map(({ id }) => id).toSorted())
            for (const { id, from, events: tail } of logs) {
              memory.logs.set(id, [...(memory.logs.get(id) ?? []).slice(0, from), ...tail])
            }
            for (const id of dropped) memory.logs.delete(id)
            disks.push({ ...memory, logs: new Map(memory.logs) })
          },
          isClosed: async (id) => closed.has(id),
        },
        (indexId) => indexId === FIXING.indexId,
        { open, firstBlock: 3n, confirmations: 32 },
      ),
  }
}

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

const KNOWN = { id: FIXING_ID, fixing: FIXING, block: 4n }

test('after a restart it has what was logged before, and reads no block again that is deep enough to stay', async () => {
  const { state, start } = world([created(4n), proposed(5n, 1n), proposed(45n, 2n)], { number: 50n, time: 500n })
  await (await start()).look()
  state.ranges.length = 0
  const watch = await start([KNOWN])
  expect([watch.nextBlock(), watch.unread]).toEqual([19n, []])
  expect((await watch.look()).found).toEqual([])
  expect(state.ranges).toEqual([[19n, 50n]])
  expect(watch.events(FIXING_ID)).toEqual([created(4n), proposed(5n, 1n), proposed(45n, 2n)])
})

test('whatever it had written when it was killed, it ends with the same log', async () => {
  const log = [created(4n), ...[5n, 9_000n, 10_001n, 10_003n, 19_990n, 20_040n].map((block) => proposed(block, block))]
  const { state, start, memory, disks } = world(log)
  const whole = await start()
  for (const number of [15_000n, 20_010n, 20_011n, 20_050n, 20_100n]) {
    state.head = { number, time: 10n * number }
    state.events = log.filter(({ block }) => block <= number)
    await whole.look()
  }
  expect(whole.events(FIXING_ID)).toEqual(log)
  expect(disks.length).toBeGreaterThan(5)
  for (const disk of disks.splice(0)) {
    Object.assign(memory, { ...disk, logs: new Map(disk.logs) })
    const watch = await start([KNOWN])
    await watch.look()
    expect(watch.events(FIXING_ID)).toEqual(log)
    expect(memory.logs.get(FIXING_ID)).toEqual(log)
  }
})

test('a fixing that nothing was logged of is known after a restart all the same', async () => {
  const { state, start } = world([], { number: 50n, time: 500n })
  const watch = await start()
  watch.follow({ ...KNOWN, block: 10n })
  await watch.look()
  state.head = { number: 90n, time: 900n }
  await watch.look()
  expect((await start([{ ...KNOWN, block: 10n }])).unread).toEqual([])
})

test('a fixing whose log was not kept is watched once it is followed with its earlier events, and not before', async () => {
  const { state, start, memory } = world([created(190n), proposed(191n, 2n)], { number: 200n, time: 2_000n })
  memory.next = 150n
  const watch = await start([KNOWN, { ...KNOWN, id: keyOf('new').privateKey, block: 150n }])
  expect(watch.unread).toEqual([KNOWN])
  // Neither who creates it again nor its case makes it one of which everything is known.
  watch.follow(KNOWN)
  expect((await watch.look()).found).toEqual([])
  expect([watch.events(FIXING_ID), watch.version(FIXING_ID), memory.logs.has(FIXING_ID)]).toEqual([
    [],
    undefined,
    false,
  ])
  const earlier = [created(4n), proposed(5n, 1n)]
  watch.follow(KNOWN, earlier)
  expect((await watch.look()).found).toEqual([KNOWN])
  expect(watch.events(FIXING_ID)).toEqual([...earlier, created(190n), proposed(191n, 2n)])
  // Whoever has found them has written them down.
  expect(memory.logs.has(FIXING_ID)).toBe(false)
  state.head = { number: 250n, time: 2_500n }
  await watch.look()
  expect(watch.events(FIXING_ID)).toHaveLength(4)
})

test('a fixing that was found without its earlier events has them when it is followed with them', async () => {
  const { state, start, memory } = world([created(45n)], { number: 50n, time: 500n })
  memory.next = 40n
  const watch = await start()
  expect((await watch.look()).found).toHaveLength(1)
  const version = watch.version(FIXING_ID)
  const earlier = [created(4n), proposed(9n, 1n)]
  watch.follow(KNOWN, earlier)
  expect(watch.events(FIXING_ID)).toEqual([...earlier, created(45n)])
  expect(watch.version(FIXING_ID)).not.toBe(version)
  // As it is remembered together with them.
  memory.logs.set(FIXING_ID, earlier)
  state.head = { number: 90n, time: 900n }
  expect((await watch.look()).found).toEqual([])
  const all = [...earlier, created(45n)]
  expect([watch.events(FIXING_ID), memory.logs.get(FIXING_ID)]).toEqual([all, all])
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

/** Makes the reading of its log fail when `isDue`. */
function failing(events: OracleEvent[], isDue: () => boolean): OracleEvent[] {
  return new Proxy(events, {
    get(target, name, receiver) {
      if (name === 'filter' && isDue()) throw new Error('dead')
      return Reflect.get(target, name, receiver) as unknown
    },
  })
}

test('what a look had read before it failed is kept behind the earlier events that come before it goes on', async () => {
  const { state, start, memory } = world([created(45n), proposed(9_000n, 1n)], { number: 50n, time: 500n })
  memory.next = 40n
  const watch = await start()
  await watch.look()
  const { events } = state
  state.events = failing(events, () => state.ranges.length === 3)
  state.head = { number: 25_000n, time: 250_000n }
  await expect(watch.look()).rejects.toThrow('dead')
  expect(memory.logs.get(FIXING_ID)).toEqual(events)
  watch.follow(KNOWN, [created(4n)])
  memory.logs.set(FIXING_ID, [created(4n)])
  state.events = events
  await watch.look()
  const all = [created(4n), ...events]
  expect([watch.events(FIXING_ID), memory.logs.get(FIXING_ID)]).toEqual([all, all])
})

test('of thousands that it watches it writes down those that have news', async () => {
  const ids = Array.from({ length: 3 }, (_, i): Hex => `0x${(i + 1).toString(16).padStart(64, '0')}`)
  const { state, start, memory, tails } = world(
    ids.map((id) => created(4n, id)),
    { number: 10n, time: 100n },
  )
  // Of a store that kept no log: that nothing was logged is written down, too.
  memory.next = 4n
  const watch = await start([KNOWN])
  await watch.look()
  expect(tails.splice(0)).toEqual([[FIXING_ID, ...ids].toSorted()])
  state.head = { number: 40n, time: 400n }
  await watch.look()
  expect(tails.splice(0)).toEqual([ids])
  state.events = [...state.events, proposed(41n, 1n)]
  for (const number of [41n, 80n, 81n]) {
    state.head = { number, time: 10n * number }
    await watch.look()
  }
  expect(tails).toEqual([[], [FIXING_ID], []])
})

test('what it has of an undone chain is replaced on disk, and a restart before that was done begins it again', async () => {
  const old = [created(4n), ...[5n, 10_005n, 10_010n].map((block) => proposed(block, 1n))]
  const { state, start, memory } = world(old, { number: 20_000n, time: 200_000n })
  await (await start()).look()
  expect(memory.logs.get(FIXING_ID)).toEqual(old)
  state.fork = 'b'
  state.events = failing([created(6n), proposed(10_006n, 2n)], () => state.ranges.at(-1)?.[0] === 10_003n)
  state.head = { number: 20_001n, time: 200_010n }
  await expect((await start([KNOWN])).look()).rejects.toThrow('dead')
  expect([memory.logs.get(FIXING_ID), memory.next, memory.isUndone]).toEqual([[created(6n)], 10_003n, true])
  // The old chain is back: what was written meanwhile was of the other.
  state.fork = 'a'
  state.events = old
  const again = await start([KNOWN])
  const { isUndone } = await again.look()
  expect([isUndone, again.events(FIXING_ID), memory.logs.get(FIXING_ID)]).toEqual([true, old, old])
  state.head = { number: 20_002n, time: 200_020n }
  expect((await again.look()).isUndone).toBe(false)
})

test('what was begun to be replaced is replaced by the old chain if that is back', async () => {
  const old = [created(4n), proposed(5n, 1n)]
  const { state, start, memory } = world(old, { number: 20_000n, time: 200_000n })
  const watch = await start()
  await watch.look()
  state.fork = 'b'
  state.events = failing([created(6n)], () => state.ranges.at(-1)?.[0] === 10_003n)
  state.head = { number: 20_001n, time: 200_010n }
  await expect(watch.look()).rejects.toThrow('dead')
  expect(memory.logs.get(FIXING_ID)).toEqual([created(6n)])
  state.fork = 'a'
  state.events = old
  expect((await watch.look()).isUndone).toBe(true)
  expect([watch.events(FIXING_ID), memory.logs.get(FIXING_ID)]).toEqual([old, old])
})

test('of what it had found in a part that was undone before all was read nothing stays, unless it is found again', async () => {
  const log = [created(9_000n), proposed(9_001n, 1n)]
  const { state, start, memory } = world([], { number: 40n, time: 400n })
  const watch = await start()
  await watch.look()
  state.head = { number: 25_000n, time: 250_000n }
  const dieInTheSecondPart = async (events: OracleEvent[]): Promise<void> => {
    state.ranges.length = 0
    state.events = failing(events, () => state.ranges.length === 2)
    await expect(watch.look()).rejects.toThrow('dead')
  }
  await dieInTheSecondPart(log)
  expect(memory.logs.get(FIXING_ID)).toEqual(log)
  state.forkBlock = 9_000n
  state.fork = 'b'
  await dieInTheSecondPart([])
  expect(memory.logs.has(FIXING_ID)).toBe(false)
  state.fork = 'a'
  state.events = log
  const { found, isUndone } = await watch.look()
  expect([found.map(({ block }) => block), isUndone]).toEqual([[9_000n], true])
  expect([watch.events(FIXING_ID), memory.logs.get(FIXING_ID)]).toEqual([log, log])
})

test('notices after a restart that a part was undone which it had read before it was killed', async () => {
  const { state, start, memory } = world([created(4n)], { number: 40n, time: 400n })
  const watch = await start()
  await watch.look()
  state.head = { number: 25_000n, time: 250_000n }
  state.events = failing([created(4n), proposed(9_000n, 1n)], () => state.ranges.length === 3)
  await expect(watch.look()).rejects.toThrow('dead')
  expect(memory.logs.get(FIXING_ID)).toEqual([created(4n), proposed(9_000n, 1n)])
  state.forkBlock = 9_000n
  state.fork = 'b'
  state.events = [created(4n)]
  const forked = await start([KNOWN])
  const { isUndone } = await forked.look()
  expect([isUndone, forked.events(FIXING_ID)]).toEqual([true, [created(4n)]])
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

test('reads everything again when a block is undone that was thought to stay, and says so once', async () => {
  const { state, start } = world([created(4n), proposed(6n, 1n)])
  const watch = await start()
  state.head = { number: 40n, time: 400n }
  expect((await watch.look()).isUndone).toBe(false)
  expect(watch.events(FIXING_ID)).toHaveLength(2)
  // Block 8 is 32 deep and has another hash; the proposal of block 6 is of another value.
  state.fork = 'b'
  state.events = [created(5n), proposed(7n, 2n)]
  state.head = { number: 41n, time: 410n }
  expect((await watch.look()).isUndone).toBe(true)
  expect(watch.events(FIXING_ID)).toEqual([created(5n), proposed(7n, 2n)])
  expect(state.ranges.at(-1)).toEqual([3n, 41n])
  state.head = { number: 42n, time: 420n }
  expect((await watch.look()).isUndone).toBe(false)
  expect(state.ranges.at(-1)).toEqual([10n, 42n])
})

test('reads everything again from where the first fixing was found that it knows, though it is to begin later', async () => {
  const log = [created(1n), proposed(2n, 7n), proposed(5n, 8n)]
  const { state, memory, start } = world(log, { number: 40n, time: 400n })
  memory.next = 8n
  memory.logs.set(FIXING_ID, log)
  const watch = await start([{ ...KNOWN, block: 1n }])
  await watch.look()
  state.fork = 'b'
  state.head = { number: 41n, time: 410n }
  expect((await watch.look()).isUndone).toBe(true)
  expect(state.ranges.at(-1)).toEqual([1n, 41n])
  expect([watch.events(FIXING_ID), memory.logs.get(FIXING_ID)]).toEqual([log, log])
})

test('notices when it starts that a block was undone that was thought to stay, and finds again what was over', async () => {
  const { state, start, memory } = world([created(4n)])
  const first = await start()
  state.head = { number: 40n, time: 400n }
  await first.look()
  state.head = { number: 50n, time: 500n }
  await first.look()
  // It is off, its fixing is over; blocks 8 and 18 were 32 deep.
  state.fork = 'b'
  state.events = [created(5n)]
  const second = await start()
  const { isUndone, found } = await second.look()
  expect([isUndone, found.map(({ block }) => block), state.ranges.at(-1)]).toEqual([true, [5n], [3n, 50n]])
  // It was killed before what follows from that was on disk.
  const third = await start()
  expect((await third.look()).isUndone).toBe(true)
  memory.isUndone = false
  const fourth = await start()
  expect((await fourth.look()).isUndone).toBe(false)
})

test('goes on where it failed when everything is read again, unless the chain is yet another by then', async () => {
  const late = created(15_000n, `0x${'03'.repeat(32)}`)
  const { state, start } = world([created(4n)], { number: 40n, time: 400n })
  const watch = await start()
  await watch.look()
  const failingAt = (range: number): void => {
    const events = [created(4n), late]
    state.events = new Proxy(events, {
      get(target, name, receiver) {
        if (name === 'filter' && state.ranges.length === range) throw new Error('dead')
        return Reflect.get(target, name, receiver) as unknown
      },
    })
  }
  state.ranges.length = 0
  state.fork = 'b'
  state.head = { number: 25_000n, time: 250_000n }
  failingAt(2)
  await expect(watch.look()).rejects.toThrow('dead')
  failingAt(3)
  await expect(watch.look()).rejects.toThrow('dead')
  state.fork = 'c'
  failingAt(0)
  const { isUndone, found } = await watch.look()
  expect([isUndone, found.map(({ block }) => block)]).toEqual([true, [15_000n]])
  const [first, second, third] = [
    [3n, 10_002n],
    [10_003n, 20_002n],
    [20_003n, 25_000n],
  ]
  expect(state.ranges).toEqual([first, second, second, first, second, third])
  expect(watch.events(FIXING_ID)).toEqual([created(4n)])
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

test('finds again what it was told to forget when the chain is undone', async () => {
  const { state, start } = world([created(4n)])
  const watch = await start()
  state.head = { number: 40n, time: 400n }
  await watch.look()
  watch.forget(FIXING_ID)
  state.fork = 'b'
  state.head = { number: 41n, time: 410n }
  expect((await watch.look()).found.map(({ id }) => id)).toEqual([FIXING_ID])
  expect(watch.events(FIXING_ID)).toEqual([created(4n)])
})

test('keeps nothing of what it was told to forget: what is found again is written whole', async () => {
  const { state, start, memory } = world([created(4n), proposed(5n, 1n)])
  const watch = await start()
  state.head = { number: 40n, time: 400n }
  await watch.look()
  watch.forget(FIXING_ID)
  // Nobody needs it there any more.
  memory.logs.delete(FIXING_ID)
  state.fork = 'b'
  state.head = { number: 41n, time: 410n }
  await watch.look()
  expect(memory.logs.get(FIXING_ID)).toEqual([created(4n), proposed(5n, 1n)])
})

test('what is forgotten while it is looked at stays forgotten', async () => {
  const { state, start, memory, disks } = world([created(4n), proposed(5n, 1n)])
  const watch = await start()
  state.head = { number: 40n, time: 400n }
  await watch.look()
  state.head = { number: 41n, time: 410n }
  disks.push = () => {
    watch.forget(FIXING_ID)
    return 0
  }
  await watch.look()
  memory.logs.delete(FIXING_ID)
  state.fork = 'b'
  state.head = { number: 42n, time: 420n }
  await watch.look()
  expect(memory.logs.get(FIXING_ID)).toEqual([created(4n), proposed(5n, 1n)])
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

test('what had been read when the chain became another one is taken from the disk, though that was seen no sooner', async () => {
  const { state, start, memory } = world([created(4n)], { number: 40n, time: 400n })
  const watch = await start()
  await watch.look()
  state.head = { number: 25_000n, time: 250_000n }
  state.events = failing([created(4n), proposed(9_000n, 1n)], () => state.ranges.length === 3)
  await expect(watch.look()).rejects.toThrow('dead')
  expect(memory.logs.get(FIXING_ID)).toEqual([created(4n), proposed(9_000n, 1n)])
  // The first block that is asked for is still that of before.
  state.forkBlock = 9_000n
  const forks = ['a']
  Object.defineProperty(state, 'fork', { get: () => forks.shift() ?? 'b' })
  state.events = [created(4n)]
  expect((await watch.look()).isUndone).toBe(false)
  expect([watch.events(FIXING_ID), memory.logs.get(FIXING_ID)]).toEqual([[created(4n)], [created(4n)]])
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
