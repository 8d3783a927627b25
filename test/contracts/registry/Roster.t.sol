// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";
import {BlsLib} from "src/libraries/BlsLib.sol";
import {Fixing} from "src/types/Fixing.sol";
import {Report} from "src/types/Report.sol";

import {BlsKeys} from "../support/BlsKeys.sol";
import {RegistryFixture} from "../mocks/RegistryFixture.sol";

/// R-403, R-408: the reporters of a time as the code of a contract, written once for every change.
contract RosterTest is RegistryFixture {
    function test_publishRoster_writesTheReportersOnce() public {
        _registerMany(3);
        vm.warp(START + 1);
        vm.expectEmit(true, false, false, false, address(registry));
        emit IReporterRegistry.RosterPublished(START, address(0), 3);
        address roster = registry.publishRoster(START);
        // STOP, minus the sum of the keys, and 129 bytes each.
        assertEq(roster.code.length, 1 + 128 + 3 * 129);
        (uint64 sinceTime, address found) = registry.rosterAt(START + 100 * EPOCH);
        assertEq(sinceTime, START);
        assertEq(found, roster);
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.RosterAlreadyPublished.selector, START, roster)
        );
        registry.publishRoster(START + 1);
    }

    /// While the block of a change lasts, more can follow; the future can always change.
    function test_publishRoster_waitsUntilItIsFinal() public {
        _register(alice, 0, MIN_STAKE);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RosterNotFinal.selector, START, START));
        registry.publishRoster(START);
        _register(alice, 1, MIN_STAKE);
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RosterNotFinal.selector, START + 2, START + 1));
        registry.publishRoster(START + 2);
        registry.publishRoster(START + 1);
        vm.warp(START + EPOCH);
        _register(alice, 2, MIN_STAKE);
        vm.warp(START + 2 * EPOCH);
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.RosterNotFinal.selector, START + 2 * EPOCH, START + 2 * EPOCH)
        );
        registry.publishRoster(START + 2 * EPOCH);
        vm.warp(START + 2 * EPOCH + 1);
        registry.publishRoster(START + 2 * EPOCH);
    }

    /// Joining, leaving and rotating after a maturity change nothing about its reporters, even before their roster is
    /// written: it is the same code as without them.
    function test_publishRoster_isFixedByTheMaturity() public {
        _registerMany(3);
        vm.warp(MATURITY + 1);
        uint256 snapshot = vm.snapshotState();
        bytes memory untouched = registry.publishRoster(MATURITY).code;
        vm.revertToState(snapshot);

        _register(bob, 10, MIN_STAKE);
        _startLeaving(alice, 0);
        _rotate(alice, 1, 11);
        vm.warp(MATURITY + 2 * EPOCH - 1);
        assertEq(registry.publishRoster(MATURITY).code, untouched);
        // And the next epoch has others.
        address next = registry.publishRoster(MATURITY + EPOCH);
        assertNotEq(keccak256(next.code), keccak256(untouched));
        assertEq(next.code.length, untouched.length);
    }

    /// Each maturity has its own, whichever is published first and whatever is noted between.
    function test_rosterAt_ofEveryTime() public {
        _registerMany(3);
        uint64 next = START + 2 * EPOCH;
        for (uint256 order = 0; order < 3; ++order) {
            uint256 snapshot = vm.snapshotState();
            vm.warp(START + EPOCH + 1);
            address first = order == 0 ? registry.publishRoster(START + 5) : address(0);
            _register(bob, 10, MIN_STAKE);
            if (order == 1) first = registry.publishRoster(START + 5);
            vm.warp(next + 1);
            address second = registry.publishRoster(next);
            if (order == 2) {
                first = registry.publishRoster(START + EPOCH);
            }
            _register(carol, 11, MIN_STAKE);
            _expectRoster(START, START, first);
            _expectRoster(next - 1, START, first);
            _expectRoster(next, next, second);
            _expectRoster(next + EPOCH - 1, next, second);
            _expectRoster(next + EPOCH, next + EPOCH, address(0));
            vm.revertToState(snapshot);
        }
    }

    /// Keys of two epochs ago may be forgotten.
    function test_publishRoster_refusesOldRosters() public {
        _registerMany(1);
        vm.warp(MATURITY + 2 * EPOCH);
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.RosterTooOld.selector, MATURITY, MATURITY + EPOCH)
        );
        registry.publishRoster(MATURITY);
        registry.publishRoster(MATURITY + EPOCH);
    }

    function test_publishRoster_needsReporters() public {
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NoReporters.selector, START));
        registry.publishRoster(START);
    }

    /// Whoever attests for `time` needs that roster, and no other.
    function _expectRoster(uint64 time, uint64 sinceTime, address roster) private {
        (uint64 since, address found) = registry.rosterAt(time);
        assertEq(since, sinceTime);
        assertEq(found, roster);
        uint256 snapshot = vm.snapshotState();
        Fixing memory f = _defaults();
        f.maturity = time;
        _use(f);
        vm.warp(time + 1);
        Report memory report = _report(TRUTH);
        uint256 signers = roster.code.length == 1 + 128 + 4 * 129 ? 15 : 7;
        // Reporter 10 stands at place 3.
        uint256 secrets = signers == 15 ? 1 + 2 + 3 + 11 : 1 + 2 + 3;
        BLS.G2Point memory signature =
            BlsKeys.sign(secrets, registry.reportDigest(fixing, report), BlsLib.SIGNATURE_TAG);
        if (roster == address(0)) {
            vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RosterMissing.selector, time));
        }
        registry.attest(fixing, report, signature, signers);
        vm.revertToState(snapshot);
    }

    /// The largest roster fits into the code of one contract.
    function test_publishRoster_ofAFullRegistry() public {
        _registerMany(180);
        vm.warp(START + 1);
        address roster = registry.publishRoster(START);
        assertEq(roster.code.length, 1 + 128 + 180 * 129);
        assertLt(roster.code.length, 24_577);
    }
}
