import { expect, test } from 'vitest'
import type { Evidence } from '../../../node/gossip/evidence.ts'
import { encodeEvidence } from '../../../node/gossip/evidence.ts'
import { createIntake, type Intake } from '../../../node/gossip/intake.ts'
import { createParking, type Rooms } from '../../../node/gossip/parking.ts'
import { createQuarantine } from '../../../node/gossip/quarantine.ts'
import { createTokenBuckets } from '../../../node/gossip/token-bucket.ts'
import type { VerifiedObservation } from '../../../node/gossip/validate.ts'
import { createPartialVerifier } from '../../../node/gossip/batch.ts'
import { type Book, createBook } from '../../../node/cosign/book.ts'
import { createRoll, type Roll } from '../../../node/presence/roll.ts'
import { fakeClock } from '../fake-clock.ts'
import {
  contextOf,
  cosignedBy,
  FIXING_ID,
  MATURITY,
  presentBy,
  reportedBy,
  reporterKey,
  requestedBy,
  signedAgain,
} from '../reporters.ts'
import { SILENT } from '../silent-log.ts'

type Desk = {
  readonly intake: Intake
  readonly rooms: Rooms
  readonly held: VerifiedObservation[]
  readonly proofs: [Evidence, boolean][]
  readonly dropped: string[]
  readonly book: Book
  readonly roll: Roll
}

function desk(
  changes: Partial<Parameters<typeof contextOf>[0]> = {},
  strangerTokens = 1_000,
  giveBack: (peer: string, of: 'message' | 'partial') => void = () => undefined,
): Desk {
  const roll = createRoll()
  const book = createBook()
  const held: VerifiedObservation[] = []
  const proofs: [Evidence, boolean][] = []
  const dropped: string[] = []
  const kept: Evidence[] = []
  const quarantine = createQuarantine(10)
  const bounds = { maxTotal: 10, maxPerPeer: 5 }
  const rooms = {
    observation: createParking(bounds),
    request: createParking(bounds),
    partial: createParking(bounds),
    presence: createParking(bounds),
  }
  const intake = createIntake({
    context: contextOf({ observations: () => held, book, roll, ...changes }),
    store: {
      add: async (observation) => void held.push(observation),
      evidence: () => kept,
      addEvidence: async (evidence) => void kept.push(evidence),
      addTwiceSigned: ({ signed, reporterIndex }) => book.addTwiceSigned(signed.fixingId, reporterIndex),
      addRequest: (request) => book.addRequest(request),
      addPartial: (partial) => book.addPartial(partial),
      addPresence: (presence) => roll.add(presence),
    },
    verifyPartial: createPartialVerifier({
      pause: async () => undefined,
      isQuarantined: (peer) => quarantine.has(peer, 0),
      condemn: (peer) => quarantine.condemn(peer, 0),
    }),
    rooms,
    quarantine,
    strangers: { has: (peer) => peer.startsWith('stranger'), takeToken: () => strangerTokens-- > 0 },
    giveBack,
    clock: fakeClock(),
    log: SILENT,
    onQuarantined: (peer) => void dropped.push(peer),
    onEvidence: (evidence, isRelayed) => void proofs.push([evidence, isRelayed]),
  })
  return { intake, rooms, held, proofs, dropped, book, roll }
}

test('stores what it accepts, once', async () => {
  const { intake, held } = desk()
  const observation = await reportedBy(1)
  expect(await intake.observation('a', 't', observation.bytes)).toBe('accept')
  expect(await intake.observation('b', 't', observation.bytes)).toBe('ignore')
  expect(held).toEqual([observation])
  expect(intake.counts).toEqual(
    new Map([
      ['accept', 1],
      ['duplicate', 1],
    ]),
  )
})

test('keeps what is early, and judges it again when asked', async () => {
  let isKnown = false
  const context = contextOf()
  const { intake, rooms, held } = desk({ fixing: (id) => (isKnown ? context.fixing(id) : undefined) })
  const observation = await reportedBy(1)
  expect(await intake.observation('a', 't', observation.bytes)).toBe('ignore')
  await intake.recheck()
  expect(rooms.observation.size).toBe(1)
  isKnown = true
  await intake.recheck()
  expect(held).toEqual([observation])
  expect(rooms.observation.size).toBe(0)
})

