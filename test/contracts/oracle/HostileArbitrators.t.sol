// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Kind, Outcome, Phase} from "src/types/Fixing.sol";

import {HostileArbitrator} from "../support/HostileArbitrator.sol";
import {OracleTest} from "../support/OracleTest.sol";

/// Arbitrators that revert, burn gas, rule twice, late, nonsense or never: whatever they do, everybody else is paid.
/// Stakes before each ruling: LIE d (attacker), TRUTH 2d (alice), appeal for LIE a + F (attacker), 3 wei for LIE_B (bob).
contract HostileArbitratorsTest is OracleTest {
    HostileArbitrator private hostile;

    function setUp() public override {
        super.setUp();
        hostile = new HostileArbitrator(oracle);
        Fixing memory f = _defaults();
        f.arbitrator = address(hostile);
        _use(f);
    }

    /// R-207: no action calls an arbitrator, so that one which reverts or burns gas stops none.
    function test_hostileArbitrator_isNeverCalled() public {
        hostile.burnGas();
        vm.expectCall(address(hostile), "", 0);
        _appealedByBoth();
        vm.warp(MATURITY + LIMIT);
        _rule(backup, RULING);
        _assertEverybodyGetsOut();
    }

    /// R-207: nor makes one dearer: every step to arbitration, by appeal or request, costs under a contract that burns all
    /// gas what it costs under an account without code, to the unit.
    /// forge-config: default.isolate = true
    function test_hostileArbitrator_makesNothingDearer() public {
        hostile.burnGas();
        uint256 start = vm.snapshotState();
        uint256[5] memory underHostile = _gasToArbitration();
        vm.revertToState(start);
        vm.etch(address(hostile), "");
        assertEq(abi.encode(underHostile), abi.encode(_gasToArbitration()));
    }

    /// R-205: both refuse to rule: everything expires and is refunded 1:1.
    function test_hostileArbitrator_silenceRefundsEverybody() public {
        fixing.backup = address(new HostileArbitrator(oracle));
        _use(fixing);
        _appealedByBoth();
        vm.warp(MATURITY + 2 * LIMIT - 1);
        _assertPhase(Phase.Arbitration);
        vm.warp(MATURITY + 2 * LIMIT);
        _assertSettlement(INVALID);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 2 * BOND);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), BOND);
        assertEq(_claim(attacker, Kind.Appeal, 2, LIE), 33_333_333_333_333_334 + FEE);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE_B), 3);
        assertEq(_collect(), 0);
        _assertHeld(0);
    }

    /// R-205: the second ruling of one transaction fails, the first stays, and the fee was paid once.
    function test_hostileArbitrator_rulesTwiceInOneTransaction() public {
        _appealedByBoth();
        bytes memory reason = hostile.ruleTwice(fixing, RULING, LIE);
        assertEq(
            reason, abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Arbitration)
        );
        assertEq(weth.balanceOf(address(hostile)), FEE);
        _assertSettlement(RULING);
        _assertEverybodyGetsOut();
    }

    /// R-205: a ruling from the second of the backup's turn on comes too late, and one after the end as well.
    function test_hostileArbitrator_rulesLate() public {
        _appealedByBoth();
        vm.warp(MATURITY + LIMIT);
        vm.expectRevert(
            abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, address(hostile), fixing.backup)
        );
        hostile.rule(fixing, LIE);
        vm.warp(MATURITY + 2 * LIMIT);
        vm.expectRevert(
            abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Arbitration)
        );
        hostile.rule(fixing, LIE);
        vm.expectRevert(
            abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Arbitration)
        );
        _rule(backup, LIE);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 2 * BOND);
        assertEq(weth.balanceOf(address(hostile)), 0);
    }

    /// R-205, R-302: a ruling of nonsense finds no candidate: 40 % of all stake and F are gone, the rest is everybody's.
    function test_hostileArbitrator_rulesNonsense() public {
        _appealedByBoth();
        vm.expectRevert(IMaturityOracle.ZeroValue.selector);
        hostile.rule(fixing, 0);
        hostile.rule(fixing, 1);
        _assertOutcome(Outcome.Ruling, 0);
        uint256 staked = 3 * BOND + 33_333_333_333_333_334;
        uint256 sink = staked * 40 / 100;
        uint256 shared = staked - sink - FEE;
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 2 * BOND * shared / staked);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), BOND * shared / staked);
        assertEq(_collect(), sink);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE_B), 3);
        _claim(attacker, Kind.Appeal, 2, LIE);
        assertLe(weth.balanceOf(address(oracle)), 2 * 4 + 1);
    }

    /// The oracle itself as arbitrator, or the sink: nobody can rule, and everything expires.
    function test_hostileArbitrator_thatCannotSpeak() public {
        (fixing.arbitrator, fixing.backup) = (address(oracle), SINK);
        _use(fixing);
        _appealedByBoth();
        vm.warp(oracle.worstCase(fixing));
        _assertSettlement(INVALID);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 2 * BOND);
    }

    /// An arbitrator may stake like anyone and rule for itself (what that costs is its cost of corruption): it is paid as
    /// any winner and cannot take more than the losers' part. Whoever was right but ruled against loses all.
    function test_hostileArbitrator_rulesForItself() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, type(uint256).max);
        vm.prank(attacker);
        weth.transfer(address(this), 1 ether);
        weth.approve(address(oracle), type(uint256).max);
        oracle.appeal(fixing, 2, LIE, type(uint256).max);
        hostile.rule(fixing, LIE);
        _assertSettlement(LIE);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 0);
        uint256 out = oracle.claim(fixing, Kind.Appeal, 2, LIE) + _claim(attacker, Kind.Stake, 0, LIE) + _collect();
        assertLe(out, 3 * BOND + 33_333_333_333_333_334);
        assertLe(weth.balanceOf(address(oracle)), 2 * 3 + 1);
    }

    /// What a proposal, a contribution, two appeals and, for a fixing that nobody proposed, a request cost.
    function _gasToArbitration() private returns (uint256[5] memory gas) {
        _lieProposed();
        gas[0] = vm.lastCallGas().gasTotalUsed;
        _contribute(alice, 1, TRUTH, 2 * BOND);
        gas[1] = vm.lastCallGas().gasTotalUsed;
        _appeal(bob, 2, LIE_B, 3);
        gas[2] = vm.lastCallGas().gasTotalUsed;
        _appeal(attacker, 2, LIE, type(uint256).max);
        gas[3] = vm.lastCallGas().gasTotalUsed;
        fixing.indexId = keccak256("requested");
        _use(fixing);
        _requested();
        gas[4] = vm.lastCallGas().gasTotalUsed;
    }

    function _appealedByBoth() private {
        _lieDisputed();
        _appeal(bob, 2, LIE_B, 3);
        _appeal(attacker, 2, LIE, type(uint256).max);
    }

    /// After a ruling for TRUTH, which led: it earns 0.6 of what LIE lost, the sink 0.4, bob his unfilled pot.
    function _assertEverybodyGetsOut() private {
        uint256 lost = BOND + 33_333_333_333_333_334;
        uint256 sink = lost * 40 / 100;
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0);
        assertEq(_claim(attacker, Kind.Appeal, 2, LIE), 0);
        assertEq(_claim(bob, Kind.Appeal, 2, LIE_B), 3);
        assertEq(_claim(alice, Kind.Stake, 1, TRUTH), 2 * BOND + lost - sink);
        assertEq(_collect(), sink);
        _assertHeld(0);
    }
}
