import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { edited } from '../../mutation/edit.ts'
import { ROOT } from '../../mutation/scratch.ts'
import { type Campaign, inOrder } from '../campaign.ts'
import { JURY } from './jury-campaign.ts'

/** One seed each, from 0: a second or two each. `npm run replay -- --jury` plays more, and
 * demands that everything is reached: the chain's chance decides who is drawn, so that a few histories reach what they reach. */
const HISTORIES = 10

let campaign: Campaign
const mismatches: string[] = []
const survivors = new Set<number>()

beforeAll(async () => {
  campaign = await JURY.open()
  for (const number of campaign.plantedRules.keys()) survivors.add(number)
  await inOrder(campaign.run, { from: 0, count: HISTORIES }, (each) => {
    if (each.mismatch !== undefined) mismatches.push(each.mismatch.text)
    for (const number of survivors) if (each.foundBy(number) !== undefined) survivors.delete(number)
    return mismatches.length < 3
  })
})

afterAll(() => campaign.stop())

test(`the jury does what its model does in ${HISTORIES} random histories (R-500 to R-505)`, () => {
  expect(mismatches).toEqual([])
})

test("the histories find most of the bugs planted in the jury's model", () => {
  const { plantedRules } = campaign
  expect(plantedRules.length).toBeGreaterThan(20)
  const missed = [...survivors].map((number) => plantedRules[number])
  expect(missed.length, missed.join('; ')).toBeLessThan(plantedRules.length / 2)
})

test.each(JURY.plantedContracts)('has exactly one place in the jury as it is: $bug', (planted) => {
  const source = readFileSync(join(ROOT, planted.file), 'utf8')
  expect(edited(source, planted)).not.toBe(source)
})
