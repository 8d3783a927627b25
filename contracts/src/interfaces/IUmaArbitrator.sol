// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing, FixingId} from "../types/Fixing.sol";
import {IArbitrator} from "./IArbitrator.sol";

/// @title An arbitrator that asks UMA's optimistic oracle (R-521)
/// @notice Anyone asserts a value of the fixing, with UMA's bond, in bond token; anyone may dispute it there within the liveness,
/// and then UMA's token holders vote. Of the values that UMA found true the first is the ruling, and who asserted it gets the
/// fixing's fee. Several may be asserted at once, so that a false one, once it is disputed, keeps nobody waiting.
/// Warning: a false value that nobody disputes within the liveness is the ruling. Watch `Asserted`.
interface IUmaArbitrator is IArbitrator {
    /// @notice What UMA says of a fixing.
    struct Case {
        /// Who asserted the value that was found true, and is paid the fee. Zero before that.
        address asserter;
        /// The ruling. Zero before that.
        uint128 value;
    }

    /// @notice One value before UMA.
    struct Assertion {
        FixingId id;
        address asserter;
        uint128 value;
    }

    /// @notice `asserter` says that the fixing is at `value`. Dispute it at UMA by `assertionId` until `expiry` if it is not.
    event Asserted(
        FixingId indexed id, bytes32 indexed assertionId, address indexed asserter, uint128 value, uint64 expiry
    );
    /// @notice Somebody disputed an assertion: UMA votes.
    event Disputed(FixingId indexed id, bytes32 indexed assertionId);
    /// @notice UMA found an assertion true or false.
    event Resolved(FixingId indexed id, bytes32 indexed assertionId, bool isTrue);

    /// @notice It is not this arbitrator's turn to rule on the fixing (R-205).
    error NotItsTurn(FixingId id);
    /// @notice Even undisputed the assertion would be true only at `expiry`, and this arbitrator's turn ends at `turnEnd`.
    error TurnEndsBefore(uint64 expiry, uint64 turnEnd);
    /// @notice No fixing settles at zero.
    error ValueZero();
    /// @notice UMA has found a value true already.
    error AlreadyRuled(FixingId id);
    /// @notice Only UMA's oracle calls back.
    error NotTheCourt(address got);
    /// @notice UMA has found no value true yet.
    error NotRuled(FixingId id);

    /// @notice Asserts at UMA that `fixing` is at `value`, INVALID allowed, and takes the bond, `price()`, from the caller, who must
    /// have approved it. UMA pays it back if the value is true.
    /// Reverts with `ValueZero`, `NotItsTurn`, `AlreadyRuled`, `TurnEndsBefore`, or as UMA or the token do.
    function assertValue(Fixing calldata fixing, uint128 value) external returns (bytes32 assertionId);

    /// @notice UMA's callback. Never reverts for UMA. Reverts with `NotTheCourt`.
    function assertionResolvedCallback(bytes32 assertionId, bool isTrue) external;

    /// @notice UMA's callback. Never reverts for UMA. Reverts with `NotTheCourt`.
    function assertionDisputedCallback(bytes32 assertionId) external;

    /// @notice Brings the ruling to the oracle and pays who asserted it the fee. By anyone. Reverts with `NotRuled`, or as the
    /// oracle does.
    function bring(Fixing calldata fixing) external;

    /// @notice The bond of an assertion now, bond-token wei: this arbitrator's least or UMA's, whichever is more.
    function price() external view returns (uint256);

    /// @notice What UMA's voters are asked, in English, about `fixing` and `value`.
    function claimOf(Fixing calldata fixing, uint128 value) external view returns (string memory);

    /// @notice What UMA says of fixing `id`; zeros before it found a value true.
    function caseOf(FixingId id) external view returns (Case memory);

    /// @notice The value that `assertionId` is about; zeros for assertions that were not made here.
    function assertionOf(bytes32 assertionId) external view returns (Assertion memory);
}
