import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { captureChance, chanceWithTries, majorityChance, seedsInATurn } from '../protocol/jury-odds.ts'
import { assize } from '../cli/command-line.ts'

const TEXT = readFileSync('docs/threat-model.md', 'utf8').replaceAll(/\s+/g, ' ')

type Delay = { readonly round: number; readonly end: string; readonly cost: string; readonly seconds: number }
type Document = {
  readonly honest: { readonly bond: string; readonly firstAnswer: string; readonly total: string }
  readonly worstCaseSeconds: number
  readonly delays: readonly Delay[]
  readonly delaysWithoutProposal: readonly Delay[]
}

const griefing = async (...flags: string[]): Promise<Document> =>
  JSON.parse((await assize(['griefing', '--json', ...flags])).out) as Document

/** Ether with at most four decimals, cut as the command cuts them. */
const inEther = (wei: string | bigint): string => String(Math.floor(Number(wei) / 1e14 + 1e-6) / 1e4)
const inDays = ({ seconds }: { readonly seconds: number }): number => seconds / 86_400

test('the amounts in docs/threat-model.md are those that assize griefing prints', async () => {
  const { honest, delays, delaysWithoutProposal, worstCaseSeconds } = await griefing()
  const delay = (round: number, end: string): Delay => delays.find((each) => each.round === round && each.end === end)!
  expect(TEXT).toContain(`bond d ${inEther(honest.bond)} ETH`)
  expect(TEXT).toContain(`contributes ${inEther(honest.firstAnswer)} ETH to the truth`)
  expect(TEXT).toContain(`an honest side with ${inEther(honest.total)} ETH (5 d + F)`)
  const [once, thrice] = [delay(2, 'timeout'), delay(4, 'timeout')]
  // Undisputed it would have settled at the end of the first window.
  const late = (each: Delay): string => String(inDays(each) - inDays(delay(1, 'timeout')))
  expect([late(once), late(thrice)]).toEqual(['2', '6'])
  expect(TEXT).toContain(
    `settles two days later for ${inEther(once.cost)} ETH, three times for ${inEther(thrice.cost)} ETH and six days`,
  )
  const rulings = [delay(2, 'ruling'), delay(4, 'ruling')] as const
  expect(TEXT).toContain(
    `${inDays(rulings[0])} to ${inDays(rulings[1])} days after the proposal for ${inEther(rulings[0].cost)} to ${inEther(rulings[1].cost)} ETH`,
  )
  expect(TEXT).toContain(`settled by ${inDays({ seconds: worstCaseSeconds })} days after maturity`)
  const [left, requested] = delaysWithoutProposal
  expect(TEXT).toContain(`settles ${inDays(requested!)} days after the maturity`)
  expect(TEXT).toContain(`${inDays(left!)} days as INVALID`)
})

test('what a lie by the clock and a bought ruling bring in docs/threat-model.md is what assize griefing prints', async () => {
  const { out } = await assize(['griefing'])
  const lastRow = /^0\.54 +2\.5 +0\.02 +lie 1/m
  expect(out).toMatch(lastRow)
  expect(TEXT).toContain('2.5 ETH against 0.54 ETH, which come back with a gain of 0.02 ETH')
  expect(out).toMatch(/^0\.2 +0\.1 +0 +lie 1$/m)
  expect(TEXT).toContain('Below 0.2 ETH of honest money 0.1 ETH is enough')
  expect(out).toContain('at most 0.16 + 0.04 = 0.2 ETH a fixing')
  expect(TEXT).toContain('less up to 0.16 ETH a fixing that the game pays (0.2 ETH if the arbitrator shares its fees)')
  const five = (await assize(['griefing', '--fixings', '5'])).out
  expect(five).toContain('5 fixings that mature together need 2.7 ETH, of it 1 ETH within 1 d.')
  expect(TEXT).toContain('for five fixings 2.7 ETH, 1 ETH of it within a day')
})

test('the chances of a majority in docs/threat-model.md are those of the draw', () => {
  const percent = (seats: number, held: number): string =>
    `${Number((majorityChance({ pool: 1_000, held, seats }) * 100).toPrecision(2))} %`
  expect(TEXT).toContain(`a majority comes in ${percent(31, 300)} of the draws (5 seats: ${percent(5, 300)})`)
  expect(TEXT).toContain(`40 % has it in ${percent(31, 400)}`)
  const left = (held: number): string =>
    `${Number((majorityChance({ pool: 500, held, seats: 31 }) * 100).toPrecision(2))} %`
  expect(TEXT).toContain(`10 % a majority in ${left(100)} of the draws, 20 % in ${left(200)}, **30 % in ${left(300)}**`)
  const tries = seedsInATurn()
  const byOne = (held: number, pool: number): string =>
    `${Number((chanceWithTries(majorityChance({ pool, held, seats: 31 }), tries) * 100).toPrecision(2))} %`
  expect(TEXT).toContain(`one a day, ${tries} in a turn of 30 days`)
  expect(TEXT).toContain(
    `30 % has a majority by one of the seeds in ${byOne(300, 1_000)} of the turns, with half of the stakes free **20 % in ${byOne(200, 500)}**`,
  )
  const [some, most] = [300, 400].map((held) => {
    const chance = captureChance({ pool: 1_000, held, seats: 31, quorum: 21 })
    return `${Number((chance * 100).toPrecision(2))} %`
  })
  expect(TEXT).toContain(`for its second draw: ${some} and ${most} of both`)
})
