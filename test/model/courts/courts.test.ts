import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { edited } from '../../mutation/edit.ts'
import { ROOT } from '../../mutation/scratch.ts'
import { type Campaign, inOrder } from '../campaign.ts'
import { COURTS } from './courts-campaign.ts'

/** One seed each, from 0; about 100 ms a history when nothing else runs. */
const HISTORIES = 400

let campaign: Campaign
const mismatches: string[] = []
const reached = new Set<string>()
const survivors = new Set<number>()

beforeAll(async () => {
  campaign = await COURTS.open()
  for (const number of campaign.plantedRules.keys()) survivors.add(number)
  await inOrder(campaign.run, { from: 0, count: HISTORIES }, (each) => {
    if (each.mismatch !== undefined) mismatches.push(each.mismatch.text)
    for (const name of each.reached().keys()) reached.add(name)
    for (const number of survivors) if (each.foundBy(number) !== undefined) survivors.delete(number)
    return mismatches.length < 3
  })
})

afterAll(() => campaign.stop())

test(`councils and adapters do what their models do in ${HISTORIES} random histories (R-510 to R-521)`, () => {
  expect(mismatches).toEqual([])
})

test('the histories reach every call, error, edge of a turn, kind of signature and way to a ruling', () => {
  expect(campaign.required.filter((name) => !reached.has(name))).toEqual([])
})

test("the histories find every bug planted in the arbitrators' model", () => {
  expect([...survivors].map((number) => campaign.plantedRules[number])).toEqual([])
})

test.each(COURTS.plantedContracts)('has exactly one place in the arbitrators as they are: $bug', (planted) => {
  const source = readFileSync(join(ROOT, planted.file), 'utf8')
  expect(edited(source, planted)).not.toBe(source)
})
