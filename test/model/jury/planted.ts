import { INVALID } from '../terms.ts'
import type { PlantedContract } from '../planted-contracts.ts'
import { JURY_RULES, type JuryRules } from './rules.ts'

/** A bug planted in the model: its rules with one of them wrong. */
export type PlantedJuryRules = { readonly bug: string; readonly rules: JuryRules }

const { take, verdict, shares, price, neededPool, isCoherent } = JURY_RULES

export const PLANTED_JURY_RULES: readonly PlantedJuryRules[] = [
  plant('a time includes the second of its end', { isBefore: (now, end) => now <= end }),
  plant('no day is left for the ruling', { caseEnd: (terms, now) => JURY_RULES.votesEnd(terms, now) + 172_800n }),
  plant('a turn without time to open a case secures', {
    isLong: (terms, limit) => limit > JURY_RULES.caseEnd(terms, 0n),
  }),
  plant('only one clerk is counted in the price', { price: (terms) => price(terms) - 4n * terms.seatFee }),
  plant('cases that wait need no seats', { neededPool: (terms, _, all) => neededPool(terms, 0, all) }),
  plant('less than half of all stakes is enough', { neededPool: (terms, waiting) => neededPool(terms, waiting, 0) }),
  plant('half of all stakes is rounded down', {
    neededPool: (terms, waiting, all) => neededPool(terms, waiting, all - (all % 2)),
  }),
  plant('a case is opened while a stake waits to come back', { holdsUp: (returned) => returned > 1 }),
  plant('the last stakes come back first', {
    readmit: (returned, count) => ({ back: returned.slice(-count).toReversed(), left: returned.slice(0, -count) }),
  }),
  plant('a stake that goes moves nothing of what was returned', { closeUp: (returned) => [...returned] }),
  plant('a stake that comes moves nothing of what was returned', { makeRoom: (returned) => [...returned] }),
  plant('both rounds have one seed', { seed: (prevRandao, id) => JURY_RULES.seed(prevRandao, id, 0) }),
  plant('a seed is that of any fixing', {
    seed: (prevRandao, _, round) => JURY_RULES.seed(prevRandao, `0x${'00'.repeat(32)}`, round),
  }),
  plant('seats are drawn from one on', { placeOf: (seed, seat, size) => JURY_RULES.placeOf(seed, seat + 1, size) }),
  plant('the pool closes up behind a stake that goes', { take: (pool, place) => pool.filter((_, at) => at !== place) }),
  plant('a stake that is drawn stays in the pool', {
    take: (pool, place) =>
      pool.length > 4 ? [...take(pool, place), ...pool.slice(place, place + 1)] : take(pool, place),
  }),
  plant('half of the votes make INVALID', {
    verdict: (votes) =>
      2 * votes.filter((vote) => vote === INVALID).length === votes.length ? INVALID : verdict(votes),
  }),
  plant('INVALID counts among the numbers', {
    verdict: (votes) =>
      votes.toSorted((a, b) => (a < b ? -1 : Number(a > b)))[Math.ceil(votes.length / 2) - 1] ?? INVALID,
  }),
  plant('the median is the upper one', {
    verdict(votes) {
      const numbers = votes.filter((vote) => vote !== INVALID).toSorted((a, b) => (a < b ? -1 : Number(a > b)))
      return verdict(votes) === INVALID ? INVALID : (numbers[Math.floor(numbers.length / 2)] ?? INVALID)
    },
  }),
  plant('the band excludes its edge', {
    isCoherent: (value, mid, ppm) => isCoherent(value, mid, ppm) && (value === mid || !isAtEdge(value, mid, ppm)),
  }),
  plant('the band is of the verdict, whichever is less', {
    isCoherent(value, mid, ppm) {
      if (value === INVALID || mid === INVALID) return value === mid
      const gap = value < mid ? mid - value : value - mid
      return gap * 1_000_000n <= (ppm / 2n) * mid
    },
  }),
  plant('the band is half the separation exactly', {
    isCoherent(value, mid, ppm) {
      if (value === INVALID || mid === INVALID) return value === mid
      const [low, high] = value < mid ? [value, mid] : [mid, value]
      return high * 2_000_000n <= low * (2_000_000n + ppm)
    },
  }),
  plant('clerks are paid as one seat each', { clerkPay: (fee, { seats }) => fee / BigInt(seats + 8) }),
  plant('what cannot be divided is lost', {
    shares: (amount, count) => shares(amount - (amount % BigInt(count)), count),
  }),
  plant('corrupting it costs half a quorum, rounded down', {
    cost: ({ quorum, seatStake, seats }) => BigInt(Math.floor((seats - quorum + 1) / 2)) * seatStake,
  }),
]

