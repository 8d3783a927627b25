// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Fixing, Kind} from "src/types/Fixing.sol";

import {RebasingToken} from "../support/RebasingToken.sol";
import {OracleTest} from "../support/OracleTest.sol";

/// R-100: a bond token whose balances change by themselves is not supported, and cannot be recognised when stake is taken.
/// These tests show what it costs, and whom: whoever claims last, in whatever fixing.
contract RebasingTest is OracleTest {
    RebasingToken private token;

    function _bondToken() internal override returns (IERC20) {
        token = new RebasingToken();
        return IERC20(address(token));
    }

    function _endow(address who) internal override {
        token.mint(who, 1000 ether);
    }

    /// Of 0.3 staked half shrinks away: who claims first gets all of 0.14, then 0.01 are left for the 0.14 of the other
    /// winner and the 0.02 of the sink, until someone gives the oracle the missing 0.15.
    function test_rebasing_aShrinkingTokenFailsWhoClaimsLast() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, BOND);
        _contribute(bob, 1, TRUTH, BOND);
        vm.warp(MATURITY + WINDOW);
        token.rebase(0.5e18);
        assertEq(token.balanceOf(address(oracle)), 0.15 ether);

        assertEq(_claimed(alice), 0.14 ether);
        vm.expectRevert();
        vm.prank(bob);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);
        vm.expectRevert();
        oracle.collect(fixing);
        assertEq(token.balanceOf(address(oracle)), 0.01 ether);
        // The receipts are still bob's, and the settlement does not suffer.
        assertEq(oracle.balanceOf(bob, _receipt(Kind.Stake, 1, TRUTH)), BOND);
        _assertSettlement(TRUTH);

        vm.prank(carol);
        token.transfer(address(oracle), 0.15 ether);
        assertEq(_claimed(bob), 0.14 ether);
        assertEq(oracle.collect(fixing), 0.02 ether);
        assertEq(token.balanceOf(address(oracle)), 0);
    }

    /// All fixings share one balance, so the loss of one is paid with the stake of another: isolation needs a token that
    /// keeps its balances. Of 0.1 in the one and 0.3 in the other half is left, 0.2: the one takes its whole 0.1, and in
    /// the other nobody can claim 0.28 of 0.1.
    function test_rebasing_aShrinkingTokenBreaksIsolation() public {
        _lieDisputed();
        Fixing memory disputed = fixing;
        fixing.indexId = "another";
        _use(fixing);
        _propose(carol, TRUTH);
        vm.warp(MATURITY + WINDOW);
        token.rebase(0.5e18);
        vm.prank(carol);
        assertEq(oracle.claim(fixing, Kind.Stake, 0, TRUTH), 0.1 ether);
        _use(disputed);
        vm.expectRevert();
        vm.prank(alice);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);
        assertEq(token.balanceOf(address(oracle)), 0.1 ether);
    }

    /// What a growing token adds belongs to nobody: everyone gets what they are owed, the rest stays for ever.
    function test_rebasing_aGrowingTokenLeavesTheSurplus() public {
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        token.rebase(2e18);
        assertEq(_claimed(alice), 0.28 ether);
        assertEq(oracle.collect(fixing), 0.02 ether);
        assertEq(token.balanceOf(address(oracle)), 0.3 ether);
    }

    function _claimed(address who) private returns (uint256) {
        vm.prank(who);
        return oracle.claim(fixing, Kind.Stake, 1, TRUTH);
    }
}
