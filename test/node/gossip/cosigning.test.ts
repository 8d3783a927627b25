import { expect, test } from 'vitest'
import { createBook } from '../../../node/cosign/book.ts'
import { type CosigningContext, judgePartial, judgeRequest } from '../../../node/gossip/cosigning.ts'
import { contextOf, cosignedBy, FIXING_ID, keyOf, reporterKey, requestedBy, ROOT, ROSTER } from '../reporters.ts'

const CODE = { result: 'reject', code: expect.any(String) }

/** What is said of reporter 0's request for a report of the first five, after `spoil` and in a world of `changes`. */
async function requestVerdict(
  spoil: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
  changes: Partial<CosigningContext> = {},
): Promise<unknown> {
  const { bytes } = await requestedBy(0)
  return judgeRequest('peer', spoil(bytes), contextOf(changes))
}

test('R-409 accepts a request of a reporter for its own report, of a quorum of places', async () => {
  const request = await requestedBy(0)
  expect(judgeRequest('peer', request.bytes, contextOf())).toEqual({ result: 'accept', request })
})

test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
  ['another length', (bytes) => bytes.slice(1), 'length'],
  ['another kind', (bytes) => bytes.with(1, 3), 'kind'],
  ['dirty bits', (bytes) => bytes.with(2, 1), 'dirty-bits'],
  ['a place beyond the roster', (bytes) => bytes.with(193, 0b10011111), 'no-place'],
  ['four of seven', (bytes) => bytes.with(193, 0b1111), 'no-quorum'],
  ['other places than were signed', (bytes) => bytes.with(193, 0b111110), 'not-a-reporter'],
  ['another value than was signed', (bytes) => bytes.with(97, 1), 'not-a-reporter'],
])('R-409 rejects a request with %s', async (_, spoil, code) => {
  expect(await requestVerdict(spoil)).toEqual({ ...CODE, code })
})

test('R-409 rejects a request for receipts of somebody else, and one of a stranger', async () => {
  const other = await requestedBy(0, { proposer: reporterKey(1).address })
  expect(judgeRequest('peer', other.bytes, contextOf())).toEqual({ ...CODE, code: 'not-the-proposer' })
  const stranger = await requestedBy(9)
  expect(judgeRequest('peer', stranger.bytes, contextOf())).toEqual({ ...CODE, code: 'not-a-reporter' })
})

test.each<[string, Partial<CosigningContext>]>([
  ['unknown-fixing', { fixing: () => undefined }],
  ['settled', { fixing: () => 'settled' }],
  ['reporters-unknown', { roster: () => undefined }],
  ['throttled', { takeToken: () => false }],
])('ignores a request: %s', async (code, changes) => {
  expect(await requestVerdict(undefined, changes)).toEqual({ result: 'ignore', code })
})

test("R-409 ignores a proposer's second report, and its first when it comes again", async () => {
  const book = createBook()
  const first = await requestedBy(0)
  book.addRequest(first)
  expect(judgeRequest('peer', first.bytes, contextOf({ book }))).toEqual({ result: 'ignore', code: 'duplicate' })
  const second = await requestedBy(0, { observationsRoot: FIXING_ID })
  expect(judgeRequest('peer', second.bytes, contextOf({ book }))).toEqual({ result: 'ignore', code: 'second-request' })
  // Neither replaces the first.
  book.addRequest(second)
  expect(book.requests(FIXING_ID)).toEqual([first])
  const others = await requestedBy(1, { observationsRoot: FIXING_ID })
  expect(judgeRequest('peer', others.bytes, contextOf({ book }))).toMatchObject({ result: 'accept' })
})

test('R-409 accepts what a proposer asks for again, under each number once', async () => {
  const book = createBook()
  const ask = async (attempt: number, value: bigint) => {
    const request = await requestedBy(0, { value }, undefined, attempt)
    const verdict = judgeRequest('peer', request.bytes, contextOf({ book }))
    if (verdict.result === 'accept') book.addRequest(verdict.request)
    return verdict.result === 'accept' ? 'accept' : verdict.code
  }
  const verdicts: string[] = []
  for (const attempt of [1, 0, 3, 2]) verdicts.push(await ask(attempt, BigInt(attempt + 1)))
  expect(verdicts).toEqual(['accept', 'accept', 'accept', 'accept'])
  for (const attempt of [0, 1, 2, 3]) expect(await ask(attempt, 99n)).toBe('second-request')
  // The same report under another number says nothing new.
  expect(await ask(0, 2n)).toBe('duplicate')
  expect(book.requests(FIXING_ID).map(({ attempt }) => attempt)).toEqual([1, 0, 3, 2])
})

test('R-409 has a partial signature verified against the key at its place', async () => {
  const book = createBook()
  const request = await requestedBy(0)
  book.addRequest(request)
  const partial = await cosignedBy(3, request)
  const { signature: _, ...unverified } = partial
  const verdict = judgePartial('peer', partial.bytes, contextOf({ book }))
  expect(verdict).toEqual({ result: 'verify', partial: unverified, key: ROSTER[3]?.key })
})

test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
  ['another length', (bytes) => bytes.slice(1), 'length'],
  ['another version', (bytes) => bytes.with(0, 2), 'version'],
  ['another kind', (bytes) => bytes.with(1, 1), 'kind'],
  ['a place beyond the roster', (bytes) => bytes.with(66, 7), 'no-place'],
])('R-409 rejects a partial signature with %s', async (_, spoil, code) => {
  const book = createBook()
  const request = await requestedBy(0)
  book.addRequest(request)
  const spoiled = spoil((await cosignedBy(3, request)).bytes)
  const verdict = judgePartial('peer', spoiled, contextOf({ book }))
  expect(verdict).toEqual({ ...CODE, code })
})

test('keeps a partial signature of a report that nobody has asked for yet, and wants none twice', async () => {
  const book = createBook()
  const request = await requestedBy(0)
  const partial = await cosignedBy(3, request)
  const verdict = () => judgePartial('peer', partial.bytes, contextOf({ book }))
  expect(verdict()).toEqual({ result: 'ignore', code: 'unknown-request' })
  book.addRequest(request)
  book.addPartial(partial)
  expect(verdict()).toEqual({ result: 'ignore', code: 'duplicate' })
  // There is one signature of a digest by a key.
  const other = { ...(await cosignedBy(4, request)), place: 3 }
  expect(judgePartial('peer', other.bytes.with(66, 3), contextOf({ book }))).toEqual({ ...CODE, code: 'bls-signature' })
  expect(
    judgePartial('peer', (await cosignedBy(4, request)).bytes, contextOf({ book, takePartialToken: () => false })),
  ).toEqual({
    result: 'ignore',
    code: 'throttled',
  })
})

test('the book is bounded by who may ask and sign, and forgets', async () => {
  const book = createBook()
  const request = await requestedBy(0)
  const partial = await cosignedBy(3, request)
  book.addPartial(partial)
  expect(book.partials(FIXING_ID, request.digest)).toEqual([])
  book.addRequest(request)
  book.addPartial(partial)
  book.addPartial({ ...partial, signature: ROOT })
  expect(book.partials(FIXING_ID, request.digest)).toEqual([partial])
  book.forget(FIXING_ID)
  expect(book.requests(FIXING_ID)).toEqual([])
  expect(keyOf('ann').address).not.toBe(request.report.proposer)
})
