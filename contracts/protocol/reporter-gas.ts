/**
 * What a reporter's transactions cost, gas: the figures of docs/gas.md, measured as it says. A test holds them against the
 * committed measurement (test/bench/gas.json). A quorum is 90 of 100 reporters, the reward was funded before.
 */
export const REPORTER_GAS = {
  register: 461_454n,
  /** For {@link MEASURED_REPORTERS}; it grows with each. */
  publishRoster: 4_338_973n,
  proposeAttested: 299_780n,
  /** The receipt of an undisputed proposal. */
  claimProposal: 52_836n,
  claimReward: 71_678n,
  /** The first answer to a false proposal, its pot filled alone. */
  contribute: 108_564n,
  /** The receipt of that answer, once it has won. */
  claimContribution: 54_962n,
} as const

/** How many reporters the measured roster has. */
export const MEASURED_REPORTERS = 100n
