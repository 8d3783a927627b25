import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_JURY_TERMS } from '#client/deployment-plan.ts'
import { hasRoom } from '#protocol/jury.ts'
import {
  captureChance,
  chanceWithProposers,
  chanceWithTries,
  expectedSpoils,
  majorityChance,
  seedsInATurn,
} from '../protocol/jury-odds.ts'

const TEXT = readFileSync('docs/arbitrators.md', 'utf8')
const POOL = 1_000

/** The table that begins with `head`: its cells without the first row and the first column. */
function tableAt(head: string): string[][] {
  const lines = TEXT.slice(TEXT.indexOf(head)).split('\n')
  const rows = lines.slice(2, lines.indexOf(''))
  return rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  )
}

/** Two significant digits of a per cent, as people write them; nothing below a part in 10^17. */
function percent(chance: number): string {
  const [digits = '0', exponent = '0'] = (chance * 100).toExponential(1).split('e')
  const places = Math.max(0, 1 - Number(exponent))
  return chance < 1e-16 ? '0 %' : `${Number(`${digits}e${exponent}`).toFixed(places)} %`
}

function chanceOf(seats: number, share: number): number {
  return majorityChance({ pool: POOL, held: POOL * share, seats })
}

test('the chances of a majority in docs/arbitrators.md are those of the draw (R-501)', () => {
  const rows = tableAt('| seats |')
  expect(rows.map(([seats]) => Number(seats))).toEqual([5, 15, 31, 63])
  for (const [seats = '', ...cells] of rows) {
    const chances = [0.1, 0.2, 0.3, 0.4].map((share) => chanceOf(Number(seats), share))
    expect(cells).toEqual([...chances, chanceWithTries(chanceOf(Number(seats), 0.2), 16)].map(percent))
  }
})

test('the chances of who hangs the first draw to have a second are those of docs/arbitrators.md (R-503)', () => {
  const [one = [], both = []] = tableAt('| draws |')
  const shares = [0.1, 0.2, 0.3, 0.4]
  expect(one.slice(1)).toEqual(shares.map((share) => percent(chanceOf(31, share))))
  const capture = (share: number): number => captureChance({ pool: POOL, held: POOL * share, seats: 31, quorum: 21 })
  expect(both.slice(1)).toEqual(shares.map((share) => percent(capture(share))))
  expect(TEXT).toContain(`one time in ${Math.round(1 / capture(0.4))}`)
})

test('the chances of who opens cases of his own first are those of docs/arbitrators.md (R-500)', () => {
  const [all = [], half = [], both = []] = tableAt('| free |')
  const shares = [0.1, 0.2, 0.3]
  const left = (share: number) => ({ pool: POOL / 2, held: POOL * share, seats: 31 })
  expect(all.slice(1)).toEqual(shares.map((share) => percent(chanceOf(31, share))))
  expect(half.slice(1)).toEqual(shares.map((share) => percent(majorityChance(left(share)))))
  expect(both.slice(1)).toEqual(shares.map((share) => percent(captureChance({ ...left(share), quorum: 21 }))))
  expect(majorityChance(left(0.25))).toBeCloseTo(0.5, 15)
  const [others, kept] = [POOL * 0.7, POOL * 0.3]
  // His own come in at the end: of all stakes until then only the others' count.
  const early = casesAtOnce(others)
  const pool = others - early * 31 + kept
  expect(TEXT).toContain(
    `to ${kept} of ${pool} by ${early} cases, a majority in ${percent(majorityChance({ pool, held: kept, seats: 31 }))};`,
  )
  const own = casesAtOnce(POOL) - 1
  expect(TEXT).toContain(`Of 1 000 stakes that takes ${own} cases, ${(own * 0.04).toFixed(2)} ETH in fees`)
  expect(TEXT.replaceAll(/\s+/g, ' ')).toContain(
    `A pool of 62 stakes takes ${casesAtOnce(62)} case at a time, of 124 it takes ${casesAtOnce(124)}, of 1 000 it takes ${casesAtOnce(POOL)},`,
  )
})

test('who takes the stakes of others gains from the part on that docs/arbitrators.md says (R-504)', () => {
  const { seats } = DEFAULT_JURY_TERMS
  const [alone = [], half = []] = tableAt("| a seat's fee, of its stake |")
  const fees = [0.001, 0.01, 0.05, 0.1]
  // In stakes: what others' seats earn by the truth, and what others lose by the lie.
  const cost = (held: number, fee: number): number => seats * fee * (1 - held / POOL)
  const spoils = (held: number, pool: number): number => expectedSpoils({ pool, held, seats })
  const from = (pays: (held: number) => boolean): string => {
    const held = Array.from({ length: POOL / 2 - 1 }, (_, i) => i + 1).find(pays)
    return held === undefined ? 'never' : `${(held * 100) / POOL} %`
  }
  expect(alone.slice(1)).toEqual(fees.map((fee) => from((held) => spoils(held, POOL) > cost(held, fee))))
  const cases = casesAtOnce(POOL)
  expect(half.slice(1)).toEqual(fees.map((fee) => from((held) => spoils(held, POOL / 2) > cases * cost(held, fee))))
  const gain = (held: number): number => spoils(held, POOL) - cost(held, 0.001)
  expect(TEXT).toContain(
    `26 % gain ${gain(260).toFixed(4)} stakes a case, 30 % ${gain(300).toFixed(2)} and 40 % ${gain(400).toFixed(1)}.`,
  )
  expect(readFileSync('docs/threat-model.md', 'utf8')).toContain(`with 40 % ${gain(400).toFixed(1)} stakes a case`)
  // Exact, by all draws of a pool that can be counted: seats are 3 of 5 stakes, two of them his.
  expect(expectedSpoils({ pool: 5, held: 2, seats: 3 })).toBeCloseTo(3 / 10, 15)
})

/** How many cases of a default jury can be opened one after the other, each drawn before the next, of so many stakes. */
function casesAtOnce(stakes: number): number {
  const { seats } = DEFAULT_JURY_TERMS
  let seated = 0
  const free = (): number => stakes - seated
  while (hasRoom(DEFAULT_JURY_TERMS, { pool: free(), returned: 0, seated, waiting: 0 })) seated += seats
  return seated / seats
}

test('the chances of who also proposes blocks are those of docs/arbitrators.md', () => {
  const [without = [], withBlocks = []] = tableAt('| part |')
  const shares = [0.1, 0.2, 0.3, 0.4]
  expect(without.slice(1)).toEqual(shares.map((share) => percent(chanceOf(31, share))))
  expect(withBlocks.slice(1)).toEqual(shares.map((share) => percent(chanceWithProposers(chanceOf(31, share), share))))
})

test('the chances of who lets seeds go that do not suit him are those of docs/arbitrators.md (R-501)', () => {
  const tries = seedsInATurn()
  expect(TEXT.replaceAll(/\s+/g, ' ')).toContain(`another try a day, ${tries} of them in a turn of 30 days.`)
  const [all = [], half = []] = tableAt('| tries |')
  const shares = [0.1, 0.2, 0.3]
  const left = (share: number) => majorityChance({ pool: POOL / 2, held: POOL * share, seats: 31 })
  expect(all.slice(1)).toEqual(shares.map((share) => percent(chanceWithTries(chanceOf(31, share), tries))))
  expect(half.slice(1)).toEqual(shares.map((share) => percent(chanceWithTries(left(share), tries))))
})
