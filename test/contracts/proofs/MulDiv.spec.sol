// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the solver reads in place of OpenZeppelin's Math
/// @notice The original computes with 512 bits in assembly, which the solver cannot read. Where x, y < 2^128 no more than 256 bits
/// are needed and it equals this, which MulDivSpec.t.sol compares.
library Math {
    function mulDiv(uint256 x, uint256 y, uint256 denominator) internal pure returns (uint256) {
        return (x * y) / denominator;
    }
}
