// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing, FixingId, Kind, Phase} from "../types/Fixing.sol";
import {ISettlementSource} from "./ISettlementSource.sol";

/// @title The oracle: an escalating candidate market for values at maturity
/// @notice This interface is the specification; `docs/spec.md` explains it. Values are `uint128` scaled by
/// 1e18, greater than zero; `type(uint128).max` is INVALID. Amounts are bond-token wei, times are seconds,
/// every interval is half-open. All divisions round down, against the claimant; an appeal's stake alone rounds up.
/// Errors are checked in the order parameters, zero value, zero amount, phase, round, limit, leader,
/// separation, bond, token.
interface IMaturityOracle is ISettlementSource {
    /// @notice `fixing` was announced. Its struct can be recovered from here only.
    event Created(FixingId indexed id, bytes32 indexed indexId, Fixing fixing);
    /// @notice `from` added `amount` to the reward pot.
    event Funded(FixingId indexed id, address indexed from, uint256 amount);
    /// @notice The first candidate, bonded with `bond`, standing until `deadline`.
    event Proposed(
        FixingId indexed id, address indexed proposer, uint128 value, uint256 bond, uint64 deadline
    );
    /// @notice `taken` went into a pot, which now holds `filled`. Kind is Stake or Appeal.
    event Contributed(
        FixingId indexed id,
        address indexed from,
        Kind kind,
        uint8 round,
        uint128 value,
        uint256 taken,
        uint256 filled
    );
    /// @notice A pot filled: `value` leads round `round` until `deadline`; `staked` is the total stake.
    event Led(FixingId indexed id, uint8 round, uint128 value, uint256 staked, uint64 deadline);
    /// @notice The fixing went to arbitration. `cause` is Appeal or Request.
    event Arbitrated(
        FixingId indexed id,
        address indexed arbitrator,
        address indexed backup,
        Kind cause,
        uint64 arbitratedAt
    );
    /// @notice `arbitrator` ruled; `winner` is the winning candidate, 0 for none.
    event Ruled(FixingId indexed id, address indexed arbitrator, uint128 ruling, uint128 winner);
    /// @notice `holder` burned `burned` receipts for `paid`.
    event Claimed(
        FixingId indexed id,
        address indexed holder,
        Kind kind,
        uint8 round,
        uint128 value,
        uint256 burned,
        uint256 paid
    );
    /// @notice The sink received its share.
    event Collected(FixingId indexed id, uint256 toSink);

    /// @notice `field` is `got`, outside [`min`, `max`].
    error ParameterOutOfBounds(bytes32 field, uint256 got, uint256 min, uint256 max);
    /// @notice A value of zero means nothing; INVALID is `type(uint128).max`.
    error ZeroValue();
    /// @notice An amount of zero changes nothing.
    error ZeroAmount();
    /// @notice The action needs phase `want`.
    error WrongPhase(Phase got, Phase want);
    /// @notice Arbitration can be requested from `endTime` on.
    error GraceRunning(uint64 nowTime, uint64 endTime);
    /// @notice The call was made for another round: the leader has changed since.
    error StaleRound(uint8 got, uint8 want);
    /// @notice No further leader: only an appeal can dispute round `round`.
    error LeaderLimit(uint8 round);
    /// @notice A proposal that nobody disputed cannot be appealed.
    error NotDisputed(uint8 round);
    /// @notice `value` is the leader already.
    error ValueLeads(uint128 value);
    /// @notice `value` is too near to `candidate` to be another one: stake on that candidate instead.
    error NotSeparated(uint128 value, uint128 candidate);
    /// @notice The open interest could not be read (no code, reverted, returned too little, too little gas).
    error OpenInterestUnreadable(address source);
    /// @notice The bond is more than the caller, or the protocol (2^80), allows.
    error BondAboveMax(uint256 bond, uint256 max);
    /// @notice Only the current arbitrator rules.
    error NotArbitrator(address got, address want);
    /// @notice The caller holds none of these receipts.
    error NothingToClaim(uint256 receiptId);
    /// @notice The pot can still fill: contributions to it stay until it fills or its round ends.
    error PotLive(uint8 round, uint128 value);
    /// @notice The sink has its share already.
    error AlreadyCollected(FixingId id);
    /// @notice A transfer moved `got` instead of `want`: the bond token is not supported.
    error TransferMismatch(uint256 got, uint256 want);

    /// @notice Adds `amount` to the reward for a prompt, right proposal (R-303) against fund receipts.
    /// Reverts with `WrongPhase` once settled. What the reward does not use returns to the funders.
    function fund(Fixing calldata fixing, uint256 amount) external;

    /// @notice Proposes `value`, staking the bond, at most `maxBond` (R-201).
    function propose(Fixing calldata fixing, uint128 value, uint256 maxBond) external returns (uint256 bond);

    /// @notice Adds up to `amount` to the pot that would make `value` the leader of round + 1 (R-202).
    /// Takes no more than the pot needs. Warning: locked until the pot fills or its round ends.
    function contribute(Fixing calldata fixing, uint8 round, uint128 value, uint256 amount)
        external
        returns (uint256 taken);

    /// @notice Adds up to `amount` to the pot that sends the fixing to the arbitrator for `value` (R-204).
    /// Warning: the sponsors of a value that does not win lose the fee too.
    function appeal(Fixing calldata fixing, uint8 round, uint128 value, uint256 amount)
        external
        returns (uint256 taken);

    /// @notice Sends a fixing that nobody proposed within its grace to the arbitrator; costs the fee (R-206).
    function request(Fixing calldata fixing) external;

    /// @notice The current arbitrator's ruling (R-205). Pays it the fee.
    function rule(Fixing calldata fixing, uint128 value) external;

    /// @notice Burns the caller's whole balance of one receipt and pays what it is worth (section 5).
    /// Losing receipts burn and pay 0. Unfilled pots refund as soon as they are not live.
    function claim(Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        external
        returns (uint256 paid);

    /// @notice Sends the sink its share, once, by anyone, after settlement.
    function collect(Fixing calldata fixing) external returns (uint256 toSink);

    /// @notice What was written last: round n, the leader, total stake (an appeal's included), the leader's
    /// deadline, and when arbitration began. Zeros before a proposal.
    function state(Fixing calldata fixing)
        external
        view
        returns (uint8 round, uint128 leader, uint256 staked, uint64 deadline, uint64 arbitratedAt);

    /// @notice Every value that has led, in install order, an appealed new value last, with its stake.
    function candidates(Fixing calldata fixing)
        external
        view
        returns (uint128[] memory values, uint256[] memory stakes);

    /// @notice What a pot holds (claims do not lower it) and what would complete it while it can be joined
    /// now, else 0. The proposal's pot (round 0) reads (bond, 0).
    function pot(Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        external
        view
        returns (uint256 filled, uint256 need);

    /// @notice The bond that a proposal would need at the current open interest; reverts as `propose` would.
    function bond(Fixing calldata fixing) external view returns (uint256);
}
