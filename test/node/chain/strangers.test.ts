import { expect, test } from 'vitest'
import { createStrangers } from '../../../node/chain/strangers.ts'
import { journalMemory, OUTLOOK } from '../memories.ts'

/** How the account stands at a block of this number, 12 seconds each. */
const at = (number: bigint, mined: number, pending: number) => ({
  ...OUTLOOK,
  number,
  time: 12n * number,
  mined,
  pending,
})

test('knows of none before the first look, nor for whoever decided before it', async () => {
  const strangers = createStrangers(journalMemory())
  expect(strangers.areNone()).toBe(false)
  await strangers.note(at(10n, 3, 5), new Set([3, 4]))
  expect([strangers.areNone(), strangers.areNone(119n), strangers.areNone(120n)]).toEqual([true, false, true])
  await strangers.note(at(11n, 5, 5), new Set([3, 4]))
  expect([strangers.areNone(120n), strangers.first()]).toEqual([true, undefined])
})

test('says which nonce is in flight and not from here, and when it is not any more', async () => {
  const journal = journalMemory()
  const strangers = createStrangers(journal)
  await strangers.note(at(10n, 3, 6), new Set([3, 5]))
  expect([strangers.areNone(), strangers.first()]).toEqual([false, 4])
  await strangers.note(at(11n, 4, 6), new Set([3, 5]))
  await strangers.note(at(12n, 5, 6), new Set([3, 5]))
  expect([strangers.first(), strangers.areNone(143n), strangers.areNone(144n)]).toEqual([undefined, false, true])
  expect(journal.lines.map(({ action }) => action)).toEqual(['unknown', 'known'])
})

test('a nonce that is contested is unknown until it is mined, and is nothing that nobody uses', async () => {
  const strangers = createStrangers(journalMemory())
  const [own, contested] = [new Set([3, 4]), new Set([3])]
  await strangers.note(at(10n, 3, 5), own, contested)
  expect([strangers.first(), strangers.areNone()]).toEqual([3, false])
  // No endpoint has either of the two for as long as it takes to believe that nobody uses it.
  for (const number of [11n, 12n, 14n]) await strangers.note(at(number, 3, 3), own, contested)
  expect([strangers.first(), strangers.isCutOff(4)]).toEqual([undefined, false])
  await strangers.note(at(15n, 4, 5), own, contested)
  expect(strangers.first()).toBe(undefined)
})

test('whatever an endpoint says is pending, it looks at no more nonces than there are of its own', async () => {
  const strangers = createStrangers(journalMemory())
  await strangers.note(at(10n, 3, Number.MAX_SAFE_INTEGER), new Set([3, 4]))
  expect(strangers.first()).toBe(5)
})

test('a nonce that nobody has used for three blocks cuts off what is behind it, unless something unknown waits', async () => {
  const strangers = createStrangers(journalMemory())
  const own = new Set([4])
  const cutOff: boolean[] = []
  for (const number of [10n, 12n, 13n]) {
    await strangers.note(at(number, 3, 3), own)
    cutOff.push(strangers.isCutOff(4))
  }
  expect([cutOff, strangers.isCutOff(3), strangers.isCutOff(undefined)]).toEqual([[false, false, true], false, false])
  await strangers.note(at(14n, 3, 4), own)
  expect(strangers.isCutOff(4)).toBe(false)
  // From the beginning.
  await strangers.note(at(15n, 3, 3), own)
  expect(strangers.isCutOff(4)).toBe(false)
})