const JURY = 'contracts/src/arbitrators/JuryArbitrator.sol'
const POOL = 'contracts/src/arbitrators/jury/JurorPool.sol'
const SEAT = 'contracts/src/libraries/SeatLib.sol'
const VERDICT = 'contracts/src/libraries/VerdictLib.sol'

/** One for each way in which the contract could be wrong by little. */
export const PLANTED_JURIES: readonly PlantedContract[] = [
  planted(
    'a commitment is taken in the second of the end',
    JURY,
    'timestamp >= trial.commitEnd',
    'timestamp > trial.commitEnd',
  ),
  planted('a value is revealed in the second of the end', JURY, 'block.timestamp >= end)', 'block.timestamp > end)'),
  planted(
    'anybody commits',
    JURY,
    'if (msg.sender != juror && msg.sender != voterOf[juror])',
    'if (msg.sender == address(0) && juror != voterOf[juror])',
  ),
  planted('a seat reveals twice', JURY, 'if (own.isRevealed) revert', 'if (own.isRevealed && value == 0) revert'),
  planted(
    'a hung case can be opened a third time',
    JURY,
    'if (round > 0) return _fail(id, trial);',
    'if (round > 1) return _fail(id, trial);',
  ),
  planted(
    'what nobody revealed is not kept',
    JURY,
    'trial.forfeited += uint96(uint256(SEATS) * SEAT_STAKE);',
    'trial.forfeited += uint96(SEAT_STAKE);',
  ),
  planted('the remainder goes to everybody', JURY, 'next = share;', 'next = next;'),
  planted(
    'a drawn case is paid to who resolves',
    JURY,
    '_credit(trial.drawer, clerkPay);',
    '_credit(msg.sender, clerkPay);',
  ),
  planted('stakes enter while a draw is due', POOL, 'if (_waitingCount() > 0 || ', 'if (_waitingCount() > 1 || '),
  planted(
    'a stake enters the pool while others wait to come back',
    POOL,
    '_waitingCount() > 0 || _returnedCount > 0',
    '_waitingCount() > 0',
  ),
  planted(
    'stakes come back while a draw is due',
    POOL,
    '_requireOpen();\n        uint256 left',
    'if (count == 0) _requireOpen();\n        uint256 left',
  ),
  planted(
    'what comes into the pool is drawn after what was returned',
    POOL,
    'if (_returnedCount > 0) (_stakes[size], _stakes[_stakes.length - 1]) = (juror, _stakes[size]);',
    'if (_returnedCount > 0 && size == 0) _stakes[size] = juror;',
  ),
  planted(
    'the last of the returned stakes gets lost when another is drawn',
    POOL,
    'if (_returnedCount > 0) _stakes[last]',
    'if (_returnedCount > 1) _stakes[last]',
  ),
  planted(
    'a case is opened while a stake waits to come back',
    JURY,
    'if (returnedSize() > 0) revert',
    'if (returnedSize() > 1) revert',
  ),
  planted('half of all stakes is rounded down', SEAT, '(allStakes + 1) / 2', 'allStakes / 2'),
  planted('stakes with seats are not among all', JURY, '_allStakes(), _waitingCount()', 'poolSize(), _waitingCount()'),
  planted('draws come in any order', POOL, 'FixingId.unwrap(next) != FixingId.unwrap(id)', 'FixingId.unwrap(id) == 0'),
  planted(
    'stakes warm up from the first on',
    POOL,
    '(incoming.count, incoming.admitTime) = (uint64(all), admitTime);',
    '(incoming.count, incoming.admitTime) = (uint64(all), incoming.admitTime > 0 ? incoming.admitTime : admitTime);',
  ),
  planted('the median is the upper one', VERDICT, 'votes[(numbers - 1) / 2]', 'votes[numbers / 2]'),
]

function isAtEdge(value: bigint, mid: bigint, ppm: bigint): boolean {
  if (value === INVALID || mid === INVALID) return false
  return value < mid ? !isCoherent(value - 1n, mid, ppm) : !isCoherent(value + 1n, mid, ppm)
}

function plant(bug: string, wrong: Partial<JuryRules>): PlantedJuryRules {
  return { bug, rules: { ...JURY_RULES, ...wrong } }
}

function planted(bug: string, file: string, find: string, replace: string): PlantedContract {
  return { bug, file, find, replace }
}
