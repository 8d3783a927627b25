// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {ISecurityLens} from "../interfaces/ISecurityLens.sol";
import {Fixing} from "../types/Fixing.sol";

/// @title How much a fixing is safe for (R-530)
library SecurityLib {
    /// @dev What an arbitrator may spend: a jury needs a tenth of it.
    uint256 private constant GAS_CAP = 200_000;

    /// @notice The smaller cost of corruption of `fixing`'s arbitrator and backup, bond-token wei; 0 if one of them cannot be
    /// read. Reverts with `ISecurityLens.NotEnoughGas` if too little is left to ask them.
    function securedUpTo(Fixing calldata fixing) internal view returns (uint256) {
        uint256 first = _cost(fixing.arbitrator, fixing);
        if (first == 0) return 0;
        uint256 second = _cost(fixing.backup, fixing);
        return first < second ? first : second;
    }

    /// @dev Copies at most 32 bytes of the answer, hence the assembly. As `OpenInterestLib.read`, but a bad answer is 0.
    function _cost(address arbitrator, Fixing calldata fixing) private view returns (uint256 cost) {
        bytes memory input = abi.encodeCall(IArbitrator.costOfCorruption, (fixing));
        uint256 cap = GAS_CAP;
        if ((gasleft() - gasleft() / 64) <= cap + 5_300) revert ISecurityLens.NotEnoughGas();
        assembly ("memory-safe") {
            let isRead := staticcall(cap, arbitrator, add(input, 0x20), mload(input), 0x00, 0x20)
            if and(isRead, gt(returndatasize(), 0x1f)) { cost := mload(0x00) }
        }
    }
}
