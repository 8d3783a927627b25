// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {ERC6909} from "@openzeppelin/contracts/token/ERC6909/ERC6909.sol";

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Kind} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// R-304: receipts are ERC-6909 tokens that may change hands; whoever holds them at the claim is paid.
contract ReceiptsTest is OracleTest {
    uint256 internal constant A2 = 33_333_333_333_333_334;

    address private dave = makeAddr("dave");

    /// R-304, R-300: stake, sold as a whole while the fixing is Active.
    function test_receipts_stakeIsPaidToItsHolder() public {
        _lieDisputed();
        _transfer(alice, dave, _receipt(Kind.Stake, 1, TRUTH), 2 * BOND);
        vm.warp(MATURITY + WINDOW);
        _assertNothing(alice, Kind.Stake, 1, TRUTH);
        assertEq(_claim(dave, Kind.Stake, 1, TRUTH), 0.28 ether);
        assertEq(_collect(), 0.02 ether);
        _assertHeld(0);
    }

    /// R-304: in parts, of all of which the whole is worth no more than it was.
    function test_receipts_partsArePaidProRata() public {
        _lieDisputed();
        _transfer(alice, dave, _receipt(Kind.Stake, 1, TRUTH), 1);
        _transfer(alice, bob, _receipt(Kind.Stake, 1, TRUTH), BOND / 2);
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(dave, Kind.Stake, 1, TRUTH), 1);
        assertEq(_claim(bob, Kind.Stake, 1, TRUTH), 0.07 ether);
        // (1.5 d - 1 wei) * 1.4, rounded down.
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0.21 ether - 2);
        assertEq(_collect(), 0.02 ether);
        _assertHeld(1);
    }

    /// R-304: a holder who buys more after a claim claims again.
    function test_receipts_boughtAfterAClaimAreClaimedAgain() public {
        _lieDisputed();
        uint256 receipt = _receipt(Kind.Stake, 1, TRUTH);
        _transfer(alice, dave, receipt, BOND);
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(dave, Kind.Stake, 1, TRUTH), 0.14 ether);
        _transfer(alice, dave, receipt, BOND);
        assertEq(_claim(dave, Kind.Stake, 1, TRUTH), 0.14 ether);
        _assertNothing(alice, Kind.Stake, 1, TRUTH);
    }

    /// R-303, R-304: the first proposal's receipts carry its reward with them.
    function test_receipts_theProposalsCarryTheReward() public {
        _fund(bob, 1 ether);
        vm.warp(MATURITY + 3 hours);
        _propose(alice, TRUTH);
        _transfer(alice, dave, _receipt(Kind.Stake, 0, TRUTH), BOND / 4);
        vm.warp(MATURITY + 3 hours + FIRST_WINDOW);
        assertEq(_claim(dave, Kind.Stake, 0, TRUTH), 0.025 ether + 0.125 ether);
        assertEq(_claim(alice, Kind.Stake, 0, TRUTH), 0.075 ether + 0.375 ether);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 0.5 ether);
        _assertHeld(0);
    }

    /// R-304: an appeal's receipts, in parts.
    function test_receipts_appealInParts() public {
        _appealed();
        _transfer(attacker, dave, _receipt(Kind.Appeal, 2, LIE), FEE);
        _rule(arbitrator, LIE);
        assertEq(_claim(dave, Kind.Appeal, 2, LIE), 59_090_909_090_909_090);
        assertEq(_claim(attacker, Kind.Appeal, 2, LIE), 49_242_424_242_424_243);
    }

    /// R-206, R-304: a request's receipts, in parts: 1.5 F for F.
    function test_receipts_requestInParts() public {
        _fund(bob, 1 ether);
        _requested();
        _transfer(carol, dave, _receipt(Kind.Request, 0, 0), FEE / 4);
        _rule(arbitrator, RULING);
        assertEq(_claim(dave, Kind.Request, 0, 0), 0.015 ether);
        assertEq(_claim(carol, Kind.Request, 0, 0), 0.045 ether);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 0.94 ether);
        _assertHeld(0);
    }

    /// R-303, R-304: a funder's receipts, in parts.
    function test_receipts_fundInParts() public {
        _fund(bob, 1 ether);
        _transfer(bob, dave, _receipt(Kind.Fund, 0, 0), 0.3 ether);
        vm.warp(MATURITY + 3 hours);
        _propose(alice, TRUTH);
        vm.warp(MATURITY + 3 hours + FIRST_WINDOW);
        assertEq(_claim(dave, Kind.Fund, 0, 0), 0.15 ether);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 0.35 ether);
    }

    /// R-203, R-304: an unfilled pot's receipts refund whoever holds them.
    function test_receipts_ofAnUnfilledPot() public {
        _lieProposed();
        _contribute(bob, 1, LIE_B, 10);
        _transfer(bob, dave, _receipt(Kind.Stake, 1, LIE_B), 4);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        assertEq(_claim(dave, Kind.Stake, 1, LIE_B), 4);
        assertEq(_claim(bob, Kind.Stake, 1, LIE_B), 6);
    }

    /// R-304, R-300: supply of every receipt equals what its pot took, whoever holds it.
    function test_receipts_supplyIsThePot() public {
        _lieDisputed();
        _contribute(bob, 2, LIE_B, 9);
        _transfer(alice, dave, _receipt(Kind.Stake, 1, TRUTH), BOND);
        _assertSupply(Kind.Stake, 0, LIE);
        _assertSupply(Kind.Stake, 1, TRUTH);
        _assertSupply(Kind.Stake, 2, LIE_B);
        _appeal(attacker, 2, LIE, type(uint256).max);
        _assertSupply(Kind.Appeal, 2, LIE);
    }

    /// R-304: allowances and operators, as ERC-6909 says.
    function test_receipts_allowancesAndOperators() public {
        _lieDisputed();
        uint256 receipt = _receipt(Kind.Stake, 1, TRUTH);
        vm.prank(alice);
        oracle.approve(dave, receipt, 5);
        vm.prank(dave);
        oracle.transferFrom(alice, bob, receipt, 5);
        assertEq(oracle.balanceOf(bob, receipt), 5);
        vm.expectRevert(abi.encodeWithSelector(ERC6909.ERC6909InsufficientAllowance.selector, dave, 0, 1, receipt));
        vm.prank(dave);
        oracle.transferFrom(alice, bob, receipt, 1);

        vm.prank(alice);
        oracle.setOperator(dave, true);
        vm.prank(dave);
        oracle.transferFrom(alice, bob, receipt, 6);
        assertEq(oracle.balanceOf(bob, receipt), 11);
        // An operator moves receipts; it does not claim for their holder.
        vm.warp(MATURITY + WINDOW);
        _assertNothing(dave, Kind.Stake, 1, TRUTH);
    }

    /// R-304: nobody moves what they do not have.
    function test_receipts_cannotBeMadeFromNothing() public {
        _lieDisputed();
        uint256 receipt = _receipt(Kind.Stake, 1, TRUTH);
        vm.expectRevert(abi.encodeWithSelector(ERC6909.ERC6909InsufficientBalance.selector, stranger, 0, 1, receipt));
        vm.prank(stranger);
        oracle.transfer(dave, receipt, 1);
        vm.expectRevert(abi.encodeWithSelector(ERC6909.ERC6909InvalidReceiver.selector, address(0)));
        vm.prank(alice);
        oracle.transfer(address(0), receipt, 1);
    }

    /// R-304: ERC-165 names ERC-6909.
    function test_receipts_interfaces() public view {
        assertTrue(IERC165(address(oracle)).supportsInterface(type(IERC6909).interfaceId));
        assertTrue(IERC165(address(oracle)).supportsInterface(type(IERC165).interfaceId));
        assertFalse(IERC165(address(oracle)).supportsInterface(0xffffffff));
    }

    function _transfer(address from, address to, uint256 receipt, uint256 amount) private {
        vm.prank(from);
        oracle.transfer(to, receipt, amount);
    }

    function _assertSupply(Kind kind, uint8 round, uint128 value) private view {
        address[6] memory holders = [proposer, attacker, alice, bob, carol, dave];
        uint256 supply;
        for (uint256 i = 0; i < holders.length; ++i) {
            supply += oracle.balanceOf(holders[i], _receipt(kind, round, value));
        }
        (uint256 filled,) = oracle.pot(fixing, kind, round, value);
        assertEq(supply, filled);
    }

    function _assertNothing(address who, Kind kind, uint8 round, uint128 value) private {
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NothingToClaim.selector, _receipt(kind, round, value)));
        vm.prank(who);
        oracle.claim(fixing, kind, round, value);
    }
}
