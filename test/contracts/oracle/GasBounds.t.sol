// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Kind} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// What actions cost is measured elsewhere (docs/gas.md); here is what it may not depend on. Isolated, each call is a
/// transaction of its own, in which everything is cold.
contract GasBoundsTest is OracleTest {
    /// R-208: no action's gas depends on how many people staked: 3 or 60 in the pots, to the unit.
    /// forge-config: default.isolate = true
    /// forge-config: ci.isolate = true
    function test_gas_doesNotDependOnTheCrowd() public {
        uint256[4] memory few = _crowdedGame("few", 3);
        uint256[4] memory many = _crowdedGame("many", 60);
        for (uint256 i = 0; i < few.length; ++i) {
            assertApproxEqAbs(many[i], few[i], 100);
        }
    }

    /// Joins, completes, appeals and claims beside `crowd` others; calldata differs by a few bytes.
    function _crowdedGame(bytes32 name, uint256 crowd) private returns (uint256[4] memory gas) {
        fixing.indexId = keccak256(abi.encode(name));
        _use(fixing);
        _lieProposed();
        for (uint256 i = 0; i < crowd; ++i) {
            address who = makeAddr(string.concat("crowd ", vm.toString(i)));
            if (weth.balanceOf(who) == 0) _endow(who);
            _contribute(who, 1, TRUTH, BOND / 100);
        }
        _contribute(alice, 1, TRUTH, BOND / 100);
        gas[0] = _used();
        _contribute(bob, 1, TRUTH, type(uint256).max);
        gas[1] = _used();
        _appeal(carol, 2, LIE, type(uint256).max);
        gas[2] = _used();
        _rule(arbitrator, RULING);
        vm.prank(alice);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);
        gas[3] = _used();
    }

    /// All that the last call's transaction paid for.
    function _used() private view returns (uint256) {
        return vm.lastCallGas().gasTotalUsed;
    }
}
