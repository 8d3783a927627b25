// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";

import {ReenteringToken} from "../mocks/ReenteringToken.sol";
import {RegistryFixture} from "../mocks/RegistryFixture.sol";

/// Construction, epochs, who reports when, and what holds whatever happens.
contract RegistryTest is RegistryFixture {
    function test_constructor_keepsItsParameters() public view {
        assertEq(registry.BOND_TOKEN(), address(weth));
        assertEq(registry.MIN_STAKE(), MIN_STAKE);
        assertEq(registry.EPOCH_DURATION(), EPOCH);
        assertEq(registry.UNBONDING_DELAY(), UNBONDING);
        assertEq(registry.START_TIME(), START);
        assertEq(registry.reporterCount(), 0);
    }

    function test_constructor_refusesParametersOutOfBounds() public {
        _expectBounds("minStake", 0, 1, type(uint128).max);
        _construct(0, EPOCH, UNBONDING);
        _expectBounds("epochDuration", 1 days - 1, 1 days, 366 days);
        _construct(1, 1 days - 1, UNBONDING);
        _expectBounds("epochDuration", 366 days + 1, 1 days, 366 days);
        _construct(1, 366 days + 1, UNBONDING);
        _expectBounds("unbondingDelay", 1 days - 1, 1 days, 1098 days);
        _construct(1, EPOCH, 1 days - 1);
        _expectBounds("unbondingDelay", 1098 days + 1, 1 days, 1098 days);
        _construct(1, EPOCH, 1098 days + 1);
        _construct(1, 1 days, 1 days);
        _construct(type(uint128).max, 366 days, 1098 days);
    }

    function test_epoch_isCountedFromTheStart() public {
        assertEq(registry.epoch(START), 0);
        assertEq(registry.epoch(START + EPOCH - 1), 0);
        assertEq(registry.epoch(START + EPOCH), 1);
        assertEq(registry.epoch(START + EPOCH + 1), 1);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.BeforeFirstEpoch.selector, START - 1, START));
        registry.epoch(START - 1);
    }

    function test_everyPayment_refusesToBeReentered() public {
        ReenteringToken token = new ReenteringToken();
        registry = _deploy(address(token), 1, EPOCH, UNBONDING);
        token.mint(alice, 10);
        vm.prank(alice);
        token.approve(address(registry), 10);
        bytes[3] memory calls = [
            abi.encodeCall(registry.register, (bob, hex"01", 1)),
            abi.encodeCall(registry.topUp, (0, 1)),
            abi.encodeCall(registry.withdraw, (0))
        ];
        for (uint256 i = 0; i < calls.length; i++) {
            token.arm(address(registry), calls[i]);
            vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            _register(alice, signer, 1);
        }
    }

    function test_reportersAt_listsThoseOfTheTimeInIndexOrder() public {
        _register(alice, address(1), MIN_STAKE);
        peerId = hex"02";
        _register(bob, address(2), MIN_STAKE);
        peerId = hex"03";
        vm.warp(START + EPOCH);
        _register(bob, address(3), MIN_STAKE);
        _startLeaving(alice, 0);

        (address[] memory signers, uint256[] memory indices, bytes[] memory peerIds) =
            registry.reportersAt(START + 2 * EPOCH - 1);
        assertEq(signers.length, 2);
        assertEq(signers[0], address(1));
        assertEq(signers[1], address(2));
        assertEq(indices[0], 0);
        assertEq(indices[1], 1);
        assertEq(peerIds[0], hex"0024080112205a6b");
        assertEq(peerIds[1], hex"02");

        (signers, indices, peerIds) = registry.reportersAt(START + 2 * EPOCH);
        assertEq(signers.length, 2);
        assertEq(signers[0], address(2));
        assertEq(signers[1], address(3));
        assertEq(indices[0], 1);
        assertEq(indices[1], 2);
        assertEq(peerIds[0], hex"02");
        assertEq(peerIds[1], hex"03");

        (signers, indices, peerIds) = registry.reportersAt(START - 1);
        assertEq(signers.length + indices.length + peerIds.length, 0);
    }

    function test_reportersAt_canListThemAll() public {
        peerId = new bytes(64);
        for (uint160 i = 1; i <= 256; i++) {
            _register(alice, address(i), MIN_STAKE);
        }
        (address[] memory signers,,) = registry.reportersAt(START);
        assertEq(signers.length, 256);
        assertEq(signers[255], address(256));
    }

    /// R-408: from the moment an epoch begins nothing that anyone does changes who reports in it.
    function testFuzz_reportersAt_isFixedWhenTheEpochBegins(uint256 seed, uint8 steps) public {
        for (uint160 i = 1; i <= 4; i++) {
            _register(alice, address(i), MIN_STAKE);
        }
        vm.warp(START + EPOCH);
        bytes memory before = _snapshot(START + EPOCH, START + 2 * EPOCH - 1);
        for (uint256 i = 0; i < steps % 16; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(bound(seed, block.timestamp, START + 2 * EPOCH - 1));
            if (seed & 1 == 0) _register(bob, address(uint160(seed)), MIN_STAKE);
            else if (registry.reporterAt((seed >> 1) & 3).inactiveTime == NEVER) _startLeaving(alice, (seed >> 1) & 3);
        }
        assertEq(_snapshot(START + EPOCH, START + 2 * EPOCH - 1), before);
    }

    /// The registry always holds all stakes, whoever comes and goes.
    function testFuzz_stakes_areAlwaysCovered(uint256 seed, uint8 steps) public {
        for (uint256 i = 0; i < steps % 32; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + (seed >> 8) % 60 days);
            uint256 count = registry.reporterCount();
            if (seed % 3 == 0 || count == 0) {
                _register(alice, address(uint160(seed)), uint128(bound(seed >> 64, MIN_STAKE, 10 ether)));
                continue;
            }
            uint256 index = (seed >> 128) % count;
            IReporterRegistry.Reporter memory reporter = registry.reporterAt(index);
            if (reporter.owner == address(0)) continue;
            if (reporter.inactiveTime == NEVER) _startLeaving(alice, index);
            else if (reporter.inactiveTime + UNBONDING <= block.timestamp) _withdraw(alice, index);
        }
        uint256 staked;
        for (uint256 i = 0; i < registry.reporterCount(); i++) {
            staked += registry.reporterAt(i).stake;
        }
        assertEq(weth.balanceOf(address(registry)), staked);
        assertEq(weth.balanceOf(alice), 1000 ether - staked);
    }

    function _snapshot(uint64 first, uint64 last) private view returns (bytes memory) {
        (address[] memory signers, uint256[] memory indices, bytes[] memory peerIds) = registry.reportersAt(first);
        (address[] memory signersLast, uint256[] memory indicesLast,) = registry.reportersAt(last);
        return abi.encode(signers, indices, peerIds, signersLast, indicesLast);
    }

    function _construct(uint128 minStake, uint64 epochDuration, uint64 unbondingDelay) private {
        _deploy(address(weth), minStake, epochDuration, unbondingDelay);
    }

    function _expectBounds(bytes32 field, uint256 got, uint256 min, uint256 max) private {
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.RegistryParameterOutOfBounds.selector, field, got, min, max)
        );
    }
}
