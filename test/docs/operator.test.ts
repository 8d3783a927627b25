import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unitName } from '../../cli/init/unit.ts'
import { openWalkthrough, type Walkthrough } from './walkthrough.ts'

test('the unit that docs/operator.md installs is the one that init writes in that folder', () => {
  const units = readFileSync('docs/operator.md', 'utf8').match(/[\w-]+\.service/g)
  expect(new Set(units)).toEqual(new Set([unitName('/var/lib/assize')]))
})

let walkthrough: Walkthrough
beforeAll(async () => {
  walkthrough = await openWalkthrough('docs/operator.md')
})
afterAll(() => walkthrough.end())

test('every command block of docs/operator.md prints what the document says, on a network of its own', async () => {
  expect(walkthrough.length).toBeGreaterThan(8)
  await walkthrough.walk()
})
