// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {DistanceLib} from "src/libraries/DistanceLib.sol";

/// R-202, R-205. Fuzzed against the same ratios written another way: the larger over the smaller.
contract DistanceLibTest is Test {
    uint128 private constant INVALID = type(uint128).max;

    /// A row of `.pairs` in test/vectors/distance.json.
    struct Pair {
        uint256 a;
        uint256 b;
        uint256 bandPpm;
        string name;
        bool separated;
        uint256 separationPpm;
        bool within;
    }

    struct Nearer {
        uint256 a;
        uint256 b;
        uint256 f;
        string name;
        bool nearer;
    }

    struct Winner {
        uint256 bandPpm;
        uint256[] candidates;
        bool found;
        uint256 leaderIndex;
        string name;
        uint256 ruling;
        uint256 winner;
    }

    /// R-202, R-205, R-102
    function test_distanceLib_agreesWithTheSharedPairs() public view {
        string memory json = vm.readFile("test/vectors/distance.json");
        Pair[] memory pairs = abi.decode(vm.parseJson(json, ".pairs"), (Pair[]));
        assertGt(pairs.length, 0);
        for (uint256 i = 0; i < pairs.length; ++i) {
            Pair memory row = pairs[i];
            (uint128 a, uint128 b) = (uint128(row.a), uint128(row.b));
            assertEq(DistanceLib.isSeparated(a, b, uint32(row.separationPpm)), row.separated, row.name);
            assertEq(DistanceLib.isSeparated(b, a, uint32(row.separationPpm)), row.separated, row.name);
            assertEq(DistanceLib.isWithin(a, b, uint32(row.bandPpm)), row.within, row.name);
            assertEq(DistanceLib.isWithin(b, a, uint32(row.bandPpm)), row.within, row.name);
        }
    }

    /// R-205: a is nearer than b iff it takes the win from b, who leads. (`isNearer` itself is for numbers.)
    function test_distanceLib_agreesWithTheSharedComparisons() public view {
        string memory json = vm.readFile("test/vectors/distance.json");
        Nearer[] memory rows = abi.decode(vm.parseJson(json, ".nearer"), (Nearer[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; ++i) {
            Nearer memory row = rows[i];
            (uint128 a, uint128 b, uint128 f) = (uint128(row.a), uint128(row.b), uint128(row.f));
            uint128[] memory values = new uint128[](2);
            (values[0], values[1]) = (b, a);
            (, uint256 index) = DistanceLib.winner(values, 0, f, 200_000);
            assertEq(index == 1, row.nearer, row.name);
            bool areNumbers = a != INVALID && b != INVALID && f != INVALID;
            if (areNumbers) assertEq(DistanceLib.isNearer(a, b, f), row.nearer, row.name);
        }
    }

    /// R-205
    function test_distanceLib_agreesWithTheSharedWinners() public view {
        string memory json = vm.readFile("test/vectors/distance.json");
        Winner[] memory rows = abi.decode(vm.parseJson(json, ".winners"), (Winner[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; ++i) {
            Winner memory row = rows[i];
            uint128[] memory values = new uint128[](row.candidates.length);
            for (uint256 c = 0; c < values.length; ++c) {
                values[c] = uint128(row.candidates[c]);
            }
            (bool found, uint256 index) =
                DistanceLib.winner(values, row.leaderIndex, uint128(row.ruling), uint32(row.bandPpm));
            assertEq(found, row.found, row.name);
            if (found) assertEq(index, row.winner, row.name);
        }
    }

    /// R-205: a fixing without a candidate has no winner.
    function test_distanceLib_nobodyWinsAmongNobody() public pure {
        (bool found, uint256 index) = DistanceLib.winner(new uint128[](0), 0, 5, 200_000);
        assertFalse(found);
        assertEq(index, 0);
    }

    /// R-202: larger 1e6 >= (1e6 + ppm) smaller; symmetric.
    function testFuzz_isSeparated(uint128 a, uint128 b, uint32 ppm) public pure {
        (a, b) = (_value(a), _value(b));
        ppm = uint32(bound(ppm, 1, 200_000));
        (uint256 high, uint256 low) = a > b ? (a, b) : (b, a);
        bool want = a != b && (high == INVALID || high * 1e6 >= (1e6 + uint256(ppm)) * low);
        assertEq(DistanceLib.isSeparated(a, b, ppm), want);
        assertEq(DistanceLib.isSeparated(b, a, ppm), want);
    }

    /// R-202, R-102: the nearest separated neighbours of any number, and those one wei nearer.
    function testFuzz_isSeparated_isExactAtTheEdge(uint128 a, uint32 ppm) public pure {
        ppm = uint32(bound(ppm, 1, 200_000));
        a = uint128(bound(a, 1e6, uint256(INVALID) * 1e6 / 1_200_001));
        uint256 above = (uint256(a) * (1e6 + ppm) + 1e6 - 1) / 1e6;
        assertTrue(DistanceLib.isSeparated(a, uint128(above), ppm));
        assertFalse(DistanceLib.isSeparated(a, uint128(above - 1), ppm));
        uint256 below = uint256(a) * 1e6 / (1e6 + ppm);
        assertTrue(DistanceLib.isSeparated(a, uint128(below), ppm));
        assertFalse(DistanceLib.isSeparated(a, uint128(below + 1), ppm));
    }

    /// R-205: the same edge for the band, which includes it.
    function testFuzz_isWithin(uint128 a, uint128 b, uint32 ppm) public pure {
        (a, b) = (_value(a), _value(b));
        ppm = uint32(bound(ppm, 1, 200_000));
        (uint256 high, uint256 low) = a > b ? (a, b) : (b, a);
        bool want = a == b || (high != INVALID && high * 1e6 <= (1e6 + uint256(ppm)) * low);
        assertEq(DistanceLib.isWithin(a, b, ppm), want);
    }

    /// R-205: larger / smaller compared by cross products; never both ways round.
    function testFuzz_isNearer(uint128 a, uint128 b, uint128 f) public pure {
        a = uint128(bound(a, 1, INVALID - 1));
        b = uint128(bound(b, 1, INVALID - 1));
        f = uint128(bound(f, 1, INVALID - 1));
        (uint256 aHigh, uint256 aLow) = a > f ? (a, f) : (f, a);
        (uint256 bHigh, uint256 bLow) = b > f ? (b, f) : (f, b);
        assertEq(DistanceLib.isNearer(a, b, f), aHigh * bLow < bHigh * aLow);
        assertFalse(DistanceLib.isNearer(a, b, f) && DistanceLib.isNearer(b, a, f));
    }

    /// R-205: nobody is nearer than the winner; among equally near ones it is the leader or the earliest.
    function testFuzz_winner(uint128[5] memory raw, uint256 count, uint256 leader, uint128 f, uint32 band) public pure {
        count = bound(count, 1, 5);
        leader = bound(leader, 0, count - 1);
        band = uint32(bound(band, 1, 200_000));
        f = uint128(bound(f, 1, INVALID - 1));
        uint128[] memory values = new uint128[](count);
        for (uint256 i = 0; i < count; ++i) {
            // Half of them near the ruling, so that bands and ties matter.
            uint256 near = uint256(f) * (800_000 + raw[i] % 500_000) / 1e6;
            values[i] = uint128(bound(raw[i] % 2 == 0 ? near : raw[i], 1, INVALID - 1));
        }
        (bool found, uint256 index) = DistanceLib.winner(values, leader, f, band);
        assertEq(found, DistanceLib.isWithin(values[index], f, band));
        for (uint256 i = 0; i < count; ++i) {
            assertFalse(DistanceLib.isNearer(values[i], values[index], f), "nobody is nearer");
            bool isTie = i != index && !DistanceLib.isNearer(values[index], values[i], f);
            if (isTie) assertTrue(index == leader || (i != leader && index < i), "ties");
        }
    }

    /// Values that meet the extremes more often than chance would.
    function _value(uint128 raw) private pure returns (uint128) {
        if (raw % 7 == 0) return INVALID;
        if (raw % 7 == 1) return INVALID - 1 - (raw >> 120);
        if (raw % 7 == 2) return uint128(1 + (raw >> 120));
        return raw == 0 ? 1 : raw;
    }
}
