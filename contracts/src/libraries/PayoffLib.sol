// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {DistanceLib} from "./DistanceLib.sol";

/// @title What P and N pay at a settlement
/// @notice P pays `min(1, S/x)` of its collateral and N the rest. Twin of `protocol/payoff.ts`; both are tested
/// on `test/vectors/payoff.json`. Amounts are collateral wei; `invalidSharePpm` must be <= 1 000 000, or the
/// subtraction panics. No product overflows: every share is a fraction <= 1 taken with 512 bits between.
library PayoffLib {
    /// @notice One million: the whole, in parts per million.
    uint256 internal constant PPM = 1e6;

    /// @notice Shares `collateral` out between the P and the N of a pair: `p` rounds down, `n` gets the rest.
    /// INVARIANT: p + n == collateral.
    function payoff(uint256 collateral, uint128 strike, uint128 settlement, uint32 invalidSharePpm)
        internal
        pure
        returns (uint256 p, uint256 n)
    {
        (uint256 numerator, uint256 denominator) = _shareOfP(strike, settlement, invalidSharePpm);
        p = Math.mulDiv(collateral, numerator, denominator);
        n = collateral - p;
    }

    /// @notice What `pAmount` of P and `nAmount` of N of one series are worth together. Equal amounts are pairs and
    /// pay exactly 1:1; what is left of one leg rounds down, against its holder: P alone pays `floor(m S/x)`, N
    /// alone `m - ceil(m S/x)`. Hence no order of redemptions pays out more than went in.
    function redeemed(uint256 pAmount, uint256 nAmount, uint128 strike, uint128 settlement, uint32 invalidSharePpm)
        internal
        pure
        returns (uint256 paid)
    {
        (uint256 numerator, uint256 denominator) = _shareOfP(strike, settlement, invalidSharePpm);
        (uint256 pairs, uint256 rest) = pAmount > nAmount ? (nAmount, pAmount - nAmount) : (pAmount, nAmount - pAmount);
        uint256 share = pAmount > nAmount ? numerator : denominator - numerator;
        return pairs + Math.mulDiv(rest, share, denominator);
    }

    /// @dev P's share of a unit of collateral as a fraction <= 1.
    function _shareOfP(uint128 strike, uint128 settlement, uint32 invalidSharePpm)
        private
        pure
        returns (uint256 numerator, uint256 denominator)
    {
        if (settlement == DistanceLib.INVALID) return (invalidSharePpm, PPM);
        if (strike >= settlement) return (1, 1);
        return (strike, settlement);
    }
}
