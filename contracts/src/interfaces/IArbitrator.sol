// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing} from "../types/Fixing.sol";

/// @title The costly fallback of a fixing
/// @notice The oracle never calls an arbitrator (R-207): an arbitrator watches for `Arbitrated`, decides in
/// its own way and calls `IMaturityOracle.rule`, which pays it `fixing.arbitrationFee`.
interface IArbitrator {
    /// @notice What it would cost to make this arbitrator rule falsely on `fixing`, bond-token wei.
    function costOfCorruption(Fixing calldata fixing) external view returns (uint256);
}
