import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_JURY_TERMS } from '#client/deployment-plan.ts'
import { hasRoom } from '#protocol/jury.ts'
import {
  captureChance,
  chanceWithProposers,
  chanceWithTries,
  gainByChoosing,
  gainByLying,
  gainByReading,
  majorityChance,
  seedsInATurn,
} from '../protocol/jury-odds.ts'

const TEXT = readFileSync('docs/arbitrators.md', 'utf8')
const PROSE = TEXT.replaceAll(/\s+/g, ' ')
const THREATS = readFileSync('docs/threat-model.md', 'utf8')
const POOL = 1_000
const SEATS = DEFAULT_JURY_TERMS.seats

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
  expect(PROSE).toContain(
    `A pool of 62 stakes takes ${casesAtOnce(62)} case at a time, of 124 it takes ${casesAtOnce(124)}, of 1 000 it takes ${casesAtOnce(POOL)},`,
  )
})

test('who takes the stakes of others gains from the part on that docs/arbitrators.md says (R-504)', () => {
  const fees = [0.001, 0.01, 0.05, 0.1]
  const [alone = [], after = [], free = []] = tableAt("| a seat's fee, of its stake |")
  const drawing = (held: number) => ({ pool: POOL, held, seats: SEATS })
  const gain = (held: number, seatFee: number): number => gainByLying({ ...drawing(held), seatFee })
  expect(alone.slice(1)).toEqual(fees.map((fee) => from((held) => gain(held, fee))))
  expect(after.slice(1)).toEqual(fees.map((fee) => from((held) => seatingOthers(held, fee).all)))
  expect(free.slice(1)).toEqual(fees.map((fee) => from((held) => seatingOthers(held, fee).one)))
  // What nobody can surpass, as half of all stakes are free.
  const bound = from((held) => gainByLying({ pool: POOL / 2, held, seats: SEATS, seatFee: 0.001 }))
  expect(PROSE).toContain(
    `twice their part of what is drawn from: below ${bound} that does not pay, whatever is seated`,
  )
  const { early, late, pool } = seatingOthers(200, 0.001)
  expect(PROSE).toContain(
    `with 20 % of all stakes ${early} cases first, which leave ${pool - 200} of the others' 800, and then ${late} with 200 of ${pool}`,
  )
  expect(PROSE).toContain(
    `26 % gain ${gain(260, 0.001).toFixed(4)} stakes a case, 30 % ${gain(300, 0.001).toFixed(2)} and 40 % ${gain(400, 0.001).toFixed(1)}.`,
  )
  expect(THREATS).toContain(`with 40 % ${gain(400, 0.001).toFixed(1)} stakes a case`)
  expect(THREATS).toContain(`gains from ${alone[1]} on`)
})

test('what pushes that part down does so as far as docs/arbitrators.md says (R-501, R-504)', () => {
  const rows = tableAt('| at the default fee, where |')
  const seatFee = 0.001
  const blindly = (part: number) => (held: number) =>
    gainByReading({ pool: POOL, held, blind: Math.round((POOL - held) * part), seats: SEATS, seatFee })
  const seated = (held: number): number => seatingOthers(held, seatFee).one
  const seeds = { tries: seedsInATurn(), seedGas: 0.001 }
  const chosen = (held: number): number => gainByChoosing({ pool: POOL, held, seats: SEATS }, seeds)
  const gains = [blindly(0.05), blindly(0.1), blindly(0.2), blindly(0.3), seated, chosen]
  const cells = gains.map((gain, i) => {
    const shares = i < 4 ? [10, 50, 100] : i === 4 ? [150, 200, 300] : [220, 250, 300]
    return [from(gain), shares.map((held) => `${held / 10} %: ${twoDigits(gain(held))}`).join(', ')]
  })
  expect(rows.map(([, part, gain]) => [part, gain])).toEqual(cells)
  const [, [tenth] = [], , , , [alone] = []] = cells
  expect(THREATS).toContain(`gains from ${tenth} on`)
  expect(THREATS).toContain(`gains by the others' stakes from ${alone} on`)
})

/** The first part of all stakes, less than half, that gains; of its thousandths. */
function from(gain: (held: number) => number): string {
  const held = Array.from({ length: POOL / 2 - 1 }, (_, i) => i + 1).find((one) => gain(one) > 0)
  return held === undefined ? 'never' : `${((held * 100) / POOL).toFixed(1)} %`
}

/**
 * Who has the others' stakes seated by `early` cases, as many as can be, and then puts in his own, so that `pool` are free:
 * what he gains by `one` case then, and by `all` of the `late` ones that can be opened, the early ones paid by him.
 */
function seatingOthers(held: number, seatFee: number) {
  const early = casesAtOnce(POOL - held)
  const late = casesAtOnce(POOL) - early
  const pool = POOL - early * SEATS
  // The case after a draw has the same part of his on average.
  const one = gainByLying({ pool, held, seats: SEATS, seatFee })
  return { early, late, pool, one, all: late * one - early * SEATS * seatFee }
}

/** Two significant digits, with the sign of a minus. */
function twoDigits(stakes: number): string {
  const [, exponent = '0'] = stakes.toExponential(1).split('e')
  return stakes.toFixed(Math.max(0, 1 - Number(exponent))).replace('-', '−')
}

/** How many cases of a default jury can be opened one after the other, each drawn before the next, of so many stakes. */
function casesAtOnce(stakes: number): number {
  let seated = 0
  const free = (): number => stakes - seated
  while (hasRoom(DEFAULT_JURY_TERMS, { pool: free(), returned: 0, seated, waiting: 0 })) seated += SEATS
  return seated / SEATS
}

test('the chances of who also proposes blocks are those of docs/arbitrators.md', () => {
  const [without = [], withBlocks = []] = tableAt('| part |')
  const shares = [0.1, 0.2, 0.3, 0.4]
  expect(without.slice(1)).toEqual(shares.map((share) => percent(chanceOf(31, share))))
  expect(withBlocks.slice(1)).toEqual(shares.map((share) => percent(chanceWithProposers(chanceOf(31, share), share))))
})

test('the chances of who lets seeds go that do not suit him are those of docs/arbitrators.md (R-501)', () => {
  const tries = seedsInATurn()
  expect(PROSE).toContain(`another try a day, ${tries} of them in a turn of 30 days.`)
  const [all = [], half = []] = tableAt('| tries |')
  const shares = [0.1, 0.2, 0.3]
  const left = (share: number) => majorityChance({ pool: POOL / 2, held: POOL * share, seats: 31 })
  expect(all.slice(1)).toEqual(shares.map((share) => percent(chanceWithTries(chanceOf(31, share), tries))))
  expect(half.slice(1)).toEqual(shares.map((share) => percent(chanceWithTries(left(share), tries))))
})
