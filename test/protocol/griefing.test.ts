import { expect, test } from 'vitest'
import { boughtRulings, lieRoutes, type BoughtRuling, type LieRoute } from '#protocol/corruption.ts'
import { DEFAULT_PARAMETERS, worstCaseSeconds } from '#protocol/fixing.ts'
import { delaysOf, delaysWithoutProposal, honestCapitalOf } from '#protocol/griefing.ts'
import {
  appealStake,
  BOND,
  contributionNeed,
  endByRuling,
  endByTimeout,
  install,
  isFinalRound,
  propose,
  stakedBy,
  type Market,
} from '../attack/market.ts'
import { TRUTH } from '../attack/ratio.ts'
import { FEE, followers, indexIn, LIES, terms } from './plays.ts'

const game = { separationPpm: 1_000, bandPpm: 10_000, fee: FEE }
const DAY = 86_400n

const inBonds = (wei: bigint): number => Math.round((Number(wei) * 1e4) / BOND) / 1e4

test('a delay costs one party that plays both sides what property 5 says', () => {
  const rows = delaysOf(terms).map(({ round, end, cost, seconds }) => [round, end, inBonds(cost), seconds / DAY])
  expect(rows).toEqual([
    [1, 'timeout', 0, 1n],
    [2, 'timeout', 0.2, 3n],
    [3, 'timeout', 0.4, 5n],
    [4, 'timeout', 0.8, 7n],
    // 8/15 d 2^(n-2) + F
    [2, 'ruling', 0.9333, 63n],
    [3, 'ruling', 1.4667, 65n],
    [4, 'ruling', 2.5333, 67n],
    // Two silent arbitrators: everything comes back.
    [2, 'expiry', 0, 63n],
    [3, 'expiry', 0, 65n],
    [4, 'expiry', 0, 67n],
  ])
})

test('no play of the game by one party costs less than the table says', () => {
  const rows = delaysOf(terms)
  const played = new Map<string, number>()
  const note = (key: string, cost: number): void => void played.set(key, Math.min(cost, played.get(key) ?? Infinity))
  for (const one of positions(propose(TRUTH, 'attacker'), [TRUTH, ...LIES])) {
    note(`${one.round} timeout`, -endByTimeout(one).attacker)
    if (one.round < 2) continue
    for (const value of followers(one, [TRUTH, ...LIES])) {
      const appeal = { value, honest: 0, attacker: appealStake(one) + FEE }
      for (const ruling of [TRUTH, ...LIES, TRUTH * 7]) {
        note(`${one.round} ruling`, -endByRuling(one, appeal, ruling, game).attacker)
      }
    }
  }
  // The oracle's own rounding may keep a few wei more from the payouts.
  for (const { round, end, cost } of rows.filter((row) => row.end !== 'expiry')) {
    const least = played.get(`${round} ${end}`) ?? NaN
    expect(least - Number(cost)).toBeGreaterThanOrEqual(0)
    expect(least - Number(cost)).toBeLessThan(6)
  }
})

test('a lie wins exactly where honest capital is less than 5 d + F', () => {
  const rows = lieRoutes(terms, 'lie').map((route) => [
    inBonds(route.from),
    inBonds(route.below),
    inBonds(route.capital),
    inBonds(route.gain),
    route.leaders.map(({ value, by }) => `${value} by ${by}`).join(', '),
  ])
  const answered = 'lie 1 by attacker, truth by honest'
  expect(rows).toEqual([
    [0, 2, 1, 0, 'lie 1 by attacker'],
    [2, 3.0667, 4, 1.6, `${answered}, lie 1 by attacker`],
    [3.0667, 3.4, 7, 1.4, `${answered}, lie 2 by attacker`],
    [3.4, 4.4, 16, 0.8, `${answered}, lie 1 by attacker, lie 2 by attacker`],
    [4.4, 5.0667, 22, 0.4, `${answered}, lie 2 by attacker, lie 1 by attacker`],
    [5.0667, 5.4, 25, 0.2, `${answered}, lie 2 by attacker, lie 3 by attacker`],
  ])
  expect(lieRoutes(terms, 'lie').at(-1)?.below).toBe(honestCapitalOf(terms).total)
})

test('after an honest proposal a lie needs honest capital below 4 d + F', () => {
  const routes = lieRoutes(terms, 'truth')
  expect(routes.map(({ from, below }) => [inBonds(from), inBonds(below)])).toEqual([
    [1, 1.7333],
    [1.7333, 2.4],
    [2.4, 2.7333],
    [2.7333, 3.4],
    [3.4, 3.7333],
    [3.7333, 4.4],
  ])
})

test.each(['lie', 'truth'] as const)(
  'every route to a lie works in the game as the table says, opening with a %s',
  (opening) => {
    for (const route of lieRoutes(terms, opening)) {
      const played = playRoute(route)
      const ending = endByTimeout(played)
      expect(stakedBy(played, 'attacker')).toBe(Number(route.capital))
      expect(Math.abs(ending.attacker - Number(route.gain))).toBeLessThan(3)
      // With enough capital the honest side answers instead, and is paid.
      if (played.round < 2) continue
      const answer = { value: TRUTH, honest: appealStake(played) + FEE, attacker: 0 }
      const staked = stakedBy(played, 'honest') + answer.honest
      expect(endByRuling(played, answer, TRUTH, game).honest / staked).toBeGreaterThanOrEqual(0.4)
    }
  },
)

