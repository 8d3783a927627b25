import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_JURY_TERMS } from '#client/deployment-plan.ts'
import { hasRoom } from '#protocol/jury.ts'
import { captureChance, chanceWithProposers, chanceWithTries, majorityChance } from '../protocol/jury-odds.ts'

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
