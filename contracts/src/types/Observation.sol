// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {FixingId} from "./Fixing.sol";

/// @notice What one reporter measured for one fixing (R-401). Signed as EIP-712 typed data in the domain of its
/// registry; `ObservationLib` has the type string.
struct Observation {
    /// The fixing measured.
    FixingId fixingId;
    /// The index's value at maturity, index units per unit of collateral, scaled by 1e18. > 0.
    uint128 value;
    /// When the reporter computed the value, seconds.
    uint64 observedAt;
    /// Merkle root of the source readings behind the value.
    bytes32 sourcesRoot;
}
