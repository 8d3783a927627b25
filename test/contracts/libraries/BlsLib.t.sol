// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";
import {Test} from "forge-std/Test.sol";

import {BlsLib} from "src/libraries/BlsLib.sol";

import {BlsReference} from "../support/BlsReference.sol";

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

    /// (a + b) + -b == a, a + -a == 0, -0 == 0, whatever the borrow between the words of y.
    function test_negate_undoesAddition() public view {
        Signature[] memory rows = abi.decode(vm.parseJson(json, ".signatures"), (Signature[]));
        for (uint256 i = 0; i < rows.length; ++i) {
            for (uint256 j = 0; j < rows.length; ++j) {
                BLS.G1Point memory sum = BLS.add(_key(rows[i]), _key(rows[j]));
                assertEq(abi.encode(BLS.add(sum, BlsLib.negate(_key(rows[j])))), rows[i].key);
            }
            assertTrue(BlsLib.isIdentity(BLS.add(_key(rows[i]), BlsLib.negate(_key(rows[i])))));
            assertFalse(BlsLib.isIdentity(_key(rows[i])));
        }
        BLS.G1Point memory zero;
        assertTrue(BlsLib.isIdentity(BlsLib.negate(zero)));
    }

    /// One word that is not zero makes a point that is not the identity: (0, 2) lies on the curve.
    function test_isIdentity_ofNothingElse() public pure {
        bytes32 one = bytes32(uint256(1));
        assertTrue(BlsLib.isIdentity(BLS.G1Point(0, 0, 0, 0)));
        assertFalse(BlsLib.isIdentity(BLS.G1Point(one, 0, 0, 0)));
        assertFalse(BlsLib.isIdentity(BLS.G1Point(0, one, 0, 0)));
        assertFalse(BlsLib.isIdentity(BLS.G1Point(0, 0, one, 0)));
        assertFalse(BlsLib.isIdentity(BLS.G1Point(0, 0, 0, one)));
    }

    /// Where the low words are equal nothing is borrowed: p - (2^256 + low word of p), worked out by hand.
    function test_negate_ofEqualLowWords() public pure {
        BLS.G1Point memory point = BLS.G1Point({
            x_a: 0, x_b: bytes32(uint256(1)),
            y_a: bytes32(uint256(1)), y_b: 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab
        });
        point = BlsLib.negate(point);
        assertEq(point.y_a, 0x000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd6);
        assertEq(point.y_b, 0);
    }

    /// The assembly against the same steps with the compiler's encodings and solady's functions.
    function testFuzz_hashToG2_agreesWithTheReference(bytes calldata message, bytes calldata tag) public view {
        uint256 size = tag.length > 255 ? 255 : tag.length;
        if (size == 0) return;
        assertEq(
            abi.encode(BlsLib.hashToG2(message, tag[:size])), abi.encode(BlsReference.hashToG2(message, tag[:size]))
        );
    }

    /// Memory that is in use stays as it is, and what is free need not be zero.
    function test_hashToG2_mindsMemory() public view {
        bytes memory before = abi.encode("before");
        assembly {
            let free := mload(0x40)
            for { let i := 0 } lt(i, 64) { i := add(i, 1) } { mstore(add(free, shl(5, i)), not(0)) }
        }
        BLS.G2Point memory point = BlsLib.hashToG2("message", "tag");
        bytes memory afterwards = abi.encode("after");
        assertEq(before, abi.encode("before"));
        assertEq(afterwards, abi.encode("after"));
        assertEq(abi.encode(point), abi.encode(BlsReference.hashToG2("message", "tag")));
    }

    /// Without EIP-2537 nothing is signed: a call of an address without code succeeds and returns nothing.
    function test_isSigned_revertsWhereTheCurveIsMissing() public {
        Signature[] memory rows = abi.decode(vm.parseJson(json, ".signatures"), (Signature[]));
        vm.mockCall(address(13), "", "");
        vm.expectRevert(BlsLib.PrecompileFailed.selector);
        this.isSigned(rows[0].key, rows[0].message, BlsLib.SIGNATURE_TAG, rows[0].signature);
        vm.clearMockedCalls();
        vm.mockCall(address(15), "", "");
        try this.isSigned(rows[0].key, rows[0].message, BlsLib.SIGNATURE_TAG, rows[0].signature) {
            fail();
        } catch (bytes memory reason) {
            // To the byte: forge's own comparison takes what begins so.
            assertEq(reason, abi.encodeWithSelector(BLS.PairingFailed.selector));
        }
    }

    /// One hash of nine that fails is noticed, whatever comes after.
    function test_hashToG2_revertsWhereAHashFails() public {
        bytes32 first = sha256(abi.encodePacked(new bytes(64), "message", uint16(256), uint8(0), "tag", uint8(3)));
        vm.mockCallRevert(address(2), abi.encodePacked(first, uint8(1)), "");
        vm.expectRevert(BlsLib.PrecompileFailed.selector);
        this.hashed("message", "tag");
    }

    function hashed(bytes calldata message, bytes calldata tag) external view returns (BLS.G2Point memory) {
        return BlsLib.hashToG2(message, tag);
    }

    function isSignedBy(
        BLS.G1Point calldata key,
        bytes32 message,
        bytes calldata tag,
        BLS.G2Point calldata signature
    ) external view returns (bool) {
        // Scratch memory holds whatever came before.
        assembly ("memory-safe") {
            mstore(0x00, not(0))
            mstore(0x20, not(0))
        }
        return BlsLib.isSigned(key, message, tag, signature);
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
        return this.isSignedBy(
            abi.decode(key, (BLS.G1Point)), message, tag, abi.decode(signature, (BLS.G2Point))
        );
    }

    function _key(Signature memory row) private pure returns (BLS.G1Point memory) {
        return abi.decode(row.key, (BLS.G1Point));
    }
}
