import { dearestAttested, type IncomeTerms, isAttested, leastAttested, requireTerms, turnsOf } from './income-terms.ts'
import { ceilingOf, floorOf, multiply, PPM, type Rational, sumOf } from './rational.ts'
import { MEASURED_REPORTERS, REPORTER_GAS as GAS } from './reporter-gas.ts'

const MONTHS = 12n

/** A year of one reporter, on average. Everything is exact; amounts are wei. */
export type Income = {
  /** How many fixings pay it: none if nobody attests. */
  readonly paid: Rational
  /** Who shares the reward of each, this one included. */
  readonly signers: Rational
  /** How many proposals are its turn. */
  readonly turns: Rational
  readonly revenue: Readonly<Record<Revenue, Rational>>
  readonly costs: Readonly<Record<Cost, Rational>>
  /** Revenue less costs. */
  readonly net: Rational
  /** Stake and capital. */
  readonly locked: bigint
}

/** `disputes` is below 0 if they lose on average. */
export type Revenue = 'rewards' | 'proposals' | 'disputes'

/** Gas of: registering once, the roster, the proposals, claims of rewards, disputes. What is not gas: the last three. */
export type Cost =
  'registration' | 'rosters' | 'proposing' | 'claiming' | 'disputing' | 'server' | 'slashing' | 'interest'

/** Where the net reaches 0, all else unchanged; undefined where nothing does it. */
export type BreakEven = {
  /** The least reward of a fixing, wei. */
  readonly reward: bigint | undefined
  /** The highest price of gas, wei. */
  readonly gasPrice: bigint | undefined
  /** The fewest fixings a year, for which the capital need not suffice. */
  readonly fixings: bigint | undefined
}

/**
 * What one reporter earns and spends in a year. Rewards are shared by the average number of signers, which is never too
 * much: shares of a number that varies are larger on average. Their rounding to whole wei is left out.
 * Throws TermOutOfBoundsError.
 */
export function incomeOf(terms: IncomeTerms): Income {
  requireTerms(terms)
  return yearOf(terms, wayOf(terms))
}

/**
 * What stake and capital earn in a year, ppm, rounded down: the net before the interest that they would earn elsewhere.
 * The net is 0 or more where this is no less than that interest.
 */
export function returnPpmOf({ net, costs, locked }: Income): bigint {
  return floorOf(multiply(sumOf([net, costs.interest]), { n: PPM, d: locked }))
}

/**
 * What breaks even, exactly: the net is linear in each of the three while what is attested stays so. Throws
 * TermOutOfBoundsError.
 */
export function breakEvenOf(terms: IncomeTerms): BreakEven {
  requireTerms(terms)
  return {
    reward: leastReward(terms),
    gasPrice: dearestGas(terms),
    fixings: leastOf(lineOf(terms, 'fixings', wayOf(terms))),
  }
}

/** Below what is attested a reward changes nothing. */
function leastReward(terms: IncomeTerms): bigint | undefined {
  const least = leastAttested(terms)
  if (least > 0n && yearOf(terms, 'plain').net.n >= 0n) return 0n
  const reward = leastOf(lineOf(terms, 'reward', 'attested'))
  return reward === undefined || reward > least ? reward : least
}

/** Above what is attested there is no reward. */
function dearestGas(terms: IncomeTerms): bigint | undefined {
  const dearest = dearestAttested(terms)
  const attested = mostOf(lineOf(terms, 'gasPrice', 'attested'))
  if (dearest === undefined) return attested
  const plain = mostOf(lineOf(terms, 'gasPrice', 'plain'))
  if (plain !== undefined && plain > dearest) return plain
  return attested === undefined || attested < dearest ? attested : dearest
}

/** The net of a year, wei, rounded down, for every gas price and reward given: one row a gas price. */
export function sensitivityOf(
  terms: IncomeTerms,
  gasPrices: readonly bigint[],
  rewards: readonly bigint[],
): readonly (readonly bigint[])[] {
  requireTerms(terms)
  return gasPrices.map((gasPrice) => rewards.map((reward) => floorOf(netOf({ ...terms, gasPrice, reward }))))
}

