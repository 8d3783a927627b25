// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Kind, Phase} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// R-202 and the life of a pot. What receipts are worth is in Claim.t.sol.
contract ContributeTest is OracleTest {
    /// R-202
    function test_contribute_partlyFillsAPot() public {
        _lieProposed();
        vm.warp(MATURITY + 1 hours);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Contributed(id, alice, Kind.Stake, 1, TRUTH, 7, 7);
        assertEq(_contribute(alice, 1, TRUTH, 7), 7);

        assertEq(oracle.balanceOf(alice, _receipt(Kind.Stake, 1, TRUTH)), 7);
        _assertPot(Kind.Stake, 1, TRUTH, 7, 2 * BOND);
        _assertHeld(BOND + 7);
        // Nothing else moves: the value is no candidate yet.
        _assertPhase(Phase.Active);
        _assertState(1, LIE, BOND, MATURITY + FIRST_WINDOW, 0);
        _assertCandidates(_values(LIE), _amounts(BOND));
    }

    /// R-202
    function test_contribute_fillsAPotInOneCall() public {
        _lieProposed();
        vm.warp(MATURITY + 1 hours);
        uint256 before = weth.balanceOf(alice);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Contributed(id, alice, Kind.Stake, 1, TRUTH, 2 * BOND, 2 * BOND);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Led(id, 2, TRUTH, 3 * BOND, MATURITY + 1 hours + WINDOW);
        assertEq(_contribute(alice, 1, TRUTH, 2 * BOND), 2 * BOND);

        assertEq(weth.balanceOf(alice), before - 2 * BOND);
        assertEq(oracle.balanceOf(alice, _receipt(Kind.Stake, 1, TRUTH)), 2 * BOND);
        _assertPhase(Phase.Active);
        _assertState(2, TRUTH, 3 * BOND, MATURITY + 1 hours + WINDOW, 0);
        _assertCandidates(_values(LIE, TRUTH), _amounts(BOND, 2 * BOND));
        _assertPot(Kind.Stake, 1, TRUTH, 2 * BOND, 0);
        _assertPot(Kind.Stake, 0, LIE, BOND, 0);
        _assertHeld(3 * BOND);
    }

    /// R-202: taken = min(amount, need - pot).
    function test_contribute_takesNoMoreThanThePotNeeds() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, BOND);
        uint256 before = weth.balanceOf(bob);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Contributed(id, bob, Kind.Stake, 1, TRUTH, BOND, 2 * BOND);
        assertEq(_contribute(bob, 1, TRUTH, type(uint256).max), BOND);
        assertEq(weth.balanceOf(bob), before - BOND);
        _assertState(2, TRUTH, 3 * BOND, MATURITY + WINDOW, 0);
        _assertPot(Kind.Stake, 1, TRUTH, 2 * BOND, 0);
    }

    /// R-202: the last wei fills, one less does not.
    function test_contribute_fillsWithTheLastWei() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, 2 * BOND - 1);
        _assertPot(Kind.Stake, 1, TRUTH, 2 * BOND - 1, 2 * BOND);
        _assertState(1, LIE, BOND, MATURITY + FIRST_WINDOW, 0);
        _contribute(bob, 1, TRUTH, 1);
        _assertPot(Kind.Stake, 1, TRUTH, 2 * BOND, 0);
        _assertState(2, TRUTH, 3 * BOND, MATURITY + WINDOW, 0);
    }

    /// R-202: what an unfilled pot holds is stored, and no longer when it fills: the leader it installs says it all.
    function test_contribute_storesUnfilledPotsOnly() public {
        _lieProposed();
        for (uint256 i = 0; i < 2; ++i) {
            uint256 first = i == 0 ? 1 : 777;
            uint256 snapshot = vm.snapshotState();
            vm.record();
            _contribute(alice, 1, TRUTH, first);
            (, bytes32[] memory written) = vm.accesses(address(oracle));
            // The pot and the balance of the receipts.
            assertEq(_slotsWith(written, first), 2);
            _contribute(bob, 1, TRUTH, type(uint256).max);
            assertEq(_slotsWith(written, first), 1);
            assertEq(_slotsWith(written, 0), 1);
            vm.revertToState(snapshot);
        }
    }

    /// R-202: a candidate is stored once: one that leads again changes the head only, beside the receipts of who did it.
    function test_contribute_storesACandidateOnce() public {
        _lieDisputed();
        vm.record();
        _contribute(attacker, 2, LIE, type(uint256).max);
        (, bytes32[] memory written) = vm.accesses(address(oracle));
        assertEq(written.length, 2);
    }

    /// R-202: a crowd of small stakes fills a pot, the same account more than once.
    function test_contribute_poolsACrowd() public {
        _lieProposed();
        for (uint256 i = 0; i < 20; ++i) {
            address who = i % 2 == 0 ? alice : bob;
            assertEq(_contribute(who, 1, TRUTH, BOND / 10), BOND / 10);
            _assertPot(Kind.Stake, 1, TRUTH, (i + 1) * BOND / 10, i < 19 ? 2 * BOND : 0);
        }
        assertEq(oracle.balanceOf(alice, _receipt(Kind.Stake, 1, TRUTH)), BOND);
        assertEq(oracle.balanceOf(bob, _receipt(Kind.Stake, 1, TRUTH)), BOND);
        _assertState(2, TRUTH, 3 * BOND, MATURITY + WINDOW, 0);
    }

    /// R-202: need = 2A - 3S when the same two values take turns. S(leader) = 2 (A - S(leader)) at every install.
    function test_contribute_escalatesBetweenTwoValues() public {
        _lieDisputed();
        assertEq(_contribute(attacker, 2, LIE, type(uint256).max), 3 * BOND);
        _assertCandidates(_values(LIE, TRUTH), _amounts(4 * BOND, 2 * BOND));
        _assertState(3, LIE, 6 * BOND, MATURITY + WINDOW, 0);
        _assertPot(Kind.Stake, 2, LIE, 3 * BOND, 0);
        assertEq(_contribute(alice, 3, TRUTH, type(uint256).max), 6 * BOND);
        _assertCandidates(_values(LIE, TRUTH), _amounts(4 * BOND, 8 * BOND));
        _assertState(4, TRUTH, 12 * BOND, MATURITY + WINDOW, 0);
        _assertPot(Kind.Stake, 3, TRUTH, 6 * BOND, 0);
        _assertHeld(12 * BOND);
    }

    /// R-202: with a new value every round all stake triples.
    function test_contribute_escalatesOverNewValues() public {
        _lieDisputed();
        assertEq(_contribute(bob, 2, LIE_B, type(uint256).max), 6 * BOND);
        _assertCandidates(_values(LIE, TRUTH, LIE_B), _amounts(BOND, 2 * BOND, 6 * BOND));
        assertEq(_contribute(carol, 3, LIE_C, type(uint256).max), 18 * BOND);
        _assertState(4, LIE_C, 27 * BOND, MATURITY + WINDOW, 0);
        (uint128[] memory values, uint256[] memory stakes) = oracle.candidates(fixing);
        assertEq(values.length, 4);
        assertEq(values[2], LIE_B);
        assertEq(values[3], LIE_C);
        assertEq(stakes[0], BOND);
        assertEq(stakes[1], 2 * BOND);
        assertEq(stakes[2], 6 * BOND);
        assertEq(stakes[3], 18 * BOND);
    }

    /// R-202: every order in which four rounds can be led, against stakes kept by hand.
    function test_contribute_installsEveryOrderOfLeaders() public {
        // Leaders of rounds 3 and 4 by candidate index; the first two rounds are 0 and 1.
        uint8[2][5] memory orders = [[0, 1], [0, 2], [2, 0], [2, 1], [2, 3]];
        uint128[4] memory values = [LIE, TRUTH, LIE_B, LIE_C];
        uint256 held;
        for (uint256 i = 0; i < orders.length; ++i) {
            Fixing memory f = _defaults();
            f.indexId = bytes32(i + 1);
            _use(f);
            _lieDisputed();
            uint256[4] memory stakes = [uint256(BOND), 2 * BOND, 0, 0];
            uint256 total = 3 * BOND;
            for (uint8 round = 2; round < 4; ++round) {
                uint256 index = orders[i][round - 2];
                uint256 need = 2 * total - 3 * stakes[index];
                assertEq(_contribute(bob, round, values[index], type(uint256).max), need);
                stakes[index] += need;
                total += need;
                assertEq(stakes[index], 2 * (total - stakes[index]), "two thirds lead");
                _assertState(round + 1, values[index], total, MATURITY + WINDOW, 0);
                _assertPot(Kind.Stake, round, values[index], need, 0);
            }
            (uint128[] memory gotValues, uint256[] memory gotStakes) = oracle.candidates(fixing);
            for (uint256 c = 0; c < gotValues.length; ++c) {
                assertEq(gotValues[c], values[c]);
                assertEq(gotStakes[c], stakes[c]);
            }
            assertEq(gotValues.length, stakes[3] > 0 ? 4 : stakes[2] > 0 ? 3 : 2);
            held += total;
            _assertHeld(held);
            vm.warp(MATURITY + WINDOW);
            _assertSettlement(values[orders[i][1]]);
        }
    }

    /// R-202: every install restarts a full window, also in the last second of the one before.
    function test_contribute_restartsAFullWindow() public {
        _lieProposed();
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        _assertState(2, TRUTH, 3 * BOND, MATURITY + FIRST_WINDOW - 1 + WINDOW, 0);
        vm.warp(MATURITY + FIRST_WINDOW + WINDOW - 2);
        _contribute(attacker, 2, LIE, type(uint256).max);
        _assertState(3, LIE, 6 * BOND, MATURITY + FIRST_WINDOW + 2 * WINDOW - 2, 0);
    }

    /// R-202: pots never constrain each other: values beside an open pot are as free as that pot's own.
    function test_contribute_potsDoNotConstrainEachOther() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, 2 * BOND - 1);
        _contribute(bob, 1, TRUTH + 1, 2 * BOND - 1);
        _contribute(carol, 1, TRUTH - 1, 5);
        _assertPot(Kind.Stake, 1, TRUTH, 2 * BOND - 1, 2 * BOND);
        _assertPot(Kind.Stake, 1, TRUTH + 1, 2 * BOND - 1, 2 * BOND);
        _assertPot(Kind.Stake, 1, TRUTH - 1, 5, 2 * BOND);
        _contribute(carol, 1, TRUTH + 1, 1);
        _assertCandidates(_values(LIE, TRUTH + 1), _amounts(BOND, 2 * BOND));
        // Now, and only now, they are too near to a candidate.
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, TRUTH, TRUTH + 1));
        _contribute(alice, 2, TRUTH, 1);
        _assertPot(Kind.Stake, 1, TRUTH, 2 * BOND - 1, 0);
    }

    /// R-202: the pots of a value in two rounds are two pots.
    function test_contribute_startsAnewEachRound() public {
        _lieProposed();
        _contribute(carol, 1, LIE_B, BOND);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        _assertPot(Kind.Stake, 1, LIE_B, BOND, 0);
        _assertPot(Kind.Stake, 2, LIE_B, 0, 6 * BOND);
        assertEq(_contribute(bob, 2, LIE_B, type(uint256).max), 6 * BOND);
        _assertPot(Kind.Stake, 1, LIE_B, BOND, 0);
        _assertPot(Kind.Stake, 2, LIE_B, 6 * BOND, 0);
        _assertCandidates(_values(LIE, TRUTH, LIE_B), _amounts(BOND, 2 * BOND, 6 * BOND));
    }

    /// R-202, R-102: separated iff |a - b| 1e6 >= separationPpm min(a, b); the smaller is the base on both sides.
    function test_contribute_separationIsExact() public {
        _toMaturity();
        _propose(attacker, 1_000_000);
        // Above: 1 000 of 1 000 000 apart.
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, 1_000_999, 1_000_000));
        _contribute(alice, 1, 1_000_999, 1);
        _contribute(alice, 1, 1_001_000, 1);
        // Below: v + v / 1000 <= 1 000 000 first holds at 999 000, as 999 000 * 1.001 = 999 999.
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, 999_001, 1_000_000));
        _contribute(alice, 1, 999_001, 1);
        _contribute(alice, 1, 999_000, 1);
    }

    /// R-202: a value between two candidates and too near to both.
    function test_contribute_revertsBetweenTwoCandidates() public {
        _toMaturity();
        _propose(attacker, 1_000_000);
        _contribute(alice, 1, 1_001_500, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, 1_000_700, 1_000_000));
        _contribute(bob, 2, 1_000_700, 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, 1_002_000, 1_001_500));
        _contribute(bob, 2, 1_002_000, 1);
    }

    /// R-202, R-102: INVALID is infinitely far from every number, however large.
    function test_contribute_invalidIsFarFromEveryNumber() public {
        _toMaturity();
        _propose(attacker, INVALID - 1);
        assertEq(_contribute(alice, 1, INVALID, type(uint256).max), 2 * BOND);
        _assertState(2, INVALID, 3 * BOND, MATURITY + WINDOW, 0);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, INVALID - 2, INVALID - 1));
        _contribute(bob, 2, INVALID - 2, 1);
        assertEq(_contribute(bob, 2, 1, 1), 1);
        assertEq(_contribute(bob, 2, INVALID - 1, type(uint256).max), 3 * BOND);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.ValueLeads.selector, INVALID - 1));
        _contribute(bob, 3, INVALID - 1, 1);
    }

    function test_contribute_revertsForTheLeader() public {
        _lieProposed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.ValueLeads.selector, LIE));
        _contribute(alice, 1, LIE, 1);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.ValueLeads.selector, TRUTH));
        _contribute(alice, 2, TRUTH, 1);
    }

    function test_contribute_revertsForAnotherRound() public {
        _lieDisputed();
        uint8[5] memory stale = [uint8(0), 1, 3, 4, 255];
        for (uint256 i = 0; i < stale.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, stale[i], 2));
            _contribute(bob, stale[i], LIE_B, 1);
        }
    }

    /// R-202, R-103: n < K.
    function test_contribute_revertsAtTheLeaderLimit() public {
        _atLeaderLimit();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.LeaderLimit.selector, 4));
        _contribute(attacker, 4, LIE, 1);
    }

    /// R-110, R-202
    function test_contribute_closesAtTheFirstDeadline() public {
        _lieProposed();
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(MATURITY + FIRST_WINDOW + i);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Active));
            _contribute(alice, 1, TRUTH, 1);
        }
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        assertEq(_contribute(alice, 1, TRUTH, 1), 1);
    }

    /// R-110, R-202
    function test_contribute_closesAtALaterDeadline() public {
        _lieDisputed();
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(MATURITY + WINDOW + i);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Active));
            _contribute(attacker, 2, LIE, 1);
        }
        vm.warp(MATURITY + WINDOW - 1);
        assertEq(_contribute(attacker, 2, LIE, 1), 1);
    }

    function test_contribute_revertsInEveryOtherPhase() public {
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Active));
        _contribute(alice, 0, TRUTH, 1);
        _toMaturity();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Open, Phase.Active));
        _contribute(alice, 0, TRUTH, 1);
        _appealed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Arbitration, Phase.Active));
        _contribute(alice, 2, LIE_B, 1);
        _rule(arbitrator, RULING);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Active));
        _contribute(alice, 2, LIE_B, 1);
    }

    /// R-209
    function test_contribute_checksValueThenAmountThenPhaseThenRound() public {
        vm.expectRevert(IMaturityOracle.ZeroValue.selector);
        _contribute(stranger, 9, 0, 0);
        vm.expectRevert(IMaturityOracle.ZeroAmount.selector);
        _contribute(stranger, 9, TRUTH, 0);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Active));
        _contribute(stranger, 9, TRUTH, 1);
        _lieProposed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, 9, 1));
        _contribute(stranger, 9, LIE, 1);
    }

    /// R-209
    function test_contribute_checksRoundThenLimitThenLeaderThenSeparationThenToken() public {
        _atLeaderLimit();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, 3, 4));
        _contribute(stranger, 3, TRUTH, 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.LeaderLimit.selector, 4));
        _contribute(stranger, 4, TRUTH, 1);

        Fixing memory f = _defaults();
        f.indexId = "below the limit";
        _use(f);
        _lieDisputed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.ValueLeads.selector, TRUTH));
        _contribute(stranger, 2, TRUTH, 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, TRUTH + 1, TRUTH));
        _contribute(stranger, 2, TRUTH + 1, 1);
        vm.expectRevert(bytes(""));
        _contribute(stranger, 2, LIE_B, 1);
    }

    /// R-202: a contribution that cannot be paid leaves no trace, also one that would fill the pot.
    function test_contribute_leavesNoTraceWhenThePaymentFails() public {
        _lieProposed();
        vm.expectRevert(bytes(""));
        _contribute(stranger, 1, TRUTH, type(uint256).max);
        _assertState(1, LIE, BOND, MATURITY + FIRST_WINDOW, 0);
        _assertPot(Kind.Stake, 1, TRUTH, 0, 2 * BOND);
        assertEq(oracle.balanceOf(stranger, _receipt(Kind.Stake, 1, TRUTH)), 0);
    }

    function _slotsWith(bytes32[] memory slots, uint256 word) private view returns (uint256 count) {
        for (uint256 i = 0; i < slots.length; ++i) {
            if (uint256(vm.load(address(oracle), slots[i])) == word) ++count;
        }
    }
}
