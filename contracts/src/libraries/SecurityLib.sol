// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {ISecurityLens} from "../interfaces/ISecurityLens.sol";
import {Fixing} from "../types/Fixing.sol";

/// @dev What the arbitrators of the protocol have beside `IArbitrator`.
interface IOneOracle {
    function ORACLE() external view returns (address);
}

/// @title How much a fixing is safe for (R-530)
library SecurityLib {
    /// @dev What an arbitrator may spend on each question: a jury needs a tenth of it.
    uint256 private constant GAS_CAP = 200_000;

    /// @notice The smaller cost of corruption of `fixing`'s arbitrator and backup, bond-token wei; 0 if one of them cannot be
    /// read. Reverts with `ISecurityLens.NotEnoughGas` if too little is left to ask them.
    function securedUpTo(Fixing calldata fixing) internal view returns (uint256) {
        bytes memory question = abi.encodeCall(IArbitrator.costOfCorruption, (fixing));
        uint256 first = _cost(fixing.arbitrator, question);
        if (first == 0) return 0;
        uint256 second = _cost(fixing.backup, question);
        return first < second ? first : second;
    }

    /// @notice As `securedUpTo`, and 0 if one of the two says by `ORACLE()` that it rules at another oracle than `oracle`.
    function securedAt(Fixing calldata fixing, address oracle) internal view returns (uint256) {
        bytes memory question = abi.encodeCall(IOneOracle.ORACLE, ());
        if (_isOfAnother(fixing.arbitrator, question, oracle) || _isOfAnother(fixing.backup, question, oracle)) return 0;
        return securedUpTo(fixing);
    }

    /// @dev Whoever has no `ORACLE()` may rule anywhere: not every arbitrator is of one oracle.
    function _isOfAnother(address arbitrator, bytes memory question, address oracle) private view returns (bool) {
        (bool isRead, uint256 word) = _ask(arbitrator, question);
        return isRead && word != uint160(oracle);
    }

    function _cost(address arbitrator, bytes memory question) private view returns (uint256) {
        (bool isRead, uint256 word) = _ask(arbitrator, question);
        return isRead ? word : 0;
    }

    /// @dev Copies at most 32 bytes of the answer, hence the assembly. As `OpenInterestLib.read`, but a bad answer is none.
    function _ask(address arbitrator, bytes memory input) private view returns (bool isRead, uint256 word) {
        uint256 cap = GAS_CAP;
        if ((gasleft() - gasleft() / 64) <= cap + 5_300) revert ISecurityLens.NotEnoughGas();
        assembly ("memory-safe") {
            isRead := staticcall(cap, arbitrator, add(input, 0x20), mload(input), 0x00, 0x20)
            isRead := and(isRead, gt(returndatasize(), 0x1f))
            word := mload(0x00)
        }
    }
}
