// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title ERC-7726: a common quote
/// @notice https://eips.ethereum.org/EIPS/eip-7726
interface IErc7726 {
    /// @notice The pair is not quoted here.
    error OracleUnsupportedPair(address base, address quote);
    /// @notice There is no value that can be trusted.
    error OracleUntrustedData(address base, address quote);

    /// @notice What `baseAmount` of `base` is worth in `quote`, both in the smallest units.
    function getQuote(uint256 baseAmount, address base, address quote) external view returns (uint256 quoteAmount);
}
