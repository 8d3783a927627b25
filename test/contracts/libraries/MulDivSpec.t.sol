// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";

import {Math as Spec} from "../proofs/MulDiv.spec.sol";

/// What the solver reads of `Math.mulDiv` (docs/evidence.md, Proofs) is what `Math.mulDiv` does, over the range of the proofs.
contract MulDivSpecTest is Test {
    function testFuzz_mulDivSpec_isWhatOpenZeppelinComputes(uint128 x, uint128 y, uint128 denominator) public pure {
        vm.assume(denominator != 0);
        assertEq(Spec.mulDiv(x, y, denominator), Math.mulDiv(x, y, denominator));
    }

    function test_mulDivSpec_atTheExtremes() public pure {
        uint256 most = type(uint128).max;
        uint256[6] memory values = [0, 1, 2, 1e6, most - 1, most];
        for (uint256 i = 0; i < 6; ++i) {
            for (uint256 j = 0; j < 6; ++j) {
                for (uint256 k = 1; k < 6; ++k) {
                    (uint256 x, uint256 y, uint256 z) = (values[i], values[j], values[k]);
                    assertEq(Spec.mulDiv(x, y, z), Math.mulDiv(x, y, z));
                }
            }
        }
    }
}
