// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IErc7726Quote} from "assize/contracts/src/interfaces/consumers/IErc7726Quote.sol";
import {SettlementLib} from "assize/contracts/src/libraries/SettlementLib.sol";

/// @title An invoice in dollars, paid in a token by what it was worth at a maturity
contract DollarInvoice {
    /// @dev ISO 4217 of the dollar, which is no token.
    address private constant USD = address(840);

    IErc7726Quote public immutable QUOTES;
    /// @notice Dollars, in units of the quote's decimals.
    uint256 public immutable DOLLARS;
    /// @notice What is paid on INVALID, in the token's smallest units.
    uint256 public immutable OTHERWISE;

    constructor(IErc7726Quote quotes, uint256 dollars, uint256 otherwise) {
        (QUOTES, DOLLARS, OTHERWISE) = (quotes, dollars, otherwise);
    }

    /// @notice What is to be paid, in the token's smallest units. Reverts with `NotSettled` before the settlement, with
    /// `OracleUnsupportedPair` if the quotes are not of dollars.
    function due() external view returns (uint256) {
        // `OracleUntrustedData` does not tell "not yet" from "never": the oracle does.
        uint128 settlement = QUOTES.ORACLE().settlement(QUOTES.fixing());
        if (SettlementLib.isInvalid(settlement)) return OTHERWISE;
        // Quotes round down, and whoever pays should not gain by it.
        return QUOTES.getQuote(DOLLARS, USD, QUOTES.BASE()) + 1;
    }
}
