import { requireOneOf, requireWhole } from './argument.ts'
import { appealStake, potNeed } from './bond.ts'
import { type Fixing, lockedSeconds, MAX_LEADERS } from './fixing.ts'
import { appealPayout, byRuling, byTimeout, type Division, stakePayout } from './payout.ts'
import { smaller } from './rational.ts'

/** Who leads and what is staked on each candidate, by install index, bond-token wei. */
export type Stand = { readonly round: number; readonly leader: number; readonly stakes: readonly bigint[] }

/** A way in which stake can end, and what comes back then. */
export type Prospect = {
  readonly end: End
  /** Bond-token wei, the stake included, rounded as the oracle rounds; gas is not counted. */
  readonly paid: bigint
  /** Whether `paid` is the least of several ways to this end. */
  readonly isLeast: boolean
}

/**
 * - `unfilled`: the pot does not fill in its round.
 * - `undisputed`: it fills, or the proposal stands, and nobody disputes the value until its deadline.
 * - `right`: the value is disputed again and wins, by a deadline or a ruling.
 * - `noWinner`: a ruling is too far from every candidate.
 * - `expiry`: neither arbitrator rules.
 * - `wrong`: another value wins.
 */
export type End = 'unfilled' | 'undisputed' | 'right' | 'noWinner' | 'expiry' | 'wrong'

/** What decides a contribution's or an appeal's prospects, before it is made. Amounts are bond-token wei. */
export type Move = {
  readonly stand: Stand
  /** The install index of the value staked on; that of a new value is the number of candidates. */
  readonly candidate: number
  /** What is staked. */
  readonly amount: bigint
  /** F. */
  readonly arbitrationFee: bigint
}

/**
 * What `amount` of a contribution can come back as, if its value leads once its pot is full. Throws
 * ArgumentError, as the two below, for a round that none has, a leader that is no candidate, and a candidate beyond a new one.
 */
export function contributionProspects(move: Move): readonly Prospect[] {
  requireMove(move)
  const stand = installed(move.stand, move.candidate)
  return [{ end: 'unfilled', paid: move.amount, isLeast: false }, ...standingProspects({ ...move, stand })]
}

/** What `amount` of the stake that stands on a candidate can come back as; `undisputed` only of the leader. */
export function stakeProspects(move: Move): readonly Prospect[] {
  requireMove(move)
  return standingProspects(move)
}

function standingProspects({ stand, candidate, amount, arbitrationFee }: Move): readonly Prospect[] {
  const endings = endsOf(stand, arbitrationFee)
  const valued = (wanted: (ending: Ending) => boolean): bigint =>
    least(endings.filter(wanted).map(({ split }) => stakePayout(amount, split)))
  const undisputed: Prospect = { end: 'undisputed', paid: stakePayout(amount, timeoutOf(stand)), isLeast: false }
  return [
    ...(candidate === stand.leader ? [undisputed] : []),
    { end: 'right', paid: valued(({ winner }) => winner === candidate), isLeast: true },
    { end: 'noWinner', paid: valued(({ winner }) => winner === undefined), isLeast: true },
    { end: 'expiry', paid: amount, isLeast: false },
    { end: 'wrong', paid: 0n, isLeast: false },
  ]
}

/** What `amount` of an appeal's a + F can come back as: the ruling is next, so all is exact. */
export function appealProspects(move: Move): readonly Prospect[] {
  requireMove(move)
  const { stand, candidate, amount, arbitrationFee } = move
  const split = (winner: number | undefined): Division => rulingOf(stand, candidate, winner, arbitrationFee)
  return [
    { end: 'unfilled', paid: amount, isLeast: false },
    { end: 'right', paid: appealPayout(amount, split(candidate)), isLeast: false },
    { end: 'noWinner', paid: appealPayout(amount, split(undefined)), isLeast: false },
    { end: 'expiry', paid: amount, isLeast: false },
    { end: 'wrong', paid: 0n, isLeast: false },
  ]
}

/** What a proposal's bond can come back as; `reward` is what its value earns besides if it wins. */
export function proposalProspects(
  bond: bigint,
  { reward, arbitrationFee }: { readonly reward: bigint; readonly arbitrationFee: bigint },
): readonly Prospect[] {
  const stand: Stand = { round: 1, leader: 0, stakes: [bond] }
  const endings = endsOf(stand, arbitrationFee).filter(({ isImmediate }) => !isImmediate)
  const valued = (winner: number | undefined): bigint =>
    least(endings.filter((ending) => ending.winner === winner).map(({ split }) => stakePayout(bond, split)))
  return [
    { end: 'undisputed', paid: bond + reward, isLeast: false },
    { end: 'right', paid: valued(0) + reward, isLeast: true },
    { end: 'noWinner', paid: valued(undefined), isLeast: true },
    { end: 'expiry', paid: bond, isLeast: false },
    { end: 'wrong', paid: 0n, isLeast: false },
  ]
}

