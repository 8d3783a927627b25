import type { Property } from './harness.ts'
import { readSource, type Sources } from './sources.ts'

/** A bug put into a library in memory, and the properties that must then not be provable. */
export type Plant = {
  /** What is wrong, in words. */
  readonly bug: string
  /** The library. */
  readonly library: string
  /** Text that stands there exactly once, and what replaces it. */
  readonly find: string
  readonly replace: string
  /** Ids of properties. */
  readonly breaks: readonly string[]
}

/** Every property is broken by at least one. */
export const PLANTS: readonly Plant[] = [
  {
    bug: 'multiplies before it divides',
    library: 'BondLib',
    find: '(openInterest / PPM) * bondPpm + ((openInterest % PPM) * bondPpm) / PPM',
    replace: '(openInterest * bondPpm) / PPM',
    breaks: ['BondLib.bondFor_neverOverflows'],
  },
  {
    bug: 'rounds the bond up',
    library: 'BondLib',
    find: '((openInterest % PPM) * bondPpm) / PPM',
    replace: '((openInterest % PPM) * bondPpm + PPM - 1) / PPM',
    breaks: ['BondLib.bondFor_isTheExactShare', 'BondLib.bondFor_isTheLarger'],
  },
  {
    bug: 'takes the smaller of minimum and share',
    library: 'BondLib',
    find: 'share > minBond',
    replace: 'share < minBond',
    breaks: ['BondLib.bondFor_neverOverflows', 'BondLib.bondFor_isTheLarger'],
  },
  {
    bug: 'a pot needs 2A - 2S',
    library: 'BondLib',
    find: '2 * total - 3 * stake',
    replace: '2 * total - 2 * stake',
    breaks: ['BondLib.potNeed_leaderHoldsTwoThirds', 'BondLib.potNeed_growsToTwentySevenBonds'],
  },
  {
    bug: 'a pot needs A - S',
    library: 'BondLib',
    find: '2 * total - 3 * stake',
    replace: 'total - stake',
    breaks: ['BondLib.potNeed_othersHoldAThird', 'BondLib.potNeed_isBetweenOnceAndTwiceAllStake'],
  },
  {
    bug: 'rounds the stake of an appeal down',
    library: 'BondLib',
    find: '(total + APPEAL_DIVISOR - 1) / APPEAL_DIVISOR',
    replace: 'total / APPEAL_DIVISOR',
    breaks: ['BondLib.appealStake_isANinthRoundedUp', 'PayoutLib.byRuling_forTheLeaderEarnsFortyPercent'],
  },
  {
    bug: 'burns 21 % by timeout',
    library: 'PayoutLib',
    find: 'TIMEOUT_FORFEIT = 20',
    replace: 'TIMEOUT_FORFEIT = 21',
    breaks: ['PayoutLib.byTimeout_earnsFortyPercent'],
  },
  {
    bug: 'burns 41 % by ruling',
    library: 'PayoutLib',
    find: 'RULING_FORFEIT = 40',
    replace: 'RULING_FORFEIT = 41',
    breaks: [
      'PayoutLib.byRuling_forTheLeaderEarnsFortyPercent',
      'PayoutLib.byRuling_forAnotherEarnsFortyPercent',
      'PayoutLib.byRulingWithoutWinner_costsFortyPercentAndTheFee',
    ],
  },
  {
    bug: 'pays sponsors three fees',
    library: 'PayoutLib',
    find: '(3 * fee) / 2',
    replace: '3 * fee',
    breaks: [
      'PayoutLib.byRuling_forTheAppealedEarnsFortyPercent',
      'PayoutLib.requestRepayment_isAtMostThePotAndOneAndAHalfFees',
    ],
  },
  {
    bug: 'pays sponsors one fee',
    library: 'PayoutLib',
    find: '(3 * fee) / 2',
    replace: 'fee',
    breaks: ['PayoutLib.appealPayout_earnsFortyPercentLessTwoWei'],
  },
  {
    bug: 'shares the bonus twice',
    library: 'PayoutLib',
    find: 'shared = total - sink - bonus',
    replace: 'shared = total - sink',
    breaks: ['PayoutLib.byRuling_conserves', 'PayoutLib.byRulingWithoutWinner_conserves'],
  },
  {
    bug: 'burns a share of all stake instead of the losing',
    library: 'PayoutLib',
    find: '(losing * forfeit)',
    replace: '(total * forfeit)',
    breaks: ['PayoutLib.byTimeout_conserves', 'PayoutLib.byRuling_conserves'],
  },
  {
    bug: 'rounds the payout of stake up',
    library: 'PayoutLib',
    find: 'return (burned * shared) / base;',
    replace: 'return (burned * shared + base - 1) / base;',
    breaks: ['PayoutLib.stakePayout_partsPayNoMoreThanTheWhole'],
  },
  {
    bug: 'divides the payout of stake by one wei too much',
    library: 'PayoutLib',
    find: 'return (burned * shared) / base;',
    replace: 'return (burned * shared) / (base + 1);',
    breaks: [
      'PayoutLib.stakePayout_ofAllIsWhatIsShared',
      'PayoutLib.stakePayout_earnsFortyPercentLessOneWei',
      'PayoutLib.appealPayout_eachHoldingEarnsFortyPercentLessThreeWei',
    ],
  },
  {
    bug: 'divides the payout of an appeal by one wei too much',
    library: 'PayoutLib',
    find: '/ (stake + fee)',
    replace: '/ (stake + fee + 1)',
    breaks: ['PayoutLib.appealPayout_isAShareOfTheAppeals', 'PayoutLib.appealPayout_ofAllIsItsShareAndTheBonus'],
  },
  {
    bug: 'the reward grows over five hours',
    library: 'PayoutLib',
    find: 'REWARD_RAMP = 6 hours',
    replace: 'REWARD_RAMP = 5 hours',
    breaks: ['PayoutLib.reward_isTheRampsShareOfThePot'],
  },
  {
    bug: 'rounds a share of the reward up',
    library: 'PayoutLib',
    find: 'return Math.mulDiv(burned, wholeReward, bond);',
    replace: 'return Math.mulDiv(burned + 1, wholeReward, bond);',
    breaks: ['PayoutLib.rewardPayout_conserves'],
  },
  {
    bug: 'repays a request that the pot cannot pay',
    library: 'PayoutLib',
    find: 'return _min(sponsorBonus(fee), rewardPot);',
    replace: 'return rewardPot < fee ? rewardPot : sponsorBonus(fee);',
    breaks: ['PayoutLib.requestRepayment_isAtMostThePotAndOneAndAHalfFees'],
  },
  {
    bug: 'rounds the payout of a request up',
    library: 'PayoutLib',
    find: 'return (burned * requestRepayment(rewardPot, fee)) / fee;',
    replace: 'return (burned * requestRepayment(rewardPot, fee) + fee - 1) / fee;',
    breaks: ['PayoutLib.requestPayout_partsPayNoMoreThanTheWhole'],
  },
  {
    bug: 'divides the payout of a request by one wei too much',
    library: 'PayoutLib',
    find: 'return (burned * requestRepayment(rewardPot, fee)) / fee;',
    replace: 'return (burned * requestRepayment(rewardPot, fee)) / (fee + 1);',
    breaks: ['PayoutLib.requestPayout_ofAllIsTheRepayment'],
  },
  {
    bug: 'refunds what was used twice over',
    library: 'PayoutLib',
    find: 'rewardPot - used',
    replace: 'rewardPot + used',
    breaks: ['PayoutLib.fundRefund_conserves'],
  },
  {
    bug: 'rounds N down as well',
    library: 'PayoffLib',
    find: 'n = collateral - p;',
    replace: 'n = Math.mulDiv(collateral, denominator - numerator, denominator);',
    breaks: ['PayoffLib.payoff_isExactlyTheCollateral'],
  },
  {
    bug: 'P at its strike gets half',
    library: 'PayoffLib',
    find: 'return (1, 1);',
    replace: 'return (1, 2);',
    breaks: ['PayoffLib.payoff_isTheFlooredRatio'],
  },
  {
    bug: 'swaps the shares at INVALID',
    library: 'PayoffLib',
    find: 'return (invalidSharePpm, PPM);',
    replace: 'return (PPM - invalidSharePpm, PPM);',
    breaks: ['PayoffLib.payoff_atInvalidIsTheShare'],
  },
  {
    bug: 'pays N alone in full',
    library: 'PayoffLib',
    find: 'pAmount > nAmount ? numerator : denominator - numerator',
    replace: 'pAmount > nAmount ? numerator : denominator',
    breaks: ['PayoffLib.redeemed_apartPaysAtMostTheCollateral'],
  },
  {
    bug: 'pays pairs twice',
    library: 'PayoffLib',
    find: 'return pairs + Math.mulDiv(rest',
    replace: 'return 2 * pairs + Math.mulDiv(rest',
    breaks: ['PayoffLib.redeemed_ofPairsIsTheCollateral', 'PayoffLib.redeemed_isBetweenItsPairsAndTheLargerLeg'],
  },
  {
    bug: "pays P alone N's share",
    library: 'PayoffLib',
    find: 'pAmount > nAmount ? numerator :',
    replace: 'pAmount < nAmount ? numerator :',
    breaks: ['PayoffLib.redeemed_ofPIsItsPayoff'],
  },
  {
    bug: 'measures against the first value instead of the smaller',
    library: 'DistanceLib',
    find: 'separationPpm * _smaller(a, b)',
    replace: 'separationPpm * uint256(a)',
    breaks: ['DistanceLib.distance_isSymmetric', 'DistanceLib.distance_notSeparatedIsWithin'],
  },
  {
    bug: 'subtracts in one direction only',
    library: 'DistanceLib',
    find: 'a > b ? a - b : b - a',
    replace: 'a - b',
    breaks: ['DistanceLib.all_neverOverflow'],
  },
  {
    bug: 'the band leaves its edge out',
    library: 'DistanceLib',
    find: '_gap(a, b) * PPM <= bandPpm',
    replace: '_gap(a, b) * PPM < bandPpm',
    breaks: ['DistanceLib.distance_bothOnlyAtTheBoundary'],
  },
  {
    bug: 'separated if near',
    library: 'DistanceLib',
    find: '_gap(a, b) * PPM >= separationPpm',
    replace: '_gap(a, b) * PPM <= separationPpm',
    breaks: ['DistanceLib.distance_isMonotone', 'DistanceLib.distance_notSeparatedIsWithin'],
  },
  {
    bug: 'forgets INVALID in second place',
    library: 'DistanceLib',
    find: 'if (a == INVALID || b == INVALID) return true;',
    replace: 'if (a == INVALID) return true;',
    breaks: ['DistanceLib.distance_invalidIsFarFromNumbers', 'DistanceLib.distance_isSymmetric'],
  },
  {
    bug: 'equally near is nearer',
    library: 'DistanceLib',
    find: '_smaller(b, f) < _gap',
    replace: '_smaller(b, f) <= _gap',
    breaks: ['DistanceLib.isNearer_isAsymmetric', 'DistanceLib.all_neverOverflow'],
  },
  {
    bug: 'any difference is nearer',
    library: 'DistanceLib',
    find: '_smaller(b, f) < _gap',
    replace: '_smaller(b, f) != _gap',
    breaks: ['DistanceLib.isNearer_isTransitive'],
  },
  {
    bug: 'compares differences instead of ratios',
    library: 'DistanceLib',
    find: '_gap(a, f) * _smaller(b, f)',
    replace: '_gap(a, f) * _smaller(a, f)',
    breaks: ['DistanceLib.isNearer_isWithinWhatTheFartherIsWithin'],
  },
  {
    bug: 'forgets one turn of an arbitrator',
    library: 'FixingLib',
    find: '3 * uint64(fixing.arbitrationLimit)',
    replace: '2 * uint64(fixing.arbitrationLimit)',
    breaks: ['FixingLib.worstCase_isNeverReached'],
  },
  {
    bug: 'an open fixing ends with its grace',
    library: 'FixingLib',
    find: 'fixing.proposalGrace + fixing.arbitrationLimit',
    replace: 'fixing.proposalGrace',
    breaks: ['FixingLib.openEnd_neverWraps'],
  },
  {
    bug: 'the remainder is lost',
    library: 'SeatLib',
    find: 'first = share + amount % kept;',
    replace: 'first = share;',
    breaks: ['SeatLib.shares_conserve'],
  },
  {
    bug: 'divides the stakes of others among all seats',
    library: 'SeatLib',
    find: 'share = amount / kept;',
    replace: 'share = amount / seats;',
    breaks: ['SeatLib.shares_conserve', 'SeatLib.shares_areEqual'],
  },
  {
    bug: 'divides the fee as if one clerk were paid',
    library: 'SeatLib',
    find: 'fee * CLERK_SHARES / (seats + 2 * CLERK_SHARES)',
    replace: 'fee * CLERK_SHARES / (seats + CLERK_SHARES)',
    breaks: ['SeatLib.clerkPay_isFourPartsRoundedDown', 'SeatLib.price_paysEverySeat'],
  },
  {
    bug: 'the price forgets who resolves',
    library: 'SeatLib',
    find: '(seats + 2 * CLERK_SHARES) * seatFee',
    replace: '(seats + CLERK_SHARES) * seatFee',
    breaks: ['SeatLib.price_paysEverySeat'],
  },
  {
    bug: 'rounds half of a quorum down',
    library: 'SeatLib',
    find: '(quorum + 1) / 2 * seatStake',
    replace: 'quorum / 2 * seatStake',
    breaks: ['SeatLib.halfQuorum_isTheFewestThatAreHalf'],
  },
  {
    bug: 'counts the quorum twice',
    library: 'SeatLib',
    find: '(quorum + 1) / 2 * seatStake',
    replace: '(quorum + 1) * 2 * seatStake',
    breaks: ['SeatLib.halfQuorum_isMonotone', 'SeatLib.halfQuorum_isTheFewestThatAreHalf'],
  },
  {
    bug: 'rounds half of all stakes down',
    library: 'SeatLib',
    find: '(allStakes + 1) / 2',
    replace: 'allStakes / 2',
    breaks: ['SeatLib.neededPool_atMostDoublesAPart'],
  },
  {
    bug: 'forgets one case that waits',
    library: 'SeatLib',
    find: ' + waiting * seats',
    replace: ' + (waiting < 2 ? 0 : waiting - 1) * seats',
    breaks: ['SeatLib.neededPool_atMostDoublesAPart'],
  },
]

/** The source of the plant's library with the bug in it. */
export function planted({ bug, library, find, replace }: Plant): Sources {
  const name = `src/libraries/${library}.sol`
  const parts = readSource(name).split(find)
  if (parts.length !== 2) throw new Error(`Expected "${find}" once in ${name} (${bug}), got ${parts.length - 1}.`)
  return { [name]: parts.join(replace) }
}

/** Every pair of a plant and a property that it must break. */
export function plantings(properties: readonly Property[]): { plant: Plant; property: Property }[] {
  return PLANTS.flatMap((plant) =>
    properties.filter(({ id }) => plant.breaks.includes(id)).map((property) => ({ plant, property })),
  )
}
