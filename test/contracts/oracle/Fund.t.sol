// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Kind, Phase} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// R-303: the reward pot. What it pays is in Claim.t.sol.
contract FundTest is OracleTest {
    /// R-303
    function test_fund_takesTheAmountAgainstReceipts() public {
        uint256 before = weth.balanceOf(alice);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Funded(id, alice, 3 ether);
        _fund(alice, 3 ether);

        assertEq(oracle.balanceOf(alice, _receipt(Kind.Fund, 0, 0)), 3 ether);
        assertEq(weth.balanceOf(alice), before - 3 ether);
        _assertPot(Kind.Fund, 0, 0, 3 ether, 0);
        _assertHeld(3 ether);
    }

    /// R-303
    function test_fund_addsUp() public {
        _fund(alice, 3 ether);
        _fund(bob, 1);
        _fund(alice, 5);
        assertEq(oracle.balanceOf(alice, _receipt(Kind.Fund, 0, 0)), 3 ether + 5);
        assertEq(oracle.balanceOf(bob, _receipt(Kind.Fund, 0, 0)), 1);
        _assertPot(Kind.Fund, 0, 0, 3 ether + 6, 0);
        _assertHeld(3 ether + 6);
    }

    /// R-303: in every phase until settlement.
    function test_fund_worksUntilTheDeadline() public {
        _fund(alice, 1);
        _toMaturity();
        _fund(alice, 1);
        _propose(attacker, LIE);
        _fund(alice, 1);
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        _fund(alice, 1);

        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(MATURITY + FIRST_WINDOW + i);
            vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
            _fund(alice, 1);
        }
        _assertPot(Kind.Fund, 0, 0, 4, 0);
    }

    /// R-303
    function test_fund_worksDuringArbitrationUntilItExpires() public {
        _appealed();
        _fund(alice, 1);
        vm.warp(MATURITY + 2 * LIMIT - 1);
        _fund(alice, 1);
        vm.warp(MATURITY + 2 * LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
        _fund(alice, 1);
    }

    /// R-303
    function test_fund_revertsOnceRuled() public {
        _requested();
        _fund(alice, 1);
        _rule(arbitrator, RULING);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
        _fund(alice, 1);
    }

    /// R-303
    function test_fund_revertsOnceExpiredWithoutAProposal() public {
        vm.warp(MATURITY + GRACE + LIMIT - 1);
        _fund(alice, 1);
        vm.warp(MATURITY + GRACE + LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
        _fund(alice, 1);
    }

    /// R-209
    function test_fund_checksZeroAmountAfterParametersAndBeforePhase() public {
        vm.expectRevert(IMaturityOracle.ZeroAmount.selector);
        _fund(alice, 0);

        Fixing memory f = _defaults();
        f.window = 0;
        _use(f);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaturityOracle.ParameterOutOfBounds.selector, bytes32("window"), 0, 10 minutes, 30 days
            )
        );
        _fund(alice, 0);

        _use(_defaults());
        vm.warp(MATURITY + GRACE + LIMIT);
        vm.expectRevert(IMaturityOracle.ZeroAmount.selector);
        _fund(alice, 0);
    }

    function test_fund_checksPhaseBeforeTheToken() public {
        vm.warp(MATURITY + GRACE + LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Open));
        _fund(stranger, 1);
    }

    function test_fund_revertsForACallerWithoutTokens() public {
        vm.expectRevert(bytes(""));
        _fund(stranger, 1);
        _assertPot(Kind.Fund, 0, 0, 0, 0);
    }
}
