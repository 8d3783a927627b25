// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Kind, Outcome, Phase} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// R-206: arbitration of a fixing that nobody proposed.
contract RequestTest is OracleTest {
    uint64 internal constant GRACE_END = MATURITY + GRACE;

    /// R-206, R-207
    function test_request_sendsTheFixingToTheArbitrator() public {
        vm.warp(GRACE_END + 3);
        uint256 before = weth.balanceOf(carol);
        _assertPot(Kind.Request, 0, 0, 0, FEE);
        vm.expectCall(arbitrator, hex"", 0);
        vm.expectCall(backup, hex"", 0);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Arbitrated(id, arbitrator, backup, Kind.Request, GRACE_END + 3);
        _request(carol);

        assertEq(weth.balanceOf(carol), before - FEE);
        assertEq(weth.balanceOf(arbitrator), 0);
        assertEq(oracle.balanceOf(carol, _receipt(Kind.Request, 0, 0)), FEE);
        _assertHeld(FEE);
        _assertPhase(Phase.Arbitration);
        _assertState(0, 0, 0, 0, GRACE_END + 3);
        _assertCandidates(new uint128[](0), new uint256[](0));
        _assertPot(Kind.Request, 0, 0, FEE, 0);
        _assertUnsettled();
    }

    /// R-206
    function test_request_opensWhenTheGraceEnds() public {
        vm.warp(MATURITY);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.GraceRunning.selector, MATURITY, GRACE_END));
        _request(carol);
        vm.warp(GRACE_END - 1);
        _assertPot(Kind.Request, 0, 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.GraceRunning.selector, GRACE_END - 1, GRACE_END));
        _request(carol);
        vm.warp(GRACE_END);
        _assertPot(Kind.Request, 0, 0, 0, FEE);
        _request(carol);
        _assertState(0, 0, 0, 0, GRACE_END);
    }

    /// R-206, R-110
    function test_request_closesWithOpen() public {
        uint256 end = GRACE_END + LIMIT;
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(end + i);
            _assertPot(Kind.Request, 0, 0, 0, 0);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
            _request(carol);
        }
        vm.warp(end - 1);
        _request(carol);
        vm.warp(end);
        _assertPhase(Phase.Arbitration);
        _assertUnsettled();
    }

    /// R-206
    function test_request_revertsInEveryOtherPhase() public {
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Open));
        _request(carol);
        _lieProposed();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Active, Phase.Open));
        _request(carol);
        vm.warp(GRACE_END);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
        _request(carol);
    }

    /// R-206: once.
    function test_request_revertsTheSecondTime() public {
        _requested();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Arbitration, Phase.Open));
        _request(alice);
    }

    /// R-206: after the grace both a proposal and a request are possible, and the first one decides.
    function test_request_doesNotFollowAProposal() public {
        vm.warp(GRACE_END);
        _propose(alice, TRUTH);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Active, Phase.Open));
        _request(carol);
        _assertPot(Kind.Request, 0, 0, 0, 0);
    }

    /// R-209
    function test_request_checksParametersThenPhaseThenGraceThenToken() public {
        Fixing memory f = _defaults();
        f.window = 0;
        _use(f);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaturityOracle.ParameterOutOfBounds.selector, bytes32("window"), 0, 10 minutes, 30 days
            )
        );
        _request(stranger);
        _use(_defaults());
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Open));
        _request(stranger);
        vm.warp(GRACE_END - 1);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.GraceRunning.selector, GRACE_END - 1, GRACE_END));
        _request(stranger);
        vm.warp(GRACE_END);
        vm.expectRevert(bytes(""));
        _request(stranger);
        _assertPhase(Phase.Open);
    }

    /// R-205, R-206: the ruling settles, whatever it is: there is no candidate to match.
    function test_request_isSettledByTheRuling() public {
        _requested();
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Ruled(id, arbitrator, RULING, 0);
        _rule(arbitrator, RULING);
        assertEq(weth.balanceOf(arbitrator), FEE);
        _assertSettlement(RULING);
        _assertOutcome(Outcome.Ruling, 0);
        _assertState(0, 0, 0, 0, GRACE_END);
        _assertPot(Kind.Request, 0, 0, FEE, 0);
        _assertHeld(0);
    }

    /// R-206
    function test_request_canBeRuledInvalid() public {
        _requested();
        _rule(arbitrator, INVALID);
        _assertSettlement(INVALID);
        _assertOutcome(Outcome.Ruling, 0);
    }

    /// R-206: on expiry the requester has F back.
    function test_request_isRefundedOnExpiry() public {
        _fund(alice, 1 ether);
        _requested();
        vm.warp(GRACE_END + 2 * LIMIT);
        _assertSettlement(INVALID);
        _assertOutcome(Outcome.Expiry, 0);
        assertEq(_claim(carol, Kind.Request, 0, 0), FEE);
        assertEq(_claim(alice, Kind.Fund, 0, 0), 1 ether);
        assertEq(_collect(), 0);
        _assertHeld(0);
    }

    /// R-206: min(floor(1.5 F), reward pot), for every size of the pot that makes a difference.
    function test_request_isRepaidFromTheRewardPot() public {
        // F = 7: 1.5 F rounds down to 10.
        uint256[6] memory pots = [uint256(0), 1, 9, 10, 11, 1000];
        uint256[6] memory repaid = [uint256(0), 1, 9, 10, 10, 10];
        for (uint256 i = 0; i < pots.length; ++i) {
            Fixing memory f = _defaults();
            f.indexId = bytes32(i + 1);
            f.arbitrationFee = 7;
            _use(f);
            vm.warp(MATURITY);
            if (pots[i] > 0) _fund(alice, pots[i]);
            vm.warp(GRACE_END);
            _request(carol);
            _rule(arbitrator, RULING);
            assertEq(_claim(carol, Kind.Request, 0, 0), repaid[i], "repaid");
            if (pots[i] > 0) assertEq(_claim(alice, Kind.Fund, 0, 0), pots[i] - repaid[i], "refunded");
            assertEq(_collect(), 0);
            _assertHeld(0);
        }
    }

    /// R-206, R-303: what the request used is borne pro rata, also by those who funded later.
    function test_request_repaymentIsBorneProRata() public {
        _fund(alice, 0.3 ether);
        _requested();
        _fund(bob, 0.1 ether);
        _rule(arbitrator, RULING);
        // 0.4 less 1.5 * 0.04 = 0.34, three quarters of it alice's.
        assertEq(_claim(bob, Kind.Fund, 0, 0), 0.085 ether);
        assertEq(_claim(carol, Kind.Request, 0, 0), 0.06 ether);
        assertEq(_claim(alice, Kind.Fund, 0, 0), 0.255 ether);
        _assertHeld(0);
    }
}
