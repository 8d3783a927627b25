import { type Division, RULES, type Rules } from './rules.ts'
import { INVALID } from './terms.ts'

/** A bug planted in the model: its rules with one of them wrong. A replay that does not notice is worth nothing. */
export type PlantedRules = { readonly bug: string; readonly rules: Rules }

const SIX_HOURS = 21_600n

export const PLANTED_RULES: readonly PlantedRules[] = [
  plant('a window includes the second of its end', {
    isBefore: (now, end) => now <= end,
  }),
  plant('separation must be exceeded rather than reached', {
    isSeparated: (a, b, ppm) =>
      RULES.isSeparated(a, b, ppm) && (a === INVALID || b === INVALID || !isAtEdge(a, b, ppm)),
  }),
  plant('the nearest candidate is found by difference rather than by ratio', {
    isNearer: (a, b, f) => ([a, b, f].includes(INVALID) ? RULES.isNearer(a, b, f) : gap(a, f) < gap(b, f)),
  }),
  plant('the band excludes its edge', {
    isWithinBand: (w, f, ppm) => RULES.isWithinBand(w, f, ppm) && (w === f || !isAtEdge(w, f, ppm)),
  }),
  plant('a tie goes to the earliest candidate, not to the leader', {
    winner: (values, _leader, f, ppm) => RULES.winner(values, 0, f, ppm),
  }),
  plant('a contribution ignores the stake that its value already has', {
    contributionNeed: (total) => 2n * total,
  }),
  plant("an appeal's stake is rounded down", {
    appealStake: (total) => total / 9n,
  }),
  plant('a timeout forfeits as much as a ruling', {
    divideTimeout: (total, winning) => RULES.divideRuling(total, winning, 0n, false),
  }),
  plant('winning sponsors get their fee back without the half on top', {
    divideRuling(total, winning, fee, isAppealedWinner): Division {
      return RULES.divideRuling(total, winning, (2n * fee) / 3n, isAppealedWinner)
    },
  }),
  plant('the reward grows beyond six hours', {
    reward: (pot, elapsed) => (pot * elapsed) / SIX_HOURS,
  }),
  plant("a past round's pots stay locked while the dispute runs", {
    isLiveRound: (round, n) => round <= n,
  }),
  plant("an appeal's parts are added before they are rounded", {
    appealPay: (m, stake, fee, { shared, bonus }, base) =>
      (m * (stake * shared + bonus * base)) / (base * (stake + fee)),
  }),
]

function plant(bug: string, changes: Partial<Rules>): PlantedRules {
  return { bug, rules: { ...RULES, ...changes } }
}

function isAtEdge(a: bigint, b: bigint, ppm: bigint): boolean {
  return gap(a, b) * 1_000_000n === ppm * (a < b ? a : b)
}

function gap(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a
}