test('stops listening to a peer at its second bad message, and drops it', async () => {
  const { intake, held, dropped } = desk()
  const good = await reportedBy(1)
  expect(await intake.observation('bad', 't', new Uint8Array(3))).toBe('reject')
  expect(dropped).toEqual([])
  expect(await intake.evidence('bad', new Uint8Array(3))).toBe('reject')
  expect(dropped).toEqual(['bad'])
  expect(await intake.observation('bad', 't', good.bytes)).toBe('ignore')
  expect(held).toEqual([])
  expect(await intake.observation('good', 't', good.bytes)).toBe('accept')
  expect(intake.counts.get('quarantined')).toBe(1)
})

test('keeps the first of two conflicting observations and proves the equivocation once', async () => {
  const { intake, held, proofs, dropped } = desk()
  const [first, second, third] = [
    await reportedBy(1),
    await reportedBy(1, { value: 2n }),
    await reportedBy(1, { value: 3n }),
  ]
  await intake.observation('a', 't', first.bytes)
  expect(await intake.observation('b', 't', second.bytes)).toBe('ignore')
  expect(await intake.observation('b', 't', third.bytes)).toBe('ignore')
  expect(held).toEqual([first])
  expect(proofs).toEqual([[{ first, second }, false]])
  // Whoever relays an equivocation does nothing wrong.
  expect(dropped).toEqual([])
})

test("notes who signed one observation in two ways, which is nobody else's fault", async () => {
  const { intake, held, proofs, dropped, book } = desk()
  const first = await reportedBy(1)
  await intake.observation('a', 't', first.bytes)
  const again = await signedAgain(1)
  expect(again).not.toEqual(first.bytes)
  expect(await intake.observation('b', 't', again)).toBe('ignore')
  expect([...book.twiceSigned(first.signed.fixingId)]).toEqual([1])
  expect([held, proofs, dropped]).toEqual([[first], [], []])
})

test('takes a proof from a peer without having seen either observation', async () => {
  const { intake, proofs } = desk()
  const bytes = encodeEvidence({ first: await reportedBy(1), second: await reportedBy(1, { value: 2n }) })
  expect(await intake.evidence('a', bytes)).toBe('accept')
  expect(await intake.evidence('b', bytes)).toBe('ignore')
  expect(proofs).toHaveLength(1)
  expect(proofs[0]?.[1]).toBe(true)
})

test('takes requests and partial signatures of the report topic, those that came too early once they can be judged', async () => {
  const { intake, rooms, book } = desk()
  const request = await requestedBy(0)
  const [early, late] = [await cosignedBy(1, request), await cosignedBy(2, request)]
  expect(await intake.report('a', 't', early.bytes)).toBe('ignore')
  expect(rooms.partial.size).toBe(1)
  expect(await intake.report('a', 't', request.bytes)).toBe('accept')
  await intake.recheck()
  expect(await intake.report('b', 't', late.bytes)).toBe('accept')
  expect(book.requests(request.report.fixingId)).toEqual([request])
  expect(book.partials(request.report.fixingId, request.digest)).toEqual([early, late])
  expect(Object.fromEntries(intake.counts)).toEqual({ 'unknown-request': 1, request: 1, partial: 2 })
})

