import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { SourceSamples } from '#protocol/aggregate.ts'
import { leavesOf } from '#protocol/samples.ts'
import { servedSamples } from '../../../node/node/served-samples.ts'
import { openStore, type Store } from '../../../node/store/store.ts'
import { temporaryFolder } from '../temporary.ts'

const OPENS = [60n, 120n, 180n]
const idOf = (i: number): Hex => `0x${i.toString(16).padStart(64, '0')}`

/** What a reporter archives of one source with these closes, and what it is asked for by. */
function record(root: Hex, closes: readonly string[], opens: readonly bigint[] = OPENS) {
  const samples: readonly SourceSamples[] = [{ sourceId: 'alpha', quote: 'USD', closes }]
  return { archived: { opens, samples, observation: { sourcesRoot: root } }, root, leaves: leavesOf(samples, opens) }
}

const FIRST = record(idOf(11), ['1', '2', '3'])
const SECOND = record(idOf(12), ['1', '2', '4'])

/** As a store has it. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one)))

/** A store's samples, and how often a record was read. */
async function tableOf(): Promise<{ store: Store; source: ReturnType<typeof servedSamples>; reads: () => number }> {
  const store = await openStore(temporaryFolder())
  let reads = 0
  const source = servedSamples({
    get changes() {
      return store.samples.changes
    },
    get(fixingId) {
      reads += 1
      return store.samples.get(fixingId)
    },
  })
  return { store, source, reads: () => reads }
}

test('R-412 of what was archived only the samples of the own observation are given away', async () => {
  const { store, source } = await tableOf()
  const [own, abstained, unknown] = [idOf(1), idOf(2), idOf(3)]
  await store.samples.put(own, FIRST.archived)
  await store.samples.put(abstained, { opens: OPENS, samples: [], abstained: {} })
  expect(await source({ fixingId: own, sourcesRoot: FIRST.root })).toEqual(FIRST.leaves)
  expect(await source({ fixingId: own, sourcesRoot: SECOND.root })).toBe(undefined)
  for (const fixingId of [abstained, unknown])
    expect(await source({ fixingId, sourcesRoot: FIRST.root })).toBe(undefined)
  await store.close()
})

test('reads a record once, however many pages of it are asked for, by whatever root, and by however many at once', async () => {
  const { store, source, reads } = await tableOf()
  const fixingId = idOf(1)
  await store.samples.put(fixingId, FIRST.archived)
  const ask = (): Promise<unknown> => source({ fixingId, sourcesRoot: FIRST.root })
  expect(await Promise.all(Array.from({ length: 20 }, ask))).toEqual(Array.from({ length: 20 }, () => FIRST.leaves))
  expect(await source({ fixingId, sourcesRoot: SECOND.root })).toBe(undefined)
  expect(reads()).toBe(1)
  await store.samples.put(idOf(2), { opens: OPENS, samples: [], abstained: {} })
  for (let i = 0; i < 20; i += 1) await source({ fixingId: idOf(2), sourcesRoot: FIRST.root })
  expect(reads()).toBe(2)
  await store.close()
})

test('serves nothing that was replaced, pruned, or read while that happened', async () => {
  const { store, source } = await tableOf()
  const fixingId = idOf(1)
  const ask = ({ root }: typeof FIRST): Promise<unknown> => source({ fixingId, sourcesRoot: root })
  await store.samples.put(fixingId, FIRST.archived)
  expect(await ask(FIRST)).toEqual(FIRST.leaves)
  await store.samples.put(fixingId, SECOND.archived)
  expect([await ask(FIRST), await ask(SECOND)]).toEqual([undefined, SECOND.leaves])
  await Promise.all([store.samples.put(fixingId, FIRST.archived), ask(FIRST), ask(SECOND)])
  expect([await ask(FIRST), await ask(SECOND)]).toEqual([FIRST.leaves, undefined])
  await store.fixings.hold([])
  await store.fixings.close(fixingId)
  await store.samples.prune(1_000n, 100n)
  await store.samples.prune(1_100n, 100n)
  expect(await ask(FIRST)).toBe(undefined)
  await store.close()
})

test('remembers no record that was replaced while it was read', async () => {
  const reading = Promise.withResolvers<unknown>()
  const reads = [reading.promise, Promise.resolve(plain(SECOND.archived))]
  const begun = Promise.withResolvers<void>()
  let changes = 0
  const source = servedSamples({
    get changes() {
      return changes
    },
    get() {
      begun.resolve()
      return reads.shift() ?? Promise.resolve(undefined)
    },
  })
  const before = source({ fixingId: idOf(1), sourcesRoot: FIRST.root })
  await begun.promise
  changes += 1
  const after = source({ fixingId: idOf(1), sourcesRoot: SECOND.root })
  reading.resolve(plain(FIRST.archived))
  expect(await before).toEqual(FIRST.leaves)
  expect(await after).toEqual(SECOND.leaves)
})

test('remembers the few fixings that were asked for last, and none of more leaves than any document has', async () => {
  const { store, source, reads } = await tableOf()
  const ids = [1, 2, 3, 4, 5].map(idOf)
  for (const id of ids) await store.samples.put(id, FIRST.archived)
  const askAll = async (): Promise<void> => {
    for (const fixingId of ids) await source({ fixingId, sourcesRoot: FIRST.root })
  }
  await askAll()
  expect(reads()).toBe(5)
  for (const fixingId of ids.slice(1)) await source({ fixingId, sourcesRoot: FIRST.root })
  expect(reads()).toBe(5)
  await source({ fixingId: idOf(1), sourcesRoot: FIRST.root })
  expect(reads()).toBe(6)
  const opens = Array.from({ length: 12_000 }, (_, i) => BigInt(60 * i))
  for (const [length, cost] of [
    [12, 1],
    [200, 3],
  ] as const) {
    const closes = opens.map((open) => `${open}`.padEnd(length, '0'))
    const one = record(idOf(13), closes, opens)
    await store.samples.put(idOf(1), one.archived)
    const before = reads()
    for (let i = 0; i < 3; i += 1) await source({ fixingId: idOf(1), sourcesRoot: one.root })
    expect(reads() - before).toBe(cost)
  }
  await store.close()
})
