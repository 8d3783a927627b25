// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing} from "../types/Fixing.sol";

/// @title How much a fixing is safe for
/// @notice A view of its own, so that the oracle never calls an arbitrator (R-207).
interface ISecurityLens {
    /// @notice The open interest that `fixing` secures, bond-token wei: what it costs to corrupt the cheaper of its two
    /// arbitrators, by their own `costOfCorruption`. An arbitrator that has no code, reverts, answers with less than a word or
    /// spends more than 200 000 gas secures nothing. Reverts with `NotEnoughGas` rather than starve one.
    /// Warning: per fixing. Whoever corrupts a council rules on all of its fixings for one price, and what an arbitrator says of
    /// itself is worth as much as the arbitrator.
    /// Warning: at whichever oracle the arbitrators are of. Ask `securedAt` for yours: an arbitrator rules at its own alone.
    function securedUpTo(Fixing calldata fixing) external view returns (uint256);

    /// @notice As `securedUpTo`, for a fixing of `oracle`: an arbitrator whose `ORACLE()` answers with another contract can never rule on it and
    /// secures nothing. One that has none counts by its `costOfCorruption` alone.
    function securedAt(Fixing calldata fixing, address oracle) external view returns (uint256);

    /// @notice The gas left is too little to give an arbitrator what it may spend.
    error NotEnoughGas();
}
