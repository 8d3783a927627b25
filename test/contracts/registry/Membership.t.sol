// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";
import {BlsLib} from "src/libraries/BlsLib.sol";
import {Registration, Reporter} from "src/types/Reporter.sol";

import {ApprovingAccount} from "../mocks/CouncilSigners.sol";
import {RegistryFixture} from "../mocks/RegistryFixture.sol";
import {SkimmingToken} from "../mocks/SkimmingToken.sol";
import {BlsKeys} from "../support/BlsKeys.sol";

/// R-408: who reports when, with which keys, and when the stake comes back.
contract MembershipTest is RegistryFixture {
    function test_register_inEpochZeroTakesEffectAtOnce() public {
        vm.warp(START + EPOCH - 1);
        Registration memory registration = _registration(alice, 0, 2 ether);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.Registered(
            0, alice, registration.signer, peerId, 2 ether, START + EPOCH - 1, registration.key
        );
        assertEq(_register(alice, 0, 2 ether), 0);

        Reporter memory want = Reporter(
            0, alice, registration.signer, START + EPOCH - 1, NEVER, 2 ether, peerId, registration.key
        );
        assertEq(abi.encode(_reporter(0)), abi.encode(want));
        assertEq(weth.balanceOf(address(registry)), 2 ether);
        assertFalse(_isReporter(0, START + EPOCH - 2));
        assertTrue(_isReporter(0, START + EPOCH - 1));
        assertTrue(_isReporter(0, START + 1000 * EPOCH));
    }

    function test_register_laterTakesEffectWhenTheNextEpochStarts() public {
        uint64[3] memory times = [START + EPOCH, START + EPOCH + 1, START + 2 * EPOCH - 1];
        for (uint8 i = 0; i < times.length; ++i) {
            vm.warp(times[i]);
            assertEq(_register(alice, i, MIN_STAKE), i);
            assertEq(_reporter(i).activeTime, START + 2 * EPOCH);
            assertFalse(_isReporter(i, START + 2 * EPOCH - 1));
            assertTrue(_isReporter(i, START + 2 * EPOCH));
        }
    }

    /// Each part of what the signer consents to changes the digest.
    function test_register_needsTheSignersConsent() public {
        Registration memory registration = _registration(alice, 0, MIN_STAKE);
        bytes32 digest = registry.registrationDigest(registration);
        BLS.G2Point memory possession = _possession(alice, 0);
        bytes memory missing =
            abi.encodeWithSelector(IReporterRegistry.ConsentMissing.selector, registration.signer, digest);
        vm.startPrank(alice);
        vm.expectRevert(missing);
        registry.register(registration, possession, _signed(SIGNER + 1, digest), "");
        vm.expectRevert(missing);
        registry.register(registration, possession, "", "");
        vm.stopPrank();

        Registration memory other = _registration(alice, 0, MIN_STAKE + 1);
        assertNotEq(registry.registrationDigest(other), digest);
        other = _registration(alice, 0, MIN_STAKE);
        other.peerId = hex"01";
        assertNotEq(registry.registrationDigest(other), digest);
        other = _registration(bob, 0, MIN_STAKE);
        assertNotEq(registry.registrationDigest(other), digest);
        other = _registration(alice, 1, MIN_STAKE);
        other.signer = registration.signer;
        assertNotEq(registry.registrationDigest(other), digest);
        other = _registration(alice, 0, MIN_STAKE);
        ++other.deadline;
        assertNotEq(registry.registrationDigest(other), digest);
    }

    /// Else who pays the stake could register an owner again, years later, with keys that are kept no more.
    function test_register_needsConsentThatHolds() public {
        Registration memory registration = _registration(alice, 0, MIN_STAKE);
        BLS.G2Point memory possession = _possession(alice, 0);
        bytes memory consent = _signed(SIGNER, registry.registrationDigest(registration));
        vm.warp(registration.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IReporterRegistry.ConsentExpired.selector, registration.deadline + 1, registration.deadline
            )
        );
        vm.prank(alice);
        registry.register(registration, possession, consent, "");
        vm.warp(registration.deadline);
        vm.prank(alice);
        registry.register(registration, possession, consent, "");
    }

    /// The owner can be anyone who consents: a key that never sends, or a contract (ERC-1271); the sender pays.
    function test_register_forAnOwnerThatConsents() public {
        (address cold, uint256 coldKey) = makeAddrAndKey("cold");
        Registration memory registration = _registration(cold, 0, MIN_STAKE);
        bytes32 digest = registry.registrationDigest(registration);
        bytes memory consent = _signed(SIGNER, digest);
        BLS.G2Point memory possession = _possession(cold, 0);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.ConsentMissing.selector, cold, digest));
        registry.register(registration, possession, consent, consent);
        vm.prank(alice);
        registry.register(registration, possession, consent, _signed(coldKey, digest));
        assertEq(_reporter(0).owner, cold);

        ApprovingAccount wallet = new ApprovingAccount();
        registration = _registration(address(wallet), 1, MIN_STAKE);
        digest = registry.registrationDigest(registration);
        consent = _signed(SIGNER + 1, digest);
        possession = _possession(address(wallet), 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.ConsentMissing.selector, wallet, digest));
        registry.register(registration, possession, consent, "");
        wallet.approve(digest);
        vm.prank(alice);
        registry.register(registration, possession, consent, "");
        assertEq(_reporter(1).owner, address(wallet));
    }

    /// R-403: a key without proof could be chosen to cancel the others; a proof is for one owner and one use.
    function test_register_needsTheKeysProofOfPossession() public {
        Registration memory registration = _registration(alice, 0, MIN_STAKE);
        bytes memory consent = _signed(SIGNER, registry.registrationDigest(registration));
        bytes32 digest = registry.possessionDigest(alice, registration.key);
        BLS.G2Point[3] memory wrong = [
            _possession(bob, 0),
            BlsKeys.sign(2, digest, BlsLib.POSSESSION_TAG),
            BlsKeys.sign(1, digest, BlsLib.SIGNATURE_TAG)
        ];
        vm.startPrank(alice);
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.PossessionUnproven.selector, digest));
            registry.register(registration, wrong[i], consent, "");
        }
        vm.stopPrank();
    }

    /// Rogue key: mine less the sum of the others'. Its holder does not know its secret and cannot prove it.
    function test_register_refusesARogueKey() public {
        _registerMany(2);
        Registration memory registration = _registration(attacker, 2, MIN_STAKE);
        registration.key = BLS.add(BlsKeys.key(7), BlsLib.negate(BLS.add(BlsKeys.key(1), BlsKeys.key(2))));
        bytes memory consent = _signed(SIGNER + 2, registry.registrationDigest(registration));
        bytes32 digest = registry.possessionDigest(attacker, registration.key);
        BLS.G2Point memory possession = BlsKeys.sign(7, digest, BlsLib.POSSESSION_TAG);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.PossessionUnproven.selector, digest));
        vm.prank(attacker);
        registry.register(registration, possession, consent, "");
    }

    /// The identity, a point of another subgroup, and bytes that are no point.
    function test_register_refusesKeysThatAreNone() public {
        Registration memory registration = _registration(alice, 0, MIN_STAKE);
        BLS.G2Point memory possession = _possession(alice, 0);
        delete registration.key;
        bytes memory consent = _signed(SIGNER, registry.registrationDigest(registration));
        bytes32 digest = registry.possessionDigest(alice, registration.key);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.PossessionUnproven.selector, digest));
        vm.prank(alice);
        registry.register(registration, possession, consent, "");

        registration.key = BLS.G1Point({
            x_a: 0,
            x_b: bytes32(uint256(4)),
            y_a: 0x000000000000000000000000000000000a989badd40d6212b33cffc3f3763e9b,
            y_b: 0xc760f988c9926b26da9dd85e928483446346b8ed00e1de5d5ea93e354abe706c
        });
        consent = _signed(SIGNER, registry.registrationDigest(registration));
        vm.expectRevert(BLS.PairingFailed.selector);
        vm.prank(alice);
        registry.register(registration, possession, consent, "");
    }

    function test_register_refusesAddressesThatAreNone() public {
        Registration memory registration = _registration(alice, 0, MIN_STAKE);
        BLS.G2Point memory possession = _possession(alice, 0);
        registration.signer = address(0);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.ReporterAddressZero.selector, bytes32("signer")));
        registry.register(registration, possession, "", "");
        registration.signer = alice;
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.SignerIsOwner.selector, alice));
        registry.register(registration, possession, "", "");
        registration.owner = address(0);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.ReporterAddressZero.selector, bytes32("owner")));
        registry.register(registration, possession, "", "");
        vm.stopPrank();
    }

    /// Until its stake is withdrawn a signer is its reporter's: what it signed remains provable.
    function test_register_refusesASignerTwiceEvenWhileItLeaves() public {
        _register(alice, 0, MIN_STAKE);
        _expectTaken(bob, 0);
        _startLeaving(alice, 0);
        vm.warp(START + UNBONDING);
        _expectTaken(bob, 0);
        _withdraw(alice, 0);
        assertEq(_register(bob, 0, MIN_STAKE), 0);
        assertEq(_reporter(0).owner, bob);
    }

    function test_register_boundsThePeerId() public {
        peerId = "";
        _expectPeerIdLength(0);
        peerId = new bytes(65);
        _expectPeerIdLength(65);
        peerId = hex"01";
        _register(alice, 0, MIN_STAKE);
        peerId = new bytes(64);
        _register(alice, 1, MIN_STAKE);
        assertEq(_reporter(1).peerId, peerId);
    }

    function test_register_needsTheMinimumStake() public {
        Registration memory registration = _registration(alice, 0, MIN_STAKE - 1);
        BLS.G2Point memory possession = _possession(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.StakeBelowMin.selector, MIN_STAKE - 1, MIN_STAKE));
        vm.prank(alice);
        registry.register(registration, possession, "", "");
        _register(alice, 0, MIN_STAKE);
    }

    /// R-100, as the oracle.
    function test_register_refusesATokenThatMovesLess() public {
        SkimmingToken token = new SkimmingToken();
        registry = _deployRegistry(address(oracle), address(token));
        token.mint(alice, 2 ether);
        vm.prank(alice);
        token.approve(address(registry), 2 ether);
        Registration memory registration = _registration(alice, 0, MIN_STAKE);
        BLS.G2Point memory possession = _possession(alice, 0);
        bytes memory consent = _signed(SIGNER, registry.registrationDigest(registration));
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.StakeMismatch.selector, MIN_STAKE - 1, MIN_STAKE)
        );
        vm.prank(alice);
        registry.register(registration, possession, consent, "");
    }

    /// All 180 indices can be in use, also across leaving and coming back, and no more.
    function test_register_isBoundedAndUsesVacantIndicesAgain() public {
        _registerMany(180);
        Registration memory registration = _registration(bob, 180, MIN_STAKE);
        BLS.G2Point memory possession = _possession(bob, 180);
        bytes memory consent = _signed(SIGNER + 180, registry.registrationDigest(registration));
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RegistryFull.selector, 180));
        vm.prank(bob);
        registry.register(registration, possession, consent, "");

        _startLeaving(alice, 7);
        _startLeaving(alice, 150);
        vm.warp(START + UNBONDING);
        _withdraw(alice, 7);
        _withdraw(alice, 150);
        assertEq(registry.reporterCount(), 180);
        assertEq(_register(bob, 180, MIN_STAKE), 150);
        assertEq(_register(bob, 201, MIN_STAKE), 7);
    }

    function test_topUp_addsToTheStake() public {
        _register(alice, 0, MIN_STAKE);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.ToppedUp(0, 3 ether, 4 ether);
        vm.prank(alice);
        registry.topUp(0, 3 ether);
        assertEq(_reporter(0).stake, 4 ether);
        assertEq(weth.balanceOf(address(registry)), 4 ether);

        vm.startPrank(alice);
        vm.expectRevert(IReporterRegistry.EmptyAmount.selector);
        registry.topUp(0, 0);
        vm.stopPrank();
        _expectNotOwner(bob, alice);
        vm.prank(bob);
        registry.topUp(0, 1);
        _expectNotOwner(alice, address(0));
        vm.prank(alice);
        registry.topUp(1, 1);
        _startLeaving(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AlreadyLeaving.selector, 0, START));
        vm.prank(alice);
        registry.topUp(0, 1);
    }

    function test_startLeaving_takesEffectWhenTheNextEpochStarts() public {
        _register(alice, 0, MIN_STAKE);
        vm.warp(START + EPOCH + 5);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.LeavingStarted(0, START + 2 * EPOCH, START + 2 * EPOCH + UNBONDING);
        _startLeaving(alice, 0);
        assertTrue(_isReporter(0, START + 2 * EPOCH - 1));
        assertFalse(_isReporter(0, START + 2 * EPOCH));
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AlreadyLeaving.selector, 0, START + 2 * EPOCH));
        _startLeaving(alice, 0);
        _expectNotOwner(bob, alice);
        _startLeaving(bob, 0);
    }

    function test_withdraw_paysAfterTheUnbondingDelay() public {
        _register(alice, 0, 2 ether);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotLeaving.selector, 0));
        _withdraw(alice, 0);
        vm.warp(START + EPOCH);
        _startLeaving(alice, 0);
        uint64 endTime = START + 2 * EPOCH + UNBONDING;
        vm.warp(endTime - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.UnbondingRunning.selector, endTime - 1, endTime)
        );
        _withdraw(alice, 0);

        vm.warp(endTime);
        uint256 before = weth.balanceOf(alice);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.StakeWithdrawn(0, alice, 2 ether);
        assertEq(_withdraw(alice, 0), 2 ether);
        assertEq(weth.balanceOf(alice), before + 2 ether);
        assertEq(_reporter(0).owner, address(0));
        for (uint8 index = 0; index < 2; ++index) {
            vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NoReporter.selector, index));
            _withdraw(alice, index);
        }
    }

    /// Anyone may, to the owner: else places of slashed reporters, who have nothing to withdraw, would stay taken.
    function test_withdraw_isForAnyoneAndPaysTheOwner() public {
        _registerMany(2);
        vm.warp(START + EPOCH);
        _startLeaving(alice, 0);
        vm.warp(START + 2 * EPOCH + UNBONDING);
        (uint256 before, uint256 bobs) = (weth.balanceOf(alice), weth.balanceOf(bob));
        assertEq(_withdraw(bob, 0), MIN_STAKE);
        assertEq(weth.balanceOf(alice), before + MIN_STAKE);
        assertEq(weth.balanceOf(bob), bobs);
        assertEq(_register(bob, 7, MIN_STAKE), 0);
    }

    /// New keys from the next epoch on; the old ones remain those of the past.
    function test_rotate_takesEffectWhenTheNextEpochStarts() public {
        _register(alice, 0, MIN_STAKE);
        vm.warp(START + EPOCH + 7);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.Rotated(0, vm.addr(SIGNER + 5), BlsKeys.key(6), START + 2 * EPOCH);
        _rotate(alice, 0, 5);
        Reporter memory before = registry.reporterAt(0, START + 2 * EPOCH - 1);
        Reporter memory afterwards = registry.reporterAt(0, START + 2 * EPOCH);
        assertEq(before.signer, vm.addr(SIGNER));
        assertEq(abi.encode(before.key), abi.encode(BlsKeys.key(1)));
        assertEq(afterwards.signer, vm.addr(SIGNER + 5));
        assertEq(abi.encode(afterwards.key), abi.encode(BlsKeys.key(6)));
        assertEq(afterwards.activeTime, START);
    }

    /// A second rotation must not forget the keys of an epoch whose roster may still be written.
    function test_rotate_atMostOnceInTwoEpochs() public {
        _register(alice, 0, MIN_STAKE);
        vm.warp(START + EPOCH - 1);
        _expectTooSoon(START + EPOCH);
        vm.warp(START + EPOCH);
        _rotate(alice, 0, 5);
        vm.warp(START + 3 * EPOCH - 1);
        _expectTooSoon(START + 3 * EPOCH);
        vm.warp(START + 3 * EPOCH);
        _rotate(alice, 0, 6);
        assertEq(registry.reporterAt(0, START + 3 * EPOCH).signer, vm.addr(SIGNER + 5));
    }

    /// Its term would have a gap, for which what it signs would be nobody's.
    function test_rotate_neverToAFormerSigner() public {
        _register(alice, 0, MIN_STAKE);
        vm.warp(START + EPOCH);
        _rotate(alice, 0, 5);
        vm.warp(START + 6 * EPOCH);
        BLS.G1Point memory key = BlsKeys.key(1);
        BLS.G2Point memory possession = _possession(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.SignerTaken.selector, vm.addr(SIGNER), 0));
        vm.prank(alice);
        registry.rotate(0, vm.addr(SIGNER), key, possession, "");
    }

    function test_rotate_isTheOwnersWithEveryProof() public {
        _registerMany(2);
        vm.warp(START + EPOCH);
        address signer = vm.addr(SIGNER + 5);
        BLS.G1Point memory key = BlsKeys.key(6);
        BLS.G2Point memory possession = _possession(alice, 5);
        bytes32 digest = registry.rotationDigest(0, alice, signer, key);
        bytes memory consent = _signed(SIGNER + 5, digest);
        _expectNotOwner(bob, alice);
        vm.prank(bob);
        registry.rotate(0, signer, key, possession, consent);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.ConsentMissing.selector, signer, digest));
        registry.rotate(0, signer, key, possession, _signed(SIGNER, digest));
        bytes32 proof = registry.possessionDigest(alice, key);
        BLS.G2Point memory unproven = BlsKeys.sign(7, proof, BlsLib.POSSESSION_TAG);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.PossessionUnproven.selector, proof));
        registry.rotate(0, signer, key, unproven, consent);
        // Another reporter's signer.
        digest = registry.rotationDigest(0, alice, vm.addr(SIGNER + 1), key);
        consent = _signed(SIGNER + 1, digest);
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.SignerTaken.selector, vm.addr(SIGNER + 1), 1)
        );
        registry.rotate(0, vm.addr(SIGNER + 1), key, possession, consent);
        registry.startLeaving(0);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AlreadyLeaving.selector, 0, START + 2 * EPOCH));
        registry.rotate(0, signer, key, possession, consent);
        vm.stopPrank();
    }

    function test_epoch_countsFromTheStart() public {
        assertEq(registry.START_TIME(), START);
        assertEq(registry.epoch(START), 0);
        assertEq(registry.epoch(START + EPOCH - 1), 0);
        assertEq(registry.epoch(START + EPOCH), 1);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.BeforeFirstEpoch.selector, START - 1, START));
        registry.epoch(START - 1);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.BeforeFirstEpoch.selector, START - 1, START));
        registry.rosterAt(START - 1);
    }

    function test_constructor_boundsItsParameters() public {
        _expectBounds("minStake", 0, 1, type(uint128).max, 0, 1 days, 337 days, 10_000);
        _expectBounds("epochDuration", 1 days - 1, 1 days, 30 days, 1, 1 days - 1, 337 days, 10_000);
        _expectBounds("epochDuration", 30 days + 1, 1 days, 30 days, 1, 30 days + 1, 337 days, 10_000);
        _expectBounds("unbondingDelay", 337 days - 1, 337 days, 1098 days, 1, 1 days, 337 days - 1, 10_000);
        _expectBounds("unbondingDelay", 1098 days + 1, 337 days, 1098 days, 1, 1 days, 1098 days + 1, 10_000);
        _expectBounds("minBandPpm", 999, 1000, 200_000, 1, 1 days, 337 days, 999);
        _expectBounds("minBandPpm", 200_001, 1000, 200_000, 1, 1 days, 337 days, 200_001);
    }

    function _expectBounds(
        bytes32 field,
        uint256 got,
        uint256 min,
        uint256 max,
        uint128 minStake,
        uint64 epochDuration,
        uint64 unbondingDelay,
        uint32 minBandPpm
    ) private {
        bytes memory args = abi.encode(
            oracle, weth, arbitrator, backup, SINK, minStake, epochDuration, unbondingDelay, minBandPpm
        );
        bytes memory code = abi.encodePacked(vm.getCode("ReporterRegistry.sol:ReporterRegistry"), args);
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.RegistryParameterOutOfBounds.selector, field, got, min, max)
        );
        this.create(code);
    }

    function create(bytes memory code) external returns (address made) {
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
            if iszero(made) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function _expectTaken(address owner, uint256 i) private {
        Registration memory registration = _registration(owner, i, MIN_STAKE);
        BLS.G2Point memory possession = _possession(owner, i);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.SignerTaken.selector, registration.signer, 0));
        vm.prank(owner);
        registry.register(registration, possession, "", "");
    }

    function _expectPeerIdLength(uint256 length) private {
        Registration memory registration = _registration(alice, 0, MIN_STAKE);
        BLS.G2Point memory possession = _possession(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.PeerIdLengthOutOfBounds.selector, length, 1, 64));
        vm.prank(alice);
        registry.register(registration, possession, "", "");
    }

    function _expectTooSoon(uint64 endTime) private {
        BLS.G1Point memory key = BlsKeys.key(9);
        BLS.G2Point memory possession = _possession(alice, 8);
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.RotationTooSoon.selector, block.timestamp, endTime)
        );
        vm.prank(alice);
        registry.rotate(0, vm.addr(SIGNER + 8), key, possession, "");
    }
}
