// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";
import {Test} from "forge-std/Test.sol";

import {BlsLib} from "src/libraries/BlsLib.sol";
import {RosterLib} from "src/libraries/RosterLib.sol";

import {BlsKeys} from "../support/BlsKeys.sol";
import {BlsReference} from "../support/BlsReference.sol";

/// R-403: rosters of up to 189 places, whose sums are those of the keys that are present.
contract RosterLibTest is Test {
    uint256 private constant MOST = 189;

    /// Every set of signers of rosters of 1 .. 7.
    function test_minusSumOf_everySetOfSeven() public {
        for (uint256 places = 1; places <= 7; ++places) {
            (address roster, BLS.G1Point[] memory keys) = _roster(places);
            for (uint256 signers = 0; signers < 1 << places; ++signers) {
                _expectSum(roster, keys, signers);
            }
        }
    }

    /// Any set of the largest roster; nobody at all is the identity.
    function testFuzz_minusSumOf_agreesWithTheReference(uint256 signers, uint256 places) public {
        places = bound(places, 1, MOST);
        (address roster, BLS.G1Point[] memory keys) = _roster(places);
        assertEq(RosterLib.count(roster), places);
        signers &= (1 << places) - 1;
        _expectSum(roster, keys, signers);
        _expectSum(roster, keys, (1 << places) - 1);
        assertTrue(BlsLib.isIdentity(RosterLib.minusSumOf(roster, places, 0)));
    }

    /// A key and its opposite: all of them sum up to the identity, and so does the head of the roster.
    function test_minusSumOf_keysThatCancel() public {
        RosterLib.Entry[] memory entries = new RosterLib.Entry[](2);
        entries[0] = RosterLib.Entry(3, RosterLib.pack(BlsKeys.key(5)));
        entries[1] = RosterLib.Entry(9, RosterLib.pack(BlsLib.negate(BlsKeys.key(5))));
        address roster = RosterLib.write(entries);
        assertTrue(BlsLib.isIdentity(RosterLib.minusSumOf(roster, 2, 3)));
        assertEq(abi.encode(RosterLib.minusSumOf(roster, 2, 2)), abi.encode(BlsKeys.key(5)));
        assertEq(abi.encode(RosterLib.minusSumOf(roster, 2, 1)), abi.encode(BlsLib.negate(BlsKeys.key(5))));
    }

    /// The most that fits into a contract's code (EIP-170, which forge does not enforce); one more does not.
    function test_write_upToTheLargestCode() public {
        (address roster,) = _roster(MOST);
        assertEq(RosterLib.count(roster), MOST);
        for (uint256 place = 0; place < MOST; ++place) {
            assertEq(RosterLib.indexAt(roster, place), place);
        }
        assertLe(roster.code.length, 24_576);
        (address larger,) = _roster(MOST + 1);
        assertGt(larger.code.length, 24_576);
    }

    function testFuzz_unpack_undoesPack(uint256 secret) public view {
        BLS.G1Point memory key = BlsKeys.key(bound(secret, 1, type(uint128).max));
        assertEq(abi.encode(RosterLib.unpack(RosterLib.pack(key))), abi.encode(key));
    }

    /// Memory that is in use stays as it is, and what is free need not be zero.
    function test_minusSumOf_mindsMemory() public {
        (address roster, BLS.G1Point[] memory keys) = _roster(9);
        bytes memory before = abi.encode("before");
        assembly {
            let free := mload(0x40)
            for { let i := 0 } lt(i, 64) { i := add(i, 1) } { mstore(add(free, shl(5, i)), not(0)) }
        }
        BLS.G1Point memory sum = RosterLib.minusSumOf(roster, 9, 0x155);
        bytes memory afterwards = abi.encode("after");
        assertEq(before, abi.encode("before"));
        assertEq(afterwards, abi.encode("after"));
        assertEq(abi.encode(BlsLib.negate(sum)), abi.encode(BlsReference.sumOf(keys, 0x155)));
    }

    /// Where keys cannot be added there is no sum.
    function test_minusSumOf_revertsWhereTheCurveIsMissing() public {
        (address roster,) = _roster(3);
        vm.mockCallRevert(address(11), "", "");
        // Nothing is added when nobody is absent.
        this.minusSumOf(roster, 3, 7);
        vm.expectRevert(BLS.G1AddFailed.selector);
        this.minusSumOf(roster, 3, 3);
    }

    function minusSumOf(address roster, uint256 places, uint256 signers) external view returns (BLS.G1Point memory) {
        return RosterLib.minusSumOf(roster, places, signers);
    }

    function _roster(uint256 places) private returns (address, BLS.G1Point[] memory keys) {
        RosterLib.Entry[] memory entries = new RosterLib.Entry[](places);
        keys = new BLS.G1Point[](places);
        BLS.G1Point memory step = BlsKeys.key(7);
        BLS.G1Point memory key = BlsKeys.key(11);
        for (uint256 i = 0; i < places; ++i) {
            keys[i] = key;
            entries[i] = RosterLib.Entry(uint8(i), RosterLib.pack(key));
            key = BLS.add(key, step);
        }
        return (RosterLib.write(entries), keys);
    }

    function _expectSum(address roster, BLS.G1Point[] memory keys, uint256 signers) private view {
        BLS.G1Point memory sum = RosterLib.minusSumOf(roster, keys.length, signers);
        assertEq(abi.encode(BlsLib.negate(sum)), abi.encode(BlsReference.sumOf(keys, signers)));
    }
}
