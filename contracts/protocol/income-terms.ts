import { ceilingOf, floorOf, multiply, PPM, type Rational } from './rational.ts'

const YEAR_SECONDS = 365n * 86_400n

/** What a reporter's yearly income depends on. Amounts are wei; shares and rates are ppm, 1 000 000 = all. */
export type IncomeTerms = {
  /** How many fixings a year have the reward below. */
  readonly fixings: bigint
  /** What `fundReporters` put into each; those who co-signed share it. */
  readonly reward: bigint
  /** What a proposal earns besides its bond (R-303). */
  readonly proposalReward: bigint
  /** How many are registered, this one included. */
  readonly reporters: bigint
  /** Of all fixings, those that pay this reporter: it co-signed, and the settlement is within the band. */
  readonly attendancePpm: bigint
  /** Of the fixings that pay it, those that any other reporter co-signed too: on average more than two thirds sign. */
  readonly othersAttendancePpm: bigint
  /** Wei per unit of gas. */
  readonly gasPrice: bigint
  /**
   * Gas of attesting that one share of the reward must pay for, or nobody attests (R-411, `policy.attest` paid); 0 if it is
   * attested at any price.
   */
  readonly attestGas: bigint
  /** Gas that this reporter pays for each share, claimed alone or with others; 0 if others pay. */
  readonly claimGas: bigint
  /** d. */
  readonly bond: bigint
  /** How long a proposal keeps its bond: `firstWindow`, and until it is claimed. */
  readonly bondSeconds: bigint
  /** Kept at hand the whole year, for bonds and disputes. */
  readonly capital: bigint
  readonly stake: bigint
  /** What stake and capital would earn elsewhere in a year. */
  readonly interestPpm: bigint
  /** Over how many years the registration is written off. */
  readonly years: bigint
  /** How often a year the roster is published: at most once for every change of the reporters. */
  readonly rosters: bigint
  /** Of all fixings, those in which this reporter pays the first answer to a false proposal. */
  readonly disputedPpm: bigint
  readonly disputeStake: bigint
  /** What such a stake earns on average, losses taken off: 400 000 if it always wins (P1). */
  readonly disputeReturnPpm: bigint
  /** The likelihood of losing the whole stake within a year. */
  readonly slashingPpm: bigint
  /** What the server costs a month. */
  readonly server: bigint
}

type Field = keyof IncomeTerms
type Bounds = readonly [min: bigint, max: bigint]

const MAX_AMOUNT = 2n ** 96n - 1n
const AMOUNT: Bounds = [0n, MAX_AMOUNT]
const SHARE: Bounds = [0n, PPM]
const COUNT: Bounds = [0n, 999_999_999n]

const BOUNDS: Readonly<Record<Field, Bounds>> = {
  fixings: COUNT,
  reward: AMOUNT,
  proposalReward: AMOUNT,
  // MAX_REPORTERS of the registry.
  reporters: [1n, 180n],
  attendancePpm: [1n, PPM],
  othersAttendancePpm: SHARE,
  gasPrice: AMOUNT,
  attestGas: COUNT,
  claimGas: COUNT,
  bond: AMOUNT,
  bondSeconds: COUNT,
  capital: AMOUNT,
  stake: [1n, MAX_AMOUNT],
  interestPpm: SHARE,
  years: [1n, 100n],
  rosters: COUNT,
  disputedPpm: SHARE,
  disputeStake: AMOUNT,
  disputeReturnPpm: [-PPM, 10n * PPM],
  slashingPpm: SHARE,
  server: AMOUNT,
}

/**
 * Refuses terms that cannot be: a field beyond its bounds, fewer signers than a quorum, less capital than is bonded on
 * average, a dispute that the capital does not pay for. Throws {@link TermOutOfBoundsError}.
 */
export function requireTerms(terms: IncomeTerms): void {
  for (const field of Object.keys(BOUNDS) as Field[]) requireWithin(terms, field, BOUNDS[field])
  requireWithin(terms, 'othersAttendancePpm', [leastAttendance(terms), PPM], 'More than two thirds sign a report.')
  requireWithin(terms, 'capital', [bondedOf(terms), MAX_AMOUNT], 'So much is bonded on average.')
  if (terms.disputedPpm === 0n) return
  requireWithin(terms, 'disputeStake', [0n, terms.capital], 'It is paid from the capital.')
}

/**
 * How many proposals a year are this reporter's turn: turns go round among those who are there, so its share of them is
 * its share of everyone's attendance.
 */
export function turnsOf({ fixings, reporters, attendancePpm, othersAttendancePpm }: IncomeTerms): Rational {
  return { n: fixings * attendancePpm, d: attendancePpm + (reporters - 1n) * othersAttendancePpm }
}

/** Whether one share of the reward, if all attest, pays for the gas of attesting: nobody attests else. */
export function isAttested(terms: IncomeTerms): boolean {
  return terms.reward >= leastAttested(terms)
}

/** The least reward that is attested at the gas price, wei. */
export function leastAttested({ reporters, attestGas, gasPrice }: IncomeTerms): bigint {
  return reporters * attestGas * gasPrice
}

/** The highest gas price at which the reward is attested, wei; undefined if any. */
export function dearestAttested({ reporters, attestGas, reward }: IncomeTerms): bigint | undefined {
  return attestGas === 0n ? undefined : reward / (reporters * attestGas)
}

/** A term is beyond what it can be, alone or beside the others. */
export class TermOutOfBoundsError extends Error {
  override readonly name = 'Income.TermOutOfBoundsError'
  readonly field: Field
  readonly got: bigint
  readonly min: bigint
  readonly max: bigint
  /** What sets the bounds, a sentence; empty if they are the field's own. */
  readonly reason: string

  constructor(field: Field, got: bigint, [min, max]: Bounds, reason: string) {
    super(`Expected ${field} from ${min} to ${max}, got ${got}.${reason === '' ? '' : ` ${reason}`}`)
    this.field = field
    this.got = got
    this.min = min
    this.max = max
    this.reason = reason
  }
}

function requireWithin(terms: IncomeTerms, field: Field, bounds: Bounds, reason = ''): void {
  const got = terms[field]
  if (got < bounds[0] || got > bounds[1]) throw new TermOutOfBoundsError(field, got, bounds, reason)
}

/** The least attendance of the others, ppm, with which 3 (1 + others) is above 2 reporters. */
function leastAttendance({ reporters }: IncomeTerms): bigint {
  if (reporters === 1n) return 0n
  return floorOf({ n: (2n * reporters - 3n) * PPM, d: 3n * (reporters - 1n) }) + 1n
}

/** What is in bonds on average, wei, rounded up. */
function bondedOf(terms: IncomeTerms): bigint {
  return ceilingOf(multiply(turnsOf(terms), { n: terms.bond * terms.bondSeconds, d: YEAR_SECONDS }))
}
