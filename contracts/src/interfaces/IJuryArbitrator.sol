// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing, FixingId} from "../types/Fixing.sol";
import {JuryCase, JurySeat, JuryTerms, Newcomer} from "../types/Jury.sol";
import {IArbitrator} from "./IArbitrator.sol";

/// @title An arbitrator of jurors drawn by stake (R-500)
/// @notice Whoever puts bond token into the pool, in stakes of equal size, may be drawn, after a time in which the others see him
/// come: every stake of the pool is as likely as every other, and is taken out of the pool by its draw. The seed is the `prevrandao` of a block 128 blocks after the case
/// was opened, which nobody knows then, and nobody chooses by choosing when to draw: draws come in the order of the cases, and
/// nothing enters or leaves the pool while one is due. A case is opened only while half of all stakes at least are in the pool: who
/// has a part of all stakes never has more than twice that part of those that are drawn from, however many cases he opens before.
/// Jurors commit to a value and reveal it. The verdict is INVALID if more than half say so, else the lower median of the
/// numbers. Who did not reveal, or is farther from the verdict than half the fixing's separation, loses the seat's stake to the others. If too
/// few reveal, only those who did not lose theirs, and the case can be opened once more, for other jurors.
/// No owner, no list of indices: a juror who does not know an index, or cannot read it, says INVALID.
/// Warning: who holds a majority of the seats rules what he likes and loses nothing. `costOfCorruption` counts what it costs to
/// win the others over.
interface IJuryArbitrator is IArbitrator {
    /// @notice `count` stakes of `juror` can be put into the pool from `admitTime` on.
    event Staked(address indexed juror, uint256 count, uint64 admitTime);
    /// @notice `count` stakes of `juror` are in the pool.
    event Admitted(address indexed juror, uint256 count);
    /// @notice `count` stakes that rounds had returned while a draw was due are in the pool again.
    event Readmitted(uint256 count);
    /// @notice `juror` took `count` stakes out of the pool, or of those that were to come into it.
    event Unstaked(address indexed juror, uint256 count);
    /// @notice `juror` withdrew what was idle.
    event Withdrawn(address indexed juror, uint256 amount);
    /// @notice `voter` may commit for `juror` besides itself; 0 = nobody.
    event VoterSet(address indexed juror, address voter);
    /// @notice Round `round` of the case waits for block `seedBlock`. The struct, so that anyone can draw who did not see `Created`.
    event CaseOpened(FixingId indexed id, uint8 round, uint64 seedBlock, Fixing fixing);
    /// @notice Jurors have their seats, in this order, and commit before `commitEnd`, reveal before `revealEnd`.
    event Drawn(FixingId indexed id, uint8 round, address[] jurors, uint40 commitEnd, uint40 revealEnd);
    /// @notice Seat `seat` has committed.
    event Committed(FixingId indexed id, uint8 round, uint8 seat, bytes32 commitment);
    /// @notice Seat `seat` has revealed `value`.
    event Revealed(FixingId indexed id, uint8 round, uint8 seat, uint128 value);
    /// @notice The verdict. Bit i of `coherent` is set if seat i is paid `share` and keeps its stake; `isRuled` says whether the
    /// oracle took it, which it does not after the jury's turn.
    event Decided(FixingId indexed id, uint8 round, uint128 value, uint256 coherent, uint256 share, bool isRuled);
    /// @notice Too few revealed in round `round`. Bit i of `revealed` is set if seat i keeps its stake and is paid `share`.
    event Hung(FixingId indexed id, uint8 round, uint256 revealed, uint256 share);
    /// @notice The case is over without a verdict.
    event CaseFailed(FixingId indexed id);

