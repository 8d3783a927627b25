// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FixingId} from "../types/Fixing.sol";
import {Observation} from "../types/Observation.sol";

/// @title How an observation is hashed for signing (R-401)
/// @notice Twin of `protocol/observation.ts`; both are tested on `test/vectors/observation.json`.
library ObservationLib {
    /// @notice The EIP-712 type of an observation.
    bytes32 internal constant TYPEHASH =
        keccak256("Observation(bytes32 fixingId,uint128 value,uint64 observedAt,bytes32 sourcesRoot)");

    /// @notice The EIP-712 struct hash of `observation`: the same on every chain and registry.
    function structHash(Observation calldata observation) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TYPEHASH,
                FixingId.unwrap(observation.fixingId),
                observation.value,
                observation.observedAt,
                observation.sourcesRoot
            )
        );
    }
}
