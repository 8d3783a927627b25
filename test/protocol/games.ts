import { fc } from '@fast-check/vitest'
import { appealStake, potNeed, stakesOf } from '#protocol/bond.ts'
import { MAX_LEADERS } from '#protocol/fixing.ts'
import { appealPayout, divideStake, fundRefund, reward, rewardPayout, stakePayout } from '#protocol/payout.ts'
import type { Division } from '#protocol/payout.ts'
import { histories } from './histories.ts'

/** A fixing that was proposed and is settled, and how its pots were shared out. Amounts are wei. */
export type Game = {
  readonly bond: bigint
  readonly fee: bigint
  /** Candidate index leading rounds 1..n. */
  readonly leaders: readonly number[]
  /** The candidate appealed for (the next free index = a new one); undefined = settled by deadline. */
  readonly appealed: number | undefined
  /** After an appeal: the winner of the ruling, 'none', or 'expiry'. */
  readonly ending: number | 'none' | 'expiry'
  readonly rewardPot: bigint
  readonly elapsed: bigint
  /** Where each pot is cut between its contributors, in thousandths. */
  readonly cuts: readonly number[]
}

/** What all claims of a game pay, and what there is to pay from. */
export type Balance = {
  readonly deposits: bigint
  readonly payouts: bigint
  readonly toSink: bigint
  readonly toArbitrator: bigint
  readonly claims: bigint
  readonly split: Division
  /** Paid to, and staked by, those on the winner: stake receipts and appeal receipts apart; 0 without a winner. */
  readonly winners: {
    readonly staked: bigint
    readonly paid: bigint
    readonly sponsored: bigint
    readonly toSponsors: bigint
  }
}

const wei = fc.bigInt({ min: 10n ** 9n, max: 2n ** 80n })

/** Games within the bounds of section 3: every history, every ending, `5 fee <= 2 bond`. */
export const games: fc.Arbitrary<Game> = fc
  .record({
    bond: wei,
    feeShare: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    leaders: histories(MAX_LEADERS),
    appeal: fc.option(fc.nat({ max: 4 })),
    ending: fc.oneof(fc.nat({ max: 4 }), fc.constantFrom('none' as const, 'expiry' as const)),
    rewardPot: fc.oneof(fc.constant(0n), wei),
    elapsed: fc.bigInt({ min: 0n, max: 30_000n }),
    cuts: fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 0, maxLength: 4 }),
  })
  .map(({ feeShare, appeal, ending, ...game }) => {
    const fee = 1n + (((2n * game.bond) / 5n - 1n) * feeShare) / 10n ** 9n
    const choices = appealChoices(game.leaders)
    const appealed = appeal === null ? undefined : choices[appeal % Math.max(choices.length, 1)]
    const candidates = Math.max(...game.leaders, appealed ?? 0) + 1
    return { ...game, fee, appealed, ending: typeof ending === 'number' ? ending % candidates : ending }
  })

/** Claims everything of a game. */
export function settle(game: Game): Balance {
  const { total, stakes } = stakesOf(game.bond, game.leaders)
  const appeal = game.appealed === undefined ? 0n : appealStake(total)
  if (game.appealed !== undefined) stakes[game.appealed] = (stakes[game.appealed] ?? 0n) + appeal
  const winner = winnerOfGame(game)
  const split = divideStake({
    outcome: game.appealed === undefined ? 'timeout' : game.ending === 'expiry' ? 'expiry' : 'ruling',
    total: total + appeal,
    winnerStake: winner === undefined ? undefined : stakes[winner],
    appealStakeOfRound: appeal,
    arbitrationFee: game.fee,
    appealedWins: winner !== undefined && winner === game.appealed,
  })
  const isPaid = (candidate: number): boolean => winner === undefined || winner === candidate
  const stakeParts = game.leaders.flatMap((candidate, i) => (isPaid(candidate) ? cut(fillOf(game, i), game.cuts) : []))
  const isAppealPaid = game.appealed !== undefined && isPaid(game.appealed)
  const appealParts = isAppealPaid ? cut(appeal + game.fee, game.cuts) : []
  const paid = sum(stakeParts.map((part) => stakePayout(part, split)))
  const toSponsors = sum(appealParts.map((part) => appealPayout(part, split)))
  const whole = winner === 0 ? reward(game.rewardPot, game.elapsed) : 0n
  const rewardParts = cut(game.bond, game.cuts).map((part) => rewardPayout(part, game.bond, whole))
  const refunds = cut(game.rewardPot, game.cuts).map((part) => fundRefund(part, game.rewardPot, whole))
  const fee = game.appealed === undefined ? 0n : game.fee
  return {
    deposits: total + appeal + fee + game.rewardPot,
    payouts: paid + toSponsors + sum(rewardParts) + sum(refunds),
    toSink: split.sink,
    toArbitrator: game.appealed === undefined || game.ending === 'expiry' ? 0n : fee,
    claims: BigInt(stakeParts.length + appealParts.length + refunds.length),
    split,
    winners:
      winner === undefined
        ? { staked: 0n, paid: 0n, sponsored: 0n, toSponsors: 0n }
        : { staked: sum(stakeParts), paid, sponsored: sum(appealParts), toSponsors },
  }
}

function winnerOfGame({ leaders, appealed, ending }: Game): number | undefined {
  if (appealed === undefined) return leaders.at(-1)
  return typeof ending === 'number' ? ending : undefined
}

function appealChoices(leaders: readonly number[]): number[] {
  if (leaders.length < 2) return []
  return Array.from({ length: Math.max(...leaders) + 2 }, (_, i) => i).filter((i) => i !== leaders.at(-1))
}

function fillOf({ bond, leaders }: Game, round: number): bigint {
  if (round === 0) return bond
  const before = stakesOf(bond, leaders.slice(0, round))
  return potNeed(before.total, before.stakes[leaders[round] ?? 0] ?? 0n)
}

/** `amount` in as many parts as there are cuts, and one: none is negative and together they are the amount. */
function cut(amount: bigint, cuts: readonly number[]): bigint[] {
  const parts: bigint[] = []
  let left = amount
  for (const thousandths of cuts) {
    const part = (left * BigInt(thousandths)) / 1000n
    parts.push(part)
    left -= part
  }
  return [...parts, left].filter((part) => part > 0n)
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
