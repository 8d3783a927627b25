// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {ISplitVault} from "src/interfaces/ISplitVault.sol";

import {ReenteringToken} from "../mocks/ReenteringToken.sol";
import {SkimmingToken} from "../mocks/SkimmingToken.sol";
import {SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";

contract SplitTest is SplitVaultFixture {
    /// R-601
    function test_split_mintsBothLegsForExactlyTheCollateral() public {
        vm.expectEmit(address(vault));
        emit ISplitVault.Split(id, alice, 3 ether);
        _split(alice, 3 ether);

        assertEq(_pOf(alice), 3 ether);
        assertEq(_nOf(alice), 3 ether);
        assertEq(weth.balanceOf(alice), 1e6 ether - 3 ether);
        assertEq(weth.balanceOf(address(vault)), 3 ether);
    }

    /// R-604
    function test_split_addsUpTheOpenInterestOfAllSeriesOfAFixing() public {
        _split(alice, 3 ether);
        series.strike = 3000e18;
        _split(bob, 2 ether);
        assertEq(vault.openInterest(_idOf(series.fixing)), 5 ether);

        series.fixing.maturity = MATURITY + 1;
        _split(bob, 1 ether);
        assertEq(vault.openInterest(_idOf(series.fixing)), 1 ether);
    }

    /// The bond follows what is at stake: 2 500 ppm of 1 000 ETH.
    function test_split_raisesTheBondThatTheOracleAsks() public {
        assertEq(oracle.bond(series.fixing), MIN_BOND);
        _split(alice, 1000 ether);
        assertEq(oracle.bond(series.fixing), 2.5 ether);
    }

    function test_split_isOpenUntilTheLastSecondBeforeMaturity() public {
        vm.warp(MATURITY - 1);
        _split(alice, 1 ether);
        assertEq(_pOf(alice), 1 ether);
    }

    /// R-601
    function test_split_revertsAtMaturityAndAfter() public {
        for (uint64 time = MATURITY; time <= MATURITY + 1; time++) {
            vm.warp(time);
            vm.expectRevert(abi.encodeWithSelector(ISplitVault.SplitClosed.selector, time, MATURITY));
            _split(alice, 1 ether);
        }
    }

    function test_split_refusesAmountZero() public {
        vm.expectRevert(ISplitVault.EmptyAmount.selector);
        _split(alice, 0);
    }

    /// R-601
    function test_split_validatesTheSeries() public {
        series.strike = 0;
        vm.expectRevert(ISplitVault.StrikeZero.selector);
        _split(alice, 1 ether);

        series.strike = 1;
        series.invalidSharePpm = 1_000_001;
        vm.expectRevert(
            abi.encodeWithSelector(ISplitVault.InvalidShareOutOfBounds.selector, uint32(1_000_001), uint32(1_000_000))
        );
        _split(alice, 1 ether);

        series.invalidSharePpm = 0;
        series.fixing.indexId = 0;
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaturityOracle.ParameterOutOfBounds.selector, bytes32("indexId"), 0, 1, type(uint256).max
            )
        );
        _split(alice, 1 ether);
    }

    /// R-100, R-601, as the oracle.
    function test_split_refusesATokenThatMovesLess() public {
        SkimmingToken token = new SkimmingToken();
        vault = _deployVault(address(oracle), address(token));
        token.mint(alice, 10);
        vm.prank(alice);
        token.approve(address(vault), 10);

        vm.expectRevert(abi.encodeWithSelector(ISplitVault.CollateralMismatch.selector, 9, 10));
        _split(alice, 10);
    }

    function test_everyEntryPoint_refusesToBeReentered() public {
        ReenteringToken token = new ReenteringToken();
        vault = _deployVault(address(oracle), address(token));
        token.mint(alice, 10);
        vm.prank(alice);
        token.approve(address(vault), 10);
        bytes[6] memory calls = [
            abi.encodeCall(vault.split, (series, 1)),
            abi.encodeCall(vault.splitEther, (series)),
            abi.encodeCall(vault.merge, (series, 1)),
            abi.encodeCall(vault.mergeToEther, (series, 1)),
            abi.encodeCall(vault.redeem, (series, 1, 1)),
            abi.encodeCall(vault.redeemToEther, (series, 1, 1))
        ];
        for (uint256 i = 0; i < calls.length; i++) {
            token.arm(address(vault), calls[i]);
            vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            _split(alice, 1);
        }
    }
}
