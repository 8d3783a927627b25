// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SSTORE2} from "solady/utils/SSTORE2.sol";
import {LibBit} from "solady/utils/LibBit.sol";
import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {BlsLib} from "./BlsLib.sol";

/// @title The reporters of a time, as the code of a contract
/// @notice A roster is written once and never changes. After the STOP that keeps it from running it holds minus the sum
/// of all keys, then for each place, in ascending reporter index, the reporter's key as the precompiles want it (128
/// bytes) and its index (1 byte). Reading a place costs the same however many there are.
library RosterLib {
    /// @notice A key without the zero bytes of its encoding: x, then y, 48 bytes each.
    struct PackedKey {
        bytes32 first;
        bytes32 second;
        bytes32 third;
    }

    /// @notice What a roster says of one place.
    struct Entry {
        uint8 index;
        PackedKey key;
    }

    uint256 private constant G1_ADD = 11;
    uint256 private constant KEY_BYTES = 128;
    /// A key and an index.
    uint256 private constant ENTRY_BYTES = 129;
    /// What comes before the entries: STOP and minus the sum.
    uint256 private constant HEAD_BYTES = 129;

    /// @notice Writes a roster of 1 .. 189 entries. Costs about 27 000 gas for each.
    function write(Entry[] memory entries) internal returns (address roster) {
        bytes memory content = new bytes(KEY_BYTES + entries.length * ENTRY_BYTES);
        BLS.G1Point memory sum;
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry memory entry = entries[i];
            BLS.G1Point memory key = unpack(entry.key);
            uint256 start = KEY_BYTES + i * ENTRY_BYTES;
            _setKey(content, start, key);
            content[start + KEY_BYTES] = bytes1(entry.index);
            sum = BLS.add(sum, key);
        }
        _setKey(content, 0, BlsLib.negate(sum));
        return SSTORE2.write(content);
    }

    /// @notice How many places a roster has. `roster` is one that `write` made.
    function count(address roster) internal view returns (uint256) {
        unchecked {
            return (roster.code.length - HEAD_BYTES) / ENTRY_BYTES;
        }
    }

    /// @notice The index at `place` < count.
    function indexAt(address roster, uint256 place) internal view returns (uint8) {
        uint256 start = KEY_BYTES + place * ENTRY_BYTES + KEY_BYTES;
        return uint8(SSTORE2.read(roster, start, start + 1)[0]);
    }

    /// @notice Minus the sum of the keys at the places that `signers` has, bit i standing for place i. Costs as much as
    /// there are places < `places` <= 189 that it does not have.
    function minusSumOf(address roster, uint256 places, uint256 signers)
        internal
        view
        returns (BLS.G1Point memory minusSum)
    {
        uint256 points;
        // Two points: what is summed, minus the sum of all keys to begin with, and the next key.
        assembly ("memory-safe") {
            points := mload(0x40)
            mstore(0x40, add(points, 0x100))
            extcodecopy(roster, points, 1, KEY_BYTES)
        }
        bool isDone = true;
        unchecked {
            // In place, as ten keys cost 12 000 gas more when they are read, unpacked, added and returned one by one.
            for (uint256 absent = ~signers & ((1 << places) - 1); absent != 0; absent &= absent - 1) {
                uint256 start = HEAD_BYTES + LibBit.ffs(absent) * ENTRY_BYTES;
                assembly ("memory-safe") {
                    extcodecopy(roster, add(points, KEY_BYTES), start, KEY_BYTES)
                    isDone := and(isDone, staticcall(gas(), G1_ADD, points, 0x100, points, 0x80))
                }
            }
        }
        if (!isDone) revert BLS.G1AddFailed();
        // The absent less all.
        assembly ("memory-safe") {
            minusSum := points
        }
    }

    /// @notice `key` without the zero bytes. Its coordinates must be below p.
    function pack(BLS.G1Point memory key) internal pure returns (PackedKey memory) {
        return PackedKey(
            key.x_a << 128 | key.x_b >> 128, key.x_b << 128 | key.y_a & bytes32(uint256(type(uint128).max)), key.y_b
        );
    }

    /// @notice `key` as the precompiles want it.
    function unpack(PackedKey memory key) internal pure returns (BLS.G1Point memory) {
        return BLS.G1Point(
            key.first >> 128,
            key.first << 128 | key.second >> 128,
            key.second & bytes32(uint256(type(uint128).max)),
            key.third
        );
    }

    /// @dev `offset` + 128 <= content.length. Solidity cannot write words into bytes.
    function _setKey(bytes memory content, uint256 offset, BLS.G1Point memory key) private pure {
        assembly ("memory-safe") {
            mcopy(add(add(content, 0x20), offset), key, KEY_BYTES)
        }
    }
}
