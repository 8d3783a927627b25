// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";
import {Observation} from "src/types/Observation.sol";
import {Report} from "src/types/Report.sol";

import {RegistryFixture} from "../mocks/RegistryFixture.sol";

/// R-401, R-405: the two ways to lose a stake, and that there is no third.
contract SlashTest is RegistryFixture {
    function test_slashEquivocation_takesTheStakeOfWhoSignedTwo() public {
        _register(alice, 0, 10 ether);
        vm.warp(START + EPOCH);
        (Observation memory first, bytes memory one) = _observed(0, TRUTH);
        (Observation memory second, bytes memory two) = _observed(0, LIE);
        uint256 before = weth.balanceOf(bob);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.LeavingStarted(0, START + 2 * EPOCH, START + 2 * EPOCH + UNBONDING);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.Slashed(0, id, bob, 10 ether, 2 ether);
        vm.prank(bob);
        assertEq(registry.slashEquivocation(fixing, first, one, second, two), 2 ether);
        assertEq(weth.balanceOf(bob), before + 2 ether);
        assertEq(weth.balanceOf(SINK), 8 ether);
        assertEq(_reporter(0).stake, 0);
        assertFalse(_isReporter(0, START + 2 * EPOCH));
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NothingToSlash.selector, 0));
        vm.prank(bob);
        registry.slashEquivocation(fixing, first, one, second, two);
        // Its place is free for another, whoever says so.
        vm.warp(START + 2 * EPOCH + UNBONDING);
        vm.recordLogs();
        assertEq(_withdraw(bob, 0), 0);
        // Nothing is not transferred: some tokens refuse to.
        assertEq(vm.getRecordedLogs().length, 1);
        assertEq(_register(bob, 1, MIN_STAKE), 0);
    }

    /// While it leaves, and by what it signed with a key that it has rotated away.
    function test_slashEquivocation_reachesLeaversAndFormerSigners() public {
        _registerMany(2);
        vm.warp(START + EPOCH);
        (Observation memory first, bytes memory one) = _observed(0, TRUTH);
        (Observation memory second, bytes memory two) = _observed(0, LIE);
        _startLeaving(alice, 0);
        vm.warp(START + UNBONDING);
        vm.prank(bob);
        registry.slashEquivocation(fixing, first, one, second, two);
        assertEq(_reporter(0).stake, 0);

        (first, one) = _observed(1, TRUTH);
        (second, two) = _observed(1, LIE);
        _rotate(alice, 1, 5);
        vm.warp(block.timestamp + 3 * EPOCH);
        _rotate(alice, 1, 6);
        vm.prank(bob);
        registry.slashEquivocation(fixing, first, one, second, two);
        assertEq(_reporter(1).stake, 0);
    }

    /// The same twice, two fixings, two signers: no equivocation. Every field of an observation counts.
    function test_slashEquivocation_needsTwoOfOneSignerForOneFixing() public {
        _registerMany(2);
        (Observation memory first, bytes memory one) = _observed(0, TRUTH);
        _expectNone(first, one, first, one);
        (Observation memory other, bytes memory two) = _observed(1, LIE);
        _expectNone(first, one, other, two);
        other.fixingId = FixingId.wrap(keccak256("another fixing"));
        two = _signed(SIGNER, registry.observationDigest(other));
        _expectNone(first, one, other, two);
        _expectNone(other, two, first, one);
        // Two of one fixing, brought for another.
        (other, two) = _observed(0, LIE);
        ++fixing.firstWindow;
        _expectNone(first, one, other, two);
        --fixing.firstWindow;

        other = Observation(id, first.value, first.observedAt, keccak256("other sources"));
        two = _signed(SIGNER, registry.observationDigest(other));
        vm.prank(bob);
        registry.slashEquivocation(fixing, first, one, other, two);
    }

    function test_slashEquivocation_isNotForTheOffender() public {
        _register(alice, 0, MIN_STAKE);
        vm.warp(START + EPOCH);
        _rotate(alice, 0, 5);
        (Observation memory first, bytes memory one) = _observed(0, TRUTH);
        (Observation memory second, bytes memory two) = _observed(0, LIE);
        address[3] memory offenders = [alice, vm.addr(SIGNER), vm.addr(SIGNER + 5)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.ProverIsOffender.selector, offenders[i]));
            vm.prank(offenders[i]);
            registry.slashEquivocation(fixing, first, one, second, two);
        }
    }

    /// A signer answers for the maturities of its term, and after it for as long as a stake unbonds: a key that leaked
    /// can be retired.
    function test_slashEquivocation_isForTheSignersTerm() public {
        _register(alice, 0, MIN_STAKE);
        vm.warp(START + EPOCH);
        _rotate(alice, 0, 5);
        vm.warp(START + 2 * EPOCH);
        // The old signer's term ended at START + 2 EPOCH, and the new one's began.
        fixing.maturity = START + 2 * EPOCH;
        _expectNotItsTerm(0);
        fixing.maturity = START + 2 * EPOCH - 1;
        _expectNotItsTerm(5);
        // Nobody's before it joined.
        fixing.maturity = START - 1;
        _expectNotItsTerm(0);

        fixing.maturity = START;
        uint256 snapshot = vm.snapshotState();
        vm.warp(START + 2 * EPOCH + UNBONDING - 1);
        assertEq(_equivocate(0), MIN_STAKE / 5);
        vm.revertToState(snapshot);
        vm.warp(START + 2 * EPOCH + UNBONDING);
        _expectNotItsTerm(0);
        fixing.maturity = START + 2 * EPOCH;
        assertEq(_equivocate(5), MIN_STAKE / 5);
    }

    /// Who left answers until its stake can be withdrawn, whether or not it is, and not for what matured since.
    function test_slashEquivocation_endsWithUnbonding() public {
        _register(alice, 0, MIN_STAKE);
        vm.warp(START + EPOCH);
        _startLeaving(alice, 0);
        fixing.maturity = START + 2 * EPOCH;
        _expectNotItsTerm(0);
        fixing.maturity = START + 2 * EPOCH - 1;
        vm.warp(START + 2 * EPOCH + UNBONDING);
        _expectNotItsTerm(0);
        vm.warp(START + 2 * EPOCH + UNBONDING - 1);
        assertEq(_equivocate(0), MIN_STAKE / 5);
    }

    /// A signer that stays while the key is replaced has one term.
    function test_slashEquivocation_reachesASignerThatStays() public {
        _register(alice, 0, MIN_STAKE);
        vm.warp(START + EPOCH);
        _rotateTo(alice, 0, 0, 5);
        vm.warp(START + 3 * EPOCH);
        _rotateTo(alice, 0, 0, 6);
        uint64[3] memory maturities = [START, START + 2 * EPOCH, START + 9 * EPOCH];
        for (uint256 i = 0; i < maturities.length; ++i) {
            fixing.maturity = maturities[i];
            uint256 snapshot = vm.snapshotState();
            assertEq(_equivocate(0), MIN_STAKE / 5);
            vm.revertToState(snapshot);
        }
    }

    /// When a stake goes back is fixed by leaving, and being slashed on the way out does not change it.
    function test_slashEquivocation_leavesALeaversEndAlone() public {
        _register(alice, 0, MIN_STAKE);
        vm.warp(START + EPOCH);
        _startLeaving(alice, 0);
        vm.warp(START + 5 * EPOCH);
        fixing.maturity = START;
        _equivocate(0);
        assertEq(_reporter(0).inactiveTime, START + 2 * EPOCH);
    }

    /// A signer of nobody, and one whose reporter is gone: its index may be somebody else's.
    function test_slashEquivocation_ofNobody() public {
        (Observation memory first, bytes memory one) = _observed(0, TRUTH);
        (Observation memory second, bytes memory two) = _observed(0, LIE);
        bytes memory unknown =
            abi.encodeWithSelector(IReporterRegistry.SignerUnknown.selector, vm.addr(SIGNER));
        vm.expectRevert(unknown);
        registry.slashEquivocation(fixing, first, one, second, two);
        _register(alice, 0, MIN_STAKE);
        _startLeaving(alice, 0);
        vm.warp(START + UNBONDING);
        _withdraw(alice, 0);
        _register(bob, 3, MIN_STAKE);
        assertEq(_reporter(0).owner, bob);
        vm.expectRevert(unknown);
        registry.slashEquivocation(fixing, first, one, second, two);
        assertEq(_reporter(0).stake, MIN_STAKE);
    }

    /// R-405, all of it: of every combination of court, band and way to settle, one slashes.
    function test_slashAttestation_onlyByANumericRulingOfTheRegistrysCourt() public {
        _registerMany(3);
        vm.warp(MATURITY + 1);
        registry.publishRoster(MATURITY);
        uint256 slashed;
        for (uint256 court = 0; court < 4; ++court) {
            for (uint256 band = 0; band < 2; ++band) {
                for (uint256 way = 0; way < 5; ++way) {
                    uint256 snapshot = vm.snapshotState();
                    if (_slashes(court, band, way)) {
                        ++slashed;
                        assertEq(court, 0);
                        assertEq(band, 0);
                        assertEq(way, 0);
                    }
                    vm.revertToState(snapshot);
                }
            }
        }
        assertEq(slashed, 1);
    }

    /// Each signer apart, once, and only signers.
    function test_slashAttestation_takesEachSignersStake() public {
        _ready(4);
        Report memory report = _report(LIE);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        _ruled(TRUTH);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotAttester.selector, 3));
        registry.slashAttestation(fixing, report, signature, 7, 3);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotAttester.selector, 300));
        registry.slashAttestation(fixing, report, signature, 7, 300);
        for (uint8 place = 0; place < 3; ++place) {
            assertEq(registry.slashAttestation(fixing, report, signature, 7, place), MIN_STAKE / 5);
            assertEq(_reporter(place).stake, 0);
            vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NothingToSlash.selector, place));
            registry.slashAttestation(fixing, report, signature, 7, place);
        }
        assertEq(_reporter(3).stake, MIN_STAKE);
        // Nobody is slashed for what they did not sign.
        report = _report(LIE_B);
        vm.expectRevert(
            abi.encodeWithSelector(
                IReporterRegistry.SignatureInvalid.selector, registry.reportDigest(fixing, report)
            )
        );
        registry.slashAttestation(fixing, report, signature, 7, 0);
        vm.stopPrank();
    }

    /// Settles in one of five ways with one of four pairs of arbitrators and one of two bands, and tries to slash.
    function _slashes(uint256 court, uint256 band, uint256 way) private returns (bool) {
        Fixing memory f = _defaults();
        address mallory = makeAddr("mallory");
        if (court & 1 != 0) f.arbitrator = attacker;
        if (court & 2 != 0) f.backup = mallory;
        f.bandPpm = band == 0 ? MIN_BAND : MIN_BAND - 1;
        _use(f);
        Report memory report = _report(LIE);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        if (way == 0) _ruled(TRUTH);
        if (way == 1) _ruled(INVALID);
        if (way == 2) _ruled(LIE);
        if (way == 3) {
            _propose(proposer, TRUTH);
            vm.warp(block.timestamp + FIRST_WINDOW);
        }
        if (way == 4) vm.warp(oracle.worstCase(fixing));
        vm.prank(bob);
        try registry.slashAttestation(fixing, report, signature, 7, 0) {
            return true;
        } catch (bytes memory reason) {
            assertEq(reason, abi.encodeWithSelector(IReporterRegistry.NotWrong.selector, id));
            return false;
        }
    }

    /// Goes to arbitration by request and is ruled.
    function _ruled(uint128 value) private {
        vm.warp(MATURITY + GRACE);
        _request(carol);
        _rule(fixing.arbitrator, value);
    }

    function _observed(uint256 i, uint128 value) private view returns (Observation memory o, bytes memory signature) {
        o = Observation(id, value, MATURITY, keccak256("sources"));
        signature = _signed(SIGNER + i, registry.observationDigest(o));
    }

    function _equivocate(uint256 i) private returns (uint128) {
        (Observation memory first, bytes memory one, Observation memory second, bytes memory two) = _pair(i);
        vm.prank(bob);
        return registry.slashEquivocation(fixing, first, one, second, two);
    }

    function _expectNotItsTerm(uint256 i) private {
        (Observation memory first, bytes memory one, Observation memory second, bytes memory two) = _pair(i);
        address signer = vm.addr(SIGNER + i);
        vm.expectRevert(
            abi.encodeWithSelector(IReporterRegistry.NotItsTerm.selector, signer, fixing.maturity)
        );
        vm.prank(bob);
        registry.slashEquivocation(fixing, first, one, second, two);
    }

    /// Two observations of `fixing` by signer i.
    function _pair(uint256 i)
        private
        view
        returns (Observation memory first, bytes memory one, Observation memory second, bytes memory two)
    {
        first = Observation(_idOf(fixing), TRUTH, fixing.maturity, keccak256("sources"));
        second = Observation(first.fixingId, LIE, fixing.maturity, keccak256("sources"));
        one = _signed(SIGNER + i, registry.observationDigest(first));
        two = _signed(SIGNER + i, registry.observationDigest(second));
    }

    function _expectNone(Observation memory first, bytes memory one, Observation memory second, bytes memory two)
        private
    {
        vm.expectRevert(IReporterRegistry.NotEquivocation.selector);
        vm.prank(bob);
        registry.slashEquivocation(fixing, first, one, second, two);
    }
}
