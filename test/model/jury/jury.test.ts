import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { edited } from '../../mutation/edit.ts'
import { ROOT } from '../../mutation/scratch.ts'
import { type Campaign, inOrder } from '../campaign.ts'
import { JURY } from './jury-campaign.ts'

/** One seed each, from 0: a second or two each. `npm run replay -- --jury` plays more, and demands that everything is reached. */
const HISTORIES = 10
const TIMEOUT_MS = 600_000

let campaign: Campaign
const mismatches: string[] = []
const reached = new Set<string>()
const found = new Set<number>()

beforeAll(async () => {
  campaign = await JURY.open()
  await inOrder(campaign.run, { from: 0, count: HISTORIES }, (each) => {
    if (each.mismatch !== undefined) mismatches.push(each.mismatch.text)
    for (const name of each.reached().keys()) reached.add(name)
    for (const bug of campaign.plantedRules.keys()) if (each.foundBy(bug) !== undefined) found.add(bug)
    return mismatches.length < 3
  })
}, TIMEOUT_MS)

afterAll(() => campaign.stop())

test(`the jury does what its model does in ${HISTORIES} random histories (R-500 to R-505)`, () => {
  expect(mismatches).toEqual([])
})

test('even so few histories come to verdicts, and find most bugs planted in the model of the jury', () => {
  expect([...reached]).toEqual(expect.arrayContaining(['draw done', 'reveal done', 'resolve done', 'Decided INVALID']))
  expect(found.size).toBeGreaterThan(campaign.plantedRules.length / 2)
})

test.each(JURY.plantedContracts)('has exactly one place in the jury as it is: $bug', (planted) => {
  const source = readFileSync(join(ROOT, planted.file), 'utf8')
  expect(edited(source, planted)).not.toBe(source)
})
