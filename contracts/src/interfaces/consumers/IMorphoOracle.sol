// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title What Morpho Blue wants of an oracle
/// @notice https://docs.morpho.org/get-started/resources/contracts/oracles
interface IMorphoOracle {
    /// @notice What one unit (the smallest) of collateral is worth in units of the loan token, scaled by 1e36.
    function price() external view returns (uint256);
}