test('what the game pays for a bought ruling, by hand', () => {
  const rowsOf = (opening: 'lie' | 'truth') =>
    boughtRulings(terms, opening).map((one) => [
      one.leaders.map(({ value }) => value).join(', '),
      one.appealBy,
      ...[one.capital, one.honestLoss, one.gain].map(inBonds),
    ])
  // After a lie the truth has 2 d. The attacker appeals: L = 2 d, sink 0.8 d, and F = 0.4 d stays with the arbitrator.
  // Or the lie leads again with 4 d and the truth is appealed with 2/3 d: L = 8/3 d, sink 16/15 d.
  expect(rowsOf('lie')).toEqual([
    ['lie 1, truth', 'attacker', 1.7333, 2, 0.8],
    ['lie 1, truth, lie 1', 'honest', 4, 3.0667, 1.6],
    ['lie 1, truth, lie 1, lie 2', 'honest', 16, 4.4, 0.8],
  ])
  expect(rowsOf('truth')).toEqual([
    ['truth, lie 1', 'honest', 2, 1.7333, 0.8],
    ['truth, lie 1, lie 2', 'honest', 8, 2.4, 0.4],
    ['truth, lie 1, truth, lie 1', 'honest', 11, 2.7333, 0.2],
  ])
})

test.each(['lie', 'truth'] as const)(
  'a bought ruling pays in the game as the table says, opening with a %s',
  (opening) => {
    for (const bought of boughtRulings(terms, opening)) {
      const played = playRoute(bought)
      const most = Math.max(...bribesAt(played, bought).map((ending) => ending.attacker))
      const ending = bribesAt(played, bought).find(({ attacker }) => attacker === most)
      expect(Math.abs(most - Number(bought.gain))).toBeLessThan(6)
      expect(-(ending?.honest ?? 0)).toBe(Number(bought.honestLoss))
    }
  },
)

test('with 5 d + F no play of the game leaves the honest side unable to answer, and with one wei less one does', () => {
  const { total } = honestCapitalOf(terms)
  expect(unanswerable(Number(total))).toBe(0)
  expect(unanswerable(Number(total) - 1)).toBeGreaterThan(0)
})

test('the capital is locked until the last settlement; the worst case has the time to propose before that', () => {
  expect(worstCaseSeconds(terms)).toBe(100n * DAY)
  expect(honestCapitalOf(terms)).toEqual({
    bond: BigInt(BOND),
    firstAnswer: BigInt(2 * BOND),
    total: BigInt(5 * BOND + FEE),
    lockedSeconds: 67n * DAY,
  })
})

test('the bond follows the open interest', () => {
  // 0.25 % of 10 000 ETH is 25 ETH: honest capital of 125.04 ETH, 1.25 % of what is at stake.
  const large = { ...DEFAULT_PARAMETERS, openInterest: 10n ** 22n }
  expect(honestCapitalOf(large).total).toBe(125n * 10n ** 18n + DEFAULT_PARAMETERS.arbitrationFee)
})

test('without a proposal a fixing expires after grace and limit, or a request in time adds both turns for the fee', () => {
  const rows = delaysWithoutProposal(terms).map(({ round, end, cost, capital, seconds }) => [
    round,
    end,
    inBonds(cost),
    inBonds(capital),
    seconds / DAY,
  ])
  expect(rows).toEqual([
    [0, 'expiry', 0, 0, 33n],
    [0, 'ruling', 0.4, 0.4, 93n],
    [0, 'expiry', 0, 0.4, 93n],
  ])
})

/** Every market that contributions by the attacker alone can reach. */
function positions(start: Market, values: readonly number[]): readonly Market[] {
  if (isFinalRound(start)) return [start]
  const next = followers(start, values).map((value) => install(start, indexIn(start, value), value, 0))
  return [start, ...next.flatMap((one) => positions(one, values))]
}

/** What both sides get after the appeal of a bought ruling and a ruling for any of the lies. */
function bribesAt(played: Market, { appealBy }: BoughtRuling) {
  const stake = appealStake(played) + FEE
  const values = appealBy === 'honest' ? [TRUTH] : followers(played, LIES)
  return values.flatMap((value) => {
    const appeal = { value, honest: appealBy === 'honest' ? stake : 0, attacker: appealBy === 'attacker' ? stake : 0 }
    return LIES.map((ruling) => endByRuling(played, appeal, ruling, game))
  })
}

/** Plays the leaders of a route. */
function playRoute({ leaders }: Pick<LieRoute, 'leaders'>): Market {
  const valueOf = (name: string): number => (name === 'truth' ? TRUTH : (LIES[Number(name.slice(4)) - 1] ?? NaN))
  const [first, ...others] = leaders.map(({ value, by }) => ({ value: valueOf(value), by }))
  if (first === undefined) throw new RangeError('Expected a leader, got none.')
  return others.reduce(
    (one, { value, by }) => {
      const index = indexIn(one, value)
      return install(one, index, value, by === 'honest' ? contributionNeed(one, index) : 0)
    },
    propose(first.value, first.by),
  )
}

/** How many false leaders the honest side cannot answer with this capital, over every play after either opening. */
function unanswerable(capital: number): number {
  const openings = [propose(LIES[0] ?? NaN, 'attacker'), propose(TRUTH, 'honest')]
  return openings.reduce((sum, opening) => sum + unanswerableFrom(opening, capital), 0)
}

function unanswerableFrom(one: Market, capital: number): number {
  const leads = one.candidates[one.leader]?.value
  const spent = stakedBy(one, 'honest')
  const answer = one.round === 1 ? contributionNeed(one, one.candidates.length) : appealStake(one) + FEE
  const isLost = leads !== TRUTH && spent + answer > capital
  const next = isFinalRound(one) ? [] : followers(one, LIES).map((value) => install(one, indexIn(one, value), value, 0))
  if (one.round === 1 && leads !== TRUTH && !isLost) next.push(install(one, one.candidates.length, TRUTH, answer))
  return next.reduce((sum, after) => sum + unanswerableFrom(after, capital), Number(isLost))
}
