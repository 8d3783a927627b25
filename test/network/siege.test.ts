import { expect, test } from 'vitest'
import { Random } from '../model/random.ts'
import { ATTACKS } from './attack.ts'
import { siege, unheard } from './siege.ts'

test('honest nodes hear each other whatever hostile peers do, and believe nothing of it', async () => {
  const outcome = await siege({ honest: 6, attacks: ATTACKS, messages: 32, random: new Random(1) })
  expect(outcome).toMatchObject({ delivered: outcome.expected, expected: 36, deceived: 0, warned: 6 })
  expect(unheard(ATTACKS, outcome)).toEqual([])
  expect(outcome.verdicts.get('quarantined')).toBeGreaterThan(0)
})
