// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

/// What the assembly of `BlsLib` and `RosterLib` does, step by step as the standards say it, without assembly.
library BlsReference {
    bytes private constant P =
        hex"1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

    /// RFC 9380, section 3.
    function hashToG2(bytes memory message, bytes memory tag) internal view returns (BLS.G2Point memory) {
        bytes32[8] memory uniform = expand(message, tag);
        BLS.Fp2 memory first = field(uniform, 0);
        BLS.Fp2 memory second = field(uniform, 4);
        return BLS.add(BLS.toG2(first), BLS.toG2(second));
    }

    /// RFC 9380, section 5.3.1, to 256 bytes.
    function expand(bytes memory message, bytes memory tag) internal pure returns (bytes32[8] memory uniform) {
        bytes memory suffix = abi.encodePacked(tag, uint8(tag.length));
        bytes32 first = sha256(abi.encodePacked(new bytes(64), message, hex"0100", hex"00", suffix));
        bytes32 chained;
        for (uint8 i = 0; i < 8; ++i) {
            chained = sha256(abi.encodePacked(first ^ chained, i + 1, suffix));
            uniform[i] = chained;
        }
    }

    /// RFC 9380, section 5.2: 64 bytes modulo p for each of the two coordinates.
    function field(bytes32[8] memory uniform, uint256 from) internal view returns (BLS.Fp2 memory element) {
        (element.c0_a, element.c0_b) = reduce(uniform[from], uniform[from + 1]);
        (element.c1_a, element.c1_b) = reduce(uniform[from + 2], uniform[from + 3]);
    }

    /// EIP-198: the first power modulo p.
    function reduce(bytes32 high, bytes32 low) internal view returns (bytes32, bytes32) {
        (bool isDone, bytes memory reduced) = address(5)
            .staticcall(abi.encodePacked(uint256(64), uint256(1), uint256(48), high, low, uint8(1), P));
        require(isDone && reduced.length == 48);
        return abi.decode(abi.encodePacked(bytes16(0), reduced), (bytes32, bytes32));
    }

    /// The keys that are present, one by one.
    function sumOf(BLS.G1Point[] memory keys, uint256 signers) internal view returns (BLS.G1Point memory sum) {
        for (uint256 i = 0; i < keys.length; ++i) {
            if (signers >> i & 1 != 0) sum = BLS.add(sum, keys[i]);
        }
    }
}