    /// @notice A term of the jury is out of bounds.
    error TermOutOfBounds(bytes32 term, uint256 got, uint256 min, uint256 max);
    /// @notice `got` stakes at once; at most `max`.
    error TooManyStakes(uint256 got, uint256 max);
    /// @notice The pool is closed until the cases that wait are drawn.
    error DrawsWaiting(uint256 count);
    /// @notice Places must be strictly descending.
    error PlacesNotDescending(uint256 previous, uint256 place);
    /// @notice The stake at `place` is not the caller's.
    error NotYourStake(uint256 place);
    /// @notice The caller has nothing idle.
    error NothingToWithdraw(address juror);
    /// @notice The case is not in the stage that this needs.
    error WrongStage(FixingId id);
    /// @notice It is not this jury's turn to rule on the fixing (R-205).
    error NotItsTurn(FixingId id);
    /// @notice The juror has `count` stakes to come into the pool, from `admitTime` on.
    error NotYet(uint256 count, uint256 admitTime);
    /// @notice The fixing's candidates may be nearer to each other than honest votes.
    error SeparationTooSmall(uint256 got, uint256 want);
    /// @notice The fixing pays less than the jury costs.
    error FeeBelowPrice(uint256 got, uint256 want);
    /// @notice `count` stakes that rounds have returned are to be readmitted first.
    error StakesReturned(uint256 count);
    /// @notice No round has returned a stake that is not in the pool again.
    error NothingToReadmit();
    /// @notice There are too few stakes in the pool.
    error PoolTooSmall(uint256 got, uint256 want);
    /// @notice The votes would end at `end`, and the jury's turn ends at `turnEnd`.
    error TooLate(uint256 end, uint256 turnEnd);
    /// @notice The case could still be drawn in time.
    error NotTooLate(uint256 end, uint256 turnEnd);
    /// @notice Another case is to be drawn first.
    error NotNext(FixingId next);
    /// @notice The header is not that of block `number`, or the chain does not know that block yet or any more.
    error NotTheHeader(uint64 number);
    /// @notice Block `number` can still seed the draw.
    error SeedKnown(uint64 number);
    /// @notice The time to commit is over.
    error CommitOver(uint256 end);
    /// @notice Jurors reveal from `start` on, before `end`.
    error NotRevealing(uint256 start, uint256 end);
    /// @notice Only the seat's juror or its voter commits.
    error NotYourSeat(uint8 seat);
    /// @notice No such seat.
    error UnknownSeat(uint8 seat);
    /// @notice Nothing was committed, or something else.
    error NotCommitted(uint8 seat);
    /// @notice The seat has revealed already.
    error AlreadyRevealed(uint8 seat);
    /// @notice A value of zero means nothing; INVALID is `type(uint128).max`.
    error ValueZero();
    /// @notice Jurors may still reveal before `end`.
    error RevealRunning(uint256 end);
    /// @notice A transfer moved `got` instead of `want`.
    error TransferMismatch(uint256 got, uint256 want);

    /// @notice Takes `count` stakes of the caller, from what it has idle and for the rest from its bond token. They, and those that
    /// were to come into the pool already, can be admitted after the warm-up. At most 256 of them. Reverts with
    /// `TooManyStakes`, `TransferMismatch`.
    function stake(uint256 count) external;

    /// @notice Puts the stakes of `juror` that have warmed up into the pool. By anyone. Reverts with `DrawsWaiting`, `NotYet`.
    function admit(address juror) external;

    /// @notice Puts the first `count` of the stakes that rounds have returned while a draw was due back into the pool, or all if there are fewer;
    /// at most 256 at once. It costs the same for any number. They have warmed up. By anyone. Reverts with `TooManyStakes`, `DrawsWaiting`, `NothingToReadmit`.
    function readmit(uint256 count) external;

    /// @notice Makes the caller's stakes that are to come into the pool idle. Reverts with `NotYet` for none.
    function stayOut() external;

    /// @notice Takes the caller's stakes at `places` of the pool, strictly descending, out of it; they are idle then.
    /// Reverts with `TooManyStakes`, `DrawsWaiting`, `PlacesNotDescending`, `NotYourStake`.
    function unstake(uint256[] calldata places) external;

    /// @notice Pays the caller what it has idle, bond-token wei. Reverts with `NothingToWithdraw`.
    function withdraw() external returns (uint256 amount);

    /// @notice Lets `voter` commit for the caller: a key kept hot, which can take nothing out. 0 = nobody.
    function setVoter(address voter) external;

