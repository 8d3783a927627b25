import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import {
  appealPayout,
  divideStake,
  fundRefund,
  requestRepayment,
  reward,
  rewardPayout,
  stakePayout,
  type StakeFacts,
} from '#protocol/payout.ts'
import { readVectors, toNumber } from './vectors.ts'

type Division = Record<
  | 'appealPayout'
  | 'appealStake'
  | 'base'
  | 'burned'
  | 'fee'
  | 'outcome'
  | 'shared'
  | 'sink'
  | 'sponsorBonus'
  | 'stakePayout'
  | 'total'
  | 'winnerStake',
  Hex
> & { name: string; appealedWins: boolean; hasWinner: boolean }
type Reward = Record<'bond' | 'burned' | 'elapsed' | 'payout' | 'pot' | 'reward', Hex> & { name: string }
type Request = Record<'fee' | 'repayment' | 'rewardPot', Hex> & { name: string }
type Refund = Record<'burned' | 'pot' | 'refund' | 'used', Hex> & { name: string }

const OUTCOME_BY_CODE: readonly StakeFacts['outcome'][] = ['timeout', 'timeout', 'ruling', 'expiry']

test.each(readVectors<Division>('payout', 'divisions'))('R-301 and R-302: $name', (row) => {
  const split = divideStake({
    outcome: OUTCOME_BY_CODE[toNumber(row.outcome)] ?? 'expiry',
    total: BigInt(row.total),
    winnerStake: row.hasWinner ? BigInt(row.winnerStake) : undefined,
    appealStakeOfRound: BigInt(row.appealStake),
    arbitrationFee: BigInt(row.fee),
    appealedWins: row.appealedWins,
  })
  const burned = BigInt(row.burned)
  expect({ split, stake: stakePayout(burned, split), appeal: appealPayout(burned, split) }).toEqual({
    split: {
      sink: BigInt(row.sink),
      sponsorBonus: BigInt(row.sponsorBonus),
      shared: BigInt(row.shared),
      base: BigInt(row.base),
      appealStake: BigInt(row.appealStake),
      appealFee: BigInt(row.appealStake) > 0n ? BigInt(row.fee) : 0n,
    },
    stake: BigInt(row.stakePayout),
    appeal: BigInt(row.appealPayout),
  })
})

test.each(readVectors<Reward>('payout', 'rewards'))('R-303 the reward of a proposal $name', (row) => {
  const whole = reward(BigInt(row.pot), BigInt(row.elapsed))
  const paid = rewardPayout(BigInt(row.burned), BigInt(row.bond), whole)
  expect([whole, paid]).toEqual([BigInt(row.reward), BigInt(row.payout)])
})

test.each(readVectors<Request>('payout', 'requests'))('R-206 the repayment of a request: $name', (row) => {
  expect(requestRepayment(BigInt(row.fee), BigInt(row.rewardPot))).toBe(BigInt(row.repayment))
})

test.each(readVectors<Refund>('payout', 'refunds'))('R-303 what funders get back: $name', (row) => {
  expect(fundRefund(BigInt(row.burned), BigInt(row.pot), BigInt(row.used))).toBe(BigInt(row.refund))
})

test('an empty reward pot refunds nothing', () => {
  expect(fundRefund(0n, 0n, 0n)).toBe(0n)
})
