// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IJuryArbitrator} from "../../interfaces/IJuryArbitrator.sol";
import {FixingId} from "../../types/Fixing.sol";
import {Newcomer} from "../../types/Jury.sol";

/// @title The stakes that jurors are drawn from, and the order of the draws
/// @notice See `IJuryArbitrator`. A stake is one entry of an array, so that a draw is one step, whatever the pool's size.
/// INVARIANT: the contract holds the idle amounts, the stakes of newcomers, of the pool, of the returned and of the seats, and what
/// cases have forfeited.
abstract contract JurorPool is IJuryArbitrator, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev Bounds the loops of `admit` and `unstake`; `readmit` has none.
    uint256 private constant MAX_STAKES = 256;

    /// @notice What stakes and fees are paid in.
    IERC20 public immutable BOND_TOKEN;
    uint88 internal immutable SEAT_STAKE;

    uint32 internal immutable WARM_UP;

    /// @inheritdoc IJuryArbitrator
    mapping(address juror => uint256) public idle;
    /// @inheritdoc IJuryArbitrator
    mapping(address juror => address) public voterOf;

    mapping(address juror => Newcomer) private _newcomers;
    /// The pool, and behind it, so that no stake has to be moved to come back, the `_returnedCount` stakes whose round ended while a draw
    /// was due, or others were returned: they have warmed up, and wait for `readmit`.
    address[] private _stakes;

    /// Cases in the order of their draws: those from `_next` on, before `_end`, wait.
    mapping(uint256 place => FixingId) private _queue;
    uint64 private _next;
    uint64 private _end;
    /// Stakes that are drawn and have a seat.
    uint64 private _seated;
    uint64 private _returnedCount;

    constructor(IERC20 bondToken, uint88 seatStake, uint32 warmUp) {
        BOND_TOKEN = bondToken;
        SEAT_STAKE = seatStake;
        WARM_UP = warmUp;
    }

    /// @inheritdoc IJuryArbitrator
    function stake(uint256 count) external nonReentrant {
        Newcomer storage incoming = _newcomers[msg.sender];
        uint256 all = incoming.count + count;
        if (count == 0 || all > MAX_STAKES) revert TooManyStakes(all, MAX_STAKES);
        uint64 admitTime = uint64(block.timestamp + WARM_UP);
        (incoming.count, incoming.admitTime) = (uint64(all), admitTime);
        uint256 amount = count * SEAT_STAKE;
        uint256 own = idle[msg.sender];
        uint256 fromIdle = own < amount ? own : amount;
        if (fromIdle > 0) idle[msg.sender] = own - fromIdle;
        emit Staked(msg.sender, all, admitTime);
        if (fromIdle < amount) _pull(amount - fromIdle);
    }

    /// @inheritdoc IJuryArbitrator
    function admit(address juror) external {
        _requireOpen();
        Newcomer memory incoming = _newcomers[juror];
        if (incoming.count == 0 || block.timestamp < incoming.admitTime) revert NotYet(incoming.count, incoming.admitTime);
        delete _newcomers[juror];
        for (uint256 i = 0; i < incoming.count; ++i) {
            _put(juror);
        }
        emit Admitted(juror, incoming.count);
    }

    /// @inheritdoc IJuryArbitrator
    function readmit(uint256 count) external {
        if (count == 0 || count > MAX_STAKES) revert TooManyStakes(count, MAX_STAKES);
        _requireOpen();
        uint256 left = returnedSize();
        if (left == 0) revert NothingToReadmit();
        if (count > left) count = left;
        _returnedCount = uint64(left - count);
        emit Readmitted(count);
    }

    /// @inheritdoc IJuryArbitrator
    function stayOut() external {
        uint256 count = _newcomers[msg.sender].count;
        if (count == 0) revert NotYet(0, 0);
        delete _newcomers[msg.sender];
        idle[msg.sender] += count * SEAT_STAKE;
        emit Unstaked(msg.sender, count);
    }

    /// @inheritdoc IJuryArbitrator
    function unstake(uint256[] calldata places) external {
        uint256 count = places.length;
        if (count == 0 || count > MAX_STAKES) revert TooManyStakes(count, MAX_STAKES);
        _requireOpen();
        for (uint256 i = 0; i < count; ++i) {
            uint256 place = places[i];
            if (i > 0 && place >= places[i - 1]) revert PlacesNotDescending(places[i - 1], place);
            if (place >= poolSize() || _stakes[place] != msg.sender) revert NotYourStake(place);
            _take(place);
        }
        idle[msg.sender] += count * SEAT_STAKE;
        emit Unstaked(msg.sender, count);
    }

    /// @inheritdoc IJuryArbitrator
    function withdraw() external nonReentrant returns (uint256 amount) {
        amount = idle[msg.sender];
        if (amount == 0) revert NothingToWithdraw(msg.sender);
        idle[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        BOND_TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IJuryArbitrator
    function setVoter(address voter) external {
        voterOf[msg.sender] = voter;
        emit VoterSet(msg.sender, voter);
    }

    /// @inheritdoc IJuryArbitrator
    function newcomer(address juror) external view returns (Newcomer memory) {
        return _newcomers[juror];
    }

    /// @inheritdoc IJuryArbitrator
    function poolSize() public view returns (uint256) {
        return _stakes.length - _returnedCount;
    }

    /// @inheritdoc IJuryArbitrator
    function pool(uint256 from, uint256 count) external view returns (address[] memory) {
        return _page(0, poolSize(), from, count);
    }

    /// @inheritdoc IJuryArbitrator
    function returnedSize() public view returns (uint256) {
        return _returnedCount;
    }

    /// @inheritdoc IJuryArbitrator
    function returned(uint256 from, uint256 count) external view returns (address[] memory) {
        return _page(poolSize(), returnedSize(), from, count);
    }

    /// @inheritdoc IJuryArbitrator
    function waiting() external view returns (FixingId[] memory ids) {
        ids = new FixingId[](_waitingCount());
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = _queue[_next + i];
        }
    }

    function _waitingCount() internal view returns (uint256) {
        return _end - _next;
    }

    /// @dev Puts a case last.
    function _enqueue(FixingId id) internal {
        _queue[_end++] = id;
    }

    /// @dev Takes the case that is next off the queue, which must be `id`.
    function _dequeue(FixingId id) internal {
        FixingId next = _queue[_next];
        if (_next == _end || FixingId.unwrap(next) != FixingId.unwrap(id)) revert NotNext(next);
        ++_next;
    }

    /// @dev All stakes that jurors have not taken out: those with a seat come back to the pool, or go to other jurors.
    function _allStakes() internal view returns (uint256) {
        return _stakes.length + _seated;
    }

    /// @dev `count` stakes have got seats.
    function _occupy(uint256 count) internal {
        _seated += uint64(count);
    }

    /// @dev `count` seats are over.
    function _vacate(uint256 count) internal {
        _seated -= uint64(count);
    }

    /// @dev Takes the `random`-th of the stakes out of the pool, which is not empty; modulo its size, whose bias is 2^-200.
    function _drawStake(uint256 random) internal returns (address juror) {
        uint256 place = random % poolSize();
        juror = _stakes[place];
        _take(place);
    }

    function _credit(address juror, uint256 amount) internal {
        idle[juror] += amount;
    }

    /// @dev Puts a stake that had a seat back into the pool, or has it wait for `readmit` while the pool is closed, or others wait for it.
    function _release(address juror) internal {
        _stakes.push(juror);
        if (_waitingCount() > 0 || _returnedCount > 0) ++_returnedCount;
    }

    /// @dev The new stake is the last of the pool; the first of the returned ones makes room for it, and is the last of them then.
    function _put(address juror) private {
        uint256 size = poolSize();
        _stakes.push(juror);
        if (_returnedCount > 0) (_stakes[size], _stakes[_stakes.length - 1]) = (juror, _stakes[size]);
    }

    /// @dev The last stake of the pool takes the place of the one that goes, and the last of the returned ones closes up to the pool.
    function _take(uint256 place) private {
        uint256 last = poolSize() - 1;
        if (place != last) _stakes[place] = _stakes[last];
        if (_returnedCount > 0) _stakes[last] = _stakes[_stakes.length - 1];
        _stakes.pop();
    }

    /// @dev INVARIANT: what a seed draws from is fixed before the seed is known.
    function _requireOpen() private view {
        uint256 draws = _waitingCount();
        if (draws > 0) revert DrawsWaiting(draws);
    }

    /// @dev The entries `from` .. `from + count` of the `size` stakes from `start` on, less what is beyond their end.
    function _page(uint256 start, uint256 size, uint256 from, uint256 count)
        private
        view
        returns (address[] memory jurors)
    {
        if (from >= size) return jurors;
        jurors = new address[](count < size - from ? count : size - from);
        for (uint256 i = 0; i < jurors.length; ++i) {
            jurors[i] = _stakes[start + from + i];
        }
    }

    function _pull(uint256 amount) private {
        uint256 balanceBefore = BOND_TOKEN.balanceOf(address(this));
        BOND_TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 got = BOND_TOKEN.balanceOf(address(this)) - balanceBefore;
        if (got != amount) revert TransferMismatch(got, amount);
    }
}
