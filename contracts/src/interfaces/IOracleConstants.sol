// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title What an arbitrator needs to know of its oracle beyond `IMaturityOracle`
interface IOracleConstants {
    /// @notice What stakes, fees and rewards are paid in.
    function BOND_TOKEN() external view returns (IERC20);

    /// @notice Where forfeits burn.
    function SINK() external view returns (address);
}
