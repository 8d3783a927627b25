import { type IncomeTerms, requireTerms, turnsOf } from './income-terms.ts'
import { ceilingOf, floorOf, multiply, type Rational, sumOf } from './rational.ts'
import { MEASURED_REPORTERS, REPORTER_GAS as GAS } from './reporter-gas.ts'

const PPM = 1_000_000n
const MONTHS = 12n

/** A year of one reporter, on average. Everything is exact; amounts are wei. */
export type Income = {
  /** How many fixings pay it. */
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
  return yearOf(terms)
}

/**
 * What stake and capital earn in a year, ppm, rounded down: the net before the interest that they would earn elsewhere.
 * The net is 0 or more where this is no less than that interest.
 */
export function returnPpmOf({ net, costs, locked }: Income): bigint {
  return floorOf(multiply(sumOf([net, costs.interest]), { n: PPM, d: locked }))
}

/** What breaks even, exactly: the net is linear in each of the three. Throws TermOutOfBoundsError. */
export function breakEvenOf(terms: IncomeTerms): BreakEven {
  requireTerms(terms)
  const gas = lineOf(terms, 'gasPrice')
  return {
    reward: leastOf(lineOf(terms, 'reward')),
    // Registering alone costs gas: the net falls with its price.
    gasPrice: gas.base.n < 0n ? undefined : floorOf(zeroOf(gas)),
    fixings: leastOf(lineOf(terms, 'fixings')),
  }
}

/** The net of a year, wei, rounded down, for every gas price and reward given: one row a gas price. */
export function sensitivityOf(
  terms: IncomeTerms,
  gasPrices: readonly bigint[],
  rewards: readonly bigint[],
): readonly (readonly bigint[])[] {
  requireTerms(terms)
  return gasPrices.map((gasPrice) => rewards.map((reward) => floorOf(yearOf({ ...terms, gasPrice, reward }).net)))
}

function yearOf(terms: IncomeTerms): Income {
  const paid = { n: terms.fixings * terms.attendancePpm, d: PPM }
  const signers = { n: PPM + (terms.reporters - 1n) * terms.othersAttendancePpm, d: PPM }
  const turns = turnsOf(terms)
  const disputes = { n: terms.fixings * terms.disputedPpm, d: PPM }
  const revenue = {
    rewards: multiply(paid, { n: terms.reward * signers.d, d: signers.n }),
    proposals: multiply(turns, whole(terms.proposalReward)),
    disputes: multiply(disputes, { n: terms.disputeStake * terms.disputeReturnPpm, d: PPM }),
  }
  const costs = costsOf(terms, { paid, turns, disputes })
  const net = sumOf([...Object.values(revenue), ...Object.values(costs).map(negative)])
  return { paid, signers, turns, revenue, costs, net, locked: terms.stake + terms.capital }
}

type Deeds = Readonly<Record<'paid' | 'turns' | 'disputes', Rational>>

function costsOf(terms: IncomeTerms, { paid, turns, disputes }: Deeds): Record<Cost, Rational> {
  const { gasPrice, stake, capital } = terms
  return {
    registration: { n: GAS.register * gasPrice, d: terms.years },
    // A roster costs each reporter the same, however many they are: 1 / reporters of what grows with them.
    rosters: { n: terms.rosters * GAS.publishRoster * gasPrice, d: MEASURED_REPORTERS },
    proposing: multiply(turns, whole((GAS.proposeAttested + GAS.claimProposal) * gasPrice)),
    claiming: multiply(paid, whole(terms.claimGas * gasPrice)),
    disputing: multiply(disputes, whole((GAS.contribute + GAS.claimContribution) * gasPrice)),
    server: whole(MONTHS * terms.server),
    slashing: { n: stake * terms.slashingPpm, d: PPM },
    interest: { n: (stake + capital) * terms.interestPpm, d: PPM },
  }
}

/** A net that is `base + slope x`. */
type Line = { readonly base: Rational; readonly slope: Rational }

function lineOf(terms: IncomeTerms, field: 'reward' | 'gasPrice' | 'fixings'): Line {
  const base = yearOf({ ...terms, [field]: 0n }).net
  return { base, slope: sumOf([yearOf({ ...terms, [field]: 1n }).net, negative(base)]) }
}

/** The least whole x >= 0 at which the net is not negative. */
function leastOf(line: Line): bigint | undefined {
  if (line.base.n >= 0n) return 0n
  return line.slope.n <= 0n ? undefined : ceilingOf(zeroOf(line))
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
