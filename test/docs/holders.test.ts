import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWalkthrough, type Walkthrough } from './walkthrough.ts'

let walkthrough: Walkthrough
beforeAll(async () => {
  walkthrough = await openWalkthrough('docs/integrators.md')
})
afterAll(() => walkthrough.end())

test('every command block of docs/integrators.md prints what the document says, on a network of its own', async () => {
  expect(walkthrough.length).toBe(5)
  await walkthrough.walk()
})
