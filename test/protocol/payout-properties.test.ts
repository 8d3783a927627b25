import { fc, test as fuzz } from '@fast-check/vitest'
import { expect } from 'vitest'
import { fundRefund, requestRepayment } from '#protocol/payout.ts'
import { games, settle } from './games.ts'

const runs = { numRuns: 3_000 }

fuzz.prop([games], runs)(
  'property 1: what is paid never exceeds what was deposited, and dust is at most two wei a claim and one',
  (game) => {
    const { deposits, payouts, toSink, toArbitrator, claims } = settle(game)
    const kept = deposits - payouts - toSink - toArbitrator
    expect(kept).toBeGreaterThanOrEqual(0n)
    expect(kept).toBeLessThanOrEqual(2n * claims + 1n)
  },
)

fuzz.prop([games], runs)(
  'property 2: in a disputed game with a winner, stakers and sponsors on it earn at least 40 %, less a wei a claim',
  (game) => {
    fc.pre(game.leaders.length >= 2)
    const { winners, claims } = settle(game)
    expect(10n * (winners.paid + claims)).toBeGreaterThanOrEqual(14n * winners.staked)
    expect(10n * (winners.toSponsors + claims)).toBeGreaterThanOrEqual(14n * winners.sponsored)
  },
)

fuzz.prop([games], runs)(
  'R-301: settled by deadline after a dispute, the winners earn exactly 40 % before rounding',
  (game) => {
    fc.pre(game.leaders.length >= 2 && game.appealed === undefined)
    const { split } = settle(game)
    const total = split.sink + split.shared
    expect({ threeBase: 3n * split.base, fifthOfLosers: 5n * split.sink }).toEqual({
      threeBase: 2n * total,
      fifthOfLosers: total - split.base - ((total - split.base) % 5n),
    })
  },
)

fuzz.prop([games], runs)('R-302: expiry pays everything back one to one', (game) => {
  fc.pre(game.appealed !== undefined && game.ending === 'expiry')
  const { deposits, payouts } = settle(game)
  expect(payouts).toBe(deposits)
})

fuzz.prop([games], runs)('R-302: when nobody wins, 40 % of all stake burns', (game) => {
  fc.pre(game.appealed !== undefined && game.ending === 'none')
  const { split } = settle(game)
  expect(split.sink).toBe((2n * (split.sink + split.sponsorBonus + split.shared)) / 5n)
})

fuzz.prop([fc.bigInt({ min: 1n, max: 2n ** 79n }), fc.bigInt({ min: 0n, max: 2n ** 80n }), fc.nat(1_000)])(
  'R-206: a request that is ruled on takes no more than the reward pot has, and the funders get the rest',
  (fee, rewardPot, cut) => {
    const repaid = requestRepayment(fee, rewardPot)
    const mine = (rewardPot * BigInt(cut)) / 1_000n
    const refunds = fundRefund(mine, rewardPot, repaid) + fundRefund(rewardPot - mine, rewardPot, repaid)
    expect(repaid + refunds).toBeLessThanOrEqual(rewardPot)
    expect(repaid + refunds).toBeGreaterThanOrEqual(rewardPot - 1n)
  },
)
