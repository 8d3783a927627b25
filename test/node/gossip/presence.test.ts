import { expect, test } from 'vitest'
import { judgePresence, type PresenceContext } from '../../../node/gossip/presence.ts'
import { createRoll } from '../../../node/presence/roll.ts'
import { contextOf, DOMAIN, FIXING_ID, keyOf, MATURITY, presentBy, reporterKey } from '../reporters.ts'

const BEFORE: Partial<PresenceContext> = { now: () => MATURITY - 590n }

test('R-414 accepts what a reporter says at the first call and at the last', async () => {
  const first = await presentBy(2)
  expect(judgePresence(first.bytes, contextOf(BEFORE))).toEqual({ result: 'accept', presence: first })
  const last = await presentBy(2, { sentAt: MATURITY - 1n })
  const roll = createRoll()
  roll.add(first)
  expect(judgePresence(last.bytes, contextOf({ roll, now: () => MATURITY - 1n }))).toEqual({
    result: 'accept',
    presence: { ...last, call: 1 },
  })
})

test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
  ['another length', (bytes) => bytes.slice(1), 'length'],
  ['another kind', (bytes) => bytes.with(1, 1), 'kind'],
  ['a high s', (bytes) => bytes.fill(0xfe, 226, 258), 'high-s'],
  ['another mesh than was signed', (bytes) => bytes.with(161, 9), 'not-the-reporter'],
  ['another offset than was signed', (bytes) => bytes.with(129, 0xfe), 'not-the-reporter'],
])('R-414 rejects a presence with %s', async (_, spoil, code) => {
  const { bytes } = await presentBy(2)
  expect(judgePresence(spoil(bytes), contextOf(BEFORE))).toEqual({ result: 'reject', code })
})

test('R-414 rejects what one reporter signs for another, and what is of another domain', async () => {
  const other = await presentBy(2, { reporter: reporterKey(3).address })
  expect(judgePresence(other.bytes, contextOf(BEFORE))).toEqual({ result: 'reject', code: 'not-the-reporter' })
  const foreign = await presentBy(2, {}, { ...DOMAIN, chainId: 1 })
  expect(judgePresence(foreign.bytes, contextOf(BEFORE))).toEqual({
    result: 'reject',
    code: 'not-the-reporter',
  })
})

test('R-414 rejects what was said at no call', async () => {
  for (const sentAt of [MATURITY - 601n, MATURITY]) {
    const { bytes } = await presentBy(2, { sentAt })
    expect(judgePresence(bytes, contextOf(BEFORE))).toEqual({ result: 'reject', code: 'no-call' })
  }
})

test('R-414 takes the first of a reporter at a call, whatever it says next', async () => {
  const roll = createRoll()
  const first = await presentBy(2)
  roll.add(first)
  const second = await presentBy(2, { sourcesReady: 9 })
  for (const { bytes } of [first, second]) {
    expect(judgePresence(bytes, contextOf({ ...BEFORE, roll }))).toEqual({ result: 'ignore', code: 'heard' })
  }
  roll.add(second)
  expect(roll.heard(FIXING_ID)).toEqual([first])
  roll.forget(FIXING_ID)
  expect(roll.heard(FIXING_ID)).toEqual([])
})

test.each<[string, Partial<PresenceContext>]>([
  ['unknown-fixing', { fixing: () => undefined }],
  ['settled', { fixing: () => 'settled' }],
  ['reporters-unknown', { expected: () => undefined }],
  ['not-expected', { expected: () => new Map([[keyOf('ann').address.toLowerCase(), 2]]) }],
  ['early', { now: () => MATURITY - 631n }],
  ['late', { now: () => MATURITY }],
])('R-414 ignores a presence: %s', async (code, changes) => {
  const { bytes } = await presentBy(2)
  expect(judgePresence(bytes, contextOf({ ...BEFORE, ...changes }))).toEqual({ result: 'ignore', code })
})

test('R-414 takes what one peer brings of however many fixings mature together', async () => {
  const takePresenceToken = (): boolean => expect.unreachable()
  for (let i = 0; i < 5; i += 1) {
    const presence = await presentBy(i)
    const verdict = judgePresence(presence.bytes, contextOf({ ...BEFORE, takePresenceToken }))
    expect(verdict).toEqual({ result: 'accept', presence })
  }
})

test('a stranger costs neither a token nor a signature check', async () => {
  let tokens = 0
  const takePresenceToken = (): boolean => {
    tokens += 1
    return true
  }
  const { bytes } = await presentBy(9)
  judgePresence(bytes, contextOf({ ...BEFORE, takePresenceToken }))
  expect(tokens).toBe(0)
})
