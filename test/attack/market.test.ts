import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { stakesOf } from '#protocol/bond.ts'
import { appealPayout, divideStake, stakePayout } from '#protocol/payout.ts'
import {
  appealStake,
  BOND,
  contributionNeed,
  endByRuling,
  endByTimeout,
  install,
  isFinalRound,
  locate,
  propose,
  type Ending,
  type Market,
} from './market.ts'
import { INVALID, TRUTH } from './ratio.ts'

const TERMS = { separationPpm: 1_000, bandPpm: 10_000, fee: (2 * BOND) / 25 }
const FALSE = TRUTH + 2_000_000

/** A market after the given sides have filled the given values' pots. */
function play(first: number, ...fills: readonly (readonly [number, 'honest' | 'attacker'])[]): Market {
  return fills.reduce(
    (market, [value, side]) => {
      const index = locate(market, value, TERMS.separationPpm)
      return install(market, index, value, side === 'honest' ? contributionNeed(market, index) : 0)
    },
    propose(first, 'attacker'),
  )
}

const inBonds = ({ honest, attacker, burned }: Ending): number[] => [honest, attacker, burned].map((wei) => wei / BOND)

test('the game plays the worked example of the specification, in bonds', () => {
  // d = 25 and F = 2: forty stakers fill 50; stopping there costs the attacker 25, of which 5 burn.
  const filled = play(FALSE, [TRUTH, 'honest'])
  expect(inBonds(endByTimeout(filled))).toEqual([0.8, -1, 0.2])
  // It fills 75, sponsors appeal with 16.67 + 2: 40 burn, the bonus is 3, the arbitrator has 2, the attacker loses 100.
  const escalated = play(FALSE, [TRUTH, 'honest'], [FALSE, 'attacker'])
  const appeal = { value: TRUTH, honest: appealStake(escalated) + TERMS.fee, attacker: 0 }
  const ending = endByRuling(escalated, appeal, TRUTH, TERMS)
  expect(ending.winner).toBe(1)
  expect(ending.attacker).toBe(-4 * BOND)
  expect(ending.burned).toBe(1.6 * BOND + TERMS.fee)
  expect(Math.abs(ending.honest - (2.4 * BOND - TERMS.fee))).toBeLessThan(3)
})

const values = fc.constantFrom(FALSE, TRUTH, TRUTH - 20_000, TRUTH + 20_000, TRUTH * 2, INVALID)
const games = fc.record({
  first: values,
  fills: fc.array(fc.tuple(values, fc.constantFrom('honest' as const, 'attacker' as const)), { maxLength: 3 }),
  appealed: values,
  sponsor: fc.constantFrom('honest' as const, 'attacker' as const),
  ruling: fc.constantFrom(TRUTH, FALSE, TRUTH + 9_000, TRUTH + 15_000, TRUTH - 90_000, TRUTH / 2),
})

fuzz.prop([games], { numRuns: 3_000 })('every ending gives out what was staked, less rounding', (game) => {
  const market = playable(game.first, game.fills)
  if (market === undefined) return
  const endings = [endByTimeout(market)]
  if (market.round >= 2 && locate(market, game.appealed, TERMS.separationPpm) >= 0) {
    endings.push(endByRuling(market, sponsored(market, game), game.ruling, TERMS))
  }
  for (const { honest, attacker, burned } of endings) {
    const dust = -(honest + attacker + burned)
    expect(dust).toBeGreaterThanOrEqual(0)
    expect(dust).toBeLessThan(6)
  }
})

fuzz.prop([games], { numRuns: 3_000 })('both sides get what the protocol code pays for their receipts', (game) => {
  const market = playable(game.first, game.fills)
  if (market === undefined || market.round < 2) return
  if (locate(market, game.appealed, TERMS.separationPpm) < 0) return
  const appeal = sponsored(market, game)
  const ending = endByRuling(market, appeal, game.ruling, TERMS)
  const a = appealStake(market)
  const index = locate(market, game.appealed, TERMS.separationPpm)
  const isAppealedWinner = ending.winner === index
  const winnerStake =
    ending.winner === undefined ? undefined : stakeOn(market, ending.winner) + (isAppealedWinner ? a : 0)
  const split = divideStake({
    outcome: 'ruling',
    total: BigInt(market.total + a),
    winnerStake: winnerStake === undefined ? undefined : BigInt(winnerStake),
    appealStakeOfRound: BigInt(a),
    arbitrationFee: BigInt(TERMS.fee),
    appealedWins: isAppealedWinner,
  })
  for (const side of ['honest', 'attacker'] as const) {
    const staked = market.candidates.reduce((sum, candidate) => sum + candidate[side], 0)
    const winning = ending.winner === undefined ? staked : (market.candidates[ending.winner]?.[side] ?? 0)
    const sponsors = ending.winner === undefined || isAppealedWinner ? appealPayout(BigInt(appeal[side]), split) : 0n
    const paid = Number(stakePayout(BigInt(winning), split) + sponsors)
    expect(ending[side]).toBe(paid - staked - appeal[side])
  }
})

fuzz.prop([games], { numRuns: 1_000 })('stakes grow as the protocol code says', ({ first, fills }) => {
  const market = playable(first, fills)
  if (market === undefined) return
  const leaders = [0]
  const installed = [first]
  for (const [value] of fills) {
    if (!installed.includes(value)) installed.push(value)
    leaders.push(installed.indexOf(value))
  }
  const { total, stakes } = stakesOf(BigInt(BOND), leaders)
  expect(market.total).toBe(Number(total))
  expect(market.candidates.map((_, i) => BigInt(stakeOn(market, i)))).toEqual(stakes)
})

/** The market of random fills; undefined if one of them would be refused. */
function playable(first: number, fills: readonly (readonly [number, 'honest' | 'attacker'])[]): Market | undefined {
  let market = propose(first, 'attacker')
  for (const [value, side] of fills) {
    const index = locate(market, value, TERMS.separationPpm)
    if (index < 0 || isFinalRound(market)) return undefined
    market = install(market, index, value, side === 'honest' ? contributionNeed(market, index) : 0)
  }
  return market
}

function sponsored(market: Market, { appealed, sponsor }: { appealed: number; sponsor: 'honest' | 'attacker' }) {
  const whole = appealStake(market) + TERMS.fee
  return {
    value: appealed,
    honest: sponsor === 'honest' ? whole : 0,
    attacker: sponsor === 'attacker' ? whole : 0,
  }
}

function stakeOn(market: Market, index: number): number {
  const candidate = market.candidates[index]
  return candidate === undefined ? 0 : candidate.honest + candidate.attacker
}
