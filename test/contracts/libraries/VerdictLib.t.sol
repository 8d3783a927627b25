// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {VerdictLib} from "src/libraries/VerdictLib.sol";

/// R-503.
contract VerdictLibTest is Test {
    uint128 private constant INVALID = type(uint128).max;

    /// A row of `.verdicts` in test/vectors/jury.json.
    struct Verdict {
        string name;
        uint256 verdict;
        uint256[] votes;
    }

    function test_verdictLib_agreesWithTheSharedVectors() public view {
        string memory json = vm.readFile("test/vectors/jury.json");
        Verdict[] memory rows = abi.decode(vm.parseJson(json, ".verdicts"), (Verdict[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; ++i) {
            uint128[] memory votes = new uint128[](rows[i].votes.length);
            for (uint256 k = 0; k < votes.length; ++k) {
                votes[k] = uint128(rows[i].votes[k]);
            }
            assertEq(VerdictLib.verdict(votes), rows[i].verdict, rows[i].name);
        }
    }

    /// The verdict is a vote, at least half of the numbers are not above it and more than half not below.
    function testFuzz_verdict_isALowerMedian(uint128[] memory votes) public pure {
        vm.assume(votes.length > 0 && votes.length <= 63);
        uint256 numbers = 0;
        for (uint256 i = 0; i < votes.length; ++i) {
            if (votes[i] != INVALID) numbers++;
        }
        uint128[] memory sorted = new uint128[](votes.length);
        for (uint256 i = 0; i < votes.length; ++i) {
            sorted[i] = votes[i];
        }
        uint128 verdict = VerdictLib.verdict(sorted);
        if (numbers * 2 < votes.length) {
            assertEq(verdict, INVALID);
            return;
        }
        uint256 below = 0;
        uint256 above = 0;
        for (uint256 i = 0; i < votes.length; ++i) {
            if (votes[i] == INVALID) continue;
            if (votes[i] < verdict) below++;
            if (votes[i] > verdict) above++;
        }
        assertLt(below * 2, numbers);
        assertLe(above * 2, numbers);
    }

    /// Every order of one to five votes: the library only compares votes with each other and with INVALID, so what holds for as
    /// many different values as there are votes, in every order and with every repetition, holds for all values.
    function test_verdict_inEveryOrderOfUpToFiveVotes() public pure {
        for (uint256 count = 1; count <= 5; ++count) {
            uint256 base = count + 1;
            for (uint256 digits = 0; digits < base ** count; ++digits) {
                uint128[] memory votes = new uint128[](count);
                // How many votes are each of the values 1 .. count, and at 0 how many are INVALID.
                uint256[6] memory tally;
                uint256 rest = digits;
                for (uint256 i = 0; i < count; ++i) {
                    votes[i] = rest % base == 0 ? INVALID : uint128(rest % base);
                    ++tally[rest % base];
                    rest /= base;
                }
                assertEq(VerdictLib.verdict(votes), _byTally(tally, count));
            }
        }
    }

    /// R-503 of counts instead of a sorted list: the least value that half of the numbers do not exceed.
    function _byTally(uint256[6] memory tally, uint256 count) private pure returns (uint128) {
        if (tally[0] * 2 > count) return INVALID;
        uint256 notAbove = 0;
        uint128 value = 0;
        while (notAbove * 2 < count - tally[0]) notAbove += tally[++value];
        return value;
    }
}
