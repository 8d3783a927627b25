// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {Fixing, Kind, Outcome, Phase} from "src/types/Fixing.sol";

import {IOracle, OracleTest} from "../support/OracleTest.sol";

/// Rules and claims in one transaction.
contract RulingClaimer {
    function ruleAndClaim(IOracle oracle, Fixing calldata f, uint128 ruling, Kind kind, uint8 round, uint128 value)
        external
        returns (uint256 paid)
    {
        oracle.rule(f, ruling);
        paid = oracle.claim(f, kind, round, value);
    }
}

/// Attempts to get more out than belongs to one, to leave others with less, or to confuse the oracle about what is what.
contract AttacksTest is OracleTest {
    /// R-205, R-300: an arbitrator that holds receipts settles and claims in one transaction: it is paid as it would be
    /// the day after, and the fee once.
    function test_attack_claimInTheTransactionOfTheRuling() public {
        RulingClaimer claimer = new RulingClaimer();
        fixing.arbitrator = address(claimer);
        _use(fixing);
        _lieDisputed();
        uint256 receipt = _receipt(Kind.Stake, 1, TRUTH);
        vm.prank(alice);
        oracle.transfer(address(claimer), receipt, BOND);
        _appeal(attacker, 2, LIE, type(uint256).max);

        uint256 lost = BOND + 33_333_333_333_333_334;
        uint256 shared = 3 * BOND + 33_333_333_333_333_334 - lost * 40 / 100;
        uint256 half = BOND * shared / (2 * BOND);
        assertEq(claimer.ruleAndClaim(oracle, fixing, RULING, Kind.Stake, 1, TRUTH), half);
        assertEq(weth.balanceOf(address(claimer)), FEE + half);
        vm.warp(block.timestamp + 1 days);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), half);
    }

    /// R-300: receipts of the one kind, round or value are worth nothing as another, in no phase.
    function test_attack_claimsUnderAnotherName() public {
        _fund(attacker, BOND);
        _lieProposed();
        _contribute(attacker, 1, TRUTH, 5);
        _contribute(alice, 1, LIE_B, type(uint256).max);
        _appeal(attacker, 2, LIE, type(uint256).max);
        for (uint256 phases = 0; phases < 2; ++phases) {
            for (uint256 kind = 0; kind < 4; ++kind) {
                for (uint256 round = 0; round < 256; round += round < 5 ? 1 : 50) {
                    _assertNothing(Kind(kind), uint8(round), 0);
                    _assertNothing(Kind(kind), uint8(round), LIE_C);
                    _assertNothing(Kind(kind), uint8(round), INVALID);
                }
                _assertNothing(Kind(kind), 255, LIE);
                _assertNothing(Kind(kind), 3, LIE);
            }
            _assertNothing(Kind.Stake, 2, LIE);
            _assertNothing(Kind.Appeal, 0, LIE);
            _assertNothing(Kind.Appeal, 2, TRUTH);
            _assertNothing(Kind.Request, 0, 0);
            if (phases == 0) _rule(arbitrator, LIE);
        }
    }

    /// Calldata that names a kind that there is not is refused before anything is looked at.
    function test_attack_kindsThatAreNot() public {
        _lieProposed();
        bytes memory input = abi.encodeCall(oracle.claim, (fixing, Kind.Fund, 0, LIE));
        for (uint256 kind = 4; kind < 256; kind += 63) {
            input[4 + 15 * 32 - 1] = bytes1(uint8(kind));
            vm.prank(attacker);
            (bool isDone, bytes memory reason) = address(oracle).call(input);
            assertFalse(isDone);
            // Panic(0x21), or nothing from the decoder.
            assertTrue(reason.length == 0 || bytes4(reason) == bytes4(0x4e487b71), vm.toString(reason));
        }
    }

    /// R-202, R-204: rounds that are not, up to the largest, are stale, and read as nothing.
    function test_attack_roundsThatAreNot() public {
        _lieDisputed();
        uint8[5] memory rounds = [0, 1, 3, 254, 255];
        for (uint256 i = 0; i < rounds.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, rounds[i], 2));
            _contribute(attacker, rounds[i], LIE_B, 1);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, rounds[i], 2));
            _appeal(attacker, rounds[i], LIE_B, 1);
            _assertPot(Kind.Appeal, rounds[i], LIE_B, 0, 0);
            _assertPot(Kind.Stake, rounds[i], LIE_B, 0, 0);
        }
    }

    /// R-303: funding late, to dilute the reward or to take part of it, costs the funder that part of what was put in.
    function test_attack_fundingAfterTheProposalGainsNothing() public {
        _fund(alice, 1 ether);
        vm.warp(MATURITY + 3 hours);
        _propose(bob, TRUTH);
        vm.warp(block.timestamp + FIRST_WINDOW - 1);
        _fund(attacker, 9 ether);
        vm.warp(block.timestamp + 1);
        assertEq(_claim(alice, Kind.Fund, 0, 0), 0.5 ether);
        assertEq(_claim(attacker, Kind.Fund, 0, 0), 4.5 ether);
        assertEq(_claim(bob, Kind.Stake, 0, TRUTH), BOND + 5 ether);
        _assertHeld(0);
    }

    /// R-303: a proposer that funds its own reward gets back what it put in, and nothing of it for a lie.
    function test_attack_fundingOnesOwnProposalGainsNothing() public {
        vm.warp(MATURITY + 3 hours);
        _propose(attacker, LIE);
        _fund(attacker, 1 ether);
        uint256 snapshot = vm.snapshotState();
        vm.warp(block.timestamp + FIRST_WINDOW);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE) + _claim(attacker, Kind.Fund, 0, 0), BOND + 1 ether);
        vm.revertToState(snapshot);

        _contribute(alice, 1, TRUTH, type(uint256).max);
        vm.warp(block.timestamp + WINDOW);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
        assertEq(_claim(attacker, Kind.Fund, 0, 0), 1 ether);
    }

    /// R-301, R-303: stake added to candidate 0 later, by contribution or appeal, has no part in its reward.
    function test_attack_laterStakeOnTheProposalHasNoReward() public {
        _fund(carol, 1 ether);
        vm.warp(MATURITY + 6 hours);
        _propose(alice, TRUTH);
        _contribute(attacker, 1, LIE, type(uint256).max);
        _contribute(bob, 2, TRUTH, type(uint256).max);
        vm.warp(block.timestamp + WINDOW);
        // d and 3 d on TRUTH share 5.6 d alike: A = 6 d, L = 2 d, sink 0.4 d.
        assertEq(_claim(bob, Kind.Stake, 2, TRUTH), 3 * BOND * 14 / 10);
        assertEq(_claim(alice, Kind.Stake, 0, TRUTH), BOND * 14 / 10 + 1 ether);
        assertEq(_claim(carol, Kind.Fund, 0, 0), 0);
    }

    /// R-204: an appeal for candidate 0 adds its ninth to that candidate and opens no second one.
    function test_attack_appealForTheProposalItself() public {
        _lieDisputed();
        _appeal(attacker, 2, LIE, type(uint256).max);
        _assertCandidates(_values(LIE, TRUTH), _amounts(BOND + 33_333_333_333_333_334, 2 * BOND));
        _rule(arbitrator, LIE);
        _assertOutcome(Outcome.Ruling, LIE);
        assertGt(_claim(attacker, Kind.Appeal, 2, LIE), 33_333_333_333_333_334 + FEE);
        assertGt(_claim(attacker, Kind.Stake, 0, LIE), BOND);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0);
    }

    /// R-202: INVALID is a value like any other: it can lead, be out-staked by numbers and by nothing else, and win.
    function test_attack_invalidAllTheWay() public {
        _toMaturity();
        _propose(attacker, INVALID);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.ValueLeads.selector, INVALID));
        _contribute(alice, 1, INVALID, 1);
        _contribute(alice, 1, INVALID - 1, type(uint256).max);
        _contribute(attacker, 2, INVALID, type(uint256).max);
        _contribute(alice, 3, 1, type(uint256).max);
        _assertCandidates(_values(INVALID, INVALID - 1, 1), _amounts(4 * BOND, 2 * BOND, 12 * BOND));
        _appeal(attacker, 4, INVALID, type(uint256).max);
        uint256 snapshot = vm.snapshotState();
        _rule(arbitrator, INVALID);
        _assertSettlement(INVALID);
        _assertOutcome(Outcome.Ruling, INVALID);
        assertGt(_claim(attacker, Kind.Stake, 2, INVALID), 3 * BOND * 14 / 10);
        assertEq(_claim(alice, Kind.Stake, 3, 1), 0);
        vm.revertToState(snapshot);
        // One less than INVALID is a number, and near to the largest number.
        _rule(arbitrator, INVALID - 2);
        _assertOutcome(Outcome.Ruling, INVALID - 1);
    }

    /// R-203: filling all but one wei of an honest pot and leaving: the stake is locked, and the last wei fills it.
    function test_attack_allButOneWei() public {
        _lieProposed();
        _contribute(attacker, 1, TRUTH, 2 * BOND - 1);
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.PotLive.selector, 1, TRUTH));
        vm.prank(attacker);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);
        assertEq(_contribute(alice, 1, TRUTH, type(uint256).max), 1);
        _assertState(2, TRUTH, 3 * BOND, MATURITY + FIRST_WINDOW - 1 + WINDOW, 0);
    }

    /// R-202: a value taken by someone else's pot in the same block costs the second staker nothing but gas: the round has
    /// moved, and the call reverts instead of staking in the next.
    function test_attack_frontRunningAContribution() public {
        _lieProposed();
        _contribute(attacker, 1, TRUTH, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, 1, 2));
        _contribute(alice, 1, TRUTH, 2 * BOND);
        // Nor can a proposal be put in front of another at a dearer bond than its maker agreed to.
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Active, Phase.Open));
        _propose(alice, TRUTH);
    }

    /// R-100: tokens sent to the oracle directly are nobody's, and change nobody's payout.
    function test_attack_donations() public {
        vm.prank(attacker);
        weth.transfer(address(oracle), 7 ether);
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0.28 ether);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
        assertEq(_collect(), 0.02 ether);
        _assertHeld(7 ether);
    }

    /// R-300: receipts sent to the oracle, to the sink or to oneself: nobody else's share changes.
    function test_attack_receiptsSentNowhere() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, BOND);
        _contribute(bob, 1, TRUTH, BOND);
        uint256 receipt = _receipt(Kind.Stake, 1, TRUTH);
        vm.startPrank(alice);
        oracle.transfer(alice, receipt, BOND);
        assertEq(oracle.balanceOf(alice, receipt), BOND);
        oracle.transfer(address(oracle), receipt, BOND / 2);
        oracle.transfer(SINK, receipt, BOND / 2);
        vm.stopPrank();
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(bob, Kind.Stake, 1, TRUTH), 0.14 ether);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NothingToClaim.selector, receipt));
        vm.prank(alice);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);
    }

    /// R-110: every deadline is open in the second before it and shut in its own, for all that depends on it at once.
    function test_attack_theSecondsAroundEveryDeadline() public {
        _lieProposed();
        uint256 deadline = MATURITY + FIRST_WINDOW;
        for (uint8 round = 1; round <= 4; ++round) {
            uint128 value = round % 2 == 1 ? TRUTH : LIE;
            uint128 leader = round % 2 == 1 ? LIE : TRUTH;
            vm.warp(deadline);
            _assertSettlement(leader);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Active));
            _contribute(alice, round, value, 1);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Active));
            _appeal(alice, round, value, 1);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
            _fund(alice, 1);
            vm.warp(deadline - 1);
            vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id));
            oracle.collect(fixing);
            if (round == 4) break;
            _contribute(alice, round, value, type(uint256).max);
            deadline = block.timestamp + WINDOW;
        }
        _appeal(attacker, 4, LIE, type(uint256).max);
        _assertPhase(Phase.Arbitration);
    }

    /// R-100: two oracles over one token, and two fixings that differ in one bit, share nothing.
    function test_attack_theSameFixingInAnotherOracle() public {
        _lieDisputed();
        IOracle other = IOracle(deployCode("MaturityOracle.sol:MaturityOracle", abi.encode(weth, SINK)));
        vm.warp(MATURITY + WINDOW);
        assertTrue(other.phase(fixing) == Phase.Open);
        uint256 receipt = _receipt(Kind.Stake, 1, TRUTH);
        vm.prank(alice);
        (bool isDone,) = address(other).call(abi.encodeCall(other.claim, (fixing, Kind.Stake, 1, TRUTH)));
        assertFalse(isDone);
        assertEq(other.balanceOf(alice, receipt), 0);
    }

    function _assertNothing(Kind kind, uint8 round, uint128 value) private {
        uint256 receipt = _receipt(kind, round, value);
        if (oracle.balanceOf(attacker, receipt) != 0) return;
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NothingToClaim.selector, receipt));
        vm.prank(attacker);
        oracle.claim(fixing, kind, round, value);
    }
}