    /// @notice Opens the case of a fixing that waits for this jury, or opens it again once it hung. By anyone. Reverts with `WrongStage`, `NotItsTurn`,
    /// `FeeBelowPrice`, `SeparationTooSmall`, `StakesReturned`, `PoolTooSmall`, `TooLate`: the returned stakes must be readmitted;
    /// besides the seats of the cases that wait, the pool must hold the least pool and half of all stakes, those with seats
    /// counted; the seed must live, the votes end and a day be left for the ruling within the jury's turn.
    function open(Fixing calldata fixing) external;

    /// @notice Draws the jurors of the case that is next, by the header (RLP) of its seed block. By anyone; who draws is paid
    /// four seat's shares of the fee if there is a verdict. Reverts with `WrongStage`, `NotNext`, `NotItsTurn`, `TooLate`, `NotTheHeader`.
    function draw(Fixing calldata fixing, bytes calldata header) external;

    /// @notice Gives the case that is next another seed block when the chain has forgotten its own (EIP-2935: 8 191 blocks), and
    /// puts it last. Reverts with `WrongStage`, `NotNext`, `NotItsTurn`, `SeedKnown`, `TooLate`.
    function reseed(Fixing calldata fixing) external;

    /// @notice Ends a case that can no longer be opened again or given another seed in time, or whose fixing waits no more. Reverts with `WrongStage`, `NotNext`, `SeedKnown`, `NotTooLate`.
    function close(Fixing calldata fixing) external;

    /// @notice Commits seat `seat` of the present round to a vote; may be repeated. Reverts with `WrongStage`, `CommitOver`,
    /// `UnknownSeat`, `NotYourSeat`, `NotCommitted` for nothing.
    function commit(FixingId id, uint8 seat, bytes32 commitment) external;

    /// @notice Reveals what seat `seat` committed to. By anyone who knows the salt. Reverts with `WrongStage`, `UnknownSeat`,
    /// `NotRevealing`, `AlreadyRevealed`, `ValueZero`, `NotCommitted`.
    function reveal(FixingId id, uint8 seat, uint128 value, bytes32 salt) external;

    /// @notice Ends the round when the time to reveal is over or everybody has revealed: rules, pays and slashes. The stakes of
    /// who keeps them are in the pool again, or wait for `readmit` if a draw is due or others wait for it.
    /// By anyone, who is paid four seats' shares of the fee if the jury rules. Reverts with `WrongStage`, `RevealRunning`, or as the oracle does.
    function resolve(Fixing calldata fixing) external;

    /// @notice The constants of this jury.
    function terms() external view returns (JuryTerms memory);

    /// @notice The least fee of a fixing that this jury takes, bond-token wei.
    function price() external view returns (uint256);

    /// @notice The case of fixing `id`; zeros before it was opened.
    function caseOf(FixingId id) external view returns (JuryCase memory);

    /// @notice The seats of round `round` of the case of fixing `id`; empty ones before the draw.
    function seatsOf(FixingId id, uint8 round) external view returns (JurySeat[] memory);

    /// @notice What commits seat `seat` of the present round to `value`, > 0, with the secret `salt`.
    function commitmentOf(FixingId id, uint8 seat, uint128 value, bytes32 salt) external view returns (bytes32);

    /// @notice The stakes of `juror` that are to come into the pool.
    function newcomer(address juror) external view returns (Newcomer memory);

    /// @notice How many stakes are in the pool.
    function poolSize() external view returns (uint256);

    /// @notice Whose stakes are at the places `from` .. `from + count` of the pool, less what is beyond its end.
    function pool(uint256 from, uint256 count) external view returns (address[] memory);

    /// @notice How many stakes that rounds have returned wait for `readmit`.
    function returnedSize() external view returns (uint256);

    /// @notice Whose stakes are at the places `from` .. `from + count` of those that wait for `readmit`, less what is beyond their end.
    function returned(uint256 from, uint256 count) external view returns (address[] memory);

    /// @notice What `juror` can withdraw, bond-token wei.
    function idle(address juror) external view returns (uint256);

    /// @notice Who commits for `juror` besides itself; 0 = nobody.
    function voterOf(address juror) external view returns (address);

    /// @notice The fixings that wait for their draw, the next one first.
    function waiting() external view returns (FixingId[] memory);
}
