// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing, FixingId, Outcome, Phase} from "../types/Fixing.sol";

/// @title What a consumer needs of the oracle
/// @notice It announces a fixing before it takes deposits on it, and reads the settlement. Pull only: a consumer that
/// calls nothing else cannot be blocked by the game.
/// Warning: the views do not validate. A struct that `create` refuses can never be proposed and reads as expired.
interface ISettlementSource {
    /// @notice The fixing has no settlement yet.
    error NotSettled(FixingId id);

    /// @notice Announces `fixing`: validates its parameters and emits `Created`, from where alone its struct can be
    /// recovered; stores nothing and can be called again (R-101). Nodes protect only fixings that were announced.
    function create(Fixing calldata fixing) external returns (FixingId);

    /// @notice The id of `fixing` on this chain and this oracle. Does not validate.
    function fixingId(Fixing calldata fixing) external view returns (FixingId);

    /// @notice Where `fixing` stands now (R-110).
    function phase(Fixing calldata fixing) external view returns (Phase);

    /// @notice The settled value: index units per unit of collateral, scaled by 1e18, or
    /// `type(uint128).max` for INVALID. Reverts with `NotSettled` before. Once readable it never changes.
    /// Warning: INVALID is a possible value and must be handled.
    function settlement(Fixing calldata fixing) external view returns (uint128 value);

    /// @notice As `settlement`, by id and from stored facts alone.
    /// Warning: a fixing that was never proposed nor requested reads (false, 0) for ever, also after it
    /// expired as INVALID; read `settlement(fixing)` where that matters.
    function settlementOf(FixingId id) external view returns (bool settled, uint128 value);

    /// @notice How `fixing` was settled and the candidate that won; winner 0 = none.
    function outcome(Fixing calldata fixing) external view returns (Outcome how, uint128 winner);

    /// @notice The instant by which `fixing` is settled without anyone's transaction, seconds.
    function worstCase(Fixing calldata fixing) external pure returns (uint64);
}
