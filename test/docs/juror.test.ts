import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWalkthrough, type Walkthrough } from './walkthrough.ts'

let walkthrough: Walkthrough
beforeAll(async () => {
  walkthrough = await openWalkthrough('docs/juror.md')
})
afterAll(() => walkthrough.end())

test('every command block of docs/juror.md prints what the document says, on a network of its own', async () => {
  expect(walkthrough.length).toBeGreaterThan(8)
  await walkthrough.walk()
})
