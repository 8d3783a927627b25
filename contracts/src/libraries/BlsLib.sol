// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

/// @title Signatures that add up
/// @notice BLS12-381 with keys in G1 and signatures in G2 over the precompiles of EIP-2537; hashing to the curve as in
/// RFC 9380 (suite BLS12381G2_XMD:SHA-256_SSWU_RO_), with a domain separation tag for each use. Points are encoded as
/// the precompiles want them: coordinates of 64 bytes, the identity all zero. The precompiles revert for coordinates
/// >= p, for points off the curve and, in a pairing, for points outside the subgroup.
/// Twin: `contracts/protocol/bls.ts`, vectors `test/vectors/bls.json`.
library BlsLib {
    /// @notice Tag of signed messages: the proof-of-possession ciphersuite of the IETF's BLS draft, section 4.2.3.
    bytes internal constant SIGNATURE_TAG = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
    /// @notice Tag of proofs of possession, same section.
    bytes internal constant POSSESSION_TAG = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

    uint256 private constant SHA256 = 2;
    uint256 private constant MODEXP = 5;
    uint256 private constant G2_ADD = 13;
    uint256 private constant PAIRING = 15;
    uint256 private constant MAP_FP2_TO_G2 = 17;
    /// The field's prime p, in the two words of a 64-byte number.
    bytes32 private constant P_HIGH = 0x000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd7;
    bytes32 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;
    /// The generator of G1.
    bytes32 private constant G1_X_HIGH = 0x0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0f;
    bytes32 private constant G1_X_LOW = 0xc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb;
    bytes32 private constant G1_Y_HIGH = 0x0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4;
    bytes32 private constant G1_Y_LOW = 0xfcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1;

    /// @notice A precompile failed: this chain has no EIP-2537.
    error PrecompileFailed();

    /// @notice Whether `signature` is `key`'s over `message` under `tag`: e(key, H(message)) == e(G1, signature).
    /// False for the identity as key, which would sign everything with the identity. Reverts for encodings that are
    /// no points of the subgroups.
    function isSigned(
        BLS.G1Point memory key,
        bytes32 message,
        bytes memory tag,
        BLS.G2Point calldata signature
    ) internal view returns (bool) {
        return isSignedByMinus(negate(key), message, tag, signature);
    }

    /// @notice `isSigned` of the key whose negative is `minusKey`: e(minusKey, H(message)) * e(G1, signature) == 1.
    function isSignedByMinus(
        BLS.G1Point memory minusKey,
        bytes32 message,
        bytes memory tag,
        BLS.G2Point calldata signature
    ) internal view returns (bool isOne) {
        if (isIdentity(minusKey)) return false;
        uint256 pairs;
        // Two pairs of a point of G1 and one of G2, as the precompile wants them.
        assembly ("memory-safe") {
            pairs := mload(0x40)
            mstore(0x40, add(pairs, 0x300))
            mcopy(pairs, minusKey, 0x80)
            mstore(add(pairs, 0x180), G1_X_HIGH)
            mstore(add(pairs, 0x1a0), G1_X_LOW)
            mstore(add(pairs, 0x1c0), G1_Y_HIGH)
            mstore(add(pairs, 0x1e0), G1_Y_LOW)
            calldatacopy(add(pairs, 0x200), signature, 0x100)
        }
        _hash(abi.encode(message), tag, pairs + 0x80);
        assembly ("memory-safe") {
            let isDone := staticcall(gas(), PAIRING, pairs, 0x300, 0x00, 0x20)
            if iszero(and(isDone, eq(returndatasize(), 0x20))) {
                mstore(0x00, 0x4df45e2f) // BLS.PairingFailed()
                revert(0x1c, 0x04)
            }
            isOne := mload(0x00)
        }
    }

    /// @notice `-point`, in its memory. For coordinates < p, which the precompiles check.
    function negate(BLS.G1Point memory point) internal pure returns (BLS.G1Point memory) {
        if (isIdentity(point)) return point;
        unchecked {
            uint256 low = uint256(point.y_b);
            uint256 borrow = low > uint256(P_LOW) ? 1 : 0;
            point.y_a = bytes32(uint256(P_HIGH) - uint256(point.y_a) - borrow);
            point.y_b = bytes32(uint256(P_LOW) - low);
        }
        return point;
    }

    /// @notice Whether a point is the identity of its group.
    function isIdentity(BLS.G1Point memory point) internal pure returns (bool) {
        return point.x_a | point.x_b | point.y_a | point.y_b == 0;
    }

    /// @notice RFC 9380's hash_to_curve of `message` to G2. `tag` has 1 .. 255 bytes.
    function hashToG2(bytes memory message, bytes memory tag) internal view returns (BLS.G2Point memory point) {
        uint256 output;
        assembly ("memory-safe") {
            output := point
        }
        _hash(message, tag, output);
    }

    /// @dev Writes the point to the 256 bytes of memory at `output`.
    /// One block of assembly: with solady's functions and the compiler's encodings the same costs 6 000 gas more.
    function _hash(bytes memory message, bytes memory tag, uint256 output) private view {
        bool isDone;
        assembly ("memory-safe") {
            // What is hashed: a block of zeros, the message, 256 as two bytes, 0, the tag and its length.
            let uniform := mload(0x40)
            let hashed := add(uniform, 0x100)
            mstore(hashed, 0)
            mstore(add(hashed, 0x20), 0)
            let size := mload(message)
            mcopy(add(hashed, 0x40), add(message, 0x20), size)
            let end := add(add(hashed, 0x40), size)
            mstore(end, shl(240, 256))
            let tagSize := mload(tag)
            mcopy(add(end, 3), add(tag, 0x20), tagSize)
            mstore8(add(add(end, 3), tagSize), tagSize)
            isDone := staticcall(gas(), SHA256, hashed, add(add(0x44, size), tagSize), 0x00, 0x20)
            let first := mload(0x00)

            // expand_message_xmd: a word and the block's number in front of the same tag.
            let input := sub(end, 30)
            let inputSize := add(34, tagSize)
            mstore(input, first)
            for { let i := 1 } 1 {} {
                mstore8(add(end, 2), i)
                isDone := and(isDone, staticcall(gas(), SHA256, input, inputSize, uniform, 0x20))
                if eq(i, 8) { break }
                i := add(i, 1)
                mstore(input, xor(first, mload(uniform)))
                uniform := add(uniform, 0x20)
            }

            // hash_to_field: each pair of words modulo p, as its first power.
            let power := hashed
            mstore(power, 0x40)
            mstore(add(power, 0x20), 0x01)
            mstore(add(power, 0x40), 0x40)
            mstore8(add(power, 0xa0), 0x01)
            mstore(add(power, 0xa1), P_HIGH)
            mstore(add(power, 0xc1), P_LOW)
            uniform := mload(0x40)
            for { let pair := uniform } lt(pair, hashed) { pair := add(pair, 0x40) } {
                mcopy(add(power, 0x60), pair, 0x40)
                isDone := and(isDone, staticcall(gas(), MODEXP, power, 0xe1, pair, 0x40))
            }

            let points := hashed
            isDone := and(isDone, staticcall(gas(), MAP_FP2_TO_G2, uniform, 0x80, points, 0x100))
            let second := add(points, 0x100)
            isDone := and(isDone, staticcall(gas(), MAP_FP2_TO_G2, add(uniform, 0x80), 0x80, second, 0x100))
            isDone := and(isDone, staticcall(gas(), G2_ADD, points, 0x200, output, 0x100))
            // Where there is no such precompile, calling it succeeds and returns nothing.
            isDone := and(isDone, eq(returndatasize(), 0x100))
        }
        if (!isDone) revert PrecompileFailed();
    }
}
