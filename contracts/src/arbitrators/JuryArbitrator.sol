// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {IJuryArbitrator} from "../interfaces/IJuryArbitrator.sol";
import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {IOracleConstants} from "../interfaces/IOracleConstants.sol";
import {DistanceLib} from "../libraries/DistanceLib.sol";
import {SeatLib} from "../libraries/SeatLib.sol";
import {TurnLib} from "../libraries/TurnLib.sol";
import {VerdictLib} from "../libraries/VerdictLib.sol";
import {Fixing, FixingId} from "../types/Fixing.sol";
import {JuryCase, JurySeat, JuryStage, JuryTerms} from "../types/Jury.sol";
import {JurorPool} from "./jury/JurorPool.sol";

/// @title A jury drawn by stake
/// @notice See `IJuryArbitrator`.
contract JuryArbitrator is JurorPool, ERC165 {
    using SafeERC20 for IERC20;

    uint256 private constant MIN_SEATS = 3;
    /// @dev Bounds every loop over seats, and lets a bitmap of them fit.
    uint256 private constant MAX_SEATS = 63;
    uint256 private constant MAX_SEPARATION_PPM = 200_000;
    uint256 private constant MIN_TIME = 1 hours;
    uint256 private constant MAX_TIME = 10 days;
    uint256 private constant MIN_WARM_UP = 1 days;
    uint256 private constant MAX_WARM_UP = 30 days;
    /// @dev Longer than a seed lives: 8 319 blocks of 12 seconds are 28 hours. INVARIANT: no case becomes too late while its seed
    /// lives, or whoever draws could choose between drawing and closing it.
    uint256 private constant SEED_TIME = 2 days;
    /// @dev For somebody to resolve.
    uint256 private constant RULE_TIME = 1 days;
    /// @dev For somebody to open a case. INVARIANT: nothing is secured by a jury whose turn leaves less.
    uint256 private constant NOTICE_TIME = 1 days;
    /// @dev Four epochs: whoever opens a case, and whoever proposes the blocks of today, does not know the seed.
    uint256 private constant SEED_DELAY = 128;
    /// @dev What EIP-2935 remembers.
    uint256 private constant HISTORY = 8191;

    /// @notice The only oracle this jury rules for.
    IMaturityOracle public immutable ORACLE;

    uint8 private immutable SEATS;
    uint8 private immutable QUORUM;
    uint32 private immutable LEAST_POOL;
    uint32 private immutable LEAST_SEPARATION_PPM;
    uint88 private immutable SEAT_FEE;
    uint32 private immutable COMMIT_TIME;
    uint32 private immutable REVEAL_TIME;

    mapping(FixingId => JuryCase) private _cases;
    mapping(FixingId => mapping(uint256 round => JurySeat[MAX_SEATS])) private _seats;

    /// @param oracle the only oracle the jury rules for; its bond token is read here.
    constructor(IMaturityOracle oracle, JuryTerms memory t)
        JurorPool(IOracleConstants(address(oracle)).BOND_TOKEN(), t.seatStake, t.warmUp)
    {
        _bound("seats", t.seats, MIN_SEATS, MAX_SEATS);
        // Even seats could be halved.
        if (t.seats % 2 == 0) revert TermOutOfBounds("seats", t.seats, t.seats - 1, t.seats - 1);
        _bound("quorum", t.quorum, t.seats / 2 + 1, t.seats);
        _bound("leastPool", t.leastPool, t.seats, type(uint32).max);
        _bound("leastSeparationPpm", t.leastSeparationPpm, 1, MAX_SEPARATION_PPM);
        _bound("warmUp", t.warmUp, MIN_WARM_UP, MAX_WARM_UP);
        _bound("seatStake", t.seatStake, 1, type(uint88).max);
        _bound("seatFee", t.seatFee, 1, type(uint88).max);
        _bound("commitTime", t.commitTime, MIN_TIME, MAX_TIME);
        _bound("revealTime", t.revealTime, MIN_TIME, MAX_TIME);
        ORACLE = oracle;
        (SEATS, QUORUM, LEAST_POOL) = (t.seats, t.quorum, t.leastPool);
        LEAST_SEPARATION_PPM = t.leastSeparationPpm;
        (SEAT_FEE, COMMIT_TIME, REVEAL_TIME) = (t.seatFee, t.commitTime, t.revealTime);
    }

    /// @inheritdoc IJuryArbitrator
    function open(Fixing calldata fixing) external {
        FixingId id = ORACLE.fixingId(fixing);
        JuryCase storage trial = _cases[id];
        if (trial.stage != JuryStage.None && trial.stage != JuryStage.Hung) revert WrongStage(id);
        uint256 turnEnd = _turnEnd(fixing);
        if (turnEnd == 0) revert NotItsTurn(id);
        if (fixing.arbitrationFee < price()) revert FeeBelowPrice(fixing.arbitrationFee, price());
        uint256 separation = fixing.separationPpm;
        if (separation < LEAST_SEPARATION_PPM) revert SeparationTooSmall(separation, LEAST_SEPARATION_PPM);
        // INVARIANT: no case is opened while stakes wait to come back, or who keeps one case waiting would keep them out.
        if (returnedSize() > 0) revert StakesReturned(returnedSize());
        if (poolSize() < _neededPool()) revert PoolTooSmall(poolSize(), _neededPool());
        if (_caseEnd() >= turnEnd) revert TooLate(_caseEnd(), turnEnd);
        _await(fixing, id, trial);
    }

    /// @inheritdoc IJuryArbitrator
    function draw(Fixing calldata fixing, bytes calldata header) external {
        FixingId id = ORACLE.fixingId(fixing);
        JuryCase storage trial = _at(id, JuryStage.Waiting);
        _dequeue(id);
        uint256 turnEnd = _turnEnd(fixing);
        if (turnEnd == 0) revert NotItsTurn(id);
        if (_votesEnd() >= turnEnd) revert TooLate(_votesEnd(), turnEnd);
        bytes32 hash = Blockhash.blockHash(trial.seedBlock);
        if (hash == 0 || keccak256(header) != hash) revert NotTheHeader(trial.seedBlock);

        uint8 round = trial.round;
        bytes32 seed = keccak256(abi.encode(BlockHeader.getPrevRandao(header), id, round));
        uint40 commitEnd = uint40(block.timestamp + COMMIT_TIME);
        trial.stage = JuryStage.Voting;
        trial.commitEnd = commitEnd;
        trial.revealEnd = uint40(_votesEnd());
        trial.drawer = msg.sender;
        emit Drawn(id, round, _seat(id, round, seed), commitEnd, uint40(_votesEnd()));
    }

    /// @inheritdoc IJuryArbitrator
    function reseed(Fixing calldata fixing) external {
        FixingId id = ORACLE.fixingId(fixing);
        JuryCase storage trial = _at(id, JuryStage.Waiting);
        _dequeue(id);
        uint256 turnEnd = _turnEnd(fixing);
        if (turnEnd == 0) revert NotItsTurn(id);
        if (!_isForgotten(trial)) revert SeedKnown(trial.seedBlock);
        if (_caseEnd() >= turnEnd) revert TooLate(_caseEnd(), turnEnd);
        _await(fixing, id, trial);
    }

    /// @inheritdoc IJuryArbitrator
    function close(Fixing calldata fixing) external nonReentrant {
        FixingId id = ORACLE.fixingId(fixing);
        JuryCase storage trial = _cases[id];
        bool isWaiting = trial.stage == JuryStage.Waiting;
        if (isWaiting) _dequeue(id);
        else if (trial.stage != JuryStage.Hung) revert WrongStage(id);
        uint256 turnEnd = _turnEnd(fixing);
        if (turnEnd != 0 && isWaiting && !_isForgotten(trial)) revert SeedKnown(trial.seedBlock);
        if (_caseEnd() < turnEnd) revert NotTooLate(_caseEnd(), turnEnd);
        _fail(id, trial);
    }

    /// @inheritdoc IJuryArbitrator
    function commit(FixingId id, uint8 seat, bytes32 commitment) external {
        JuryCase storage trial = _at(id, JuryStage.Voting);
        if (block.timestamp >= trial.commitEnd) revert CommitOver(trial.commitEnd);
        JurySeat storage own = _seatAt(id, trial.round, seat);
        address juror = own.juror;
        if (msg.sender != juror && msg.sender != voterOf[juror]) revert NotYourSeat(seat);
        if (commitment == 0) revert NotCommitted(seat);
        own.vote = uint256(commitment);
        emit Committed(id, trial.round, seat, commitment);
    }

    /// @inheritdoc IJuryArbitrator
    function reveal(FixingId id, uint8 seat, uint128 value, bytes32 salt) external {
        JuryCase storage trial = _at(id, JuryStage.Voting);
        JurySeat storage own = _seatAt(id, trial.round, seat);
        (uint256 start, uint256 end) = (trial.commitEnd, trial.revealEnd);
        if (block.timestamp < start || block.timestamp >= end) revert NotRevealing(start, end);
        if (own.isRevealed) revert AlreadyRevealed(seat);
        if (value == 0) revert ValueZero();
        bytes32 commitment = _commitment(id, trial.round, seat, own.juror, value, salt);
        if (own.vote != uint256(commitment)) revert NotCommitted(seat);
        own.isRevealed = true;
        own.vote = value;
        emit Revealed(id, trial.round, seat, value);
    }

    /// @inheritdoc IJuryArbitrator
    function resolve(Fixing calldata fixing) external nonReentrant {
        FixingId id = ORACLE.fixingId(fixing);
        JuryCase storage trial = _at(id, JuryStage.Voting);
        (address[] memory jurors, uint128[] memory values, uint256 revealed) = _votes(id, trial.round);
        if (block.timestamp < trial.revealEnd && revealed < SEATS) revert RevealRunning(trial.revealEnd);
        _vacate(SEATS);
        if (revealed < QUORUM) _hang(id, trial, jurors, values, revealed);
        else _decide(fixing, id, trial, jurors, values, revealed);
    }

    /// @inheritdoc IArbitrator
    /// @dev The stakes of half of a quorum, rounded up to a whole one, and no more: that many can rule if the others keep silent, and a
    /// majority that was won over is not slashed. Zero for a fixing that this jury would not take: another arbitrator, a fee
    /// below the price, too small a separation, too few stakes, where those with seats and those returned count, or a turn in which a
    /// case would be too late that was opened a day after it began.
    function costOfCorruption(Fixing calldata fixing) external view returns (uint256) {
        bool isOurs = fixing.arbitrator == address(this) || fixing.backup == address(this);
        bool isPaid = fixing.arbitrationFee >= price();
        bool isApart = fixing.separationPpm >= LEAST_SEPARATION_PPM;
        bool isLong = block.timestamp + fixing.arbitrationLimit > _caseEnd() + NOTICE_TIME;
        if (!isOurs || !isPaid || !isApart || !isLong || _allStakes() < LEAST_POOL) return 0;
        return SeatLib.halfQuorum(QUORUM, SEAT_STAKE);
    }

    /// @inheritdoc IJuryArbitrator
    function terms() external view returns (JuryTerms memory) {
        return JuryTerms({
            seats: SEATS,
            quorum: QUORUM,
            leastPool: LEAST_POOL,
            leastSeparationPpm: LEAST_SEPARATION_PPM,
            warmUp: WARM_UP,
            seatStake: SEAT_STAKE,
            seatFee: SEAT_FEE,
            commitTime: COMMIT_TIME,
            revealTime: REVEAL_TIME
        });
    }

    /// @inheritdoc IJuryArbitrator
    function price() public view returns (uint256) {
        return SeatLib.price(SEATS, SEAT_FEE);
    }

    /// @inheritdoc IJuryArbitrator
    function caseOf(FixingId id) external view returns (JuryCase memory) {
        return _cases[id];
    }

    /// @inheritdoc IJuryArbitrator
    function seatsOf(FixingId id, uint8 round) external view returns (JurySeat[] memory seats) {
        seats = new JurySeat[](SEATS);
        for (uint256 i = 0; i < SEATS; ++i) {
            seats[i] = _seats[id][round][i];
        }
    }

    /// @inheritdoc IJuryArbitrator
    function commitmentOf(FixingId id, uint8 seat, uint128 value, bytes32 salt) external view returns (bytes32) {
        uint8 round = _cases[id].round;
        return _commitment(id, round, seat, _seatAt(id, round, seat).juror, value, salt);
    }

    /// @notice ERC-165: arbitrator and jury.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IJuryArbitrator).interfaceId || interfaceId == type(IArbitrator).interfaceId
            || super.supportsInterface(interfaceId);
    }

    function _await(Fixing calldata fixing, FixingId id, JuryCase storage trial) private {
        uint64 seedBlock = uint64(block.number + SEED_DELAY);
        trial.stage = JuryStage.Waiting;
        trial.seedBlock = seedBlock;
        _enqueue(id);
        emit CaseOpened(id, trial.round, seedBlock, fixing);
    }

    function _seat(FixingId id, uint8 round, bytes32 seed) private returns (address[] memory jurors) {
        uint256 count = SEATS;
        JurySeat[MAX_SEATS] storage seats = _seats[id][round];
        jurors = new address[](count);
        _occupy(count);
        for (uint256 i = 0; i < count; ++i) {
            address juror = _drawStake(uint256(keccak256(abi.encode(seed, i))));
            seats[i].juror = juror;
            jurors[i] = juror;
        }
    }

    /// @dev The seats of a round, the value of each that revealed and 0 of the others, and how many revealed.
    function _votes(FixingId id, uint8 round)
        private
        view
        returns (address[] memory jurors, uint128[] memory values, uint256 revealed)
    {
        uint256 count = SEATS;
        JurySeat[MAX_SEATS] storage seats = _seats[id][round];
        jurors = new address[](count);
        values = new uint128[](count);
        for (uint256 i = 0; i < count; ++i) {
            JurySeat storage seat = seats[i];
            jurors[i] = seat.juror;
            if (!seat.isRevealed) continue;
            values[i] = uint128(seat.vote);
            ++revealed;
        }
    }

    function _decide(
        Fixing calldata fixing,
        FixingId id,
        JuryCase storage trial,
        address[] memory jurors,
        uint128[] memory values,
        uint256 revealed
    ) private {
        uint128 value = VerdictLib.verdict(_cast(values, revealed));
        trial.stage = JuryStage.Decided;
        bool isRuled = _turnEnd(fixing) != 0;
        uint256 fee = isRuled ? _rule(fixing, value) : 0;
        uint256 clerkPay = SeatLib.clerkPay(SEATS, fee);
        _credit(trial.drawer, clerkPay);
        _credit(msg.sender, clerkPay);

        uint256 coherent = _coherent(values, value, fixing.separationPpm / 2);
        uint256 share = _share(trial, coherent, fee - 2 * clerkPay, jurors);
        emit Decided(id, trial.round, value, coherent, share, isRuled);
    }

    function _hang(
        FixingId id,
        JuryCase storage trial,
        address[] memory jurors,
        uint128[] memory values,
        uint256 revealed
    ) private {
        uint8 round = trial.round;
        uint256 map = 0;
        for (uint256 i = 0; i < values.length; ++i) {
            if (values[i] != 0) map |= 1 << i;
        }
        uint256 share = 0;
        if (revealed > 0) share = _share(trial, map, 0, jurors);
        else trial.forfeited += uint96(uint256(SEATS) * SEAT_STAKE);
        emit Hung(id, round, map, share);
        if (round > 0) return _fail(id, trial);
        trial.round = 1;
        trial.stage = JuryStage.Hung;
    }

    /// @dev Gives the seats in `map`, of which there is one at least, their stakes back and equal shares of `amount`, of the
    /// stakes of all other seats and of what was forfeited before; the first of them the remainder. Returns the share.
    function _share(JuryCase storage trial, uint256 map, uint256 amount, address[] memory jurors)
        private
        returns (uint256 share)
    {
        uint256 count = 0;
        for (uint256 i = 0; i < jurors.length; ++i) {
            if ((map >> i) & 1 == 1) ++count;
        }
        uint256 next;
        (share, next) = SeatLib.shares(jurors.length, count, SEAT_STAKE, amount + trial.forfeited);
        trial.forfeited = 0;
        for (uint256 i = 0; i < jurors.length; ++i) {
            if ((map >> i) & 1 == 0) continue;
            _release(jurors[i]);
            _credit(jurors[i], next);
            next = share;
        }
    }

    /// @dev The case is over without a verdict. What nobody has earned burns, else nobody revealing would cost nothing.
    function _fail(FixingId id, JuryCase storage trial) private {
        trial.stage = JuryStage.Failed;
        uint256 forfeited = trial.forfeited;
        emit CaseFailed(id);
        if (forfeited == 0) return;
        trial.forfeited = 0;
        BOND_TOKEN.safeTransfer(IOracleConstants(address(ORACLE)).SINK(), forfeited);
    }

    function _rule(Fixing calldata fixing, uint128 value) private returns (uint256 fee) {
        uint256 balanceBefore = BOND_TOKEN.balanceOf(address(this));
        ORACLE.rule(fixing, value);
        fee = BOND_TOKEN.balanceOf(address(this)) - balanceBefore;
    }

    /// @dev Bit i for each seat that revealed a value within `bandPpm` of `verdict`.
    function _coherent(uint128[] memory values, uint128 verdict, uint32 bandPpm) private pure returns (uint256 map) {
        for (uint256 i = 0; i < values.length; ++i) {
            if (values[i] != 0 && DistanceLib.isWithin(values[i], verdict, bandPpm)) map |= 1 << i;
        }
    }

    /// @dev The values that were revealed, without the gaps.
    function _cast(uint128[] memory values, uint256 revealed) private pure returns (uint128[] memory votes) {
        votes = new uint128[](revealed);
        uint256 next = 0;
        for (uint256 i = 0; i < values.length; ++i) {
            if (values[i] != 0) votes[next++] = values[i];
        }
    }

    function _at(FixingId id, JuryStage stage) private view returns (JuryCase storage trial) {
        trial = _cases[id];
        if (trial.stage != stage) revert WrongStage(id);
    }

    function _seatAt(FixingId id, uint8 round, uint8 seat) private view returns (JurySeat storage) {
        if (seat >= SEATS) revert UnknownSeat(seat);
        return _seats[id][round][seat];
    }

    /// @dev Where votes that began now would end.
    function _votesEnd() private view returns (uint256) {
        return block.timestamp + COMMIT_TIME + REVEAL_TIME;
    }

    /// @dev Where a case that was opened now would be over, at the latest.
    function _caseEnd() private view returns (uint256) {
        return _votesEnd() + SEED_TIME + RULE_TIME;
    }

    /// @dev Whether the chain no longer knows the case's seed block.
    function _isForgotten(JuryCase storage trial) private view returns (bool) {
        return block.number > trial.seedBlock + HISTORY;
    }

    /// @dev The pool that the next case needs, so that each of those that wait finds the least pool, and half of all stakes, rounded
    /// up. INVARIANT: who has a part of all stakes has at most twice that part of what is drawn from, whatever was opened before.
    function _neededPool() private view returns (uint256) {
        return SeatLib.neededPool(SEATS, LEAST_POOL, _allStakes(), _waitingCount());
    }

    /// @dev First second at which this jury cannot rule on the fixing any more (R-205); 0 if it cannot now.
    function _turnEnd(Fixing calldata fixing) private view returns (uint256) {
        return TurnLib.turnEnd(ORACLE, fixing, address(this));
    }

    /// @dev Binds juror, seat, round, fixing, value, salt, and the jury with its chain: nobody can commit to another's vote.
    function _commitment(FixingId id, uint8 round, uint8 seat, address juror, uint128 value, bytes32 salt)
        private
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(block.chainid, address(this), id, round, seat, juror, value, salt));
    }

    function _bound(bytes32 term, uint256 got, uint256 min, uint256 max) private pure {
        if (got < min || got > max) revert TermOutOfBounds(term, got, min, max);
    }
}
