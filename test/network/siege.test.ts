import { expect, test } from 'vitest'
import { Random } from '../model/random.ts'
import { type Attack, ATTACKS } from './attack.ts'
import { mostPages, siege, unheard } from './siege.ts'

test('an attack that nobody noticed is not taken for another that is refused for the same', () => {
  const attacks = ['malformed', 'replayed', 'wrong domain', 'junk', 'calling', 'censoring', 'oversized'] as const
  const sent = new Map(attacks.map((kind) => [kind, 1]))
  const refused = new Map<Attack, ReadonlySet<string>>([
    ['malformed', new Set(['length'])],
    ['replayed', new Set(['quarantined'])],
    ['junk', new Set(['not-a-reporter'])],
  ])
  const verdicts = new Map([
    ['length', 2],
    ['not-a-reporter', 2],
  ])
  expect(unheard(attacks, { sent, verdicts, refused })).toEqual(['replayed', 'wrong domain', 'calling'])
  expect(unheard(['malformed'], { sent: new Map(), verdicts, refused })).toEqual(['malformed'])
})

test('honest nodes hear each other whatever hostile peers do, and believe nothing of it', async () => {
  const outcome = await siege({ honest: 6, attacks: ATTACKS, messages: 32, random: new Random(1) })
  expect(outcome).toMatchObject({ delivered: outcome.expected, expected: 36, deceived: 0, warned: 6 })
  expect(unheard(ATTACKS, outcome)).toEqual([])
  expect(outcome.verdicts.get('quarantined')).toBeGreaterThan(0)
  // They asked for 512 of each.
  expect(outcome.samples.pages).toBeLessThanOrEqual(mostPages(outcome))
})
