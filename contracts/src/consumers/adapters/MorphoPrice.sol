// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMorphoOracle} from "../../interfaces/consumers/IMorphoOracle.sol";
import {IMorphoPrice} from "../../interfaces/consumers/IMorphoPrice.sol";
import {ISettlementSource} from "../../interfaces/ISettlementSource.sol";
import {Fixing} from "../../types/Fixing.sol";
import {FixingConsumer} from "../FixingConsumer.sol";

/// @title One fixing as the oracle of a Morpho Blue market
/// @notice The index is what one whole collateral token is worth in whole loan tokens. Before the settlement, and if the fixing is INVALID,
/// `price` reverts: in such a market nobody can borrow, withdraw collateral against a debt or be liquidated until then, and everything else
/// works. That is what a market wants whose collateral is paid in the loan token by the same settlement; it is no feed of today's price.
contract MorphoPrice is IMorphoPrice, FixingConsumer {
    /// @dev Morpho's scale, and the decimals of a fixing's value.
    uint256 private constant MORPHO_DECIMALS = 36;
    uint256 private constant VALUE_DECIMALS = 18;
    /// @dev Above, the product of scale and value could exceed a word.
    uint8 private constant MAX_DECIMALS = 18;

    uint256 private immutable NUMERATOR;

    /// @notice More decimals than are supported.
    error DecimalsOutOfBounds(uint8 got, uint8 max);

    /// @param loanDecimals of the loan token, 0 .. 18.
    /// @param collateralDecimals of the collateral token, 0 .. 18.
    constructor(ISettlementSource oracle, Fixing memory fixing_, uint8 loanDecimals, uint8 collateralDecimals)
        FixingConsumer(oracle, fixing_)
    {
        uint8 most = loanDecimals > collateralDecimals ? loanDecimals : collateralDecimals;
        if (most > MAX_DECIMALS) revert DecimalsOutOfBounds(most, MAX_DECIMALS);
        NUMERATOR = 10 ** (MORPHO_DECIMALS - VALUE_DECIMALS + loanDecimals - collateralDecimals);
    }

    /// @inheritdoc IMorphoOracle
    function price() external view returns (uint256) {
        return uint256(_value()) * NUMERATOR;
    }
}
