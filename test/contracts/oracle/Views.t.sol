// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing, FixingId, Kind, Outcome, Phase} from "src/types/Fixing.sol";

import {FixedOpenInterest} from "../support/OpenInterestSources.sol";
import {OracleTest} from "../support/OracleTest.sol";

/// The views of section 9 after every transition, and where they have nothing to say.
contract ViewsTest is OracleTest {
    uint256 internal constant A2 = 33_333_333_333_333_334;

    function test_views_immutables() public view {
        assertEq(oracle.BOND_TOKEN(), address(weth));
        assertEq(oracle.SINK(), SINK);
        assertEq(oracle.CHAIN_ID(), block.chainid);
    }

    /// R-111: zeros before a proposal, Pending, Open and funded.
    function test_views_beforeAProposal() public {
        for (uint256 i = 0; i < 3; ++i) {
            _assertState(0, 0, 0, 0, 0);
            _assertCandidates(new uint128[](0), new uint256[](0));
            _assertPot(Kind.Stake, 0, TRUTH, 0, 0);
            _assertPot(Kind.Stake, 1, TRUTH, 0, 0);
            _assertPot(Kind.Stake, 0, 0, 0, 0);
            _assertPot(Kind.Appeal, 0, TRUTH, 0, 0);
            _assertPot(Kind.Request, 0, 0, 0, 0);
            _assertPot(Kind.Fund, 0, 0, i == 2 ? 3 : 0, 0);
            _assertOutcome(Outcome.None, 0);
            _assertUnsettled();
            _toMaturity();
            if (i == 1) _fund(alice, 3);
        }
    }

    /// R-111: `pot` round by round: who could join what for how much, and what every filled pot took.
    function test_views_potThroughAWholeGame() public {
        _lieProposed();
        _assertPot(Kind.Stake, 0, LIE, BOND, 0);
        _assertPot(Kind.Stake, 0, TRUTH, 0, 0);
        _assertPot(Kind.Stake, 1, LIE, 0, 0);
        _assertPot(Kind.Stake, 1, TRUTH, 0, 2 * BOND);
        _assertPot(Kind.Stake, 1, LIE + 1, 0, 0);
        _assertPot(Kind.Stake, 1, 0, 0, 0);
        _assertPot(Kind.Stake, 2, TRUTH, 0, 0);
        _assertPot(Kind.Appeal, 1, TRUTH, 0, 0);
        _assertPot(Kind.Request, 0, 0, 0, 0);

        _contribute(alice, 1, TRUTH, type(uint256).max);
        _assertPot(Kind.Stake, 0, LIE, BOND, 0);
        _assertPot(Kind.Stake, 1, TRUTH, 2 * BOND, 0);
        _assertPot(Kind.Stake, 1, LIE_B, 0, 0);
        _assertPot(Kind.Stake, 2, TRUTH, 0, 0);
        _assertPot(Kind.Stake, 2, LIE, 0, 3 * BOND);
        _assertPot(Kind.Stake, 2, LIE_B, 0, 6 * BOND);
        _assertPot(Kind.Stake, 2, LIE - 1, 0, 0);
        _assertPot(Kind.Appeal, 2, TRUTH, 0, 0);
        _assertPot(Kind.Appeal, 2, LIE, 0, A2 + FEE);
        _assertPot(Kind.Appeal, 2, LIE_B, 0, A2 + FEE);
        _assertPot(Kind.Appeal, 2, TRUTH + 1, 0, 0);
        _assertPot(Kind.Appeal, 2, 0, 0, 0);
        _assertPot(Kind.Appeal, 1, LIE, 0, 0);
        _assertPot(Kind.Appeal, 3, LIE, 0, 0);

        _contribute(attacker, 2, LIE, type(uint256).max);
        _contribute(alice, 3, TRUTH, type(uint256).max);
        _assertPot(Kind.Stake, 2, LIE, 3 * BOND, 0);
        _assertPot(Kind.Stake, 3, TRUTH, 6 * BOND, 0);
        // At the limit there is no stake pot to join, only appeals: a = 1.2 / 9 rounded up.
        _assertPot(Kind.Stake, 4, LIE, 0, 0);
        _assertPot(Kind.Appeal, 4, LIE, 0, 133_333_333_333_333_334 + FEE);
        _assertPot(Kind.Appeal, 4, TRUTH, 0, 0);

        // At the deadline nothing can be joined; what filled stays.
        vm.warp(MATURITY + WINDOW);
        _assertPot(Kind.Appeal, 4, LIE, 0, 0);
        _assertPot(Kind.Stake, 3, TRUTH, 6 * BOND, 0);
        _claim(alice, Kind.Stake, 3, TRUTH);
        _assertPot(Kind.Stake, 3, TRUTH, 6 * BOND, 0);
    }

    /// R-111: in arbitration and after the ruling nothing can be joined, and everything filled can still be read.
    function test_views_potInArbitrationAndAfter() public {
        _lieDisputed();
        _appeal(bob, 2, LIE_B, 3);
        _appeal(attacker, 2, LIE, type(uint256).max);
        for (uint256 i = 0; i < 2; ++i) {
            _assertPot(Kind.Stake, 0, LIE, BOND, 0);
            _assertPot(Kind.Stake, 1, TRUTH, 2 * BOND, 0);
            _assertPot(Kind.Stake, 2, LIE_B, 0, 0);
            _assertPot(Kind.Appeal, 2, LIE, A2 + FEE, 0);
            _assertPot(Kind.Appeal, 2, LIE_B, 3, 0);
            _assertPot(Kind.Appeal, 2, TRUTH, 0, 0);
            _assertPot(Kind.Appeal, 1, LIE, 0, 0);
            _assertPot(Kind.Stake, 2, LIE, 0, 0);
            _assertPot(Kind.Request, 0, 0, 0, 0);
            if (i == 0) _rule(arbitrator, RULING);
        }
        _claim(attacker, Kind.Appeal, 2, LIE);
        _assertPot(Kind.Appeal, 2, LIE, A2 + FEE, 0);
    }

    /// R-111: rounds and values that mean nothing read (0, 0) in every phase.
    function test_views_potOfNonsense() public {
        _assertNonsense();
        _lieProposed();
        _assertNonsense();
        _disputeAndAppeal();
        _assertNonsense();
        _rule(arbitrator, RULING);
        _assertNonsense();

        fixing.indexId = "requested";
        _use(fixing);
        vm.warp(MATURITY + GRACE);
        _assertNonsense();
        _requested();
        _assertNonsense();
        _assertPot(Kind.Stake, 0, LIE, 0, 0);
        _rule(arbitrator, RULING);
        _assertNonsense();
    }

    /// R-111: no winner is 0, also where as many candidates are stored as there can be.
    function test_views_noWinnerAmongFourCandidates() public {
        _lieDisputed();
        _contribute(attacker, 2, LIE_B, type(uint256).max);
        _contribute(alice, 3, LIE_C, type(uint256).max);
        _assertOutcome(Outcome.None, 0);
        _appeal(bob, 4, TRUTH, type(uint256).max);
        _assertOutcome(Outcome.None, 0);
        _rule(arbitrator, 9000e18);
        _assertOutcome(Outcome.Ruling, 0);
    }

    /// R-111, R-201: the least value there is has its bond like every other.
    function test_views_ofTheLeastValue() public {
        _toMaturity();
        _propose(proposer, 1);
        _assertState(1, 1, BOND, MATURITY + FIRST_WINDOW, 0);
        _assertCandidates(_values(1), _amounts(BOND));
        _assertPot(Kind.Stake, 1, 2, 0, 2 * BOND);
        vm.warp(MATURITY + FIRST_WINDOW);
        _assertOutcome(Outcome.Timeout, 1);
    }

    /// R-111: `state` and `candidates` keep what was written last, through claims and for ever.
    function test_views_stateStaysAfterSettlement() public {
        _appealed();
        _rule(arbitrator, RULING);
        _claim(alice, Kind.Stake, 1, TRUTH);
        _collect();
        vm.warp(MATURITY + 1000 * LIMIT);
        _assertState(2, TRUTH, 3 * BOND + A2, MATURITY + WINDOW, MATURITY);
        _assertCandidates(_values(LIE, TRUTH), _amounts(BOND + A2, 2 * BOND));
        _assertSettlement(RULING);
        _assertOutcome(Outcome.Ruling, TRUTH);
    }

    /// R-201, R-111: `bond` is a quote from the present open interest, in any phase.
    function test_views_bondInAnyPhase() public {
        FixedOpenInterest source = new FixedOpenInterest();
        Fixing memory f = _defaults();
        f.openInterest = address(source);
        _use(f);
        assertEq(oracle.bond(fixing), BOND);
        source.set(40 ether);
        assertEq(oracle.bond(fixing), BOND);
        // 0.25 % of the open interest, rounded down, once that is more.
        source.set(40 ether + 400);
        assertEq(oracle.bond(fixing), BOND + 1);
        source.set(40 ether + 799);
        assertEq(oracle.bond(fixing), BOND + 1);
        _toMaturity();
        source.set(1000 ether);
        assertEq(oracle.bond(fixing), 2.5 ether);
        assertEq(_propose(attacker, LIE), 2.5 ether);
        source.set(2000 ether);
        assertEq(oracle.bond(fixing), 5 ether);
        // The proposal's own bond does not follow.
        _assertState(1, LIE, 2.5 ether, MATURITY + FIRST_WINDOW, 0);
        vm.warp(MATURITY + FIRST_WINDOW);
        assertEq(oracle.bond(fixing), 5 ether);
    }

    /// Property 4: M + proposalGrace + 3 arbitrationLimit + firstWindow + 3 window, for any struct.
    function testFuzz_worstCase(uint64 maturity, uint32 grace, uint32 limit, uint32 first, uint32 later) public view {
        Fixing memory f = _defaults();
        f.maturity = maturity % (1 << 39);
        (f.proposalGrace, f.arbitrationLimit, f.firstWindow, f.window) = (grace, limit, first, later);
        uint256 want = uint256(f.maturity) + grace + 3 * uint256(limit) + first + 3 * uint256(later);
        assertEq(oracle.worstCase(f), want);
    }

    /// R-101: the id of any struct, valid or not, by the formula of section 3.
    function testFuzz_fixingId(Fixing memory f) public view {
        assertEq(FixingId.unwrap(oracle.fixingId(f)), keccak256(abi.encode(block.chainid, address(oracle), f)));
    }

    /// R-111: phase and outcome of a fixing that settles by timeout at K, in between two claims.
    function test_views_outcomeIsNotMovedByClaims() public {
        _atLeaderLimit();
        vm.warp(MATURITY + WINDOW);
        for (uint256 i = 0; i < 3; ++i) {
            _assertPhase(Phase.Settled);
            _assertSettlement(TRUTH);
            _assertOutcome(Outcome.Timeout, TRUTH);
            _assertState(4, TRUTH, 12 * BOND, MATURITY + WINDOW, 0);
            if (i == 0) _claim(alice, Kind.Stake, 1, TRUTH);
            if (i == 1) _collect();
        }
    }

    function _disputeAndAppeal() private {
        _contribute(alice, 1, TRUTH, type(uint256).max);
        _appeal(attacker, 2, LIE, type(uint256).max);
    }

    function _assertNonsense() private view {
        _assertPot(Kind.Stake, 5, LIE, 0, 0);
        _assertPot(Kind.Stake, 255, LIE, 0, 0);
        _assertPot(Kind.Appeal, 255, LIE, 0, 0);
        _assertPot(Kind.Stake, 0, 0, 0, 0);
        _assertPot(Kind.Stake, 1, 0, 0, 0);
        _assertPot(Kind.Stake, 2, 0, 0, 0);
        _assertPot(Kind.Appeal, 0, 0, 0, 0);
        _assertPot(Kind.Appeal, 2, 0, 0, 0);
        _assertPot(Kind.Appeal, 0, LIE, 0, 0);
        _assertPot(Kind.Request, 1, 0, 0, 0);
        _assertPot(Kind.Request, 0, LIE, 0, 0);
        _assertPot(Kind.Fund, 1, 0, 0, 0);
        _assertPot(Kind.Fund, 0, LIE, 0, 0);
    }
}
