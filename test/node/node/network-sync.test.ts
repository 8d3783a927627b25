import { createHash } from 'node:crypto'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { createBook } from '../../../node/cosign/book.ts'
import type { Evidence } from '../../../node/gossip/evidence.ts'
import type { VerifiedObservation } from '../../../node/gossip/validate.ts'
import type { NetworkComponents } from '../../../node/node/network.ts'
import { syncSource } from '../../../node/node/network-sync.ts'
import { TOPICS } from '../gossip/peer.ts'
import { contextOf, cosignedBy, FIXING, FIXING_ID, reportedBy, requestedBy } from '../reporters.ts'

const idOf = (i: number): Hex => `0x${i.toString(16).padStart(64, '0')}`
const NONE: Hex = `0x${'00'.repeat(20)}`

/** The XOR of the first 20 bytes of SHA-256(topic ‖ 0 ‖ message). */
function xorOf(topic: string, messages: readonly Uint8Array[]): Hex {
  const ids = messages.map((bytes) => createHash('sha256').update(topic).update('\0').update(bytes).digest())
  const xor = Array.from({ length: 20 }, (_, i) => ids.reduce((sum, id) => sum ^ (id[i] ?? 0), 0))
  return `0x${Buffer.from(xor).toString('hex')}`
}

/** A source of what `held` says at the moment, and how often something that is held was looked through. */
function sourceOf(open: readonly Hex[]) {
  const held = new Map<Hex, readonly VerifiedObservation[]>()
  const proofs = new Map<Hex, readonly Evidence[]>()
  const book = createBook()
  let looks = 0
  const nothing: readonly never[] = []
  const components = {
    clock: { now: () => 5n },
    openFixings: () => open,
    context: contextOf({
      book,
      fixing: (id) => (open.includes(id) ? FIXING : undefined),
      observations: (id) => held.get(id) ?? nothing,
    }),
    store: { evidence: (id: Hex) => proofs.get(id) ?? nothing },
  } as unknown as NetworkComponents
  const counted = <T extends { readonly bytes: Uint8Array }>(one: T): T => ({
    ...one,
    get bytes() {
      looks += 1
      return one.bytes
    },
  })
  const keep = (id: Hex, ...observations: readonly VerifiedObservation[]): void =>
    void held.set(id, observations.map(counted))
  return { source: syncSource(components, TOPICS), keep, counted, proofs, book, looks: () => looks }
}

test('a status counts and adds up what is held, of observations and of co-signing apart', async () => {
  const { source, keep, book } = sourceOf([FIXING_ID])
  const observations = [await reportedBy(0), await reportedBy(3)]
  const request = await requestedBy(0)
  const partials = [await cosignedBy(1, request), await cosignedBy(2, request)]
  expect(source.status(FIXING_ID)).toEqual({ fixingId: FIXING_ID, count: 0, xor: NONE, reportsXor: NONE })
  keep(FIXING_ID, ...observations)
  book.addRequest(request)
  for (const partial of partials) book.addPartial(partial)
  const [bytes, reports] = [observations, [request, ...partials]].map((list) => list.map((one) => one.bytes))
  expect(source.status(FIXING_ID)).toEqual({
    fixingId: FIXING_ID,
    count: 2,
    xor: xorOf(TOPICS.observation, bytes ?? []),
    reportsXor: xorOf(TOPICS.report, reports ?? []),
  })
  expect(source.reports(FIXING_ID)).toEqual(reports)
})

test('nothing is computed again until something is heard', async () => {
  const { source, keep, proofs, looks } = sourceOf([FIXING_ID])
  const [first, second, other] = [await reportedBy(0), await reportedBy(1), await reportedBy(1, { value: 1n })]
  keep(FIXING_ID, first)
  const before = source.status(FIXING_ID)
  const cost = looks()
  for (let i = 0; i < 100; i += 1) expect(source.statuses(idOf(0), 10)).toEqual([before])
  expect(looks()).toBe(cost)
  keep(FIXING_ID, first, second)
  expect(source.status(FIXING_ID)?.xor).toBe(xorOf(TOPICS.observation, [first.bytes, second.bytes]))
  proofs.set(FIXING_ID, [{ first: second, second: other }])
  expect(source.status(FIXING_ID)).toMatchObject({
    count: 3,
    xor: xorOf(TOPICS.observation, [first.bytes, second.bytes, other.bytes]),
  })
})

test('what was co-signed is not added up again until more of it is heard', async () => {
  const { source, counted, book, looks } = sourceOf([FIXING_ID])
  const request = await requestedBy(0)
  const partials = [await cosignedBy(2, request), await cosignedBy(1, request)]
  const heard: Uint8Array[] = []
  for (const add of [
    () => book.addRequest(counted(request)),
    ...partials.map((one) => () => book.addPartial(counted(one))),
  ]) {
    add()
    heard.push([request, ...partials][heard.length]?.bytes ?? new Uint8Array())
    expect(source.status(FIXING_ID)?.reportsXor).toBe(xorOf(TOPICS.report, heard))
    const cost = looks()
    for (let i = 0; i < 100; i += 1) source.statuses(idOf(0), 10)
    expect(looks()).toBe(cost)
  }
  book.forget(FIXING_ID)
  book.addRequest(await requestedBy(1))
  expect(source.status(FIXING_ID)?.reportsXor).toBe(xorOf(TOPICS.report, [(await requestedBy(1)).bytes]))
})

test('statuses are those of open fixings after an id, in order, and no more than were asked for', () => {
  const open = [5, 1, 4, 2, 3].map(idOf)
  const { source } = sourceOf(open)
  const ids = (after: Hex, limit: number): Hex[] => source.statuses(after, limit).map(({ fixingId }) => fixingId)
  expect(ids(idOf(0), 3)).toEqual([1, 2, 3].map(idOf))
  expect(ids(idOf(3), 3)).toEqual([4, 5].map(idOf))
  expect(ids(idOf(5), 3)).toEqual([])
  open.push(idOf(6))
  expect(ids(idOf(3), 9)).toEqual([4, 5, 6].map(idOf))
  expect([source.status(idOf(6))?.fixingId, source.status(idOf(7))]).toEqual([idOf(6), undefined])
})
