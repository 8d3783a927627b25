import { ceilingOf } from './rational.ts'

/**
 * What a reporter's transactions cost, gas: the figures of docs/gas.md, measured as it says. A test holds them against the
 * committed measurement (test/bench/gas.json). A quorum is 90 of 100 reporters, the reward was funded before.
 */
export const REPORTER_GAS = {
  register: 463_360n,
  /** For {@link MEASURED_REPORTERS}; it grows with each. */
  publishRoster: 4_338_951n,
  /** Plainly. */
  propose: 95_790n,
  proposeAttested: 299_758n,
  /** Without proposing. Beside a proposal it is a little less. */
  attest: 216_930n,
  /** The receipt of an undisputed proposal. */
  claimProposal: 52_886n,
  claimReward: 71_678n,
  /** For {@link MEASURED_SHARES} in one transaction. */
  claimRewards: 1_346_545n,
  /** The first answer to a false proposal, its pot filled alone. */
  contribute: 108_436n,
  /** The receipt of that answer, once it has won. */
  claimContribution: 55_012n,
} as const

/** How many reporters the measured roster has. */
export const MEASURED_REPORTERS = 100n

/** How many shares of different owners are paid where many are claimed in one transaction. */
export const MEASURED_SHARES = 88n

/**
 * What claiming one share costs, gas: alone, or as an equal part of the measured transaction that claims many, rounded
 * up. A part of a smaller one costs more.
 */
export const CLAIM_GAS = {
  alone: REPORTER_GAS.claimReward,
  batched: ceilingOf({ n: REPORTER_GAS.claimRewards, d: MEASURED_SHARES }),
} as const

/** What a roster costs besides its reporters, gas, at most. */
const ROSTER_FIXED_GAS = 100_000n

/** About what publishing the roster of so many reporters costs, gas: each as much as one of the measured. */
export function rosterGas(reporters: number): bigint {
  return ROSTER_FIXED_GAS + BigInt(reporters) * ceilingOf({ n: REPORTER_GAS.publishRoster, d: MEASURED_REPORTERS })
}

/** About what attesting costs whoever does it, gas: with the roster if it is not published yet. */
export function attestingGas({
  reporters,
  isRosterPublished,
}: {
  readonly reporters: number
  readonly isRosterPublished: boolean
}): bigint {
  return REPORTER_GAS.attest + (isRosterPublished ? 0n : rosterGas(reporters))
}
