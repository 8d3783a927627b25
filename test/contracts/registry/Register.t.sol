// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";

import {RegistryFixture} from "../mocks/RegistryFixture.sol";
import {SkimmingToken} from "../mocks/SkimmingToken.sol";

contract RegisterTest is RegistryFixture {
    function test_register_inEpochZeroTakesEffectAtOnce() public {
        vm.warp(START + EPOCH - 1);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.Registered(0, alice, signer, peerId, 2 ether, START + EPOCH - 1);
        assertEq(_register(alice, signer, 2 ether), 0);

        _assertReporter(0, IReporterRegistry.Reporter(alice, START + EPOCH - 1, signer, NEVER, 2 ether, peerId));
        assertEq(weth.balanceOf(address(registry)), 2 ether);
        assertFalse(registry.isReporter(signer, START + EPOCH - 2));
        assertTrue(registry.isReporter(signer, START + EPOCH - 1));
        assertTrue(registry.isReporter(signer, NEVER - 1));
    }

    /// R-408
    function test_register_laterTakesEffectWhenTheNextEpochStarts() public {
        uint64[3] memory times = [START + EPOCH, START + EPOCH + 1, START + 2 * EPOCH - 1];
        for (uint160 i = 0; i < times.length; i++) {
            vm.warp(times[i]);
            uint256 index = _register(alice, address(i + 1), MIN_STAKE);
            assertEq(registry.reporterAt(index).activeTime, START + 2 * EPOCH);
            assertFalse(registry.isReporter(address(i + 1), START + 2 * EPOCH - 1));
            assertTrue(registry.isReporter(address(i + 1), START + 2 * EPOCH));
            assertTrue(registry.isReporter(address(i + 1), START + 2 * EPOCH + 1));
        }
    }

    function test_register_allowsAnOwnerManyReporters() public {
        assertEq(_register(alice, signer, MIN_STAKE), 0);
        assertEq(_register(alice, bob, MIN_STAKE), 1);
        assertEq(registry.reporterCount(), 2);
    }

    function test_register_refusesSignerZero() public {
        vm.expectRevert(IReporterRegistry.ReporterSignerZero.selector);
        _register(alice, address(0), MIN_STAKE);
    }

    function test_register_refusesASignerTwiceEvenWhileItLeaves() public {
        _register(alice, signer, MIN_STAKE);
        bytes memory taken = abi.encodeWithSelector(IReporterRegistry.SignerTaken.selector, signer, 0);
        vm.expectRevert(taken);
        _register(bob, signer, MIN_STAKE);

        _startLeaving(alice, 0);
        vm.warp(START + EPOCH + UNBONDING);
        vm.expectRevert(taken);
        _register(bob, signer, MIN_STAKE);

        _withdraw(alice, 0);
        _register(bob, signer, MIN_STAKE);
        assertEq(registry.reporterAt(0).owner, bob);
    }

    function test_register_boundsThePeerId() public {
        peerId = "";
        _expectPeerIdLength(0);
        _register(alice, signer, MIN_STAKE);
        peerId = new bytes(65);
        _expectPeerIdLength(65);
        _register(alice, signer, MIN_STAKE);

        peerId = hex"01";
        _register(alice, signer, MIN_STAKE);
        peerId = new bytes(64);
        assertEq(registry.reporterAt(_register(alice, bob, MIN_STAKE)).peerId, peerId);
    }

    /// R-408
    function test_register_needsTheMinimumStake() public {
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.StakeBelowMin.selector, MIN_STAKE - 1, MIN_STAKE));
        _register(alice, signer, MIN_STAKE - 1);
        _register(alice, signer, MIN_STAKE);
    }

    /// R-100, as the oracle.
    function test_register_refusesATokenThatMovesLess() public {
        SkimmingToken token = new SkimmingToken();
        registry = _deploy(address(token), 1, EPOCH, UNBONDING);
        token.mint(alice, 10);
        vm.prank(alice);
        token.approve(address(registry), 10);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.StakeMismatch.selector, 9, 10));
        _register(alice, signer, 10);
    }

    /// All 256 indices can be in use, also across leaving and coming back, and no more.
    function test_register_isBoundedAndUsesVacantIndicesAgain() public {
        for (uint160 i = 1; i <= 256; i++) {
            assertEq(_register(alice, address(i), MIN_STAKE), i - 1);
        }
        bytes memory full = abi.encodeWithSelector(IReporterRegistry.RegistryFull.selector, 256);
        vm.expectRevert(full);
        _register(bob, signer, MIN_STAKE);

        _startLeaving(alice, 7);
        _startLeaving(alice, 200);
        vm.warp(START + EPOCH + UNBONDING);
        _withdraw(alice, 7);
        _withdraw(alice, 200);
        assertEq(registry.reporterCount(), 256);
        assertEq(_register(bob, address(8), MIN_STAKE), 200);
        assertEq(_register(bob, signer, MIN_STAKE), 7);
        vm.expectRevert(full);
        _register(bob, bob, MIN_STAKE);
    }

    function test_topUp_addsToTheStake() public {
        _register(alice, signer, MIN_STAKE);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.ToppedUp(0, 3 ether, 4 ether);
        vm.prank(alice);
        registry.topUp(0, 3 ether);
        assertEq(registry.reporterAt(0).stake, 4 ether);
        assertEq(weth.balanceOf(address(registry)), 4 ether);
    }

    function test_topUp_isTheOwnersOnly() public {
        _register(alice, signer, MIN_STAKE);
        _expectNotOwner(bob, alice);
        vm.prank(bob);
        registry.topUp(0, 1);
    }

    function test_topUp_refusesZero() public {
        _register(alice, signer, MIN_STAKE);
        vm.expectRevert(IReporterRegistry.EmptyTopUp.selector);
        vm.prank(alice);
        registry.topUp(0, 0);
    }

    function test_topUp_refusesAReporterThatLeaves() public {
        _register(alice, signer, MIN_STAKE);
        _startLeaving(alice, 0);
        _expectAlreadyLeaving(0, START + EPOCH);
        vm.prank(alice);
        registry.topUp(0, 1);
    }

    function _expectPeerIdLength(uint256 got) private {
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.PeerIdLengthOutOfBounds.selector, got, 1, 64));
    }
}
