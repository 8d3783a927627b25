// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IErc7726} from "../../interfaces/consumers/IErc7726.sol";
import {IErc7726Quote} from "../../interfaces/consumers/IErc7726Quote.sol";
import {ISettlementSource} from "../../interfaces/ISettlementSource.sol";
import {SettlementLib} from "../../libraries/SettlementLib.sol";
import {Fixing} from "../../types/Fixing.sol";
import {FixingConsumer} from "../FixingConsumer.sol";

/// @title One fixing as the quote of a pair, both ways
/// @notice The index is what one whole base token is worth in whole quote tokens. Quotes round down. Before the settlement, and if the fixing
/// is INVALID, there is none: `OracleUntrustedData`.
contract Erc7726Quote is IErc7726Quote, FixingConsumer {
    uint256 private constant VALUE_UNIT = 1e18;
    uint8 private constant MAX_DECIMALS = 18;

    /// @inheritdoc IErc7726Quote
    address public immutable BASE;
    /// @inheritdoc IErc7726Quote
    address public immutable QUOTE;

    uint256 private immutable BASE_UNIT;
    uint256 private immutable QUOTE_UNIT;

    /// @notice More decimals than are supported.
    error DecimalsOutOfBounds(uint8 got, uint8 max);

    /// @param baseDecimals of `base`, 0 .. 18.
    /// @param quoteDecimals of `quote`, 0 .. 18.
    constructor(
        ISettlementSource oracle,
        Fixing memory fixing_,
        address base,
        uint8 baseDecimals,
        address quote,
        uint8 quoteDecimals
    ) FixingConsumer(oracle, fixing_) {
        uint8 most = baseDecimals > quoteDecimals ? baseDecimals : quoteDecimals;
        if (most > MAX_DECIMALS) revert DecimalsOutOfBounds(most, MAX_DECIMALS);
        (BASE, QUOTE) = (base, quote);
        (BASE_UNIT, QUOTE_UNIT) = (10 ** baseDecimals, 10 ** quoteDecimals);
    }

    /// @inheritdoc IErc7726
    function getQuote(uint256 baseAmount, address base, address quote) external view returns (uint256 quoteAmount) {
        bool isForward = base == BASE && quote == QUOTE;
        if (!isForward && !(base == QUOTE && quote == BASE)) revert OracleUnsupportedPair(base, quote);
        if (!isSettled()) revert OracleUntrustedData(base, quote);
        uint128 value = _settlement();
        if (SettlementLib.isInvalid(value)) revert OracleUntrustedData(base, quote);
        // Neither product exceeds 2^128 * 10^18 < 2^188.
        (uint256 worth, uint256 unit) = (uint256(value) * QUOTE_UNIT, VALUE_UNIT * BASE_UNIT);
        return isForward ? Math.mulDiv(baseAmount, worth, unit) : Math.mulDiv(baseAmount, unit, worth);
    }
}
