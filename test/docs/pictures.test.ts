import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { appealStake, potNeed } from '#protocol/bond.ts'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import { payoff } from '#protocol/payoff.ts'
import { appealPayout, divideStake, stakePayout } from '#protocol/payout.ts'
import { xmlProblem } from './xml.ts'

const FOLDER = 'docs/pictures'
const PICTURES = readdirSync(FOLDER)
const DOCUMENTS = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'))
const ETHER = 10n ** 18n

const pictureText = (name: string): string => readFileSync(`${FOLDER}/${name}`, 'utf8')

/** Every picture that a document shows: its alternative text and its file. */
const SHOWN = DOCUMENTS.flatMap((path) => [
  ...readFileSync(`docs/${path}`, 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]+\.svg)\)/g),
]).map(([, alt = '', target = '']) => ({ alt, name: basename(target) }))

describe.each(PICTURES)('docs/pictures/%s', (name) => {
  test('is well-formed XML, small, and the same in light and in dark', () => {
    const text = pictureText(name)
    expect(xmlProblem(text)).toBeUndefined()
    expect(text.length).toBeLessThan(8_000)
    expect(text).toContain('@media (prefers-color-scheme: dark)')
    expect(text).not.toMatch(/\b(?:fill|stroke)="#|<script|<image|href=/)
  })

  test('says in a title what it shows, and is shown with a text for those who cannot see it', () => {
    expect(pictureText(name)).toMatch(/aria-labelledby="title">\n {2}<title id="title">[^<]{30,}<\/title>/)
    const alts = SHOWN.filter((each) => each.name === name).map(({ alt }) => alt.length)
    expect(alts.length).toBeGreaterThan(0)
    expect(Math.min(...alts)).toBeGreaterThan(100)
  })
})

test('the curves of docs/pictures/payoff.svg are what P and N pay', () => {
  const text = pictureText('payoff.svg')
  const pointsOf = (id: string): [number, number][] => {
    const [, points = ''] = new RegExp(`id="${id}" [^>]*points="([^"]*)"`).exec(text) ?? []
    return points.split(' ').map((point) => point.split(',').map(Number) as [number, number])
  }
  const drawn = { p: pointsOf('p'), n: pointsOf('n') }
  expect(drawn.p.length).toBeGreaterThan(10)
  expect(drawn.n.map(([x]) => x)).toEqual(drawn.p.map(([x]) => x))
  for (const [i, [x, p]] of drawn.p.entries()) {
    // 10 units of value are one of width, from the axis at 70; one ether is 190 high, on the axis at 250.
    const settlement = BigInt(x - 70) * 10n * ETHER || 1n
    const paid = payoff({ collateral: ETHER, strike: 2_500n * ETHER, settlement, invalidSharePpm: 0 })
    expect((250 - p) / 190).toBeCloseTo(Number(paid.p) / 1e18, 2)
    expect((250 - (drawn.n[i]?.[1] ?? 0)) / 190).toBeCloseTo(Number(paid.n) / 1e18, 2)
  }
})

test('the stakes and payouts of docs/concepts.md are those of the game with the default terms', () => {
  const bond = DEFAULT_PARAMETERS.minBond
  const truth = potNeed(bond, 0n)
  const lieAgain = potNeed(bond + truth, bond)
  const before = bond + truth + lieAgain
  const a = appealStake(before)
  const total = before + a
  const text = pictureText('life.svg')
  for (const stake of [`${inEther(bond)} ETH<`, `${inEther(truth)} ETH more`, `${inEther(lieAgain)} ETH more`]) {
    expect(text).toContain(stake)
  }
  expect(text).toContain(`${inEther(a)} ETH + fee`)
  const fee = DEFAULT_PARAMETERS.arbitrationFee
  const split = divideStake({
    outcome: 'ruling',
    total,
    winnerStake: truth + a,
    appealStakeOfRound: a,
    arbitrationFee: fee,
    appealedWins: true,
  })
  const prose = readFileSync('docs/concepts.md', 'utf8').replaceAll(/\s+/g, ' ')
  expect(prose).toContain(
    `the lie loses ${inEther(bond + lieAgain)} ETH, those who staked ${inEther(truth)} ETH on 2500.1 get ${inEther(stakePayout(truth, split))} ETH, ` +
      `and those who appealed with ${inEther(a + fee)} ETH get ${inEther(appealPayout(a + fee, split))} ETH`,
  )
  // 200 units of height are an ether; the truth stands on the lie.
  const bars = [...text.matchAll(/<rect class="(true|false)" x="(\d+)" y="[\d.]+" width="28" height="([\d.]+)"/g)]
  const heights = bars.map(([, side, x, height]) => [side, Number(x), Math.round(Number(height) * 10)])
  const high = (stake: bigint): number => Math.round(Number((stake * 2_000n) / ETHER))
  expect(heights).toEqual([
    ['false', 136, high(bond)],
    ['false', 276, high(bond)],
    ['true', 276, high(truth)],
    ['false', 416, high(bond + lieAgain)],
    ['true', 416, high(truth)],
    ['false', 556, high(bond + lieAgain)],
    ['true', 556, high(truth + a)],
  ])
})

/** With at most four decimals, rounded. */
function inEther(wei: bigint): string {
  return String(Number((Number(wei) / 1e18).toFixed(4)))
}

test('XML that is not well formed is found', () => {
  expect(xmlProblem('<a><b/></a>')).toBeUndefined()
  expect(xmlProblem('<?xml version="1.0"?>\n<!-- x < y --><a c="1" d:e=\'2\'>&lt;&#38; t<b></b></a>\n')).toBeUndefined()
  expect(
    [
      '<a><b></a>',
      '<a>',
      '<a/><b/>',
      'text',
      '<a b=c/>',
      '<a b="1" b="2"/>',
      '<a>&nbsp;</a>',
      '<a>< b</a>',
      '<a b="<"/>',
    ].map((text) => xmlProblem(text) === undefined),
  ).toEqual(Array.from({ length: 9 }, () => false))
})
