// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PayoffLib} from "src/libraries/PayoffLib.sol";

/// @title What P and N pay, for the solver: `npm run prove`
/// @notice See `BondLibProofs`.
/// @custom:standin @openzeppelin/contracts/utils/math/Math.sol test/contracts/proofs/MulDiv.spec.sol
contract PayoffLibProofs {
    uint128 private constant INVALID = type(uint128).max;

    /// @notice p + n = collateral, without overflow.
    /// @custom:proves PayoffLib.payoff
    /// @custom:range collateral, strike any uint128, settlement > 0 (INVALID included), share <= 1 000 000
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_payoff_isExactlyTheCollateral(uint128 collateral, uint128 strike, uint128 settlement, uint32 sharePpm)
        external
        pure
    {
        require(settlement > 0 && sharePpm <= 1e6);
        (uint256 p, uint256 n) = PayoffLib.payoff(collateral, strike, settlement, sharePpm);
        assert(p + n == collateral);
    }

    /// @notice P gets everything at or below its strike, else floor(collateral * strike / settlement).
    /// @custom:proves PayoffLib.payoff
    /// @custom:range collateral, strike any uint128, settlement a number > 0
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_payoff_isTheFlooredRatio(uint128 collateral, uint128 strike, uint128 settlement) external pure {
        require(settlement > 0 && settlement != INVALID);
        (uint256 p,) = PayoffLib.payoff(collateral, strike, settlement, 0);
        if (strike >= settlement) {
            assert(p == collateral);
        } else {
            assert(p * settlement <= uint256(collateral) * strike);
            assert(uint256(collateral) * strike - p * settlement < settlement);
        }
    }

    /// @notice At INVALID P gets floor(collateral * share / 1e6).
    /// @custom:proves PayoffLib.payoff
    /// @custom:range collateral, strike any uint128, share <= 1 000 000
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_payoff_atInvalidIsTheShare(uint128 collateral, uint128 strike, uint32 sharePpm) external pure {
        require(sharePpm <= 1e6);
        (uint256 p,) = PayoffLib.payoff(collateral, strike, INVALID, sharePpm);
        assert(p * 1e6 <= uint256(collateral) * sharePpm);
        assert(uint256(collateral) * sharePpm < p * 1e6 + 1e6);
    }

    /// @notice As many P as N pay exactly their collateral.
    /// @custom:proves PayoffLib.redeemed
    /// @custom:range amount, strike any uint128, settlement > 0 (INVALID included), share <= 1 000 000
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_redeemed_ofPairsIsTheCollateral(uint128 amount, uint128 strike, uint128 settlement, uint32 sharePpm)
        external
        pure
    {
        require(settlement > 0 && sharePpm <= 1e6);
        assert(PayoffLib.redeemed(amount, amount, strike, settlement, sharePpm) == amount);
    }

    /// @notice A pair whose legs are redeemed apart pays at most its collateral, and at most 1 wei less.
    /// @custom:proves PayoffLib.redeemed
    /// @custom:range amount, strike any uint128, settlement > 0 (INVALID included), share <= 1 000 000
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_redeemed_apartPaysAtMostTheCollateral(
        uint128 amount,
        uint128 strike,
        uint128 settlement,
        uint32 sharePpm
    ) external pure {
        require(settlement > 0 && sharePpm <= 1e6);
        uint256 apart = PayoffLib.redeemed(amount, 0, strike, settlement, sharePpm)
            + PayoffLib.redeemed(0, amount, strike, settlement, sharePpm);
        assert(apart <= amount);
        assert(apart + 1 >= amount);
    }

    /// @notice What is redeemed pays at least its pairs and at most the larger leg.
    /// @custom:proves PayoffLib.redeemed
    /// @custom:range amounts, strike any uint128, settlement > 0 (INVALID included), share <= 1 000 000
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_redeemed_isBetweenItsPairsAndTheLargerLeg(
        uint128 pAmount,
        uint128 nAmount,
        uint128 strike,
        uint128 settlement,
        uint32 sharePpm
    ) external pure {
        require(settlement > 0 && sharePpm <= 1e6);
        uint256 paid = PayoffLib.redeemed(pAmount, nAmount, strike, settlement, sharePpm);
        assert(paid >= (pAmount < nAmount ? pAmount : nAmount));
        assert(paid <= (pAmount > nAmount ? pAmount : nAmount));
    }

    /// @notice P alone pays what `payoff` gives P.
    /// @custom:proves PayoffLib.redeemed, PayoffLib.payoff
    /// @custom:range amount, strike any uint128, settlement > 0 (INVALID included), share <= 1 000 000
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_redeemed_ofPIsItsPayoff(uint128 amount, uint128 strike, uint128 settlement, uint32 sharePpm)
        external
        pure
    {
        require(settlement > 0 && sharePpm <= 1e6);
        (uint256 p,) = PayoffLib.payoff(amount, strike, settlement, sharePpm);
        assert(PayoffLib.redeemed(amount, 0, strike, settlement, sharePpm) == p);
    }
}
