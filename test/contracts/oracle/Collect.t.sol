// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {Kind} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// The sink's share (R-301, R-302), once and by anyone.
contract CollectTest is OracleTest {
    /// R-301: nothing burns when nobody disputed.
    function test_collect_isNothingWhenUndisputed() public {
        _toMaturity();
        _propose(alice, TRUTH);
        vm.warp(MATURITY + FIRST_WINDOW);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Collected(id, 0);
        assertEq(_collect(), 0);
        assertEq(_claim(alice, Kind.Stake, 0, TRUTH), BOND);
    }

    /// R-301, R-103: 20 % of the losers' d by timeout.
    function test_collect_isAFifthOfTheLosersByTimeout() public {
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        vm.prank(stranger);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Collected(id, BOND / 5);
        assertEq(oracle.collect(fixing), BOND / 5);
        assertEq(weth.balanceOf(SINK), BOND / 5);
        _assertHeld(3 * BOND - BOND / 5);
    }

    /// R-301, R-103: 40 % of the losers' d + a by ruling, rounded down.
    function test_collect_isTwoFifthsOfTheLosersByRuling() public {
        _appealed();
        _rule(arbitrator, RULING);
        // (0.1 ether + 0.033333333333333334 ether) * 0.4 = 53 333 333 333 333 333.6 wei.
        assertEq(_collect(), 53_333_333_333_333_333);
    }

    /// R-302: 40 % of everything when nobody won.
    function test_collect_isTwoFifthsOfAllWithoutAWinner() public {
        _appealed();
        _rule(arbitrator, 1234e18);
        // 0.333333333333333334 ether * 0.4 = 133 333 333 333 333 333.6 wei.
        assertEq(_collect(), 133_333_333_333_333_333);
    }

    /// R-302, R-305: nothing burns on expiry, nor where nobody staked.
    function test_collect_isNothingOnExpiry() public {
        _appealed();
        vm.warp(MATURITY + 2 * LIMIT);
        assertEq(_collect(), 0);
        assertEq(weth.balanceOf(SINK), 0);

        fixing.indexId = "never proposed";
        _use(fixing);
        vm.warp(MATURITY + GRACE + LIMIT);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Collected(id, 0);
        assertEq(_collect(), 0);
    }

    /// R-305: the share does not depend on whether claims came first.
    function test_collect_beforeAndAfterClaims() public {
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0.28 ether);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
        assertEq(_collect(), 0.02 ether);
        _assertHeld(0);

        fixing.indexId = "the other way round";
        _use(fixing);
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        assertEq(_collect(), 0.02 ether);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0.28 ether);
        _assertHeld(0);
    }

    /// R-305
    function test_collect_revertsTheSecondTime() public {
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        _collect();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.AlreadyCollected.selector, id));
        oracle.collect(fixing);
        // Also where the share was nothing.
        fixing.indexId = "undisputed";
        _use(fixing);
        _lieProposed();
        vm.warp(MATURITY + FIRST_WINDOW);
        assertEq(_collect(), 0);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.AlreadyCollected.selector, id));
        oracle.collect(fixing);
    }

    /// R-305
    function test_collect_revertsInEveryPhaseBeforeSettlement() public {
        _assertNotSettled();
        _toMaturity();
        _assertNotSettled();
        _lieProposed();
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        _assertNotSettled();
        vm.warp(MATURITY);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        vm.warp(MATURITY + WINDOW - 1);
        _assertNotSettled();
        _appeal(attacker, 2, LIE, type(uint256).max);
        vm.warp(MATURITY + WINDOW - 1 + 2 * LIMIT - 1);
        _assertNotSettled();
        vm.warp(MATURITY + WINDOW - 1 + 2 * LIMIT);
        assertEq(_collect(), 0);
    }

    /// The other fixing's share stays where it is.
    function test_collect_takesOnlyItsOwnFixingsShare() public {
        _lieDisputed();
        fixing.indexId = "another";
        _use(fixing);
        _lieInsisted();
        vm.warp(MATURITY + WINDOW);
        // The losers hold 2 d here.
        assertEq(_collect(), 0.04 ether);
        _use(_defaults());
        assertEq(_collect(), 0.02 ether);
        _assertHeld(9 * BOND - 0.06 ether);
    }

    function _assertNotSettled() private {
        vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id));
        oracle.collect(fixing);
    }
}
