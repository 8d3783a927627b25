import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Campaign, inOrder } from '../campaign.ts'
import { REGISTRY } from './registry-campaign.ts'

/** One seed each, from 0; about 100 ms a history when nothing else runs. */
const HISTORIES = 150

let campaign: Campaign
const mismatches: string[] = []
const reached = new Set<string>()
const survivors = new Set<number>()

beforeAll(async () => {
  campaign = await REGISTRY.open()
  for (const number of campaign.plantedRules.keys()) survivors.add(number)
  await inOrder(campaign.run, { from: 0, count: HISTORIES }, (each) => {
    if (each.mismatch !== undefined) mismatches.push(each.mismatch.text)
    for (const name of each.reached().keys()) reached.add(name)
    for (const number of survivors) if (each.foundBy(number) !== undefined) survivors.delete(number)
    return mismatches.length < 3
  })
})

afterAll(() => campaign.stop())

test(`the registry does what its model does in ${HISTORIES} random histories (R-401 to R-408)`, () => {
  expect(mismatches).toEqual([])
})

test('the histories reach every action, error, boundary, roster, quorum and verdict', () => {
  expect(campaign.required.filter((name) => !reached.has(name))).toEqual([])
})

test("the histories find every bug planted in the registry's model", () => {
  expect([...survivors].map((number) => campaign.plantedRules[number])).toEqual([])
})
