import { expect, test } from 'vitest'
import { type areBlsSigned, blsSign } from '#protocol/bls.ts'
import { encodePartial } from '#protocol/cosigning.ts'
import { createPartialVerifier, type PartialOutcome, type UnverifiedPartial } from '../../../node/gossip/batch.ts'
import { createQuarantine } from '../../../node/gossip/quarantine.ts'
import { FIXING_ID, ROOT } from '../reporters.ts'

const SECRET = new Uint8Array(32).fill(7)
/** Two points of the subgroup; which of them signs is for the counted check to say. */
const GOOD = blsSign(SECRET, ROOT, 'signature')
const JUNK = blsSign(SECRET, FIXING_ID, 'signature')
const BYTES = { good: bytesOf(GOOD), junk: bytesOf(JUNK) }

function bytesOf(signature: typeof GOOD): Uint8Array {
  return encodePartial({ fixingId: FIXING_ID, digest: ROOT, place: 0, signature })
}

function partial(peer: string, place: number, what: 'good' | 'junk', digest = ROOT): UnverifiedPartial {
  return { peer, digest, place, key: '0x', bytes: BYTES[what] }
}

/** A verifier that counts its pairings. */
function counted() {
  const quarantine = createQuarantine(1_000)
  const pairings: number[] = []
  const areSigned: typeof areBlsSigned = (partials) => {
    pairings.push(partials.length)
    return partials.every(({ signature }) => signature === GOOD)
  }
  const verify = createPartialVerifier({
    pause: async () => undefined,
    isQuarantined: (peer) => quarantine.has(peer, 0),
    condemn: (peer) => quarantine.condemn(peer, 0),
    areSigned,
  })
  return { verify, pairings, quarantine }
}

/** How often each outcome came. */
async function tally(outcomes: readonly Promise<PartialOutcome>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { kind } of await Promise.all(outcomes)) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

test('verifies sixteen of honest peers in one pairing', async () => {
  const { verify, pairings } = counted()
  const outcomes = Array.from({ length: 48 }, (_, place) => verify(partial(`peer ${place % 5}`, place, 'good')))
  expect(await tally(outcomes)).toEqual({ signed: 48 })
  expect(pairings).toEqual([16, 16, 16])
})

/** `junk` signatures of each of `hostile` peers, among 40 good ones of four others. */
async function flood(hostile: number, junk: number) {
  const { verify, pairings } = counted()
  const sent: UnverifiedPartial[] = []
  for (let i = 0; i < hostile * junk; i += 1) sent.push(partial(`hostile ${i % hostile}`, 1_000 + i, 'junk'))
  for (let i = 0; i < 40; i += 1) sent.splice(i * 3, 0, partial(`honest ${i % 4}`, i, 'good'))
  const outcomes = await tally(sent.map(verify))
  return { outcomes, pairings: pairings.length }
}

test.each([1, 4, 16])('junk costs each peer at most six pairings, however much it is, of %i', async (hostile) => {
  // 40 good ones: three batches if they were alone, and four peers' apart in every batch that fails.
  const honest = 3 + 4 * hostile
  const little = await flood(hostile, 16)
  expect(little.outcomes).toEqual({ signed: 40, bad: hostile, unchecked: 15 * hostile })
  expect(little.pairings).toBeLessThanOrEqual(honest + 6 * hostile)
  const much = await flood(hostile, 256)
  expect(much.outcomes).toEqual({ signed: 40, bad: hostile, unchecked: 255 * hostile })
  expect(much.pairings).toBeLessThanOrEqual(honest + 6 * hostile)
})

test('looks at nothing more of a peer once it sent junk, for any report', async () => {
  const { verify, pairings, quarantine } = counted()
  expect(await verify(partial('hostile', 1, 'junk'))).toEqual({ kind: 'bad', code: 'bls-signature' })
  expect(quarantine.has('hostile', 0)).toBe(true)
  const later = [2, 3, 4].map((place) => verify(partial('hostile', place, 'good', FIXING_ID)))
  expect(await tally(later)).toEqual({ unchecked: 3 })
  expect(pairings).toEqual([1])
})

test('takes what a hostile peer relayed before its junk', async () => {
  const { verify, pairings } = counted()
  const words = ['good', 'good', 'good', 'good', 'good', 'junk', 'good', 'junk'] as const
  const outcomes = await Promise.all(words.map((what, place) => verify(partial('hostile', place, what))))
  expect(outcomes.map(({ kind }) => kind)).toEqual([
    ...Array.from({ length: 5 }, () => 'signed'),
    'bad',
    'unchecked',
    'unchecked',
  ])
  // All eight, then halves: 4, 2, 1.
  expect(pairings).toEqual([8, 4, 2, 1])
})

test('verifies one signature of a place at a time, and no second one where the first is good', async () => {
  const { verify, pairings, quarantine } = counted()
  const outcomes = [
    verify(partial('honest', 1, 'good')),
    verify(partial('friend', 1, 'good')),
    verify(partial('hostile', 1, 'junk')),
  ]
  expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual(['signed', 'signed', 'bad'])
  expect(pairings).toEqual([1])
  expect([quarantine.has('friend', 0), quarantine.has('hostile', 0)]).toEqual([false, true])
})

test('junk that came first does not keep out what is good', async () => {
  const { verify, pairings } = counted()
  const outcomes = [
    verify(partial('hostile', 1, 'junk')),
    verify(partial('honest', 1, 'good')),
    verify(partial('accomplice', 1, 'junk')),
  ]
  expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual(['bad', 'signed', 'bad'])
  expect(pairings).toEqual([1, 1])
})

test('who sends two signatures of one place has sent a bad one: no pairing tells which', async () => {
  const { verify, pairings, quarantine } = counted()
  const outcomes = [verify(partial('hostile', 1, 'good')), verify(partial('hostile', 1, 'junk'))]
  expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual(['unchecked', 'bad'])
  expect(pairings).toEqual([])
  expect(quarantine.has('hostile', 0)).toBe(true)
})

test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
  ['a point that is none', (bytes) => bytes.with(67, 0), 'point'],
  ['the identity', (bytes) => new Uint8Array(bytes).fill(0, 67).with(67, 0xc0), 'bls-signature'],
])('R-409 condemns who sends %s', async (_, spoil, code) => {
  const { verify, quarantine } = counted()
  const bad = { ...partial('hostile', 1, 'good'), bytes: spoil(BYTES.good) }
  expect(await verify(bad)).toEqual({ kind: 'bad', code })
  expect(quarantine.has('hostile', 0)).toBe(true)
})
