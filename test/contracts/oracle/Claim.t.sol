// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {Kind, Outcome} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// What receipts are worth (R-203, R-301, R-302, R-303), to the wei. d = 0.1, F = 0.04; an appeal of round 2 has
/// a = 0.3 / 9 = 0.033333333333333334, rounded up.
contract ClaimTest is OracleTest {
    uint256 internal constant A2 = 33_333_333_333_333_334;

    /// R-301: undisputed, 1:1.
    function test_claim_undisputedProposal() public {
        _toMaturity();
        _propose(alice, TRUTH);
        vm.warp(MATURITY + FIRST_WINDOW);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Claimed(id, alice, Kind.Stake, 0, TRUTH, BOND, BOND);
        assertEq(_claim(alice, Kind.Stake, 0, TRUTH), BOND);
        assertEq(oracle.balanceOf(alice, _receipt(Kind.Stake, 0, TRUTH)), 0);
        _assertHeld(0);
    }

    /// R-301: W = 2 d, L = d, sink 0.2 d: 2.8 d for 2 d.
    function test_claim_timeoutPaysWinnersFortyPercent() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, BOND / 2);
        _contribute(bob, 1, TRUTH, type(uint256).max);
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0.07 ether);
        assertEq(_claim(bob, Kind.Stake, 1, TRUTH), 0.21 ether);
        assertEq(_collect(), 0.02 ether);
        _assertHeld(0);
    }

    /// R-301, R-300: losing receipts burn and pay nothing.
    function test_claim_losersBurnForNothing() public {
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Claimed(id, attacker, Kind.Stake, 0, LIE, BOND, 0);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
        assertEq(oracle.balanceOf(attacker, _receipt(Kind.Stake, 0, LIE)), 0);
        _assertNothing(attacker, Kind.Stake, 0, LIE);
    }

    /// R-301: all rounds of the winning value share alike: A = 12 d, W = 8 d, sink 0.8 d, 11.2 / 8 = 1.4.
    function test_claim_everyRoundOfTheWinnerSharesAlike() public {
        _atLeaderLimit();
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0.28 ether);
        assertEq(_claim(alice, Kind.Stake, 3, TRUTH), 0.84 ether);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
        assertEq(_claim(attacker, Kind.Stake, 2, LIE), 0);
        assertEq(_collect(), 0.08 ether);
        _assertHeld(0);
    }

    /// R-301: a proposer who was disputed and came back.
    function test_claim_proposalThatWonItsWayBack() public {
        _lieInsisted();
        vm.warp(MATURITY + WINDOW);
        // A = 6 d, W = 4 d, L = 2 d, sink 0.4 d.
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0.14 ether);
        assertEq(_claim(attacker, Kind.Stake, 2, LIE), 0.42 ether);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0);
        assertEq(_collect(), 0.04 ether);
        _assertHeld(0);
    }

    /// R-301: the leader wins, the appeal for LIE loses a and F. Sink 40 % of d + a, no bonus.
    function test_claim_rulingForTheLeader() public {
        _appealed();
        _rule(arbitrator, RULING);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 280_000_000_000_000_001);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Claimed(id, attacker, Kind.Appeal, 2, LIE, A2 + FEE, 0);
        assertEq(_claim(attacker, Kind.Appeal, 2, LIE), 0);
        assertEq(_collect(), 53_333_333_333_333_333);
        _assertHeld(0);
    }

    /// R-301: an appealed old candidate wins: W = d + a, L = 2 d, sink 0.8 d, bonus 1.5 F = 0.06.
    function test_claim_rulingForAnAppealedOldCandidate() public {
        _lieDisputed();
        _appeal(bob, 2, LIE, FEE);
        _appeal(carol, 2, LIE, type(uint256).max);
        _rule(arbitrator, LIE);
        // shared = 0.333333333333333334 - 0.08 - 0.06; the sponsors hold 0.108333333333333334 for a + F.
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 144_999_999_999_999_999);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE), 59_090_909_090_909_090);
        assertEq(_claim(carol, Kind.Appeal, 2, LIE), 49_242_424_242_424_243);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0);
        assertEq(_collect(), 0.08 ether);
        // Each claim rounds down: two wei remain.
        _assertHeld(2);
    }

    /// R-301: an appealed new value wins: W = a, L = 3 d, sink 1.2 d.
    function test_claim_rulingForAnAppealedNewValue() public {
        _lieDisputed();
        _appeal(bob, 2, LIE_B, FEE);
        _appeal(carol, 2, LIE_B, type(uint256).max);
        _rule(arbitrator, LIE_B);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE_B), 116_363_636_363_636_362);
        assertEq(_claim(carol, Kind.Appeal, 2, LIE_B), 96_969_696_969_696_971);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0);
        assertEq(_collect(), 0.12 ether);
        _assertHeld(1);
    }

    /// R-301: a candidate wins that neither led nor was appealed: W = d, no bonus.
    function test_claim_rulingForAnOldCandidateNobodyAppealed() public {
        _lieDisputed();
        _appeal(bob, 2, LIE_B, type(uint256).max);
        _rule(arbitrator, LIE);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 240_000_000_000_000_001);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE_B), 0);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0);
        assertEq(_collect(), 93_333_333_333_333_333);
        _assertHeld(0);
    }

    /// R-302: nobody wins: everyone loses 40 %, the sponsors have F back.
    function test_claim_rulingWithoutAWinner() public {
        _appealed();
        _rule(arbitrator, 1234e18);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0.096 ether);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0.048 ether);
        assertEq(_claim(attacker, Kind.Appeal, 2, LIE), 0.056 ether);
        assertEq(_collect(), 133_333_333_333_333_333);
        assertEq(weth.balanceOf(arbitrator), FEE);
        _assertHeld(1);
    }

    /// R-302: the bonus comes out of what the losers' stake leaves, so that F, which went to the arbitrator, is never
    /// paid twice.
    function test_claim_theFeeIsPaidOnce() public {
        _appealed();
        vm.warp(MATURITY + LIMIT);
        _rule(backup, LIE);
        assertEq(weth.balanceOf(backup), FEE);
        uint256 paid = _claim(attacker, Kind.Stake, 0, LIE) + _claim(attacker, Kind.Appeal, 2, LIE)
            + _claim(alice, Kind.Stake, 1, TRUTH) + _collect();
        // Attacker: 0.144999999999999999 + 0.108333333333333334; sink: 0.08.
        assertEq(paid, 333_333_333_333_333_333);
        _assertHeld(1);
    }

    /// R-302: everything back 1:1, the fee too.
    function test_claim_expiryRefundsEverything() public {
        _lieInsisted();
        _contribute(carol, 3, LIE_B, 11);
        _appeal(bob, 3, LIE_C, 13);
        _appeal(alice, 3, TRUTH, type(uint256).max);
        _fund(bob, 17);
        vm.warp(MATURITY + 2 * LIMIT);
        _assertOutcome(Outcome.Expiry, 0);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), BOND);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 2 * BOND);
        assertEq(_claim(attacker, Kind.Stake, 2, LIE), 3 * BOND);
        // A = 6 d: a = 0.6 / 9, rounded up.
        assertEq(_claim(alice, Kind.Appeal, 3, TRUTH), 66_666_666_666_666_667 + FEE);
        assertEq(_claim(carol, Kind.Stake, 3, LIE_B), 11);
        assertEq(_claim(bob, Kind.Appeal, 3, LIE_C), 13);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 17);
        assertEq(_collect(), 0);
        _assertHeld(0);
    }

    /// R-203: live pots are locked to the last second, and free from the deadline on.
    function test_claim_livePotsAreLocked() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, 5);
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.PotLive.selector, 1, TRUTH));
        vm.prank(alice);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);

        vm.warp(MATURITY + FIRST_WINDOW);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Claimed(id, alice, Kind.Stake, 1, TRUTH, 5, 5);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 5);
        // What the pot held stays readable.
        _assertPot(Kind.Stake, 1, TRUTH, 5, 0);
    }

    /// R-203
    function test_claim_liveAppealPotsAreLocked() public {
        _lieDisputed();
        _appeal(bob, 2, LIE_B, 5);
        vm.warp(MATURITY + WINDOW - 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.PotLive.selector, 2, LIE_B));
        vm.prank(bob);
        oracle.claim(fixing, Kind.Appeal, 2, LIE_B);
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE_B), 5);
    }

    /// R-203: pots of an old round refund at once, while the fixing is Active.
    function test_claim_oldPotsRefundWhileActive() public {
        _lieProposed();
        _contribute(bob, 1, LIE_B, 7);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        assertEq(_claim(bob, Kind.Stake, 1, LIE_B), 7);
        _contribute(bob, 2, LIE_B, 9);
        _appeal(bob, 2, LIE_B, 10);
        _contribute(attacker, 2, LIE, type(uint256).max);
        assertEq(_claim(bob, Kind.Stake, 2, LIE_B), 9);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE_B), 10);
        _assertHeld(6 * BOND);
    }

    /// R-203: and all of them while in arbitration, the last round's too.
    function test_claim_potsRefundDuringArbitration() public {
        _lieDisputed();
        _contribute(bob, 2, LIE_B, 9);
        _appeal(bob, 2, LIE_C, 10);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.PotLive.selector, 2, LIE_B));
        vm.prank(bob);
        oracle.claim(fixing, Kind.Stake, 2, LIE_B);
        _appeal(attacker, 2, LIE, type(uint256).max);
        assertEq(_claim(bob, Kind.Stake, 2, LIE_B), 9);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE_C), 10);
        _assertHeld(3 * BOND + A2 + FEE);
    }

    /// R-203: at the leader limit the stake pots of round 3 are over, the appeal pots of round 4 live.
    function test_claim_potsAtTheLeaderLimit() public {
        _lieInsisted();
        _contribute(bob, 3, LIE_B, 9);
        _contribute(alice, 3, TRUTH, type(uint256).max);
        _appeal(bob, 4, LIE_B, 10);
        assertEq(_claim(bob, Kind.Stake, 3, LIE_B), 9);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.PotLive.selector, 4, LIE_B));
        vm.prank(bob);
        oracle.claim(fixing, Kind.Appeal, 4, LIE_B);
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(bob, Kind.Appeal, 4, LIE_B), 10);
    }

    /// R-203: an unfilled pot of a value that led later is no stake on it: it refunds 1:1, win or lose.
    function test_claim_anUnfilledPotOfTheWinnerIsNoStake() public {
        _lieProposed();
        _contribute(bob, 1, LIE_B, 7);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        _contribute(carol, 2, LIE_B, type(uint256).max);
        vm.warp(MATURITY + WINDOW);
        _assertSettlement(LIE_B);
        assertEq(_claim(bob, Kind.Stake, 1, LIE_B), 7);
        // A = 9 d, W = 6 d: 6 + 3 - 0.6 = 8.4 d.
        assertEq(_claim(carol, Kind.Stake, 2, LIE_B), 0.84 ether);
    }

    /// R-203: likewise an unfilled appeal pot of the value that another appeal made win.
    function test_claim_anUnfilledAppealOfTheWinnerIsNoStake() public {
        _lieDisputed();
        _appeal(bob, 2, LIE_B, 7);
        _contribute(attacker, 2, LIE, type(uint256).max);
        _appeal(carol, 3, LIE_B, type(uint256).max);
        _rule(arbitrator, LIE_B);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE_B), 7);
        // a = 0.066666666666666667, L = 0.6, sink 0.24, bonus 0.06: a's share is all of the rest.
        assertEq(_claim(carol, Kind.Appeal, 3, LIE_B), 0.666666666666666667 ether - 0.24 ether);
        assertEq(_collect(), 0.24 ether);
        _assertHeld(0);
    }

    /// R-203: losing value or winning value, an unfilled pot refunds after settlement too.
    function test_claim_unfilledPotsOfLosersRefundAfterARuling() public {
        _lieDisputed();
        _contribute(bob, 2, LIE, 9);
        _appeal(carol, 2, LIE_B, type(uint256).max);
        _rule(arbitrator, LIE_B);
        assertEq(_claim(bob, Kind.Stake, 2, LIE), 9);
    }

    /// R-303, R-103: the reward grows from nothing at maturity to the whole pot six hours later.
    function test_claim_rewardRamp() public {
        uint256[7] memory delays = [uint256(0), 1, 3 hours, 6 hours - 1, 6 hours, 6 hours + 1, GRACE];
        // 1 ether * seconds / 21 600, rounded down.
        uint256[7] memory rewards =
            [uint256(0), 46_296_296_296_296, 0.5 ether, 999_953_703_703_703_703, 1 ether, 1 ether, 1 ether];
        for (uint256 i = 0; i < delays.length; ++i) {
            fixing.indexId = bytes32(i + 1);
            _use(fixing);
            vm.warp(MATURITY - 1);
            _fund(bob, 1 ether);
            vm.warp(MATURITY + delays[i]);
            _propose(alice, TRUTH);
            vm.warp(MATURITY + delays[i] + FIRST_WINDOW);
            assertEq(_claim(alice, Kind.Stake, 0, TRUTH), BOND + rewards[i], "reward");
            assertEq(_claim(bob, Kind.Fund, 0, 0), 1 ether - rewards[i], "refund");
            assertEq(_collect(), 0);
            _assertHeld(0);
        }
    }

    /// R-303: what is left returns pro rata to those who funded, when and however often they did.
    function test_claim_fundersShareWhatIsLeft() public {
        _fund(bob, 0.3 ether);
        vm.warp(MATURITY + 3 hours);
        _propose(alice, TRUTH);
        _fund(carol, 0.1 ether);
        _fund(bob, 0.4 ether);
        vm.warp(MATURITY + 3 hours + FIRST_WINDOW);
        assertEq(_claim(alice, Kind.Stake, 0, TRUTH), BOND + 0.4 ether);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Claimed(id, carol, Kind.Fund, 0, 0, 0.1 ether, 0.05 ether);
        assertEq(_claim(carol, Kind.Fund, 0, 0), 0.05 ether);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 0.35 ether);
        _assertHeld(0);
        // What the pot held stays readable.
        _assertPot(Kind.Fund, 0, 0, 0.8 ether, 0);
    }

    /// R-303: whatever the bond token's supply.
    function test_claim_aRewardPotOfAnySize() public {
        uint256 huge = 1 << 253;
        vm.deal(bob, 2 * huge);
        vm.prank(bob);
        weth.deposit{value: 2 * huge}();
        vm.deal(carol, huge);
        vm.prank(carol);
        weth.deposit{value: huge}();
        _fund(bob, 2 * huge);
        _fund(carol, huge);
        vm.warp(MATURITY + 3 hours);
        _propose(alice, TRUTH);
        uint256 receipt = _receipt(Kind.Stake, 0, TRUTH);
        vm.prank(alice);
        oracle.transfer(attacker, receipt, BOND / 2);
        vm.warp(MATURITY + 3 hours + FIRST_WINDOW);
        assertEq(_claim(alice, Kind.Stake, 0, TRUTH), BOND / 2 + 3 * huge / 4);
        assertEq(_claim(attacker, Kind.Stake, 0, TRUTH), BOND / 2 + 3 * huge / 4);
        assertEq(_claim(bob, Kind.Fund, 0, 0), huge);
        assertEq(_claim(carol, Kind.Fund, 0, 0), huge / 2);
        _assertHeld(0);
    }

    /// R-303: no reward when the first candidate lost: all of it returns.
    function test_claim_noRewardForALosingProposal() public {
        _fund(bob, 1 ether);
        vm.warp(MATURITY + 6 hours);
        _propose(attacker, LIE);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        vm.warp(MATURITY + 6 hours + WINDOW);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 1 ether);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0.28 ether);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
    }

    /// R-303: a first candidate that was disputed keeps its delay, and only its round-0 receipts are rewarded.
    function test_claim_rewardOfADisputedProposal() public {
        _fund(bob, 1 ether);
        vm.warp(MATURITY + 3 hours);
        _propose(carol, TRUTH);
        vm.warp(MATURITY + 20 hours);
        _contribute(attacker, 1, LIE, type(uint256).max);
        vm.warp(MATURITY + 40 hours);
        _contribute(alice, 2, TRUTH, type(uint256).max);
        vm.warp(MATURITY + 40 hours + WINDOW);
        // 1.4 d and 4.2 d; the reward is half of the pot.
        assertEq(_claim(carol, Kind.Stake, 0, TRUTH), 0.14 ether + 0.5 ether);
        assertEq(_claim(alice, Kind.Stake, 2, TRUTH), 0.42 ether);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 0.5 ether);
        assertEq(_collect(), 0.04 ether);
        _assertHeld(0);
    }

    /// R-303: by ruling as by timeout; the appeal's receipts have no reward.
    function test_claim_rewardAfterARulingForTheProposal() public {
        _fund(bob, 1 ether);
        vm.warp(MATURITY + 3 hours);
        _propose(carol, TRUTH);
        _contribute(attacker, 1, LIE, type(uint256).max);
        _appeal(alice, 2, TRUTH, type(uint256).max);
        _rule(arbitrator, RULING);
        assertEq(_claim(carol, Kind.Stake, 0, TRUTH), 144_999_999_999_999_999 + 0.5 ether);
        assertEq(_claim(alice, Kind.Appeal, 2, TRUTH), 108_333_333_333_333_334);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 0.5 ether);
    }

    /// R-303: a ruling that leaves nobody the winner leaves the whole pot to its funders.
    function test_claim_noRewardWithoutAWinner() public {
        _fund(bob, 1 ether);
        vm.warp(MATURITY + 3 hours);
        _propose(carol, TRUTH);
        _contribute(attacker, 1, LIE, type(uint256).max);
        _appeal(alice, 2, TRUTH, type(uint256).max);
        _rule(arbitrator, 1e18);
        assertEq(_claim(carol, Kind.Stake, 0, TRUTH), 0.048 ether);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 1 ether);
    }

    /// R-303: a winning INVALID included.
    function test_claim_rewardOfAWinningInvalid() public {
        _fund(bob, 1 ether);
        vm.warp(MATURITY + 3 hours);
        _propose(carol, INVALID);
        vm.warp(MATURITY + 3 hours + FIRST_WINDOW);
        _assertSettlement(INVALID);
        _assertOutcome(Outcome.Timeout, INVALID);
        assertEq(_claim(carol, Kind.Stake, 0, INVALID), BOND + 0.5 ether);
    }

    /// R-300: filled pots, funds and requests wait for the settlement.
    function test_claim_revertsBeforeSettlement() public {
        _fund(bob, 1);
        _lieDisputed();
        _assertNotSettled(attacker, Kind.Stake, 0, LIE);
        _assertNotSettled(alice, Kind.Stake, 1, TRUTH);
        _assertNotSettled(bob, Kind.Fund, 0, 0);
        vm.warp(MATURITY + WINDOW - 1);
        _assertNotSettled(alice, Kind.Stake, 1, TRUTH);
        _appeal(attacker, 2, LIE, type(uint256).max);
        _assertNotSettled(attacker, Kind.Appeal, 2, LIE);
        vm.warp(MATURITY + WINDOW - 1 + 2 * LIMIT - 1);
        _assertNotSettled(attacker, Kind.Appeal, 2, LIE);
        vm.warp(MATURITY + WINDOW - 1 + 2 * LIMIT);
        assertEq(_claim(attacker, Kind.Appeal, 2, LIE), A2 + FEE);
    }

    /// R-206
    function test_claim_aRequestWaitsForTheSettlement() public {
        _requested();
        _assertNotSettled(carol, Kind.Request, 0, 0);
        vm.warp(MATURITY + GRACE + 2 * LIMIT - 1);
        _assertNotSettled(carol, Kind.Request, 0, 0);
        vm.warp(MATURITY + GRACE + 2 * LIMIT);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Claimed(id, carol, Kind.Request, 0, 0, FEE, FEE);
        assertEq(_claim(carol, Kind.Request, 0, 0), FEE);
    }

    /// R-300
    function test_claim_revertsWithoutReceipts() public {
        _assertNothing(alice, Kind.Stake, 0, TRUTH);
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        _assertNothing(stranger, Kind.Stake, 1, TRUTH);
        // Another round, kind or value is another receipt.
        _assertNothing(alice, Kind.Stake, 0, TRUTH);
        _assertNothing(alice, Kind.Stake, 2, TRUTH);
        _assertNothing(alice, Kind.Appeal, 1, TRUTH);
        _assertNothing(alice, Kind.Request, 1, TRUTH);
        _assertNothing(alice, Kind.Fund, 1, TRUTH);
        _assertNothing(alice, Kind.Stake, 1, TRUTH + 1);
        _assertNothing(alice, Kind.Stake, 1, 0);
    }

    /// R-300
    function test_claim_revertsTheSecondTime() public {
        _fund(bob, 10);
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        _claim(alice, Kind.Stake, 1, TRUTH);
        _assertNothing(alice, Kind.Stake, 1, TRUTH);
        _claim(bob, Kind.Fund, 0, 0);
        _assertNothing(bob, Kind.Fund, 0, 0);
    }

    /// A fixing's receipts are worthless in another, also in one that differs in a single parameter.
    function test_claim_isPerFixing() public {
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        fixing.window += 1;
        _use(fixing);
        _assertNothing(alice, Kind.Stake, 1, TRUTH);
    }

    function _assertNotSettled(address who, Kind kind, uint8 round, uint128 value) private {
        vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id));
        vm.prank(who);
        oracle.claim(fixing, kind, round, value);
    }

    function _assertNothing(address who, Kind kind, uint8 round, uint128 value) private {
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NothingToClaim.selector, _receipt(kind, round, value)));
        vm.prank(who);
        oracle.claim(fixing, kind, round, value);
    }
}
