// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";
import {BlsLib} from "src/libraries/BlsLib.sol";
import {Fixing, Kind, Phase} from "src/types/Fixing.sol";
import {Report} from "src/types/Report.sol";

import {IRegistry} from "../mocks/IRegistry.sol";
import {RegistryFixture} from "../mocks/RegistryFixture.sol";
import {BlsKeys} from "../support/BlsKeys.sol";

/// R-402, R-403, R-404: what a quorum stands behind.
contract AttestTest is RegistryFixture {
    /// Every set of signers of seven: more than two thirds attest, fewer do not.
    function test_attest_bySetsOfSeven() public {
        _ready(7);
        uint256 snapshot = vm.snapshotState();
        for (uint256 signers = 0; signers < 128; ++signers) {
            Report memory report = _report(TRUTH);
            uint256 count = _bits(signers);
            BLS.G2Point memory signature = _cosigned(fixing, report, signers);
            if (count < 5) vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.QuorumMissed.selector, count, 5));
            registry.attest(fixing, report, signature, signers);
            if (count >= 5) {
                (uint256 got, bytes19 digest) = registry.attestationOf(id);
                assertEq(got, count);
                assertEq(digest, bytes19(keccak256(abi.encode(TRUTH, signers))));
            }
            vm.revertToState(snapshot);
        }
    }

    function test_attest_says() public {
        _ready(3);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.Attested(id, TRUTH, report.observationsRoot, proposer, 7);
        registry.attest(fixing, report, signature, 7);
    }

    /// Two of three are two thirds, and not more.
    function test_attest_twoThirdsAreNotEnough() public {
        _ready(3);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 3);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.QuorumMissed.selector, 2, 3));
        registry.attest(fixing, report, signature, 3);
    }

    /// One encoding of who signed: no bit without a place.
    function test_attest_refusesSignersWithoutAPlace() public {
        _ready(3);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        uint256[3] memory bitmaps = [uint256(15), 7 | 1 << 255, type(uint256).max];
        for (uint256 i = 0; i < bitmaps.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.SignerBeyondRoster.selector, bitmaps[i], 3));
            registry.attest(fixing, report, signature, bitmaps[i]);
        }
    }

    /// The signature is of these signers, for this fixing, epoch, report and registry, and for reports.
    function test_attest_refusesEverySignatureOfSomethingElse() public {
        _ready(4);
        Report memory report = _report(TRUTH);
        _expectInvalid(report, _cosigned(fixing, report, 15), 7);
        _expectInvalid(report, _cosigned(fixing, report, 7), 15);
        _expectInvalid(report, _cosigned(fixing, _report(LIE), 15), 15);
        Report memory other = _report(TRUTH);
        other.observationsRoot = keccak256("others");
        _expectInvalid(report, _cosigned(fixing, other, 15), 15);
        other = _report(TRUTH);
        other.proposer = attacker;
        _expectInvalid(report, _cosigned(fixing, other, 15), 15);
        Fixing memory later = fixing;
        later.maturity += uint64(EPOCH);
        _expectInvalid(report, _cosigned(later, report, 15), 15);
        bytes32 digest = registry.reportDigest(fixing, report);
        _expectInvalid(report, BlsKeys.sign(10, digest, BlsLib.POSSESSION_TAG), 15);
        BLS.G2Point memory identity;
        _expectInvalid(report, identity, 15);

        IRegistry twin = _deployRegistry(address(oracle), address(weth));
        vm.warp(MATURITY + 1);
        bytes32 foreign = _digestOf(MATURITY + 1, twin, report);
        assertNotEq(foreign, digest);
        _expectInvalid(report, BlsKeys.sign(10, foreign, BlsLib.SIGNATURE_TAG), 15);
    }

    /// A point of G2 outside the subgroup, and one that is none.
    function test_attest_refusesSignaturesThatAreNoPoints() public {
        _ready(3);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        signature.x_c0_b = bytes32(uint256(signature.x_c0_b) ^ 1);
        vm.expectRevert(BLS.PairingFailed.selector);
        registry.attest(fixing, report, signature, 7);

        BLS.G2Point memory outside = BLS.G2Point({
            x_c0_a: 0,
            x_c0_b: bytes32(uint256(2)),
            x_c1_a: 0,
            x_c1_b: 0,
            y_c0_a: 0x0000000000000000000000000000000018c6b864ae17dc9da64203ffefb96630,
            y_c0_b: 0x6425a7bc6aeb7c75247438372716284a4173830420cd476ba1a365b95bfcec38,
            y_c1_a: 0x00000000000000000000000000000000172e93db764a8400a7d5071b6b6f5de0,
            y_c1_b: 0xda2f0f4a063119abca014006b7c40a2cfe291a1924e65db0d6d0fcfbf3bf3d5c
        });
        // On the curve, so addition takes it.
        BLS.add(outside, outside);
        vm.expectRevert(BLS.PairingFailed.selector);
        registry.attest(fixing, report, outside, 7);
    }

    /// More signers replace fewer; as many do not.
    function test_attest_byMore() public {
        _ready(7);
        _attest(TRUTH, 31);
        Report memory report = _report(RULING);
        BLS.G2Point memory signature = _cosigned(fixing, report, 62);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AttestedByMore.selector, 5, 5));
        registry.attest(fixing, report, signature, 62);
        _attest(RULING, 63);
        (uint256 count, bytes19 digest) = registry.attestationOf(id);
        assertEq(count, 6);
        assertEq(digest, bytes19(keccak256(abi.encode(RULING, uint256(63)))));
    }

    /// From the second after the maturity until the settlement is known.
    function test_attest_inTime() public {
        _registerMany(3);
        vm.warp(MATURITY - 1);
        registry.publishRoster(MATURITY - 1);
        vm.warp(MATURITY);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AttestedEarly.selector, MATURITY, MATURITY));
        registry.attest(fixing, report, signature, 7);
        vm.warp(MATURITY + 1);
        uint256 first = vm.snapshotState();
        registry.attest(fixing, report, signature, 7);
        vm.revertToState(first);
        _propose(attacker, LIE);
        vm.warp(MATURITY + FIRST_WINDOW);
        uint256 snapshot = vm.snapshotState();
        registry.attest(fixing, report, signature, 7);
        vm.revertToState(snapshot);
        vm.warp(MATURITY + 1 + FIRST_WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AlreadySettled.selector, id));
        registry.attest(fixing, report, signature, 7);
    }

    function test_attest_needsTheRosterAndAValue() public {
        _registerMany(3);
        vm.warp(MATURITY + 1);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RosterMissing.selector, MATURITY));
        registry.attest(fixing, report, signature, 7);
        registry.publishRoster(MATURITY);
        report = _report(0);
        signature = _cosigned(fixing, report, 7);
        vm.expectRevert(IReporterRegistry.ReportedZero.selector);
        registry.attest(fixing, report, signature, 7);
    }

    /// A change of the reporters after the maturity takes nothing from an aggregate that is on its way, even if their
    /// roster is not written yet.
    function test_attest_survivesEveryLaterChange() public {
        _registerMany(3);
        vm.warp(MATURITY + 1);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        _register(bob, 9, MIN_STAKE);
        _startLeaving(alice, 0);
        _rotate(alice, 1, 11);
        _propose(attacker, LIE);
        registry.publishRoster(MATURITY);
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        registry.attest(fixing, report, signature, 7);
    }

    /// Whichever roster was written last.
    function test_attest_byTheRosterOfTheMaturity() public {
        _ready(3);
        Fixing memory older = fixing;
        _register(bob, 3, MIN_STAKE);
        fixing.maturity = START + 2 * EPOCH;
        vm.warp(fixing.maturity + 1);
        registry.publishRoster(fixing.maturity);
        _attest(TRUTH, 15);
        Report memory report = _report(TRUTH);
        registry.attest(older, report, _cosigned(older, report, 7), 7);
    }

    /// In epoch 0 the reporters can change from one second to the next.
    function test_attest_notByTheRosterOfASecondEarlier() public {
        _registerMany(3);
        vm.warp(START + 1);
        _register(bob, 3, MIN_STAKE);
        vm.warp(START + 2);
        registry.publishRoster(START);
        fixing.maturity = START + 1;
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RosterMissing.selector, START + 1));
        registry.attest(fixing, report, signature, 7);
        fixing.maturity = START;
        _attest(TRUTH, 7);
    }

    /// The caller pays the bond, the rest of its maximum returns, and the receipts are the report's proposer's.
    function test_proposeAttested_handsTheReceiptsToTheProposer() public {
        _ready(3);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        uint256 before = weth.balanceOf(attacker);
        uint256 held = weth.balanceOf(address(registry));
        vm.prank(attacker);
        assertEq(registry.proposeAttested(fixing, report, signature, 7, 3 * BOND), BOND);
        assertEq(weth.balanceOf(attacker), before - BOND);
        assertEq(weth.balanceOf(address(registry)), held);
        assertEq(oracle.balanceOf(proposer, _receipt(Kind.Stake, 0, TRUTH)), BOND);
        assertEq(oracle.balanceOf(address(registry), _receipt(Kind.Stake, 0, TRUTH)), 0);
        (uint256 count,) = registry.attestationOf(id);
        assertEq(count, 3);
        (, uint128 leader,,,) = oracle.state(fixing);
        assertEq(leader, TRUTH);
    }

    /// Whoever attests a moment earlier what is about to be proposed gains nothing.
    function test_proposeAttested_afterTheSameWasAttested() public {
        _ready(4);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        vm.prank(bob);
        registry.attest(fixing, report, _cosigned(fixing, report, 15), 15);
        vm.prank(attacker);
        registry.proposeAttested(fixing, report, signature, 7, BOND);
        (uint256 count,) = registry.attestationOf(id);
        assertEq(count, 4);
        assertEq(oracle.balanceOf(proposer, _receipt(Kind.Stake, 0, TRUTH)), BOND);
    }

    /// All of it or nothing, for the oracle's own reason.
    function test_proposeAttested_revertsAsAWhole() public {
        _ready(3);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, 7);
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, BOND, BOND - 1));
        registry.proposeAttested(fixing, report, signature, 7, BOND - 1);
        (uint256 count,) = registry.attestationOf(id);
        assertEq(count, 0);
        _propose(attacker, LIE);
        vm.prank(attacker);
        vm.expectRevert(
            abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Active, Phase.Open)
        );
        registry.proposeAttested(fixing, report, signature, 7, BOND);
    }

    /// The goal of the quorum check: 100 registered, 10 absent.
    function test_proposeAttested_ofAHundred() public {
        _ready(100);
        uint256 signers = (1 << 100) - 1;
        for (uint256 i = 0; i < 10; ++i) {
            signers ^= 1 << (i * 7);
        }
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, signers);
        vm.prank(proposer);
        registry.proposeAttested(fixing, report, signature, signers, BOND);
        (uint256 count,) = registry.attestationOf(id);
        assertEq(count, 90);
    }

    /// docs/gas.md has the figures; here every slot of the fixing is new, and no memory is far away.
    function test_proposeAttested_staysCheap() public {
        _ready(100);
        uint256 signers = ((1 << 100) - 1) ^ ((1 << 10) - 1);
        Report memory report = _report(TRUTH);
        BLS.G2Point memory signature = _cosigned(fixing, report, signers);
        vm.prank(proposer);
        registry.proposeAttested(fixing, report, signature, signers, BOND);
        assertLt(vm.lastCallGas().gasTotalUsed, 330_000);
    }

    function _expectInvalid(Report memory report, BLS.G2Point memory signature, uint256 signers) private {
        bytes32 digest = registry.reportDigest(fixing, report);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.SignatureInvalid.selector, digest));
        registry.attest(fixing, report, signature, signers);
    }

    function _digestOf(uint64 maturity, IRegistry from, Report memory report) private view returns (bytes32) {
        Fixing memory f = fixing;
        f.maturity = maturity;
        return from.reportDigest(f, report);
    }

    function _bits(uint256 bitmap) private pure returns (uint256 count) {
        for (; bitmap != 0; bitmap >>= 1) {
            count += bitmap & 1;
        }
    }
}
