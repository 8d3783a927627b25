import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import { readOwn } from '../../../node/node/jury-duty.ts'
import { FIXING_ID, observationOf, WAD } from '../reporters.ts'

test('what was observed before a restart is read from disk before a vote can be INVALID', async () => {
  const observation = observationOf({ value: 2_500n * WAD })
  const own = { get: async (id: string) => (id === FIXING_ID ? { observation } : undefined) }
  const nothing = { get: async () => undefined }
  const restarted = { view: () => ({}) }
  expect(await readOwn({ reporter: restarted, own }, FIXING_ID, 'known')).toBe(2_500n * WAD)
  // The document that it was read by is gone, which makes it no other value.
  expect(await readOwn({ reporter: restarted, own }, FIXING_ID, 'unknown')).toBe(2_500n * WAD)
  expect(await readOwn({ reporter: restarted, own: nothing }, FIXING_ID, 'known')).toBe(undefined)
  expect(await readOwn({ reporter: restarted, own: nothing }, FIXING_ID, 'unknown')).toBe(INVALID)
  const atWork = { view: () => ({ observation: observationOf({ value: WAD }) }) }
  expect(await readOwn({ reporter: atWork, own: nothing }, FIXING_ID, 'unknown')).toBe(WAD)
})
