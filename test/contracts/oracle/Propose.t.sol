// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Kind, Outcome, Phase} from "src/types/Fixing.sol";

import {FixedOpenInterest, RevertingOpenInterest} from "../support/OpenInterestSources.sol";
import {OracleTest} from "../support/OracleTest.sol";

/// R-201. How the open interest is read is in OpenInterest.t.sol.
contract ProposeTest is OracleTest {
    /// R-201
    function test_propose_makesTheFirstCandidate() public {
        vm.warp(MATURITY + 17);
        uint256 before = weth.balanceOf(alice);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Proposed(id, alice, TRUTH, BOND, MATURITY + 17 + FIRST_WINDOW);
        assertEq(_propose(alice, TRUTH), BOND);

        assertEq(weth.balanceOf(alice), before - BOND);
        assertEq(oracle.balanceOf(alice, _receipt(Kind.Stake, 0, TRUTH)), BOND);
        _assertHeld(BOND);
        _assertPhase(Phase.Active);
        _assertState(1, TRUTH, BOND, MATURITY + 17 + FIRST_WINDOW, 0);
        _assertCandidates(_values(TRUTH), _amounts(BOND));
        _assertPot(Kind.Stake, 0, TRUTH, BOND, 0);
        _assertUnsettled();
    }

    /// R-201: value, d, deadline and flags share one slot; the other write is the receipt.
    function test_propose_writesOneSlotAndTheReceipt() public {
        _toMaturity();
        vm.record();
        _propose(alice, TRUTH);
        (, bytes32[] memory writes) = vm.accesses(address(oracle));
        assertEq(writes.length, 2);
    }

    /// R-201, R-110
    function test_propose_opensAtMaturity() public {
        vm.warp(MATURITY - 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Open));
        _propose(alice, TRUTH);
        vm.warp(MATURITY);
        _propose(alice, TRUTH);
        _assertState(1, TRUTH, BOND, MATURITY + FIRST_WINDOW, 0);
    }

    /// R-201, R-110: also after the grace, until the last second of Open.
    function test_propose_closesWithOpen() public {
        uint256 end = MATURITY + GRACE + LIMIT;
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(end + i);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
            _propose(alice, TRUTH);
        }
        vm.warp(end - 1);
        _propose(alice, TRUTH);
        _assertState(1, TRUTH, BOND, end - 1 + FIRST_WINDOW, 0);
    }

    /// R-201
    function test_propose_revertsWhileActiveAndAfter() public {
        _lieProposed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Active, Phase.Open));
        _propose(alice, TRUTH);
        vm.warp(MATURITY + FIRST_WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
        _propose(alice, TRUTH);
    }

    /// R-201
    function test_propose_revertsDuringARequestedArbitrationAndAfter() public {
        _requested();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Arbitration, Phase.Open));
        _propose(alice, TRUTH);
        vm.warp(MATURITY + GRACE + 2 * LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
        _propose(alice, TRUTH);
    }

    /// R-201: the extremes of a value, INVALID included.
    function test_propose_takesAnyValueButZero() public {
        _toMaturity();
        uint128[4] memory extremes = [uint128(1), INVALID - 1, INVALID, 1 << 127];
        for (uint256 i = 0; i < extremes.length; ++i) {
            Fixing memory f = _defaults();
            f.indexId = bytes32(i + 1);
            _use(f);
            _propose(alice, extremes[i]);
            _assertState(1, extremes[i], BOND, MATURITY + FIRST_WINDOW, 0);
            vm.warp(MATURITY + FIRST_WINDOW);
            _assertSettlement(extremes[i]);
            _assertOutcome(Outcome.Timeout, extremes[i]);
            vm.warp(MATURITY);
        }
        vm.expectRevert(IMaturityOracle.ZeroValue.selector);
        _propose(bob, 0);
    }

    /// R-201
    function test_propose_boundsTheBondByTheCallersMaximum() public {
        _toMaturity();
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, BOND, BOND - 1));
        oracle.propose(fixing, TRUTH, BOND - 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, BOND, 0));
        oracle.propose(fixing, TRUTH, 0);
        assertEq(oracle.propose(fixing, TRUTH, BOND), BOND);
    }

    /// R-201: the least bond survives its packing.
    function test_propose_withTheSmallestBond() public {
        Fixing memory f = _defaults();
        (f.minBond, f.arbitrationFee) = (1e9, 1);
        _use(f);
        _toMaturity();
        assertEq(_propose(alice, INVALID), 1e9);
        _assertState(1, INVALID, 1e9, MATURITY + FIRST_WINDOW, 0);
        _assertPot(Kind.Stake, 0, INVALID, 1e9, 0);
    }

    /// R-201: 2^80 itself is one more than 80 bits hold from zero.
    function test_propose_withTheLargestBondThroughAWholeGame() public {
        Fixing memory f = _defaults();
        f.minBond = 1 << 80;
        _use(f);
        _toMaturity();
        uint256 d = 1 << 80;
        assertEq(_propose(alice, INVALID - 1), d);
        _assertState(1, INVALID - 1, d, MATURITY + FIRST_WINDOW, 0);
        _assertPot(Kind.Stake, 0, INVALID - 1, d, 0);
        assertEq(_contribute(bob, 1, INVALID, type(uint256).max), 2 * d);
        assertEq(_contribute(alice, 2, 1, type(uint256).max), 6 * d);
        assertEq(_contribute(bob, 3, 1e18, type(uint256).max), 18 * d);
        _assertState(4, 1e18, 27 * d, MATURITY + WINDOW, 0);
        assertEq(_appeal(carol, 4, 2e18, type(uint256).max), 3 * d + FEE);
        _assertState(4, 1e18, 30 * d, MATURITY + WINDOW, MATURITY);
        _rule(arbitrator, 2e18);
        _assertOutcome(Outcome.Ruling, 2e18);
        // L = 27 d, of which 40 % burn: W = 3 d shares what is left less 1.5 F.
        uint256 sink = (27 * d * 40) / 100;
        assertEq(_collect(), sink);
        uint256 shared = 30 * d - sink - (3 * uint256(FEE)) / 2;
        assertEq(_claim(carol, Kind.Appeal, 4, 2e18), shared + (3 * uint256(FEE)) / 2);
        _assertHeld(0);
    }

    /// R-201: one wei more is refused, whatever the caller allows.
    function test_propose_refusesABondAboveTheProtocolsMaximum() public {
        FixedOpenInterest source = new FixedOpenInterest();
        Fixing memory f = _defaults();
        (f.openInterest, f.bondPpm) = (address(source), 100_000);
        _use(f);
        _toMaturity();
        source.set(10 * (1 << 80) + 10);
        bytes memory refusal = abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, (1 << 80) + 1, 1 << 80);
        vm.expectRevert(refusal);
        _propose(alice, TRUTH);
        vm.expectRevert(refusal);
        oracle.bond(fixing);
        // The caller's own maximum comes first.
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, (1 << 80) + 1, 5));
        vm.prank(alice);
        oracle.propose(fixing, TRUTH, 5);

        source.set(10 * (1 << 80) + 9);
        assertEq(oracle.bond(fixing), 1 << 80);
        assertEq(_propose(alice, TRUTH), 1 << 80);
    }

    /// R-209
    function test_propose_checksParametersThenValueThenPhaseThenBondThenToken() public {
        Fixing memory f = _defaults();
        f.window = 0;
        _use(f);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaturityOracle.ParameterOutOfBounds.selector, bytes32("window"), 0, 10 minutes, 30 days
            )
        );
        _propose(stranger, 0);

        // Zero value, wrong phase, unreadable open interest, bond, no tokens: each hides the next.
        f.window = WINDOW;
        f.openInterest = address(new RevertingOpenInterest());
        _use(f);
        vm.startPrank(stranger);
        vm.expectRevert(IMaturityOracle.ZeroValue.selector);
        oracle.propose(fixing, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Open));
        oracle.propose(fixing, TRUTH, 0);
        _toMaturity();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.OpenInterestUnreadable.selector, f.openInterest));
        oracle.propose(fixing, TRUTH, 0);
        _use(_defaults());
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, BOND, 0));
        oracle.propose(fixing, TRUTH, 0);
        vm.expectRevert(bytes(""));
        oracle.propose(fixing, TRUTH, BOND);
    }

    /// R-110: a fixing is only as good as the struct: another window is another fixing.
    function test_propose_isPerStruct() public {
        _lieProposed();
        Fixing memory f = _defaults();
        f.window += 1;
        _use(f);
        _assertPhase(Phase.Open);
        _assertState(0, 0, 0, 0, 0);
        _propose(alice, TRUTH);
        _assertState(1, TRUTH, BOND, MATURITY + FIRST_WINDOW, 0);
        _use(_defaults());
        _assertState(1, LIE, BOND, MATURITY + FIRST_WINDOW, 0);
    }
}
