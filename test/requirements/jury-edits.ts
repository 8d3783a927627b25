import type { DisablingEdit } from './disabling-edit.ts'

const JURY = 'contracts/src/arbitrators/JuryArbitrator.sol'
const POOL = 'contracts/src/arbitrators/jury/JurorPool.sol'
const TURN = 'contracts/src/libraries/TurnLib.sol'
const VERDICT = 'contracts/src/libraries/VerdictLib.sol'
const TWIN = 'contracts/protocol/jury.ts'

type Row = readonly [id: string, rule: string, file: string, find: string, replace: string]

const ROWS: readonly Row[] = [
  ['R-500', 'seats are odd', JURY, 'if (t.seats % 2 == 0)', 'if (t.seats == 0)'],
  ['R-500', 'a quorum is a majority', JURY, 't.seats / 2 + 1, t.seats)', '1, t.seats)'],
  [
    'R-500',
    'a stake is what a seat has at stake',
    POOL,
    'count * SEAT_STAKE;\n        uint256 own',
    'count;\n        uint256 own',
  ],
  ['R-500', 'a juror takes out its own', POOL, ' || _pool[place] != msg.sender', ''],
  ['R-500', 'the fee pays the jury', JURY, 'if (fixing.arbitrationFee < price())', 'if (fixing.arbitrationFee == 0)'],
  ['R-500', 'the pool is large enough', JURY, 'if (poolSize() < _neededPool())', 'if (poolSize() < SEATS)'],
  ['R-500', 'seats that wait count', JURY, 'LEAST_POOL + _waitingCount() * SEATS', 'LEAST_POOL'],
  [
    'R-500',
    'there is time for the votes',
    JURY,
    'if (_caseEnd() >= turnEnd) revert TooLate(_caseEnd(), turnEnd);\n        _await(fixing, id, trial);\n    }\n\n    /// @inheritdoc IJuryArbitrator\n    function draw',
    '_await(fixing, id, trial);\n    }\n\n    /// @inheritdoc IJuryArbitrator\n    function draw',
  ],
  ['R-500', 'a backup waits for its turn', TURN, 'isFirst ? fixing.arbitrator : fixing.backup', 'address(this)'],
  [
    'R-500',
    'only juror and voter vote',
    JURY,
    'if (msg.sender != juror && msg.sender != voterOf[juror])',
    'if (juror == address(0))',
  ],
  ['R-501', 'the seed is of a later block', JURY, 'block.number + SEED_DELAY', 'block.number'],
  ['R-501', 'the header is proven', JURY, 'if (hash == 0 || keccak256(header) != hash)', 'if (hash == 0)'],
  [
    'R-501',
    'the seed is of the fixing',
    JURY,
    'BlockHeader.getPrevRandao(header), id, round',
    'BlockHeader.getPrevRandao(header), uint256(0), round',
  ],
  ['R-501', 'seats differ', JURY, 'keccak256(abi.encode(seed, i))', 'keccak256(abi.encode(seed, count))'],
  [
    'R-501',
    'a drawn stake is out of the pool',
    POOL,
    'juror = _pool[place];\n        _take(place);',
    'juror = _pool[place];',
  ],
  [
    'R-501',
    'cases are drawn in order',
    POOL,
    '_next == _end || FixingId.unwrap(next) != FixingId.unwrap(id)',
    '_next == _end',
  ],
  ['R-501', 'the pool is closed', POOL, 'if (draws > 0) revert', 'if (draws > 9) revert'],
  ['R-500', 'stakes warm up', POOL, ' || block.timestamp < incoming.admitTime', ''],
  [
    'R-500',
    'newcomers can stay out',
    POOL,
    'idle[msg.sender] += count * SEAT_STAKE;\n        emit Unstaked(msg.sender, count);\n    }\n\n    /// @inheritdoc IJuryArbitrator\n    function unstake',
    'emit Unstaked(msg.sender, count);\n    }\n\n    /// @inheritdoc IJuryArbitrator\n    function unstake',
  ],
  ['R-500', 'candidates are apart', JURY, 'if (separation < LEAST_SEPARATION_PPM)', 'if (separation == 0)'],
  ['R-501', 'a seed that lives is used', JURY, 'if (turnEnd != 0 && isWaiting && !_isForgotten(trial))', 'if (false)'],
  [
    'R-501',
    'a case that has time is not closed',
    JURY,
    'if (_caseEnd() < turnEnd) revert NotTooLate',
    'if (false) revert NotTooLate',
  ],
  ['R-501', 'a seed lasts as long as the history', JURY, 'HISTORY = 8191', 'HISTORY = 256'],
  [
    'R-501',
    'a draw comes in time',
    JURY,
    'if (_votesEnd() >= turnEnd) revert TooLate(_votesEnd(), turnEnd);\n        bytes32',
    'bytes32',
  ],
  [
    'R-501',
    'the twin draws alike',
    TWIN,
    'moved.set(place, moved.get(size - 1) ?? size - 1)',
    'moved.set(place, size - 1)',
  ],
  ['R-501', 'the twin draws evenly', TWIN, 'random % BigInt(size)', 'random % BigInt(size - 1 || 1)'],
  [
    'R-502',
    'commitments end',
    JURY,
    'if (block.timestamp >= trial.commitEnd)',
    'if (block.timestamp >= trial.revealEnd)',
  ],
  ['R-502', 'revealing begins after', JURY, 'block.timestamp < start || ', ''],
  ['R-502', 'revealing ends', JURY, ' || block.timestamp >= end)', ')'],
  ['R-502', 'a commitment binds', JURY, 'if (own.vote != uint256(commitment))', 'if (own.vote == 0)'],
  ['R-502', 'a commitment is of its seat', JURY, 'id, round, seat, juror, value, salt', 'id, round, value, salt'],
  ['R-502', 'the twin commits alike', TWIN, 'BigInt(round), BigInt(seat), juror', 'BigInt(seat), BigInt(round), juror'],
  ['R-503', 'jurors have their time', JURY, 'block.timestamp < trial.revealEnd && revealed < SEATS', 'revealed == 0'],
  ['R-503', 'a quorum decides', JURY, 'if (revealed < QUORUM)', 'if (revealed == 0)'],
  [
    'R-503',
    'INVALID takes a majority',
    VERDICT,
    '(votes.length - numbers) * 2 > votes.length',
    'numbers < votes.length',
  ],
  ['R-503', 'the median is the lower one', VERDICT, '(numbers - 1) / 2', 'numbers / 2'],
  [
    'R-503',
    'a verdict after the turn is not ruled',
    JURY,
    'bool isRuled = _turnEnd(fixing) != 0;',
    'bool isRuled = true;',
  ],
  ['R-503', 'a case fails the second time', JURY, 'if (round > 0) return _fail(id, trial);', ''],
  ['R-503', 'the twin judges alike', TWIN, '(numbers.length - 1) >> 1', 'numbers.length >> 1'],
  ['R-504', 'the drawer is paid', JURY, '_credit(trial.drawer, clerkPay);', ''],
  ['R-504', 'who resolves is paid', JURY, '_credit(msg.sender, clerkPay);', ''],
  ['R-504', 'who is outside the band loses', JURY, ' && DistanceLib.isWithin(values[i], verdict, bandPpm)', ''],
  ['R-504', 'shares are to the wei', JURY, 'share + amount % count', 'share'],
  ['R-504', 'what was forfeited is earned', JURY, 'amount += trial.forfeited + ', 'amount += '],
  ['R-504', 'a kept stake is released once', POOL, 'if (_waitingCount() == 0) _pool.push(juror);\n        else', ''],
  ['R-505', 'half of a quorum counts', JURY, '(uint256(QUORUM) + 1) / 2 * SEAT_STAKE', 'uint256(SEATS) * SEAT_STAKE'],
  ['R-505', 'seats that are taken count', POOL, '_pool.length + _seated', '_pool.length'],
  ['R-505', 'another arbitrator has no cost', JURY, '!isOurs || ', ''],
]

/** The jury: each rule turned off, one at a time. */
export const JURY_EDITS: readonly DisablingEdit[] = ROWS.map(([id, rule, file, find, replace]) => ({
  id,
  rule,
  file,
  find,
  replace,
}))
