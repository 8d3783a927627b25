// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {IOpenInterest} from "../interfaces/IOpenInterest.sol";
import {FixingId} from "../types/Fixing.sol";

/// @title Reading the value at stake from a contract nobody trusts
library OpenInterestLib {
    /// What the source may spend: enough for a vault, too little to make a proposal unaffordable.
    uint256 internal constant GAS_CAP = 200_000;

    /// @notice The open interest of `id` that `source` reports, bond-token wei (R-201).
    /// Reverts with `OpenInterestUnreadable` when the call fails, returns less than 32 bytes, or when the
    /// gas left could not give the source its full cap: a starved source could otherwise be made to report
    /// less than it would. Copies at most 32 bytes, hence the assembly.
    function read(address source, FixingId id) internal view returns (uint256 openInterest) {
        bytes memory input = abi.encodeCall(IOpenInterest.openInterest, (id));
        uint256 cap = GAS_CAP;
        bool isRead;
        // EIP-150 passes on at most 63/64 of what is left; 5 300 covers reaching a cold account and the cold
        // code that it delegates to (EIP-7702).
        if ((gasleft() - gasleft() / 64) > cap + 5_300) {
            assembly ("memory-safe") {
                isRead := staticcall(cap, source, add(input, 0x20), mload(input), 0x00, 0x20)
                isRead := and(isRead, gt(returndatasize(), 0x1f))
                openInterest := mload(0x00)
            }
        }
        if (!isRead) revert IMaturityOracle.OpenInterestUnreadable(source);
    }
}
