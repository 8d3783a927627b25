import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { FIXING_ID, keyOf } from '../reporters.ts'
import { created, failing, KNOWN, proposed, world } from './written-chain.ts'

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
