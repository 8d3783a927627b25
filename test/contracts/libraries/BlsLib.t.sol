// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";
import {Test} from "forge-std/Test.sol";

import {BlsLib} from "src/libraries/BlsLib.sol";

/// Hashing to the curve, signatures and their sums, on vectors of RFC 9380 and of blst.
contract BlsLibTest is Test {
    struct Hash {
        bytes message;
        bytes point;
        bytes tag;
    }

    struct Signature {
        bytes key;
        bytes32 message;
        bytes32 secret;
        bytes signature;
    }

    struct Sum {
        uint256 count;
        bytes key;
        bytes32 message;
        bytes signature;
    }

    string private json = vm.readFile("test/vectors/bls.json");

    /// R-403: hash-to-curve as RFC 9380, J.10.1.
    function test_hashToG2_agreesWithTheRfc() public view {
        Hash[] memory rows = abi.decode(vm.parseJson(json, ".hashes"), (Hash[]));
        assertEq(rows.length, 5);
        for (uint256 i = 0; i < rows.length; ++i) {
            assertEq(abi.encode(BlsLib.hashToG2(rows[i].message, rows[i].tag)), rows[i].point);
        }
    }

    /// R-403: each signature is its key's, over its message, under its tag, and nothing else.
    function test_isSigned_agreesWithBlst() public view {
        Signature[] memory rows = abi.decode(vm.parseJson(json, ".signatures"), (Signature[]));
        assertGt(rows.length, 1);
        for (uint256 i = 0; i < rows.length; ++i) {
            Signature memory row = rows[i];
            Signature memory other = rows[(i + 1) % rows.length];
            assertTrue(_isSigned(row.key, row.message, BlsLib.SIGNATURE_TAG, row.signature));
            assertFalse(_isSigned(other.key, row.message, BlsLib.SIGNATURE_TAG, row.signature));
            assertFalse(_isSigned(row.key, other.message, BlsLib.SIGNATURE_TAG, row.signature));
            assertFalse(_isSigned(row.key, row.message, BlsLib.POSSESSION_TAG, row.signature));
            assertFalse(_isSigned(row.key, row.message, BlsLib.SIGNATURE_TAG, other.signature));
        }
    }

    /// R-403: signatures of one message add up to the signature of the sum of keys.
    function test_isSigned_agreesWithBlstOnSums() public view {
        Sum[] memory rows = abi.decode(vm.parseJson(json, ".sums"), (Sum[]));
        for (uint256 i = 0; i < rows.length; ++i) {
            assertTrue(_isSigned(rows[i].key, rows[i].message, BlsLib.SIGNATURE_TAG, rows[i].signature));
        }
    }

    /// The identity as key would sign every message with the identity.
    function test_isSigned_refusesTheIdentity() public view {
        bytes memory nothing = new bytes(128);
        assertFalse(_isSigned(nothing, bytes32("m"), BlsLib.SIGNATURE_TAG, new bytes(256)));
        Signature[] memory rows = abi.decode(vm.parseJson(json, ".signatures"), (Signature[]));
        assertFalse(_isSigned(rows[0].key, rows[0].message, BlsLib.SIGNATURE_TAG, new bytes(256)));
    }

    /// EIP-2537: (4, y) lies on the curve and outside the subgroup; the pairing must not take it.
    function test_isSigned_revertsForAWrongSubgroup() public {
        Signature[] memory rows = abi.decode(vm.parseJson(json, ".signatures"), (Signature[]));
        bytes memory outside = abi.encode(
            BLS.G1Point({
                x_a: 0,
                x_b: bytes32(uint256(4)),
                y_a: 0x000000000000000000000000000000000a989badd40d6212b33cffc3f3763e9b,
                y_b: 0xc760f988c9926b26da9dd85e928483446346b8ed00e1de5d5ea93e354abe706c
            })
        );
        // On the curve, so addition takes it.
        BLS.G1Point memory point = abi.decode(outside, (BLS.G1Point));
        BLS.add(point, point);
        vm.expectRevert(BLS.PairingFailed.selector);
        this.isSigned(outside, rows[0].message, BlsLib.SIGNATURE_TAG, rows[0].signature);
    }

    /// Coordinates at or above p, and points off the curve.
    function test_isSigned_revertsForWhatIsNoPoint() public {
        Signature[] memory rows = abi.decode(vm.parseJson(json, ".signatures"), (Signature[]));
        BLS.G1Point memory key = abi.decode(rows[0].key, (BLS.G1Point));
        key.x_b = bytes32(uint256(key.x_b) ^ 1);
        vm.expectRevert(BLS.PairingFailed.selector);
        this.isSigned(abi.encode(key), rows[0].message, BlsLib.SIGNATURE_TAG, rows[0].signature);

        key = abi.decode(rows[0].key, (BLS.G1Point));
        key.x_a = bytes32(uint256(key.x_a) | 1 << 255);
        vm.expectRevert(BLS.PairingFailed.selector);
        this.isSigned(abi.encode(key), rows[0].message, BlsLib.SIGNATURE_TAG, rows[0].signature);
    }

    /// (a + b) - b == a, a - 0 == a, a - a == 0, whatever the borrow between the words of y.
    function test_subtract_undoesAddition() public view {
        Signature[] memory rows = abi.decode(vm.parseJson(json, ".signatures"), (Signature[]));
        for (uint256 i = 0; i < rows.length; ++i) {
            for (uint256 j = 0; j < rows.length; ++j) {
                BLS.G1Point memory a = abi.decode(rows[i].key, (BLS.G1Point));
                BLS.G1Point memory b = abi.decode(rows[j].key, (BLS.G1Point));
                BLS.G1Point memory sum = BLS.add(a, b);
                assertEq(abi.encode(BlsLib.subtract(sum, b)), rows[i].key);
            }
            BLS.G1Point memory zero;
            BLS.G1Point memory key = abi.decode(rows[i].key, (BLS.G1Point));
            assertEq(abi.encode(BlsLib.subtract(key, zero)), rows[i].key);
            assertTrue(BlsLib.isIdentity(BlsLib.subtract(key, abi.decode(rows[i].key, (BLS.G1Point)))));
            assertFalse(BlsLib.isIdentity(key));
        }
    }

    function isSigned(bytes calldata key, bytes32 message, bytes calldata tag, bytes calldata signature)
        external
        view
        returns (bool)
    {
        return _isSigned(key, message, tag, signature);
    }

    function _isSigned(bytes memory key, bytes32 message, bytes memory tag, bytes memory signature)
        private
        view
        returns (bool)
    {
        return BlsLib.isSigned(
            abi.decode(key, (BLS.G1Point)), message, tag, abi.decode(signature, (BLS.G2Point))
        );
    }
}
