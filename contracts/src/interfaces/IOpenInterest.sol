// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {FixingId} from "../types/Fixing.sol";

/// @title What is at stake on a fixing
interface IOpenInterest {
    /// @notice Bond-token wei whose payoff depends on `id`. Read once, when a value is proposed, with at
    /// most 200 000 gas. Must not fall between maturity and the proposal except by redemptions that are
    /// worth the same at every settlement.
    function openInterest(FixingId id) external view returns (uint256);
}
