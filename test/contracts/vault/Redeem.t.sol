// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {ISplitVault} from "src/interfaces/ISplitVault.sol";

import {IVault, SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";

contract RedeemTest is SplitVaultFixture {
    function setUp() public override {
        super.setUp();
        _split(alice, 10 ether);
    }

    /// R-603
    function test_redeem_paysBothLegsByTheSettlement() public {
        _settle(series.fixing, 3000e18);

        // P: 10 * 2500/3000 = 8.333…, rounded down. N: 10 - 8.333… = 1.666…, rounded down.
        vm.expectEmit(address(vault));
        emit ISplitVault.Redeemed(id, alice, 10 ether, 0, 8_333333333333333333);
        assertEq(_redeem(alice, 10 ether, 0), 8_333333333333333333);
        assertEq(_redeem(alice, 0, 10 ether), 1_666666666666666666);

        assertEq(weth.balanceOf(alice), 1e6 ether - 1);
        assertEq(_pOf(alice), 0);
        assertEq(_nOf(alice), 0);
        assertEq(vault.openInterest(_idOf(series.fixing)), 1);
    }

    /// R-603
    function test_redeem_paysPairsExactlyAndTheRestOfALegRoundedDown() public {
        _settle(series.fixing, 3000e18);
        assertEq(_redeem(alice, 1, 1), 1);
        assertEq(_redeem(alice, 4, 3), 3); // 3 + floor(0.833)
        assertEq(_redeem(alice, 3, 4), 3); // 3 + floor(0.166)
        assertEq(_redeem(alice, 10 ether - 8, 10 ether - 8), 10 ether - 8);
    }

    /// At or below the strike P covers everything and N is worthless.
    function test_redeem_aroundTheStrike() public {
        uint256 start = vm.snapshotState();
        uint128[4] memory values = [uint128(1), 2500e18 - 1, 2500e18, 2500e18 + 1];
        uint256[4] memory paidToP = [uint256(10 ether), 10 ether, 10 ether, 10 ether - 1];
        for (uint256 i = 0; i < values.length; i++) {
            _settle(series.fixing, values[i]);
            assertEq(_redeem(alice, 10 ether, 0), paidToP[i]);
            assertEq(_redeem(alice, 0, 10 ether), 0);
            vm.revertToState(start);
        }
    }

    /// R-603
    function test_redeem_paysInvalidByTheShareOfTheSeries() public {
        _settle(series.fixing, INVALID);
        assertEq(_redeem(alice, 5, 0), 2); // 40 % of 5
        assertEq(_redeem(alice, 0, 6), 3); // 60 % of 6, rounded down
        assertEq(_redeem(alice, 7, 7), 7);
    }

    /// R-110: nobody ever proposed, so the oracle has no stored fact about the fixing at all.
    function test_redeem_paysAnExpiredFixingAsInvalid() public {
        uint64 expiry = MATURITY + GRACE + ARBITRATION_LIMIT;
        vm.warp(expiry - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, _idOf(series.fixing)));
        _redeem(alice, 10 ether, 0);

        vm.warp(expiry);
        assertEq(_redeem(alice, 10 ether, 0), 4 ether);
        assertEq(_redeem(alice, 0, 10 ether), 6 ether);
    }

    /// R-603
    function test_redeem_waitsForTheSettlementToTheSecond() public {
        _proposeAtMaturity(series.fixing, 2600e18);
        bytes memory notSettled = abi.encodeWithSelector(ISettlementSource.NotSettled.selector, _idOf(series.fixing));
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        vm.expectRevert(notSettled);
        _redeem(alice, 1 ether, 1 ether);

        vm.warp(MATURITY + FIRST_WINDOW);
        assertEq(_redeem(alice, 1 ether, 1 ether), 1 ether);
    }

    function test_redeem_refusesNothing() public {
        _settle(series.fixing, 3000e18);
        vm.expectRevert(ISplitVault.EmptyAmount.selector);
        _redeem(alice, 0, 0);
    }

    function test_redeem_refusesMoreThanTheBalance() public {
        _settle(series.fixing, 3000e18);
        vm.expectRevert(
            abi.encodeWithSelector(IVault.ERC6909InsufficientBalance.selector, alice, 10 ether, 10 ether + 1, id.pId())
        );
        _redeem(alice, 10 ether + 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IVault.ERC6909InsufficientBalance.selector, bob, 0, 1, id.nId()));
        _redeem(bob, 0, 1);
    }

    /// Whatever the value and the way two holders divide the legs, they get everything but at most a wei each.
    function testFuzz_redeem_paysAllTheCollateralButTheDust(
        uint128 strike,
        uint128 value,
        uint32 invalidSharePpm,
        uint96 amount,
        uint96 moved
    ) public {
        series.strike = uint128(bound(strike, 1, type(uint128).max));
        series.invalidSharePpm = uint32(bound(invalidSharePpm, 0, 1_000_000));
        id = vault.seriesId(series);
        amount = uint96(bound(amount, 1, 1e5 ether));
        moved = uint96(bound(moved, 0, amount));
        _split(bob, amount);
        uint256 p = id.pId();
        vm.prank(bob);
        vault.transfer(alice, p, moved);
        _settle(series.fixing, uint128(bound(value, 1, type(uint128).max)));

        uint256 paid = _redeem(bob, amount - moved, amount);
        if (moved > 0) paid += _redeem(alice, moved, 0);
        assertLe(paid, amount);
        assertGe(paid + 1, amount);
        assertEq(vault.openInterest(_idOf(series.fixing)), 10 ether + amount - paid);
    }

    function _redeem(address holder, uint256 pAmount, uint256 nAmount) private returns (uint256) {
        vm.prank(holder);
        return vault.redeem(series, pAmount, nAmount);
    }
}
