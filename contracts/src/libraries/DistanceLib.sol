// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title How far two values are apart, as a ratio
/// @notice Inverting the index changes nothing. INVALID (`type(uint128).max`) is infinitely far from every
/// number. All comparisons are exact: no product exceeds 2^256. Values are > 0.
/// Twin: `contracts/protocol/distance.ts`, vectors `test/vectors/distance.json`.
library DistanceLib {
    uint128 internal constant INVALID = type(uint128).max;
    uint256 private constant PPM = 1e6;

    /// @notice Whether a and b are at least `separationPpm` of the smaller apart.
    function isSeparated(uint128 a, uint128 b, uint32 separationPpm) internal pure returns (bool) {
        if (a == b) return false;
        if (a == INVALID || b == INVALID) return true;
        return _gap(a, b) * PPM >= separationPpm * _smaller(a, b);
    }

    /// @notice Whether numbers a and b are at most `bandPpm` of the smaller apart; INVALID only from itself.
    function isWithin(uint128 a, uint128 b, uint32 bandPpm) internal pure returns (bool) {
        if (a == b) return true;
        if (a == INVALID || b == INVALID) return false;
        return _gap(a, b) * PPM <= bandPpm * _smaller(a, b);
    }

    /// @notice Whether number a is strictly nearer to number f than number b is.
    function isNearer(uint128 a, uint128 b, uint128 f) internal pure returns (bool) {
        return _gap(a, f) * _smaller(b, f) < _gap(b, f) * _smaller(a, f);
    }

    /// @notice The index of the candidate that ruling `f` makes the winner, and whether there is one (R-205):
    /// the nearest, ties to the leader, then to the earlier, if within `bandPpm`.
    /// At most `values.length` <= 5 steps.
    function winner(uint128[] memory values, uint256 leader, uint128 f, uint32 bandPpm)
        internal
        pure
        returns (bool found, uint256 index)
    {
        if (values.length == 0) return (false, 0);
        index = leader;
        for (uint256 i = 0; i < values.length; ++i) {
            if (_beats(values[i], values[index], f)) index = i;
        }
        found = isWithin(values[index], f, bandPpm);
    }

    /// @notice Whether `a` is a strictly better match of ruling `f` than `b`; a kind that matches f's
    /// (number or INVALID) beats one that does not.
    function _beats(uint128 a, uint128 b, uint128 f) private pure returns (bool) {
        bool aFits = (a == INVALID) == (f == INVALID);
        bool bFits = (b == INVALID) == (f == INVALID);
        if (!aFits || !bFits) return aFits && !bFits;
        return f != INVALID && isNearer(a, b, f);
    }

    function _gap(uint128 a, uint128 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }

    function _smaller(uint128 a, uint128 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
