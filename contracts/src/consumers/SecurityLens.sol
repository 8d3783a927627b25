// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISecurityLens} from "../interfaces/ISecurityLens.sol";
import {SecurityLib} from "../libraries/SecurityLib.sol";
import {Fixing} from "../types/Fixing.sol";

/// @title How much a fixing is safe for
/// @notice See `ISecurityLens`. Stateless, of no oracle.
contract SecurityLens is ISecurityLens {
    /// @inheritdoc ISecurityLens
    function securedUpTo(Fixing calldata fixing) external view returns (uint256) {
        return SecurityLib.securedUpTo(fixing);
    }

    /// @inheritdoc ISecurityLens
    function securedAt(Fixing calldata fixing, address oracle) external view returns (uint256) {
        return SecurityLib.securedAt(fixing, oracle);
    }
}
