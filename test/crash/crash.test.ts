import { expect, test } from 'vitest'
import { Arena } from './arena.ts'
import type { Result } from './life.ts'
import { endsOf, faultsOf, tryEnd, tryTwoEnds } from './survey.ts'

/** A few of the places; `npm run check:crashes` dies at all of them. */
const SAMPLE = ['after write guard #1', 'before publish observation #1', 'after eth_sendRawTransaction #1']

test('a node that dies on its way signs and pays once, and loses nothing', async () => {
  const arena = await Arena.open()
  try {
    const undisturbed = await arena.live()
    expect(undisturbed.result).toMatchObject({
      calls: ['claim', 'claim', 'contribute', 'propose'],
      isAttestedAgain: false,
      equivocators: 0,
    })
    const ends = endsOf(undisturbed)
    const writes = ['write guard', 'append signed.jsonl', 'sync signed.jsonl', 'write intents', 'publish observation']
    for (const name of writes) {
      expect(ends).toContain(`before ${name} #1`)
      expect(ends).toContain(`after ${name} #1`)
    }
    for (const end of SAMPLE) {
      const finding = await tryEnd(arena, 'calm', end, undisturbed.result)
      expect(finding).toMatchObject({ end, isReached: true, faults: [] })
      if (end !== SAMPLE.at(-1)) continue
      const twice = await tryTwoEnds(arena, 'calm', finding, { undisturbed: undisturbed.result, n: 0 })
      expect(twice).toMatchObject({ isReached: true, faults: [] })
    }
  } finally {
    await arena.close()
  }
})

test('what differs from an undisturbed life is found', () => {
  const result: Result = {
    calls: ['propose'],
    isAttestedAgain: false,
    tokens: 5n,
    isOverAllowed: false,
    fixings: [{ leader: 1n, round: 1, staked: 2n }],
    observed: ['a 1'],
    equivocators: 0,
  }
  expect(faultsOf(result, result)).toEqual([])
  expect(faultsOf({ ...result, tokens: 4n, equivocators: 1 }, result)).toEqual([
    'tokens: expected "5", got "4"',
    'equivocators: expected 0, got 1',
  ])
  expect(faultsOf({ ...result, calls: ['propose', 'propose'] }, result)).toHaveLength(1)
})

test('a place is every write, and of each read the first two', () => {
  const points = ['write guard #1', 'write guard #2', 'write guard #3', 'eth_call #1', 'eth_call #2', 'eth_call #3']
  const ends = endsOf({ points })
  expect(ends).toHaveLength(10)
  expect(ends).toContain('after write guard #3')
  expect(ends).not.toContain('before eth_call #3')
})
