// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";
import {BlsLib} from "src/libraries/BlsLib.sol";
import {Fixing} from "src/types/Fixing.sol";
import {Report} from "src/types/Report.sol";
import {Registration, Reporter} from "src/types/Reporter.sol";

import {BlsKeys} from "../support/BlsKeys.sol";
import {OracleTest} from "../support/OracleTest.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title A registry with epochs of a day in its first second, a day before the maturity of a fixing
/// @notice Reporter i has signer key `SIGNER + i` and BLS secret `i + 1`.
abstract contract RegistryFixture is OracleTest {
    uint64 internal constant START = MATURITY - 1 days;
    uint64 internal constant EPOCH = 1 days;
    uint64 internal constant UNBONDING = 337 days;
    uint64 internal constant NEVER = type(uint64).max;
    uint128 internal constant MIN_STAKE = 1 ether;
    uint32 internal constant MIN_BAND = 10_000;
    uint256 internal constant SIGNER = 0x5160;

    IRegistry internal registry;
    bytes internal peerId = hex"0024080112205a6b";

    function setUp() public virtual override {
        super.setUp();
        registry = _deployRegistry(address(oracle), address(weth));
        address[5] memory players = [proposer, attacker, alice, bob, carol];
        for (uint256 i = 0; i < players.length; ++i) {
            _allow(players[i]);
        }
    }

    function _deployRegistry(address oracle_, address token) internal returns (IRegistry) {
        bytes memory args = abi.encode(
            oracle_, token, arbitrator, backup, SINK, MIN_STAKE, EPOCH, UNBONDING, MIN_BAND
        );
        return IRegistry(deployCode("ReporterRegistry.sol:ReporterRegistry", args));
    }

    function _allow(address who) internal {
        vm.prank(who);
        weth.approve(address(registry), type(uint256).max);
    }

    function _registration(address owner, uint256 i, uint128 stake) internal view returns (Registration memory) {
        return Registration(owner, vm.addr(SIGNER + i), peerId, stake, BlsKeys.key(i + 1), uint64(block.timestamp));
    }

    /// Registers reporter i of `owner`, who calls itself.
    function _register(address owner, uint256 i, uint128 stake) internal returns (uint8) {
        Registration memory registration = _registration(owner, i, stake);
        BLS.G2Point memory possession = _possession(owner, i);
        bytes memory consent = _signed(SIGNER + i, registry.registrationDigest(registration));
        vm.prank(owner);
        return registry.register(registration, possession, consent, "");
    }

    /// Registers reporters 0 .. count - 1 of alice.
    function _registerMany(uint256 count) internal {
        for (uint256 i = 0; i < count; ++i) {
            _register(alice, i, MIN_STAKE);
        }
    }

    function _possession(address owner, uint256 i) internal view returns (BLS.G2Point memory) {
        bytes32 digest = registry.possessionDigest(owner, BlsKeys.key(i + 1));
        return BlsKeys.sign(i + 1, digest, BlsLib.POSSESSION_TAG);
    }

    function _rotate(address owner, uint8 index, uint256 i) internal {
        _rotateTo(owner, index, i, i);
    }

    /// To the signer of reporter i and the key of reporter j.
    function _rotateTo(address owner, uint8 index, uint256 i, uint256 j) internal {
        address signer = vm.addr(SIGNER + i);
        BLS.G1Point memory key = BlsKeys.key(j + 1);
        BLS.G2Point memory possession = _possession(owner, j);
        bytes memory consent = _signed(SIGNER + i, registry.rotationDigest(index, owner, signer, key));
        vm.prank(owner);
        registry.rotate(index, signer, key, possession, consent);
    }

    function _startLeaving(address owner, uint8 index) internal {
        vm.prank(owner);
        registry.startLeaving(index);
    }

    function _withdraw(address owner, uint8 index) internal returns (uint128) {
        vm.prank(owner);
        return registry.withdraw(index);
    }

    function _signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _reporter(uint8 index) internal view returns (Reporter memory) {
        return registry.reporterAt(index, uint64(block.timestamp));
    }

    function _isReporter(uint8 index, uint64 time) internal view returns (bool) {
        Reporter[] memory reporters = registry.reportersAt(time);
        for (uint256 i = 0; i < reporters.length; ++i) {
            if (reporters[i].index == index) return true;
        }
        return false;
    }

    function _expectNotOwner(address got, address want) internal {
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotReporterOwner.selector, got, want));
    }

    function _report(uint128 value) internal view returns (Report memory) {
        return Report(value, keccak256("observations"), proposer);
    }

    /// The signatures of the reporters whose places are in `signers`, when place i is reporter i.
    function _cosigned(Fixing memory f, Report memory report, uint256 signers)
        internal
        view
        returns (BLS.G2Point memory)
    {
        uint256 secrets;
        for (uint256 i = 0; i < 256; ++i) {
            if (signers >> i & 1 != 0) secrets += i + 1;
        }
        // The sum of signatures is the signature of the sum of secrets.
        return BlsKeys.sign(secrets, registry.reportDigest(f, report), BlsLib.SIGNATURE_TAG);
    }

    function _attest(uint128 value, uint256 signers) internal {
        Report memory report = _report(value);
        registry.attest(fixing, report, _cosigned(fixing, report, signers), signers);
    }

    /// `count` reporters and their roster, a second after maturity.
    function _ready(uint256 count) internal {
        _registerMany(count);
        vm.warp(MATURITY + 1);
        registry.publishRoster(MATURITY);
    }
}
