// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";
import {BlsLib} from "src/libraries/BlsLib.sol";
import {Observation} from "src/types/Observation.sol";
import {Report} from "src/types/Report.sol";
import {Registration} from "src/types/Reporter.sol";

import {IRegistry} from "../mocks/IRegistry.sol";
import {RegistryFixture} from "../mocks/RegistryFixture.sol";
import {BlsKeys} from "../support/BlsKeys.sol";

/// R-403, R-404, R-408 in the seconds and cases that few histories come to.
contract EdgesTest is RegistryFixture {
    function test_constructor_takesEveryParameterAtItsBounds() public {
        uint128[2] memory stakes = [uint128(1), type(uint128).max];
        uint64[2] memory epochs = [uint64(1 days), 30 days];
        uint64[2] memory delays = [uint64(337 days), 1098 days];
        uint32[2] memory bands = [uint32(1000), 200_000];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory args = abi.encode(
                oracle, weth, arbitrator, backup, SINK, stakes[i], epochs[i], delays[i], bands[i]
            );
            IRegistry made = IRegistry(deployCode("ReporterRegistry.sol:ReporterRegistry", args));
            assertEq(made.MIN_STAKE(), stakes[i]);
            assertEq(made.EPOCH_DURATION(), epochs[i]);
            assertEq(made.UNBONDING_DELAY(), delays[i]);
            assertEq(made.MIN_BAND_PPM(), bands[i]);
        }
    }

    /// R-100: also one that takes from the registry instead of giving.
    function test_register_refusesATokenThatTakes() public {
        Registration memory registration = _registration(alice, 0, MIN_STAKE);
        BLS.G2Point memory possession = _possession(alice, 0);
        bytes memory consent = _signed(SIGNER, registry.registrationDigest(registration));
        bytes[] memory held = new bytes[](2);
        (held[0], held[1]) = (abi.encode(5), abi.encode(4));
        vm.mockCalls(address(weth), abi.encodeCall(IERC20.balanceOf, (address(registry))), held);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.StakeMismatch.selector, 0, MIN_STAKE));
        vm.prank(alice);
        registry.register(registration, possession, consent, "");
    }

    /// Whoever joins is seen with its keys before it reports.
    function test_reporterAt_beforeItReports() public {
        vm.warp(START + EPOCH);
        _register(alice, 0, MIN_STAKE);
        assertEq(registry.reporterAt(0, START + EPOCH).signer, vm.addr(SIGNER));
        assertEq(abi.encode(registry.reporterAt(0, START).key), abi.encode(BlsKeys.key(1)));
    }

    /// A signer that comes back at the very index where it was is as tied as any.
    function test_register_aSignerAgainAtItsOldIndex() public {
        _register(alice, 0, MIN_STAKE);
        _startLeaving(alice, 0);
        vm.warp(START + UNBONDING);
        _withdraw(alice, 0);
        assertEq(_register(bob, 0, MIN_STAKE), 0);
        Registration memory registration = _registration(carol, 0, MIN_STAKE);
        BLS.G2Point memory possession = _possession(carol, 0);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.SignerTaken.selector, registration.signer, 0));
        vm.prank(carol);
        registry.register(registration, possession, "", "");

        fixing.maturity = _reporter(0).activeTime;
        Observation memory one = Observation(_idOf(fixing), TRUTH, 1, "");
        Observation memory two = Observation(_idOf(fixing), LIE, 1, "");
        bytes memory first = _signed(SIGNER, registry.observationDigest(one));
        bytes memory second = _signed(SIGNER, registry.observationDigest(two));
        vm.prank(carol);
        assertEq(registry.slashEquivocation(fixing, one, first, two, second), MIN_STAKE / 5);
    }

    /// A reporter reports from the very second in which it joined.
    function test_claimReward_ofOneWhoJoinedInTheSecondOfTheMaturity() public {
        _registerMany(3);
        fixing.maturity = START;
        id = _idOf(fixing);
        vm.prank(carol);
        registry.fundReporters(fixing, 3 ether);
        vm.warp(START + 1);
        registry.publishRoster(START);
        _attest(TRUTH, 7);
        _propose(bob, TRUTH);
        vm.warp(START + 1 + fixing.firstWindow);
        assertEq(registry.claimReward(fixing, TRUTH, 7, 1), 1 ether);
    }

    /// A roster holds until the reporters change for the first time, however often they change later.
    function test_attest_notByARosterThatHasEnded() public {
        _ready(3);
        _register(bob, 3, MIN_STAKE);
        vm.warp(START + 2 * EPOCH);
        _register(bob, 4, MIN_STAKE);
        fixing.maturity = START + 2 * EPOCH;
        vm.warp(START + 3 * EPOCH);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RosterMissing.selector, fixing.maturity));
        registry.attest(fixing, report, signature, 7);
    }

    /// What matured before the reporters changed is theirs who were there, also when the roster of the others is known.
    function test_attest_byTheRosterBeforeTheLatest() public {
        _registerMany(3);
        vm.warp(START + 1);
        _startLeaving(alice, 2);
        _register(alice, 3, MIN_STAKE);
        vm.warp(START + 2);
        registry.publishRoster(START);
        registry.publishRoster(START + 1);
        // At place 2 was reporter 2, and then reporter 3.
        fixing.maturity = START;
        _attest(TRUTH, 7);
        fixing.maturity = START + 1;
        Report memory report = _report(TRUTH);
        bytes32 digest = registry.reportDigest(fixing, report);
        registry.attest(fixing, report, BlsKeys.sign(1 + 2 + 4, digest, BlsLib.SIGNATURE_TAG), 7);
    }

    /// Nobody reported before the registry was.
    function test_attest_notWhatMaturedBeforeTheStart() public {
        fixing.maturity = START - 1;
        BLS.G2Point memory signature = BlsKeys.sign(1, 0, BlsLib.SIGNATURE_TAG);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.BeforeFirstEpoch.selector, START - 1, START));
        registry.attest(fixing, _report(TRUTH), signature, 1);
    }

    function test_attest_namesTheTimesAndTheCounts() public {
        _registerMany(4);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        vm.warp(MATURITY - 1);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AttestedEarly.selector, MATURITY - 1, MATURITY));
        registry.attest(fixing, report, signature, 7);
        vm.warp(MATURITY + 1);
        registry.publishRoster(MATURITY);
        _attest(TRUTH, 15);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AttestedByMore.selector, 3, 4));
        registry.attest(fixing, report, signature, 7);
    }

    /// As many others do not replace who attested first.
    function test_proposeAttested_byAsManyOthers() public {
        _ready(4);
        _attest(TRUTH, 7);
        (, bytes19 digest) = registry.attestationOf(id);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 14);
        // All of the bond is needed: nothing is returned.
        vm.expectCall(address(weth), abi.encodeCall(IERC20.transfer, (attacker, 0)), 0);
        vm.prank(attacker);
        registry.proposeAttested(fixing, report, signature, 14, BOND);
        (uint256 count, bytes19 after_) = registry.attestationOf(id);
        assertEq(count, 3);
        assertEq(after_, digest);
    }

    function test_refundReward_ofTwoFundsWithoutAttestation() public {
        _registerMany(1);
        vm.startPrank(carol);
        registry.fundReporters(fixing, 1 ether);
        registry.fundReporters(fixing, 2 ether);
        vm.stopPrank();
        vm.warp(MATURITY + 1);
        _propose(bob, TRUTH);
        vm.warp(MATURITY + 1 + FIRST_WINDOW);
        // The value that settled is no attestation.
        vm.prank(carol);
        assertEq(registry.refundReward(fixing, TRUTH, 0), 3 ether);
    }

    /// Down to a wei, to a reporter alone, and nothing of no reward.
    function test_claimReward_ofTheLeastRewards() public {
        _ready(1);
        _attest(TRUTH, 1);
        _propose(bob, TRUTH);
        uint256 snapshot = vm.snapshotState();
        vm.warp(MATURITY + 1 + FIRST_WINDOW);
        vm.expectCall(address(weth), abi.encodeCall(IERC20.transfer, (alice, 0)), 0);
        assertEq(registry.claimReward(fixing, TRUTH, 1, 0), 0);
        vm.revertToState(snapshot);
        vm.prank(carol);
        registry.fundReporters(fixing, 1);
        vm.warp(MATURITY + 1 + FIRST_WINDOW);
        uint256 before = weth.balanceOf(alice);
        assertEq(registry.claimReward(fixing, TRUTH, 1, 0), 1);
        assertEq(weth.balanceOf(alice), before + 1);
    }

    /// Before anyone joined the reporters are what they were at the start: nobody.
    function test_rosterAt_beforeAnyoneJoined() public {
        (uint64 sinceTime, address roster) = registry.rosterAt(START);
        assertEq(sinceTime, START);
        assertEq(roster, address(0));
        vm.warp(START + EPOCH);
        _register(alice, 0, MIN_STAKE);
        (sinceTime,) = registry.rosterAt(START + 2 * EPOCH - 1);
        assertEq(sinceTime, START);
    }
}