test('blames only who sent the bad one of partial signatures that are verified together', async () => {
  const { intake, book, dropped } = desk()
  const request = await requestedBy(0)
  await intake.report('a', 't', request.bytes)
  const partials = await Promise.all([1, 2, 3, 4].map((i) => cosignedBy(i, request)))
  // Reporter 5's place, reporter 6's signature: a point of the subgroup, and of no use.
  const forged = (await cosignedBy(6, request)).bytes.with(66, 5)
  const other = (await cosignedBy(6, request)).bytes.with(66, 0)
  const taken = await Promise.all([
    ...partials.map(({ bytes }, i) => intake.report(`honest ${i}`, 't', bytes)),
    intake.report('hostile', 't', forged),
    intake.report('hostile', 't', other),
  ])
  // After the first of its two it is not listened to any more.
  expect(taken).toEqual(['accept', 'accept', 'accept', 'accept', 'reject', 'ignore'])
  expect(dropped).toEqual(['hostile'])
  expect(book.partials(request.report.fixingId, request.digest).map(({ place }) => place)).toEqual([1, 2, 3, 4])
  // Whatever it sends now is not even looked at.
  expect(await intake.report('hostile', 't', (await cosignedBy(6, request)).bytes)).toBe('ignore')
  expect(intake.counts.get('quarantined')).toBe(2)
})

test('keeps what it cannot judge in a room for each kind, so that none crowds out another', async () => {
  const { intake, rooms } = desk({ fixing: () => undefined })
  const request = await requestedBy(0)
  await intake.observation('a', 't', (await reportedBy(1)).bytes)
  await intake.report('a', 't', request.bytes)
  const partial = await cosignedBy(1, request)
  for (let place = 0; place < 20; place += 1) await intake.report('hostile', 't', partial.bytes.with(66, place))
  expect([rooms.observation.size, rooms.request.size, rooms.partial.size]).toEqual([1, 1, 5])
})

test('keeps of unknown fixings only what a registered reporter signed, and asks once', async () => {
  let tokens = 0
  const takeToken = (): boolean => {
    tokens += 1
    return true
  }
  const { intake, rooms } = desk({ fixing: () => undefined, takeToken })
  await intake.observation('a', 't', (await reportedBy(1)).bytes)
  await intake.observation('a', 't', (await reportedBy(9)).bytes)
  await intake.report('a', 't', (await requestedBy(9)).bytes)
  expect([rooms.observation.size, rooms.request.size]).toEqual([1, 0])
  expect(intake.counts.get('not-vouched')).toBe(2)
  expect(tokens).toBe(3)
  await intake.recheck()
  expect(rooms.observation.size).toBe(1)
  expect(tokens).toBe(3)
  const poor = desk({ fixing: () => undefined, takeToken: () => false })
  await poor.intake.observation('a', 't', (await reportedBy(1)).bytes)
  expect(poor.rooms.observation.size).toBe(0)
})

test('R-414 keeps a presence, once; one that cannot be judged yet waits in a room of its own', async () => {
  const now = (): bigint => MATURITY - 590n
  const known = contextOf()
  let isKnown = false
  const { intake, rooms, roll } = desk({ now, expected: (id) => (isKnown ? known.expected(id) : undefined) })
  const presence = await presentBy(3)
  expect(await intake.presence('a', 't', presence.bytes)).toBe('ignore')
  // Of a stranger, and of a reporter in another's name, nothing is kept.
  await intake.presence('b', 't', (await presentBy(9)).bytes)
  await intake.presence('b', 't', (await presentBy(4, { reporter: reporterKey(5).address })).bytes)
  expect([rooms.presence.size, rooms.observation.size]).toEqual([1, 0])
  isKnown = true
  await intake.recheck()
  expect(roll.heard(FIXING_ID)).toEqual([presence])
  expect(await intake.presence('a', 't', presence.bytes)).toBe('ignore')
  expect(intake.counts.get('heard')).toBe(1)
})

test('R-414 junk on the presence topic takes no token of observations', async () => {
  const takeToken = (): boolean => expect.unreachable()
  const { intake } = desk({ now: () => MATURITY - 590n, takeToken, takePresenceToken: () => true })
  expect(await intake.presence('a', 't', (await presentBy(3)).bytes)).toBe('accept')
  const unknown = await presentBy(3, { fixingId: `0x${'ee'.repeat(32)}` })
  expect(await intake.presence('a', 't', unknown.bytes)).toBe('ignore')
})

test('R-414 two presences that are signed by others than they name end a connection', async () => {
  const { intake, dropped } = desk({ now: () => MATURITY - 590n })
  for (const index of [3, 4]) {
    const { bytes } = await presentBy(index, { reporter: reporterKey(5).address })
    expect(await intake.presence('bad', 't', bytes)).toBe('reject')
  }
  expect(dropped).toEqual(['bad'])
})

