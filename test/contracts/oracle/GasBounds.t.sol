// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Kind} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// What actions cost is measured elsewhere (docs/gas.md); here is what it may not depend on. Isolated, each call is a
/// transaction of its own, in which everything is cold.
contract GasBoundsTest is OracleTest {
    /// R-208: no action's gas depends on how many people funded and staked, 3 or 60 of them, to the unit: the same
    /// calls, on one chain with few and on its copy with many.
    /// forge-config: default.isolate = true
    function test_gas_doesNotDependOnTheCrowd() public {
        uint256 start = vm.snapshotState();
        uint256[] memory disputed = _disputedGame(3);
        vm.revertToState(start);
        assertEq(_disputedGame(60), disputed, "disputed");
        vm.revertToState(start);
        uint256[] memory requested = _requestedGame(3);
        vm.revertToState(start);
        assertEq(_requestedGame(60), requested, "requested");
    }

    /// Every action of a disputed fixing beside `crowd` others in the pots: fund, propose, joining and completing a
    /// contribution, joining and completing an appeal, rule, every kind of claim, collect.
    function _disputedGame(uint256 crowd) private returns (uint256[] memory gas) {
        gas = new uint256[](12);
        _crowdFunds(crowd);
        _fund(bob, BOND);
        gas[0] = _used();
        _toMaturity();
        _propose(attacker, LIE);
        gas[1] = _used();
        for (uint256 i = 0; i < crowd; ++i) {
            _contribute(_member(i), 1, TRUTH, BOND / 100);
        }
        _contribute(alice, 1, TRUTH, BOND / 100);
        gas[2] = _used();
        _contribute(bob, 1, TRUTH, type(uint256).max);
        gas[3] = _used();
        for (uint256 i = 0; i < crowd; ++i) {
            _appeal(_member(i), 2, LIE, BOND / 1000);
        }
        _appeal(alice, 2, LIE, BOND / 1000);
        gas[4] = _used();
        _appeal(carol, 2, LIE, type(uint256).max);
        gas[5] = _used();
        _rule(arbitrator, RULING);
        gas[6] = _used();
        gas[7] = _gasOfClaim(alice, Kind.Stake, 1, TRUTH);
        gas[8] = _gasOfClaim(attacker, Kind.Stake, 0, LIE);
        gas[9] = _gasOfClaim(carol, Kind.Appeal, 2, LIE);
        gas[10] = _gasOfClaim(bob, Kind.Fund, 0, 0);
        oracle.collect(fixing);
        gas[11] = _used();
    }

    /// Create, request, rule and the claims that follow, beside `crowd` others who funded.
    function _requestedGame(uint256 crowd) private returns (uint256[] memory gas) {
        gas = new uint256[](5);
        oracle.create(fixing);
        gas[0] = _used();
        _crowdFunds(crowd);
        _requested();
        gas[1] = _used();
        _rule(arbitrator, RULING);
        gas[2] = _used();
        gas[3] = _gasOfClaim(carol, Kind.Request, 0, 0);
        gas[4] = _gasOfClaim(_member(0), Kind.Fund, 0, 0);
    }

    function _crowdFunds(uint256 crowd) private {
        for (uint256 i = 0; i < crowd; ++i) {
            _endow(_member(i));
            _fund(_member(i), BOND);
        }
    }

    function _gasOfClaim(address who, Kind kind, uint8 round, uint128 value) private returns (uint256) {
        vm.prank(who);
        oracle.claim(fixing, kind, round, value);
        return _used();
    }

    function _member(uint256 i) private returns (address) {
        return makeAddr(string.concat("crowd ", vm.toString(i)));
    }

    /// All that the last call's transaction paid for.
    function _used() private view returns (uint256) {
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        assertGt(gas, 21_000, "a transaction of its own");
        return gas;
    }
}
