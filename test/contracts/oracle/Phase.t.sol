// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing, FixingId, Outcome, Phase} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// R-110: phases are derived. Each boundary at the second before, at it, and after; no transaction in between.
contract PhaseTest is OracleTest {
    /// R-110
    function test_phase_opensAtMaturity() public {
        _assertBoundary(MATURITY, Phase.Pending, Phase.Open);
        vm.warp(0);
        _assertPhase(Phase.Pending);
    }

    /// R-110
    function test_phase_expiresWithoutAProposal() public {
        _assertBoundary(MATURITY + GRACE + LIMIT, Phase.Open, Phase.Settled);
        _assertOutcome(Outcome.Expiry, 0);
        assertEq(oracle.settlement(fixing), INVALID);
    }

    /// The end of the grace is no boundary of phases.
    function test_phase_staysOpenPastTheGrace() public {
        _assertBoundary(MATURITY + GRACE, Phase.Open, Phase.Open);
    }

    /// R-110
    function test_phase_settlesAtTheFirstDeadline() public {
        vm.warp(MATURITY + 5);
        _propose(alice, TRUTH);
        _assertBoundary(MATURITY + 5 + FIRST_WINDOW, Phase.Active, Phase.Settled);
        _assertSettlement(TRUTH);
        _assertOutcome(Outcome.Timeout, TRUTH);
    }

    /// R-110: a proposal in the last second of Open is not cut short by Open's end.
    function test_phase_aLateProposalHasItsWholeWindow() public {
        uint256 end = MATURITY + GRACE + LIMIT;
        vm.warp(end - 1);
        _propose(alice, TRUTH);
        _assertBoundary(end, Phase.Active, Phase.Active);
        _assertBoundary(end - 1 + FIRST_WINDOW, Phase.Active, Phase.Settled);
        _assertSettlement(TRUTH);
    }

    /// R-110: deadlines of rounds 2, 3 and 4, each a window after its install.
    function test_phase_settlesAtLaterDeadlines() public {
        _lieDisputed();
        _assertBoundary(MATURITY + WINDOW, Phase.Active, Phase.Settled);
        _assertSettlement(TRUTH);
        vm.warp(MATURITY + WINDOW - 1);
        _contribute(attacker, 2, LIE, type(uint256).max);
        _assertBoundary(MATURITY + 2 * WINDOW - 1, Phase.Active, Phase.Settled);
        _assertSettlement(LIE);
        vm.warp(MATURITY + 2 * WINDOW - 2);
        _contribute(alice, 3, TRUTH, type(uint256).max);
        _assertBoundary(MATURITY + 3 * WINDOW - 2, Phase.Active, Phase.Settled);
        _assertSettlement(TRUTH);
        _assertOutcome(Outcome.Timeout, TRUTH);
    }

    /// R-110: Arbitration while now < t0 + 2 arbitrationLimit, whatever the leader's deadline was.
    function test_phase_arbitrationOutlivesTheDeadlineAndExpires() public {
        _appealed();
        _assertBoundary(MATURITY + WINDOW, Phase.Arbitration, Phase.Arbitration);
        _assertBoundary(MATURITY + LIMIT, Phase.Arbitration, Phase.Arbitration);
        _assertBoundary(MATURITY + 2 * LIMIT, Phase.Arbitration, Phase.Settled);
        _assertSettlement(INVALID);
        _assertOutcome(Outcome.Expiry, 0);
    }

    /// R-110: also of a requested one, past the end of Open.
    function test_phase_requestedArbitrationExpires() public {
        vm.warp(MATURITY + GRACE + LIMIT - 1);
        _request(carol);
        uint256 start = MATURITY + GRACE + LIMIT - 1;
        _assertBoundary(start + 2 * LIMIT, Phase.Arbitration, Phase.Settled);
        _assertSettlement(INVALID);
        _assertOutcome(Outcome.Expiry, 0);
    }

    /// R-110: a ruling settles at once.
    function test_phase_settlesWithTheRuling() public {
        _appealed();
        _assertPhase(Phase.Arbitration);
        _rule(arbitrator, RULING);
        _assertSettlement(RULING);
    }

    /// R-110: the shortest parameters there are: ten minutes and one second.
    function test_phase_withTheShortestParameters() public {
        Fixing memory f = _defaults();
        (f.firstWindow, f.window, f.proposalGrace, f.arbitrationLimit) = (10 minutes, 10 minutes, 10 minutes, 1 days);
        _use(f);
        _assertBoundary(MATURITY + 10 minutes + 1 days, Phase.Open, Phase.Settled);
        vm.warp(MATURITY + 10 minutes);
        _propose(attacker, LIE);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        _assertBoundary(MATURITY + 20 minutes, Phase.Active, Phase.Settled);
        vm.warp(MATURITY + 20 minutes - 1);
        _appeal(attacker, 2, LIE, type(uint256).max);
        _assertBoundary(MATURITY + 20 minutes - 1 + 2 days, Phase.Arbitration, Phase.Settled);
        vm.warp(MATURITY + 20 minutes - 1 + 1 days);
        _rule(backup, RULING);
        _assertSettlement(RULING);
    }

    /// R-110: the longest parameters and the latest maturity.
    function test_phase_withTheLongestParameters() public {
        Fixing memory f = _defaults();
        f.maturity = (1 << 39) - 1;
        (f.firstWindow, f.window, f.proposalGrace, f.arbitrationLimit) = (30 days, 30 days, 30 days, 60 days);
        _use(f);
        _assertBoundary(f.maturity, Phase.Pending, Phase.Open);
        uint256 now_ = uint256(f.maturity) + 90 days - 1;
        vm.warp(now_);
        _propose(attacker, LIE);
        _assertState(1, LIE, BOND, now_ + 30 days, 0);
        now_ += 30 days - 1;
        vm.warp(now_);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        _assertState(2, TRUTH, 3 * BOND, now_ + 30 days, 0);
        _appeal(attacker, 2, LIE, type(uint256).max);
        _assertBoundary(now_ + 120 days, Phase.Arbitration, Phase.Settled);
        _assertSettlement(INVALID);
    }

    /// Property 4: the longest possible life ends within `worstCase`; five of its steps must come a second early.
    function test_phase_theLongestLifeEndsByTheWorstCase() public {
        uint256 worst = uint256(MATURITY) + GRACE + 3 * LIMIT + FIRST_WINDOW + 3 * WINDOW;
        assertEq(oracle.worstCase(fixing), worst);
        uint256 now_ = MATURITY + GRACE + LIMIT - 1;
        vm.warp(now_);
        _propose(attacker, LIE);
        now_ += FIRST_WINDOW - 1;
        vm.warp(now_);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        now_ += WINDOW - 1;
        vm.warp(now_);
        _contribute(attacker, 2, LIE, type(uint256).max);
        now_ += WINDOW - 1;
        vm.warp(now_);
        _contribute(alice, 3, TRUTH, type(uint256).max);
        now_ += WINDOW - 1;
        vm.warp(now_);
        _appeal(attacker, 4, LIE, type(uint256).max);
        _assertBoundary(worst - 5, Phase.Arbitration, Phase.Settled);
        _assertSettlement(INVALID);
    }

    /// Property 4: undisputed, a value is final a first window after its proposal.
    function test_phase_undisputedIsFinalAfterTheFirstWindow() public {
        _toMaturity();
        _propose(alice, TRUTH);
        vm.warp(MATURITY + FIRST_WINDOW);
        _assertSettlement(TRUTH);
    }

    /// R-111: `settlementOf` knows stored facts only: a fixing that was never proposed nor requested reads (false, 0) for
    /// ever.
    function test_settlementOf_knowsNothingOfAFixingNobodyTouched() public {
        uint256[4] memory times =
            [uint256(MATURITY) - 1, MATURITY, MATURITY + GRACE + LIMIT - 1, MATURITY + GRACE + LIMIT];
        for (uint256 i = 0; i < times.length; ++i) {
            vm.warp(times[i]);
            (bool settled, uint128 value) = oracle.settlementOf(id);
            assertFalse(settled);
            assertEq(value, 0);
        }
        assertEq(oracle.settlement(fixing), INVALID);
        // Also after funding and collecting, which store nothing about it.
        oracle.collect(fixing);
        (bool isSettled, uint128 got) = oracle.settlementOf(id);
        assertFalse(isSettled);
        assertEq(got, 0);
        (isSettled, got) = oracle.settlementOf(FixingId.wrap(bytes32(0)));
        assertFalse(isSettled);
        assertEq(got, 0);
    }

    /// `before` holds in the second before `time`, `from` at it and in the second after.
    function _assertBoundary(uint256 time, Phase before, Phase from) private {
        vm.warp(time - 1);
        _assertPhase(before);
        if (before != Phase.Settled) _assertUnsettled();
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(time + i);
            _assertPhase(from);
            if (from != Phase.Settled) _assertUnsettled();
        }
    }
}
