// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SSTORE2} from "solady/utils/SSTORE2.sol";
import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {BlsLib} from "./BlsLib.sol";

/// @title The reporters of a time, as the code of a contract
/// @notice A roster is written once and never changes. It holds the sum of all keys, then for each place, in ascending
/// reporter index, the reporter's index (1 byte), its owner (20 bytes) and its key (96 bytes). Reading a place costs
/// the same however many there are.
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
        address owner;
        PackedKey key;
    }

    uint256 private constant KEY_BYTES = 96;
    uint256 private constant ENTRY_BYTES = 1 + 20 + KEY_BYTES;

    /// @notice Writes a roster of 1 .. 200 entries. Costs about 25 000 gas for each.
    function write(Entry[] memory entries) internal returns (address roster) {
        bytes memory content = new bytes(KEY_BYTES + entries.length * ENTRY_BYTES);
        BLS.G1Point memory sum;
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry memory entry = entries[i];
            uint256 start = KEY_BYTES + i * ENTRY_BYTES;
            content[start] = bytes1(entry.index);
            _setWord(content, start + 1, bytes32(bytes20(entry.owner)));
            _setKey(content, start + 21, entry.key);
            sum = BLS.add(sum, unpack(entry.key));
        }
        _setKey(content, 0, pack(sum));
        return SSTORE2.write(content);
    }

    /// @notice How many places a roster has.
    function count(address roster) internal view returns (uint256) {
        // One byte more: the STOP that keeps the code from running.
        return (roster.code.length - 1 - KEY_BYTES) / ENTRY_BYTES;
    }

    /// @notice The index and owner at `place` < count.
    function member(address roster, uint256 place) internal view returns (uint8 index, address owner) {
        uint256 start = KEY_BYTES + place * ENTRY_BYTES;
        bytes memory entry = SSTORE2.read(roster, start, start + 21);
        return (uint8(entry[0]), address(bytes20(bytes32(_word(entry, 1)))));
    }

    /// @notice The sum of the keys at the places that `signers` has, bit i standing for place i. Costs as much as there
    /// are places < `places` that it does not have. At most 200 steps.
    function sumOf(address roster, uint256 places, uint256 signers)
        internal
        view
        returns (BLS.G1Point memory sum)
    {
        sum = _keyAt(roster, 0);
        BLS.G1Point memory absent;
        for (uint256 place = 0; place < places; ++place) {
            if (signers >> place & 1 != 0) continue;
            absent = BLS.add(absent, _keyAt(roster, KEY_BYTES + place * ENTRY_BYTES + 21));
        }
        return BlsLib.subtract(sum, absent);
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

    function _keyAt(address roster, uint256 start) private view returns (BLS.G1Point memory) {
        bytes memory key = SSTORE2.read(roster, start, start + KEY_BYTES);
        return unpack(PackedKey(_word(key, 0), _word(key, 32), _word(key, 64)));
    }

    function _setKey(bytes memory content, uint256 offset, PackedKey memory key) private pure {
        _setWord(content, offset, key.first);
        _setWord(content, offset + 32, key.second);
        _setWord(content, offset + 64, key.third);
    }

    /// @dev `offset` + 32 <= content.length. Solidity cannot write words into bytes.
    function _setWord(bytes memory content, uint256 offset, bytes32 word) private pure {
        assembly ("memory-safe") {
            mstore(add(add(content, 0x20), offset), word)
        }
    }

    /// @dev `offset` + 32 <= data.length, or what lies beyond is read too.
    function _word(bytes memory data, uint256 offset) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 0x20), offset))
        }
    }
}
