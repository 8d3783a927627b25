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

    address private constant MODEXP = address(5);
    /// The field's prime p, in the two words of a 64-byte number.
    bytes32 private constant P_HIGH = 0x000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd7;
    bytes32 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;
    /// The generator of G1 with its y negated.
    bytes32 private constant MINUS_G1_X_HIGH = 0x0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0f;
    bytes32 private constant MINUS_G1_X_LOW = 0xc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb;
    bytes32 private constant MINUS_G1_Y_HIGH = 0x00000000000000000000000000000000114d1d6855d545a8aa7d76c8cf2e21f2;
    bytes32 private constant MINUS_G1_Y_LOW = 0x67816aef1db507c96655b9d5caac42364e6f38ba0ecb751bad54dcd6b939c2ca;

    /// @notice The precompile that reduces modulo p failed: this chain has no EIP-198.
    error ModexpFailed();

    /// @notice Whether `signature` is `key`'s over `message` under `tag`: e(key, H(message)) == e(G1, signature).
    /// False for the identity as key, which would sign everything with the identity. Reverts for encodings that are
    /// no points of the subgroups.
    function isSigned(
        BLS.G1Point memory key,
        bytes32 message,
        bytes memory tag,
        BLS.G2Point memory signature
    ) internal view returns (bool) {
        if (isIdentity(key)) return false;
        BLS.G1Point[] memory left = new BLS.G1Point[](2);
        BLS.G2Point[] memory right = new BLS.G2Point[](2);
        left[0] = key;
        right[0] = hashToG2(abi.encode(message), tag);
        left[1] = BLS.G1Point(MINUS_G1_X_HIGH, MINUS_G1_X_LOW, MINUS_G1_Y_HIGH, MINUS_G1_Y_LOW);
        right[1] = signature;
        return BLS.pairing(left, right);
    }

    /// @notice `a - b`. Does not check the subgroup.
    function subtract(BLS.G1Point memory a, BLS.G1Point memory b) internal view returns (BLS.G1Point memory) {
        if (isIdentity(b)) return a;
        (b.y_a, b.y_b) = _negate(b.y_a, b.y_b);
        return BLS.add(a, b);
    }

    /// @notice Whether a point is the identity of its group.
    function isIdentity(BLS.G1Point memory point) internal pure returns (bool) {
        return point.x_a | point.x_b | point.y_a | point.y_b == 0;
    }

    /// @notice RFC 9380's hash_to_curve of `message` to G2. `tag` has 1 .. 255 bytes.
    function hashToG2(bytes memory message, bytes memory tag) internal view returns (BLS.G2Point memory) {
        bytes32[8] memory uniform = _expand(message, tag);
        return BLS.add(BLS.toG2(_element(uniform, 0)), BLS.toG2(_element(uniform, 4)));
    }

    /// @dev RFC 9380's expand_message_xmd with SHA-256 to 256 bytes.
    function _expand(bytes memory message, bytes memory tag) private pure returns (bytes32[8] memory uniform) {
        bytes memory suffix = abi.encodePacked(tag, uint8(tag.length));
        // 64 zero bytes are a block of SHA-256.
        bytes32 first = sha256(abi.encodePacked(bytes32(0), bytes32(0), message, uint16(256), uint8(0), suffix));
        bytes32 chained;
        for (uint8 i = 0; i < 8; ++i) {
            chained = sha256(abi.encodePacked(first ^ chained, i + 1, suffix));
            uniform[i] = chained;
        }
    }

    /// @dev The element of Fp2 that four words from `from` on are, each pair of them reduced modulo p.
    function _element(bytes32[8] memory uniform, uint256 from) private view returns (BLS.Fp2 memory element) {
        (element.c0_a, element.c0_b) = _reduce(uniform[from], uniform[from + 1]);
        (element.c1_a, element.c1_b) = _reduce(uniform[from + 2], uniform[from + 3]);
    }

    /// @dev A 64-byte number modulo p, as its first power.
    function _reduce(bytes32 high, bytes32 low) private view returns (bytes32, bytes32) {
        (bool isDone, bytes memory reduced) = MODEXP.staticcall(
            abi.encodePacked(uint256(64), uint256(1), uint256(64), high, low, uint8(1), P_HIGH, P_LOW)
        );
        if (!isDone || reduced.length != 64) revert ModexpFailed();
        return abi.decode(reduced, (bytes32, bytes32));
    }

    /// @dev p - y. For y < p, which the precompiles check.
    function _negate(bytes32 high, bytes32 low) private pure returns (bytes32, bytes32) {
        unchecked {
            uint256 borrow = uint256(low) > uint256(P_LOW) ? 1 : 0;
            return (
                bytes32(uint256(P_HIGH) - uint256(high) - borrow),
                bytes32(uint256(P_LOW) - uint256(low))
            );
        }
    }
}
