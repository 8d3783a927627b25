// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {stdError} from "forge-std/StdError.sol";

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {ISplitVault} from "src/interfaces/ISplitVault.sol";

import {SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";
import {FaultyToken} from "../support/HostileToken.sol";
import {RebasingToken} from "../support/RebasingToken.sol";

/// @dev A token of as many decimals as it is told.
contract ScaledToken is ERC20 {
    uint8 private immutable DECIMALS;

    constructor(uint8 decimals_) ERC20("Scaled", "SCL") {
        DECIMALS = decimals_;
    }

    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// R-601 to R-603: what a vault does with a collateral that does not behave.
contract HostileCollateralTest is SplitVaultFixture {
    FaultyToken private token;

    function setUp() public override {
        super.setUp();
        token = new FaultyToken();
        _hold(address(token), 1e18);
        token.mint(alice, 1000);
        token.mint(bob, 1000);
    }

    function test_split_refusesATokenThatMovesAnotherAmount() public {
        // 1 % and 1 wei less, nothing, 1 wei more, nothing left.
        FaultyToken.Fault[4] memory faults = [
            FaultyToken.Fault.TakesFee,
            FaultyToken.Fault.MovesNothing,
            FaultyToken.Fault.MovesMore,
            FaultyToken.Fault.DrainsReceiver
        ];
        uint256[4] memory got = [uint256(98), 0, 101, 0];
        for (uint256 i = 0; i < 4; i++) {
            token.setFault(faults[i]);
            vm.expectRevert(abi.encodeWithSelector(ISplitVault.CollateralMismatch.selector, got[i], 100));
            _split(alice, 100);
        }
        assertEq(_pOf(alice), 0);
        assertEq(token.balanceOf(alice), 1000);
    }

    /// Nothing returned is taken for success, as by other tokens; no and garbage are not, on either way.
    function test_split_believesNoAnswerButYes() public {
        token.setFault(FaultyToken.Fault.ReturnsNothing);
        _split(alice, 100);
        for (uint256 i = 0; i < 2; i++) {
            token.setFault(i == 0 ? FaultyToken.Fault.ReturnsFalse : FaultyToken.Fault.ReturnsGarbage);
            bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, token);
            vm.expectRevert(failed);
            _split(alice, 100);
            vm.expectRevert(failed);
            _merge(alice, 100);
        }
        assertEq(_pOf(alice), 100);
        token.setFault(FaultyToken.Fault.None);
        _merge(alice, 100);
    }

    /// What arrives is what is measured, and a surcharge on the sender does not show: the vault pays it as soon as it sends. Who comes last
    /// is short of it, and keeps the legs.
    function test_merge_ofATokenThatChargesItsSenderLeavesTheLastOneShort() public {
        token.setFault(FaultyToken.Fault.ChargesSender);
        _split(alice, 100);
        _split(bob, 100);
        _merge(alice, 100);
        assertEq(token.balanceOf(address(vault)), 99);
        vm.expectRevert(stdError.arithmeticError);
        _merge(bob, 100);
        assertEq(_pOf(bob), 100);
        _merge(bob, 98);
        assertEq(token.balanceOf(address(vault)), 0);
        assertEq(_pOf(bob), 2);
    }

    /// A token that takes its fee from now on: the holder is paid less, and nobody else is.
    function test_merge_ofATokenThatTakesAFeeFromNowOnIsTheHoldersLoss() public {
        _split(alice, 100);
        _split(bob, 100);
        token.setFault(FaultyToken.Fault.TakesFee);
        _merge(alice, 100);
        assertEq(token.balanceOf(alice), 1000 - 2);
        token.setFault(FaultyToken.Fault.None);
        _merge(bob, 100);
        assertEq(token.balanceOf(bob), 1000);
    }

    /// Whoever is blocked keeps the legs, and can hand them to somebody who is not; a blocked vault pays again once it is not.
    function test_merge_whoIsBlockedKeepsTheLegs() public {
        _split(alice, 100);
        token.setBlocked(alice, true);
        vm.expectRevert(abi.encodeWithSelector(FaultyToken.Blocked.selector, alice));
        _merge(alice, 100);
        vm.startPrank(alice);
        vault.transfer(bob, id.pId(), 100);
        vault.transfer(bob, id.nId(), 100);
        vm.stopPrank();
        token.setBlocked(address(vault), true);
        vm.expectRevert(abi.encodeWithSelector(FaultyToken.Blocked.selector, address(vault)));
        _merge(bob, 100);
        token.setBlocked(address(vault), false);
        _merge(bob, 100);
        assertEq(token.balanceOf(bob), 1100);
    }

    /// Legs stay what they were: a fall is the last one's loss, a rise stays in the vault for ever.
    function test_merge_ofARebasingTokenPaysWhatWasPutIn() public {
        RebasingToken rebasing = new RebasingToken();
        _hold(address(rebasing), 1e18);
        rebasing.mint(alice, 100);
        rebasing.mint(bob, 100);
        _split(alice, 100);
        _split(bob, 100);
        rebasing.rebase(0.8e18);
        _merge(alice, 100);
        vm.expectRevert(stdError.arithmeticError);
        _merge(bob, 100);
        // 160 of 200 are left, of which the first took 100.
        _merge(bob, 60);
        assertEq(_pOf(bob), 40);
    }

    function test_merge_ofARebasingTokenThatRoseLeavesTheRest() public {
        RebasingToken rebasing = new RebasingToken();
        _hold(address(rebasing), 1e18);
        rebasing.mint(alice, 100);
        _split(alice, 100);
        rebasing.rebase(2e18);
        _merge(alice, 100);
        assertEq(rebasing.balanceOf(alice), 100);
        assertEq(rebasing.balanceOf(address(vault)), 100);
    }

    /// A worthless leg pays nothing, of which there is nothing to move: alone, and among others that pay.
    function test_redeem_movesNothingOfATokenThatRefusesToMoveNothing() public {
        token.setFault(FaultyToken.Fault.RefusesZero);
        _split(alice, 100);
        _settle(series.fixing, series.strike); // N is worth nothing

        vm.startPrank(alice);
        vm.expectEmit(address(vault));
        emit ISplitVault.Redeemed(id, alice, 0, 40, 0);
        assertEq(vault.redeem(series, 0, 40), 0);

        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(ISplitVault.redeem, (series, 0, 60));
        calls[1] = abi.encodeCall(ISplitVault.redeem, (series, 100, 0));
        vault.multicall(calls);
        assertEq(_nOf(alice), 0);
        assertEq(token.balanceOf(alice), 1000);
        assertEq(vault.collateralOf(_idOf(series.fixing)), 0);
    }

    /// Nobody asks a token for its decimals. With none a leg is worth whole units, rounded down.
    function test_redeem_ofATokenWithoutDecimalsRoundsToWholeUnits() public {
        ScaledToken whole = new ScaledToken(0);
        _hold(address(whole), uint256(1 ether) * 1e18 / 2000);
        whole.mint(alice, 3);
        vm.prank(alice);
        whole.approve(address(vault), 3);
        _split(alice, 3);
        assertEq(vault.openInterest(_idOf(series.fixing)), uint256(3 ether) / 2000);
        _settle(series.fixing, 5000e18);
        vm.startPrank(alice);
        assertEq(vault.redeem(series, 3, 0), 1);
        assertEq(vault.redeem(series, 0, 3), 1);
    }

    /// At the least rate 1e18 of the smallest unit count as one wei; of 40 decimals not even one token fits.
    function test_split_ofATokenOfFortyDecimalsIsBounded() public {
        ScaledToken tiny = new ScaledToken(40);
        _hold(address(tiny), 1);
        series.fixing.bondPpm = 0;
        tiny.mint(alice, 1e40);
        vm.prank(alice);
        tiny.approve(address(vault), 1e40);
        uint256 most = type(uint128).max;
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, 1e40, most));
        _split(alice, 1e40);
        _split(alice, most);
        _merge(alice, most);
        assertEq(tiny.balanceOf(alice), 1e40);
    }

    /// A vault of that collateral, and the series in it.
    function _hold(address collateral, uint256 rate) private {
        vault = _deployVault(address(oracle), collateral, rate);
        series.fixing.openInterest = address(vault);
        id = vault.seriesId(series);
    }

    function _merge(address holder, uint256 amount) private {
        vm.prank(holder);
        vault.merge(series, amount);
    }
}