/** Stake that is made in a round; a proposal is made in round 0. */
export type Staking = { readonly kind: 'proposal' | 'contribution' | 'appeal'; readonly round: number }

/** The first and the last round in which there is stake of a kind. */
const ROUNDS: Readonly<Record<Staking['kind'], readonly [first: number, last: number]>> = {
  proposal: [0, 0],
  contribution: [1, MAX_LEADERS - 1],
  appeal: [2, MAX_LEADERS],
}

/**
 * The longest that stake can be locked, seconds from when its value leads (or, appealed, is before the arbitrator): every
 * later value is disputed at its deadline, the last one appealed, and both arbitrators take their time. Throws ArgumentError for stake
 * of another kind, or in a round that has none of it.
 */
export function longestLock(
  fixing: Pick<Fixing, 'firstWindow' | 'window' | 'arbitrationLimit'>,
  { kind, round }: Staking,
): bigint {
  requireOneOf('kind', kind, Object.keys(ROUNDS))
  requireWhole('round', round, ...ROUNDS[kind])
  if (kind === 'proposal') return lockedSeconds(fixing)
  if (kind === 'appeal') return 2n * BigInt(fixing.arbitrationLimit)
  // What leads after round n has the windows of n leaders behind it, the first of them `firstWindow`.
  return lockedSeconds(fixing) - BigInt(fixing.firstWindow) - BigInt(round - 1) * BigInt(fixing.window)
}

function requireMove({ stand, candidate }: Move): void {
  requireWhole('round', stand.round, 1, MAX_LEADERS)
  requireWhole('leader', stand.leader, 0, stand.stakes.length - 1)
  requireWhole('candidate', candidate, 0, stand.stakes.length)
}

/** One end of a dispute. */
type Ending = {
  readonly winner: number | undefined
  readonly split: Division
  /** Whether it ends as it stands, by the leader's deadline. */
  readonly isImmediate: boolean
}

/** Every end that `stand` can still come to, whoever stakes: at most 4 leaders of 5 candidates, a few hundred. */
function endsOf(stand: Stand, fee: bigint): readonly Ending[] {
  const deadline: Ending = { winner: stand.leader, split: timeoutOf(stand), isImmediate: true }
  const appealed = stand.round < 2 ? [] : others(stand)
  const rulings = appealed.flatMap((candidate) =>
    [...stakesAfter(stand, candidate).keys(), undefined].map((winner) => ({
      winner,
      split: rulingOf(stand, candidate, winner, fee),
      isImmediate: false,
    })),
  )
  const next = stand.round < MAX_LEADERS ? others(stand) : []
  const later = next.flatMap((candidate) =>
    endsOf(installed(stand, candidate), fee).map((ending) => ({ ...ending, isImmediate: false })),
  )
  return [deadline, ...rulings, ...later]
}

/** Every value that may be staked on: the candidates that do not lead, and a new one. */
function others({ stakes, leader }: Stand): readonly number[] {
  return Array.from({ length: stakes.length + 1 }, (_, i) => i).filter((i) => i !== leader)
}

function installed(stand: Stand, candidate: number): Stand {
  const need = potNeed(totalOf(stand.stakes), stand.stakes[candidate] ?? 0n)
  return { round: stand.round + 1, leader: candidate, stakes: raised(stand.stakes, candidate, need) }
}

function stakesAfter({ stakes }: Stand, appealed: number): readonly bigint[] {
  return raised(stakes, appealed, appealStake(totalOf(stakes)))
}

function timeoutOf({ stakes, leader }: Stand): Division {
  return byTimeout(totalOf(stakes), stakes[leader] ?? 0n)
}

function rulingOf(stand: Stand, appealed: number, winner: number | undefined, fee: bigint): Division {
  const stakes = stakesAfter(stand, appealed)
  return byRuling({
    total: totalOf(stakes),
    winnerStake: winner === undefined ? undefined : stakes[winner],
    appealStakeOfRound: appealStake(totalOf(stand.stakes)),
    arbitrationFee: fee,
    appealedWins: winner === appealed,
  })
}

function raised(stakes: readonly bigint[], index: number, amount: bigint): readonly bigint[] {
  if (index === stakes.length) return [...stakes, amount]
  return stakes.map((held, i) => (i === index ? held + amount : held))
}

function totalOf(stakes: readonly bigint[]): bigint {
  return stakes.reduce((sum, held) => sum + held, 0n)
}

/** The smallest of at least one amount. */
function least(amounts: readonly bigint[]): bigint {
  return amounts.reduce(smaller)
}
