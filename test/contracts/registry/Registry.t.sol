// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Test} from "forge-std/Test.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";

import {IRegistry} from "../mocks/IRegistry.sol";
import {ReenteringToken} from "../mocks/ReenteringToken.sol";
import {SkimmingToken} from "../mocks/SkimmingToken.sol";
import {IWeth} from "../support/OracleTest.sol";

contract RegistryTest is Test {
    uint64 private constant START = 1_800_000_000;
    uint64 private constant EPOCH = 1 days;
    uint64 private constant UNBONDING = 100 days;
    uint64 private constant NEVER = type(uint64).max;
    uint128 private constant MIN_STAKE = 1 ether;

    IWeth private weth;
    IRegistry private registry;
    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");
    address private signer = makeAddr("signer");
    bytes private peerId = hex"0024080112205a6b";

    function setUp() public {
        vm.warp(START);
        weth = IWeth(deployCode("node_modules/canonical-weth/build/contracts/WETH9.json"));
        registry = _deploy(address(weth), MIN_STAKE, EPOCH, UNBONDING);
        _endow(alice);
        _endow(bob);
    }

    // ------------------------------------------------------------------------------------ construction

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

    // ------------------------------------------------------------------------------------------ epochs

    function test_epoch_isCountedFromTheStart() public {
        assertEq(registry.epoch(START), 0);
        assertEq(registry.epoch(START + EPOCH - 1), 0);
        assertEq(registry.epoch(START + EPOCH), 1);
        assertEq(registry.epoch(START + EPOCH + 1), 1);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.BeforeFirstEpoch.selector, START - 1, START));
        registry.epoch(START - 1);
    }

    // ---------------------------------------------------------------------------------------- register

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

    function test_register_needsTheMinimumStake() public {
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.StakeBelowMin.selector, MIN_STAKE - 1, MIN_STAKE));
        _register(alice, signer, MIN_STAKE - 1);
        _register(alice, signer, MIN_STAKE);
    }

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

    // -------------------------------------------------------------------------------------------- topUp

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

    // ------------------------------------------------------------------------- startLeaving, withdraw

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

    function test_startLeaving_isTheOwnersOnlyAndOnce() public {
        _register(alice, signer, MIN_STAKE);
        _expectNotOwner(bob, alice);
        _startLeaving(bob, 0);
        _startLeaving(alice, 0);
        _expectAlreadyLeaving(0, START + EPOCH);
        _startLeaving(alice, 0);
    }

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

    // -------------------------------------------------------------------------------------------- views

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

    /// From the moment an epoch begins nothing that anyone does changes who reports in it.
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

    function _register(address owner, address signer_, uint128 stake) private returns (uint256) {
        vm.prank(owner);
        return registry.register(signer_, peerId, stake);
    }

    function _startLeaving(address owner, uint256 index) private {
        vm.prank(owner);
        registry.startLeaving(index);
    }

    function _withdraw(address owner, uint256 index) private returns (uint128) {
        vm.prank(owner);
        return registry.withdraw(index);
    }

    function _construct(uint128 minStake, uint64 epochDuration, uint64 unbondingDelay) private {
        _deploy(address(weth), minStake, epochDuration, unbondingDelay);
    }

    function _deploy(address token, uint128 minStake, uint64 epochDuration, uint64 unbondingDelay)
        private
        returns (IRegistry)
    {
        bytes memory args = abi.encode(token, minStake, epochDuration, unbondingDelay);
        return IRegistry(deployCode("ReporterRegistry.sol:ReporterRegistry", args));
    }

    function _endow(address owner) private {
        vm.deal(owner, 1000 ether);
        vm.startPrank(owner);
        weth.deposit{value: 1000 ether}();
        weth.approve(address(registry), type(uint256).max);
        vm.stopPrank();
    }

    function _assertReporter(uint256 index, IReporterRegistry.Reporter memory want) private view {
        assertEq(abi.encode(registry.reporterAt(index)), abi.encode(want));
    }

    function _expectBounds(bytes32 field, uint256 got, uint256 min, uint256 max) private {
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.RegistryParameterOutOfBounds.selector, field, got, min, max)
        );
    }

    function _expectPeerIdLength(uint256 got) private {
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.PeerIdLengthOutOfBounds.selector, got, 1, 64));
    }

    function _expectNotOwner(address got, address want) private {
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotReporterOwner.selector, got, want));
    }

    function _expectAlreadyLeaving(uint256 index, uint64 inactiveTime) private {
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AlreadyLeaving.selector, index, inactiveTime));
    }
}
