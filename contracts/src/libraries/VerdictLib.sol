// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DistanceLib} from "./DistanceLib.sol";

/// @title What a jury's votes come to
/// @notice First whether the index has a value at all, by majority; then which, by the lower median. Two questions, because a
/// median over numbers and INVALID together would let a few votes of INVALID move a number.
/// Twin: `contracts/protocol/jury.ts`, vectors `test/vectors/jury.json`.
library VerdictLib {
    /// @notice The verdict of `votes`, of which there is one at least, none of them 0: INVALID if more than half of them
    /// are, else the lower median of the numbers (of an even count the smaller of the middle two). Sorts `votes`.
    /// At most `votes.length`^2 / 2 steps.
    function verdict(uint128[] memory votes) internal pure returns (uint128) {
        _sort(votes);
        uint256 numbers = 0;
        while (numbers < votes.length && votes[numbers] != DistanceLib.INVALID) ++numbers;
        if ((votes.length - numbers) * 2 > votes.length) return DistanceLib.INVALID;
        return votes[(numbers - 1) / 2];
    }

    /// @dev By insertion: a jury is small, and most votes of an honest one are equal. INVALID, the largest, comes last.
    function _sort(uint128[] memory votes) private pure {
        for (uint256 i = 1; i < votes.length; ++i) {
            uint128 vote = votes[i];
            uint256 j = i;
            for (; j > 0 && votes[j - 1] > vote; --j) {
                votes[j] = votes[j - 1];
            }
            votes[j] = vote;
        }
    }
}
