// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DistanceLib} from "src/libraries/DistanceLib.sol";

/// @title How far values are apart, for the solver: `npm run prove`
/// @notice See `BondLibProofs`. Zero is no value, but the properties that hold for it too are proven with it.
contract DistanceLibProofs {
    uint128 private constant INVALID = type(uint128).max;

    /// @notice No product overflows, and a value is never separated from itself, always within, never nearer.
    /// @custom:proves DistanceLib.isSeparated, DistanceLib.isWithin, DistanceLib.isNearer
    /// @custom:range values any uint128, ppm any uint32
    function prove_all_neverOverflow(uint128 a, uint128 b, uint128 f, uint32 ppm) external pure {
        bool isSeparated = DistanceLib.isSeparated(a, b, ppm);
        bool isWithin = DistanceLib.isWithin(a, b, ppm);
        bool isNearer = DistanceLib.isNearer(a, b, f);
        assert(a != b || (!isSeparated && isWithin && !isNearer));
    }

    /// @notice The order of the two values does not matter.
    /// @custom:proves DistanceLib.isSeparated, DistanceLib.isWithin
    /// @custom:range values any uint128, ppm any uint32
    function prove_distance_isSymmetric(uint128 a, uint128 b, uint32 ppm) external pure {
        assert(DistanceLib.isSeparated(a, b, ppm) == DistanceLib.isSeparated(b, a, ppm));
        assert(DistanceLib.isWithin(a, b, ppm) == DistanceLib.isWithin(b, a, ppm));
    }

    /// @notice What is not separated is within every band that is not below the separation.
    /// @custom:proves DistanceLib.isSeparated, DistanceLib.isWithin
    /// @custom:range values any uint128, separationPpm <= bandPpm: any uint32
    function prove_distance_notSeparatedIsWithin(uint128 a, uint128 b, uint32 separationPpm, uint32 bandPpm)
        external
        pure
    {
        require(separationPpm <= bandPpm);
        assert(DistanceLib.isSeparated(a, b, separationPpm) || DistanceLib.isWithin(a, b, bandPpm));
    }

    /// @notice Two numbers are both separated and within only exactly at that distance.
    /// @custom:proves DistanceLib.isSeparated, DistanceLib.isWithin
    /// @custom:range numbers a < b, ppm any uint32
    function prove_distance_bothOnlyAtTheBoundary(uint128 a, uint128 b, uint32 ppm) external pure {
        require(a < b && b != INVALID);
        bool isBoth = DistanceLib.isSeparated(a, b, ppm) && DistanceLib.isWithin(a, b, ppm);
        assert(isBoth == (uint256(b - a) * 1e6 == uint256(ppm) * a));
    }

    /// @notice A larger separation separates less, a wider band holds more.
    /// @custom:proves DistanceLib.isSeparated, DistanceLib.isWithin
    /// @custom:range values any uint128, less <= more: any uint32
    function prove_distance_isMonotone(uint128 a, uint128 b, uint32 less, uint32 more) external pure {
        require(less <= more);
        assert(!DistanceLib.isSeparated(a, b, more) || DistanceLib.isSeparated(a, b, less));
        assert(!DistanceLib.isWithin(a, b, less) || DistanceLib.isWithin(a, b, more));
    }

    /// @notice INVALID is separated from every number and within no band of one; it is within its own.
    /// @custom:proves DistanceLib.isSeparated, DistanceLib.isWithin
    /// @custom:range numbers any uint128, ppm any uint32
    function prove_distance_invalidIsFarFromNumbers(uint128 a, uint32 ppm) external pure {
        require(a != INVALID);
        assert(DistanceLib.isSeparated(a, INVALID, ppm) && DistanceLib.isSeparated(INVALID, a, ppm));
        assert(!DistanceLib.isWithin(a, INVALID, ppm) && !DistanceLib.isWithin(INVALID, a, ppm));
        assert(DistanceLib.isWithin(INVALID, INVALID, ppm) && !DistanceLib.isSeparated(INVALID, INVALID, ppm));
    }

    /// @notice Of two values at most one is nearer.
    /// @custom:proves DistanceLib.isNearer
    /// @custom:range values any uint128
    function prove_isNearer_isAsymmetric(uint128 a, uint128 b, uint128 f) external pure {
        assert(!DistanceLib.isNearer(a, b, f) || !DistanceLib.isNearer(b, a, f));
    }

    /// @notice Nearer than nearer is nearer: the comparison orders candidates, whatever their number.
    /// @custom:proves DistanceLib.isNearer
    /// @custom:range values > 0, any uint128
    function prove_isNearer_isTransitive(uint128 a, uint128 b, uint128 c, uint128 f) external pure {
        require(a > 0 && b > 0 && c > 0 && f > 0);
        require(DistanceLib.isNearer(a, b, f) && DistanceLib.isNearer(b, c, f));
        assert(DistanceLib.isNearer(a, c, f));
    }

    /// @notice What is nearer than a value within the band is within the band.
    /// @custom:proves DistanceLib.isNearer, DistanceLib.isWithin
    /// @custom:range numbers > 0, bandPpm any uint32
    function prove_isNearer_isWithinWhatTheFartherIsWithin(uint128 a, uint128 b, uint128 f, uint32 bandPpm)
        external
        pure
    {
        require(a > 0 && b > 0 && f > 0 && a != INVALID && b != INVALID && f != INVALID);
        require(DistanceLib.isNearer(a, b, f) && DistanceLib.isWithin(b, f, bandPpm));
        assert(DistanceLib.isWithin(a, f, bandPpm));
    }
}
