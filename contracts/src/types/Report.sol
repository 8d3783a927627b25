// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @notice What a quorum of reporters co-signs for one fixing (R-402); the fixing and the epoch of its maturity complete
/// the signed struct.
struct Report {
    /// The lower median of the quorum's observations, index units per unit of collateral, scaled by 1e18. > 0.
    uint128 value;
    /// Merkle root over the quorum's observations.
    bytes32 observationsRoot;
    /// Who gets the receipts of the proposal.
    address proposer;
}
