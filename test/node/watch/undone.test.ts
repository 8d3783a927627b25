import { expect, test } from 'vitest'
import type { OracleEvent } from '../../../node/chain/port.ts'
import { FIXING_ID } from '../reporters.ts'
import { created, failing, KNOWN, proposed, world } from './written-chain.ts'

/** A watch that has read the log as far as block 9 000 when the endpoint no longer answered. */
async function readInPart() {
  const scene = world([created(4n)], { number: 40n, time: 400n })
  const { state, start, memory } = scene
  const watch = await start()
  await watch.look()
  state.head = { number: 25_000n, time: 250_000n }
  state.events = failing([created(4n), proposed(9_000n, 1n)], () => state.ranges.length === 3)
  await expect(watch.look()).rejects.toThrow('dead')
  expect(memory.logs.get(FIXING_ID)).toEqual([created(4n), proposed(9_000n, 1n)])
  return { ...scene, watch }
}

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
  const { state, start } = await readInPart()
  state.forkBlock = 9_000n
  state.fork = 'b'
  state.events = [created(4n)]
  const forked = await start([KNOWN])
  const { isUndone } = await forked.look()
  expect([isUndone, forked.events(FIXING_ID)]).toEqual([true, [created(4n)]])
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

test('what had been read when the chain became another one is taken from the disk, though that was seen no sooner', async () => {
  const { watch, state, memory } = await readInPart()
  // The first block that is asked for is still that of before.
  state.forkBlock = 9_000n
  const forks = ['a']
  Object.defineProperty(state, 'fork', { get: () => forks.shift() ?? 'b' })
  state.events = [created(4n)]
  expect((await watch.look()).isUndone).toBe(false)
  expect([watch.events(FIXING_ID), memory.logs.get(FIXING_ID)]).toEqual([[created(4n)], [created(4n)]])
})
