// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISplitVault} from "src/interfaces/ISplitVault.sol";
import {Kind} from "src/types/Fixing.sol";

import {IVault, SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";

contract MergeTest is SplitVaultFixture {
    function setUp() public override {
        super.setUp();
        _split(alice, 10 ether);
    }

    /// R-602
    function test_merge_paysOneToOneAndLowersTheOpenInterest() public {
        vm.expectEmit(address(vault));
        emit ISplitVault.Merged(id, alice, 4 ether);
        _merge(alice, 4 ether);

        assertEq(_pOf(alice), 6 ether);
        assertEq(_nOf(alice), 6 ether);
        assertEq(weth.balanceOf(alice), 1e6 ether - 6 ether);
        assertEq(vault.openInterest(_idOf(series.fixing)), 6 ether);
    }

    /// R-602: split ends, merge never does: before, at and after maturity, in a dispute, settled and expired.
    function test_merge_worksAtEveryTime() public {
        uint64[6] memory times = [
            MATURITY - 1,
            MATURITY,
            MATURITY + 1,
            MATURITY + GRACE,
            oracle.worstCase(series.fixing) - 1,
            oracle.worstCase(series.fixing)
        ];
        for (uint256 i = 0; i < times.length; i++) {
            vm.warp(times[i]);
            _merge(alice, 1 ether);
        }
        assertEq(weth.balanceOf(alice), 1e6 ether - 4 ether);
    }

    /// R-604: what merges after maturity is worth the same at every settlement, so the bond need not guard it any more.
    function test_merge_afterMaturityLowersTheBondWithTheCollateral() public {
        _split(bob, 990 ether);
        vm.warp(MATURITY);
        assertEq(oracle.bond(series.fixing), 2.5 ether);
        _merge(bob, 990 ether);
        assertEq(oracle.bond(series.fixing), MIN_BOND);
    }

    /// R-604, property 8: pairs that are split before maturity and merged after the proposal cost nothing but the use of
    /// the money, and have made the bond, and with it the answer to a lie, dearer: 0.25 % and 0.5 % of what was split.
    function test_attack_openInterestInflatedBeforeMaturity() public {
        vm.warp(MATURITY - 1);
        _split(bob, 39_990 ether);
        vm.warp(MATURITY);
        _proposeAtMaturity(series.fixing, 3000e18);
        _merge(bob, 39_990 ether);
        assertEq(weth.balanceOf(bob), 1e6 ether);
        assertEq(vault.openInterest(_idOf(series.fixing)), 10 ether);

        (uint256 bond,) = oracle.pot(series.fixing, Kind.Stake, 0, 3000e18);
        (, uint256 answer) = oracle.pot(series.fixing, Kind.Stake, 1, 2500e18);
        assertEq(bond, 100 ether);
        assertEq(answer, 200 ether);
    }

    function test_merge_refusesAmountZero() public {
        vm.expectRevert(ISplitVault.EmptyAmount.selector);
        _merge(alice, 0);
    }

    function test_merge_needsBothLegs() public {
        uint256 n = id.nId();
        vm.prank(alice);
        vault.transfer(bob, n, 1);

        vm.expectRevert(
            abi.encodeWithSelector(IVault.ERC6909InsufficientBalance.selector, alice, 10 ether - 1, 10 ether, id.nId())
        );
        _merge(alice, 10 ether);
        vm.expectRevert(abi.encodeWithSelector(IVault.ERC6909InsufficientBalance.selector, bob, 0, 1, id.pId()));
        _merge(bob, 1);
    }

    /// A series that nobody split has nothing to merge, however its terms are chosen.
    function test_merge_cannotTouchAnotherSeriesCollateral() public {
        series.strike = 1;
        uint256 p = vault.pId(vault.seriesId(series));
        vm.expectRevert(abi.encodeWithSelector(IVault.ERC6909InsufficientBalance.selector, alice, 0, 1, p));
        _merge(alice, 1);
    }

    function _merge(address holder, uint256 amount) private {
        vm.prank(holder);
        vault.merge(series, amount);
    }
}
