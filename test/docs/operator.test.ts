import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWalkthrough, PATIENCE_MS, type Walkthrough } from './walkthrough.ts'

let walkthrough: Walkthrough
beforeAll(async () => {
  walkthrough = await openWalkthrough('docs/operator.md')
}, PATIENCE_MS)
afterAll(() => walkthrough.end())

test(
  'every command block of docs/operator.md prints what the document says, on a network of its own',
  async () => {
    expect(walkthrough.length).toBeGreaterThan(8)
    await walkthrough.walk()
  },
  PATIENCE_MS,
)