/** Whether fixings are attested, or only proposed. */
type Way = 'attested' | 'plain'

function wayOf(terms: IncomeTerms): Way {
  return isAttested(terms) ? 'attested' : 'plain'
}

function netOf(terms: IncomeTerms): Rational {
  return yearOf(terms, wayOf(terms)).net
}

function yearOf(terms: IncomeTerms, way: Way): Income {
  const paid = { n: way === 'attested' ? terms.fixings * terms.attendancePpm : 0n, d: PPM }
  const signers = { n: PPM + (terms.reporters - 1n) * terms.othersAttendancePpm, d: PPM }
  const turns = turnsOf(terms)
  const disputes = { n: terms.fixings * terms.disputedPpm, d: PPM }
  const revenue = {
    rewards: multiply(paid, { n: terms.reward * signers.d, d: signers.n }),
    proposals: multiply(turns, whole(terms.proposalReward)),
    disputes: multiply(disputes, { n: terms.disputeStake * terms.disputeReturnPpm, d: PPM }),
  }
  const costs = costsOf(terms, { paid, turns, disputes }, way)
  const net = sumOf([...Object.values(revenue), ...Object.values(costs).map(negative)])
  return { paid, signers, turns, revenue, costs, net, locked: terms.stake + terms.capital }
}

type Deeds = Readonly<Record<'paid' | 'turns' | 'disputes', Rational>>

function costsOf(terms: IncomeTerms, { paid, turns, disputes }: Deeds, way: Way): Record<Cost, Rational> {
  const { gasPrice, stake, capital } = terms
  // Who does not attest publishes no roster.
  const [rosters, propose] = way === 'attested' ? [terms.rosters, GAS.proposeAttested] : [0n, GAS.propose]
  return {
    registration: { n: GAS.register * gasPrice, d: terms.years },
    // A roster costs each reporter the same, however many they are: 1 / reporters of what grows with them.
    rosters: { n: rosters * GAS.publishRoster * gasPrice, d: MEASURED_REPORTERS },
    proposing: multiply(turns, whole((propose + GAS.claimProposal) * gasPrice)),
    claiming: multiply(paid, whole(terms.claimGas * gasPrice)),
    disputing: multiply(disputes, whole((GAS.contribute + GAS.claimContribution) * gasPrice)),
    server: whole(MONTHS * terms.server),
    slashing: { n: stake * terms.slashingPpm, d: PPM },
    interest: { n: (stake + capital) * terms.interestPpm, d: PPM },
  }
}

/** A net that is `base + slope x`. */
type Line = { readonly base: Rational; readonly slope: Rational }

function lineOf(terms: IncomeTerms, field: 'reward' | 'gasPrice' | 'fixings', way: Way): Line {
  const base = yearOf({ ...terms, [field]: 0n }, way).net
  return { base, slope: sumOf([yearOf({ ...terms, [field]: 1n }, way).net, negative(base)]) }
}

/** The least whole x >= 0 at which the net is not negative. */
function leastOf(line: Line): bigint | undefined {
  if (line.base.n >= 0n) return 0n
  return line.slope.n <= 0n ? undefined : ceilingOf(zeroOf(line))
}

/** The most at which the net of a falling line is not negative, since registering alone costs gas. */
function mostOf(line: Line): bigint | undefined {
  return line.base.n < 0n ? undefined : floorOf(zeroOf(line))
}

function zeroOf({ base, slope }: Line): Rational {
  const sign = slope.n < 0n ? 1n : -1n
  return { n: sign * base.n * slope.d, d: sign * -slope.n * base.d }
}

function negative({ n, d }: Rational): Rational {
  return { n: -n, d }
}

function whole(n: bigint): Rational {
  return { n, d: 1n }
}
