// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";

import {RegistryFixture} from "../mocks/RegistryFixture.sol";

contract LeaveTest is RegistryFixture {
    /// R-408
    function test_startLeaving_takesEffectWhenTheNextEpochStarts() public {
        _register(alice, signer, MIN_STAKE);
        vm.warp(START + EPOCH);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.LeavingStarted(0, START + 2 * EPOCH, START + 2 * EPOCH + UNBONDING);
        _startLeaving(alice, 0);

        assertEq(registry.reporterAt(0).inactiveTime, START + 2 * EPOCH);
        assertTrue(registry.isReporter(signer, START + 2 * EPOCH - 1));
        assertFalse(registry.isReporter(signer, START + 2 * EPOCH));
        assertFalse(registry.isReporter(signer, START + 2 * EPOCH + 1));
    }

    /// Nobody can leave out of the epoch that has begun, not even out of epoch 0.
    function test_startLeaving_inEpochZeroWaitsForEpochOne() public {
        _register(alice, signer, MIN_STAKE);
        _startLeaving(alice, 0);
        assertTrue(registry.isReporter(signer, START + EPOCH - 1));
        assertFalse(registry.isReporter(signer, START + EPOCH));
    }

    function test_startLeaving_beforeBeingActiveMeansNeverBeingActive() public {
        vm.warp(START + EPOCH);
        _register(alice, signer, MIN_STAKE);
        _startLeaving(alice, 0);
        assertFalse(registry.isReporter(signer, START + 2 * EPOCH - 1));
        assertFalse(registry.isReporter(signer, START + 2 * EPOCH));
    }

    function test_startLeaving_refusesAnUnknownIndex() public {
        _expectNotOwner(alice, address(0));
        _startLeaving(alice, 0);
    }

    function test_startLeaving_isTheOwnersOnlyAndOnce() public {
        _register(alice, signer, MIN_STAKE);
        _expectNotOwner(bob, alice);
        _startLeaving(bob, 0);
        _startLeaving(alice, 0);
        _expectAlreadyLeaving(0, START + EPOCH);
        _startLeaving(alice, 0);
    }

    /// R-408
    function test_withdraw_paysTheStakeWhenUnbondingHasEnded() public {
        _register(alice, signer, 5 ether);
        _startLeaving(alice, 0);
        uint64 endTime = START + EPOCH + UNBONDING;
        vm.warp(endTime - 1);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.UnbondingRunning.selector, endTime - 1, endTime));
        _withdraw(alice, 0);

        vm.warp(endTime);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.StakeWithdrawn(0, alice, 5 ether);
        assertEq(_withdraw(alice, 0), 5 ether);

        IReporterRegistry.Reporter memory none;
        _assertReporter(0, none);
        assertEq(weth.balanceOf(alice), 1000 ether);
        assertFalse(registry.isReporter(signer, START));
        assertFalse(registry.isReporter(address(0), 0));
    }

    function test_withdraw_isTheOwnersOnlyAndOnce() public {
        _register(alice, signer, MIN_STAKE);
        _expectNotOwner(bob, alice);
        _withdraw(bob, 0);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotLeaving.selector, 0));
        _withdraw(alice, 0);

        _startLeaving(alice, 0);
        vm.warp(START + EPOCH + UNBONDING + 1);
        _withdraw(alice, 0);
        _expectNotOwner(alice, address(0));
        _withdraw(alice, 0);
    }
}
