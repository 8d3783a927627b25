// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IEip2362} from "./IEip2362.sol";
import {IKnownFixings} from "./IKnownFixings.sol";
import {IResultSource} from "./IResultSource.sol";

/// @title All of `ResultsById`
interface IResultsById is IEip2362, IResultSource, IKnownFixings {
    /// @notice Whether fixing `id` has a value, and which. (false, 0) before it is settled and for good if it is INVALID.
    function getResolvedValue(bytes32 id) external view returns (bool hasValue, uint256 value);
}
