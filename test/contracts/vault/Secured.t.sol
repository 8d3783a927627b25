// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISecurityLens} from "src/interfaces/ISecurityLens.sol";
import {ISplitVault} from "src/interfaces/ISplitVault.sol";

import {SplitVaultFixture, SteadyArbitrator} from "../mocks/SplitVaultFixture.sol";
import {IOracle} from "../support/OracleTest.sol";

/// @dev An arbitrator that rules at one oracle alone.
contract ForeignArbitrator is SteadyArbitrator {
    IOracle public immutable ORACLE;

    constructor(IOracle oracle) SteadyArbitrator(1 ether) {
        ORACLE = oracle;
    }
}

/// R-605: no more collateral than the arbitrators secure.
contract SecuredTest is SplitVaultFixture {
    function test_split_takesWhatTheCheaperArbitratorSecures() public {
        arbitrator.set(11 ether);
        backup.set(10 ether);
        assertEq(vault.mostCollateral(series.fixing), 10 ether);
        _split(alice, 10 ether);

        vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, 10 ether + 1, 10 ether));
        _split(bob, 1);
        arbitrator.set(9 ether);
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, 10 ether + 1, 9 ether));
        _split(bob, 1);
    }

    /// Beside what is held the sum has no room in a word.
    function test_split_refusesTheLargestAmountToo() public {
        uint256 most = vault.mostCollateral(series.fixing);
        uint256 amount = type(uint256).max;
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(bob);
            vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, amount, most));
            vault.split(series, amount);
            if (i == 0) _split(alice, 1);
        }
    }

    /// All series of a fixing share what it secures.
    function test_split_countsAllSeriesOfAFixing() public {
        backup.set(10 ether);
        _split(alice, 6 ether);
        series.strike++;
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, 11 ether, 10 ether));
        _split(bob, 5 ether);
        series.fixing.indexId = "another";
        _split(bob, 5 ether);
    }

    /// What arbitrators say afterwards keeps nobody from leaving.
    function test_merge_worksAboveWhatIsSecured() public {
        _split(alice, 10 ether);
        backup.set(0);
        assertEq(vault.mostCollateral(series.fixing), 0);
        vm.prank(alice);
        vault.merge(series, 4 ether);
        _settle(series.fixing, 5000e18);
        vm.prank(alice);
        assertEq(vault.redeem(series, 6 ether, 0), 3 ether);
    }

    function test_split_refusesAnArbitratorThatCannotBeRead() public {
        series.fixing.arbitrator = makeAddr("nobody");
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, 1, 0));
        _split(alice, 1);
    }

    /// It could be disputed, and never be ruled.
    function test_split_refusesAnArbitratorOfAnotherOracle() public {
        address another = address(new ForeignArbitrator(IOracle(makeAddr("another oracle"))));
        (address own, address first) = (address(new ForeignArbitrator(oracle)), series.fixing.arbitrator);
        for (uint256 i = 0; i < 2; i++) {
            (series.fixing.arbitrator, series.fixing.backup) = i == 0 ? (another, own) : (own, another);
            vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, 1, 0));
            _split(alice, 1);
        }
        (series.fixing.arbitrator, series.fixing.backup) = (own, first);
        _split(alice, 1);
    }

    /// With little gas the call ends, rather than take an arbitrator for one that secures nothing.
    function test_mostCollateral_starvesNobody() public view {
        uint256 answered;
        for (uint256 gas = 30_000; gas < 300_000; gas += 1000) {
            try vault.mostCollateral{gas: gas}(series.fixing) returns (uint256 most) {
                assertEq(most, COST);
                answered++;
            } catch (bytes memory reason) {
                if (reason.length > 0) assertEq(bytes4(reason), ISecurityLens.NotEnoughGas.selector);
            }
        }
        assertGt(answered, 0);
    }

    /// As much as is taken can still be proposed on.
    function test_mostCollateral_leavesRoomForTheBond() public {
        arbitrator.set(type(uint256).max);
        backup.set(type(uint256).max);
        uint256 most = vault.mostCollateral(series.fixing);
        vm.mockCall(address(vault), abi.encodeCall(vault.openInterest, (_idOf(series.fixing))), abi.encode(most));
        assertEq(oracle.bond(series.fixing), uint256(1) << 80);
        vm.mockCall(address(vault), abi.encodeCall(vault.openInterest, (_idOf(series.fixing))), abi.encode(most + 400));
        vm.warp(MATURITY);
        vm.prank(proposer);
        vm.expectRevert();
        oracle.propose(series.fixing, 1, type(uint256).max);
    }

    /// An arbitrator that claims everything secures no more than the arithmetic bears.
    function test_mostCollateral_isBounded() public {
        arbitrator.set(type(uint256).max);
        backup.set(type(uint256).max);
        // d = 2 500 ppm of it is 2^80, the most that a proposal stakes.
        assertEq(vault.mostCollateral(series.fixing), (uint256(1) << 80) * 400);
        series.fixing.bondPpm = 0;
        assertEq(vault.mostCollateral(series.fixing), type(uint128).max);
        vault = _deployVault(address(oracle), makeAddr("a token"), 1);
        assertEq(vault.mostCollateral(series.fixing), type(uint128).max);
        vault = _deployVault(address(oracle), makeAddr("a token"), type(uint128).max);
        assertEq(vault.mostCollateral(series.fixing), 1e18);
    }
}
