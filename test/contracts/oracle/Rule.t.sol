// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Kind, Outcome, Phase} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// R-205: who may rule when, and which candidate a ruling makes the winner.
contract RuleTest is OracleTest {
    /// R-205: the settlement is the ruling itself, the winner the candidate near it; the arbitrator receives F.
    function test_rule_settlesAtTheRulingAndPaysTheFee() public {
        _appealed();
        (,, uint256 staked,,) = oracle.state(fixing);
        vm.warp(MATURITY + 7);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Ruled(id, arbitrator, RULING, TRUTH);
        _rule(arbitrator, RULING);

        assertEq(weth.balanceOf(arbitrator), FEE);
        _assertHeld(staked);
        _assertSettlement(RULING);
        _assertOutcome(Outcome.Ruling, TRUTH);
        _assertState(2, TRUTH, staked, MATURITY + WINDOW, MATURITY);
        _assertCandidates(_values(LIE, TRUTH), _amounts(BOND + staked - 3 * BOND, 2 * BOND));
    }

    /// R-205: the losing leader is overruled.
    function test_rule_canMakeAnyCandidateTheWinner() public {
        _appealed();
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Ruled(id, arbitrator, LIE + 5, LIE);
        _rule(arbitrator, LIE + 5);
        _assertSettlement(LIE + 5);
        _assertOutcome(Outcome.Ruling, LIE);
    }

    /// R-205: outside everybody's band nobody wins, and the ruling settles all the same.
    function test_rule_withoutAWinner() public {
        _appealed();
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Ruled(id, arbitrator, 1234e18, 0);
        _rule(arbitrator, 1234e18);
        _assertSettlement(1234e18);
        _assertOutcome(Outcome.Ruling, 0);
    }

    /// R-205: final: not by the same arbitrator, not by the backup, not by time.
    function test_rule_isFinal() public {
        _appealed();
        _rule(arbitrator, RULING);
        uint256[4] memory times = [uint256(MATURITY), MATURITY + LIMIT, MATURITY + 2 * LIMIT, MATURITY + 1000 * LIMIT];
        for (uint256 i = 0; i < times.length; ++i) {
            vm.warp(times[i]);
            _assertSettlement(RULING);
            vm.expectRevert(
                abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Arbitration)
            );
            _rule(arbitrator, LIE);
            vm.expectRevert(
                abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Arbitration)
            );
            _rule(backup, LIE);
        }
    }

    /// R-205
    function test_rule_belongsToTheArbitratorUntilTheLimit() public {
        _appealed();
        vm.warp(MATURITY + LIMIT - 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, backup, arbitrator));
        _rule(backup, RULING);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, stranger, arbitrator));
        _rule(stranger, RULING);
        _rule(arbitrator, RULING);
        assertEq(weth.balanceOf(arbitrator), FEE);
    }

    /// R-205
    function test_rule_belongsToTheBackupFromTheLimitOn() public {
        _appealed();
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(MATURITY + LIMIT + i);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, arbitrator, backup));
            _rule(arbitrator, RULING);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, stranger, backup));
            _rule(stranger, RULING);
        }
        vm.warp(MATURITY + LIMIT);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Ruled(id, backup, RULING, TRUTH);
        _rule(backup, RULING);
        assertEq(weth.balanceOf(backup), FEE);
        assertEq(weth.balanceOf(arbitrator), 0);
        _assertSettlement(RULING);
    }

    /// R-205, R-110: the backup's last second, and the end.
    function test_rule_endsWithTheBackupsTurn() public {
        _appealed();
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(MATURITY + 2 * LIMIT + i);
            vm.expectRevert(
                abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Arbitration)
            );
            _rule(backup, RULING);
            _assertSettlement(INVALID);
            _assertOutcome(Outcome.Expiry, 0);
        }
        vm.warp(MATURITY + 2 * LIMIT - 1);
        _assertUnsettled();
        _rule(backup, RULING);
        vm.warp(MATURITY + 2 * LIMIT);
        _assertSettlement(RULING);
    }

    /// R-205, R-206: the turns of a requested arbitration run from the request.
    function test_rule_turnsOfARequestedArbitration() public {
        vm.warp(MATURITY + GRACE + 11);
        _request(carol);
        vm.warp(MATURITY + GRACE + 11 + LIMIT - 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, backup, arbitrator));
        _rule(backup, RULING);
        vm.warp(MATURITY + GRACE + 11 + LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, arbitrator, backup));
        _rule(arbitrator, RULING);
        vm.warp(MATURITY + GRACE + 11 + 2 * LIMIT - 1);
        _rule(backup, RULING);
        assertEq(weth.balanceOf(backup), FEE);
    }

    function test_rule_revertsInEveryOtherPhase() public {
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Arbitration));
        _rule(arbitrator, RULING);
        _toMaturity();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Open, Phase.Arbitration));
        _rule(arbitrator, RULING);
        _lieDisputed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Active, Phase.Arbitration));
        _rule(arbitrator, RULING);
        vm.warp(MATURITY + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Arbitration));
        _rule(arbitrator, RULING);
    }

    /// R-209
    function test_rule_checksValueThenPhaseThenCaller() public {
        vm.expectRevert(IMaturityOracle.ZeroValue.selector);
        _rule(stranger, 0);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Arbitration));
        _rule(stranger, 1);
        _appealed();
        vm.expectRevert(IMaturityOracle.ZeroValue.selector);
        _rule(arbitrator, 0);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, stranger, arbitrator));
        _rule(stranger, 1);
    }

    /// R-205: near is a ratio: 1052 : 1000 is less than 1000 : 950, though the difference is more.
    function test_rule_nearestIsARatio() public {
        _disputeAndAppeal(950, 1052, 5000);
        _rule(arbitrator, 1000);
        _assertOutcome(Outcome.Ruling, 1052);
    }

    /// R-205: 900, 990, 1089 in steps of exactly 1.1: the tie goes to the leader, be it the later …
    function test_rule_tieGoesToTheLeader() public {
        _disputeAndAppeal(900, 1089, 5000);
        _rule(arbitrator, 990);
        _assertOutcome(Outcome.Ruling, 1089);
    }

    /// R-205: … or the earlier.
    function test_rule_tieGoesToTheEarlierLeader() public {
        _disputeAndAppeal(1089, 900, 5000);
        _rule(arbitrator, 990);
        _assertOutcome(Outcome.Ruling, 900);
    }

    /// R-205: the leader also beats an appealed value at the same distance.
    function test_rule_tieBetweenLeaderAndAppealedGoesToTheLeader() public {
        _disputeAndAppeal(5000, 900, 1089);
        _rule(arbitrator, 990);
        _assertOutcome(Outcome.Ruling, 900);
    }

    /// R-205: between two that do not lead the tie goes to the earlier.
    function test_rule_tieGoesToTheEarlierWhenTheLeaderIsFarther() public {
        _disputeAndAppeal(1089, 5000, 900);
        _rule(arbitrator, 990);
        _assertOutcome(Outcome.Ruling, 1089);
    }

    /// R-205: one wei decides what would be a tie.
    function test_rule_comparesExactly() public {
        _disputeAndAppeal(900e18, 1089e18, 5000e18);
        _rule(arbitrator, 990e18 - 1);
        _assertOutcome(Outcome.Ruling, 900e18);
    }

    /// R-205: |w - f| 1e6 <= bandPpm min(w, f) with 1 %, above the ruling.
    function test_rule_bandIsExactAbove() public {
        _narrowBand();
        _disputeAndAppeal(1_010_001, 5_000_000, 6_000_000);
        _rule(arbitrator, 1_000_000);
        _assertOutcome(Outcome.Ruling, 0);

        _narrowBand();
        _disputeAndAppeal(1_010_000, 5_000_000, 6_000_000);
        _rule(arbitrator, 1_000_000);
        _assertOutcome(Outcome.Ruling, 1_010_000);
    }

    /// R-205: below the ruling the candidate is the smaller: 990 100 * 1.01 = 1 000 001.
    function test_rule_bandIsExactBelow() public {
        _narrowBand();
        _disputeAndAppeal(990_099, 5_000_000, 6_000_000);
        _rule(arbitrator, 1_000_000);
        _assertOutcome(Outcome.Ruling, 0);

        _narrowBand();
        _disputeAndAppeal(990_100, 5_000_000, 6_000_000);
        _rule(arbitrator, 1_000_000);
        _assertOutcome(Outcome.Ruling, 990_100);
    }

    /// R-205: INVALID matches only INVALID, wherever it stands.
    function test_rule_invalidMatchesOnlyInvalid() public {
        uint128[3][3] memory games = [
            [INVALID, TRUTH, LIE], // proposed
            [TRUTH, INVALID, LIE], // leading
            [TRUTH, LIE, INVALID] // appealed
        ];
        for (uint256 i = 0; i < games.length; ++i) {
            _nextFixing();
            _disputeAndAppeal(games[i][0], games[i][1], games[i][2]);
            _rule(arbitrator, INVALID);
            _assertSettlement(INVALID);
            _assertOutcome(Outcome.Ruling, INVALID);

            _nextFixing();
            _disputeAndAppeal(games[i][0], games[i][1], games[i][2]);
            _rule(arbitrator, INVALID - 1);
            _assertSettlement(INVALID - 1);
            _assertOutcome(Outcome.Ruling, 0);

            _nextFixing();
            _disputeAndAppeal(games[i][0], games[i][1], games[i][2]);
            _rule(arbitrator, TRUTH);
            _assertOutcome(Outcome.Ruling, TRUTH);
        }
    }

    /// R-205: a ruling of INVALID among numbers only has no winner.
    function test_rule_invalidAmongNumbersHasNoWinner() public {
        _disputeAndAppeal(INVALID - 1, TRUTH, 1);
        _rule(arbitrator, INVALID);
        _assertSettlement(INVALID);
        _assertOutcome(Outcome.Ruling, 0);
    }

    /// R-205: values near 2^128, where the products compared come near 2^256.
    function test_rule_comparesTheLargestValues() public {
        _wideBand();
        // Ratios to 2^127 * 1.1: 1.1 for the first, about 1.0999… for the second.
        uint128 f = uint128((uint256(1) << 127) * 11 / 10);
        uint128 high = uint128(uint256(f) * 11 / 10 - 1e20);
        _disputeAndAppeal(1 << 127, high, INVALID - 1);
        _rule(arbitrator, f);
        _assertOutcome(Outcome.Ruling, high);
    }

    /// R-205, R-208: the fifth candidate and the first are reached alike.
    function test_rule_findsTheWinnerAmongFive() public {
        uint128[5] memory values = [TRUTH, LIE, LIE_B, LIE_C, 7000e18];
        for (uint256 i = 0; i < 5; ++i) {
            _nextFixing();
            _toMaturity();
            _propose(alice, values[0]);
            _contribute(alice, 1, values[1], type(uint256).max);
            _contribute(alice, 2, values[2], type(uint256).max);
            _contribute(alice, 3, values[3], type(uint256).max);
            _appeal(alice, 4, values[4], type(uint256).max);
            _rule(arbitrator, values[i] + 3);
            _assertOutcome(Outcome.Ruling, values[i]);
            _assertSettlement(values[i] + 3);
        }
    }

    uint256 private _fixings;

    function _nextFixing() private {
        Fixing memory f = fixing;
        f.indexId = keccak256(abi.encode("fixing", ++_fixings));
        _use(f);
    }

    function _narrowBand() private {
        fixing.bandPpm = 10_000;
        _nextFixing();
    }

    function _wideBand() private {
        fixing.bandPpm = 200_000;
        _nextFixing();
    }

    /// `first` is proposed, `second` disputes it and leads, `appealedFor` goes to the arbitrator; a band of 20 % unless
    /// the fixing says otherwise.
    function _disputeAndAppeal(uint128 first, uint128 second, uint128 appealedFor) private {
        if (_fixings == 0) _wideBand();
        _toMaturity();
        _propose(attacker, first);
        _contribute(alice, 1, second, type(uint256).max);
        _appeal(bob, 2, appealedFor, type(uint256).max);
        _assertState(2, second, 3 * BOND + (3 * uint256(BOND) + 8) / 9, MATURITY + WINDOW, MATURITY);
    }
}