test('ends a connection to a stranger after 32 messages that nobody known has signed, to no reporter', async () => {
  const { intake, dropped, rooms } = desk({ fixing: () => undefined })
  const { bytes } = await reportedBy(9)
  const honest = await reportedBy(1)
  for (let i = 0; i < 31; i += 1) await intake.observation('stranger', 't', bytes)
  for (let i = 0; i < 100; i += 1) await intake.observation('a reporter', 't', bytes)
  // What a reporter signed, of a fixing that is not known yet, is no fault of whoever brings it.
  for (let i = 0; i < 100; i += 1) await intake.observation('another stranger', 't', honest.bytes)
  expect(dropped).toEqual([])
  await intake.observation('stranger', 't', bytes)
  expect(dropped).toEqual(['stranger'])
  expect(intake.counts.get('not-vouched')).toBe(132)
  await intake.observation('stranger', 't', bytes)
  expect(intake.counts.get('quarantined')).toBe(1)
  expect(rooms.observation.size).toBe(1)
})

test('looks at no more of what all strangers together send of unknown fixings than they have tokens', async () => {
  const looked: string[] = []
  const isSigner = (address: string): boolean => looked.push(address) < 0
  const { intake, dropped } = desk({ fixing: () => undefined, isSigner }, 10)
  const { bytes } = await reportedBy(9)
  const presence = await presentBy(3)
  for (let i = 0; i < 100; i += 1) await intake.observation(`stranger ${i}`, 't', bytes)
  for (let i = 0; i < 100; i += 1) await intake.presence('stranger', 't', presence.bytes)
  expect(looked).toHaveLength(10)
  // Nobody is blamed for what was not looked at.
  expect(dropped).toEqual([])
  for (let i = 0; i < 20; i += 1) await intake.observation('a reporter', 't', bytes)
  expect(looked).toHaveLength(30)
})

/** A desk whose peers have so many tokens, and get none with time. */
function meteredDesk(capacity: number): Desk {
  const buckets = {
    message: createTokenBuckets({ capacity, perSecond: 0 }, 10),
    partial: createTokenBuckets({ capacity, perSecond: 0 }, 10),
  }
  const changes = {
    takeToken: (peer: string) => buckets.message.take(peer, 0),
    takePartialToken: (peer: string) => buckets.partial.take(peer, 0),
  }
  return desk(changes, 0, (peer, of) => buckets[of].giveBack(peer))
}

test('R-416 hears a peer to the end that brings what was missed, however few tokens it has', async () => {
  const { intake, held, book } = meteredDesk(1)
  const all = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((index) => reportedBy(index)))
  await Promise.all(all.map(({ bytes }) => intake.observation('a', 't', bytes)))
  expect(held).toEqual(all)
  const requests = [await requestedBy(0), await requestedBy(1)]
  for (const { bytes } of requests) expect(await intake.report('a', 't', bytes)).toBe('accept')
  for (const request of requests) {
    for (const index of [2, 3, 4]) {
      expect(await intake.report('a', 't', (await cosignedBy(index, request)).bytes)).toBe('accept')
    }
  }
  expect(requests.flatMap(({ digest }) => book.partials(FIXING_ID, digest))).toHaveLength(6)
  expect(intake.counts.get('throttled')).toBe(undefined)
})

test('verifies no more than the tokens of a peer of what is well signed and of no use', async () => {
  const { intake, held } = meteredDesk(3)
  const said = await Promise.all(Array.from({ length: 10 }, (_, value) => reportedBy(1, { value: BigInt(value + 1) })))
  const taken: string[] = []
  for (const { bytes } of said) taken.push(await intake.observation('evil', 't', bytes))
  expect(taken).toEqual(['accept', ...said.slice(1, 4).map(() => 'ignore'), ...said.slice(4).map(() => 'throttled')])
  expect(await intake.observation('good', 't', (await reportedBy(2)).bytes)).toBe('accept')
  expect(held).toHaveLength(2)
})
