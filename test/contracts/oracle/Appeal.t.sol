// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Kind, Phase} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// R-204. The ruling that follows is in Rule.t.sol, what receipts are worth in Claim.t.sol.
contract AppealTest is OracleTest {
    /// A ninth of 3 d = 0.3 ether, rounded up.
    uint256 internal constant A2 = 33_333_333_333_333_334;

    /// R-204
    function test_appeal_partlyFillsAPot() public {
        _lieDisputed();
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Contributed(id, attacker, Kind.Appeal, 2, LIE, 11, 11);
        assertEq(_appeal(attacker, 2, LIE, 11), 11);
        assertEq(oracle.balanceOf(attacker, _receipt(Kind.Appeal, 2, LIE)), 11);
        _assertPot(Kind.Appeal, 2, LIE, 11, A2 + FEE);
        _assertPhase(Phase.Active);
        _assertState(2, TRUTH, 3 * BOND, MATURITY + WINDOW, 0);
        _assertCandidates(_values(LIE, TRUTH), _amounts(BOND, 2 * BOND));
        _assertHeld(3 * BOND + 11);
    }

    /// R-204, R-207: the oracle holds F and calls nobody but the token.
    function test_appeal_sendsTheFixingToTheArbitrator() public {
        _lieDisputed();
        vm.warp(MATURITY + 5);
        uint256 before = weth.balanceOf(attacker);
        vm.expectCall(arbitrator, hex"", 0);
        vm.expectCall(backup, hex"", 0);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Contributed(id, attacker, Kind.Appeal, 2, LIE, A2 + FEE, A2 + FEE);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Arbitrated(id, arbitrator, backup, Kind.Appeal, MATURITY + 5);
        assertEq(_appeal(attacker, 2, LIE, type(uint256).max), A2 + FEE);

        assertEq(weth.balanceOf(attacker), before - A2 - FEE);
        assertEq(weth.balanceOf(arbitrator), 0);
        assertEq(oracle.balanceOf(attacker, _receipt(Kind.Appeal, 2, LIE)), A2 + FEE);
        _assertHeld(3 * BOND + A2 + FEE);
        _assertPhase(Phase.Arbitration);
        // Leader and deadline stay, the stake includes a but not F.
        _assertState(2, TRUTH, 3 * BOND + A2, MATURITY + WINDOW, MATURITY + 5);
        _assertCandidates(_values(LIE, TRUTH), _amounts(BOND + A2, 2 * BOND));
        _assertPot(Kind.Appeal, 2, LIE, A2 + FEE, 0);
        _assertUnsettled();
    }

    /// R-204: an appealed new value comes last.
    function test_appeal_canNameANewValue() public {
        _lieDisputed();
        assertEq(_appeal(bob, 2, LIE_B, type(uint256).max), A2 + FEE);
        _assertCandidates(_values(LIE, TRUTH, LIE_B), _amounts(BOND, 2 * BOND, A2));
        _assertState(2, TRUTH, 3 * BOND + A2, MATURITY + WINDOW, MATURITY);
        _assertPot(Kind.Appeal, 2, LIE_B, A2 + FEE, 0);
        _assertPot(Kind.Stake, 2, LIE_B, 0, 0);
    }

    /// R-204: with all four leaders different, the appealed value is the fifth candidate (R-208: K + 1).
    function test_appeal_canMakeAFifthCandidate() public {
        _lieDisputed();
        _contribute(bob, 2, LIE_B, type(uint256).max);
        _contribute(carol, 3, LIE_C, type(uint256).max);
        assertEq(_appeal(alice, 4, INVALID, type(uint256).max), 3 * BOND + FEE);
        (uint128[] memory values, uint256[] memory stakes) = oracle.candidates(fixing);
        assertEq(values.length, 5);
        assertEq(stakes.length, 5);
        assertEq(values[4], INVALID);
        assertEq(stakes[4], 3 * BOND);
        assertEq(stakes[3], 18 * BOND);
        _assertState(4, LIE_C, 30 * BOND, MATURITY + WINDOW, MATURITY);
    }

    /// R-204, R-103: F + ceil(A / 9) at every round from 2 to K.
    function test_appeal_needsANinthAndTheFee() public {
        uint256[3] memory totals = [uint256(3 * BOND), 6 * BOND, 12 * BOND];
        for (uint8 round = 2; round <= 4; ++round) {
            Fixing memory f = _defaults();
            f.indexId = bytes32(uint256(round));
            _use(f);
            if (round == 2) _lieDisputed();
            if (round == 3) _lieInsisted();
            if (round == 4) _atLeaderLimit();
            uint256 total = totals[round - 2];
            uint256 a = total % 9 == 0 ? total / 9 : total / 9 + 1;
            _assertPot(Kind.Appeal, round, LIE_B, 0, a + FEE);
            assertEq(_appeal(carol, round, LIE_B, type(uint256).max), a + FEE);
            (,, uint256 staked,,) = oracle.state(fixing);
            assertEq(staked, total + a);
        }
    }

    /// R-204: pooled to the last wei.
    function test_appeal_poolsACrowd() public {
        _lieDisputed();
        assertEq(_appeal(alice, 2, LIE_B, A2), A2);
        assertEq(_appeal(bob, 2, LIE_B, FEE - 1), FEE - 1);
        _assertPhase(Phase.Active);
        _assertPot(Kind.Appeal, 2, LIE_B, A2 + FEE - 1, A2 + FEE);
        assertEq(_appeal(carol, 2, LIE_B, 2), 1);
        _assertPhase(Phase.Arbitration);
        _assertPot(Kind.Appeal, 2, LIE_B, A2 + FEE, 0);
        assertEq(oracle.balanceOf(carol, _receipt(Kind.Appeal, 2, LIE_B)), 1);
    }

    /// R-204: a pot and a receipt kind of its own, beside the stake pot of the same value.
    function test_appeal_isApartFromTheStakePot() public {
        _lieDisputed();
        _contribute(bob, 2, LIE_B, 7);
        _appeal(bob, 2, LIE_B, 9);
        _assertPot(Kind.Stake, 2, LIE_B, 7, 6 * BOND);
        _assertPot(Kind.Appeal, 2, LIE_B, 9, A2 + FEE);
        assertEq(oracle.balanceOf(bob, _receipt(Kind.Stake, 2, LIE_B)), 7);
        assertEq(oracle.balanceOf(bob, _receipt(Kind.Appeal, 2, LIE_B)), 9);
        _contribute(carol, 2, LIE_B, type(uint256).max);
        // The appeal pot of the old round is over, a new round's starts empty.
        _assertPot(Kind.Appeal, 2, LIE_B, 9, 0);
        _assertPot(Kind.Appeal, 3, LIE, 0, BOND + FEE);
    }

    /// R-204: of two appeals the first to fill counts, the other keeps what it holds for refunds.
    function test_appeal_firstFilledPotCounts() public {
        _lieDisputed();
        _appeal(attacker, 2, LIE, A2 + FEE - 1);
        _appeal(bob, 2, LIE_B, type(uint256).max);
        _assertCandidates(_values(LIE, TRUTH, LIE_B), _amounts(BOND, 2 * BOND, A2));
        _assertPot(Kind.Appeal, 2, LIE, A2 + FEE - 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Arbitration, Phase.Active));
        _appeal(attacker, 2, LIE, 1);
    }

    /// R-204: n >= 2.
    function test_appeal_revertsBeforeADispute() public {
        _lieProposed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotDisputed.selector, 1));
        _appeal(alice, 1, TRUTH, 1);
    }

    function test_appeal_revertsForAnotherRound() public {
        _lieInsisted();
        uint8[5] memory stale = [uint8(0), 1, 2, 4, 255];
        for (uint256 i = 0; i < stale.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, stale[i], 3));
            _appeal(bob, stale[i], LIE_B, 1);
        }
    }

    function test_appeal_revertsForTheLeader() public {
        _atLeaderLimit();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.ValueLeads.selector, TRUTH));
        _appeal(alice, 4, TRUTH, 1);
    }

    function test_appeal_revertsForAValueTooNear() public {
        _lieDisputed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, TRUTH - 1, TRUTH));
        _appeal(alice, 2, TRUTH - 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, LIE + 1, LIE));
        _appeal(alice, 2, LIE + 1, 1);
    }

    /// R-110, R-204
    function test_appeal_closesAtTheDeadline() public {
        _lieDisputed();
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(MATURITY + WINDOW + i);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Active));
            _appeal(attacker, 2, LIE, type(uint256).max);
        }
        vm.warp(MATURITY + WINDOW - 1);
        _appeal(attacker, 2, LIE, type(uint256).max);
        _assertState(2, TRUTH, 3 * BOND + A2, MATURITY + WINDOW, MATURITY + WINDOW - 1);
        // The deadline that has passed settles nothing any more.
        vm.warp(MATURITY + WINDOW);
        _assertPhase(Phase.Arbitration);
        _assertUnsettled();
    }

    function test_appeal_revertsInEveryOtherPhase() public {
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Active));
        _appeal(alice, 0, TRUTH, 1);
        _toMaturity();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Open, Phase.Active));
        _appeal(alice, 0, TRUTH, 1);
        _requested();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Arbitration, Phase.Active));
        _appeal(alice, 0, TRUTH, 1);
        vm.warp(MATURITY + GRACE + 2 * LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Active));
        _appeal(alice, 0, TRUTH, 1);
    }

    /// R-209
    function test_appeal_checksInTheOrderOfTheInterface() public {
        vm.expectRevert(IMaturityOracle.ZeroValue.selector);
        _appeal(stranger, 9, 0, 0);
        vm.expectRevert(IMaturityOracle.ZeroAmount.selector);
        _appeal(stranger, 9, TRUTH, 0);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Active));
        _appeal(stranger, 9, TRUTH, 1);
        _lieProposed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, 2, 1));
        _appeal(stranger, 2, LIE, 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotDisputed.selector, 1));
        _appeal(stranger, 1, LIE, 1);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, 1, 2));
        _appeal(stranger, 1, LIE, 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.ValueLeads.selector, TRUTH));
        _appeal(stranger, 2, TRUTH, 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, TRUTH + 1, TRUTH));
        _appeal(stranger, 2, TRUTH + 1, 1);
        vm.expectRevert(bytes(""));
        _appeal(stranger, 2, LIE, 1);
    }

    /// R-204: an appeal that cannot be paid leaves no trace.
    function test_appeal_leavesNoTraceWhenThePaymentFails() public {
        _lieDisputed();
        vm.expectRevert(bytes(""));
        _appeal(stranger, 2, LIE, type(uint256).max);
        _assertPhase(Phase.Active);
        _assertPot(Kind.Appeal, 2, LIE, 0, A2 + FEE);
        _assertState(2, TRUTH, 3 * BOND, MATURITY + WINDOW, 0);
    }
}
